//! Effective access: who can do what on a target, and by which way.
//!
//! An engine says how roles get to one another ([`model::Powers`]) and what an operation needs ([`model::Needs`]); this
//! crate walks it. Roles are numbers inside the walk and names outside. Every question is answered backwards from what is
//! needed, so asking about every role costs hardly more than asking about one.

mod asked;
mod doors;
pub mod duties;
mod entered;
mod escalation;
mod fact;
mod giving;
mod graph;
mod held;
pub mod rbac;
mod reach;
mod routes;
mod who;

pub use asked::{Answer, Asked, Lacking};
pub use doors::{Doors, Entered};
pub use entered::{Entrances, Entries};
pub use escalation::{
    Alike, Climbed, End, Escalations, Everybody, Passage, Step, Taken, Told, Used, Verdict, WayUp,
};
pub use fact::Fact;
pub use graph::Graph;
pub use held::Privilege;
pub use model::Way;
pub use reach::{Path, Reach};
pub use who::{Group, Member, Through};
