#![doc = include_str!("open_views.md")]

use crate::phases::sql;
use crate::readers::Readers;
use crate::words::attribute;
use audit::told::listed;
use audit::{About, Finding, Look, Manual, Mending, Remedy, Rule, Severity};
use model::{Object, Principal, RoleName, RowSecurity, View};
use std::collections::BTreeSet;
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
        let views = look.observed.survey.iter().flat_map(|survey| &survey.views);
        let mut readers = None;
        views
            .filter(|(_, view)| !view.as_caller)
            .filter_map(|(object, view)| {
                let readers = readers.get_or_insert_with(|| Readers::of(&look.observed.access));
                self.of_view(look, object, view, readers)
            })
            .collect()
    }
}

impl OpenViews {
    fn of_view(
        &self,
        look: &Look<'_>,
        object: &Arc<Object>,
        view: &View,
        readers: &Readers<'_>,
    ) -> Option<Finding> {
        let who: BTreeSet<&Principal> = readers.on(object).map(|(principal, _)| principal).collect();
        let owner = look.observed.access.owners.get(object)?;
        let free: Vec<String> = view
            .reads
            .iter()
            .filter_map(|table| Some(format!("{table}: {}", unbound(look, owner, table)?)))
            .collect();
        if who.is_empty() || free.is_empty() && !view.stored {
            return None;
        }
        let mut evidence = vec![format!("may be used by {}", listed(&who))];
        let (what, remedy) = if view.stored {
            evidence.push(format!("stores rows of {}, as its owner {owner} sees them", listed(&view.reads)));
            ("shows stored rows of tables with row security, whoever reads it", Remedy::Decide)
        } else {
            evidence.extend(free);
            let invoker = format!("ALTER VIEW {} SET (security_invoker = true)", sql::name(object));
            let can = look.observed.at.version >= INVOKER;
            let remedy = if can { Remedy::Statements(vec![invoker]) } else { Remedy::Decide };
            ("goes around the policies of the tables that it reads", remedy)
        };
        Some(Finding {
            rule: self.code(),
            severity: if view.stored { Severity::Medium } else { Severity::High },
            about: About::Object(object.clone()),
            what: what.to_owned(),
            evidence,
            mending: Mending { remedy, model: None },
        })
    }
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
