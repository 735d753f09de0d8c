//! The facts behind a finding, all of them, as one digest: what an exception to it is bound to.
//!
//! A finding shows some of its facts, in words. The digest is over every one, in a form of its own: each entry with its
//! object, operations, options and grantor, so that nothing that is added, widened or put in another's place leaves it as it
//! was, and neither another wording nor another order changes it. Each fact is digested when it is told, and of a hundred
//! thousand no more is kept than 32 bytes each, until the finding is made.

use access::{Path, Way};
use model::{
    Attribute, Basis, Change, DatabaseName, FutureKey, FutureScope, Gain, Grantor, Held, Holder, Kind,
    MemberKey, MemberPowers, Name, Object, Operation, Permission, Place, Principal, RoleName, RowSecurity,
    SettingKey, Value,
};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::sync::Arc;

/// How many bytes of a digest are its print: nobody finds two sets of facts with the same hundred and twenty-eight bits.
const PRINTED: usize = 16;

/// The digest of a set of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// As an exception says it, in hexadecimal digits.
    #[must_use]
    pub fn print(&self) -> String {
        let bytes = self.0.iter().take(PRINTED);
        bytes.fold(String::with_capacity(2 * PRINTED), |mut print, byte| {
            // Writing to a String cannot fail.
            let _ = write!(print, "{byte:02x}");
            print
        })
    }
}

/// Facts as they are gathered. Two with the same facts have one digest, in whatever order and how often they were told.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    told: Vec<[u8; 32]>,
    room: Vec<u8>,
}

impl Facts {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One fact: what it says, and of what.
    pub fn add(&mut self, says: &'static str, of: &[&dyn Fact]) {
        self.room.clear();
        says.put(&mut self.room);
        for part in of {
            part.put(&mut self.room);
        }
        self.told.push(Sha256::digest(&self.room).into());
    }

    /// One fact for each of several.
    pub fn each<T: Fact>(&mut self, says: &'static str, all: impl IntoIterator<Item = T>) {
        for one in all {
            self.add(says, &[&one]);
        }
    }

    /// These, and one more.
    #[must_use]
    pub fn with(mut self, says: &'static str, of: &[&dyn Fact]) -> Self {
        self.add(says, of);
        self
    }

    /// What is held on an object, by whom and from whom.
    pub fn entry(&mut self, on: &Object, holder: &Holder, held: &Held) {
        self.add("holds", &[&on, holder, held]);
    }

    /// A membership and what it gives.
    pub fn member(&mut self, key: &MemberKey, powers: MemberPowers) {
        self.add("is a member", &[key, &powers]);
    }

    /// By how much a change differs from what stands, and where a value stands, that value.
    pub fn difference(&mut self, change: &Change) {
        match change {
            Change::CreateRole { role, .. } => self.add("does not exist", &[role]),
            Change::DropRole { role } => self.add("exists", &[role]),
            Change::Attribute { role, attribute, from, to } => {
                self.add("is, and is to be", &[role, attribute, from, to]);
            }
            Change::Password { role, .. } => self.add("another password", &[role]),
            Change::Comment { role, from, .. } => self.add("comment", &[role, from]),
            Change::Setting { key, from, to } => self.add("setting", &[key, from, to]),
            Change::Member { key, from, to } => self.add("member", &[key, from, to]),
            Change::Owner { on, from, to } => self.add("owner", &[on, from, to]),
            Change::Entry { on, to, by, from, into } => {
                let (lost, gained) = (Lost(from, into), into.gained_from(from));
                self.add("entry", &[on, to, by, &lost, &gained]);
            }
            Change::Future { key, to, from, into } => {
                let (lost, gained) = (Lost(from, into), into.gained_from(from));
                self.add("default privileges", &[key, to, &lost, &gained]);
            }
            Change::RowSecurity { on, from, to } => self.add("row security", &[on, from, to]),
            Change::Policy { key, .. } => self.add("policy", &[&key.on, &key.name]),
            // What a mapping holds is secret.
            Change::Mapping { key, .. } => self.add("mapping", &[&key.server, &key.to]),
            Change::EndSessions { role } => self.add("sessions", &[role]),
        }
    }

    /// True if none was told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// The digest of all.
    #[must_use]
    pub fn digest(mut self) -> Digest {
        self.told.sort_unstable();
        self.told.dedup();
        let mut all = Sha256::new();
        for fact in &self.told {
            all.update(fact);
        }
        Digest(all.finalize().into())
    }
}

/// A part of a fact, in a form that no two different parts share: what has no length of its own says it first.
pub trait Fact {
    /// Adds its form.
    fn put(&self, to: &mut Vec<u8>);
}

impl Fact for str {
    fn put(&self, to: &mut Vec<u8>) {
        to.extend((self.len() as u64).to_be_bytes());
        to.extend(self.as_bytes());
    }
}

impl Fact for String {
    fn put(&self, to: &mut Vec<u8>) {
        self.as_str().put(to);
    }
}

impl Fact for bool {
    fn put(&self, to: &mut Vec<u8>) {
        to.push(u8::from(*self));
    }
}

impl Fact for u64 {
    fn put(&self, to: &mut Vec<u8>) {
        to.extend(self.to_be_bytes());
    }
}

impl Fact for Digest {
    fn put(&self, to: &mut Vec<u8>) {
        to.extend(self.0);
    }
}

impl<T: Fact + ?Sized> Fact for &T {
    fn put(&self, to: &mut Vec<u8>) {
        (**self).put(to);
    }
}

impl<T: Fact> Fact for Arc<T> {
    fn put(&self, to: &mut Vec<u8>) {
        (**self).put(to);
    }
}

impl<T: Fact> Fact for Option<T> {
    fn put(&self, to: &mut Vec<u8>) {
        self.is_some().put(to);
        if let Some(part) = self {
            part.put(to);
        }
    }
}

impl<T: Fact> Fact for [T] {
    fn put(&self, to: &mut Vec<u8>) {
        (self.len() as u64).put(to);
        self.iter().for_each(|part| part.put(to));
    }
}

impl<T: Fact> Fact for Vec<T> {
    fn put(&self, to: &mut Vec<u8>) {
        self.as_slice().put(to);
    }
}

macro_rules! is_its_text {
    ($($name:ty),*) => {
        $(impl Fact for $name {
            fn put(&self, to: &mut Vec<u8>) {
                self.as_str().put(to);
            }
        })*
    };
}

is_its_text!(Attribute, DatabaseName, Kind, Name, Operation, RoleName);

impl Fact for Value {
    fn put(&self, to: &mut Vec<u8>) {
        match self {
            Value::Unset => to.push(0),
            Value::Flag(flag) => to.extend([1, u8::from(*flag)]),
            Value::Number(number) => {
                to.push(2);
                to.extend(number.to_be_bytes());
            }
            Value::Text(text) => {
                to.push(3);
                text.put(to);
            }
        }
    }
}

impl Fact for Object {
    fn put(&self, to: &mut Vec<u8>) {
        match &self.place {
            Place::Cluster => None,
            Place::Database(name) => Some(name),
        }
        .put(to);
        self.kind.put(to);
        self.path.put(to);
        self.arguments.put(to);
    }
}

impl Fact for Principal {
    fn put(&self, to: &mut Vec<u8>) {
        match self {
            Principal::Public => None,
            Principal::Role(role) => Some(role),
        }
        .put(to);
    }
}

impl Fact for Grantor {
    fn put(&self, to: &mut Vec<u8>) {
        match self {
            Grantor::Owner => to.push(0),
            Grantor::Untracked => to.push(1),
            Grantor::Role(role) => {
                to.push(2);
                role.put(to);
            }
        }
    }
}

impl Fact for Holder {
    fn put(&self, to: &mut Vec<u8>) {
        self.to.put(to);
        self.by.put(to);
    }
}

impl Fact for Permission {
    fn put(&self, to: &mut Vec<u8>) {
        self.operation.put(to);
        self.on.put(to);
        self.delegable.put(to);
    }
}

impl Fact for Basis {
    fn put(&self, to: &mut Vec<u8>) {
        match self {
            Basis::Granted { by } => {
                to.push(0);
                by.put(to);
            }
            Basis::Owner => to.push(1),
            Basis::OwnerMayGrant => to.push(2),
            Basis::MayHandOn => to.push(3),
            Basis::MasterKey => to.push(4),
        }
    }
}

impl Fact for Gain {
    fn put(&self, to: &mut Vec<u8>) {
        let (kind, of): (u8, Option<&dyn Fact>) = match self {
            Gain::Acts(role) => (0, Some(role)),
            Gain::Runs(role) => (1, Some(role)),
            Gain::Everything => (2, None),
            Gain::Host => (3, None),
            Gain::Files => (4, None),
            Gain::Copy => (5, None),
            Gain::Verifiers => (6, None),
            Gain::Does(permission) => (7, Some(permission)),
            Gain::Lures(who) => (8, Some(who)),
            Gain::Elsewhere(server) => (9, Some(server)),
        };
        to.push(kind);
        if let Some(of) = of {
            of.put(to);
        }
    }
}

impl Fact for Held {
    fn put(&self, to: &mut Vec<u8>) {
        (self.len() as u64).put(to);
        for (operation, delegable) in self.iter() {
            operation.put(to);
            delegable.put(to);
        }
    }
}

/// What goes on the way from the first to the second: operations, or only the right to hand them on, with whether it was there.
struct Lost<'a>(&'a Held, &'a Held);

impl Fact for Lost<'_> {
    fn put(&self, to: &mut Vec<u8>) {
        let Lost(from, into) = self;
        let lost = into.lost_from(from);
        (lost.len() as u64).put(to);
        for (operation, only_option) in lost {
            from.get(&operation).put(to);
            operation.put(to);
            only_option.put(to);
        }
    }
}

impl Fact for MemberKey {
    fn put(&self, to: &mut Vec<u8>) {
        self.role.put(to);
        self.member.put(to);
        self.by.put(to);
    }
}

impl Fact for MemberPowers {
    fn put(&self, to: &mut Vec<u8>) {
        to.extend([u8::from(self.inherit), u8::from(self.set), u8::from(self.admin)]);
    }
}

impl Fact for SettingKey {
    fn put(&self, to: &mut Vec<u8>) {
        self.role.put(to);
        self.database.put(to);
        self.name.put(to);
    }
}

impl Fact for FutureKey {
    fn put(&self, to: &mut Vec<u8>) {
        self.creator.put(to);
        self.kind.put(to);
        match &self.scope {
            FutureScope::Replaces(database) => {
                to.push(0);
                database.put(to);
            }
            FutureScope::AddsIn(container) => {
                to.push(1);
                container.put(to);
            }
        }
    }
}

impl Fact for RowSecurity {
    fn put(&self, to: &mut Vec<u8>) {
        to.extend([u8::from(self.enabled), u8::from(self.forced)]);
    }
}

impl Fact for Way {
    fn put(&self, to: &mut Vec<u8>) {
        to.push(match self {
            Way::Inherits => 0,
            Way::Becomes => 1,
            Way::Administers => 2,
        });
    }
}

impl Fact for Path<'_> {
    fn put(&self, to: &mut Vec<u8>) {
        self.start().put(to);
        (self.len() as u64).put(to);
        for (way, role) in self.steps() {
            way.put(to);
            role.put(to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fact, Facts};
    use model::{Held, Kind, Name, Object, Operation, Place};
    use proptest::prelude::*;

    fn digest(parts: &[&dyn Fact]) -> super::Digest {
        Facts::new().with("says", parts).digest()
    }

    fn object(path: &[&str]) -> Object {
        let path = path.iter().map(|name| Name::new(*name).unwrap()).collect();
        Object::new(Place::Cluster, Kind::known("table"), path)
    }

    #[test]
    fn no_two_parts_read_as_others() {
        assert_ne!(digest(&[&"ab", &"c"]), digest(&[&"a", &"bc"]));
        assert_ne!(digest(&[&"a"]), digest(&[&"a", &""]));
        assert_ne!(digest(&[&object(&["a.b", "c"])]), digest(&[&object(&["a", "b.c"])]));
        let held = |star| [(Operation::known("select"), star)].into_iter().collect::<Held>();
        assert_ne!(digest(&[&held(false)]), digest(&[&held(true)]));
        assert_ne!(digest(&[&None::<String>]), digest(&[&Some(String::new())]));
        let says = |what| Facts::new().with(what, &[&"a"]).digest();
        assert_ne!(says("owns"), says("holds"));
    }

    #[test]
    fn one_fact_in_place_of_another_among_a_hundred_thousand_is_seen() {
        let many = |last: &str| {
            let mut facts = Facts::new();
            (0..100_000_u64).for_each(|n| facts.add("n", &[&n]));
            facts.add("last", &[&last]);
            facts.digest()
        };
        assert_ne!(many("a"), many("b"));
        assert_eq!(many("a"), many("a"));
    }

    proptest! {
        #[test]
        fn a_digest_is_that_of_a_set(facts in prop::collection::vec("[a-c]{0,3}", 0..12), turn in 0usize..12) {
            let digest = |all: &[String]| {
                let mut facts = Facts::new();
                facts.each("says", all);
                facts.digest()
            };
            let mut other = facts.clone();
            if !other.is_empty() {
                let turn = turn % other.len();
                other.rotate_left(turn);
                other.push(other[0].clone());
            }
            prop_assert_eq!(digest(&facts), digest(&other));
            other.push("another".to_owned());
            prop_assert_ne!(digest(&facts), digest(&other));
        }
    }
}
