#![doc = include_str!("unforced_owner.md")]

use super::accountable;
use crate::words::attribute;
use audit::told::{listed, several};
use audit::{About, Facts, Finding, Look, Manual, Mending, Reach, Rule, Severity};
use model::{Change, Object, RoleName, RowSecurity};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The rule.
pub(super) struct UnforcedOwner;

impl Rule for UnforcedOwner {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("unforced_owner.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Medium
    }

    /// An owner whom nobody logs in as and nobody gets to is bound by that already. One above all policies is not bound by
    /// force either.
    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let access = &look.observed.access;
        let mut tables: BTreeMap<&RoleName, Vec<&Arc<Object>>> = BTreeMap::new();
        for (table, security) in access.row_security.iter().filter(|(_, of)| of.enabled && !of.forced) {
            let Some(owner) = access.owners.get(table) else { continue };
            let above = look.has(owner, &attribute::SUPERUSER) || look.has(owner, &attribute::BYPASSRLS);
            if !above && !look.is_engines_own(owner) && security.enabled {
                tables.entry(owner).or_default().push(table);
            }
        }
        if tables.is_empty() {
            return Vec::new();
        }
        let reach = Reach::of(access);
        let mut ways: BTreeMap<&RoleName, Vec<String>> = BTreeMap::new();
        for login in accountable(look).filter(|login| !look.has(login, &attribute::SUPERUSER)) {
            if tables.contains_key(login) {
                ways.entry(login).or_default().push(format!("{login} can log in"));
            }
            for (owner, path) in reach.privileges(login) {
                if tables.contains_key(owner) {
                    ways.entry(owner).or_default().push(path.to_string());
                }
            }
        }
        tables
            .into_iter()
            .filter_map(|(owner, tables)| Some(self.finding(look, owner, &tables, ways.remove(owner)?)))
            .collect()
    }
}

impl UnforcedOwner {
    fn finding(
        &self,
        look: &Look<'_>,
        owner: &RoleName,
        tables: &[&Arc<Object>],
        ways: Vec<String>,
    ) -> Finding {
        let force = |table: &&Arc<Object>| Change::RowSecurity {
            on: (*table).clone(),
            from: RowSecurity { enabled: true, forced: false },
            to: RowSecurity { enabled: true, forced: true },
        };
        let mut facts = Facts::new();
        facts.each("without force", tables);
        facts.each("by", &ways);
        let named = tables.iter().map(|table| look.named(table));
        Finding {
            rule: self.code(),
            severity: Severity::Medium,
            about: About::Role(owner.clone()),
            what: format!("is not bound by the policies of {} that it owns", several(tables.len(), "tables")),
            evidence: vec![format!("without FORCE: {}", listed(named)), listed(ways)],
            facts: facts.digest(),
            mending: Mending::by(tables.iter().map(force).collect()).but_first(
                "what the owner does is filtered too, migrations and jobs among it: see that a policy is for it",
            ),
        }
    }
}
