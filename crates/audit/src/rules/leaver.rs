#![doc = include_str!("leaver.md")]

use super::direct_grants::{Held, held_directly, lines};
use crate::holdings::Holdings;
use crate::{About, Facts, Finding, Look, Manual, Meant, Mending, Rule, Severity};
use model::{Attribute, Change, Role, RoleName, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub(super) struct Leaver;

impl Rule for Leaver {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("leaver.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let Some(meant) = look.meant else { return Vec::new() };
        let gone: BTreeMap<&RoleName, &Role> =
            look.logins().filter(|(name, role)| left(look, meant, name, role).is_some()).collect();
        let whole = Whole::of(look, &gone);
        let told = gone.into_iter().filter_map(|(name, role)| {
            let why = left(look, meant, name, role)?;
            let mut evidence = vec![why.to_owned()];
            let (more, facts) = whole.tell(look, name, role);
            evidence.extend(more);
            Some(self.finding(meant, name, evidence, facts.with("should be gone", &[&why])))
        });
        told.collect()
    }
}

impl Leaver {
    fn finding(&self, meant: &Meant, name: &RoleName, evidence: Vec<String>, facts: Facts) -> Finding {
        let change = Change::Attribute {
            role: name.clone(),
            attribute: Attribute::known("login"),
            from: Value::Flag(true),
            to: Value::Flag(false),
        };
        let model = (!meant.knows(name)).then(|| format!("roles: {{ {name}: {{ state: retired }} }}"));
        Finding {
            rule: self.code(),
            severity: Severity::High,
            about: About::Role(name.clone()),
            what: "can still log in, and should be gone".to_owned(),
            evidence,
            facts: facts.digest(),
            mending: Mending {
                model,
                ..Mending::by(vec![change]).but_first(
                    "sessions that are open stay: look in pg_stat_activity, and end them with pg_terminate_backend",
                )
            },
        }
    }
}

/// What logins have, told by one finding about each and by no other: those that should be gone, and those that the model
/// does not know.
pub(super) struct Whole<'a> {
    holdings: Holdings<'a>,
    direct: BTreeMap<&'a RoleName, (Held<'a>, Facts)>,
}

impl<'a> Whole<'a> {
    pub(super) fn of(look: &Look<'a>, logins: &BTreeMap<&'a RoleName, &'a Role>) -> Self {
        let direct = held_directly(look, logins.keys().copied().collect());
        Self { holdings: Holdings::of(look, logins), direct }
    }

    /// The roles of which one is a member.
    pub(super) fn member_of(&self, name: &RoleName) -> BTreeSet<&'a RoleName> {
        self.holdings.member_of(name)
    }

    /// What one has, as evidence, and the facts.
    pub(super) fn tell(&self, look: &Look<'_>, name: &RoleName, role: &Role) -> (Vec<String>, Facts) {
        let mut evidence = self.holdings.standing(name, look, role);
        if let Some((held, _)) = self.direct.get(name) {
            evidence.extend(lines(look, held).into_iter().map(|line| format!("holds {line}")));
        }
        let mut facts = Facts::new();
        self.holdings.tell(name, look, role, &mut facts);
        if !evidence.is_empty() && is_without_purpose(role) {
            evidence.push("has no comment that says what for".to_owned());
            facts.add("without a purpose", &[]);
        }
        (evidence, facts)
    }
}

/// True for a login of which one finding tells everything: it should be gone, or the model does not know it.
pub(super) fn is_told_as_a_whole(look: &Look<'_>, name: &RoleName, role: &Role) -> bool {
    let Some(meant) = look.meant.filter(|_| look.logs_in(name) && !look.is_engines_own(name)) else {
        return false;
    };
    left(look, meant, name, role).is_some() || is_stranger(look, meant, name, role)
}

/// True for a login that the model does not know, neither as its own nor as somebody else's.
pub(super) fn is_stranger(look: &Look<'_>, meant: &Meant, name: &RoleName, role: &Role) -> bool {
    !meant.knows(name) && !look.is_managed(name) && !is_ours(role)
}

/// True if nobody has written down what the role is for.
pub(super) fn is_without_purpose(role: &Role) -> bool {
    role.comment.as_deref().is_none_or(|text| text.trim().is_empty())
}

/// Why the login should be gone.
fn left(look: &Look<'_>, meant: &Meant, name: &RoleName, role: &Role) -> Option<&'static str> {
    if meant.intent.absent.contains_key(name) {
        return Some("the model has retired it");
    }
    (is_ours(role) && !meant.knows(name) && !look.is_managed(name))
        .then_some("its comment bears the mark of Rolewright, and the model has it no longer")
}

/// True if the role's comment ends in the line for programs that only a plan writes.
fn is_ours(role: &Role) -> bool {
    let comment = role.comment.as_deref().unwrap_or_default();
    comment.lines().next_back().is_some_and(|line| line.starts_with("rolewright/1 "))
}
