//! PostgreSQL: inspect, dialect, run, its own audit rules.

pub mod acl;
mod connect;
pub mod defaults;
mod failure;
mod rules;
mod run;
mod lock;
mod engine;
mod inspect;
pub mod quote;
mod vocabulary;
pub mod words;
mod dialect;
mod guard;
mod instant;
mod ownership;
mod phases;
mod power;
mod preflight;
mod realise;
mod scope;
mod verifier;

pub use dialect::Postgres;
pub use self::engine::PostgresEngine;
pub use rules::rules;
pub use scope::scope;
pub use verifier::verifier;
pub use vocabulary::{operations, vocabulary};
