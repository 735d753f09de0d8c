#![doc = include_str!("catalogue_open.md")]

use crate::words::{attribute, kind, operation};
use audit::told::{given_by, taken};
use audit::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Acl, Change, Object, Principal, RoleName};
use std::sync::Arc;

/// The rule.
pub(super) struct CatalogueOpen;

impl Rule for CatalogueOpen {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("catalogue_open.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Critical
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let access = &look.observed.access;
        let owned = access.owners.iter().filter_map(|(on, owner)| self.owned(look, on, owner));
        owned.chain(access.entries.iter().flat_map(|(on, acl)| self.granted(look, on, acl))).collect()
    }
}

impl CatalogueOpen {
    fn owned(&self, look: &Look<'_>, on: &Arc<Object>, owner: &RoleName) -> Option<Finding> {
        let (severity, meaning) = worth(on)?;
        if is_above(look, owner) {
            return None;
        }
        let back = Change::Owner { on: on.clone(), from: owner.clone(), to: look.observed.at.root.clone() };
        Some(Finding {
            rule: self.code(),
            severity,
            about: About::Object(on.clone()),
            what: format!("{owner} {meaning}"),
            evidence: vec![format!("{owner} owns it")],
            facts: Facts::new().with("owns", &[on, owner]).digest(),
            mending: Mending::by(vec![back]),
        })
    }

    fn granted(&self, look: &Look<'_>, on: &Arc<Object>, acl: &Acl) -> Vec<Finding> {
        let Some((severity, meaning)) = worth(on) else { return Vec::new() };
        let owner = look.observed.access.owners.get(on);
        let open = acl.iter().filter(|(holder, held)| {
            held.get(&operation::CREATE).is_some()
                && match &holder.to {
                    Principal::Public => true,
                    Principal::Role(role) => owner != Some(role) && !is_above(look, role),
                }
        });
        let finding = |(holder, held): (&model::Holder, &model::Held)| {
            let who = match &holder.to {
                Principal::Public => "everybody".to_owned(),
                Principal::Role(role) => role.to_string(),
            };
            Finding {
                rule: self.code(),
                severity,
                about: About::Object(on.clone()),
                what: format!("{who} {meaning}"),
                evidence: vec![format!("{} holds create, {}", holder.to, given_by(&holder.by))],
                facts: Facts::new().with("creates", &[on, holder, &held.get(&operation::CREATE)]).digest(),
                mending: Mending::by(vec![taken(on, holder, held, |held| *held == operation::CREATE)]),
            }
        };
        open.map(finding).collect()
    }
}

fn is_above(look: &Look<'_>, role: &RoleName) -> bool {
    look.is_engines_own(role) || look.has(role, &attribute::SUPERUSER)
}

/// What it means to make things there, if it is one of the engine's own schemas.
fn worth(on: &Object) -> Option<(Severity, &'static str)> {
    match on.path.as_slice() {
        [name] if on.kind == kind::SCHEMA && name.as_str() == "pg_catalog" => {
            Some((Severity::Critical, "makes what everybody runs in place of the engine's own"))
        }
        [name] if on.kind == kind::SCHEMA && name.as_str() == "information_schema" => {
            Some((Severity::High, "makes things that look like the engine's own"))
        }
        _ => None,
    }
}
