#![doc = include_str!("past_end.md")]

use crate::held::Holdings;
use crate::{About, Finding, Look, Manual, Mending, Remedy, Rule, Severity};
use model::{Attribute, Change, Day, Role, RoleName, Value};

const VALID_UNTIL: Attribute = Attribute::known("valid until");

/// The rule.
pub(super) struct PastEnd;

impl Rule for PastEnd {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("past_end.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Medium
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let now = look.observed.at.instant.as_str();
        let over = look.logins().filter_map(|(name, role)| Some((name, ended(role, now)?)));
        let over: Vec<(&RoleName, &str)> = over.collect();
        let names: Vec<&RoleName> = over.iter().map(|(name, _)| *name).collect();
        let holdings = Holdings::of(look, |role| names.binary_search(&role).is_ok());
        over.into_iter()
            .filter_map(|(name, end)| {
                let facts = holdings.facts(name);
                (!facts.is_empty()).then(|| self.finding(name, end, facts))
            })
            .collect()
    }
}

impl PastEnd {
    fn finding(&self, name: &RoleName, end: &str, facts: Vec<String>) -> Finding {
        let mut evidence = vec![format!("its password ended on {end}")];
        evidence.extend(facts);
        let change = Change::Attribute {
            role: name.clone(),
            attribute: Attribute::known("login"),
            from: Value::Flag(true),
            to: Value::Flag(false),
        };
        Finding {
            rule: self.code(),
            severity: Severity::Medium,
            about: About::Role(name.clone()),
            what: "is past its end, can still log in without a password, and keeps what it has".to_owned(),
            evidence,
            mending: Mending {
                remedy: Remedy::Changes(vec![change]),
                model: Some("state: retired".to_owned()),
            },
        }
    }
}

/// The end of the role, if it lies before this moment. Both are in UTC and in one spelling.
fn ended<'r>(role: &'r Role, now: &str) -> Option<&'r str> {
    let Some(Value::Text(end)) = role.attributes.get(&VALID_UNTIL) else { return None };
    let over = match (Day::of(end), Day::of(now)) {
        (Some(end_day), Some(today)) if end_day != today => end_day < today,
        (Some(_), Some(_)) => end.as_str() < now,
        (None, _) => end == "-infinity" || end.ends_with("BC"),
        (Some(_), None) => false,
    };
    over.then_some(end)
}
