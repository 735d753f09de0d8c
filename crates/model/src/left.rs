//! What a look saw and the model does not claim: it is reported and never changed.

use crate::{
    Acl, Attribute, Catalogue, Claims, DatabaseName, Desired, Dialect, Existing, FutureKey, FutureScope,
    Grantor, Held, Holder, Kind, MemberKey, MemberPowers, NamedClaims, Object, Observed, Principal, RoleName,
    Value,
};
use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

/// How much of a target the model leaves alone. What comes with the engine, and an owner's own entries, do not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Left {
    /// Databases of the cluster that were not looked at.
    pub databases: BTreeSet<DatabaseName>,
    /// Roles that are not the model's.
    pub roles: usize,
    /// Those of them that can log in.
    pub logins: usize,
    /// Their memberships.
    pub memberships: usize,
    /// Those of them that are in a role of the model.
    pub in_model: usize,
    /// Entries that they hold on objects.
    pub entries: usize,
    /// Entries that they hold in default privileges.
    pub future: usize,
    /// Objects that roles of the model own and the model does not name under what they own.
    pub owned: usize,
    /// Entries of everybody that nothing claims, where they are more than at the beginning.
    pub public: usize,
    /// Each of these, if a listing was asked for.
    pub listing: Vec<LeftOne>,
}

/// One thing that is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOne {
    /// What kind of thing.
    pub kind: LeftKind,
    /// Whose it is.
    pub who: Principal,
    /// It in words.
    pub what: String,
    /// It itself.
    pub fact: LeftFact,
}

/// A fact that is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftFact {
    /// There is a role.
    Role(RoleName),
    /// A role is a member of another.
    Member(MemberKey, MemberPowers),
    /// An object is a role's.
    Owned(Arc<Object>),
    /// An entry on an object.
    Entry(Arc<Object>, Holder, Held),
    /// An entry in default privileges.
    Future(FutureKey, Held),
}

/// What kind of thing is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftKind {
    /// A role.
    Role,
    /// A membership in a role of the model.
    MembershipInModel,
    /// Another membership.
    Membership,
    /// An object that a role of the model owns.
    Owned,
    /// An entry of a role.
    Entry,
    /// An entry of everybody.
    Public,
    /// An entry in default privileges.
    Future,
}

impl Left {
    /// True if the model claims all that there is.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Goes through what was observed once, in order.
    #[must_use]
    pub fn of(dialect: &dyn Dialect, desired: &Desired, observed: &Observed, listing: bool) -> Self {
        let Claims::Named(named) = &desired.claims else { return Self::default() };
        let mut counting = Counting {
            dialect,
            observed,
            claims: &desired.claims,
            named,
            ours: named.roles.iter().collect(),
            public_by_kind: Vec::new(),
            listing,
            left: Left { databases: observed.not_looked_at.clone(), ..Left::default() },
        };
        counting.roles();
        counting.memberships();
        counting.owned();
        counting.entries();
        counting.future();
        counting.left
    }
}

struct Counting<'a> {
    dialect: &'a dyn Dialect,
    observed: &'a Observed,
    claims: &'a Claims,
    named: &'a NamedClaims,
    ours: HashSet<&'a RoleName>,
    /// What PUBLIC holds on an object of a kind when nobody has changed it.
    public_by_kind: Vec<(Kind, Held)>,
    listing: bool,
    left: Left,
}

impl<'a> Counting<'a> {
    fn roles(&mut self) {
        let login = Attribute::known("login");
        for (name, role) in &self.observed.access.roles {
            if self.ours.contains(name) || self.engines_own(name) {
                continue;
            }
            self.left.roles += 1;
            let can_log_in = role.attributes.get(&login) == Some(&Value::Flag(true));
            self.left.logins += usize::from(can_log_in);
            self.list((LeftKind::Role, name), || {
                let what = format!("role {name}{}", if can_log_in { ", which can log in" } else { "" });
                (what, LeftFact::Role(name.clone()))
            });
        }
    }

    fn memberships(&mut self) {
        for (key, powers) in &self.observed.access.members {
            let MemberKey { role, member, .. } = key;
            if self.claims.member(key) || self.named.implicit.contains(key) || self.engines_own(member) {
                continue;
            }
            self.left.memberships += 1;
            let ours = self.ours.contains(role);
            self.left.in_model += usize::from(ours);
            let kind = if ours { LeftKind::MembershipInModel } else { LeftKind::Membership };
            self.list((kind, member), || {
                (format!("{member} is a member of {role}"), LeftFact::Member(key.clone(), *powers))
            });
        }
    }

    fn owned(&mut self) {
        let catalogue = &self.observed.catalogue;
        let mut claimed = self.named.owned.iter().peekable();
        let mut known = catalogue.objects.iter().peekable();
        // Thousands of objects in a row have one owner.
        let mut last: Option<(&RoleName, bool)> = None;
        for (on, owner) in &self.observed.access.owners {
            let ours = match last {
                Some((known, ours)) if known == owner => ours,
                _ => self.ours.contains(owner),
            };
            last = Some((owner, ours));
            if !ours {
                continue;
            }
            while claimed.next_if(|object| *object < on).is_some() {}
            while known.next_if(|(object, _)| *object < on).is_some() {}
            let existing = known.peek().filter(|(object, _)| *object == on).map(|(_, existing)| *existing);
            if claimed.peek() == Some(&on) || existing.is_some_and(comes_along) {
                continue;
            }
            self.left.owned += 1;
            self.list((LeftKind::Owned, owner), || {
                (format!("{owner} owns {}", Placed(on)), LeftFact::Owned(on.clone()))
            });
        }
    }

    fn entries(&mut self) {
        let mut owners = self.observed.access.owners.iter().peekable();
        // Entries in which all is claimed say nothing wherever they stand, under one owner.
        let mut quiet: HashSet<(usize, Option<&RoleName>)> = HashSet::new();
        for (on, acl) in &self.observed.access.entries {
            while owners.next_if(|(object, _)| *object < on).is_some() {}
            let owner = owners.peek().filter(|(object, _)| *object == on).map(|(_, owner)| *owner);
            if quiet.contains(&(acl.place(), owner)) {
                continue;
            }
            let mut spoken = false;
            for (holder, held) in acl {
                match &holder.to {
                    Principal::Role(role) if Some(role) == owner || self.ours.contains(role) => continue,
                    Principal::Role(_) => self.of_another(on, holder, held),
                    Principal::Public => self.of_public(on, owner, holder, held),
                }
                spoken = true;
            }
            if !spoken {
                quiet.insert((acl.place(), owner));
            }
        }
    }

    fn of_another(&mut self, on: &Arc<Object>, holder: &Holder, held: &Held) {
        let Principal::Role(role) = &holder.to else { return };
        if began_with(&self.observed.catalogue, on, holder) == Some(held) || self.owns_with(on, role) {
            return;
        }
        self.left.entries += 1;
        self.list((LeftKind::Entry, role), || {
            let what = format!("{role} holds {} on {}", Operations(held), Placed(on));
            (what, LeftFact::Entry(on.clone(), holder.clone(), held.clone()))
        });
    }

    fn of_public(&mut self, on: &Arc<Object>, owner: Option<&RoleName>, holder: &Holder, held: &Held) {
        let unchanged = match self.observed.catalogue.baselines.get(on) {
            Some(baseline) => baseline.get(holder).is_some_and(|began| began.contains(held)),
            None => {
                holder.by == Grantor::Owner && owner.is_some_and(|owner| self.in_default(on, owner, held))
            }
        };
        if unchanged || self.named.public.contains(on) {
            return;
        }
        self.left.public += 1;
        self.list_one(LeftKind::Public, &Principal::Public, || {
            let what = format!("PUBLIC holds {} on {}", Operations(held), Placed(on));
            (what, LeftFact::Entry(on.clone(), holder.clone(), held.clone()))
        });
    }

    /// Does PUBLIC hold this on such an object when nobody has changed it? It is the same for all of a kind.
    fn in_default(&mut self, on: &Arc<Object>, owner: &RoleName, held: &Held) -> bool {
        if let Some((_, default)) = self.public_by_kind.iter().find(|(kind, _)| *kind == on.kind) {
            return default.contains(held);
        }
        let entries = self.dialect.default_entries(on, owner);
        let public = Holder { to: Principal::Public, by: Grantor::Owner };
        let default = entries.get(&public).cloned().unwrap_or_default();
        let within = default.contains(held);
        self.public_by_kind.push((on.kind.clone(), default));
        within
    }

    fn future(&mut self) {
        for (key, entries) in &self.observed.access.future {
            let default = self.dialect.default_future(key);
            for (to, held) in entries {
                let own = matches!(to, Principal::Role(role) if *role == key.creator);
                if own || self.claims.future(key, to) || default.get(to) == Some(held) {
                    continue;
                }
                self.left.future += 1;
                self.list_one(LeftKind::Future, to, || {
                    let (operations, kind, creator) = (Operations(held), &key.kind, &key.creator);
                    let what = format!(
                        "{to} is to hold {operations} on each {kind} that {creator} makes in {}",
                        place(key)
                    );
                    (what, LeftFact::Future(key.clone(), held.clone()))
                });
            }
        }
    }

    /// A column is its table's owner's.
    fn owns_with(&self, on: &Object, role: &RoleName) -> bool {
        let with = self.dialect.owned_with(on);
        with.is_some_and(|with| self.observed.access.owners.get(&with) == Some(role))
    }

    fn engines_own(&self, role: &RoleName) -> bool {
        let reserved = &self.dialect.vocabulary().reserved_prefixes;
        *role == self.observed.at.root || reserved.iter().any(|prefix| role.as_str().starts_with(prefix))
    }

    fn list(&mut self, (kind, who): (LeftKind, &RoleName), line: impl FnOnce() -> (String, LeftFact)) {
        if self.listing {
            self.list_one(kind, &Principal::Role(who.clone()), line);
        }
    }

    fn list_one(&mut self, kind: LeftKind, who: &Principal, line: impl FnOnce() -> (String, LeftFact)) {
        if self.listing {
            let (what, fact) = line();
            self.left.listing.push(LeftOne { kind, who: who.clone(), what, fact });
        }
    }
}

/// It is there because of something else: the engine, an extension, a table.
fn comes_along(existing: &Existing) -> bool {
    existing.system || existing.extension.is_some() || existing.follows_table
}

fn began_with<'c>(catalogue: &'c Catalogue, on: &Arc<Object>, holder: &Holder) -> Option<&'c Held> {
    catalogue.baselines.get(on).and_then(|baseline: &Acl| baseline.get(holder))
}

/// Where new objects get these default privileges.
fn place(key: &FutureKey) -> String {
    match &key.scope {
        FutureScope::Replaces(database) => format!("database {database}"),
        FutureScope::AddsIn(container) => Placed(container).to_string(),
    }
}

/// An object with the database that it is in.
struct Placed<'a>(&'a Object);

impl fmt::Display for Placed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.database() {
            Some(database) => write!(f, "{} in database {database}", self.0),
            None => write!(f, "{}", self.0),
        }
    }
}

/// What is held, in words.
struct Operations<'a>(&'a Held);

impl fmt::Display for Operations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (operation, delegable)) in self.0.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(f, "{comma}{operation}{}", if delegable { " with grant option" } else { "" })?;
        }
        Ok(())
    }
}
