#![doc = include_str!("unseen_logins.md")]

use crate::holdings::{Holdings, logins};
use crate::told::{in_lines, several};
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Role, RoleName};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub(super) struct UnseenLogins;

impl Rule for UnseenLogins {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("unseen_logins.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Info
    }

    /// One finding for all of them: it says where to look, and accuses nobody.
    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let Some(survey) = &look.observed.survey else { return Vec::new() };
        let here: BTreeSet<&RoleName> = survey.sessions.iter().map(|live| &live.login).collect();
        let executor = &look.observed.executor.login;
        let logins: BTreeMap<&RoleName, &Role> = logins(look).filter(|(name, _)| *name != executor).collect();
        let holdings = Holdings::of(look, &logins);
        let powerful = logins.iter().filter(|(name, role)| holdings.is_power(name, look, role));
        let (seen, unseen): (Vec<&RoleName>, Vec<&RoleName>) =
            powerful.map(|(name, _)| *name).partition(|name| here.contains(name));
        if unseen.is_empty() {
            return Vec::new();
        }
        let total = seen.len().saturating_add(unseen.len());
        let unknown = "when one was last used is not known: the server keeps no such moment".to_owned();
        let mut evidence = vec![unknown];
        let what = format!("has {} with power that no session uses now", several(unseen.len(), "logins"));
        evidence.extend(in_lines(&format!("of {} with power", several(total, "logins")), &unseen));
        let mut facts = Facts::new();
        facts.each("login", &unseen);
        vec![Finding {
            rule: self.code(),
            severity: Severity::Info,
            about: About::Target,
            what,
            evidence,
            facts: facts.digest(),
            mending: Mending::default(),
        }]
    }
}
