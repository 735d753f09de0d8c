//! The port to an engine's rules: pure, one value per connected target.

use crate::{
    Acl, CauseId, Changes, DatabaseName, Desired, Escalation, Future, FutureKey, Intent, Kind, Needs, Note,
    Object, Observed, Operation, Permission, Phase, Powers, RoleName, Statement, Vocabulary,
};

/// Something in the model that this target cannot be made to be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The line of the model.
    pub cause: Option<CauseId>,
    /// A stable code with a manual page.
    pub code: &'static str,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub help: String,
}

/// A plan that is not carried out, whoever asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// A stable code with a manual page.
    pub code: &'static str,
    /// What the plan would do.
    pub what: String,
    /// What to do instead.
    pub help: String,
}

/// A step that the executor has no right to carry out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// The statement.
    pub statement: String,
    /// The right that is missing.
    pub right: String,
    /// How to give it.
    pub help: String,
}

/// What an engine knows about privileges.
pub trait Dialect: Send + Sync {
    /// The engine's words.
    fn vocabulary(&self) -> &Vocabulary;

    /// The entries that an object has when nobody has granted or revoked anything on it.
    fn default_entries(&self, object: &Object, owner: &RoleName) -> Acl;

    /// The entries that objects of these default privileges start with when nobody has changed them.
    fn default_future(&self, key: &FutureKey) -> Future;

    /// The object whose owner is this one's too, where it has none of its own: a column's table.
    fn owned_with(&self, object: &Object) -> Option<Object>;

    /// An object's entries after its owner has changed.
    fn after_ownership(&self, entries: &Acl, from: &RoleName, to: &RoleName) -> Acl;

    /// Turns what the model wants into ground facts of this target: wildcards expanded, versions minded.
    ///
    /// # Errors
    /// Every part of the intent that this target cannot be made to be.
    fn realise(&self, intent: &Intent, observed: &Observed) -> Result<Desired, Vec<Problem>>;

    /// Orders the changes into phases with the text that carries them out.
    fn phases(&self, changes: Changes, desired: &Desired, observed: &Observed, intent: &Intent)
    -> Vec<Phase>;

    /// What people should know while the phases run: who may briefly miss something that both the old state and the
    /// new one give. Nobody ever holds more than both together.
    fn meanwhile(
        &self,
        changes: &Changes,
        desired: &Desired,
        observed: &Observed,
        intent: &Intent,
    ) -> Vec<Note>;

    /// Reasons not to carry out the changes at all.
    fn refusals(&self, changes: &Changes, desired: &Desired, observed: &Observed) -> Vec<Refusal>;

    /// The statements that the executor has no right to run, found before any is run.
    fn lacking(&self, phases: &[Phase], observed: &Observed) -> Vec<Lacking>;

    /// What can be granted on a kind in this version.
    fn operations(&self, kind: &Kind) -> Vec<Operation>;

    /// Sets of operations that together come to the same as one on an object of a kind: whoever has all of a set needs the
    /// operation no more.
    fn instead_of(&self, operation: &Operation, on: &Kind) -> Vec<Vec<Operation>>;

    /// Several statements of one step as a text that is carried out as a whole or not at all. `None` where nobody should be
    /// given them to copy: a part of them alone would leave somebody with more than before.
    fn as_one(&self, statements: &[Statement]) -> Option<String>;

    /// True if a membership falls with the right to hand out by which its grantor gave it.
    fn memberships_lean(&self) -> bool;

    /// The statement that stores what a role is for, with a place for the words that fails as long as nobody fills it.
    fn purpose(&self, role: &RoleName) -> String;

    /// How the roles of the target get to one another, seen from inside a database.
    fn powers(&self, observed: &Observed, database: &DatabaseName) -> Powers;

    /// What an operation needs, performed in a session in a database.
    fn needs(&self, observed: &Observed, database: &DatabaseName, asked: &Permission) -> Needs;

    /// Ways from one power to more that are no membership, in the databases that were looked at.
    fn escalations(&self, observed: &Observed) -> Vec<Escalation>;

    /// The statement by which a session becomes a role.
    fn becoming(&self, role: &RoleName) -> String;

    /// The statement by which a role is handed to the one who began ([`crate::LOGIN`]).
    fn handing_out(&self, role: &RoleName) -> String;

    /// The statement by which the permission is handed to a role.
    fn granting(&self, permission: &Permission, to: &RoleName) -> String;

    /// Ways to perform an operation in a session in a database: with what it needs, or with what comes to the same.
    fn reaching(&self, observed: &Observed, database: &DatabaseName, asked: &Permission) -> Vec<Escalation>;

    /// A text as a statement has it.
    fn literal(&self, text: &str) -> String;

    /// A role's name as a statement has it.
    fn quoted(&self, role: &RoleName) -> String;
}
