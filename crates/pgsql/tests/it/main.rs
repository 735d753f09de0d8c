//! What the grammar says of texts.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing)] // A test says so by failing.

mod fixed;
mod limits;
mod plpgsql;
mod queries;
mod servers;
mod shown;
