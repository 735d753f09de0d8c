#![doc = include_str!("definer_path.md")]

use crate::phases::sql;
use crate::quote::identifier;
use crate::words::{attribute, kind, operation};
use audit::told::listed;
use audit::{About, Facts, Finding, Look, Manual, Mending, Offered, Remedy, Rule, Severity};
use model::{Definer, Name, Object, Principal, RoleName};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Where temporary objects are, which everybody may make.
const TEMPORARY: &str = "pg_temp";
/// The server's own names, which nobody can add to.
const CATALOGUE: &str = "pg_catalog";

/// The rule.
pub(super) struct DefinerPath;

impl Rule for DefinerPath {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("definer_path.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    /// What an extension made is the extension's to answer for; a body that was resolved when it was made follows no path.
    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let objects = &look.observed.catalogue.objects;
        let definers = look.observed.survey.iter().flat_map(|survey| &survey.definers);
        let own = definers.filter(|(routine, definer)| {
            !definer.settled && objects.get(*routine).is_none_or(|existing| existing.extension.is_none())
        });
        own.filter_map(|(routine, definer)| self.of_routine(look, routine, definer)).collect()
    }
}

impl DefinerPath {
    fn of_routine(&self, look: &Look<'_>, routine: &Arc<Object>, definer: &Definer) -> Option<Finding> {
        let owner = look.observed.access.owners.get(routine)?;
        let flaw = Flaw::of(look, routine, owner, definer.path.as_deref())?;
        let callers = callers(look, routine, owner);
        let severity = match (&flaw, callers.is_empty()) {
            // Whoever is its owner already gains nothing.
            (_, true) => Severity::Low,
            (Flaw::TemporaryFirst(_), false) => Severity::Medium,
            (_, false) => Severity::High,
        };
        let mut evidence = vec![flaw.told(), format!("it runs as its owner {owner}")];
        evidence.push(if callers.is_empty() {
            "only its owner may run it".to_owned()
        } else {
            format!("it may be run by {}", listed(&callers))
        });
        let remedy = match flaw.path(look, routine, owner) {
            Some(path) => {
                let path = path.iter().map(|name| identifier(name)).collect::<Vec<_>>().join(", ");
                Remedy::Statements(vec![Offered::about(
                    routine,
                    format!("ALTER ROUTINE {} SET search_path = {path}", sql::name(routine)),
                )])
            }
            None => Remedy::Decide,
        };
        let superuser = look.has(owner, &attribute::SUPERUSER);
        let mut facts = Facts::new().with("runs as", &[owner, &superuser]);
        facts.each("may be run by", &callers);
        flaw.tell(&mut facts);
        Some(Finding {
            rule: self.code(),
            severity,
            about: About::Object(routine.clone()),
            what: "its caller can put other things in the place of what it names".to_owned(),
            evidence,
            facts: facts.digest(),
            mending: Mending { remedy, ..Mending::default() },
        })
    }
}

/// What is wrong with a path.
enum Flaw<'a> {
    /// There is none.
    NoPath,
    /// Others may create in a schema on it.
    Open(&'a Name, BTreeSet<String>),
    /// Temporary objects come before the others.
    TemporaryFirst(&'a [Name]),
}

impl<'a> Flaw<'a> {
    /// The worst flaw, if there is one. An empty path is none: a body that works with it names its schemas.
    fn of(look: &Look<'_>, routine: &Object, owner: &RoleName, path: Option<&'a [Name]>) -> Option<Self> {
        let Some(path) = path else { return Some(Flaw::NoPath) };
        for name in path {
            let others = makers(look, routine, name, owner);
            if !others.is_empty() {
                return Some(Flaw::Open(name, others));
            }
        }
        let last = path.last().is_none_or(|name| name.as_str() == TEMPORARY);
        let only_catalogue = path.iter().all(|name| name.as_str() == CATALOGUE);
        (!last && !only_catalogue).then_some(Flaw::TemporaryFirst(path))
    }

    fn tell(&self, facts: &mut Facts) {
        match self {
            Flaw::NoPath => facts.add("no path", &[]),
            Flaw::Open(schema, others) => {
                facts.add("open", &[schema]);
                facts.each("may create", others);
            }
            Flaw::TemporaryFirst(path) => facts.add("temporary first", &[path]),
        }
    }

    fn told(&self) -> String {
        match self {
            Flaw::NoPath => "it sets no search_path, so its caller's is used".to_owned(),
            Flaw::Open(schema, others) => {
                format!("its search_path names {schema}, where {} may create", listed(others))
            }
            Flaw::TemporaryFirst(path) => {
                format!(
                    "its search_path {} does not end with pg_temp, so temporary objects come first",
                    listed(*path)
                )
            }
        }
    }

    /// A path without the flaw; nothing where people have to close a schema first.
    fn path(&self, look: &Look<'_>, routine: &'a Object, owner: &RoleName) -> Option<Vec<&'a str>> {
        let schemas: Vec<&str> = match self {
            Flaw::Open(..) => return None,
            Flaw::NoPath => {
                let schema = routine.path.first()?;
                if !makers(look, routine, schema, owner).is_empty() {
                    return None;
                }
                vec![CATALOGUE, schema.as_str()]
            }
            Flaw::TemporaryFirst(path) => path.iter().map(Name::as_str).collect(),
        };
        let kept = schemas.into_iter().filter(|name| *name != TEMPORARY);
        Some(kept.chain([TEMPORARY]).collect())
    }
}

/// Who may run it beside its owner.
fn callers(look: &Look<'_>, routine: &Arc<Object>, owner: &RoleName) -> BTreeSet<String> {
    let entries = look.entries(routine);
    let callers = entries.iter().filter(|(_, held)| held.get(&operation::EXECUTE).is_some());
    callers
        .filter(|(holder, _)| holder.to != Principal::Role(owner.clone()))
        .map(|(holder, _)| holder.to.to_string())
        .collect()
}

/// Who may create in a schema, beside the routine's owner and superusers. `$user` is the owner while the routine runs.
fn makers(look: &Look<'_>, routine: &Object, schema: &Name, owner: &RoleName) -> BTreeSet<String> {
    let name = if schema.as_str() == "$user" { Name::new(owner.as_str()).ok() } else { Some(schema.clone()) };
    let Some(name) = name.filter(|name| name.as_str() != CATALOGUE) else { return BTreeSet::new() };
    let schema = Arc::new(Object::new(routine.place.clone(), kind::SCHEMA, vec![name]));
    let entries = look.entries(&schema);
    let holders = entries.iter().filter(|(_, held)| held.get(&operation::CREATE).is_some());
    let owner_of_schema = look.observed.access.owners.get(&schema).cloned().map(Principal::Role);
    let all = holders.map(|(holder, _)| holder.to.clone()).chain(owner_of_schema);
    let others = all.filter(|principal| match principal {
        Principal::Public => true,
        Principal::Role(role) => {
            role != owner && !look.is_engines_own(role) && !look.has(role, &attribute::SUPERUSER)
        }
    });
    others.map(|principal| principal.to_string()).collect()
}
