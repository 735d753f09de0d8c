//! Who has on a target, as it stands, what the model keeps from people: for the audit.

use crate::duties::seen::{People, Seen};
use crate::kept_apart::{Breaks, breaking};
use access::Verdict;
use access::duties::Subjects;
use audit::{Breach, Facts, Severity};
use model::{Dialect, Guarded, Guarding, Intent, Observed};

/// How many people are told one by one of one constraint and one verdict; the others are counted.
const TOLD: usize = 50;

/// Everybody who breaks a separation of duties or a dual control, but for those of whom somebody accepts that in the model.
pub(crate) fn breaches(dialect: &dyn Dialect, intent: &Intent, observed: &Observed) -> Vec<Breach> {
    let mut breaches: Vec<Breach> = breaking(intent, observed).iter().map(of_roles).collect();
    if intent.guarded.is_empty() {
        return breaches;
    }
    let people = People::of(intent, &[&observed.access]);
    let mut seen = Seen::of((observed, dialect), intent, &people);
    for (at, guarded) in intent.guarded.iter().enumerate() {
        breaches.extend(Judging { people: &people, guarded, at, seen: &mut seen }.judge());
    }
    breaches
}

fn of_roles(breaks: &Breaks<'_>) -> Breach {
    let Breaks { separation, who, has, between } = breaks;
    let roles: Vec<&str> = has.iter().map(|(role, _)| role.as_str()).collect();
    let mut facts = Facts::new().with("constraint", &[&separation.name, &(separation.cardinality as u64)]);
    facts.each("role", separation.roles.iter());
    facts.each("step", between.iter().map(String::as_str));
    Breach {
        constraint: separation.name.clone(),
        who: Some((*who).to_owned()),
        severity: Severity::High,
        what: format!("{who} has {}, which it keeps apart", roles.join(" and ")),
        evidence: has.iter().map(|(_, way)| way.clone()).collect(),
        facts: facts.digest(),
    }
}

/// One constraint over permissions or operations.
struct Judging<'a, 't> {
    people: &'a People,
    guarded: &'a Guarded,
    at: usize,
    seen: &'a mut Seen<'t>,
}

impl Judging<'_, '_> {
    fn judge(mut self) -> Vec<Breach> {
        let direct = self.broken(Verdict::Direct);
        let [victim, unknown] = [Verdict::Victim, Verdict::Unknown].map(|sure| self.broken(sure) - &direct);
        let perhaps = self.broken(Verdict::Perhaps) - &direct - &victim - &unknown;
        let mut breaches = Vec::new();
        let verdicts = [
            (Verdict::Direct, direct),
            (Verdict::Victim, victim),
            (Verdict::Unknown, unknown),
            (Verdict::Perhaps, perhaps),
        ];
        for (sure, who) in verdicts {
            breaches.extend(who.iter().take(TOLD).filter_map(|number| self.of(number, sure)));
            let more = usize::try_from(who.len()).unwrap_or(usize::MAX).saturating_sub(TOLD);
            if more > 0 {
                breaches.push(self.others(more, &who, sure));
            }
        }
        breaches
    }

    /// Those for whom nobody answers.
    fn broken(&self, sure: Verdict) -> Subjects {
        let tolerated = |number: &u32| {
            self.people.name(*number).is_some_and(|name| self.guarded.tolerated.contains(name))
        };
        self.seen.broken(self.at, sure).iter().filter(|number| !tolerated(number)).collect()
    }

    fn of(&mut self, number: u32, sure: Verdict) -> Option<Breach> {
        let who = self.people.name(number)?.to_owned();
        let (what, evidence) = self.seen.told(self.at, number, sure);
        let (before, can) = words(sure);
        let kept = match self.guarded.guarding {
            Guarding::Apart { .. } => ", which it keeps apart",
            Guarding::Alone { .. } => " alone, for which it asks others",
        };
        let mut facts = self.facts(sure);
        facts.each("step", self.seen.facts(self.at, number, sure).iter().map(String::as_str));
        Some(Breach {
            constraint: self.guarded.name.clone(),
            what: format!("{before}{who} {can} {what}{kept}"),
            who: Some(who),
            severity: severity(sure),
            evidence,
            facts: facts.digest(),
        })
    }

    fn others(&self, more: usize, who: &Subjects, sure: Verdict) -> Breach {
        let mut facts = self.facts(sure);
        facts.each("who", who.iter().filter_map(|number| self.people.name(number)));
        Breach {
            constraint: self.guarded.name.clone(),
            who: None,
            severity: severity(sure),
            what: format!("so it is for {more} more"),
            evidence: vec![format!(
                "the {TOLD} before them are told one by one; a role that all of them have is the likely cause"
            )],
            facts: facts.digest(),
        }
    }

    /// What the constraint says, and how sure it is.
    fn facts(&self, sure: Verdict) -> Facts {
        let mut facts = Facts::new().with("constraint", &[&self.guarded.name, &format!("{sure:?}")]);
        match &self.guarded.guarding {
            Guarding::Apart { permissions, cardinality } => {
                facts.add("cardinality", &[&(*cardinality as u64)]);
                facts.each("permission", permissions.iter().map(|(text, _)| text.as_str()));
            }
            Guarding::Alone { operations, databases } => {
                facts.each("operation", operations.iter().map(String::as_str));
                facts.each("database", databases.iter());
            }
        }
        facts
    }
}

const fn severity(sure: Verdict) -> Severity {
    match sure {
        Verdict::Holds | Verdict::Direct => Severity::High,
        Verdict::Victim | Verdict::Unknown | Verdict::Perhaps => Severity::Medium,
    }
}

const fn words(sure: Verdict) -> (&'static str, &'static str) {
    match sure {
        Verdict::Holds | Verdict::Direct => ("", "can"),
        Verdict::Victim => ("if somebody walks into a trap, ", "can"),
        Verdict::Unknown | Verdict::Perhaps => ("nobody can say that ", "cannot"),
    }
}
