//! PostgreSQL: inspect, dialect, run, its own audit rules.

pub mod acl;
mod codes;
mod connect;
mod copy;
pub mod defaults;
mod dialect;
mod engine;
mod executor_sql;
mod failure;
mod guard;
mod inspect;
mod instant;
mod lock;
mod offer;
mod ownership;
mod phases;
mod power;
mod powers;
mod preflight;
pub mod quote;
mod readers;
mod realise;
mod rules;
mod run;
mod scope;
mod settings;
mod vocabulary;
pub mod words;

pub use self::engine::PostgresEngine;
pub use codes::{PAGES, explain};
pub use copy::copy;
pub use dialect::Postgres;
pub use executor_sql::executor_sql;
pub use rules::rules;
pub use scope::scope;
pub use vocabulary::{operations, vocabulary};
