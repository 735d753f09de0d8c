#![doc = include_str!("undone.md")]

use crate::told::several;
use crate::trace::{Moved, Trace};
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};

/// Fewer changes of a row cannot have brought it back to what it was.
const THERE_AND_BACK: u64 = 2;

/// The rule, with what an earlier audit saw. Without that it finds nothing.
pub struct Undone {
    before: Vec<Trace>,
    print: fn(&str) -> String,
}

impl Undone {
    /// Compares with what an earlier audit saw of its targets; `print` is the one with which it was made.
    #[must_use]
    pub fn since(before: Vec<Trace>, print: fn(&str) -> String) -> Self {
        Self { before, print }
    }
}

impl Default for Undone {
    fn default() -> Self {
        Self { before: Vec::new(), print: str::to_owned }
    }
}

impl Rule for Undone {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("undone.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Medium
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let at = &look.observed.at;
        let Some(before) = self.before.iter().find(|trace| trace.system == at.system) else {
            return Vec::new();
        };
        let Some(now) = Trace::of(look.observed, &self.print) else {
            return Vec::new();
        };
        if before.timeline != now.timeline || before.reset != now.reset {
            return vec![self.began_anew(before, &now)];
        }
        let mut findings = Vec::new();
        for (name, earlier) in &before.registers {
            let Some(later) = now.registers.get(name) else { continue };
            match earlier.until(later) {
                None => return vec![self.began_anew(before, &now)],
                Some(moved) => findings.extend(self.moved(name, moved, before)),
            }
        }
        findings
    }
}

impl Undone {
    fn moved(&self, name: &str, moved: Moved, before: &Trace) -> Option<Finding> {
        let mut evidence = vec![format!("the look before was at {}", before.instant)];
        let unexplained = moved.changed.saturating_sub(moved.differ);
        let changed = unexplained >= THERE_AND_BACK;
        if moved.undone > 0 {
            evidence.push(format!("{} made and removed again in the list of {name}", rows(moved.undone)));
        }
        if changed {
            let differ = match moved.differ {
                0 => "every one says what it said".to_owned(),
                differ => format!(
                    "{} something else now",
                    if differ == 1 { "1 says".to_owned() } else { format!("{differ} say") }
                ),
            };
            let times = several(usize::try_from(moved.changed).unwrap_or(usize::MAX), "times");
            evidence.push(format!("rows were changed {times} in the list of {name}, and {differ}"));
            evidence.push("a password that this login may not see may be what changed".to_owned());
        }
        let facts = Facts::new()
            .with("since", &[&before.instant])
            .with("moved", &[&name, &moved.undone, &moved.changed, &moved.differ]);
        let (severity, what) = match (moved.undone > 0, changed, moved.differ) {
            (false, false, _) => return None,
            (false, true, 1..) => (Severity::Low, "were changed more often than the difference explains"),
            _ => (Severity::Medium, "were changed and changed back"),
        };
        Some(Finding {
            rule: self.code(),
            severity,
            about: About::Target,
            what: format!("between two looks its {name} {what}"),
            evidence,
            facts: facts.digest(),
            mending: Mending::default(),
        })
    }

    fn began_anew(&self, before: &Trace, now: &Trace) -> Finding {
        let mut evidence = vec![format!("the look before was at {}", before.instant)];
        if before.timeline != now.timeline {
            evidence.push("another server has taken over, which has counts of its own".to_owned());
        }
        if let Some(reset) = now.reset.as_ref().filter(|_| before.reset != now.reset) {
            evidence.push(format!("somebody set the counts to zero at {reset}"));
        }
        if before.started != now.started {
            evidence.push(format!("the server was started at {}; after a crash it counts anew", now.started));
        }
        Finding {
            rule: self.code(),
            severity: Severity::Medium,
            about: About::Target,
            what: "its counts of changes began anew: what was changed and changed back is not known"
                .to_owned(),
            evidence,
            facts: Facts::new()
                .with("since", &[&before.instant])
                .with("anew", &[&(before.timeline != now.timeline), &now.reset])
                .digest(),
            mending: Mending::default(),
        }
    }
}

fn rows(count: u64) -> String {
    let verb = if count == 1 { "was" } else { "were" };
    format!("{} {verb}", several(usize::try_from(count).unwrap_or(usize::MAX), "rows"))
}
