//! Code that runs with its owner's rights, whoever sets it off.

use super::parts::by_parts;
use super::set_off::{SetOff, ways_to_set_off};
use super::{Here, on};
use crate::escalation::perform;
use crate::phases::sql;
use crate::quote::{identifier, literal};
use crate::words::{kind, operation};
use model::{
    Beyond, Certainty, Escalation, From, Gain, Loose, Name, Need, Object, Opening, Permission, QUOTE,
    RoleName, Routine, STATEMENT,
};
use std::sync::Arc;

/// Every routine with its owner's rights that somebody calls, or has called.
pub(super) fn definers(here: &Here<'_>, all: &mut Vec<Escalation>) {
    let routines = here.observed.machinery.iter().flat_map(|machinery| &machinery.routines);
    for (object, routine) in routines.filter(|(object, routine)| routine.definer && here.holds(object)) {
        let Some(owner) = here.owner(object) else { continue };
        for set_off in ways_to_set_off(here, object, owner, routine) {
            of_body(here, object, owner, routine, &set_off, all);
            for opening in &routine.openings {
                by_opening(here, owner, opening, &set_off, all);
            }
            by_parts(here, owner, routine, &set_off, all);
        }
    }
}

/// What it does by itself.
fn of_body(
    here: &Here<'_>,
    object: &Arc<Object>,
    owner: &RoleName,
    routine: &Routine,
    set_off: &SetOff,
    all: &mut Vec<Escalation>,
) {
    let SetOff { from, statements, because, .. } = set_off;
    for does in routine.body.does.iter().filter(|does| here.may(owner, does)) {
        let because = format!("{because}, and does this{}", reviewed(routine));
        if set_off.leads_to(does) {
            all.push(here.step(from.clone(), Gain::Does(does.clone()), because, statements.clone()));
        }
    }
    let runs = Gain::Runs(owner.clone());
    match &routine.body.beyond {
        Beyond::Nothing => {}
        Beyond::Anything { why, given, whole } => {
            let because = format!("{because}, and runs text made of what its caller gives: {why}");
            let given = given.filter(|_| set_off.called);
            let statements = match given {
                Some(at) if *whole => {
                    vec![perform::calling_with(here.observed, object, at, &STATEMENT.to_string())]
                }
                Some(at) => vec![perform::calling_with(here.observed, object, at, "…")],
                None => statements.clone(),
            };
            let certainty = match given {
                Some(_) => Certainty::Direct,
                None => Certainty::Unknown(doubt("it depends on how the text is made", routine)),
            };
            all.push(Escalation { certainty, ..here.step(from.clone(), runs, because, statements) });
        }
        Beyond::Unknown { why } => {
            let because = format!("{because}, and what it does is not known");
            let certainty = Certainty::Unknown(doubt(why, routine));
            all.push(Escalation { certainty, ..here.step(from.clone(), runs, because, statements.clone()) });
        }
    }
}

/// By whose review a body does what it does, where it is by one.
fn reviewed(routine: &Routine) -> String {
    let review = routine.review.as_ref().filter(|review| review.counts);
    review.map(|review| format!(", {}", review.told)).unwrap_or_default()
}

/// Why nobody knows what a body does, what is wrong with a review of it, and what a review would name.
fn doubt(why: &str, routine: &Routine) -> String {
    let review = routine.review.as_ref().filter(|review| !review.counts).map(|review| review.told.clone());
    let digest =
        routine.digest.as_ref().map(|digest| format!("to review it, read the body and name {digest}"));
    [Some(why.to_owned()), review, digest].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// Somebody puts something of its own in the place of what the body names.
fn by_opening(
    here: &Here<'_>,
    owner: &RoleName,
    opening: &Opening,
    set_off: &SetOff,
    all: &mut Vec<Escalation>,
) {
    let Some(database) = here.database_object() else { return };
    let From::Has(begins) = &set_off.from else {
        // It is set off by what another step does, and that is told by itself.
        let because = format!("{}, and names can be given another meaning there", set_off.because);
        let why = "something has to be put in the place of what it names before".to_owned();
        let step = here.step(set_off.from.clone(), Gain::Runs(owner.clone()), because, Vec::new());
        return all.push(Escalation { certainty: Certainty::Unknown(why), ..step });
    };
    let mut add = |needs: Vec<Need>, unsure: Option<&str>, how: &str, statements: Vec<String>| {
        let because = format!("{}, and {how}", set_off.because);
        let certainty = unsure.map_or(Certainty::Direct, |unsure| Certainty::Unknown(unsure.to_owned()));
        let needs = [begins.as_slice(), &needs].concat();
        let statements = [statements, set_off.statements.clone()].concat();
        let step = here.step(From::Has(needs), Gain::Runs(owner.clone()), because, statements);
        all.push(Escalation { certainty, ..step });
    };
    let temporary = on(operation::TEMPORARY, &database);
    match opening {
        Opening::Temporary(table) => {
            let how = format!("a temporary table comes before the {} that it names", table.name);
            let statements = substitution("pg_temp", Some(table), false);
            add(needs_of(here, &temporary), None, &how, statements);
        }
        Opening::TemporaryType { name, meant, sure } => {
            let how = format!("a temporary type comes before the type {name} that it names");
            let unsure = (!sure).then_some("no value may ever become one of that type");
            add(needs_of(here, &temporary), unsure, &how, type_instead(name, meant.as_deref(), owner));
        }
        Opening::Schema(schema, table) => {
            let how = format!("it looks for what it names in {schema} as well");
            let (needs, opens) = makes_in(here, schema, owner);
            let statements = [opens, substitution(&sql::name(schema), table.as_ref(), false)].concat();
            add(needs, table.is_none().then_some(FITS), &how, statements);
        }
        Opening::Missing(schema, table) => {
            let how = format!("it looks for what it names in a schema {schema}, which is not there");
            let name = identifier(schema.as_str());
            let mut statements = vec![format!("CREATE SCHEMA {name}"), opened(&name)];
            statements.extend(substitution(&name, table.as_ref(), false));
            let needs = needs_of(here, &on(operation::CREATE, &database));
            add(needs, table.is_none().then_some(FITS), &how, statements);
        }
        Opening::AnySchema(table) => {
            let how = "its caller says where it looks for what it names";
            // Where many tables set it off, each schema is not told for each of them.
            let told = if set_off.called { SCHEMAS } else { 0 };
            let schemas: Vec<&Arc<Object>> = here.schemas().collect();
            let (told, rest) = schemas.split_at(schemas.len().min(told));
            for schema in told {
                let (needs, opens) = makes_in(here, schema, owner);
                let statements = [opens, substitution(&sql::name(schema), table.as_ref(), true)].concat();
                add(needs, None, how, statements);
            }
            if let Some(need) = in_any(here, rest) {
                let statements = [vec![opened("…")], substitution("…", table.as_ref(), true)].concat();
                add(vec![need], None, how, statements);
            }
            let mut statements = vec!["CREATE SCHEMA mine".to_owned(), opened("mine")];
            statements.extend(substitution("mine", table.as_ref(), true));
            add(needs_of(here, &on(operation::CREATE, &database)), None, how, statements);
        }
    }
}

/// Why something that is made in a schema may not be what a body comes to use.
const FITS: &str = "something made there would have to fit better than what is meant";

/// A type that runs code whenever a value becomes one of it. It keeps still for everybody but the one whose code it is for.
fn type_instead(name: &Name, meant: Option<&Object>, owner: &RoleName) -> Vec<String> {
    let name = identifier(name.as_str());
    let base = meant.map_or_else(|| format!("pg_catalog.{name}"), sql::name);
    let owner = literal(owner.as_str());
    vec![
        format!(
            "CREATE FUNCTION pg_temp.instead() RETURNS boolean LANGUAGE plpgsql AS {QUOTE}BEGIN IF current_user = {owner} \
             THEN EXECUTE {STATEMENT}; END IF; RETURN true; END{QUOTE}"
        ),
        format!("CREATE DOMAIN pg_temp.{name} AS {base} CHECK (pg_temp.instead())"),
    ]
}

/// What it takes to make something in a schema that the routine's owner then finds there, and the statement for that.
fn makes_in(here: &Here<'_>, schema: &Arc<Object>, owner: &RoleName) -> (Vec<Need>, Vec<String>) {
    let mut needs = needs_of(here, &on(operation::CREATE, schema));
    let usage = on(operation::USAGE, schema);
    if here.may(owner, &usage) {
        return (needs, Vec::new());
    }
    needs.extend(needs_of(here, &Permission { delegable: true, ..usage }));
    (needs, vec![opened(&sql::name(schema))])
}

fn opened(schema: &str) -> String {
    format!("GRANT USAGE ON SCHEMA {schema} TO PUBLIC")
}

/// How many schemas are told one by one. In which of the others something is made is for people to fill in.
const SCHEMAS: usize = 200;

/// To make something in any of these schemas; nothing where there are none.
pub(super) fn in_any(here: &Here<'_>, schemas: &[&Arc<Object>]) -> Option<Need> {
    let permission = on(operation::CREATE, schemas.first()?);
    let needs = schemas.iter().flat_map(|schema| needs_of(here, &on(operation::CREATE, schema)));
    let sources = needs.flat_map(|need| need.sources).collect();
    Some(Need { permission, sources, parts: Vec::new() })
}

/// Statements of the substitution. What is put in place of a table runs code when it is read or written.
fn substitution(made_in: &str, table: Option<&Loose>, path: bool) -> Vec<String> {
    let written = table.is_some_and(|table| table.written);
    let (returns, ends) = if written { ("trigger", "NULL") } else { ("boolean", "true") };
    let mut statements = vec![format!(
        "CREATE FUNCTION {made_in}.instead() RETURNS {returns} LANGUAGE plpgsql AS \
         {QUOTE}BEGIN EXECUTE {STATEMENT}; RETURN {ends}; END{QUOTE}"
    )];
    match table {
        Some(table) => statements.extend(in_place_of(table, made_in)),
        None => statements.push(format!(
            "-- make {made_in}.… of a name that the body uses, so that it calls {made_in}.instead()"
        )),
    }
    if path {
        statements.push(format!("SET search_path = {made_in}, pg_catalog"));
    }
    statements
}

/// A view that calls the function when it is read, or a table with a trigger that does when it is written to. Both have the
/// columns of the table that is meant, which takes no right to read it.
fn in_place_of(table: &Loose, made_in: &str) -> Vec<String> {
    let name = format!("{made_in}.{}", identifier(table.name.as_str()));
    let meant = table.meant.as_ref();
    let row = meant.map_or_else(|| "…".to_owned(), |meant| format!("(NULL::{}).*", sql::name(meant)));
    let open = format!("GRANT ALL ON {name} TO PUBLIC");
    if table.written {
        let sets_off = "BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE";
        return vec![
            format!("CREATE TABLE {name} AS SELECT {row}"),
            format!("CREATE TRIGGER instead {sets_off} ON {name} EXECUTE FUNCTION {made_in}.instead()"),
            open,
        ];
    }
    vec![format!("CREATE VIEW {name} AS SELECT {row} WHERE {made_in}.instead()"), open]
}

pub(super) fn needs_of(here: &Here<'_>, permission: &Permission) -> Vec<Need> {
    crate::powers::needs(here.observed, here.database, permission).session
}

impl<'a> Here<'a> {
    /// Schemas of one's own here.
    pub(super) fn schemas(&self) -> impl Iterator<Item = &'a Arc<Object>> {
        let here = *self;
        let all = here.observed.catalogue.objects.iter();
        let own = all.filter(move |(object, existing)| {
            object.kind == kind::SCHEMA && here.holds(object) && !existing.system
        });
        own.map(|(object, _)| object)
    }

    /// The object that the database is.
    pub(super) fn database_object(&self) -> Option<Arc<Object>> {
        super::named_database(self.database).map(Arc::new)
    }
}

/// A name as a statement has it.
pub(super) fn named(role: &RoleName) -> String {
    identifier(role.as_str())
}
