#![doc = include_str!("verifiers_read.md")]

use crate::words::{attribute, kind, operation, variety};
use audit::told::{listed, taken};
use audit::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Change, Name, Object, Principal, RoleName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The engine's own relations with verifiers, and the column.
const OWN: [(&str, &str); 2] = [("pg_authid", "rolpassword"), ("pg_shadow", "passwd")];

/// The rule.
pub(super) struct VerifiersRead;

/// What one holder may read.
#[derive(Default)]
struct Found<'a> {
    from: BTreeSet<&'a Arc<Object>>,
    changes: Vec<Change>,
    facts: Facts,
}

impl Rule for VerifiersRead {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("verifiers_read.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Critical
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let access = &look.observed.access;
        let mut found: BTreeMap<&Principal, Found<'_>> = BTreeMap::new();
        for (on, acl) in access.entries.iter().filter(|(on, _)| shows(look, on)) {
            for (holder, held) in acl.iter().filter(|(_, held)| held.get(&operation::SELECT).is_some()) {
                let beside = match &holder.to {
                    Principal::Public => true,
                    Principal::Role(role) => access.owners.get(on) != Some(role) && !is_above(look, role),
                };
                if beside {
                    let of = found.entry(&holder.to).or_default();
                    of.from.insert(on);
                    of.facts.add("reads", &[on, holder, &held.get(&operation::SELECT)]);
                    of.changes.push(taken(on, holder, held, |held| *held == operation::SELECT));
                }
            }
        }
        let owners = owners_of_copies(look);
        for (on, owner) in &owners {
            let of = found.entry(owner).or_default();
            of.from.insert(on);
            of.facts.add("owns", &[on, owner]);
        }
        found.into_iter().map(|(who, found)| self.finding(look, who, found)).collect()
    }
}

impl VerifiersRead {
    fn finding(&self, look: &Look<'_>, who: &Principal, found: Found<'_>) -> Finding {
        let (about, severity, subject) = match who {
            Principal::Role(role) => (About::Role(role.clone()), Severity::High, ""),
            Principal::Public => (About::Target, Severity::Critical, "everybody "),
        };
        Finding {
            rule: self.code(),
            severity,
            about,
            what: format!("{subject}reads what is stored of passwords"),
            evidence: vec![format!("{who} reads {}", listed(found.from.iter().map(|on| look.named(on))))],
            facts: found.facts.digest(),
            mending: Mending::by(found.changes)
                .but_first("what looks up passwords there, such as a connection pooler, fails then"),
        }
    }
}

/// Stored views with verifiers whose owners are no superusers: they read what they own.
fn owners_of_copies<'a>(look: &Look<'a>) -> Vec<(&'a Arc<Object>, Principal)> {
    let Some(survey) = &look.observed.survey else { return Vec::new() };
    let stored = survey.verifiers.keys().filter(|view| is_stored(look, view));
    let owned = stored.filter_map(|view| Some((view, look.observed.access.owners.get(view)?)));
    let beside = owned.filter(|(_, owner)| !is_above(look, owner));
    beside.map(|(view, owner)| (view, Principal::Role(owner.clone()))).collect()
}

fn is_above(look: &Look<'_>, role: &RoleName) -> bool {
    look.is_engines_own(role) || look.has(role, &attribute::SUPERUSER)
}

/// Whether verifiers are among what can be read there: a relation, or a column of one.
fn shows(look: &Look<'_>, on: &Arc<Object>) -> bool {
    let (schema, relation, column) = match on.path.as_slice() {
        [schema, relation] if on.kind == kind::TABLE => (schema, relation, None),
        [schema, relation, column] if on.kind == kind::COLUMN => (schema, relation, Some(column)),
        _ => return false,
    };
    if schema.as_str() == "pg_catalog" {
        let own = OWN.iter().find(|(name, _)| *name == relation.as_str());
        return own.is_some_and(|(_, shown)| column.is_none_or(|column| column.as_str() == *shown));
    }
    let Some(survey) = &look.observed.survey else { return false };
    let whole = Object::new(on.place.clone(), kind::TABLE, vec![schema.clone(), relation.clone()]);
    let Some((view, shown)) = survey.verifiers.get_key_value(&whole) else { return false };
    let names = |shown: &BTreeSet<Name>| column.is_none_or(|column| shown.contains(column));
    let owner = look.observed.access.owners.get(view);
    // What is stored is there, whoever owns it since.
    names(shown)
        && (is_stored(look, view) || owner.is_some_and(|owner| is_above(look, owner) || reads(look, owner)))
}

fn is_stored(look: &Look<'_>, view: &Arc<Object>) -> bool {
    let known = look.observed.catalogue.objects.get(view);
    known.is_some_and(|known| known.variety == variety::MATERIALIZED_VIEW)
}

/// Whether an owner of a view may itself read the engine's relations.
fn reads(look: &Look<'_>, owner: &RoleName) -> bool {
    look.observed.access.entries.iter().any(|(on, acl)| {
        let own = on.path.first().is_some_and(|schema| schema.as_str() == "pg_catalog");
        own && shows(look, on)
            && acl.iter().any(|(holder, held)| {
                held.get(&operation::SELECT).is_some()
                    && (holder.to == Principal::Public || holder.to == Principal::Role(owner.clone()))
            })
    })
}
