//! Where a fact comes from: the line of the model that wants it, the engine itself, or nobody knows.

use access::Fact;
use model::{
    Attribute, Basis, Cause, CauseId, Dialect, Grantor, Holder, Intent, Name, NamedObjects, Object, Observed,
    Operation, Permission, Principal, RoleName, Source, Value, Way,
};
use std::sync::Arc;

/// Where a fact comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin<'a> {
    /// These lines of the model want it.
    Lines(Vec<&'a Cause>),
    /// It comes with the engine.
    BuiltIn(&'static str),
    /// The model speaks of it and does not want it: the next plan takes it away.
    Unwanted,
    /// No line speaks of it.
    Unknown,
}

/// Why a role exists, and who answers for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answerable {
    /// Its purpose.
    pub purpose: Option<String>,
    /// Its owner.
    pub owner: Option<String>,
}

/// Finds where facts come from.
#[derive(Clone, Copy)]
pub struct Origins<'a> {
    /// What the model wants here, where there is a model.
    pub intent: Option<&'a Intent>,
    /// What was seen.
    pub observed: &'a Observed,
    /// What the engine knows.
    pub dialect: &'a dyn Dialect,
}

impl<'a> Origins<'a> {
    /// Where the fact comes from.
    #[must_use]
    pub fn of(&self, fact: &Fact) -> Origin<'a> {
        match fact {
            Fact::LogsIn { role, .. } => self.role(role, "login"),
            Fact::Above { role } => self.role(role, "superuser"),
            Fact::Step { from, way, to } => self.membership(from, *way, to),
            Fact::HandsOut { from, role, .. } => self.membership(from, Way::Administers, role),
            Fact::Holds { source, permission } => self.holds(source, permission),
            Fact::Prepares { .. } => Origin::BuiltIn("a name is looked up when a statement is prepared"),
        }
    }

    /// The role that the fact newly speaks of.
    #[must_use]
    pub fn about<'f>(&self, fact: &'f Fact) -> Option<&'f RoleName> {
        match fact {
            Fact::LogsIn { role, .. } | Fact::Above { role } | Fact::HandsOut { role, .. } => Some(role),
            Fact::Step { to, .. } => Some(to),
            Fact::Holds { source, .. } => match &source.who {
                Principal::Role(role) => Some(role),
                Principal::Public => None,
            },
            Fact::Prepares { .. } => None,
        }
    }

    /// Why the role exists and who answers for it: from the model, or else from the comment in the database.
    #[must_use]
    pub fn answerable(&self, role: &RoleName) -> Answerable {
        let wanted = self.intent.and_then(|intent| intent.roles.get(role));
        let stored = || self.observed.access.roles.get(role)?.comment.as_deref();
        let comment = wanted.and_then(|role| role.comment.as_deref()).or_else(stored);
        comment.map(read).unwrap_or_default()
    }

    fn lines(&self, ids: impl Iterator<Item = CauseId>) -> Option<Origin<'a>> {
        let intent = self.intent?;
        let mut lines: Vec<&Cause> = ids.filter_map(|id| intent.cause(id)).collect();
        lines.sort();
        lines.dedup();
        (!lines.is_empty()).then_some(Origin::Lines(lines))
    }

    /// True if the model says all that there is to say about the role.
    fn speaks_of(&self, role: &RoleName) -> bool {
        let Some(intent) = self.intent else { return false };
        intent.roles.contains_key(role) || intent.absent.contains_key(role)
    }

    fn missing(&self, role: &RoleName) -> Origin<'a> {
        if self.speaks_of(role) { Origin::Unwanted } else { Origin::Unknown }
    }

    fn role(&self, role: &RoleName, attribute: &'static str) -> Origin<'a> {
        if *role == self.observed.at.root {
            return Origin::BuiltIn("the role that the cluster was born with");
        }
        let attribute = Attribute::known(attribute);
        let wanted = self.intent.and_then(|intent| intent.roles.get(role));
        let wanted = wanted.filter(|role| role.attributes.get(&attribute) == Some(&Value::Flag(true)));
        let line = wanted.and_then(|role| self.lines(std::iter::once(role.cause)));
        line.unwrap_or_else(|| self.missing(role))
    }

    fn membership(&self, member: &RoleName, way: Way, role: &RoleName) -> Origin<'a> {
        let gives = |powers: &model::MemberPowers| match way {
            Way::Inherits => powers.inherit,
            Way::Becomes => powers.set,
            Way::Administers => powers.admin,
        };
        let wanted = self.intent.into_iter().flat_map(|intent| &intent.members);
        let wanted =
            wanted.filter(|wanted| wanted.role == *role && wanted.member == *member && gives(&wanted.powers));
        if let Some(lines) = self.lines(wanted.map(|wanted| wanted.cause)) {
            return lines;
        }
        let stands =
            self.observed.access.members.keys().any(|key| key.role == *role && key.member == *member);
        if stands {
            return self.missing(member);
        }
        Origin::BuiltIn(if way == Way::Administers {
            "CREATEROLE hands out every role before version 16"
        } else {
            "a database's owner is a member of it in that database"
        })
    }

    fn holds(&self, source: &Source, permission: &Permission) -> Origin<'a> {
        match &source.basis {
            Basis::Granted { by } => self.granted(source, &permission.operation, by),
            Basis::MayHandOn => self.granted(source, &permission.operation, &Grantor::Owner),
            Basis::Owner | Basis::OwnerMayGrant => self.owned(source),
            Basis::MasterKey => Origin::BuiltIn("what this role stands for"),
        }
    }

    fn granted(&self, source: &Source, operation: &Operation, by: &Grantor) -> Origin<'a> {
        let grants = self.intent.into_iter().flat_map(|intent| &intent.grants);
        let wanted = grants.filter(|grant| {
            let operations = &grant.operations;
            let says = operations.contains(operation) || operations.iter().any(|one| one.as_str() == "all");
            says && grant.to == source.who && names(&grant.on, &grant.columns, &source.on)
        });
        if let Some(lines) = self.lines(wanted.map(|grant| grant.cause)) {
            return lines;
        }
        let holder = Holder { to: source.who.clone(), by: by.clone() };
        let gives = |acl: &model::Acl| acl.get(&holder).is_some_and(|held| held.get(operation).is_some());
        let owner = self.observed.access.owners.get(&source.on);
        let by_birth = owner.map(|owner| self.dialect.default_entries(&source.on, owner));
        let baseline = self.observed.catalogue.baselines.get(&source.on);
        if baseline.map_or_else(|| by_birth.as_ref().is_some_and(gives), gives) {
            return Origin::BuiltIn("so it is until somebody revokes it");
        }
        match &source.who {
            Principal::Role(role) => self.missing(role),
            Principal::Public => Origin::Unknown,
        }
    }

    fn owned(&self, source: &Source) -> Origin<'a> {
        let owns = self.intent.into_iter().flat_map(|intent| &intent.owns);
        let wanted = owns.filter(|owns| {
            Principal::Role(owns.owner.clone()) == source.who && names(&owns.on, &[], &source.on)
        });
        self.lines(wanted.map(|owns| owns.cause)).unwrap_or(Origin::Unknown)
    }
}

/// True if the objects named, or these columns of them, are meant to include the object.
fn names(on: &NamedObjects, columns: &[Name], object: &Arc<Object>) -> bool {
    let mut path = object.path.as_slice();
    let mut kind = object.kind.as_str();
    if kind == "column" {
        let Some((column, table)) = path.split_last() else { return false };
        if !columns.is_empty() && !columns.contains(column) {
            return false;
        }
        (path, kind) = (table, "table");
    } else if !columns.is_empty() {
        return false;
    }
    let arguments = |pattern: &model::Pattern| match (&pattern.arguments, &object.arguments) {
        (Some(wanted), Some(have)) => wanted == have,
        (Some(_), None) => false,
        (None, _) => true,
    };
    on.kind.as_str() == kind
        && on.database.as_ref() == object.database()
        && on.names.iter().any(|pattern| pattern.matches_path(path) && arguments(pattern))
        && !on.except.iter().any(|pattern| pattern.matches_path(path) && arguments(pattern))
}

/// Purpose and owner out of a role's comment: raw text, then one line for programs.
fn read(comment: &str) -> Answerable {
    let (purpose, trailer) = match comment.rsplit_once('\n') {
        Some((purpose, last)) if last.starts_with("rolewright/1") => (purpose, last),
        None if comment.starts_with("rolewright/1") => ("", comment),
        _ => (comment, ""),
    };
    let owner = trailer.split_once(" owner=").map(|(_, rest)| match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default().to_owned(),
        None => rest.split(' ').next().unwrap_or_default().to_owned(),
    });
    let purpose = Some(purpose.trim().to_owned()).filter(|purpose| !purpose.is_empty());
    Answerable { purpose, owner }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn purpose_and_owner_are_read_out_of_a_comment() {
        let found = read("Reads orders.\nFor support.\nrolewright/1 owner=\"Commerce Team\" boundary=reader");
        assert_eq!(found.purpose.as_deref(), Some("Reads orders.\nFor support."));
        assert_eq!(found.owner.as_deref(), Some("Commerce Team"));
        assert_eq!(read("rolewright/1 owner=x@y").owner.as_deref(), Some("x@y"));
        assert_eq!(read("Somebody wrote this.").purpose.as_deref(), Some("Somebody wrote this."));
    }
}
