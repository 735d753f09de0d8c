//! Escalation: ways from one power to more that are no membership. An engine supplies them for what was seen; the analysis walks
//! them without knowing any engine.

use crate::{DatabaseName, Need, Object, Permission, Principal, RoleName};
use std::fmt;
use std::sync::Arc;

/// How far a step can be relied on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// It needs nobody else.
    Direct,
    /// It needs somebody who does something ordinary meanwhile: what that is.
    Victim(String),
    /// Whether it works cannot be told from here, and why. That is never "no".
    Unknown(String),
}

impl Certainty {
    /// How far it is from being sure: 0 for what needs nobody, 1 for what needs a victim, 2 for what is unknown.
    #[must_use]
    pub const fn rank(&self) -> u8 {
        match self {
            Certainty::Direct => 0,
            Certainty::Victim(_) => 1,
            Certainty::Unknown(_) => 2,
        }
    }
}

/// What a step begins from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// A session whose login is the role.
    LogsIn(RoleName),
    /// Code runs as the role, whose attributes count.
    Runs(RoleName),
    /// The privileges of the role are used, by whomever.
    Uses(RoleName),
    /// Code runs as one role that has all of this.
    Has(Vec<Need>),
    /// Whatever this one gives has been reached.
    Gained(Gain),
}

/// What a step leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gain {
    /// A session is the role, and becomes whatever the role may become.
    Acts(RoleName),
    /// Code of one's own choosing runs as the role.
    Runs(RoleName),
    /// Nothing is checked any more.
    Everything,
    /// Commands run as the account that the server itself runs under.
    Host,
    /// The files that the server's account can read.
    Files,
    /// A copy of all that is stored, verifiers of passwords included.
    Copy,
    /// What is stored of passwords, to be guessed at leisure.
    Verifiers,
    /// An operation is performed, without the privilege for it.
    Does(Permission),
    /// A trap for whoever holds this: they run the code as themselves when they next do what sets it off.
    Lures(Principal),
    /// Another server, as whoever its stored credential is.
    Elsewhere(Arc<Object>),
}

impl fmt::Display for Gain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Gain::Acts(role) => write!(f, "role {role}"),
            Gain::Runs(role) => write!(f, "code that runs as {role}"),
            Gain::Everything => f.write_str("superuser"),
            Gain::Host => f.write_str("the server's operating-system account"),
            Gain::Files => f.write_str("the files that the server reads"),
            Gain::Copy => f.write_str("a copy of everything that is stored"),
            Gain::Verifiers => f.write_str("what is stored of passwords"),
            Gain::Does(permission) => write!(f, "{permission}"),
            Gain::Lures(Principal::Public) => f.write_str("a trap for everybody"),
            Gain::Lures(Principal::Role(role)) => write!(f, "a trap for whoever has {role}"),
            Gain::Elsewhere(server) => write!(f, "what is behind {server}"),
        }
    }
}

/// A step from power to more power.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// Who can take it.
    pub from: From,
    /// Where it leads.
    pub gain: Gain,
    /// Whether it needs somebody else.
    pub certainty: Certainty,
    /// The database in which a session takes it; `None` where every one will do.
    pub database: Option<DatabaseName>,
    /// Why it works, as a sentence about what stands: `finance.run(text) runs as ledger_owner and …`.
    pub because: String,
    /// The statements that take it, in order. [`LOGIN`] in them stands for the one who began.
    pub statements: Vec<String>,
}

/// Stands in a statement for the quoted name of who began. No name holds it.
pub const LOGIN: char = '\0';
/// Stands in a statement for the quoted text of another one, which it runs as somebody else. Names that hold it are written without
/// it.
pub const STATEMENT: char = '\u{1}';
/// Stands in a statement for the quotes around a text that holds [`STATEMENT`]: they must differ from those inside it. Names that hold
/// it are written without it.
pub const QUOTE: char = '\u{2}';
