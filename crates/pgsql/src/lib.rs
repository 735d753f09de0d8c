//! What PostgreSQL's own grammar says of a text: the operations on relations, the calls and the other statements in it.
//!
//! It is asked about routines that run as their owner. Who may execute one has what its body does, no more, if all of it is
//! fixed; where a statement's text is made at run time, or where the body cannot be read, it has whatever the owner has. So
//! [`Body`] keeps those apart, and nothing that is unknown is ever told as nothing.
//!
//! The grammar knows no catalogue. Where only that can tell, the answer is the wider one, or says so: an unqualified column in a
//! query of several relations is perhaps of each ([`Columns::perhaps`]).

mod body;
mod does;
mod fixed;
mod grammar;
mod names;
mod plpgsql;
mod reader;
mod tree;
mod unread;

pub use body::{Body, body, body_in_trigger, rule, statements};
pub use does::{Act, Call, Columns, Does, Extent, Given, Loose, Other, Relation};
pub use unread::Unread;
