//! Sets of roles of which nobody may have so many (INCITS 359, 5.3 and 5.4).

use model::RoleName;
use roaring::RoaringBitmap;
use std::collections::BTreeSet;

/// When a constraint is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// True if these roles are too many.
    pub(super) fn forbids(&self, roles: &RoaringBitmap) -> bool {
        self.roles.intersection_len(roles) >= u64::from(self.cardinality)
    }
}
