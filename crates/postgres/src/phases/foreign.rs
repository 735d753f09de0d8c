//! Entries that others than the owner gave, by right of a grant option. The server lets nobody name another
//! grantor on an object: whoever grants has to be the grantor (PostgreSQL documentation, GRANT, "GRANTED BY").

use super::batch::{Cell, Direction, batches, by_option};
use super::context::Context;
use super::entries::{Turn, columns_kept};
use super::{grant, sql};
use crate::quote::identifier;
use crate::words::kind;
use model::{Grantor, Held, Holder, Object, Operation, Principal, RoleName, Statement, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The steps of one direction, round by round. A grantor's right on a table counts on its columns, so columns come
/// after tables where something is given, and before them where something is taken.
pub(super) fn steps(cx: &Context<'_>, direction: Direction, turns: Vec<Turn<'_>>) -> Vec<Step> {
    let mut rounds: BTreeMap<(bool, usize, &RoleName, bool), Vec<Cell<'_>>> = BTreeMap::new();
    let mut stuck = Vec::new();
    for turn in turns {
        let Grantor::Role(by) = turn.by else { continue };
        let columns_last = (turn.cell.on.kind == kind::COLUMN) == (direction == Direction::Gain);
        match turn.round {
            Some(round) => rounds.entry((columns_last, round, by, turn.one_way)).or_default().push(turn.cell),
            None => stuck.push((by, turn.cell)),
        }
    }
    let regular = rounds.into_iter().filter_map(|((.., by, one_way), cells)| {
        let help = Help { forth: false, back: one_way };
        one(cx, direction, by, cells, help)
    });
    let mut steps: Vec<Step> = regular.collect();
    if direction == Direction::Lose {
        // From the outside in, as far as that can be told.
        stuck.reverse();
    }
    steps.extend(
        stuck
            .into_iter()
            .filter_map(|(by, cell)| one(cx, direction, by, vec![cell], Help { forth: true, back: true })),
    );
    steps
}

/// Where the grantor needs the grant option lent: for what is done, and for the way back.
#[derive(Clone, Copy)]
struct Help {
    forth: bool,
    back: bool,
}

/// Everything of one grantor in one round as one step: becoming the grantor twice costs more than it shows. A stuck
/// grantor does not hold the grant option any more, or only from whom it would give to, and is lent it by the owner.
fn one(
    cx: &Context<'_>,
    direction: Direction,
    by: &RoleName,
    cells: Vec<Cell<'_>>,
    help: Help,
) -> Option<Step> {
    let schemas: BTreeSet<Arc<Object>> = cells.iter().flat_map(|cell| cx.schemas_named(cell.on)).collect();
    let holders: BTreeSet<Principal> = cells.iter().map(|cell| cell.to.clone()).collect();
    let own = Principal::Role(by.clone());
    let loans: Vec<Loan> = if (help.forth || help.back) && cx.power.superuser {
        cells.iter().filter_map(|cell| Loan::of(cx, by, cell)).collect()
    } else {
        Vec::new()
    };
    let grantor = Grantor::Role(by.clone());
    let holders: BTreeSet<Principal> = holders.into_iter().filter(|to| *to != own).collect();
    let made = batches(cx, direction, &grantor, cells).into_iter();
    let mut shields =
        if help.forth && direction == Direction::Lose { holders.clone() } else { BTreeSet::new() };
    let mut made = made.map(|batch| {
        let (kept, leaned_on) = match direction {
            Direction::Lose => columns_kept(cx, &grantor, &batch.changes),
            Direction::Gain => Default::default(),
        };
        shields.extend(leaned_on.into_iter().filter(|to| *to != own));
        let mut step = grant::step(cx, direction, &grantor, batch);
        step.statements.extend(kept);
        step
    });
    let mut step = made.next()?;
    for mut other in made {
        step.changes.extend(other.changes);
        step.statements.extend(other.statements);
        other.reverse.append(&mut step.reverse);
        step.reverse = other.reverse;
        step.risk = step.risk.max(other.risk);
    }
    let carried = |lends: bool, shields, statements| {
        let statements = as_grantor(cx, by, &schemas, statements);
        let loans = loans.iter().filter(|_| lends);
        let lent = loans.clone().map(|loan| loan.lend(by));
        let own = BTreeSet::from([own.clone()]);
        let back = loans.flat_map(|loan| shielded(cx, own.clone(), loan.take_back(by)));
        lent.chain(shielded(cx, shields, statements)).chain(back).collect::<Vec<_>>()
    };
    step.statements = carried(help.forth, shields, step.statements);
    // The way back leads through the same hands. Where it takes, who lives from that is shielded in its turn.
    let shields = if help.back && direction == Direction::Gain { holders } else { BTreeSet::new() };
    let back = carried(help.back, shields, step.reverse.into_iter().map(Statement::new).collect());
    step.reverse = back.iter().map(ToString::to_string).collect();
    Some(step)
}

/// A grant option lent for a few statements, to give or take what its holder once gave.
struct Loan {
    on: Arc<Object>,
    operations: Vec<Operation>,
    /// What the owner's entry for the grantor holds meanwhile.
    has: Held,
    /// And what it holds on columns, which is cleared when the loan is taken back.
    columns: Vec<(Arc<Object>, Held)>,
}

impl Loan {
    fn of(cx: &Context<'_>, by: &RoleName, cell: &Cell<'_>) -> Option<Self> {
        let own = Holder { to: Principal::Role(by.clone()), by: Grantor::Owner };
        let has = cx.meanwhile(cell.on).get(&own).cloned().unwrap_or_default();
        let lacks = |operation: &&Operation| has.get(operation) != Some(true);
        let operations: Vec<Operation> = cell.operations.iter().filter(lacks).cloned().collect();
        let column = |column: &Arc<Object>| {
            let held = cx.meanwhile(column).get(&own)?.clone();
            let held: Held = held
                .iter()
                .filter(|(operation, _)| operations.contains(operation))
                .map(|(operation, option)| (operation.clone(), option))
                .collect();
            (!held.is_empty()).then(|| (column.clone(), held))
        };
        let columns = if cell.on.kind == kind::TABLE {
            cx.columns_with_entries(cell.on).iter().filter_map(column).collect()
        } else {
            Vec::new()
        };
        (!operations.is_empty()).then(|| Self { on: cell.on.clone(), operations, has, columns })
    }

    fn on(&self) -> String {
        format!("{} {}", sql::grant_word(&self.on.kind), sql::name(&self.on))
    }

    fn privileges(&self, operations: &[Operation]) -> String {
        sql::privileges(&self.on.kind, operations, std::slice::from_ref(&self.on))
    }

    fn lend(&self, by: &RoleName) -> Statement {
        let what = self.privileges(&self.operations);
        Statement::new(format!(
            "GRANT {what} ON {} TO {} WITH GRANT OPTION",
            self.on(),
            identifier(by.as_str())
        ))
    }

    fn take_back(&self, by: &RoleName) -> Vec<Statement> {
        let (only_option, whole): (Vec<_>, Vec<_>) =
            self.operations.iter().cloned().partition(|operation| self.has.get(operation).is_some());
        let text = |operations: &[Operation], what: &str| {
            let privileges = self.privileges(operations);
            let text = format!("REVOKE {what}{privileges} ON {} FROM {}", self.on(), identifier(by.as_str()));
            (!operations.is_empty()).then(|| Statement::new(text))
        };
        let again = self.columns.iter().flat_map(|(column, held)| {
            by_option(held).into_iter().map(|(option, operations)| {
                let what = sql::privileges(&column.kind, &operations, std::slice::from_ref(column));
                let option = if option { " WITH GRANT OPTION" } else { "" };
                let to = identifier(by.as_str());
                Statement::new(format!("GRANT {what} ON {} TO {to}{option}", self.on()))
            })
        });
        let back = text(&only_option, "GRANT OPTION FOR ").into_iter().chain(text(&whole, ""));
        back.chain(again).collect()
    }
}

/// The statements, with these holders above the server's check that nobody lives from what they lose. Nobody else
/// sees it: it is undone before the transaction ends.
pub(super) fn shielded(
    cx: &Context<'_>,
    holders: BTreeSet<Principal>,
    statements: Vec<Statement>,
) -> Vec<Statement> {
    let roles = holders.into_iter().filter_map(|holder| match holder {
        Principal::Role(role) if cx.power.superuser && !cx.superuser(&role) => Some(role),
        _ => None,
    });
    roles.fold(statements, |statements, role| {
        let role = identifier(role.as_str());
        let up = Statement::new(format!("ALTER ROLE {role} SUPERUSER"));
        let down = Statement::new(format!("ALTER ROLE {role} NOSUPERUSER"));
        std::iter::once(up).chain(statements).chain([down]).collect()
    })
}

/// Becomes the grantor, who must be able to name what lies in a schema: where no entry lets it, it may for these few
/// statements. A superuser's grants count as the owner's, so a grantor that is one is none meanwhile.
fn as_grantor(
    cx: &Context<'_>,
    by: &RoleName,
    schemas: &BTreeSet<Arc<Object>>,
    statements: Vec<Statement>,
) -> Vec<Statement> {
    if !cx.power.superuser && cx.power.acts_as == *by {
        return statements;
    }
    let to = identifier(by.as_str());
    let blind: Vec<String> =
        schemas.iter().filter(|s| !cx.sees_schema(s, by)).map(|s| sql::name(s)).collect();
    let usage = |verb: &str, word: &str| {
        let text = format!("{verb} USAGE ON SCHEMA {} {word} {to}", blind.join(", "));
        (!blind.is_empty()).then(|| Statement::new(text))
    };
    let lowered = cx.power.superuser && cx.superuser(by);
    let rank = |word: &str| lowered.then(|| Statement::new(format!("ALTER ROLE {to} {word}")));
    let before = usage("GRANT", "TO").into_iter().chain(rank("NOSUPERUSER"));
    let after = rank("SUPERUSER").into_iter().chain(usage("REVOKE", "FROM"));
    before.chain(cx.acting.as_role(by, statements)).chain(after).collect()
}
