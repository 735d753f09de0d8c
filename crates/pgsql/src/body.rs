//! What the body of a routine does.

use pg_query::protobuf::FunctionParameterMode;

use crate::does::{Does, Given};
use pg_query::protobuf::Token;

use crate::grammar::{Mode, parse, with_room, words};
use crate::names::{Bare, Names};
use crate::plpgsql;
use crate::reader::{Reader, Reading};
use crate::tree::Tree;
use crate::unread::Unread;

/// What the body of a routine does, whoever calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Body {
    /// Every statement in it is a fixed text: it does this and no more.
    Fixed(Does),
    /// A statement's text is made at run time, of something that is not constant: it does this, and anything else.
    Dynamic {
        /// What is not constant.
        why: String,
        /// What its fixed statements do.
        does: Does,
        /// What its caller gives that becomes a part of the text as it is, where that is seen. It may be so unseen too, through
        /// variables.
        given: Option<Given>,
    },
    /// Nobody knows what it does.
    Opaque {
        /// Why it cannot be read.
        why: String,
    },
}

/// Reads the definition of a routine, as `pg_get_functiondef` writes it: one `CREATE FUNCTION` or `CREATE PROCEDURE`.
///
/// Bodies in SQL and PL/pgSQL are read. The text of one in `BEGIN ATOMIC` should be asked for with an empty search path,
/// because PostgreSQL leaves out the schemas that are on it. Not read are the settings of the routine, and the defaults of its
/// parameters, which the caller computes.
pub fn body(definition: &str) -> Body {
    body_in_trigger(definition, &[])
}

/// The same for the function of a trigger whose tables of old and new rows have these names.
pub fn body_in_trigger(definition: &str, transition_tables: &[String]) -> Body {
    let read = with_room(|| read(definition, transition_tables)).and_then(|read| read);
    match read {
        Ok(Reading { does, dynamic: None, .. }) => Body::Fixed(does),
        Ok(Reading { does, dynamic: Some(why), given }) => Body::Dynamic { why, does, given },
        Err(unread) => Body::Opaque { why: unread.to_string() },
    }
}

/// Reads the definition of a rule, as `pg_get_ruledef` writes it: one `CREATE RULE`. What it does was bound to its objects when it was
/// made, so the text should be asked for with an empty search path. What it calls is called by whoever sets it off.
pub fn rule(definition: &str) -> Body {
    let read = with_room(|| {
        let all = parse(definition, Mode::Statements)?;
        let [statement] = all.as_slice() else { return Err(Unread::NoRoutine) };
        let rule = Tree::new(&statement.tree).of_kind("RuleStmt").ok_or(Unread::NoRoutine)?;
        let mut reader = Reader::new(Names::none());
        rule.list("actions").for_each(|action| reader.statement(action, &statement.text));
        let mut reading = reader.finish()?;
        reading.does.loose = crate::Loose::default();
        reading.does.types.clear();
        Ok(reading)
    });
    match read.and_then(|read| read) {
        Ok(Reading { does, dynamic: None, .. }) => Body::Fixed(does),
        Ok(Reading { does, dynamic: Some(why), given }) => Body::Dynamic { why, does, given },
        Err(unread) => Body::Opaque { why: unread.to_string() },
    }
}

/// Reads what each statement of a text needs, in their order.
///
/// # Errors
/// Why the text cannot be read.
pub fn statements(text: &str) -> Result<Vec<Does>, Unread> {
    with_room(|| {
        let all = parse(text, Mode::Statements)?;
        all.iter()
            .map(|statement| {
                let mut reader = Reader::new(Names::none());
                reader.statement(Tree::new(&statement.tree), &statement.text);
                let Reading { mut does, dynamic, .. } = reader.finish()?;
                if let Some(why) = dynamic {
                    does.others.push(crate::Other { kind: "a text made at run time", text: why });
                }
                Ok(does)
            })
            .collect()
    })?
}

fn read(definition: &str, transition_tables: &[String]) -> Result<Reading, Unread> {
    let all = parse(definition, Mode::Statements)?;
    let [statement] = all.as_slice() else { return Err(Unread::NoRoutine) };
    let routine = Tree::new(&statement.tree).of_kind("CreateFunctionStmt").ok_or(Unread::NoRoutine)?;
    let option = |name: &str| {
        routine
            .list("options")
            .filter_map(|option| option.of_kind("DefElem"))
            .find_map(|option| (option.text("defname") == Some(name)).then(|| option.field("arg")))
    };
    let language = option("language").and_then(Tree::string).unwrap_or("sql").to_lowercase();
    let names = Names {
        always: parameters(routine),
        inputs: inputs(routine),
        numbered: numbered(routine, language == "plpgsql"),
        bare: Bare::Column,
        transition: transition_tables.iter().cloned().collect(),
        ..Names::default()
    };
    if routine.field("sql_body").is_some() {
        return atomic(routine.field("sql_body"), &names, &statement.text);
    }
    let source = option("as").and_then(|texts| match texts.of_kind("List")?.names("items").as_slice() {
        [source] => Some((*source).to_owned()),
        _ => None,
    });
    match (language.as_str(), source) {
        ("sql", Some(source)) => {
            let mut reader = Reader::new(&names);
            reader.text(&source, Mode::Statements)?;
            depends_on_caller(&source, &mut reader)?;
            reader.finish()
        }
        ("plpgsql", Some(source)) => plpgsql::read(definition, &source, names),
        ("sql" | "plpgsql", None) => Err(Unread::NoRoutine),
        _ => Err(Unread::Language(language)),
    }
}

/// A body that was bound to its objects when the routine was made.
fn atomic(body: Tree<'_>, names: &Names, text: &str) -> Result<Reading, Unread> {
    let mut reader = Reader::new(names);
    let mut left = vec![body];
    while let Some(part) = left.pop() {
        match part.of_kind("List") {
            Some(list) => left.extend(list.list("items").rev()),
            None => reader.statement(part, text),
        }
    }
    let mut reading = reader.finish()?;
    reading.does.loose = crate::Loose::default();
    reading.does.types.clear();
    Ok(reading)
}

/// Whoever calls a routine chooses `standard_conforming_strings`, and so where a literal with a backslash before a quote ends.
pub(crate) fn depends_on_caller(source: &str, reader: &mut Reader<'_>) -> Result<(), Unread> {
    let literals = words(source)?.into_iter().filter(|word| word.token == Token::Sconst);
    let mut texts = literals.filter_map(|word| source.get(word.start..word.end));
    if texts.any(|text| text.starts_with('\'') && text.contains("\\'")) {
        reader.is_dynamic(
            "a literal has a backslash before a quote, which ends it or not as the caller likes".to_owned(),
        );
    }
    Ok(())
}

/// The names of the parameters that a caller gives something for.
fn inputs(routine: Tree<'_>) -> Vec<String> {
    let parameters = routine.list("parameters").filter_map(|one| one.of_kind("FunctionParameter"));
    let given = parameters.filter(|one| !only_comes_out(*one));
    given.map(|one| one.text("name").unwrap_or_default().to_owned()).collect()
}

/// Which of those each number means, where all parameters are counted or only those.
fn numbered(routine: Tree<'_>, all: bool) -> Vec<Option<usize>> {
    let parameters = routine.list("parameters").filter_map(|one| one.of_kind("FunctionParameter"));
    let mut next = 0;
    let numbers = parameters.map(|one| {
        let given = !only_comes_out(one);
        next += usize::from(given);
        given.then(|| next - 1)
    });
    let numbers: Vec<Option<usize>> = numbers.collect();
    if all { numbers } else { numbers.into_iter().filter(Option::is_some).collect() }
}

fn only_comes_out(parameter: Tree<'_>) -> bool {
    let modes = [FunctionParameterMode::FuncParamOut, FunctionParameterMode::FuncParamTable];
    modes.iter().any(|mode| parameter.number("mode") == i64::from(*mode as i32))
}

/// The names of the parameters, and of the routine, which may stand before them.
fn parameters(routine: Tree<'_>) -> std::collections::BTreeSet<String> {
    let parameters =
        routine.list("parameters").filter_map(|one| one.of_kind("FunctionParameter")?.text("name"));
    parameters.map(str::to_owned).collect()
}
