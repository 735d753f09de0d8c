//! The audit: rules that find what is wrong with a database's roles, and the report of what they found.
//!
//! A [`Rule`] is one file with its manual page beside it. Rules that know no engine's words are here, in
//! [`neutral`]; an engine's own rules live with the engine. Nothing here connects to anything: a rule is given a
//! [`Look`] and answers with [`Finding`]s.

mod belongings;
mod breach;
mod difference;
mod exception;
mod facts;
mod finding;
mod holdings;
mod look;
mod manual;
mod meant;
mod offer;
mod report;
mod rule;
mod rules;
mod sets;
mod surplus;
pub mod told;
mod trace;
mod turn;
mod ways;

pub use access::{Path, Reach, Way};
pub use breach::Breach;
pub use exception::{Exception, Standing};
pub use facts::{Digest, Fact, Facts};
pub use finding::{About, Finding, Mending, Remedy, Severity};
pub use holdings::Holdings;
pub use look::{Kept, Look};
pub use manual::Manual;
pub use meant::{Compared, Meant, Remark, Temporary};
pub use offer::{Offer, Offered};
pub use report::{Counts, Found, Group, Report};
pub use rule::Rule;
pub use rules::{Undone, neutral};
pub use trace::{Seen, Trace};
pub use ways::Ways;
