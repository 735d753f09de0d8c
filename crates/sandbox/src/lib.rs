//! Private PostgreSQL servers for the demo, the tests and the benchmarks.
//!
//! A [`Cluster`] is a server of our own: its folder is new and goes away with it, it listens on a Unix socket inside
//! that folder and on one loopback port, and it stops when the value is dropped or when the process that started it
//! dies. Roles are cluster-wide, so every test starts a cluster for itself; that is cheap because the data folder is
//! copied from a template that `initdb` made once.
//!
//! ```no_run
//! use sandbox::{Cluster, Installation, Version};
//!
//! # fn main() -> Result<(), sandbox::SandboxError> {
//! let cluster = Cluster::start(&Installation::find(Version::V16)?)?;
//! cluster.create_database("shop")?;
//! cluster.psql("shop", "CREATE ROLE reader; CREATE TABLE orders (id int)")?;
//! assert_eq!(cluster.psql("shop", "SELECT count(*) FROM orders")?, "0");
//! println!("{}", cluster.url("shop"));
//! # Ok(())
//! # }
//! ```
//!
//! This crate knows nothing of Rolewright: what it is used to test cannot leak into it.

mod account;
mod client;
mod cluster;
mod error;
mod folder;
mod installation;
mod quote;
mod server;
mod template;
mod version;

pub use cluster::{Builder, Cluster};
pub use error::SandboxError;
pub use installation::Installation;
pub use quote::{identifier, literal};
pub use version::Version;
