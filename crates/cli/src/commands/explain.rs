//! `rolewright explain`: the manual page of a code.

use super::audit::rules;
use crate::arguments::Explain;
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::render::manual_text;
use crate::terminal::Terminal;
use ::audit::Manual;
use std::collections::BTreeMap;

/// Prints the page, or the list of all codes.
pub(crate) fn run(arguments: &Explain, terminal: Terminal) -> Result<Verdict, Failure> {
    let pages = pages();
    let text = match &arguments.code {
        None => list(&pages, terminal),
        Some(wanted) => {
            let code = wanted.trim().to_uppercase();
            let page = pages.get(code.as_str()).ok_or_else(|| unknown(wanted, &code, &pages))?;
            manual_text(page.text(), terminal.out)
        }
    };
    terminal.print(&text)?;
    Ok(Verdict::Clean)
}

/// Every page there is, by its code.
fn pages() -> BTreeMap<&'static str, Manual> {
    let others = manifest::PAGES.iter().chain(service::PAGES).chain(postgres::PAGES);
    let others = others.map(|(code, text)| (*code, Manual::new(text)));
    rules().iter().map(|rule| (rule.code(), rule.manual())).chain(others).collect()
}

fn list(pages: &BTreeMap<&'static str, Manual>, terminal: Terminal) -> String {
    let line = |(code, page): (&&str, &Manual)| format!("{}  {}\n", terminal.out.code(code), page.title());
    pages.iter().map(line).collect()
}

fn unknown(wanted: &str, code: &str, pages: &BTreeMap<&'static str, Manual>) -> Failure {
    let near = pages.keys().filter(|known| distance(known, code) <= 2).copied().collect::<Vec<_>>();
    let help = if near.is_empty() {
        "rolewright explain lists every code".to_owned()
    } else {
        format!("near it: {}; rolewright explain lists every code", near.join(", "))
    };
    Failure::new(format!("there is no code {wanted}"), help)
}

/// How many characters differ, place by place; codes are short and alike, so this is what "near" means for them.
fn distance(a: &str, b: &str) -> usize {
    let differing = a.chars().zip(b.chars()).filter(|(x, y)| x != y).count();
    differing + a.chars().count().abs_diff(b.chars().count())
}
