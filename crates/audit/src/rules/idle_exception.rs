#![doc = include_str!("idle_exception.md")]

use crate::{About, Exception, Facts, Finding, Look, Manual, Mending, Rule, Severity};

/// The rule. What it finds is known only when all others are through: see [`crate::Report::of`].
pub(crate) struct IdleException;

impl Rule for IdleException {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("idle_exception.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Low
    }

    fn find(&self, _look: &Look<'_>) -> Vec<Finding> {
        Vec::new()
    }
}

/// The finding about an exception for which there is nothing to accept.
pub(crate) fn finding(exception: &Exception) -> Finding {
    Finding {
        rule: IdleException.code(),
        severity: Severity::Low,
        about: About::Model { name: exception.about.clone(), line: exception.line.clone() },
        what: format!("the exception for {} accepts nothing: there is no such finding", exception.rule),
        evidence: vec![format!("{} accepts it until {}", exception.owner, exception.until)],
        facts: Facts::new().with("accepts", &[&exception.rule, &exception.saw, &exception.until]).digest(),
        mending: Mending {
            model: Some("take the exception out, or correct its rule and about".to_owned()),
            ..Mending::default()
        },
    }
}
