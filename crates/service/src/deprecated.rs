//! Deprecated roles take no new assignments: who would be given one anew, themselves or through a role that has it.

use access::Reach;
use model::{
    Access, Attribute, Change, Changes, Deprecated, Intent, MemberKey, MemberPowers, Observed, Refusal,
    RoleName, Value,
};
use std::collections::{BTreeMap, BTreeSet};

/// Deprecated roles that somebody would be given who does not have them yet. Where the role itself is still to be made, its
/// members come with it.
pub(crate) fn given_anew(intent: &Intent, changes: &Changes, observed: &Observed) -> Vec<Refusal> {
    let standing = intent.deprecated.iter().filter(|(role, _)| observed.access.roles.contains_key(*role));
    let mut standing = standing.peekable();
    if standing.peek().is_none() || !changes.iter().any(gives) {
        return Vec::new();
    }
    let judging = Judging { intent, observed, changes, after: after(changes, observed) };
    standing.filter_map(|(role, deprecated)| judging.of_role(role, deprecated)).collect()
}

fn gives(change: &Change) -> bool {
    matches!(change, Change::Member { to: Some(_), .. })
}

/// The memberships as the plan leaves them.
pub(crate) fn after(changes: &Changes, observed: &Observed) -> BTreeMap<MemberKey, MemberPowers> {
    let mut members = observed.access.members.clone();
    for change in changes {
        match change {
            Change::Member { key, to: Some(powers), .. } => drop(members.insert(key.clone(), *powers)),
            Change::Member { key, to: None, .. } => drop(members.remove(key)),
            _ => {}
        }
    }
    members
}

struct Judging<'a> {
    intent: &'a Intent,
    observed: &'a Observed,
    changes: &'a Changes,
    after: BTreeMap<MemberKey, MemberPowers>,
}

impl Judging<'_> {
    fn of_role(&self, role: &RoleName, deprecated: &Deprecated) -> Option<Refusal> {
        let direct = self.direct(role, deprecated);
        let through = self.through(role, deprecated, &direct);
        if direct.is_empty() && through.is_empty() {
            return None;
        }
        let instead = deprecated.replaced_by.as_ref().map_or("another role".to_owned(), ToString::to_string);
        let to: Vec<String> = direct
            .iter()
            .map(ToString::to_string)
            .chain(through.iter().map(|(login, by)| format!("{login} (through {by})")))
            .collect();
        let roles: BTreeSet<&String> = through.values().collect();
        let about = match roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => "who is given it".to_owned(),
            roles if direct.is_empty() => format!("{roles}, which has it"),
            roles => format!("who is given it, and about {roles}"),
        };
        Some(Refusal {
            code: "RW341",
            what: format!("{role} is deprecated and would be given anew to {}", to.join(", ")),
            help: format!("give {instead} instead; or let somebody accept RW143 about {about}, until a day"),
        })
    }

    /// Who becomes a member of the role itself.
    fn direct(&self, role: &RoleName, deprecated: &Deprecated) -> BTreeSet<&RoleName> {
        let has = |member: &RoleName| {
            self.observed.access.members.keys().any(|key| key.role == *role && key.member == *member)
        };
        let given = self.changes.iter().filter_map(|change| match change {
            Change::Member { key, from: None, to: Some(_) } if key.role == *role => Some(&key.member),
            _ => None,
        });
        given.filter(|member| !has(member) && !deprecated.tolerated.contains(*member)).collect()
    }

    /// The logins that get to the role through another one and did not before, with the member of the role through which.
    /// Whoever accepts that the other role has it accepts that its members have.
    fn through(
        &self,
        role: &RoleName,
        deprecated: &Deprecated,
        direct: &BTreeSet<&RoleName>,
    ) -> BTreeMap<&RoleName, String> {
        let accepted = |key: &MemberKey| {
            key.role == *role && (direct.contains(&key.member) || deprecated.tolerated.contains(&key.member))
        };
        let members = self.after.iter().filter(|(key, _)| !accepted(key));
        let members = members.map(|(key, powers)| (key.clone(), *powers)).collect();
        let access = Access { members, ..Access::default() };
        let (now, then) = (Reach::of(&self.observed.access), Reach::of(&access));
        let mut through = BTreeMap::new();
        for login in self.touched().into_iter().filter(|role| self.logs_in(role)) {
            if now.privileges(login).contains_key(role) {
                continue;
            }
            let privileges = then.privileges(login);
            let by = privileges.get(role).and_then(access::Path::last_membership).map(|(member, _)| member);
            if let Some(by) = by.filter(|by| *by != login) {
                through.insert(login, by.to_string());
            }
        }
        through
    }

    /// Whoever is given a membership, and everybody who has it through them.
    fn touched(&self) -> BTreeSet<&RoleName> {
        let mut members: BTreeMap<&RoleName, Vec<&RoleName>> = BTreeMap::new();
        for key in self.after.keys() {
            members.entry(&key.role).or_default().push(&key.member);
        }
        let given = self.changes.iter().filter_map(|change| match change {
            Change::Member { key, to: Some(_), .. } => Some(&key.member),
            _ => None,
        });
        let (mut touched, mut next) = (BTreeSet::new(), given.collect::<Vec<_>>());
        while let Some(role) = next.pop() {
            if touched.insert(role) {
                next.extend(members.get(role).into_iter().flatten());
            }
        }
        touched
    }

    /// True for a role that logs in once the plan is carried out.
    fn logs_in(&self, role: &RoleName) -> bool {
        let login = Attribute::known("login");
        let wanted = self.intent.roles.get(role).map(|role| role.attributes.get(&login));
        let standing = || self.observed.access.roles.get(role).and_then(|role| role.attributes.get(&login));
        wanted.unwrap_or_else(standing) == Some(&Value::Flag(true))
    }
}
