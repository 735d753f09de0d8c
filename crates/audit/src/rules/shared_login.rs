#![doc = include_str!("shared_login.md")]

use crate::holdings::logins;
use crate::told::{listed, several};
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Live, RoleName};
use std::collections::{BTreeMap, BTreeSet};

/// One program on one machine often has a second for its maintenance.
const PROGRAMS: usize = 3;
const ADDRESSES: usize = 2;

/// The rule.
pub(super) struct SharedLogin;

impl Rule for SharedLogin {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("shared_login.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Low
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let mut sessions: BTreeMap<&RoleName, Vec<&Live>> = BTreeMap::new();
        for live in look.observed.survey.iter().flat_map(|survey| &survey.sessions) {
            sessions.entry(&live.login).or_default().push(live);
        }
        let known = logins(look).filter_map(|(name, _)| Some((name, sessions.get(name)?)));
        known.filter_map(|(name, sessions)| self.of_login(name, sessions)).collect()
    }
}

impl SharedLogin {
    fn of_login(&self, login: &RoleName, sessions: &[&Live]) -> Option<Finding> {
        let named = sessions.iter().map(|live| live.application.as_str()).filter(|name| !name.is_empty());
        let programs: BTreeSet<&str> = named.collect();
        let addresses: BTreeSet<&str> = sessions.iter().filter_map(|live| live.address.as_deref()).collect();
        if programs.len() < PROGRAMS && addresses.len() < ADDRESSES {
            return None;
        }
        // How many sessions there are, and in which order, changes by itself.
        let mut facts = Facts::new();
        facts.each("program", &programs);
        facts.each("address", &addresses);
        let count = sessions.iter().map(|live| live.count as usize).sum();
        let mut evidence = vec![format!("has {} now", several(count, "sessions"))];
        if !programs.is_empty() {
            evidence.push(format!("the programs call themselves {}", listed(programs)));
        }
        if !addresses.is_empty() {
            evidence.push(format!("they come from {}", listed(addresses)));
        }
        Some(Finding {
            rule: self.code(),
            severity: Severity::Low,
            about: About::Role(login.clone()),
            what: "looks as if several people or programs use it".to_owned(),
            evidence,
            facts: facts.digest(),
            mending: Mending::default(),
        })
    }
}
