//! What is found, in words: who has what, by which ways, and what an exception to it is bound to.

use super::coming::{From, Upward};
use super::roles::UNPROVEN;
use super::scope::Scope;
use super::verdicts::{UNKNOWN, VICTIM};
use crate::imagined::ImagineError;
use access::duties::Subjects;
use audit::{Fact, Facts};
use manifest::{Bound, Diagnostic, Holder, How, Link, Text};
use model::RoleName;
use std::collections::BTreeSet;

/// The code of an operation that is no privilege.
const SHAPE: &str = "RW184";

/// The code of a separation that no session keeps.
const SESSION: &str = "RW185";

/// How many people are told of one constraint. Nobody reads more, and the rest is counted.
const SHOWN: usize = 20;

/// Somebody who has too much of what is kept apart.
pub(super) struct Broken<'a> {
    pub(super) code: &'static str,
    /// The constraint.
    pub(super) name: &'a Text,
    pub(super) who: &'a Holder,
    /// What they have.
    pub(super) has: Vec<Had>,
    /// What the constraint says, beyond its name: whatever changes it asks for another answer.
    pub(super) terms: Facts,
    /// What to do, in a word.
    pub(super) mend: &'static str,
}

/// Something that somebody has.
pub(super) struct Had {
    pub(super) what: String,
    /// Whose it is to begin with. Not everybody comes to each of these.
    pub(super) from: Vec<From>,
    /// Memberships alone lead to it.
    pub(super) held: bool,
    /// The ways to it that are more than memberships.
    pub(super) up: Vec<Upward>,
}

/// Those of whom nobody can say that a constraint holds, because of a role that is managed elsewhere.
pub(super) struct Unproven<'a> {
    pub(super) code: &'static str,
    /// The constraint.
    pub(super) name: &'a Text,
    pub(super) role: &'a RoleName,
    pub(super) who: Subjects,
    /// As for [`Broken`].
    pub(super) terms: Facts,
}

/// One diagnostic for each of some people: those whom exceptions name, and as many others as are read.
pub(super) fn each(
    scope: &Scope<'_>,
    code: &'static str,
    constraint: &Text,
    people: &Subjects,
    diagnostic: impl Fn(u32, &Holder) -> Diagnostic,
) -> Vec<Diagnostic> {
    let accepted = scope.accepted_about(code);
    let (mut told, mut shown, mut left) = (Vec::new(), 0, 0_usize);
    for number in people {
        let Some(who) = scope.web.subject(number) else { continue };
        if accepted.contains(about(constraint, who).as_str()) {
            told.push(diagnostic(number, who));
        } else if shown < SHOWN {
            shown += 1;
            told.push(diagnostic(number, who));
        } else {
            left += 1;
        }
    }
    if left > 0 {
        let message =
            format!("so it is for {left} more whom `{}` is to bind{}", constraint.value, scope.place());
        let help = format!(
            "the {SHOWN} before them are told one by one; a role or group that all of them have is the likely cause"
        );
        let rest = match code {
            VICTIM | UNKNOWN => Diagnostic::warning(code, message),
            _ => Diagnostic::error(code, message),
        };
        told.push(rest.at(constraint.span, "the constraint").help(help));
    }
    told
}

impl Broken<'_> {
    pub(super) fn diagnostic(self, scope: &Scope<'_>, message: &str) -> Diagnostic {
        let bound = Bound { environment: scope.environment().to_owned(), saw: self.print(scope) };
        let about = about(self.name, self.who);
        let held = self.has.iter().filter(|had| had.held);
        let ways: Vec<(&From, Vec<&Link>)> = held.filter_map(|had| had.nearest(scope, self.who)).collect();
        let by_members = ways.iter().map(|(from, way)| in_words(self.who, from, way));
        let climbed = self.has.iter().filter(|had| !had.held);
        let up = climbed.filter_map(|had| had.shortest(scope, self.who));
        let mut lines: Vec<String> = by_members.chain(up).collect();
        let mut seen = BTreeSet::new();
        lines.retain(|line| seen.insert(line.clone()));
        let help = format!(
            "{}; {}, or let somebody answer for it until a day: {}",
            lines.join("; "),
            self.mend,
            exception(self.code, &about, &bound)
        );
        let begun = match self.code {
            VICTIM | UNKNOWN => Diagnostic::finding(self.code, about.clone(), message),
            _ => Diagnostic::error(self.code, message),
        };
        let mut diagnostic = begun.at(self.name.span, "the constraint").help(help).bound(about, bound);
        let mut seen = BTreeSet::new();
        for link in ways.into_iter().flat_map(|(_, way)| way) {
            if let Some(span) = link.span.filter(|span| seen.insert(*span)) {
                diagnostic = diagnostic.at(span, step(link));
            }
        }
        diagnostic
    }

    /// The print of all that was seen: the constraint, the environments, who, and every step on any way.
    fn print(&self, scope: &Scope<'_>) -> String {
        let mut facts = begun(scope, self.code, self.name, self.terms.clone());
        facts.add("who", &[&Told(self.who)]);
        for had in &self.has {
            facts.add("has", &[&had.what]);
            for up in &had.up {
                facts.each("up", up.between.iter().map(String::as_str));
            }
            for from in &had.from {
                let Some(whose) = &from.whose else {
                    facts.add("everybody", &[&from.why, &from.on]);
                    continue;
                };
                for link in scope.between(self.who, whose) {
                    facts.add("from", &[&Told(whose), &from.why, &from.on]);
                    facts.add(
                        "step",
                        &[&Told(&link.from), &Told(&link.to), &word(link.how), &gives(link.how)],
                    );
                }
            }
        }
        facts.digest().print()
    }
}

impl Had {
    /// Where it comes from by the fewest steps. What comes by nobody's membership is everybody's, or a login's own.
    fn nearest<'a>(&'a self, scope: &'a Scope<'_>, who: &Holder) -> Option<(&'a From, Vec<&'a Link>)> {
        let way = |from: &'a From| Some((from, scope.way(who, from.whose.as_ref()?)?));
        let near = self.from.iter().filter_map(way).min_by_key(|(_, way)| way.len());
        let everybody = || Some((self.from.iter().find(|from| from.whose.is_none())?, Vec::new()));
        near.or_else(everybody)
    }

    /// The shortest way to it that is more than memberships.
    fn shortest(&self, scope: &Scope<'_>, who: &Holder) -> Option<String> {
        let up = self.up.iter().filter(|up| !up.steps.is_empty()).min_by_key(|up| up.steps.len())?;
        let whose = Holder::Role(up.whose.clone());
        let way = scope.way(who, &whose).filter(|_| !up.own).unwrap_or_default();
        let whose = From { whose: Some(whose), why: String::new(), on: String::new() };
        Some(format!("{}: {}", in_words(who, &whose, &way), up.steps.join(", then ")))
    }
}

impl Unproven<'_> {
    pub(super) fn diagnostic(self, scope: &Scope<'_>) -> Diagnostic {
        let Self { code, name, role, who, terms } = self;
        let people: Vec<&Holder> = who.iter().filter_map(|number| scope.web.subject(number)).collect();
        let mut facts = begun(scope, code, name, terms).with("outside", &[role]);
        people.iter().for_each(|who| facts.add("who", &[&Told(who)]));
        let bound = Bound { environment: scope.environment().to_owned(), saw: facts.digest().print() };
        let about = format!("{}/{role}", name.value);
        let shown = some(people.iter().copied());
        let message = format!(
            "nobody can say that `{}` holds for {shown}{}: `{role}` is managed elsewhere",
            name.value,
            scope.place()
        );
        let help = format!(
            "bring `{role}` into the model, or let somebody answer for it until a day: {}",
            exception(code, &about, &bound)
        );
        let finding = Diagnostic::finding(code, about.clone(), message).at(name.span, "not proven");
        let way =
            people.first().and_then(|who| scope.way(who, &Holder::Role(role.clone()))).unwrap_or_default();
        let last = way.last().and_then(|link| Some((link.span?, step(link))));
        let finding = last.into_iter().fold(finding, |finding, (span, step)| finding.at(span, step));
        finding.help(help).bound(about, bound)
    }
}

/// A separation of which nothing can be said, because no target can be imagined.
pub(super) fn unimagined(scope: &Scope<'_>, constraint: &Text, error: &ImagineError) -> Diagnostic {
    let problem = match error {
        ImagineError::Problems(problems) => problems.first().map(|problem| problem.what.clone()),
        ImagineError::Name(_) => None,
    };
    let why = problem
        .map_or_else(|| error.to_string(), |what| format!("no target can be what the model says: {what}"));
    let message = format!("nobody can say that `{}` holds{}: {why}", constraint.value, scope.place());
    Diagnostic::warning(UNPROVEN, message)
        .at(constraint.span, "not proven")
        .help("mend that first; a plan would not be possible either")
}

/// An operation that nothing in a database tells from others: who controls it has to be something else.
pub(super) fn no_privilege(scope: &Scope<'_>, constraint: &Text, operation: &Text) -> Diagnostic {
    let facts = begun(scope, SHAPE, constraint, Facts::new()).with("operation", &[&operation.value]);
    let bound = Bound { environment: scope.environment().to_owned(), saw: facts.digest().print() };
    let about = format!("{}/{}", constraint.value, operation.value);
    let message = format!(
        "`{}` is no privilege: nothing on a target enforces `{}` for it{}",
        operation.value,
        constraint.value,
        scope.place()
    );
    let help = format!(
        "control the privilege behind it, and let a procedure or an application do what may be done; or let somebody answer for it until a day: {}",
        exception(SHAPE, &about, &bound)
    );
    let finding = Diagnostic::finding(SHAPE, about.clone(), message);
    finding.at(operation.span, "the shape of a statement").help(help).bound(about, bound)
}

/// A dynamic separation where people log in themselves.
pub(super) fn unenforceable(scope: &Scope<'_>, constraint: &Text, could: &[Holder]) -> Diagnostic {
    let mut facts = begun(scope, SESSION, constraint, Facts::new());
    could.iter().for_each(|who| facts.add("who", &[&Told(who)]));
    let bound = Bound { environment: scope.environment().to_owned(), saw: facts.digest().print() };
    let shown = some(could.iter());
    let message = format!(
        "nothing on a target keeps what `{}` separates out of one session of {shown}{}",
        constraint.value,
        scope.place()
    );
    let help = format!(
        "a login has all of its roles in every session: separate them on assignment (`static:`), give each its own login, or let people come through an application that takes one role at a time; or let somebody answer for it until a day: {}",
        exception(SESSION, &constraint.value, &bound)
    );
    let finding = Diagnostic::finding(SESSION, constraint.value.clone(), message);
    finding.at(constraint.span, "not enforceable").help(help).bound(constraint.value.clone(), bound)
}

/// The first of some, and how many there are beside them.
fn some<'a>(people: impl ExactSizeIterator<Item = &'a Holder>) -> String {
    let more = people.len().saturating_sub(3);
    let shown = listed(people.take(3).map(Holder::name));
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

/// What every print begins with.
fn begun(scope: &Scope<'_>, code: &'static str, constraint: &Text, terms: Facts) -> Facts {
    let environments: Vec<String> = scope.environments.iter().map(|name| (*name).to_owned()).collect();
    Facts::new()
        .with("constraint", &[&code, &constraint.value, &terms.digest()])
        .with("environments", &[&environments])
}

/// What an exception says it is about.
fn about(constraint: &Text, who: &Holder) -> String {
    format!("{}/{}", constraint.value, who.name())
}

/// The line of `exceptions:` that accepts it.
fn exception(code: &str, about: &str, bound: &Bound) -> String {
    let environment = match bound.environment.as_str() {
        "" => String::new(),
        name => format!(" environment: {name},"),
    };
    format!(
        "- {{ rule: {code}, about: \"{about}\",{environment} saw: \"{}\", owner: TEAM, reason: WHY, until: YYYY-MM-DD }}",
        bound.saw
    )
}

/// `a, b and c`.
pub(super) fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.collect();
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    }
}

/// `alice → group support → refund_entry, which has insert on table sales.refunds`.
fn in_words(who: &Holder, from: &From, way: &[&Link]) -> String {
    let step = |link: &&Link| {
        let how = if link.how == How::Controls { "answers for " } else { "" };
        format!(" → {how}{}", link.to)
    };
    let why = match (&from.whose, from.why.as_str()) {
        (_, "") => String::new(),
        (None, why) => format!(", because everybody {why} {}", from.on),
        (Some(_), why) if from.on.is_empty() => format!(", which {why}"),
        (Some(_), why) => format!(", which {why} {}", from.on),
    };
    format!("{who}{}{why}", way.iter().map(step).collect::<String>())
}

fn step(link: &Link) -> String {
    let Link { from, to, how, .. } = link;
    match how {
        How::Account => format!("{to} is an account of {from}"),
        How::Controls => format!("{from} answers for {to}"),
        How::In => format!("{from} is in {to}"),
        How::Has(powers) if powers.inherit || powers.set => format!("{from} has {to}"),
        How::Has(_) => format!("{from} may hand out {to}, also to itself"),
    }
}

const fn word(how: How) -> &'static str {
    match how {
        How::Account => "account",
        How::Controls => "controls",
        How::In => "in",
        How::Has(_) => "has",
    }
}

fn gives(how: How) -> Vec<bool> {
    match how {
        How::Has(powers) => vec![powers.inherit, powers.set, powers.admin],
        _ => Vec::new(),
    }
}

/// A holder as a fact: two kinds of the same name are two.
struct Told<'a>(&'a Holder);

impl Fact for Told<'_> {
    fn put(&self, to: &mut Vec<u8>) {
        let kind = match self.0 {
            Holder::Person(_) => "person",
            Holder::User(_) => "user",
            Holder::ServiceAccount(_) => "service account",
            Holder::Group(_) => "group",
            Holder::Role(_) => "role",
        };
        kind.put(to);
        self.0.name().put(to);
    }
}
