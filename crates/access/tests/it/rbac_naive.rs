//! The standard as sets and brute force, to compare with: its own definitions, written down letter by letter.

use access::rbac::{Kind, Separation};
use std::collections::{BTreeMap, BTreeSet};

type Text = String;

#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) owner: Text,
    pub(crate) active: BTreeSet<Text>,
}

/// USERS, ROLES, UA, PA, the immediate edges (senior, junior), SESSIONS, the constraints.
#[derive(Debug, Clone, Default)]
pub(crate) struct Naive {
    pub(crate) limited: bool,
    pub(crate) users: BTreeSet<Text>,
    pub(crate) roles: BTreeSet<Text>,
    pub(crate) assigned: BTreeSet<(Text, Text)>,
    pub(crate) granted: BTreeSet<(Text, Text)>,
    pub(crate) edges: BTreeSet<(Text, Text)>,
    pub(crate) sessions: BTreeMap<Text, Session>,
    pub(crate) sets: BTreeMap<(bool, Text), (BTreeSet<Text>, usize)>,
}

/// What may be done.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    AddUser(Text),
    DeleteUser(Text),
    AddRole(Text),
    DeleteRole(Text),
    Assign(Text, Text),
    Deassign(Text, Text),
    Grant(Text, Text),
    Revoke(Text, Text),
    Inherit(Text, Text),
    Disinherit(Text, Text),
    Ascendant(Text, Text),
    Descendant(Text, Text),
    Create(Text, Text, Vec<Text>),
    End(Text, Text),
    Activate(Text, Text, Text),
    Drop(Text, Text, Text),
    MakeSet(bool, Text, BTreeSet<Text>, usize),
    Include(bool, Text, Text),
    Exclude(bool, Text, Text),
    Cardinality(bool, Text, usize),
    DropSet(bool, Text),
}

pub(crate) fn kind(dynamic: bool) -> Kind {
    if dynamic { Kind::Dynamic } else { Kind::Static }
}

pub(crate) fn separation(roles: &BTreeSet<Text>, cardinality: usize) -> Separation {
    let roles = roles.iter().map(|role| model::RoleName::new(role.as_str()).unwrap()).collect();
    Separation { roles, cardinality: u32::try_from(cardinality).unwrap() }
}

impl Naive {
    /// r ≽ q.
    pub(crate) fn inherits(&self, senior: &str, junior: &str) -> bool {
        senior == junior
            || self.edges.iter().any(|(above, below)| above == senior && self.inherits(below, junior))
    }

    pub(crate) fn below(&self, roles: &BTreeSet<Text>) -> BTreeSet<Text> {
        let reached = |role: &&Text| roles.iter().any(|senior| self.inherits(senior, role));
        self.roles.iter().filter(reached).cloned().collect()
    }

    pub(crate) fn assigned_roles(&self, user: &str) -> BTreeSet<Text> {
        self.assigned.iter().filter(|(of, _)| of == user).map(|(_, role)| role.clone()).collect()
    }

    pub(crate) fn authorized_roles(&self, user: &str) -> BTreeSet<Text> {
        self.below(&self.assigned_roles(user))
    }

    pub(crate) fn permissions(&self, roles: &BTreeSet<Text>) -> BTreeSet<Text> {
        let below = self.below(roles);
        let held = self.granted.iter().filter(|(_, role)| below.contains(role));
        held.map(|(permission, _)| permission.clone()).collect()
    }

    /// The invariants of both kinds, and the arity of every set.
    fn holds(&self) -> bool {
        self.sets.iter().all(|((dynamic, _), (roles, cardinality))| {
            let few = |has: &BTreeSet<Text>| has.intersection(roles).count() < *cardinality;
            let arity = *cardinality >= 2 && *cardinality <= roles.len() && roles.is_subset(&self.roles);
            arity
                && if *dynamic {
                    self.sessions.values().all(|session| few(&self.below(&session.active)))
                } else {
                    self.users.iter().all(|user| few(&self.authorized_roles(user)))
                }
        })
    }

    /// Does it, if its precondition holds; true if it did.
    pub(crate) fn act(&mut self, act: &Act) -> bool {
        let mut after = self.clone();
        let done = after.try_act(act).is_some() && after.holds();
        if done {
            *self = after;
        }
        done
    }

    fn try_act(&mut self, act: &Act) -> Option<()> {
        let yes = |holds: bool| holds.then_some(());
        match act.clone() {
            Act::AddUser(user) => yes(self.users.insert(user)),
            Act::DeleteUser(user) => {
                self.assigned.retain(|(of, _)| *of != user);
                self.sessions.retain(|_, session| session.owner != user);
                yes(self.users.remove(&user))
            }
            Act::AddRole(role) => yes(self.roles.insert(role)),
            Act::DeleteRole(role) => {
                self.assigned.retain(|(_, of)| *of != role);
                self.granted.retain(|(_, of)| *of != role);
                self.edges.retain(|(above, below)| *above != role && *below != role);
                for (roles, _) in self.sets.values_mut() {
                    roles.remove(&role);
                }
                yes(self.roles.remove(&role))?;
                self.deactivate();
                Some(())
            }
            Act::Assign(user, role) => {
                yes(self.users.contains(&user) && self.roles.contains(&role))?;
                yes(self.assigned.insert((user, role)))
            }
            Act::Deassign(user, role) => {
                yes(self.assigned.remove(&(user, role)))?;
                self.deactivate();
                Some(())
            }
            Act::Grant(permission, role) => {
                yes(self.roles.contains(&role))?;
                self.granted.insert((permission, role));
                Some(())
            }
            Act::Revoke(permission, role) => yes(self.granted.remove(&(permission, role))),
            Act::Inherit(senior, junior) => self.inherit(senior, junior),
            Act::Disinherit(senior, junior) => {
                yes(self.edges.remove(&(senior, junior)))?;
                self.deactivate();
                Some(())
            }
            Act::Ascendant(new, junior) => {
                yes(self.roles.contains(&junior) && self.roles.insert(new.clone()))?;
                self.inherit(new, junior)
            }
            Act::Descendant(new, senior) => {
                yes(self.roles.contains(&senior) && self.roles.insert(new.clone()))?;
                self.inherit(senior, new)
            }
            act => self.try_session_or_set(act),
        }
    }

    fn inherit(&mut self, senior: Text, junior: Text) -> Option<()> {
        let known = self.roles.contains(&senior) && self.roles.contains(&junior);
        let free = !self.limited || !self.edges.iter().any(|(above, _)| *above == senior);
        let new = !self.edges.contains(&(senior.clone(), junior.clone()));
        (known && free && new && !self.inherits(&junior, &senior)).then(|| {
            self.edges.insert((senior, junior));
        })
    }

    fn try_session_or_set(&mut self, act: Act) -> Option<()> {
        let yes = |holds: bool| holds.then_some(());
        match act {
            Act::Create(user, session, roles) => {
                let active: BTreeSet<Text> = roles.into_iter().collect();
                yes(self.users.contains(&user) && !self.sessions.contains_key(&session))?;
                yes(active.is_subset(&self.authorized_roles(&user)))?;
                self.sessions.insert(session, Session { owner: user, active });
                Some(())
            }
            Act::End(user, session) => {
                yes(self.sessions.get(&session)?.owner == user)?;
                self.sessions.remove(&session);
                Some(())
            }
            Act::Activate(user, session, role) => {
                yes(self.authorized_roles(&user).contains(&role))?;
                let session = self.sessions.get_mut(&session).filter(|session| session.owner == user)?;
                yes(session.active.insert(role))
            }
            Act::Drop(user, session, role) => {
                let session = self.sessions.get_mut(&session).filter(|session| session.owner == user)?;
                yes(session.active.remove(&role))
            }
            Act::MakeSet(dynamic, name, roles, cardinality) => {
                yes(!self.sets.contains_key(&(dynamic, name.clone())))?;
                self.sets.insert((dynamic, name), (roles, cardinality));
                Some(())
            }
            Act::Include(dynamic, name, role) => {
                yes(self.roles.contains(&role))?;
                yes(self.sets.get_mut(&(dynamic, name))?.0.insert(role))
            }
            Act::Exclude(dynamic, name, role) => yes(self.sets.get_mut(&(dynamic, name))?.0.remove(&role)),
            Act::Cardinality(dynamic, name, cardinality) => {
                self.sets.get_mut(&(dynamic, name))?.1 = cardinality;
                Some(())
            }
            Act::DropSet(dynamic, name) => self.sets.remove(&(dynamic, name)).map(drop),
            _ => None,
        }
    }

    fn deactivate(&mut self) {
        let allowed: BTreeMap<Text, BTreeSet<Text>> =
            self.users.iter().map(|user| (user.clone(), self.authorized_roles(user))).collect();
        for session in self.sessions.values_mut() {
            session.active.retain(|role| allowed.get(&session.owner).is_some_and(|all| all.contains(role)));
        }
    }
}
