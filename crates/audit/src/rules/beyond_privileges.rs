#![doc = include_str!("beyond_privileges.md")]

use super::way_up::{about, choices, who};
use crate::told::{listed, several};
use crate::ways::{Beyond, Gained, Manner, steps};
use crate::{Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Certainty, Gain, Operation, RoleName};
use std::collections::{BTreeMap, BTreeSet};

/// How many ways to act as somebody else are told one by one.
const TOLD: usize = 5;

/// The rule.
pub(super) struct BeyondPrivileges;

impl Rule for BeyondPrivileges {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("beyond_privileges.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        look.ways().beyond.iter().map(|beyond| self.finding(look, beyond)).collect()
    }
}

impl BeyondPrivileges {
    fn finding(&self, look: &Look<'_>, beyond: &Beyond) -> Finding {
        let (who, few) = (who(&beyond.by, &beyond.logins), beyond.logins.len() == 1);
        let roles: BTreeSet<&RoleName> = beyond.gains.keys().filter_map(role_of).collect();
        let roles = listed(roles);
        let verb = |one: &'static str, many: &'static str| if few { one } else { many };
        let (severity, what) = match beyond.manner {
            Manner::AsAnother => {
                (Severity::High, format!("{who}{} as {roles}, which nothing gives", verb("acts", "act")))
            }
            Manner::WithAVictim => (
                Severity::Medium,
                format!("{who}{} as {roles} with a victim, which nothing gives", verb("acts", "act")),
            ),
            Manner::Perhaps => {
                (Severity::Low, format!("{who}may act as {roles}, which cannot be told from here"))
            }
            Manner::Passed => (
                Severity::Info,
                format!(
                    "{who}{} {} through what others made, which nothing else gives",
                    verb("does", "do"),
                    several(beyond.gains.len(), "operations")
                ),
            ),
        };
        let mut facts = Facts::new();
        facts.each("logins", &beyond.logins);
        for (gain, gained) in &beyond.gains {
            facts.add("come to", &[gain, &gained.facts]);
        }
        let mut evidence = Vec::new();
        if !few {
            evidence.push(format!("{}: {}", several(beyond.logins.len(), "logins"), listed(&beyond.logins)));
        }
        match beyond.manner {
            Manner::Passed => evidence.extend(passed(look, &beyond.gains)),
            _ => evidence.extend(acting(look, &beyond.gains)),
        }
        Finding {
            rule: self.code(),
            severity,
            about: about(&beyond.by),
            what,
            evidence,
            facts: facts.digest(),
            mending: Mending::default(),
        }
    }
}

fn role_of(gain: &Gain) -> Option<&RoleName> {
    match gain {
        Gain::Acts(role) | Gain::Runs(role) => Some(role),
        _ => None,
    }
}

/// The way to each role, with what it rests on.
fn acting(look: &Look<'_>, gains: &BTreeMap<Gain, Gained>) -> Vec<String> {
    let mut evidence = Vec::new();
    for (gain, gained) in gains.iter().take(TOLD) {
        let why = match &gained.told.certainty {
            Certainty::Direct => String::new(),
            Certainty::Victim(what) | Certainty::Unknown(what) => format!(" ({what})"),
        };
        let mut lines = steps(look, &gained.told);
        // Who begins is told above.
        lines.retain(|line| !line.ends_with(" begins a session"));
        evidence.push(format!("{gain}{why}: {}", lines.join("; ")));
        evidence.extend(choices(&gained.links));
    }
    if gains.len() > TOLD {
        evidence.push(format!("and {} more", several(gains.len().saturating_sub(TOLD), "ways")));
    }
    evidence
}

/// What is done, counted for each operation, with an example.
fn passed(look: &Look<'_>, gains: &BTreeMap<Gain, Gained>) -> Vec<String> {
    let mut by_operation: BTreeMap<&Operation, Vec<(String, &Gained)>> = BTreeMap::new();
    for (gain, gained) in gains {
        if let Gain::Does(permission) = gain {
            let on = look.named(&permission.on);
            by_operation.entry(&permission.operation).or_default().push((on, gained));
        }
    }
    let line = |(operation, objects): (&Operation, Vec<(String, &Gained)>)| {
        let names = listed(objects.iter().map(|(on, _)| on));
        let first = objects.first().and_then(|(_, gained)| steps(look, &gained.told).pop());
        let by = first.map(|step| format!("; the first by this: {step}")).unwrap_or_default();
        format!("{operation} on {names}{by}")
    };
    by_operation.into_iter().map(line).collect()
}
