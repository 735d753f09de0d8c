//! Bodies in PL/pgSQL: each of its expressions and statements is SQL, and is read as such.

mod declare;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::body::depends_on_caller;
use crate::fixed;
use crate::grammar::{Mode, parse, plpgsql, words};
use crate::names::{Bare, Names};
use crate::reader::{Reader, Reading};
use crate::tree::Tree;
use crate::unread::Unread;
use declare::{Declaration, Declared};

/// How many variables may turn out to be rows, one after the other, by an assignment to one of their fields: each time the whole
/// is compiled again, so that it may be more in a short text.
const MOST_ROWS: usize = 8;
/// How many bytes are compiled again for that beyond these.
const MOST_AGAIN: usize = 2 << 20;

/// Reads a body; `names` has the parameters.
pub(crate) fn read(definition: &str, source: &str, names: Names) -> Result<Reading, Unread> {
    read_inside(definition, source, names, 0)
}

/// Reads a block without a routine around it, which is run inside as many texts.
pub(crate) fn block(source: &str, texts: usize) -> Result<Reading, Unread> {
    read_inside("CREATE PROCEDURE block() LANGUAGE plpgsql AS ''", source, Names::default(), texts)
}

fn read_inside(definition: &str, source: &str, mut names: Names, texts: usize) -> Result<Reading, Unread> {
    let declared = declare::find(source)?;
    let (function, rows) = compile(definition, source, &declared)?;
    names.always.insert("found".to_owned());
    // A variable of the same name hides a parameter.
    let hidden: BTreeSet<&str> = declared.names().collect();
    names.inputs.iter_mut().filter(|input| hidden.contains(input.as_str())).for_each(String::clear);
    names.somewhere.extend(declared.names().map(str::to_owned));
    names.somewhere.extend(variables(&function));
    names.bare = conflicts(source)?;
    // A declaration does not see those behind it, in which its names would be variables.
    let mut reader = Reader::inside(&names, texts);
    for one in &declared.variables {
        types(one, source, &names, &mut reader)?;
        // The tree that comes back leaves out what a row begins with.
        if let Some(begins) = one.default_in(source).filter(|_| rows.contains(&one.name) || one.is_row) {
            reader.text(begins, Mode::Plpgsql(EXPRESSION))?;
        }
    }
    walk(part(&function, "datums"), "", "", &mut reader)?;
    let declarations = reader.finish()?;
    // The outermost block is around everything.
    names.always.extend(declared.outermost.iter().cloned());
    names.constants = constants(&function, &declared);
    let mut reader = Reader::inside(&names, texts);
    reader.absorb(declarations);
    walk(part(&function, "action"), "", "", &mut reader)?;
    depends_on_caller(source, &mut reader)?;
    reader.finish()
}

fn part<'f>(function: &'f Value, name: &str) -> &'f Value {
    function.get("PLpgSQL_function").and_then(|inside| inside.get(name)).unwrap_or(&Value::Null)
}

/// The number of the grammar for an expression of PL/pgSQL.
const EXPRESSION: i32 = 2;

/// What the grammar makes of the body. It knows no types but the server's own, so each variable is given one of those that does:
/// a row, if the body assigns to a field of it, or else a text.
fn compile(definition: &str, source: &str, declared: &Declared) -> Result<(Value, BTreeSet<String>), Unread> {
    let mut rows = BTreeSet::new();
    loop {
        match plpgsql(definition, &declared.rewrite(source, &rows), &rows) {
            Err(Unread::Grammar(message))
                if rows.len() < MOST_ROWS || rows.len().saturating_mul(source.len()) < MOST_AGAIN =>
            {
                let before = rows.len();
                rows.extend(unknown_rows(&message));
                if rows.len() == before {
                    return Err(Unread::Grammar(message));
                }
            }
            Err(other) => return Err(other),
            Ok(function) => return Ok((function, rows)),
        }
    }
}

/// What may be the variable in the complaint that a field of it is unknown: there may be a label before it.
fn unknown_rows(message: &str) -> Vec<String> {
    let field = message.strip_prefix('"').and_then(|rest| rest.split_once("\" is not a known variable"));
    let mut parts: Vec<String> =
        field.map(|(field, _)| field.split('.').map(str::to_owned).collect()).unwrap_or_default();
    parts.pop();
    parts
}

/// The names of all variables, those included that nobody declares: `found`, `new`, the counters of loops.
fn variables(function: &Value) -> Vec<String> {
    let datums = part(function, "datums").as_array();
    let names = datums.into_iter().flatten().filter_map(|datum| {
        let inside = datum.as_object()?.values().next()?;
        inside.get("refname").and_then(Value::as_str).map(str::to_owned)
    });
    names.collect()
}

/// Variables that are declared once, are `CONSTANT`, of a type that takes every text, and begin with a fixed text.
fn constants(function: &Value, declared: &Declared) -> BTreeMap<String, String> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    variables(function).into_iter().for_each(|name| *times.entry(name).or_default() += 1);
    let once = |name: &str| times.get(name) == Some(&1);
    let constant = |one: &Declaration| {
        let default = one.constant.as_deref().filter(|_| once(&one.name))?;
        let parsed = parse(default, Mode::Plpgsql(EXPRESSION)).ok()?;
        let [only] = parsed.as_slice() else { return None };
        fixed::constant(Tree::new(&only.tree)).map(|text| (one.name.clone(), text))
    };
    declared.variables.iter().filter_map(constant).collect()
}

/// What a bare name means that may be a variable or a column. The body may begin by saying so.
fn conflicts(source: &str) -> Result<Bare, Unread> {
    let words = words(source)?;
    let text =
        |at: usize| words.get(at).and_then(|word| source.get(word.start..word.end)).unwrap_or_default();
    let mut at = 0;
    let mut bare = Bare::Variable;
    while text(at) == "#" {
        if text(at + 1).eq_ignore_ascii_case("variable_conflict") {
            let column = text(at + 2).eq_ignore_ascii_case("use_column");
            bare = if column { Bare::Column } else { Bare::Variable };
        }
        at += 3;
    }
    Ok(bare)
}

/// The type of a variable, which the search path decides if it is named without a schema.
fn types(one: &Declaration, source: &str, names: &Names, reader: &mut Reader<'_>) -> Result<(), Unread> {
    let Some(text) = one.type_in(source) else { return Ok(()) };
    match text.split_once('%') {
        // `relation%ROWTYPE`, `relation.column%TYPE`, `variable%TYPE`.
        Some((of, copied)) => {
            let first = of.split('.').next().unwrap_or_default().trim();
            let parts = of.split('.').count();
            let most = if copied.trim_start().to_ascii_lowercase().starts_with("row") { 1 } else { 2 };
            if parts <= most && !names.has(&first.to_ascii_lowercase()) {
                reader.loose_type(&first.to_ascii_lowercase(), false);
            }
            Ok(())
        }
        None if text.eq_ignore_ascii_case("record") => Ok(()),
        None => reader.text(&format!("NULL::{text}"), Mode::Plpgsql(EXPRESSION)),
    }
}

/// Goes through everything in a compiled body; `key` is the field it is in, `kind` the kind of the statement around.
fn walk(value: &Value, kind: &str, key: &str, reader: &mut Reader<'_>) -> Result<(), Unread> {
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| walk(item, kind, key, reader)),
        Value::Object(fields) => fields.iter().try_for_each(|(field, inside)| {
            if field == "PLpgSQL_expr" {
                let made = matches!(kind, "PLpgSQL_stmt_dynexecute" | "PLpgSQL_stmt_dynfors");
                expression(inside, key == "dynquery" || (key == "query" && made), reader)
            } else if field.starts_with("PLpgSQL_") {
                walk(inside, field, "", reader)
            } else {
                walk(inside, kind, field, reader)
            }
        }),
        _ => Ok(()),
    }
}

/// A statement or an expression; `made`, if it makes a text that is then run.
fn expression(expression: &Value, made: bool, reader: &mut Reader<'_>) -> Result<(), Unread> {
    let text = expression.get("query").and_then(Value::as_str).unwrap_or_default();
    let mode = expression.get("parseMode").and_then(Value::as_i64).and_then(|mode| i32::try_from(mode).ok());
    let mode = mode.ok_or_else(|| Unread::Parser("an expression of a kind that nobody knows".to_owned()))?;
    for statement in parse(text, Mode::Plpgsql(mode))? {
        let tree = Tree::new(&statement.tree);
        reader.statement(tree, &statement.text);
        if made {
            reader.run(tree);
        }
    }
    Ok(())
}
