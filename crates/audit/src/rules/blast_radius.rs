#![doc = include_str!("blast_radius.md")]

use crate::told::{listed, several};
use crate::ways::{Counts, Radius};
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use std::collections::BTreeSet;

/// How many kinds of logins are told.
const TOLD: usize = 20;

/// The rule.
pub(super) struct BlastRadius;

impl Rule for BlastRadius {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("blast_radius.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Info
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let ways = look.ways();
        let logins: BTreeSet<_> = ways.radius.iter().flat_map(|radius| &radius.logins).collect();
        if logins.is_empty() {
            return Vec::new();
        }
        let mut facts = Facts::new();
        for radius in &ways.radius {
            let mut gains = Facts::new().with("above", &[&radius.above.map(u64::from)]);
            for (gain, rank) in &radius.gains {
                gains.add("comes to", &[gain, &u64::from(*rank)]);
            }
            let gains = gains.digest();
            radius.logins.iter().for_each(|login| facts.add("login", &[login, &gains]));
        }
        let what = match logins.len() {
            1 => "has a login that comes to more than it holds".to_owned(),
            count => format!("has {} that come to more than they hold", several(count, "logins")),
        };
        let mut evidence: Vec<String> = ways.radius.iter().take(TOLD).map(line).collect();
        if ways.radius.len() > TOLD {
            let left = ways.radius.iter().skip(TOLD).map(|radius| radius.logins.len()).sum();
            evidence.push(format!("and {} that come less far", several(left, "logins")));
        }
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

/// `3 logins (a, b, c): superuser with a victim; as shop; owns 0 → 12, …`
fn line(radius: &Radius) -> String {
    let who = match radius.logins.first() {
        Some(one) if radius.logins.len() == 1 => one.to_string(),
        _ => format!("{} ({})", several(radius.logins.len(), "logins"), listed(&radius.logins)),
    };
    let mut parts: Vec<String> = Vec::new();
    parts.extend(radius.above.map(|rank| match rank {
        0 => "superuser".to_owned(),
        1 => "superuser with a victim".to_owned(),
        _ => "superuser perhaps".to_owned(),
    }));
    if radius.above != Some(0) {
        for (rank, before, after) in [(0, "", ""), (1, "", " with a victim"), (2, "perhaps ", "")] {
            let roles = radius.roles.iter().filter(|(_, of)| **of == rank).map(|(role, _)| role);
            let roles: BTreeSet<_> = roles.collect();
            if !roles.is_empty() {
                parts.push(format!("{before}acts as {}{after}", listed(roles)));
            }
        }
        let [held, all] = radius.counts;
        let count = |verb: &str, of: fn(Counts) -> usize| {
            let (held, all) = (of(held), of(all));
            (all > held).then(|| format!("{verb} {} where it holds {held}", several(all, "objects")))
        };
        parts.extend(count("owns", |counts| counts.owned));
        parts.extend(count("changes", |counts| counts.changed));
        parts.extend(count("reads", |counts| counts.read));
    }
    format!("{who}: {}", parts.join("; "))
}
