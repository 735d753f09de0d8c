#![doc = include_str!("misfit.md")]

use crate::{About, Compared, Facts, Finding, Look, Manual, Mending, Rule, Severity};

/// The rule.
pub(super) struct Misfit;

impl Rule for Misfit {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("misfit.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Medium
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let (Some(meant), Some(Compared::Misfits(problems))) = (look.meant, look.compared) else {
            return Vec::new();
        };
        let mut facts = Facts::new();
        problems.iter().for_each(|problem| facts.add("problem", &[&problem.code, &problem.what]));
        let told = problems.iter().map(|problem| {
            let line = problem.cause.and_then(|id| meant.intent.cause(id));
            let line = line.map(|line| format!(" ({line})")).unwrap_or_default();
            format!("{} {}{line}", problem.code, problem.what)
        });
        let finding = Finding {
            rule: self.code(),
            severity: Severity::Medium,
            about: About::Target,
            what: "cannot be made what the model says, so that the two were not compared".to_owned(),
            evidence: told.collect(),
            facts: facts.digest(),
            mending: Mending::default(),
        };
        vec![finding]
    }
}
