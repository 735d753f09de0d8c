//! Permissions that are kept apart and operations that take an approval, on the target itself: who would have too much once a plan is
//! carried out, or while it is, by whatever is seen there. What is so already, and not by the plan, is for an audit.

use crate::duties::seen::{People, Seen};
use crate::kept_apart::EXPOSED;
use access::Verdict;
use access::duties::Subjects;
use model::{
    Access, Change, Changes, Dialect, Guarded, Guarding, Intent, Note, Observed, Phase, Refusal, Value,
    carried_out,
};

/// What a plan does to what is kept from people.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) notes: Vec<Note>,
}

impl Outcome {
    fn add(&mut self, (refusals, notes): (Vec<Refusal>, Vec<Note>)) {
        self.refusals.extend(refusals);
        self.notes.extend(notes);
    }
}

/// Judges a plan. Where nothing is kept from anybody, nothing is looked at.
pub(crate) fn judge(
    dialect: &dyn Dialect,
    intent: &Intent,
    changes: &Changes,
    phases: &[Phase],
    observed: &Observed,
) -> Outcome {
    let mut outcome = Outcome::default();
    if intent.guarded.is_empty() || changes.is_empty() {
        return outcome;
    }
    if observed.machinery.is_none() {
        let what = "what the target does by itself was not looked at: ways through views, routines and triggers are not known".to_owned();
        outcome.notes.push(Note { about: "what is kept apart".to_owned(), what });
    }
    let state = |access: Access| Observed { access, ..observed.clone() };
    let then = state(carried_out(dialect, changes, observed));
    let people = People::of(intent, &[&observed.access, &then.access]);
    let now = Seen::of((observed, dialect), intent, &people);
    let mut then = Seen::of((&then, dialect), intent, &people);
    for (at, guarded) in intent.guarded.iter().enumerate() {
        let mut judging = Judging { people: &people, guarded, at, now: &now, then: &mut then };
        outcome.refusals.extend(judging.breaks());
        outcome.notes.extend(judging.perhaps());
        outcome.notes.extend(judging.elsewhere());
    }
    let meanwhile = Meanwhile { dialect, intent, phases, observed, people: &people };
    outcome.add(meanwhile.judge(changes, &now, &then));
    outcome
}

/// One constraint.
struct Judging<'a, 't> {
    people: &'a People,
    guarded: &'a Guarded,
    at: usize,
    now: &'a Seen<'t>,
    then: &'a mut Seen<'t>,
}

impl Judging<'_, '_> {
    /// Who would come to it by the plan and did not before.
    fn newly(&self, sure: Verdict) -> Vec<u32> {
        let new = self.then.broken(self.at, sure) - self.now.broken(self.at, sure);
        let tolerated = |number: &u32| {
            self.people.name(*number).is_some_and(|name| self.guarded.tolerated.contains(name))
        };
        new.iter().filter(|number| !tolerated(number)).collect()
    }

    fn breaks(&mut self) -> Option<Refusal> {
        let new = self.newly(Verdict::Direct);
        let who = *new.first()?;
        let (what, ways) = self.then.told(self.at, who, Verdict::Direct);
        let name = self.people.name(who).unwrap_or_default();
        Some(Refusal {
            code: "RW344",
            what: format!("{name} could {what}{}{}", kept(self.guarded), others(new.len(), "could as well")),
            help: format!("{}; take one step of it away, in the model or on the target", ways.join("; ")),
        })
    }

    /// Who could come to it if somebody walks into a trap, and of whom nobody can say it.
    fn perhaps(&mut self) -> Vec<Note> {
        let mut notes = Vec::new();
        let mut known = self.then.broken(self.at, Verdict::Direct);
        let verdicts = [
            (Verdict::Victim, "if somebody walks into a trap, ", "could"),
            (Verdict::Unknown, "nobody can say that ", "could not"),
            (Verdict::Perhaps, "nobody can say that ", "could not"),
        ];
        for (sure, before, could) in verdicts {
            let new: Vec<u32> =
                self.newly(sure).into_iter().filter(|number| !known.contains(*number)).collect();
            // What needs a victim does not hide what is unknown.
            if sure != Verdict::Victim {
                known.extend(&new);
            }
            let Some(who) = new.first().copied() else { continue };
            let (what, ways) = self.then.told(self.at, who, sure);
            let name = self.people.name(who).unwrap_or_default();
            let kept = kept(self.guarded);
            let others = others(new.len(), "like that");
            let what = format!("{before}{name} {could} {what}{kept}{others}: {}", ways.join("; "));
            notes.push(Note { about: self.guarded.name.clone(), what });
        }
        notes
    }

    /// What is on another server is not seen from here.
    fn elsewhere(&self) -> Option<Note> {
        let Guarding::Apart { permissions, .. } = &self.guarded.guarding else { return None };
        let elsewhere = permissions.iter().filter(|(_, meant)| meant.is_empty());
        let elsewhere: Vec<String> = elsewhere.map(|(text, _)| format!("`{text}`")).collect();
        let sure = Verdict::Direct;
        let new = self.then.having(self.at, sure) - self.now.having(self.at, sure);
        let name = self.people.name(new.min()?).filter(|_| !elsewhere.is_empty())?;
        let others = others(usize::try_from(new.len()).unwrap_or(usize::MAX), "like that");
        let what = format!(
            "{name} comes to a part of it here{others}; {} is on another server, and what they have there is judged by the model alone, also while both are changed",
            elsewhere.join(" and ")
        );
        Some(Note { about: self.guarded.name.clone(), what })
    }
}

/// The moments between the transactions of a plan.
struct Meanwhile<'a> {
    dialect: &'a dyn Dialect,
    intent: &'a Intent,
    phases: &'a [Phase],
    observed: &'a Observed,
    people: &'a People,
}

impl Meanwhile<'_> {
    /// Those who have too much neither before nor afterwards, and would have if what is new came before what goes.
    fn judge(&self, changes: &Changes, now: &Seen<'_>, then: &Seen<'_>) -> (Vec<Refusal>, Vec<Note>) {
        let (mut refusals, mut notes) = (Vec::new(), Vec::new());
        let all: Vec<&Change> = changes.iter().collect();
        // Two cannot own one thing: with the new owners, and with the old.
        let added = adding(&all);
        let kept: Changes =
            added.iter().filter(|change| !matches!(change, Change::Owner { .. })).cloned().collect();
        let both = [self.broken(&added), self.broken(&kept)];
        let sure = Verdict::Direct;
        let changing: Vec<Subjects> = (0..self.intent.guarded.len())
            .map(|at| {
                let either = both.iter().filter_map(|broken| broken.get(at));
                let either = either.fold(Subjects::new(), |all, broken| all | broken);
                either - now.broken(at, sure) - then.broken(at, sure)
            })
            .collect();
        if changing.iter().all(Subjects::is_empty) {
            return (refusals, notes);
        }
        let states: Vec<Vec<Subjects>> = self.states().iter().map(|state| self.broken(state)).collect();
        for (at, (guarded, changing)) in self.intent.guarded.iter().zip(&changing).enumerate() {
            let who = changing.iter().find(|number| {
                self.people.name(*number).is_some_and(|name| !guarded.tolerated.contains(name))
            });
            let Some(who) = who.and_then(|number| self.people.name(number)) else { continue };
            let count = usize::try_from(changing.len()).unwrap_or(usize::MAX);
            let exposed =
                states.iter().filter_map(|state| state.get(at)).any(|broken| !broken.is_disjoint(changing));
            if exposed {
                refusals.push(Refusal {
                    code: EXPOSED,
                    what: format!("while it is carried out, {who} would have what {} keeps from them, though neither before nor afterwards{}", guarded.name, others(count, "would as well")),
                    help: "take away what they had with a plan of its own, then give the new".to_owned(),
                });
                continue;
            }
            let how =
                if states.len() == 1 { "both in one transaction" } else { "what they had is taken first" };
            notes.push(Note {
                about: guarded.name.clone(),
                what: format!(
                    "{who} changes between what it keeps from them{}: {how}",
                    others(count, "as well")
                ),
            });
        }
        (refusals, notes)
    }

    /// Who has too much of what after these changes.
    fn broken(&self, changes: &Changes) -> Vec<Subjects> {
        let access = carried_out(self.dialect, changes, self.observed);
        let state = Observed { access, ..self.observed.clone() };
        let seen = Seen::of((&state, self.dialect), self.intent, self.people);
        (0..self.intent.guarded.len()).map(|at| seen.broken(at, Verdict::Direct)).collect()
    }

    /// What has changed after each transaction that changes something that counts. Of a phase that is no single one its worst moment stands
    /// as well.
    fn states(&self) -> Vec<Changes> {
        let (mut states, mut before) = (Vec::new(), Changes::new());
        for phase in self.phases {
            let changes: Vec<&Change> = phase.steps.iter().flat_map(|step| &step.changes).collect();
            if !changes.iter().any(|change| counts(change)) {
                continue;
            }
            if !phase.atomic {
                states.push(before.iter().cloned().chain(adding(&changes)).collect());
            }
            before.extend(changes.into_iter().cloned());
            states.push(before.clone());
        }
        states
    }
}

const fn counts(change: &Change) -> bool {
    matches!(
        change,
        Change::Member { .. }
            | Change::Entry { .. }
            | Change::Owner { .. }
            | Change::Attribute { .. }
            | Change::CreateRole { .. }
            | Change::Setting { .. }
            | Change::DropRole { .. }
    )
}

/// The changes without what they take away.
fn adding(changes: &[&Change]) -> Changes {
    let added = |change: &&Change| match *change {
        Change::Member { to: None, .. }
        | Change::DropRole { .. }
        | Change::Attribute { to: Value::Flag(false), .. } => None,
        Change::Member { key, from, to: Some(to) } => {
            let mut powers = *to;
            if let Some(from) = from {
                powers.inherit |= from.inherit;
                powers.set |= from.set;
                powers.admin |= from.admin;
            }
            Some(Change::Member { key: key.clone(), from: *from, to: Some(powers) })
        }
        Change::Entry { on, to, by, from, into } => {
            let mut into = into.clone();
            into.absorb(from);
            Some(Change::Entry { on: on.clone(), to: to.clone(), by: by.clone(), from: from.clone(), into })
        }
        other => Some(other.clone()),
    };
    changes.iter().filter_map(added).collect()
}

/// What the constraint is about, behind what somebody could do.
fn kept(guarded: &Guarded) -> String {
    match guarded.guarding {
        Guarding::Apart { .. } => format!(", which {} keeps apart", guarded.name),
        Guarding::Alone { .. } => format!(" alone, for which {} asks others", guarded.name),
    }
}

fn others(count: usize, how: &str) -> String {
    match count {
        0 | 1 => String::new(),
        many => format!(" ({} more {how})", many - 1),
    }
}
