//! What only an audit asks of a target: how things run, who is in, which doors are open. No plan needs it, so no look for
//! a plan asks for it.

use crate::{DatabaseName, Name, Object, Operation, RoleName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What only an audit asks of a target. Where the session may not read a part, that part is `None`, which is never the
/// same as "there is nothing".
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// Routines that run with their owner's rights, whoever calls them.
    pub definers: BTreeMap<Arc<Object>, Definer>,
    /// Views that read tables with row security, or other views.
    pub views: BTreeMap<Arc<Object>, View>,
    /// Tables without row security whose rows are also those of a table with row security above them, with that table.
    pub parts: BTreeMap<Arc<Object>, Arc<Object>>,
    /// Tables with policies and without row security, with these policies.
    pub idle_policies: BTreeMap<Arc<Object>, BTreeSet<Name>>,
    /// Languages that reach around the engine and are marked as if they did not.
    pub unconfined: BTreeSet<Arc<Object>>,
    /// Views that show what is stored of passwords, with the columns that do.
    pub verifiers: BTreeMap<Arc<Object>, BTreeSet<Name>>,
    /// Routines that run as whoever sets off a trigger, and that neither the table's owner nor a superuser owns.
    pub triggers: BTreeMap<Arc<Object>, BTreeSet<Fired>>,
    /// Places in the stream of changes that are kept for readers who are not there.
    pub bookmarks: Vec<Bookmark>,
    /// Roles that something in some database refers to: they own, hold, are granted by or named by something.
    pub referred: BTreeSet<RoleName>,
    /// Roles whose passwords are no longer accepted, by the target's clock.
    pub expired: BTreeSet<RoleName>,
    /// What is stored of each role's password.
    pub passwords: Option<BTreeMap<RoleName, Stored>>,
    /// Who is connected.
    pub sessions: Vec<Live>,
    /// From where they came is known of all of them, and not only of the session's own.
    pub addresses_known: bool,
    /// The rules that decide who may connect from where and how, in order.
    pub doors: Option<Vec<Door>>,
    /// The server's settings that matter to an audit, as far as they may be read.
    pub settings: BTreeMap<Name, String>,
    /// Servers that copy this one now.
    pub copies: Vec<Follower>,
    /// The lists of roles, memberships and settings of the whole cluster, by name.
    pub registers: BTreeMap<&'static str, Register>,
    /// When the counts were last set to zero by somebody.
    pub counts_reset: Option<String>,
}

/// How a routine runs that has its owner's rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definer {
    /// The containers in which names without one are looked up, in order; `None` if its caller decides.
    pub path: Option<Vec<Name>>,
    /// Its names were looked up when it was made, so that no path matters any more.
    pub settled: bool,
}

/// A view that reads tables with row security, or other views.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The policies are those for whoever reads the view, and not those for its owner.
    pub as_caller: bool,
    /// It stores the rows that its owner saw.
    pub stored: bool,
    /// The tables with row security and the views that it reads itself.
    pub reads: BTreeSet<Arc<Object>>,
}

/// A trigger that runs a routine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fired {
    /// The trigger's name.
    pub name: Name,
    /// The table that it is of; `None` for one of the whole database.
    pub on: Option<Arc<Object>>,
    /// What sets it off.
    pub by: BTreeSet<Operation>,
}

/// A place in the stream of changes, kept for a reader.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bookmark {
    /// Its name.
    pub name: String,
    /// What it is, in the engine's word.
    pub variety: String,
    /// The database whose changes it is for, or all.
    pub database: Option<DatabaseName>,
    /// What it keeps from being removed.
    pub retained: Retained,
    /// Nothing bounds how much that may become.
    pub unbounded: bool,
    /// Since when nobody uses it, where that is known.
    pub since: Option<String>,
    /// It is known that this is less than a day.
    pub recent: bool,
}

/// What is kept for a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Retained {
    /// Nothing yet.
    Nothing,
    /// No more than is kept anyway.
    Some,
    /// More than that.
    Much,
    /// Nothing any more: what it would need was removed.
    Lost,
}

/// What is stored of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stored {
    /// Nothing: no password is accepted.
    Nothing,
    /// Something that is as good as the password for whoever reads it, or is soon broken.
    Weak,
    /// Something that does not help whoever reads it.
    Strong,
}

/// Sessions of one login that are alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Live {
    /// Who logged in.
    pub login: RoleName,
    /// Where to.
    pub database: Option<DatabaseName>,
    /// What the program calls itself.
    pub application: String,
    /// Where it came from; `None` if that is unknown or on the server's own machine.
    pub address: Option<String>,
    /// How many there are.
    pub count: u32,
}

/// One rule of those that decide who may connect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Door {
    /// Where it stands, for people: a file and a line.
    pub place: String,
    /// What it is for, as it is written.
    pub text: String,
    /// From where.
    pub from: Whence,
    /// What may go over the network unencrypted.
    pub plain: bool,
    /// How who comes is known.
    pub proof: Proof,
    /// It is for every role.
    pub everybody: bool,
    /// The roles that it names, where it names some.
    pub roles: Vec<RoleName>,
}

/// From where a rule lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whence {
    /// The server's own machine.
    Here,
    /// Some addresses.
    Some,
    /// Every address.
    Anywhere,
}

/// How a rule finds out who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// It believes what is said.
    None,
    /// It is told the password itself.
    Password,
    /// It compares with a weak verifier.
    Weak,
    /// It is shown that the other side has the password, a key or a ticket.
    Strong,
    /// It lets nobody in.
    Refused,
}

/// A server that copies this one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Follower {
    /// What it calls itself.
    pub name: String,
    /// Where it is, if that may be read.
    pub address: Option<String>,
}

/// A list that the target keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Register {
    /// How often it was written to.
    pub writes: Writes,
    /// Its rows: what no two have in common, and what a row says beside that.
    pub rows: BTreeMap<String, String>,
}

/// How often a list was written to since the counts began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Writes {
    /// Rows made.
    pub made: u64,
    /// Rows changed.
    pub changed: u64,
    /// Rows removed.
    pub removed: u64,
}
