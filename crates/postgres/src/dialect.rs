//! PostgreSQL's rules as the core asks for them.

use crate::quote::{identifier, literal};
use crate::{defaults, escalation, guard, offer, ownership, phases, powers, preflight, realise, vocabulary};
use model::{
    Acl, Changes, DatabaseName, Desired, Dialect, Escalation, Future, FutureKey, Intent, Kind, LOGIN,
    Lacking, Needs, Note, Object, Observed, Operation, Permission, Phase, Powers, Problem, Refusal, RoleName,
    Statement, Vocabulary,
};

/// The rules of one connected target.
#[derive(Debug, Clone, Copy)]
pub struct Postgres {
    version: u32,
    locks: usize,
}

impl Postgres {
    /// `version` is the server's own number, such as 150018; `locks` is how many entries its lock table has
    /// room for: `max_locks_per_transaction` times the number of backends and prepared transactions.
    #[must_use]
    pub fn new(version: u32, locks: usize) -> Self {
        Self { version, locks }
    }
}

impl Dialect for Postgres {
    fn vocabulary(&self) -> &Vocabulary {
        vocabulary::vocabulary()
    }

    fn default_entries(&self, object: &Object, owner: &RoleName) -> Acl {
        defaults::entries(&object.kind, owner, self.version / 10_000)
    }

    fn default_future(&self, key: &FutureKey) -> Future {
        defaults::future(key, self.version / 10_000)
    }

    fn owned_with(&self, object: &Object) -> Option<Object> {
        ownership::owned_with(object)
    }

    fn after_ownership(&self, entries: &Acl, from: &RoleName, to: &RoleName) -> Acl {
        ownership::after(entries, from, to)
    }

    fn realise(&self, intent: &Intent, observed: &Observed) -> Result<Desired, Vec<Problem>> {
        realise::realise(intent, observed)
    }

    fn meanwhile(
        &self,
        changes: &Changes,
        desired: &Desired,
        observed: &Observed,
        intent: &Intent,
    ) -> Vec<Note> {
        phases::notes(changes, desired, observed, intent, self.locks / 2)
    }

    fn phases(
        &self,
        changes: Changes,
        desired: &Desired,
        observed: &Observed,
        intent: &Intent,
    ) -> Vec<Phase> {
        // Half of the table: others work at the same time.
        phases::phases(&changes, desired, observed, intent, self.locks / 2)
    }

    fn refusals(&self, changes: &Changes, desired: &Desired, observed: &Observed) -> Vec<Refusal> {
        guard::refusals(changes, desired, observed)
    }

    fn lacking(&self, phases: &[Phase], observed: &Observed) -> Vec<Lacking> {
        preflight::lacking(phases, observed)
    }

    fn operations(&self, kind: &Kind) -> Vec<Operation> {
        vocabulary::operations(kind, self.version / 10_000)
    }

    fn instead_of(&self, operation: &Operation, on: &Kind) -> Vec<Vec<Operation>> {
        powers::instead_of(operation, on)
    }

    fn as_one(&self, statements: &[Statement]) -> Option<String> {
        offer::as_one(statements)
    }

    fn memberships_lean(&self) -> bool {
        self.version >= 160_000
    }

    fn purpose(&self, role: &RoleName) -> String {
        offer::purpose(role)
    }

    fn powers(&self, observed: &Observed, database: &DatabaseName) -> Powers {
        powers::powers(observed, database)
    }

    fn needs(&self, observed: &Observed, database: &DatabaseName, asked: &Permission) -> Needs {
        powers::needs(observed, database, asked)
    }

    fn escalations(&self, observed: &Observed) -> Vec<Escalation> {
        escalation::escalations(observed)
    }

    fn becoming(&self, role: &RoleName) -> String {
        format!("SET ROLE {}", identifier(role.as_str()))
    }

    fn handing_out(&self, role: &RoleName) -> String {
        let inherited = if self.version >= 160_000 { " WITH INHERIT TRUE, SET TRUE" } else { "" };
        format!("GRANT {} TO {LOGIN}{inherited}", identifier(role.as_str()))
    }

    fn granting(&self, permission: &Permission, to: &RoleName) -> String {
        escalation::granting(permission, to)
    }

    fn reaching(&self, observed: &Observed, database: &DatabaseName, asked: &Permission) -> Vec<Escalation> {
        escalation::reaching(observed, database, asked)
    }

    fn literal(&self, text: &str) -> String {
        literal(text)
    }

    fn quoted(&self, role: &RoleName) -> String {
        identifier(role.as_str())
    }
}
