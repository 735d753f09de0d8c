#![doc = include_str!("way_up.md")]

use crate::told::{listed, several};
use crate::ways::{Entry, Link, Shared, steps};
use crate::{About, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Basis, Certainty, Principal, RoleName};
use std::collections::BTreeSet;

/// The rule.
pub(super) struct WayUp;

impl Rule for WayUp {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("way_up.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Critical
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        look.ways().up.iter().map(|shared| self.finding(look, shared)).collect()
    }
}

impl WayUp {
    fn finding(&self, look: &Look<'_>, shared: &Shared) -> Finding {
        let mut facts = shared.facts.clone();
        facts.each("comes to superuser", &shared.logins);
        let (who, few) = (who(&shared.by, &shared.logins), shared.logins.len() == 1);
        let (comes, needs) = if few { ("comes", "needs") } else { ("come", "need") };
        let (severity, what) = match &shared.told.certainty {
            Certainty::Direct => {
                let count = several(shared.told.steps.len().saturating_sub(1), "steps");
                let what = format!("{who}{comes} to superuser in {count}, and {needs} nobody for it");
                (Severity::Critical, what)
            }
            Certainty::Victim(victim) => {
                (Severity::Medium, format!("{who}{comes} to superuser, with {victim} as the victim"))
            }
            Certainty::Unknown(why) => {
                (Severity::Low, format!("{who}may come to superuser, which cannot be told from here: {why}"))
            }
        };
        let (about, evidence) = (about(&shared.by), evidence(look, shared));
        Finding {
            rule: self.code(),
            severity,
            about,
            what,
            evidence,
            facts: facts.digest(),
            mending: mending(shared),
        }
    }
}

/// What the way begins with.
pub(super) fn about(by: &Principal) -> About {
    match by {
        Principal::Role(role) => About::Role(role.clone()),
        Principal::Public => About::Everybody,
    }
}

/// The logins, where they are others than the one that the finding is about.
pub(super) fn who(by: &Principal, logins: &BTreeSet<RoleName>) -> String {
    let itself = |role: &RoleName| *by == Principal::Role(role.clone());
    match logins.first() {
        Some(one) if logins.len() == 1 && itself(one) => String::new(),
        Some(one) if logins.len() == 1 => format!("by it {one} "),
        _ => format!("by it {} ", several(logins.len(), "logins")),
    }
}

/// The logins, each step of one of them, and what can be taken.
fn evidence(look: &Look<'_>, shared: &Shared) -> Vec<String> {
    let mut evidence = Vec::new();
    if shared.logins.len() > 1 {
        evidence.push(format!("{}: {}", several(shared.logins.len(), "logins"), listed(&shared.logins)));
    }
    // Of a single login everybody knows who begins.
    let skipped = usize::from(shared.logins.len() == 1);
    evidence.extend(steps(look, &shared.told).into_iter().skip(skipped));
    if shared.cut.changes.len() > 1 {
        evidence.push(format!(
            "{} lead there, all of which are taken",
            several(shared.cut.changes.len(), "privileges")
        ));
    }
    if shared.cut.changes.is_empty() && shared.cut.of_the_model.is_empty() {
        evidence.extend(choices(&shared.links));
    }
    evidence
}

/// What people can choose from: any of it ends this way.
pub(super) fn choices(links: &[Link]) -> Option<String> {
    let link = |link: &Link| match link {
        Link::Member(member, role) => Some(format!("{role} of {member}")),
        Link::Entry(entry) => (!entry.place).then(|| taken(entry)),
        Link::Runs(role) => Some(format!("that code runs as {role}")),
    };
    let mut choices: Vec<String> = Vec::new();
    for choice in links.iter().filter_map(link) {
        if !choices.contains(&choice) {
            choices.push(choice);
        }
    }
    (!choices.is_empty()).then(|| format!("it ends without any of these: {}", listed(choices)))
}

fn taken(entry: &Entry) -> String {
    let Entry { who, on, permission, basis, .. } = entry;
    match basis {
        Basis::Owner | Basis::OwnerMayGrant => format!("that {who} owns {on}"),
        Basis::MasterKey => format!("what {who} stands for"),
        Basis::Granted { .. } | Basis::MayHandOn => format!("{} on {on} of {who}", permission.operation),
    }
}

fn mending(shared: &Shared) -> Mending {
    let cut = &shared.cut;
    if let Some(entry) = cut.of_the_model.first() {
        return Mending {
            model: Some(format!(
                "take {} in the model, or change what it leads to:\nwhat is only revoked here comes back with the next plan",
                taken(entry)
            )),
            ..Mending::default()
        };
    }
    if cut.changes.is_empty() {
        return Mending::default();
    }
    Mending::by(cut.changes.clone())
        .but_first("whoever uses it by this alone loses it: grant it first to the roles that need it")
}
