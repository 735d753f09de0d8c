//! Finds the model's line behind a change, or the observed fact that the model does not want.

use super::batch::Direction;
use model::{
    Cause, CauseId, Change, GrantIntent, Held, Intent, Object, Operation, Principal, Reach, RoleName,
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

    /// Why these operations of an entry, or with `option` the right to hand them on, are given or taken.
    pub(super) fn of_entry(
        &self,
        change: &Change,
        direction: Direction,
        (option, operations): (bool, &[Operation]),
    ) -> Cause {
        let Change::Entry { on, to, .. } = change else { return self.of(change) };
        let line = match (direction, to) {
            (Direction::Gain, _) => self.grant(to, |grant| {
                !matches!(grant.reach, Reach::Future(_))
                    && (grant.delegable || !option)
                    && gives(grant, operations)
                    && names(grant, on)
            }),
            (Direction::Lose, Principal::Role(role)) => self.withheld(on, role),
            (Direction::Lose, Principal::Public) => None,
        };
        let cause = line.and_then(|id| self.intent.cause(id).cloned());
        cause.unwrap_or_else(|| match direction {
            Direction::Gain => self.of(change),
            Direction::Lose => {
                let operations = operations.iter().map(Operation::as_str).collect::<Vec<_>>().join(", ");
                let does = if option { "may hand on" } else { "holds" };
                Cause::Observed(format!("{to} {does} {operations} on {on}, which the model does not give"))
            }
        })
    }

    fn line(&self, change: &Change) -> Option<Cause> {
        let id = match change {
            Change::CreateRole { role, .. }
            | Change::Attribute { role, .. }
            | Change::Password { role, .. }
            | Change::Comment { role, .. } => self.role(role),
            Change::Setting { key, to: Some(_), .. } => key.role.as_ref().and_then(|role| self.role(role)),
            Change::Member { key, to: Some(_), .. } => self.members.get(&(&key.role, &key.member)).copied(),
            Change::Owner { on, to, .. } => self.owner(on, to),
            Change::Entry { on, to, into, .. } if !into.is_empty() => {
                self.grant(to, |grant| !matches!(grant.reach, Reach::Future(_)) && names(grant, on))
            }
            Change::Entry { on, to: Principal::Role(role), .. } => self.withheld(on, role),
            Change::Future { key, to, into, .. } if !into.is_empty() => self.grant(to, |grant| {
                matches!(&grant.reach, Reach::Future(by) | Reach::Both(by) if by.contains(&key.creator))
                    && grant.on.kind == key.kind
            }),
            Change::DropRole { role } => self.intent.absent.get(role).copied(),
            _ => None,
        }?;
        self.intent.cause(id).cloned()
    }

    fn role(&self, role: &RoleName) -> Option<CauseId> {
        self.intent.roles.get(role).map(|role| role.cause).or_else(|| self.intent.absent.get(role).copied())
    }

    fn owner(&self, on: &Object, owner: &RoleName) -> Option<CauseId> {
        let owns = self.intent.owns.iter();
        owns.filter(|owns| owns.owner == *owner && owns.on.kind == on.kind)
            .find(|owns| owns.on.names.iter().any(|name| name.matches(on)))
            .map(|owns| owns.cause)
    }

    fn withheld(&self, on: &Object, owner: &RoleName) -> Option<CauseId> {
        let withhold = self.intent.withhold.iter();
        withhold
            .filter(|withhold| withhold.owner == *owner && withhold.on.kind == on.kind)
            .find(|withhold| withhold.on.names.iter().any(|name| name.matches(on)))
            .map(|withhold| withhold.cause)
    }

    fn grant(&self, to: &Principal, fits: impl Fn(&GrantIntent) -> bool) -> Option<CauseId> {
        self.grants.get(to)?.iter().find(|grant| fits(grant)).map(|grant| grant.cause)
    }
}

fn gives(grant: &GrantIntent, operations: &[Operation]) -> bool {
    grant.operations.iter().any(|operation| operation.as_str() == "all" || operations.contains(operation))
}

fn names(grant: &GrantIntent, on: &Object) -> bool {
    if grant.on.database.as_ref() != on.database() {
        return false;
    }
    let fits = |path: &[model::Name]| {
        grant.on.names.iter().any(|name| name.matches_path(path))
            && !grant.on.except.iter().any(|name| name.matches_path(path))
    };
    match on.path.split_last() {
        Some((column, table)) if on.kind == crate::words::kind::COLUMN => {
            grant.columns.contains(column) && fits(table)
        }
        _ => grant.on.kind == on.kind && fits(&on.path),
    }
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

fn words(held: &Held) -> String {
    held.iter().map(|(operation, _)| operation.to_string()).collect::<Vec<_>>().join(", ")
}
