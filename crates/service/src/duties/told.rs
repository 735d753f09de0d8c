//! What is found, in words: who has what, by which ways, and what an exception to it is bound to.

use super::scope::Scope;
use access::duties::Subjects;
use audit::{Fact, Facts};
use manifest::{Bound, Diagnostic, Holder, How, Link, Text};
use model::RoleName;
use std::collections::BTreeSet;

/// How many people are told of one constraint. Nobody reads more, and the rest is counted.
const SHOWN: usize = 20;

/// Somebody who has too much of what is kept apart.
pub(super) struct Broken<'a> {
    pub(super) code: &'static str,
    /// The constraint.
    pub(super) name: &'a Text,
    pub(super) who: &'a Holder,
    /// What they have, each with the place in the web that stands for it.
    pub(super) has: Vec<(String, Holder)>,
    /// What the constraint says, beyond its name: whatever changes it asks for another answer.
    pub(super) terms: Facts,
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
        told.push(Diagnostic::error(code, message).at(constraint.span, "the constraint").help(help));
    }
    told
}

impl Broken<'_> {
    pub(super) fn diagnostic(self, scope: &Scope<'_>, message: &str) -> Diagnostic {
        let bound = Bound { environment: scope.environment().to_owned(), saw: self.print(scope) };
        let about = about(self.name, self.who);
        let ways: Vec<(&str, Vec<&Link>)> =
            self.has.iter().map(|(what, place)| (what.as_str(), scope.way(self.who, place))).collect();
        let lines: Vec<String> = ways.iter().map(|(_, way)| in_words(self.who, way)).collect();
        let help = format!(
            "{}; take one away, or let somebody answer for it until a day: {}",
            lines.join("; "),
            exception(self.code, &about, &bound)
        );
        let mut diagnostic = Diagnostic::error(self.code, message)
            .at(self.name.span, "kept apart here")
            .help(help)
            .bound(about, bound);
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
        for (what, place) in &self.has {
            facts.add("has", &[what]);
            for link in scope.between(self.who, place) {
                facts.add("step", &[&Told(&link.from), &Told(&link.to), &word(link.how), &gives(link.how)]);
            }
        }
        facts.digest().print()
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
        let shown = listed(people.iter().take(3).map(|who| who.name()));
        let more = people.len().saturating_sub(3);
        let shown = if more == 0 { shown } else { format!("{shown} and {more} more") };
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
        let way = people.first().map(|who| scope.way(who, &Holder::Role(role.clone()))).unwrap_or_default();
        let last = way.last().and_then(|link| Some((link.span?, step(link))));
        let finding = last.into_iter().fold(finding, |finding, (span, step)| finding.at(span, step));
        finding.help(help).bound(about, bound)
    }
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

/// `alice → group support → refund_entry`.
fn in_words(who: &Holder, way: &[&Link]) -> String {
    let step = |link: &&Link| {
        let how = if link.how == How::Controls { "answers for " } else { "" };
        format!(" → {how}{}", link.to)
    };
    format!("{who}{}", way.iter().map(step).collect::<String>())
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
