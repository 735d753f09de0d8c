#![doc = include_str!("open_views.md")]

use crate::phases::sql;
use crate::readers::Readers;
use crate::words::attribute;
use audit::told::listed;
use audit::{About, Facts, Finding, Look, Manual, Mending, Offered, Remedy, Rule, Severity};
use model::{Object, Operation, Principal, RoleName, RowSecurity, Survey, View};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Views can be judged by their callers' policies from this version on.
const INVOKER: u32 = 150_000;

/// The rule.
pub(super) struct OpenViews;

impl Rule for OpenViews {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("open_views.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let Some(survey) = &look.observed.survey else { return Vec::new() };
        let mut readers = None;
        let views = survey.views.iter();
        views
            .filter_map(|(object, view)| {
                let readers = readers.get_or_insert_with(|| Readers::of(&look.observed.access));
                let who: Who<'_> = readers.on(object).collect();
                if who.is_empty() {
                    return None;
                }
                if view.stored {
                    self.stored(look, survey, object, &who)
                } else {
                    self.read(look, survey, object, &who)
                }
            })
            .collect()
    }
}

/// Who was granted what on a view.
type Who<'a> = BTreeMap<&'a Principal, &'a BTreeSet<&'a Operation>>;

impl OpenViews {
    /// Each view on the way is judged by its own owner, unless it is judged by its caller.
    fn read(&self, look: &Look<'_>, survey: &Survey, object: &Arc<Object>, who: &Who<'_>) -> Option<Finding> {
        let (mut free, mut statements, mut facts) = (Vec::new(), Vec::new(), told(who));
        for (inner, view) in
            within(survey, object).into_iter().filter(|(_, view)| !view.as_caller && !view.stored)
        {
            let owner = look.observed.access.owners.get(inner)?;
            let tables = view.reads.iter().filter(|read| !survey.views.contains_key(*read));
            let open = tables.filter_map(|table| Some((table, unbound(look, owner, table)?)));
            let open = open.inspect(|(table, why)| facts.add("reads", &[inner, owner, table, why]));
            let through = if inner == object { String::new() } else { format!(" through {inner}") };
            let before = free.len();
            free.extend(open.map(|(table, why)| format!("{table}{through}: {why}")));
            if free.len() > before {
                let text = format!("ALTER VIEW {} SET (security_invoker = true)", sql::name(inner));
                statements.push(Offered::about(inner, text));
            }
        }
        if free.is_empty() {
            return None;
        }
        let can = look.observed.at.version >= INVOKER;
        free.insert(0, format!("may be used by {}", listed(who.keys())));
        let before = can.then(|| {
            let who = listed(who.keys());
            format!(
                "from then on {who} need privileges on the tables themselves and see what the policies let them see: grant select there first"
            )
        });
        let remedy = if can { Remedy::Statements(statements) } else { Remedy::Decide };
        Some(Finding {
            rule: self.code(),
            severity: Severity::High,
            about: About::Object(object.clone()),
            what: "goes around the policies of the tables that it reads".to_owned(),
            evidence: free,
            facts: facts.digest(),
            mending: Mending { remedy, before, ..Mending::default() },
        })
    }

    fn stored(
        &self,
        look: &Look<'_>,
        survey: &Survey,
        object: &Arc<Object>,
        who: &Who<'_>,
    ) -> Option<Finding> {
        let reads = within(survey, object).into_values().flat_map(|view| &view.reads);
        let tables: BTreeSet<&Arc<Object>> = reads.filter(|read| !survey.views.contains_key(*read)).collect();
        let owner = look.observed.access.owners.get(object).filter(|_| !tables.is_empty())?;
        let mut facts = told(who).with("as", &[owner]);
        facts.each("stores", &tables);
        Some(Finding {
            rule: self.code(),
            severity: Severity::Medium,
            about: About::Object(object.clone()),
            what: "shows stored rows of tables with row security, whoever reads it".to_owned(),
            evidence: vec![
                format!("may be used by {}", listed(who.keys())),
                format!("stores rows of {}, as its owner {owner} sees them", listed(tables)),
            ],
            facts: facts.digest(),
            mending: Mending::default(),
        })
    }
}

fn told(who: &Who<'_>) -> Facts {
    let mut facts = Facts::new();
    for (principal, operations) in who {
        facts.add("may use", &[principal, &operations.iter().collect::<Vec<_>>()]);
    }
    facts
}

/// A view and those that are read through it, as far as they store nothing.
fn within<'a>(survey: &'a Survey, from: &'a Arc<Object>) -> BTreeMap<&'a Arc<Object>, &'a View> {
    let mut all = BTreeMap::new();
    let mut next = vec![from];
    while let Some(object) = next.pop() {
        let Some(view) = survey.views.get(object) else { continue };
        if all.insert(object, view).is_none() && (object == from || !view.stored) {
            next.extend(&view.reads);
        }
    }
    all
}

/// Why the table's policies do not bind the view's owner, if they do not.
fn unbound(look: &Look<'_>, owner: &RoleName, table: &Arc<Object>) -> Option<String> {
    if look.has(owner, &attribute::SUPERUSER) {
        return Some(format!("the view's owner {owner} is a superuser"));
    }
    if look.has(owner, &attribute::BYPASSRLS) {
        return Some(format!("the view's owner {owner} has bypassrls"));
    }
    let security = look.observed.access.row_security.get(table).copied();
    let forced = security.is_some_and(|RowSecurity { forced, .. }| forced);
    let owns = look.observed.access.owners.get(table) == Some(owner);
    (owns && !forced).then(|| format!("the view's owner {owner} owns it too, and it is without FORCE"))
}
