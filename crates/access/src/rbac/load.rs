//! Facts from outside, all at once: nobody has held them against the standard's preconditions yet.

use super::constraint::Constraint;
use super::hierarchy::Hierarchy;
use super::separation::fits;
use super::{Kind, Permission, Rbac, Refusal, Separation, Shape, Violation};
use model::{ConstraintName, RoleName, UserName};
use roaring::RoaringBitmap;
use std::collections::BTreeSet;
use std::fmt;

/// What somebody says of users, roles and constraints. What is said twice counts once, except for constraints.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// How roles may inherit one another.
    pub shape: Shape,
    /// All users.
    pub users: Vec<UserName>,
    /// All roles.
    pub roles: Vec<RoleName>,
    /// Senior and junior.
    pub inheritances: Vec<(RoleName, RoleName)>,
    /// Who is assigned to what.
    pub assignments: Vec<(UserName, RoleName)>,
    /// Which role holds what by itself.
    pub grants: Vec<(RoleName, Permission)>,
    /// The constraints, each by its name.
    pub separations: Vec<(Kind, ConstraintName, Separation)>,
}

/// All that is wrong with facts of which no state can be made.
#[derive(Debug, Clone)]
pub struct Faults {
    /// Each fact that cannot be so: names that there are not, circles, constraints that are none.
    pub refusals: Vec<Refusal>,
    as_if: Box<Rbac>,
}

impl Faults {
    /// What static constraints forbid besides, where roles in a circle inherit one another and a fact that names what there is not
    /// is left out.
    pub fn violations(&self) -> impl Iterator<Item = Violation> {
        self.as_if.violations()
    }
}

impl std::error::Error for Faults {}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 20;
        for (at, refusal) in self.refusals.iter().take(SHOWN).enumerate() {
            write!(f, "{}{refusal}", if at > 0 { "\n" } else { "" })?;
        }
        match self.refusals.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl Rbac {
    /// A state of these facts. What no state can hold is refused, and everything of that is told; what a static constraint forbids
    /// can be, is kept, and listed by [`violations`](Self::violations).
    ///
    /// # Errors
    /// If a fact names a user or role that there is not, roles inherit one another in a circle, the hierarchy is limited and a
    /// senior has two juniors, two constraints of a kind have one name, or a cardinality does not lie between 2 and the number of
    /// roles.
    pub fn load(facts: &Facts) -> Result<Self, Faults> {
        let mut loading = Loading { state: Self::new(facts.shape), ..Loading::default() };
        loading.names(facts);
        loading.hierarchy(facts);
        loading.assignments(facts);
        loading.grants(facts);
        loading.separations(facts);
        loading.done()
    }
}

#[derive(Default)]
struct Loading {
    state: Rbac,
    refusals: Vec<Refusal>,
    /// Names that there are not, each told once.
    users: BTreeSet<UserName>,
    roles: BTreeSet<RoleName>,
}

impl Loading {
    fn names(&mut self, facts: &Facts) {
        for user in &facts.users {
            self.added(|state| state.add_user(user));
        }
        for role in &facts.roles {
            self.added(|state| state.add_role(role));
        }
    }

    /// A name that is there already is no fault.
    fn added(&mut self, add: impl FnOnce(&mut Rbac) -> Result<(), Refusal>) {
        if let Err(full @ Refusal::Full) = add(&mut self.state) {
            self.refusals.push(full);
        }
    }

    fn hierarchy(&mut self, facts: &Facts) {
        let mut edges = Vec::with_capacity(facts.inheritances.len());
        for (senior, junior) in &facts.inheritances {
            edges.extend(self.role(senior).zip(self.role(junior)));
        }
        let (hierarchy, knots) = Hierarchy::of(self.state.roles.len(), &edges);
        self.state.hierarchy = hierarchy;
        for knot in knots {
            let circle = self.state.names_of(&self.state.hierarchy.circle(&knot));
            self.refusals
                .push(Refusal::Circle { circle, among: self.state.names_of(&knot).into_iter().collect() });
        }
        if self.state.shape == Shape::Limited {
            self.limited(facts);
        }
    }

    fn limited(&mut self, facts: &Facts) {
        for senior in &facts.roles {
            let juniors = self.role(senior).map(|role| self.state.hierarchy.juniors(role));
            let more = juniors.filter(|juniors| juniors.len() > 1).and_then(RoaringBitmap::min);
            if let Some(junior) = more.and_then(|first| self.state.roles.name(first).cloned()) {
                self.refusals.push(Refusal::Limited { senior: senior.clone(), junior });
            }
        }
    }

    fn assignments(&mut self, facts: &Facts) {
        for (user, role) in &facts.assignments {
            if let Some((user, role)) = self.user(user).zip(self.role(role)) {
                self.state.assign(user, role);
            }
        }
    }

    fn grants(&mut self, facts: &Facts) {
        for (role, permission) in &facts.grants {
            if let Some(role) = self.role(role)
                && let Err(full) = self.state.grant(permission, role)
            {
                self.refusals.push(full);
            }
        }
    }

    fn separations(&mut self, facts: &Facts) {
        for (kind, name, separation) in &facts.separations {
            let roles = separation.roles.iter().filter_map(|role| self.role(role)).collect();
            let set = Constraint { roles, cardinality: separation.cardinality };
            if self.state.sets(*kind).get(name).is_some() {
                self.refusals.push(Refusal::ConstraintExists(name.clone()));
            } else if let Err(refusal) = fits(name, &set) {
                self.refusals.push(refusal);
            } else {
                self.state.sets_mut(*kind).put(name, set);
            }
        }
    }

    fn user(&mut self, user: &UserName) -> Option<u32> {
        let number = self.state.users.number(user);
        if number.is_none() {
            self.users.insert(user.clone());
        }
        number
    }

    fn role(&mut self, role: &RoleName) -> Option<u32> {
        let number = self.state.roles.number(role);
        if number.is_none() {
            self.roles.insert(role.clone());
        }
        number
    }

    fn done(self) -> Result<Rbac, Faults> {
        let unknown = self.users.into_iter().map(Refusal::NoUser);
        let unknown = unknown.chain(self.roles.into_iter().map(Refusal::NoRole));
        let refusals: Vec<Refusal> = unknown.chain(self.refusals).collect();
        if refusals.is_empty() {
            return Ok(self.state);
        }
        Err(Faults { refusals, as_if: Box::new(self.state) })
    }
}
