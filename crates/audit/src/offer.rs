//! The statements that mend a finding: each with the database in which it is to be run, and what is not offered with the
//! reason. They are made when somebody reads them: a report can have thousands of findings of which ten are shown.

use crate::told::listed;
use crate::{Compared, Look, Remedy};
use model::{
    Access, Change, Claims, DatabaseName, Desired, Grantor, Held, Holder, Intent, MemberKey, Object,
    Operation, Phase, Principal, RoleName, Step,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// A statement that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// The database in which it has to be run; `None` where any will do.
    pub database: Option<DatabaseName>,
    /// The statement with its semicolon; several as one transaction, where they belong together.
    pub text: String,
}

impl Offered {
    /// A statement about the whole cluster.
    #[must_use]
    pub fn anywhere(text: impl Into<String>) -> Self {
        Self { database: None, text: terminated(text.into()) }
    }

    /// A statement about an object.
    #[must_use]
    pub fn about(object: &Object, text: impl Into<String>) -> Self {
        Self { database: object.database().cloned(), text: terminated(text.into()) }
    }
}

impl fmt::Display for Offered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What is offered, in the order in which it is to be run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    /// The statements.
    pub statements: Vec<Offered>,
    /// What is left out, and why.
    pub withheld: Vec<String>,
}

impl Offer {
    /// True if some of it has to be run in a certain database.
    #[must_use]
    pub fn has_places(&self) -> bool {
        self.statements.iter().any(|one| one.database.is_some())
    }
}

impl Look<'_> {
    /// The statements of a remedy; those of changes as a plan would have them.
    #[must_use]
    pub fn offer(&self, remedy: &Remedy) -> Offer {
        match remedy {
            Remedy::Decide => Offer::default(),
            Remedy::Statements(statements) => Offer { statements: statements.clone(), withheld: Vec::new() },
            Remedy::Purpose(role) => {
                let statements = vec![Offered::anywhere(self.dialect.purpose(role))];
                Offer { statements, withheld: Vec::new() }
            }
            Remedy::Changes(changes) => self.of_changes(changes),
            Remedy::Plan(changes) => self.of_plan(changes),
        }
    }

    /// What the model asks for. All of it or nothing: a part of a plan may lean on the rest.
    fn of_plan(&self, changes: &[Change]) -> Offer {
        let phases = match (self.meant, self.compared) {
            (Some(meant), Some(Compared::Differs { desired, .. })) => {
                self.dialect.phases(changes.to_vec(), desired, self.observed, &meant.intent)
            }
            _ => self.by_themselves(changes),
        };
        let steps = phases.into_iter().flat_map(|phase| phase.steps);
        let then = Becomes::of(changes);
        let leaning = changes.iter().any(|change| self.leaning(change, changes, &then).is_some());
        let offered: Option<Vec<Offered>> =
            steps.map(|step| self.of_step(&step).filter(|_| !leaning)).collect();
        let why = "these changes belong together: `rolewright plan` makes them".to_owned();
        match offered {
            Some(statements) => Offer { statements, withheld: Vec::new() },
            None => Offer { statements: Vec::new(), withheld: vec![why] },
        }
    }

    /// What an audit proposes by itself. Of that, what others live from is left out: the server would refuse it, or take it
    /// from them as well.
    fn of_changes(&self, changes: &[Change]) -> Offer {
        let mut offer = Offer::default();
        let (mut free, mut withheld) = (Vec::new(), Vec::new());
        let then = Becomes::of(changes);
        for change in changes {
            match self.leaning(change, changes, &then) {
                Some(why) => withheld.push(why),
                None => free.push(change.clone()),
            }
        }
        let steps = self.by_themselves(&free).into_iter().flat_map(|phase| phase.steps);
        for step in steps {
            match self.of_step(&step) {
                Some(statement) => offer.statements.push(statement),
                None => withheld
                    .push("a change that takes several statements, which only a plan makes".to_owned()),
            }
        }
        offer.withheld = withheld;
        offer
    }

    fn by_themselves(&self, changes: &[Change]) -> Vec<Phase> {
        let claims = Claims::Named(Box::default());
        let desired = Desired { access: Access::default(), claims, quarantined: BTreeMap::new() };
        self.dialect.phases(changes.to_vec(), &desired, self.observed, &Intent::default())
    }

    fn of_step(&self, step: &Step) -> Option<Offered> {
        let text = match step.statements.as_slice() {
            [one] => one.to_string(),
            several => self.dialect.as_one(several)?,
        };
        let database = step.changes.iter().find_map(database_of).cloned();
        Some(Offered { database, text: terminated(text) })
    }

    /// Why a change is not offered: who lives from what it takes, and does not lose it by the other changes.
    fn leaning(&self, change: &Change, all: &[Change], then: &Becomes<'_>) -> Option<String> {
        match change {
            Change::Entry { on, to: Principal::Role(role), from, into, .. } => {
                let lost = into.lost_from(from).into_iter().map(|(operation, _)| operation);
                let lost: Vec<Operation> =
                    lost.filter(|operation| from.get(operation) == Some(true)).collect();
                self.leaning_on_entry(on, role, &lost, then)
            }
            Change::Member { key, from: Some(from), to }
                if from.admin && !to.is_some_and(|to| to.admin) && self.dialect.memberships_lean() =>
            {
                self.leaning_on_membership(key, all)
            }
            _ => None,
        }
    }

    fn leaning_on_entry(
        &self,
        on: &Arc<Object>,
        role: &RoleName,
        lost: &[Operation],
        then: &Becomes<'_>,
    ) -> Option<String> {
        let entries = self.entries(on);
        let by = Grantor::Role(role.clone());
        let dependents: BTreeSet<&Principal> = entries
            .iter()
            .filter(|(holder, held)| {
                holder.by == by
                    && lost.iter().any(|operation| then.get(on, holder, held, operation).is_some())
            })
            .map(|(holder, _)| &holder.to)
            .collect();
        // Somebody else may have given it the right to hand on as well.
        let keeps = |operation: &Operation| {
            let mut own = entries.iter().filter(|(holder, _)| holder.to == Principal::Role(role.clone()));
            own.any(|(holder, held)| then.get(on, holder, held, operation) == Some(true))
        };
        if dependents.is_empty() || lost.iter().all(keeps) {
            return None;
        }
        let place = on.database().map(|name| format!(" in database {name}")).unwrap_or_default();
        Some(format!(
            "what {role} holds on {on}{place} is not taken here: {} would lose what {role} gave; let somebody else give it first",
            listed(dependents)
        ))
    }

    fn leaning_on_membership(&self, key: &MemberKey, all: &[Change]) -> Option<String> {
        let rows = self.observed.access.members.iter().filter(|(row, _)| row.role == key.role);
        let loses = |row: &MemberKey, only_admin: bool| {
            all.iter().any(|change| match change {
                Change::Member { key, to, .. } => key == row && to.is_none_or(|to| only_admin && !to.admin),
                _ => false,
            })
        };
        let by = Grantor::Role(key.member.clone());
        let dependents: BTreeSet<&RoleName> = rows
            .clone()
            .filter(|(row, _)| row.by == by && !loses(row, false))
            .map(|(row, _)| &row.member)
            .collect();
        let mut others = rows.filter(|(row, powers)| row.member == key.member && powers.admin);
        if dependents.is_empty() || others.any(|(row, _)| !loses(row, true)) {
            return None;
        }
        let (role, member) = (&key.role, &key.member);
        Some(format!(
            "that {member} may hand out {role} is not taken here: {} would lose what {member} gave; let somebody else give it first",
            listed(dependents)
        ))
    }
}

/// What entries become by the changes.
struct Becomes<'c>(BTreeMap<(&'c Object, &'c Principal, &'c Grantor), &'c Held>);

impl<'c> Becomes<'c> {
    fn of(changes: &'c [Change]) -> Self {
        let entries = changes.iter().filter_map(|change| match change {
            Change::Entry { on, to, by, into, .. } => Some(((&**on, to, by), into)),
            _ => None,
        });
        Self(entries.collect())
    }

    /// What is held of the operation then, and whether it may be handed on.
    fn get(&self, on: &Object, holder: &Holder, held: &Held, operation: &Operation) -> Option<bool> {
        self.0.get(&(on, &holder.to, &holder.by)).copied().unwrap_or(held).get(operation)
    }
}

/// The database in which a change is made, if it is made inside of one.
fn database_of(change: &Change) -> Option<&DatabaseName> {
    match change {
        Change::Entry { on, .. } | Change::Owner { on, .. } | Change::RowSecurity { on, .. } => on.database(),
        Change::Future { key, .. } => key.scope.database(),
        Change::Policy { key, .. } => key.on.database(),
        Change::Mapping { key, .. } => key.server.database(),
        _ => None,
    }
}

fn terminated(mut statement: String) -> String {
    if !statement.trim_end().ends_with(';') {
        statement.push(';');
    }
    statement
}
