//! The operations of a grant as the target's version has them.

use super::Work;
use crate::vocabulary::operations;
use crate::words::operation;
use model::{GrantIntent, Held, Kind, Operation};

impl Work<'_> {
    /// What the grant gives on objects of this kind. A privilege that the version does not have is a problem.
    pub(super) fn held(&mut self, grant: &GrantIntent, of: &Kind) -> Held {
        let known = operations(of, self.version);
        let mut held = Held::none();
        for wanted in &grant.operations {
            if *wanted == operation::ALL {
                known.iter().for_each(|each| held.insert(each.clone(), grant.delegable));
            } else if known.contains(wanted) {
                held.insert(wanted.clone(), grant.delegable);
            } else {
                self.unknown(grant, wanted, of, &known);
            }
        }
        held
    }

    fn unknown(&mut self, grant: &GrantIntent, wanted: &Operation, of: &Kind, known: &[Operation]) {
        let what = format!("PostgreSQL {} has no privilege `{wanted}` on a {of}", self.version);
        let help = match (wanted.as_str(), of.as_str()) {
            ("maintain", _) => "it came with version 17".to_owned(),
            (_, "parameter") => "privileges on parameters came with version 15".to_owned(),
            _ => format!("it has: {}", list(known)),
        };
        self.problem(grant.cause, "RW306", what, help);
    }
}

/// Operations as a sentence names them.
pub(super) fn list(operations: &[Operation]) -> String {
    operations.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
