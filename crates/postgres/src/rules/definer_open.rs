#![doc = include_str!("definer_open.md")]

use crate::words::{attribute, operation};
use audit::told::{given_by, taken, wall};
use audit::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Object, Principal, Survey};
use std::sync::Arc;

/// The rule.
pub(super) struct DefinerOpen;

impl Rule for DefinerOpen {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("definer_open.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    /// What an extension made is the extension's to answer for.
    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let survey = look.observed.survey.as_ref();
        let routines = survey.into_iter().flat_map(|survey: &Survey| survey.definers.keys());
        let objects = &look.observed.catalogue.objects;
        let own = routines
            .filter(|routine| objects.get(*routine).is_none_or(|existing| existing.extension.is_none()));
        own.filter_map(|routine| self.of_routine(look, routine)).collect()
    }
}

impl DefinerOpen {
    fn of_routine(&self, look: &Look<'_>, routine: &Arc<Object>) -> Option<Finding> {
        let entries = look.entries(routine);
        let open = entries.iter().filter(|(holder, held)| {
            holder.to == Principal::Public && held.get(&operation::EXECUTE).is_some()
        });
        let open: Vec<_> = open.collect();
        let (holder, _) = open.first()?;
        let owner = look.observed.access.owners.get(routine)?;
        let superuser = look.has(owner, &attribute::SUPERUSER);
        let wall = wall(look, routine);
        let severity = match (superuser, wall.is_some()) {
            (true, false) => Severity::High,
            (true, true) | (false, false) => Severity::Medium,
            (false, true) => Severity::Low,
        };
        let rights = if superuser { "a superuser" } else { "its owner" };
        let mut evidence = vec![
            format!("PUBLIC holds execute, {}", given_by(&holder.by)),
            format!("it runs as its owner {owner}"),
        ];
        let mut facts = Facts::new().with("runs as", &[owner, &superuser]).with("walled", &[&wall.is_some()]);
        for (holder, held) in &open {
            facts.add("may be run", &[holder, &held.get(&operation::EXECUTE)]);
        }
        evidence.extend(wall);
        let changes = open
            .iter()
            .map(|(holder, held)| taken(routine, holder, held, |held| *held == operation::EXECUTE));
        let name = routine.path.iter().map(ToString::to_string).collect::<Vec<_>>().join(".");
        let model = format!("public: {{ {}: [nothing on routine {name}] }}", routine.database()?);
        Some(Finding {
            rule: self.code(),
            severity,
            about: About::Object(routine.clone()),
            what: format!("everybody may run it with the rights of {rights}"),
            evidence,
            facts: facts.digest(),
            mending: Mending {
                model: Some(model),
                ..Mending::by(changes.collect()).but_first(
                    "whoever uses it by this alone loses it: grant it first to the roles that need it",
                )
            },
        })
    }
}
