//! `rolewright rbac`: the functions of the standard, on what a model says.

use crate::arguments::{Rbac, ReportFormat};
use crate::exit::Verdict;
use crate::failure::{Failure, Told};
use crate::model_files::{Checked, Loaded};
use crate::terminal::{Paint, Terminal};
use serde_json::{Value, json};
use service::rbac::{Answer, Begins, CallError, Called, FUNCTIONS, Shape};
use std::io::{IsTerminal, Read};

/// As much as calls from the input may be.
const MOST: u64 = 16 * 1024 * 1024;

/// Makes the calls, one after another.
pub(crate) fn run(arguments: &Rbac, terminal: Terminal) -> Result<Verdict, Failure> {
    let calls = calls(arguments)?;
    let shape = if arguments.limited { Shape::Limited } else { Shape::General };
    let engine = &postgres::PostgresEngine;
    let called = if arguments.empty {
        service::rbac::call(engine, Begins::Empty, shape, &calls)
    } else {
        let checked = Checked::at(arguments.model.as_deref())?;
        let model = match checked.outcome.model {
            Some(model) => model,
            None => {
                let Loaded { model, .. } = checked.loaded(terminal.err)?;
                model
            }
        };
        service::rbac::call(engine, Begins::Model(&model, arguments.env.as_deref()), shape, &calls)
    };
    let called = called.map_err(|errors| failure(&errors, terminal))?;
    let text = match arguments.format {
        ReportFormat::Text => called.iter().map(|called| text(called, terminal.out)).collect(),
        ReportFormat::Json => json_text(&called)?,
    };
    terminal.print(&text)?;
    let no = |called: &Called| matches!(called.answer, Answer::Refused(_) | Answer::Is(false));
    Ok(if called.iter().any(no) { Verdict::No } else { Verdict::Clean })
}

/// The calls that are given, or the lines of the input. What stands behind a `#` at the beginning of a line is for people.
fn calls(arguments: &Rbac) -> Result<Vec<String>, Failure> {
    if !arguments.calls.is_empty() {
        return Ok(arguments.calls.clone());
    }
    let input = std::io::stdin();
    if input.is_terminal() {
        return Err(Failure::new(
            "no function is called",
            "name one, such as 'authorized-users ROLE', or write one on each line of the input",
        ));
    }
    let mut text = String::new();
    let read = input.take(MOST + 1).read_to_string(&mut text);
    read.map_err(|error| {
        Failure::new(format!("the calls cannot be read: {error}"), "write them as UTF-8, one on each line")
    })?;
    if text.len() as u64 > MOST {
        return Err(Failure::new("the calls are more than 16 MiB", "make them in several runs"));
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.map(str::to_owned).collect())
}

/// All that is wrong with the calls.
fn failure(errors: &[CallError], terminal: Terminal) -> Failure {
    let Some((last, before)) = errors.split_last() else { return Failure::new("nothing was called", "") };
    let paint = terminal.err;
    let one = |error: &CallError| {
        let help = if error.help.is_empty() {
            String::new()
        } else {
            format!("\n  help: {}", paint.plain(&error.help))
        };
        format!("{} {}{help}\n", paint.error("error:"), paint.plain(&error.what))
    };
    Failure::Told(Box::new(Told {
        what: last.what.clone(),
        help: last.help.clone(),
        before: before.iter().map(one).collect(),
        ..Told::default()
    }))
}

fn text(Called { call, answer }: &Called, paint: Paint) -> String {
    let told = match answer {
        Answer::Done => format!("  {}\n", paint.good("done")),
        Answer::Is(true) => format!("  {}\n", paint.good("yes")),
        Answer::Is(false) => format!("  {}\n", paint.error("no")),
        Answer::Number(number) => format!("  {number}\n"),
        Answer::Refused(why) => format!("  {} {}\n", paint.error("refused:"), paint.plain(why)),
        Answer::Are(all) if all.is_empty() => "  none\n".to_owned(),
        Answer::Are(all) => all.iter().map(|one| format!("  {}\n", paint.plain(one))).collect(),
    };
    format!("{}\n{told}", paint.plain(call))
}

fn json_text(called: &[Called]) -> Result<String, Failure> {
    let one = |Called { call, answer }: &Called| {
        let (key, value): (&str, Value) = match answer {
            Answer::Done => ("done", json!(true)),
            Answer::Is(so) => ("is", json!(so)),
            Answer::Number(number) => ("number", json!(number)),
            Answer::Refused(why) => ("refused", json!(why)),
            Answer::Are(all) => ("are", json!(all)),
        };
        json!({ "call": call, key: value })
    };
    let answer = json!({ "format": 1, "calls": called.iter().map(one).collect::<Vec<_>>() });
    let text = serde_json::to_string_pretty(&answer)
        .map_err(|error| Failure::new(format!("the answer cannot be written: {error}"), ""))?;
    Ok(text + "\n")
}

/// The functions as the help lists them.
pub(crate) fn functions() -> String {
    let line = |function: &service::rbac::Function| {
        format!("{}\n", format!("  {} {}", function.name, function.takes).trim_end())
    };
    FUNCTIONS.iter().map(line).collect()
}
