//! Finds the model's line behind a change, or the observed fact that the model does not want.

use super::batch::Direction;
use crate::words::operation;
use model::{
    Cause, CauseId, Change, FutureKey, FutureScope, GrantIntent, Held, Intent, NamedObjects, Object,
    Operation, Pattern, Principal, Reach, RoleName, WithholdIntent,
};
use std::collections::BTreeMap;

/// The model's lines, in the order in which changes ask for them.
pub(super) struct Why<'a> {
    intent: &'a Intent,
    grants: BTreeMap<&'a Principal, Vec<&'a GrantIntent>>,
    members: BTreeMap<(&'a RoleName, &'a RoleName), CauseId>,
}

impl<'a> Why<'a> {
    pub(super) fn new(intent: &'a Intent) -> Self {
        let mut grants: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for grant in &intent.grants {
            grants.entry(&grant.to).or_default().push(grant);
        }
        let members = intent.members.iter().map(|m| ((&m.role, &m.member), m.cause)).collect();
        Self { intent, grants, members }
    }

    /// Why the change is made.
    pub(super) fn of(&self, change: &Change) -> Cause {
        self.line(change).unwrap_or_else(|| Cause::Observed(unwanted(change)))
    }

    /// Why these operations of an entry, of an object or of default privileges, or with `option` the right to hand them on,
    /// come or go: the line that gives them, or that no line does.
    pub(super) fn of_entry(
        &self,
        change: &Change,
        direction: Direction,
        (option, operations): (bool, &[Operation]),
    ) -> Cause {
        let gives = |grant: &GrantIntent| {
            let all = grant.operations.contains(&operation::ALL);
            let some = all || grant.operations.iter().any(|operation| operations.contains(operation));
            some && (grant.delegable || !option)
        };
        let id = match (direction, change) {
            (Direction::Gain, Change::Entry { on, to, .. }) => {
                self.grant(to, |grant| gives(grant) && today(grant) && names(grant, on))
            }
            (Direction::Gain, Change::Future { key, to, .. }) => {
                self.grant(to, |grant| gives(grant) && tomorrow(grant, key))
            }
            (Direction::Lose, Change::Entry { on, to: Principal::Role(role), .. }) => {
                self.withheld(on, role, operations)
            }
            _ => None,
        };
        match (id.and_then(|id| self.intent.cause(id)), direction) {
            (Some(line), _) => line.clone(),
            (None, Direction::Gain) => self.of(change),
            (None, Direction::Lose) => Cause::Observed(unwanted_part(change, operations)),
        }
    }

    fn line(&self, change: &Change) -> Option<Cause> {
        let id = match change {
            Change::CreateRole { role, .. }
            | Change::Attribute { role, .. }
            | Change::Password { role, .. }
            | Change::Comment { role, .. }
            | Change::EndSessions { role } => self.role(role),
            Change::Setting { key, to: Some(_), .. } => key.role.as_ref().and_then(|role| self.role(role)),
            Change::Member { key, to: Some(_), .. } => self.members.get(&(&key.role, &key.member)).copied(),
            Change::Owner { on, from, to } => self.owner(on, to).or_else(|| self.heir(from, to)),
            Change::Entry { on, to, into, .. } if !into.is_empty() => {
                self.grant(to, |grant| today(grant) && names(grant, on))
            }
            Change::Entry { on, to: Principal::Role(role), from, .. } => {
                let lost: Vec<Operation> = from.iter().map(|(operation, _)| operation.clone()).collect();
                self.withheld(on, role, &lost)
            }
            Change::Future { key, to, into, .. } if !into.is_empty() => {
                self.grant(to, |grant| tomorrow(grant, key))
            }
            Change::DropRole { role } => self.gone(role),
            Change::Member { key, to: None, .. } => self.gone(&key.role).or_else(|| self.gone(&key.member)),
            Change::Mapping { key, .. } => self.gone_one(std::slice::from_ref(&key.to)),
            Change::Policy { from: Some(policy), .. } => self.gone_one(&policy.roles),
            _ => None,
        }?;
        self.intent.cause(id).cloned()
    }

    fn role(&self, role: &RoleName) -> Option<CauseId> {
        self.intent.roles.get(role).map(|role| role.cause).or_else(|| self.gone(role))
    }

    /// The line that takes a role away.
    fn gone(&self, role: &RoleName) -> Option<CauseId> {
        self.intent.absent.get(role).map(|gone| gone.cause)
    }

    /// The line that takes one of these away.
    fn gone_one(&self, named: &[Principal]) -> Option<CauseId> {
        named.iter().find_map(|one| match one {
            Principal::Role(role) => self.gone(role),
            Principal::Public => None,
        })
    }

    fn owner(&self, on: &Object, owner: &RoleName) -> Option<CauseId> {
        let owns = self.intent.owns.iter();
        owns.filter(|owns| owns.owner == *owner).find(|owns| reaches(&owns.on, on)).map(|owns| owns.cause)
    }

    /// The line that makes one role the heir of another.
    fn heir(&self, of: &RoleName, heir: &RoleName) -> Option<CauseId> {
        let line = self.intent.absent.get(of)?.heir.as_ref();
        line.filter(|line| line.role == *heir).map(|line| line.cause)
    }

    fn withheld(&self, on: &Object, owner: &RoleName, operations: &[Operation]) -> Option<CauseId> {
        let takes = |withhold: &&WithholdIntent| {
            let all = withhold.operations.contains(&operation::ALL);
            all || withhold.operations.iter().any(|operation| operations.contains(operation))
        };
        let withhold = self.intent.withhold.iter().filter(|withhold| withhold.owner == *owner);
        withhold.filter(takes).find(|withhold| reaches(&withhold.on, on)).map(|withhold| withhold.cause)
    }

    fn grant(&self, to: &Principal, fits: impl Fn(&GrantIntent) -> bool) -> Option<CauseId> {
        self.grants.get(to)?.iter().find(|grant| fits(grant)).map(|grant| grant.cause)
    }
}

/// True if the grant reaches what exists.
fn today(grant: &GrantIntent) -> bool {
    !matches!(grant.reach, Reach::Future(_))
}

/// True if the grant reaches what these default privileges are about.
fn tomorrow(grant: &GrantIntent, key: &FutureKey) -> bool {
    let by = matches!(&grant.reach, Reach::Future(by) | Reach::Both(by) if by.contains(&key.creator));
    // A name with any schema, or without one, is about the whole database; any other about schemas.
    let schema = |name: &Pattern| {
        let inside = name.path.first().filter(|first| name.path.len() > 1 && !first.is_any());
        match (&key.scope, inside) {
            (FutureScope::AddsIn(schema), Some(first)) => {
                let path = std::slice::from_ref(first).to_vec();
                Pattern { path, arguments: None }.matches_path(&schema.path)
            }
            (FutureScope::Replaces(_), None) => true,
            (FutureScope::AddsIn(_), None) | (FutureScope::Replaces(_), Some(_)) => false,
        }
    };
    by && grant.on.kind == key.kind
        && grant.on.database.as_ref() == key.scope.database()
        && grant.on.names.iter().any(schema)
}

/// True if the grant reaches the object, or the column of one.
fn names(grant: &GrantIntent, on: &Object) -> bool {
    match crate::ownership::owned_with(on) {
        Some(table) => {
            on.path.last().is_some_and(|column| grant.columns.contains(column)) && reaches(&grant.on, &table)
        }
        None => reaches(&grant.on, on),
    }
}

/// True if the object is one of those named.
fn reaches(named: &NamedObjects, on: &Object) -> bool {
    named.kind == on.kind
        && named.database.as_ref() == on.database()
        && named.names.iter().any(|name| name.matches(on))
        && !named.except.iter().any(|name| name.matches(on))
}

/// What stands although the model, which speaks for its holder, does not say it.
fn unwanted(change: &Change) -> String {
    match change {
        Change::Entry { on, to, from, .. } => {
            format!("{to} holds {} on {on}, which the model does not give", words(from))
        }
        Change::Future { key, to, from, .. } => format!(
            "{to} is to get {} on each new {} of {}, which the model does not give",
            words(from),
            key.kind,
            key.creator
        ),
        Change::Member { key, .. } => {
            format!("{} is a member of {}, which the model does not say", key.member, key.role)
        }
        Change::Setting { key, .. } => format!("the setting {} is not in the model", key.name),
        Change::DropRole { role } => format!("role {role} is not wanted"),
        _ => "the target differs from what is wanted".to_owned(),
    }
}

/// The same of a part of what stands. Where only the right to hand on goes, that is said.
fn unwanted_part(change: &Change, operations: &[Operation]) -> String {
    let (from, into) = match change {
        Change::Entry { from, into, .. } | Change::Future { from, into, .. } => (from, into),
        _ => return unwanted(change),
    };
    let part: Held = operations.iter().map(|operation| (operation.clone(), false)).collect();
    let held = words(&part);
    let handing_on =
        operations.iter().all(|operation| into.get(operation).is_some() && from.get(operation) == Some(true));
    match change {
        Change::Entry { on, to, .. } if handing_on => {
            format!("{to} may hand on {held} on {on}, which the model does not say")
        }
        Change::Entry { on, to, .. } => format!("{to} holds {held} on {on}, which the model does not give"),
        Change::Future { key, to, .. } => format!(
            "{to} is to {} {held} on each new {} of {}, which the model does not give",
            if handing_on { "hand on" } else { "get" },
            key.kind,
            key.creator
        ),
        _ => unwanted(change),
    }
}

fn words(held: &Held) -> String {
    held.iter().map(|(operation, _)| operation.to_string()).collect::<Vec<_>>().join(", ")
}
