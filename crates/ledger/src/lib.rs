//! An append-only log in a database. What an entry means is none of its business: it is given who acted, what authorised it and contents, and makes
//! of them entries that [`proof`] can prove.
//!
//! [`Store`] is what a database has to do; [`sqlite`] does it in one file. Entries are made in one place, [`appending`], whichever database they go
//! to.

mod appending;
mod new;
mod nodes;
mod proving;
mod random;
mod signing;
pub mod sqlite;
mod store;

pub use new::{Contents, New, Way};
pub use proving::{ProvingError, export, prove_entry};
pub use random::{fresh_command, random};
pub use signing::{SigningError, sign};
pub use store::{Appended, DecisionHead, Head, Store, StoreError, Stored};
