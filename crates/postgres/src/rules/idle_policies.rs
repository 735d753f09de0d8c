#![doc = include_str!("idle_policies.md")]

use crate::readers::Readers;
use audit::told::listed;
use audit::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Change, Name, Object, Operation, Principal, RowSecurity};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The rule.
pub(super) struct IdlePolicies;

impl Rule for IdlePolicies {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("idle_policies.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let tables = look.observed.survey.iter().flat_map(|survey| &survey.idle_policies);
        let mut readers = None;
        tables
            .map(|(table, policies)| {
                let readers = readers.get_or_insert_with(|| Readers::of(&look.observed.access));
                let who: Who<'_> = readers.on(table).collect();
                self.finding(table, policies, &who)
            })
            .collect()
    }
}

/// Who was granted what on the rows of a table.
type Who<'a> = BTreeMap<&'a Principal, &'a BTreeSet<&'a Operation>>;

impl IdlePolicies {
    fn finding(&self, table: &Arc<Object>, policies: &BTreeSet<Name>, who: &Who<'_>) -> Finding {
        let mut facts = Facts::new();
        facts.each("policy", policies);
        for (principal, operations) in who {
            facts.add("may use", &[principal, &operations.iter().collect::<Vec<_>>()]);
        }
        let mut evidence = vec![format!("has policies {}, and row security is off", listed(policies))];
        if !who.is_empty() {
            evidence.push(format!("all rows are open to {}", listed(who.keys())));
        }
        let before = if who.is_empty() {
            "from then on whoever fits no policy sees no row, jobs and reports among them".to_owned()
        } else {
            let who = listed(who.keys());
            format!(
                "from then on {who} see only what a policy lets them, and without one for them no row: try it in a transaction first"
            )
        };
        Finding {
            rule: self.code(),
            severity: if who.is_empty() { Severity::Low } else { Severity::High },
            about: About::Object(table.clone()),
            what: "its policies do nothing".to_owned(),
            evidence,
            facts: facts.digest(),
            mending: Mending::by(vec![Change::RowSecurity {
                on: table.clone(),
                from: RowSecurity::default(),
                to: RowSecurity { enabled: true, forced: false },
            }])
            .but_first(before),
        }
    }
}
