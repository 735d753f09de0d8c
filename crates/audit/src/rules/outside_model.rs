#![doc = include_str!("outside_model.md")]

use super::leaver::is_told_as_a_whole;
use crate::{About, Compared, Facts, Finding, Look, Manual, Meant, Mending, Rule, Severity};
use model::{Change, LeftFact, LeftKind, LeftOne, Principal};

/// How many of a kind are named.
const NAMED: usize = 5;

/// The rule.
pub(super) struct OutsideModel;

impl Rule for OutsideModel {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("outside_model.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Medium
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let (Some(meant), Some(Compared::Differs { left, changes, .. })) = (look.meant, look.compared) else {
            return Vec::new();
        };
        let governed_elsewhere = |who: &Principal| match who {
            Principal::Role(role) => meant.external.contains(role) || look.is_managed(role),
            Principal::Public => false,
        };
        let roles = &look.observed.access.roles;
        let told_elsewhere = |one: &LeftOne| match (&one.who, one.kind) {
            (Principal::Role(name), LeftKind::Entry | LeftKind::Membership | LeftKind::MembershipInModel) => {
                roles.get(name).is_some_and(|role| is_told_as_a_whole(look, name, role))
            }
            _ => false,
        };
        let unclaimed = left.listing.iter();
        let unclaimed: Vec<&LeftOne> =
            unclaimed.filter(|one| !governed_elsewhere(&one.who) && !told_elsewhere(one)).collect();
        let mut facts = Facts::new();
        // A role alone is no power.
        unclaimed.iter().filter(|one| one.kind != LeftKind::Role).for_each(|one| tell(one, &mut facts));
        let mut evidence = evidence(&unclaimed);
        evidence.extend(elsewhere(meant, changes, &mut facts));
        if evidence.is_empty() {
            return Vec::new();
        }
        let worse = |one: &&LeftOne| matches!(one.kind, LeftKind::MembershipInModel | LeftKind::Public);
        let finding = Finding {
            rule: self.code(),
            severity: if unclaimed.iter().any(worse) { Severity::Medium } else { Severity::Low },
            about: About::Target,
            what: "has power beside the model".to_owned(),
            evidence,
            facts: facts.digest(),
            mending: Mending::default(),
        };
        vec![finding]
    }
}

fn tell(one: &LeftOne, facts: &mut Facts) {
    match &one.fact {
        LeftFact::Role(role) => facts.add("role", &[role]),
        LeftFact::Member(key, powers) => facts.member(key, *powers),
        LeftFact::Owned(on) => facts.add("owns", &[&one.who, on]),
        LeftFact::Entry(on, holder, held) => facts.entry(on, holder, held),
        LeftFact::Future(key, held) => facts.add("is to hold", &[key, &one.who, held]),
    }
}

/// What gives power beside the model, the worst first. A role alone is no power.
fn evidence(unclaimed: &[&LeftOne]) -> Vec<String> {
    let kinds = [
        (LeftKind::MembershipInModel, "membership", "of other roles in roles of the model"),
        (LeftKind::Public, "entry", "of PUBLIC that `public:` does not name"),
        (LeftKind::Entry, "entry", "of other roles on objects"),
        (LeftKind::Future, "entry", "of other roles in default privileges"),
        (LeftKind::Membership, "membership", "of other roles in each other"),
        (LeftKind::Owned, "object", "of roles of the model beyond `owns:`"),
    ];
    let told = kinds.into_iter().filter_map(|(kind, word, what)| {
        let all: Vec<&str> =
            unclaimed.iter().filter(|one| one.kind == kind).map(|one| one.what.as_str()).collect();
        counted(&all, word, what)
    });
    told.collect()
}

/// How many there are, and the first of them.
fn counted(all: &[&str], word: &str, what: &str) -> Option<String> {
    let named = all.iter().take(NAMED).copied().collect::<Vec<_>>().join("; ");
    let such = if all.len() > NAMED { ", such as" } else { ":" };
    (!all.is_empty()).then(|| format!("{} {what}{such} {named}", plural(all.len(), word)))
}

/// What roles of the model hold or own in databases of which it says nothing: no plan touches that.
fn elsewhere(meant: &Meant, changes: &[Change], facts: &mut Facts) -> Option<String> {
    let mut holds = |change: &Change| match change {
        Change::Entry { on, to, by, from, .. } if !from.is_empty() => {
            let database = on.database().filter(|database| !meant.intent.databases.contains(*database))?;
            facts.add("holds elsewhere", &[on, to, by, from]);
            Some(format!("{to} on {on} in database {database}"))
        }
        _ => None,
    };
    let all: Vec<String> = changes.iter().filter_map(&mut holds).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    counted(&all, "entry", "of roles of the model in databases of which it says nothing")
}

fn plural(count: usize, word: &str) -> String {
    match (count, word.strip_suffix('y')) {
        (1, _) => format!("1 {word}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {word}s"),
    }
}
