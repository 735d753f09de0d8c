//! Sets of roles of which nobody may have so many (INCITS 359, 5.3 and 5.4).

use model::{ConstraintName, RoleName};
use roaring::RoaringBitmap;
use std::collections::{BTreeMap, BTreeSet};

/// When a constraint is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// By whom users are authorized for: SSD.
    Static,
    /// By what is active in one session: DSD.
    Dynamic,
}

/// A constraint as it is asked for or reviewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Separation {
    /// The roles that are kept apart.
    pub roles: BTreeSet<RoleName>,
    /// So many of them are too many.
    pub cardinality: u32,
}

/// The same with the numbers of roles.
#[derive(Debug, Clone, Default)]
pub(super) struct Constraint {
    pub(super) roles: RoaringBitmap,
    pub(super) cardinality: u32,
}

impl Constraint {
    /// True if whoever has these roles has too many.
    pub(super) fn forbids(&self, has: impl Fn(u32) -> bool) -> bool {
        self.roles.iter().filter(|role| has(*role)).take(self.cardinality as usize).count()
            >= self.cardinality as usize
    }
}

/// The constraints of one kind, found by name and by what they mention.
#[derive(Debug, Clone, Default)]
pub(super) struct Constraints {
    named: BTreeMap<ConstraintName, Constraint>,
    /// For each role that some constraint mentions, which ones do.
    mentioning: BTreeMap<u32, BTreeSet<ConstraintName>>,
    mentioned: RoaringBitmap,
}

impl Constraints {
    pub(super) fn get(&self, name: &ConstraintName) -> Option<&Constraint> {
        self.named.get(name)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&ConstraintName, &Constraint)> {
        self.named.iter()
    }

    /// Those that mention one of these roles, each once, by name. The others are not looked at.
    pub(super) fn concerning(
        &self,
        roles: &RoaringBitmap,
    ) -> impl Iterator<Item = (&ConstraintName, &Constraint)> {
        let concerned = roles & &self.mentioned;
        let names: BTreeSet<_> =
            concerned.iter().filter_map(|role| self.mentioning.get(&role)).flatten().collect();
        names.into_iter().filter_map(|name| self.named.get_key_value(name))
    }

    /// Puts the constraint in the place of the one of its name.
    pub(super) fn put(&mut self, name: &ConstraintName, constraint: Constraint) {
        self.remove(name);
        for role in &constraint.roles {
            self.mentioning.entry(role).or_default().insert(name.clone());
        }
        self.mentioned |= &constraint.roles;
        self.named.insert(name.clone(), constraint);
    }

    pub(super) fn remove(&mut self, name: &ConstraintName) {
        let Some(gone) = self.named.remove(name) else { return };
        for role in gone.roles {
            let Some(names) = self.mentioning.get_mut(&role) else { continue };
            names.remove(name);
            if names.is_empty() {
                self.mentioning.remove(&role);
                self.mentioned.remove(role);
            }
        }
    }

    /// Takes the role out of every constraint.
    pub(super) fn forget(&mut self, role: u32) {
        for name in self.mentioning.remove(&role).unwrap_or_default() {
            if let Some(constraint) = self.named.get_mut(&name) {
                constraint.roles.remove(role);
            }
        }
        self.mentioned.remove(role);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_ten_thousand_constraints_those_that_mention_a_role_are_looked_at() {
        let mut all = Constraints::default();
        let name = |number: u32| ConstraintName::new(format!("c{number:05}")).unwrap();
        // Constraint n keeps n, n + 1 and n + 2 apart.
        for number in 0..10_000 {
            let roles = (number..number + 3).collect();
            all.put(&name(number), Constraint { roles, cardinality: 2 });
        }
        let seen = |all: &Constraints, roles: &[u32]| -> Vec<ConstraintName> {
            all.concerning(&roles.iter().copied().collect()).map(|(name, _)| name.clone()).collect()
        };
        assert_eq!(seen(&all, &[5_000]), [name(4_998), name(4_999), name(5_000)]);
        assert_eq!(seen(&all, &[0, 1, 20_000]), [name(0), name(1)], "each once");
        all.remove(&name(4_999));
        assert_eq!(seen(&all, &[5_000]), [name(4_998), name(5_000)]);
        all.put(&name(4_998), Constraint { roles: (1..3).collect(), cardinality: 2 });
        assert_eq!(seen(&all, &[5_000]), [name(5_000)], "what it mentioned before is nothing to it");
        all.forget(5_000);
        assert_eq!(seen(&all, &[5_000]), []);
        assert_eq!(all.get(&name(5_000)).unwrap().roles, (5_001..5_003).collect());
    }
}
