//! Separation of duties, judged on those who stand behind accounts: who comes to how much of what is to be kept apart.
//!
//! A [`Web`] is whatever one comes to from whatever: a person to an account, an account to a group, a group to a role, a role
//! to another. Those who are judged are numbered, and what leads to a place is a bitmap of them, so that a constraint costs
//! hardly more than reading the bitmaps of its members, however many there are behind one.

mod circles;
mod count;
mod web;

pub use count::too_many;
pub use web::Web;

/// Some of those who are judged, by their numbers in a [`Web`].
pub type Subjects = roaring::RoaringBitmap;
