//! Who violates a constraint, or would, with the ways by which that comes about.

use super::constraint::Constraint;
use super::session::Session;
use super::{Holder, Rbac, Reached, Refusal, Violation};
use model::{ConstraintName, RoleName, UserName};
use roaring::RoaringBitmap;

/// An edge that is asked for: senior and junior.
type Edge = (u32, u32);

impl Rbac {
    /// What static constraints forbid and yet stands, by constraint and user, each with all roles of the constraint that the user
    /// is authorized for. Only what was [loaded](Rbac::load) can violate anything.
    pub fn violations(&self) -> impl Iterator<Item = Violation> {
        let all = self.static_sets.iter().flat_map(|(name, set)| self.users_against(name, set, None));
        all.map(|violation| Violation { stands: true, ..violation })
    }

    /// Everything that a static constraint would forbid about AssignUser, by constraint; nothing if it may be done. If
    /// the user is assigned to the role already, what is violated by that.
    ///
    /// # Errors
    /// If there is no such user or role.
    pub fn would_violate(&self, user: &UserName, role: &RoleName) -> Result<Vec<Violation>, Refusal> {
        let (number, role) = (self.user(user)?, self.role(role)?);
        let stands = self.roles_of(number).binary_search(&role).is_ok();
        Ok(self.against_assigning(number, role).map(|violation| Violation { stands, ..violation }).collect())
    }

    /// What constraints that mention the role, or one that it inherits, would forbid this user to have with it.
    pub(super) fn against_assigning(&self, user: u32, role: u32) -> impl Iterator<Item = Violation> {
        let from: Vec<u32> = self.roles_of(user).iter().copied().chain([role]).collect();
        let mut concerned = self.static_sets.concerning(self.hierarchy.below(role)).peekable();
        let all =
            concerned.peek().map(|_| self.hierarchy.all_below(from.iter().copied())).unwrap_or_default();
        concerned.filter(move |(_, set)| set.forbids(|role| all.contains(role))).filter_map(
            move |(name, set)| {
                let holder = Holder::User(self.users.name(user)?.clone());
                Some(self.violation(name, set, holder, &from, None))
            },
        )
    }

    /// The users who violate the constraint, or would with this edge.
    pub(super) fn users_against<'a>(
        &'a self,
        name: &'a ConstraintName,
        set: &'a Constraint,
        edge: Option<Edge>,
    ) -> impl Iterator<Item = Violation> + 'a {
        self.offenders(set, edge).into_iter().filter_map(move |user| {
            let holder = Holder::User(self.users.name(user)?.clone());
            Some(self.violation(name, set, holder, self.roles_of(user), edge))
        })
    }

    /// The sessions that violate the constraint, or would with this edge.
    pub(super) fn sessions_against<'a>(
        &'a self,
        name: &'a ConstraintName,
        set: &'a Constraint,
        edge: Option<Edge>,
    ) -> impl Iterator<Item = Violation> + 'a {
        let gained = edge.map(|(senior, junior)| (senior, self.hierarchy.below(junior)));
        let violates = move |session: &Session| match gained {
            Some((senior, below)) => {
                session.gives(senior) && set.forbids(|role| session.gives(role) || below.contains(role))
            }
            None => set.forbids(|role| session.gives(role)),
        };
        self.sessions.iter().filter(move |(_, session)| violates(session)).map(move |(its, session)| {
            self.violation(name, set, Holder::Session(its.clone()), &session.active, edge)
        })
    }

    /// All users who are authorized for as many of the set's roles as are too many, with this edge as well. Users are counted
    /// all at once: in the first level are those with one of the roles, and whoever gets one more moves up.
    fn offenders(&self, set: &Constraint, edge: Option<Edge>) -> RoaringBitmap {
        let gains = edge.map(|(senior, junior)| (self.authorized(senior), self.hierarchy.below(junior)));
        let enough = set.cardinality as usize;
        let mut levels: Vec<RoaringBitmap> = Vec::new();
        for role in &set.roles {
            let mut rising = self.authorized(role);
            if let Some((gaining, below)) = &gains
                && below.contains(role)
            {
                rising |= gaining;
            }
            for level in &mut levels {
                let above = &*level & &rising;
                *level |= rising;
                rising = above;
            }
            if !rising.is_empty() && levels.len() < enough {
                levels.push(rising);
            }
        }
        levels.into_iter().nth(enough.saturating_sub(1)).unwrap_or_default()
    }

    /// What is forbidden to whom has these roles, and would have this edge as well.
    pub(super) fn violation(
        &self,
        name: &ConstraintName,
        set: &Constraint,
        holder: Holder,
        from: &[u32],
        edge: Option<Edge>,
    ) -> Violation {
        let ways = self.hierarchy.ways(from, &set.roles, edge);
        let roles = ways.iter().map(|way| Reached { path: self.names_of(way) }).collect();
        Violation { constraint: name.clone(), cardinality: set.cardinality, holder, stands: false, roles }
    }
}
