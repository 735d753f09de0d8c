//! Texts that are run: whether an expression always makes the same text.
//!
//! A part that is quoted as a literal, by `%L`, `quote_literal` or `quote_nullable`, is whatever it likes and still only a
//! literal, so the text around it is fixed. It is read with a literal of ours in its place.

use pg_query::protobuf::Token;
use serde_json::Value;

use crate::does::Given;
use crate::grammar::{Word, words};
use crate::names::Names;
use crate::tree::Tree;

/// What stands in a text where a quoted value would be.
const LITERAL: &str = "'any literal'";

/// A text, and where in it a literal of ours stands.
#[derive(Debug, Default)]
struct Made {
    text: String,
    literals: Vec<usize>,
}

/// The text that an expression always makes, up to literals.
///
/// # Errors
/// Which part of it is not the same every time.
pub(crate) fn text(expression: Tree<'_>, names: &Names) -> Result<String, String> {
    let made = make(expression, names)?;
    if made.text.contains('\\') {
        // It is an escape or not as `standard_conforming_strings` says, which whoever calls a routine chooses.
        return Err("a text that is run has a backslash in it, which means what the caller likes".to_owned());
    }
    if literals_stand_alone(&made) {
        Ok(made.text)
    } else {
        Err("a quoted literal is put inside another literal, a name or a comment".to_owned())
    }
}

/// The text of an expression that is constant and has no literal of ours in it.
pub(crate) fn constant(expression: Tree<'_>) -> Option<String> {
    make(expression, Names::none()).ok().filter(|made| made.literals.is_empty()).map(|made| made.text)
}

/// What the caller of a routine gives that becomes a part of a text as it is, if an expression makes that text of such a thing. What
/// goes through a variable is not followed.
pub(crate) fn given(expression: Tree<'_>, names: &Names) -> Option<Given> {
    let part = |trees: Vec<Tree<'_>>| {
        let found = trees.into_iter().find_map(|tree| given(tree, names))?;
        Some(Given { whole: false, ..found })
    };
    match expression.node()? {
        ("SelectStmt", select) => {
            let mut targets = select.list("target_list");
            let alone =
                !["from_clause", "larg", "values_lists"].iter().any(|part| select.field(part).is_some());
            targets.next().filter(|_| alone && targets.len() == 0).and_then(|only| given(only, names))
        }
        ("ResTarget", target) => given(target.field("val"), names),
        ("TypeCast", cast) if to_text(cast) => given(cast.field("arg"), names),
        ("ColumnRef", column) => {
            let name = match column.names("fields").as_slice() {
                [name] => *name,
                // Before a parameter stands the routine's name; before a field, that of a record.
                [before, name] if !names.has(before) => *name,
                _ => return None,
            };
            let parameter = names.inputs.iter().position(|input| !name.is_empty() && input == name)?;
            Some(Given { parameter, whole: true })
        }
        ("ParamRef", parameter) => {
            let number = usize::try_from(parameter.number("number")).ok()?.checked_sub(1)?;
            Some(Given { parameter: (*names.numbered.get(number)?)?, whole: true })
        }
        ("AExpr", operation) if operation.names("name").last() == Some(&"||") => {
            part(vec![operation.field("lexpr"), operation.field("rexpr")])
        }
        ("FuncCall", call) => match call.names("funcname").last() {
            Some(&"concat") => part(call.list("args").collect()),
            Some(&"format") => part(as_they_are(call)),
            _ => None,
        },
        _ => None,
    }
}

/// What `format` puts into its text as it is: its pattern, and what stands for each `%s`.
fn as_they_are(call: Tree<'_>) -> Vec<Tree<'_>> {
    let arguments: Vec<Tree<'_>> = call.list("args").collect();
    let Some((pattern, values)) = arguments.split_first() else { return Vec::new() };
    let Some(text) = constant(*pattern) else { return vec![*pattern] };
    let kinds = text.replace("%%", "");
    let kinds = kinds
        .split('%')
        .skip(1)
        .map(|after| after.trim_start_matches(|c: char| c.is_ascii_digit() || c == '$'));
    let plain = values.iter().zip(kinds).filter(|(_, kind)| kind.starts_with('s'));
    plain.map(|(value, _)| *value).collect()
}

fn make(expression: Tree<'_>, names: &Names) -> Result<Made, String> {
    match expression.node() {
        // What PL/pgSQL calls an expression is a SELECT without that word.
        Some(("SelectStmt", select)) => {
            let mut targets = select.list("target_list");
            let alone = ["from_clause", "where_clause", "with_clause", "values_lists", "larg", "sort_clause"]
                .iter()
                .all(|part| !select.field(part).is_some());
            match (targets.next(), targets.next()) {
                (Some(only), None) if alone => make(only, names),
                _ => Err("a text that is run is read from a query".to_owned()),
            }
        }
        Some(("ResTarget", target)) => make(target.field("val"), names),
        Some(("AConst", constant)) => constant_text(constant),
        Some(("TypeCast", cast)) if to_text(cast) => make(cast.field("arg"), names),
        Some(("AExpr", operation)) if operation.names("name").last() == Some(&"||") => {
            let mut made = make(operation.field("lexpr"), names)?;
            made.push(make(operation.field("rexpr"), names)?);
            Ok(made)
        }
        Some(("FuncCall", call)) => call_text(call, names),
        Some(("ColumnRef", column)) => match column.names("fields").as_slice() {
            [name] => match names.constants.get(*name) {
                Some(text) => Ok(Made { text: text.clone(), literals: Vec::new() }),
                None => Err(format!("a text that is run is made with {name}, which is not constant")),
            },
            parts => {
                Err(format!("a text that is run is made with {}, which is not constant", parts.join(".")))
            }
        },
        Some(("ParamRef", parameter)) => Err(format!(
            "a text that is run is made with ${}, which is not constant",
            parameter.number("number")
        )),
        _ => Err("a text that is run is made at run time".to_owned()),
    }
}

fn constant_text(constant: Tree<'_>) -> Result<Made, String> {
    let value = constant.field("val");
    let text = value.field("Sval").text("sval").map(str::to_owned);
    let text = text.or_else(|| value.field("Fval").text("fval").map(str::to_owned));
    let number = value.field("Ival").is_some().then(|| value.field("Ival").number("ival").to_string());
    let empty = matches!(value.field("Sval").value(), Value::Object(_)).then(String::new);
    match text.or(number).or(empty) {
        Some(text) => Ok(Made { text, literals: Vec::new() }),
        None => Err("a text that is run is no text".to_owned()),
    }
}

/// A cast to text, which changes nothing. One to `name` or `varchar(3)` cuts.
fn to_text(cast: Tree<'_>) -> bool {
    let name = cast.field("type_name");
    matches!(name.names("names").as_slice(), ["text"] | ["pg_catalog", "text"])
        && !name.field("array_bounds").is_some()
}

fn call_text(call: Tree<'_>, names: &Names) -> Result<Made, String> {
    let arguments: Vec<Tree<'_>> = call.list("args").collect();
    let name = match call.names("funcname").as_slice() {
        [name] | ["pg_catalog", name] => *name,
        parts => return Err(format!("a text that is run is made by {}", parts.join("."))),
    };
    match (name, arguments.as_slice()) {
        _ if call.flag("func_variadic") => Err(format!("a text that is run is made by {name} of an array")),
        ("quote_literal" | "quote_nullable", [_]) => Ok(Made::literal()),
        ("quote_ident", [argument]) => make(*argument, names).and_then(|made| made.identifier()),
        ("concat", parts) => {
            let mut all = Made::default();
            for part in parts {
                all.push(make(*part, names)?);
            }
            Ok(all)
        }
        ("format", [pattern, values @ ..]) => format_text(&make(*pattern, names)?, values, names),
        _ => Err(format!("a text that is run is made by {name}")),
    }
}

/// What `format` makes: `%%`, and `%L`, `%s` and `%I` with or without the number of an argument. Widths are not read.
fn format_text(pattern: &Made, values: &[Tree<'_>], names: &Names) -> Result<Made, String> {
    if !pattern.literals.is_empty() {
        return Err("the pattern of format has a literal in it".to_owned());
    }
    let mut made = Made::default();
    let mut next = 0;
    let mut rest = pattern.text.as_str();
    while let Some((before, after)) = rest.split_once('%') {
        made.text.push_str(before);
        if let Some(after) = after.strip_prefix('%') {
            made.text.push('%');
            rest = after;
            continue;
        }
        let digits = after.chars().take_while(char::is_ascii_digit).count();
        let (number, after) = after.split_at_checked(digits).unwrap_or_default();
        let (which, after) = match (number, after.strip_prefix('$')) {
            ("", None) => (next, after),
            (number, Some(after)) => {
                let number = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                (number.ok_or("format has an argument 0")?, after)
            }
            (_, None) => return Err("a text that is run is made by format with a width".to_owned()),
        };
        next = which.saturating_add(1);
        let value = values.get(which).copied();
        let mut letters = after.chars();
        let missing = || "format has too few arguments".to_owned();
        match letters.next() {
            Some('L') => made.push(Made::literal()),
            Some('s') => made.push(make(value.ok_or_else(missing)?, names)?),
            Some('I') => made.push(make(value.ok_or_else(missing)?, names)?.identifier()?),
            _ => return Err("a text that is run is made by format with an unknown pattern".to_owned()),
        }
        rest = letters.as_str();
    }
    made.text.push_str(rest);
    Ok(made)
}

impl Made {
    fn literal() -> Self {
        Self { text: LITERAL.to_owned(), literals: vec![0] }
    }

    fn push(&mut self, other: Self) {
        let shift = self.text.len();
        self.literals.extend(other.literals.into_iter().map(|at| at + shift));
        self.text.push_str(&other.text);
    }

    /// A constant as an identifier, if it needs nothing but quotes around it.
    fn identifier(self) -> Result<Self, String> {
        let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        if self.literals.is_empty() && !self.text.is_empty() && self.text.chars().all(plain) {
            Ok(Self { text: ["\"", &self.text, "\""].concat(), literals: Vec::new() })
        } else {
            Err("a text that is run has a name in it that is quoted at run time".to_owned())
        }
    }
}

/// Whether each of our literals is a word of its own, whatever is put in its place: it may be `E'…'` or `NULL` too.
fn literals_stand_alone(made: &Made) -> bool {
    if made.literals.is_empty() {
        return true;
    }
    let Ok(words) = words(&made.text) else { return false };
    made.literals.iter().all(|&start| {
        let end = start + LITERAL.len();
        let Ok(at) = words.binary_search_by_key(&start, |word| word.start) else { return false };
        if words.get(at).is_none_or(|word| word.end != end) {
            return false;
        }
        let literal = |at: Option<usize>| {
            let word = at.and_then(|at| words.get(at));
            word.is_some_and(|word| matches!(word.token, Token::Sconst | Token::Usconst))
        };
        let before = made.text.get(..start).and_then(|text| text.chars().next_back());
        let after = made.text.get(end..).and_then(|text| text.chars().next());
        let joins = |letter: Option<char>| {
            letter.is_some_and(|letter| {
                letter.is_ascii_alphanumeric() || !letter.is_ascii() || "_$'\"".contains(letter)
            })
        };
        literal(Some(at))
            && !names_a_type(made, at.checked_sub(1).and_then(|at| words.get(at)))
            && !literal(at.checked_sub(1))
            && !literal(at.checked_add(1))
            && !joins(before)
            && !joins(after)
    })
}

/// Whether a literal behind this word may be a value of the type that it names, as in `date '…'`: `date NULL` would be something
/// else, a column with a name for it.
fn names_a_type(made: &Made, word: Option<&Word>) -> bool {
    let Some(word) = word else { return false };
    let text = made.text.get(word.start..word.end).unwrap_or_default().to_ascii_lowercase();
    let operator = ["like", "ilike", "between", "escape", "is"].contains(&text.as_str());
    (word.may_be_name && !operator) || text == ")" || text == "]"
}
