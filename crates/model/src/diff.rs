//! The difference between what is desired and what was observed, as typed changes.

use crate::{
    Access, Acl, Attribute, Desired, Dialect, Future, FutureKey, Grantor, Held, Holder, MappingKey,
    MemberKey, MemberPowers, Name, Object, Observed, Policy, PolicyKey, Principal, Role, RoleName,
    RowSecurity, Secret, SettingKey, Value, Verifier,
};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::thread;

/// One fact that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // Each variant reads as its name: the fact's key, what it was, what it becomes.
pub enum Change {
    /// A role comes to exist, with the attributes given and no comment yet.
    CreateRole { role: RoleName, attributes: BTreeMap<Attribute, Value>, verifier: Verifier },
    /// An attribute of a role.
    Attribute { role: RoleName, attribute: Attribute, from: Value, to: Value },
    /// A role's password verifier.
    Password { role: RoleName, to: Verifier },
    /// A role's comment.
    Comment { role: RoleName, from: Option<String>, to: Option<String> },
    /// A setting.
    Setting { key: SettingKey, from: Option<String>, to: Option<String> },
    /// A membership.
    Member { key: MemberKey, from: Option<MemberPowers>, to: Option<MemberPowers> },
    /// An object's owner.
    Owner { on: Arc<Object>, from: RoleName, to: RoleName },
    /// An entry. `from` is what stands after the changes of owner.
    Entry { on: Arc<Object>, to: Principal, by: Grantor, from: Held, into: Held },
    /// An entry of default privileges.
    Future { key: FutureKey, to: Principal, from: Held, into: Held },
    /// A table's row security.
    RowSecurity { on: Arc<Object>, from: RowSecurity, to: RowSecurity },
    /// A policy.
    Policy { key: PolicyKey, from: Option<Policy>, to: Option<Policy> },
    /// A user mapping and its options.
    Mapping { key: MappingKey, from: Option<BTreeMap<Name, Secret>>, to: Option<BTreeMap<Name, Secret>> },
    /// The sessions end that have logged in as a role. A step of taking a role down, never a difference.
    EndSessions { role: RoleName },
    /// A role ceases to exist.
    DropRole { role: RoleName },
}

/// All that changes, in a fixed order.
pub type Changes = Vec<Change>;

/// Compares. Facts that are not claimed are passed over.
#[must_use]
pub fn diff(dialect: &dyn Dialect, desired: &Desired, observed: &Observed) -> Changes {
    // Who there is, and who holds what: neither needs the other, and each is half of the work.
    thread::scope(|scope| {
        let who = scope.spawn(|| {
            let mut changes = Changes::new();
            roles(desired, &observed.access, &mut changes);
            settings(desired, &observed.access, &mut changes);
            members(desired, &observed.access, &mut changes);
            changes
        });
        let mut what = Changes::new();
        owners(desired, &observed.access, &mut what);
        entries(dialect, desired, observed, &mut what);
        future(dialect, desired, &observed.access, &mut what);
        rows(desired, &observed.access, &mut what);
        policies(desired, &observed.access, &mut what);
        mappings(desired, &observed.access, &mut what);
        dropped(desired, &observed.access, &mut what);
        let mut changes = who.join().unwrap_or_else(|broken| std::panic::resume_unwind(broken));
        changes.append(&mut what);
        changes
    })
}

fn roles(desired: &Desired, observed: &Access, changes: &mut Changes) {
    for (name, wanted) in &desired.access.roles {
        match observed.roles.get(name) {
            None => {
                changes.push(Change::CreateRole {
                    role: name.clone(),
                    attributes: wanted.attributes.clone(),
                    verifier: wanted.verifier.clone(),
                });
                comment(desired, name, wanted, None, changes);
            }
            Some(have) => {
                let before = changes.len();
                attributes(name, wanted, have, changes);
                if changes.len() > before && desired.quarantined.contains_key(name) {
                    // Whether it has a password is not always to be seen: it has none afterwards.
                    changes.push(Change::Password { role: name.clone(), to: Verifier::None });
                }
                comment(desired, name, wanted, have.comment.as_ref(), changes);
            }
        }
    }
}

fn attributes(name: &RoleName, wanted: &Role, have: &Role, changes: &mut Changes) {
    for (attribute, to) in &wanted.attributes {
        let from = have.attributes.get(attribute).cloned().unwrap_or(Value::Unset);
        if from != *to {
            changes.push(Change::Attribute {
                role: name.clone(),
                attribute: attribute.clone(),
                from,
                to: to.clone(),
            });
        }
    }
    if wanted.verifier != Verifier::Unknown
        && have.verifier != Verifier::Unknown
        && wanted.verifier != have.verifier
    {
        changes.push(Change::Password { role: name.clone(), to: wanted.verifier.clone() });
    }
}

fn comment(desired: &Desired, name: &RoleName, wanted: &Role, have: Option<&String>, changes: &mut Changes) {
    if wanted.comment.as_ref() != have && desired.claims.comment(name) {
        changes.push(Change::Comment { role: name.clone(), from: have.cloned(), to: wanted.comment.clone() });
    }
}

fn settings(desired: &Desired, observed: &Access, changes: &mut Changes) {
    for (key, to, from) in side_by_side(&desired.access.settings, &observed.settings) {
        if from != to && desired.claims.setting(key) {
            changes.push(Change::Setting { key: key.clone(), from: from.cloned(), to: to.cloned() });
        }
    }
}

fn members(desired: &Desired, observed: &Access, changes: &mut Changes) {
    for (key, to, from) in side_by_side(&desired.access.members, &observed.members) {
        if from != to && desired.claims.member(key) {
            changes.push(Change::Member { key: key.clone(), from: from.copied(), to: to.copied() });
        }
    }
}

fn owners(desired: &Desired, observed: &Access, changes: &mut Changes) {
    for (on, to) in &desired.access.owners {
        if let Some(from) = observed.owners.get(on)
            && from != to
            && desired.claims.owner(on)
        {
            changes.push(Change::Owner { on: on.clone(), from: from.clone(), to: to.clone() });
        }
    }
}

fn entries(dialect: &dyn Dialect, desired: &Desired, observed: &Observed, changes: &mut Changes) {
    let empty = Acl::new();
    let unmoved = desired.access.owners.is_empty() && !desired.claims.everything();
    let mut alike: HashSet<(usize, usize)> = HashSet::new();
    for (on, wanted, standing) in side_by_side(&desired.access.entries, &observed.access.entries) {
        if let (true, Some(standing)) = (unmoved, standing) {
            let wanted = wanted.unwrap_or(&empty);
            let pair = (wanted.place(), standing.place());
            if !alike.contains(&pair)
                && !of_unmoved(dialect, desired, observed, (on, wanted, standing), changes)
            {
                alike.insert(pair);
            }
            continue;
        }
        // Of an object without an owner of its own, the owner of what it belongs to.
        let owned =
            dialect.owned_with(on).map_or_else(|| Cow::Borrowed(on), |with| Cow::Owned(Arc::new(with)));
        let before = observed.access.owners.get(&*owned);
        let owner = desired.access.owners.get(&*owned).filter(|_| desired.claims.owner(&owned)).or(before);
        let standing = match standing {
            Some(acl) => Cow::Borrowed(acl),
            None => Cow::Owned(unlisted(dialect, observed, on, before.or(owner))),
        };
        let standing = match (before, owner) {
            (Some(from), Some(to)) if from != to => Cow::Owned(dialect.after_ownership(&standing, from, to)),
            _ => standing,
        };
        let wanted = match (wanted, desired.claims.everything()) {
            (Some(acl), _) => Cow::Borrowed(acl),
            (None, false) => Cow::Borrowed(&empty),
            (None, true) => Cow::Owned(unlisted(dialect, observed, on, owner)),
        };
        of_one(
            on,
            &wanted,
            &standing,
            |holder| desired.claims.entry(on, &holder.to, &holder.by, owner),
            changes,
        );
    }
}

/// An object whose owner stays, in a model that moves no owner: most objects of most plans. Who owns it is
/// asked only where something differs; false if nothing does, whose entries these ever are.
fn of_unmoved(
    dialect: &dyn Dialect,
    desired: &Desired,
    observed: &Observed,
    (on, wanted, standing): (&Arc<Object>, &Acl, &Acl),
    changes: &mut Changes,
) -> bool {
    let differs = |(holder, into, from): (&Holder, Option<&Held>, Option<&Held>)| {
        from != into && desired.claims.speaks_of(&holder.to)
    };
    if !side_by_side(wanted, standing).any(differs) {
        return false;
    }
    let owned = dialect.owned_with(on).map(Arc::new);
    let owner = observed.access.owners.get(owned.as_ref().unwrap_or(on));
    of_one(on, wanted, standing, |holder| desired.claims.entry(on, &holder.to, &holder.by, owner), changes);
    true
}

fn of_one(
    on: &Arc<Object>,
    wanted: &Acl,
    standing: &Acl,
    claimed: impl Fn(&Holder) -> bool,
    changes: &mut Changes,
) {
    for (holder, into, from) in side_by_side(wanted, standing) {
        if from != into && claimed(holder) {
            changes.push(Change::Entry {
                on: on.clone(),
                to: holder.to.clone(),
                by: holder.by.clone(),
                from: from.cloned().unwrap_or_default(),
                into: into.cloned().unwrap_or_default(),
            });
        }
    }
}

/// The entries of an object that the look did not list because nothing on it differs from its beginning.
fn unlisted(dialect: &dyn Dialect, observed: &Observed, on: &Arc<Object>, owner: Option<&RoleName>) -> Acl {
    match (observed.catalogue.baselines.get(on), owner) {
        (Some(baseline), _) => baseline.clone(),
        (None, Some(owner)) => dialect.default_entries(on, owner),
        (None, None) => Acl::new(),
    }
}

fn future(dialect: &dyn Dialect, desired: &Desired, observed: &Access, changes: &mut Changes) {
    for key in union(&desired.access.future, &observed.future) {
        let unchanged: std::cell::OnceCell<Future> = std::cell::OnceCell::new();
        let at = |access: &'_ Access| -> Future {
            access
                .future
                .get(key)
                .cloned()
                .unwrap_or_else(|| unchanged.get_or_init(|| dialect.default_future(key)).clone())
        };
        let standing = at(observed);
        let wanted = match (desired.access.future.get(key), desired.claims.everything()) {
            (None, false) => Future::new(),
            _ => at(&desired.access),
        };
        for (to, into, from) in side_by_side(&wanted, &standing) {
            if from != into && desired.claims.future(key, to) {
                changes.push(Change::Future {
                    key: key.clone(),
                    to: to.clone(),
                    from: from.cloned().unwrap_or_default(),
                    into: into.cloned().unwrap_or_default(),
                });
            }
        }
    }
}

fn rows(desired: &Desired, observed: &Access, changes: &mut Changes) {
    if !desired.claims.everything() {
        return;
    }
    for on in union(&desired.access.row_security, &observed.row_security) {
        let at = |access: &Access| access.row_security.get(on).copied().unwrap_or_default();
        let (from, to) = (at(observed), at(&desired.access));
        if from != to {
            changes.push(Change::RowSecurity { on: on.clone(), from, to });
        }
    }
}

fn policies(desired: &Desired, observed: &Access, changes: &mut Changes) {
    for (key, to, from) in side_by_side(&desired.access.policies, &observed.policies) {
        if from != to && desired.claims.policy(key) {
            changes.push(Change::Policy { key: key.clone(), from: from.cloned(), to: to.cloned() });
        }
    }
}

fn mappings(desired: &Desired, observed: &Access, changes: &mut Changes) {
    for (key, to, from) in side_by_side(&desired.access.mappings, &observed.mappings) {
        if !desired.claims.mapping(key) {
            continue;
        }
        if to.is_none() && !desired.claims.everything() {
            // It goes with its role, whatever its options are.
            changes.push(Change::Mapping { key: key.clone(), from: Some(BTreeMap::new()), to: None });
            continue;
        }
        let unreadable = matches!(from, Some(None)) || matches!(to, Some(None));
        if from != to && !unreadable {
            let options = |side: Option<&Option<BTreeMap<Name, Secret>>>| side.cloned().flatten();
            changes.push(Change::Mapping { key: key.clone(), from: options(from), to: options(to) });
        }
    }
}

fn dropped(desired: &Desired, observed: &Access, changes: &mut Changes) {
    for role in observed.roles.keys() {
        if desired.claims.role(role) && !desired.access.roles.contains_key(role) {
            changes.push(Change::DropRole { role: role.clone() });
        }
    }
}

/// The keys of both maps in order.
fn union<'a, K: Ord, A, B>(a: &'a BTreeMap<K, A>, b: &'a BTreeMap<K, B>) -> impl Iterator<Item = &'a K> {
    side_by_side(a, b).map(|(key, ..)| key)
}

/// The keys of both maps in order, each with what either map has for it.
fn side_by_side<'a, K: Ord, A, B>(
    a: &'a BTreeMap<K, A>,
    b: &'a BTreeMap<K, B>,
) -> impl Iterator<Item = (&'a K, Option<&'a A>, Option<&'a B>)> {
    let mut a = a.iter().peekable();
    let mut b = b.iter().peekable();
    std::iter::from_fn(move || {
        let first = match (a.peek(), b.peek()) {
            (Some((x, _)), Some((y, _))) => x.cmp(y),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return None,
        };
        match first {
            Ordering::Less => a.next().map(|(key, left)| (key, Some(left), None)),
            Ordering::Greater => b.next().map(|(key, right)| (key, None, Some(right))),
            Ordering::Equal => {
                let right = b.next().map(|(_, right)| right);
                a.next().map(|(key, left)| (key, Some(left), right))
            }
        }
    })
}
