//! What a look says of single roles, as it stands in the evidence.

use crate::plan_file::Tie;
use model::{
    Access, Change, Grantor, Held, MemberKey, MemberPowers, Observed, Plan, Principal, RoleName, Verifier,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One role in one look. No secret is in it: of a password and of a user mapping only that it is there.
#[derive(Debug, Default, Serialize)]
pub(super) struct Facts {
    exists: bool,
    attributes: BTreeMap<String, String>,
    comment: Option<String>,
    /// `set`, `none`, or `unknown` where the login may not see.
    password: Option<&'static str>,
    settings: Vec<Setting>,
    user_mappings: Vec<Thing>,
    member_of: Vec<Membership>,
    members: Vec<Membership>,
    privileges: Vec<Privilege>,
    default_privileges: Vec<NewObjects>,
    owns: Vec<Thing>,
    /// What else kept it, if the plan was to drop it.
    kept_by: Vec<Tie>,
    /// How many sessions had logged in as it, if the plan was to drop it.
    sessions: u64,
}

#[derive(Debug, Serialize)]
struct Setting {
    database: Option<String>,
    name: String,
    value: String,
}

/// An object; `None` for the cluster's own.
#[derive(Debug, Serialize)]
pub(super) struct Thing {
    database: Option<String>,
    object: String,
}

#[derive(Debug, Serialize)]
struct Membership {
    role: String,
    given_by: Option<String>,
    inherit: bool,
    set: bool,
    admin: bool,
}

#[derive(Debug, Serialize)]
struct Privilege {
    database: Option<String>,
    object: String,
    operations: Vec<String>,
    grantable: Vec<String>,
    given_by: Option<String>,
}

#[derive(Debug, Serialize)]
struct NewObjects {
    database: Option<String>,
    creator: String,
    kind: String,
    to: String,
    operations: Vec<String>,
}

/// Who owns now what a role owned before; `None` where that was not looked at again, or is gone.
#[derive(Debug, Serialize)]
pub(super) struct Inherited {
    #[serde(flatten)]
    thing: Thing,
    owner: Option<String>,
}

/// The roles of which a plan changes something.
pub(super) fn touched(plan: &Plan) -> BTreeSet<RoleName> {
    let mut roles = BTreeSet::new();
    for change in plan.steps().flat_map(|(_, step)| &step.changes) {
        match change {
            Change::CreateRole { role, .. }
            | Change::Attribute { role, .. }
            | Change::Password { role, .. }
            | Change::Comment { role, .. }
            | Change::EndSessions { role }
            | Change::DropRole { role } => roles.extend([role.clone()]),
            Change::Setting { key, .. } => roles.extend(key.role.clone()),
            Change::Member { key, .. } => roles.extend([key.member.clone()]),
            Change::Owner { from, to, .. } => roles.extend([from.clone(), to.clone()]),
            Change::Entry { to: Principal::Role(role), .. }
            | Change::Future { to: Principal::Role(role), .. } => roles.extend([role.clone()]),
            Change::Mapping { key, .. } => {
                if let Principal::Role(role) = &key.to {
                    roles.insert(role.clone());
                }
            }
            Change::Entry { .. }
            | Change::Future { .. }
            | Change::RowSecurity { .. }
            | Change::Policy { .. } => {}
        }
    }
    roles
}

/// What a look says of these roles.
pub(super) fn of(roles: &BTreeSet<RoleName>, seen: &Observed) -> BTreeMap<RoleName, Facts> {
    let mut all: BTreeMap<RoleName, Facts> =
        roles.iter().map(|role| (role.clone(), own(role, seen))).collect();
    let access = &seen.access;
    for (key, powers) in &access.members {
        if let Some(facts) = all.get_mut(&key.member) {
            facts.member_of.push(membership(key, &key.role, *powers));
        }
        if let Some(facts) = all.get_mut(&key.role) {
            facts.members.push(membership(key, &key.member, *powers));
        }
    }
    for (on, acl) in &access.entries {
        for (holder, held) in acl {
            let Some(facts) = role(&holder.to).and_then(|role| all.get_mut(role)) else { continue };
            let (operations, grantable) = (operations(held), grantable(held));
            let Thing { database, object } = thing(on);
            facts.privileges.push(Privilege {
                database,
                object,
                operations,
                grantable,
                given_by: by(&holder.by),
            });
        }
    }
    for (on, owner) in &access.owners {
        if let Some(facts) = all.get_mut(owner) {
            facts.owns.push(thing(on));
        }
    }
    defaults(access, &mut all);
    for tie in &seen.ties {
        if let Some(facts) = all.get_mut(&tie.role) {
            facts.kept_by.push(Tie::of(tie));
        }
    }
    all
}

/// Who owns now what these roles owned before.
pub(super) fn inherited(role: &RoleName, before: &Observed, after: &Observed) -> Vec<Inherited> {
    let owned = before.access.owners.iter().filter(|(_, owner)| *owner == role);
    let now = |on| after.access.owners.get(on).map(ToString::to_string);
    owned.map(|(on, _)| Inherited { thing: thing(on), owner: now(on) }).collect()
}

fn own(name: &RoleName, seen: &Observed) -> Facts {
    let Some(role) = seen.access.roles.get(name) else { return Facts::default() };
    let attribute = |(word, value): (&model::Attribute, &model::Value)| (word.to_string(), value.to_string());
    let settings = seen.access.settings.iter().filter(|(key, _)| key.role.as_ref() == Some(name));
    let setting = |(key, value): (&model::SettingKey, &String)| Setting {
        database: key.database.as_ref().map(ToString::to_string),
        name: key.name.to_string(),
        value: value.clone(),
    };
    let mappings = seen.access.mappings.keys().filter(|key| self::role(&key.to) == Some(name));
    Facts {
        exists: true,
        attributes: role.attributes.iter().map(attribute).collect(),
        comment: role.comment.clone(),
        password: Some(match role.verifier {
            Verifier::Unknown => "unknown",
            Verifier::None => "none",
            Verifier::Known(_) => "set",
        }),
        settings: settings.map(setting).collect(),
        user_mappings: mappings.map(|key| thing(&key.server)).collect(),
        sessions: seen.under_way.get(name).map_or(0, |under_way| under_way.sessions),
        ..Facts::default()
    }
}

/// A role's are those that it is given and those that it gives, as the one who makes the objects.
fn defaults(access: &Access, all: &mut BTreeMap<RoleName, Facts>) {
    for (key, future) in &access.future {
        for (to, held) in future {
            let receiver = role(to).filter(|role| **role != key.creator);
            for role in [Some(&key.creator), receiver].into_iter().flatten() {
                let Some(facts) = all.get_mut(role) else { continue };
                facts.default_privileges.push(NewObjects {
                    database: key.scope.database().map(ToString::to_string),
                    creator: key.creator.to_string(),
                    kind: key.kind.to_string(),
                    to: to.to_string(),
                    operations: operations(held),
                });
            }
        }
    }
}

fn membership(key: &MemberKey, other: &RoleName, powers: MemberPowers) -> Membership {
    let MemberPowers { inherit, set, admin } = powers;
    Membership { role: other.to_string(), given_by: by(&key.by), inherit, set, admin }
}

fn thing(on: &model::Object) -> Thing {
    Thing { database: on.database().map(ToString::to_string), object: on.to_string() }
}

fn role(principal: &Principal) -> Option<&RoleName> {
    match principal {
        Principal::Role(role) => Some(role),
        Principal::Public => None,
    }
}

/// `None` for the owner, or the cluster's root.
fn by(grantor: &Grantor) -> Option<String> {
    match grantor {
        Grantor::Role(role) => Some(role.to_string()),
        Grantor::Owner | Grantor::Untracked => None,
    }
}

fn operations(held: &Held) -> Vec<String> {
    held.iter().map(|(operation, _)| operation.to_string()).collect()
}

fn grantable(held: &Held) -> Vec<String> {
    held.iter().filter(|(_, grantable)| *grantable).map(|(operation, _)| operation.to_string()).collect()
}
