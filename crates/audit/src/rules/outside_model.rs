#![doc = include_str!("outside_model.md")]

use crate::{About, Compared, Finding, Look, Manual, Meant, Mending, Rule, Severity};
use model::{Change, Left, LeftKind};

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
        let mut evidence = evidence(left);
        evidence.extend(elsewhere(meant, changes));
        if evidence.is_empty() {
            return Vec::new();
        }
        let finding = Finding {
            rule: self.code(),
            severity: if left.in_model > 0 || left.public > 0 { Severity::Medium } else { Severity::Low },
            about: About::Target,
            what: "has power beside the model".to_owned(),
            evidence,
            mending: Mending::default(),
        };
        vec![finding]
    }
}

/// What gives power beside the model, the worst first. Roles alone and databases that were not looked at are no power.
fn evidence(left: &Left) -> Vec<String> {
    let others = left.memberships.saturating_sub(left.in_model);
    let kinds = [
        (LeftKind::MembershipInModel, left.in_model, "membership", "of other roles in roles of the model"),
        (LeftKind::Public, left.public, "entry", "of PUBLIC that `public:` does not name"),
        (LeftKind::Entry, left.entries, "entry", "of other roles on objects"),
        (LeftKind::Future, left.future, "entry", "of other roles in default privileges"),
        (LeftKind::Membership, others, "membership", "of other roles in each other"),
        (LeftKind::Owned, left.owned, "object", "of roles of the model beyond `owns:`"),
    ];
    let mut evidence = Vec::new();
    for (kind, count, word, what) in kinds.into_iter().filter(|(_, count, ..)| *count > 0) {
        let listed = left.listing.iter().filter(|(of, _)| *of == kind).take(NAMED);
        let named = listed.map(|(_, line)| line.as_str()).collect::<Vec<_>>().join("; ");
        let such = if count > NAMED { ", such as" } else { ":" };
        evidence.push(format!("{} {what}{such} {named}", plural(count, word)));
    }
    evidence
}

/// What roles of the model hold or own in databases of which it says nothing: no plan touches that.
fn elsewhere(meant: &Meant, changes: &[Change]) -> Option<String> {
    let holds = |change: &Change| match change {
        Change::Entry { on, to, from, .. } if !from.is_empty() => {
            let database = on.database().filter(|database| !meant.intent.databases.contains(*database))?;
            Some(format!("{to} on {on} in database {database}"))
        }
        _ => None,
    };
    let all: Vec<String> = changes.iter().filter_map(holds).collect();
    let named = all.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("; ");
    let such = if all.len() > NAMED { ", such as" } else { ":" };
    let what = "of roles of the model in databases of which it says nothing";
    (!all.is_empty()).then(|| format!("{} {what}{such} {named}", plural(all.len(), "entry")))
}

fn plural(count: usize, word: &str) -> String {
    match (count, word.strip_suffix('y')) {
        (1, _) => format!("1 {word}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {word}s"),
    }
}
