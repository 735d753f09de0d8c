#![doc = include_str!("login_without_purpose.md")]

use crate::{About, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Attribute, Change, Object, Principal, Role, RoleName, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How memberships of the role begin: no power of its own.
const INHERIT: Attribute = Attribute::known("inherit");

/// The rule.
pub(super) struct LoginWithoutPurpose;

impl Rule for LoginWithoutPurpose {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("login_without_purpose.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Medium
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        // What the model makes has its purpose there, or a finding about the model.
        let explained =
            |name: &RoleName| look.meant.is_some_and(|meant| meant.intent.roles.contains_key(name));
        let undocumented: BTreeMap<&RoleName, &Role> = look
            .logins()
            .filter(|(name, _)| !explained(name))
            .filter(|(_, role)| role.comment.as_deref().is_none_or(|text| text.trim().is_empty()))
            .collect();
        let mut holdings = Holdings::of(look, &undocumented);
        undocumented
            .into_iter()
            .filter_map(|(name, role)| {
                let evidence = holdings.evidence(name, look, role);
                (!evidence.is_empty()).then(|| self.finding(name, role, evidence))
            })
            .collect()
    }
}

impl LoginWithoutPurpose {
    fn finding(&self, name: &RoleName, role: &Role, evidence: Vec<String>) -> Finding {
        let change = Change::Comment {
            role: name.clone(),
            from: role.comment.clone(),
            to: Some("what it is for, and the team that answers for it".to_owned()),
        };
        Finding {
            rule: self.code(),
            severity: Severity::Medium,
            about: About::Role(name.clone()),
            what: "can log in and holds power, and has no comment that says what for".to_owned(),
            evidence,
            mending: Mending::by(vec![change]),
        }
    }
}

/// What the logins hold, gathered in one pass over the target's facts.
#[derive(Default)]
struct Holdings<'a> {
    on: BTreeMap<&'a RoleName, BTreeSet<&'a Arc<Object>>>,
    owned: BTreeMap<&'a RoleName, usize>,
    member_of: BTreeMap<&'a RoleName, BTreeSet<&'a RoleName>>,
}

impl<'a> Holdings<'a> {
    fn of(look: &Look<'a>, logins: &BTreeMap<&'a RoleName, &'a Role>) -> Self {
        let access = &look.observed.access;
        let mut holdings = Self::default();
        for (object, acl) in &access.entries {
            let owner = access.owners.get(object);
            for (holder, held) in acl {
                if let Principal::Role(role) = &holder.to
                    && logins.contains_key(role)
                    && owner != Some(role)
                    && !held.is_empty()
                {
                    holdings.on.entry(role).or_default().insert(object);
                }
            }
        }
        for owner in access.owners.values().filter(|owner| logins.contains_key(owner)) {
            *holdings.owned.entry(owner).or_default() += 1;
        }
        for key in access.members.keys().filter(|key| logins.contains_key(&key.member)) {
            holdings.member_of.entry(&key.member).or_default().insert(&key.role);
        }
        holdings
    }

    /// What one login holds, as evidence; nothing if it holds nothing.
    fn evidence(&mut self, name: &RoleName, look: &Look<'_>, role: &Role) -> Vec<String> {
        let flags = &look.dialect.vocabulary().flags;
        let flags = flags
            .iter()
            .filter(|flag| **flag != INHERIT && role.attributes.get(flag) == Some(&Value::Flag(true)));
        let flags = flags.map(ToString::to_string).collect::<Vec<_>>();
        let mut evidence = Vec::new();
        if !flags.is_empty() {
            evidence.push(format!("has {}", flags.join(", ")));
        }
        if let Some(roles) = self.member_of.remove(name) {
            let roles = roles.into_iter().map(ToString::to_string).collect::<Vec<_>>();
            evidence.push(format!("is a member of {}", roles.join(", ")));
        }
        if let Some(owned) = self.owned.remove(name) {
            evidence.push(format!("owns {}", objects(owned)));
        }
        if let Some(on) = self.on.remove(name) {
            let example = on.first().map(|object| format!(", such as {object}")).unwrap_or_default();
            evidence.push(format!("holds privileges on {}{example}", objects(on.len())));
        }
        evidence
    }
}

fn objects(count: usize) -> String {
    format!("{count} object{}", if count == 1 { "" } else { "s" })
}
