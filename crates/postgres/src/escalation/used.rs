//! Whose privileges code uses that runs as a role. Asked of thousands of roles, so the memberships are sorted once.

use super::named_database;
use crate::power::DATABASE_OWNER;
use model::{DatabaseName, Observed, RoleName};
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// The memberships of a target that are inherited, and what they came to so far.
#[derive(Debug)]
pub(crate) struct Used<'a> {
    observed: &'a Observed,
    roles_of: OnceCell<HashMap<&'a RoleName, Vec<&'a RoleName>>>,
    owner: Option<&'a RoleName>,
    database_owner: Option<RoleName>,
    known: RefCell<HashMap<RoleName, Rc<BTreeSet<RoleName>>>>,
}

impl<'a> Used<'a> {
    /// In this database, whose owner is a member of `pg_database_owner` there.
    pub(super) fn of(observed: &'a Observed, database: &DatabaseName) -> Self {
        let owner = named_database(database).and_then(|database| observed.access.owners.get(&database));
        let database_owner = RoleName::new(DATABASE_OWNER).ok();
        Self { observed, roles_of: OnceCell::new(), owner, database_owner, known: RefCell::default() }
    }

    fn roles_of(&self, member: &RoleName) -> &[&'a RoleName] {
        let all = self.roles_of.get_or_init(|| {
            let mut roles_of: HashMap<&RoleName, Vec<&RoleName>> = HashMap::new();
            for (key, _) in self.observed.access.members.iter().filter(|(_, powers)| powers.inherit) {
                roles_of.entry(&key.member).or_default().push(&key.role);
            }
            roles_of
        });
        all.get(member).map(Vec::as_slice).unwrap_or_default()
    }

    /// The role itself, and every role that it inherits from.
    pub(super) fn by(&self, role: &RoleName) -> Rc<BTreeSet<RoleName>> {
        if let Some(known) = self.known.borrow().get(role) {
            return known.clone();
        }
        let mut used = BTreeSet::from([role.clone()]);
        let mut waiting = vec![role];
        while let Some(at) = waiting.pop() {
            for next in self.roles_of(at) {
                if used.insert((*next).clone()) {
                    waiting.push(next);
                }
            }
        }
        if self.owner.is_some_and(|owner| used.contains(owner)) {
            used.extend(self.database_owner.clone());
        }
        let used = Rc::new(used);
        self.known.borrow_mut().insert(role.clone(), used.clone());
        used
    }
}
