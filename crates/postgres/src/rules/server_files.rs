#![doc = include_str!("server_files.md")]

use crate::words::{attribute, kind, operation};
use audit::told::{listed, taken};
use audit::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Acl, Change, Held, Holder, Object, Observed, Principal};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Functions that reach what the server's account reaches, with what they do.
const READS: [&str; 6] =
    ["pg_read_file", "pg_read_binary_file", "pg_ls_dir", "pg_stat_file", "lo_import", "pg_logdir_ls"];
const WRITES: [&str; 4] = ["lo_export", "pg_file_write", "pg_file_rename", "pg_file_unlink"];
/// It reaches other servers as the server's own account, whatever the caller's password.
const CONNECTS: [&str; 1] = ["dblink_connect_u"];

/// The rule.
pub(super) struct ServerFiles;

/// What one holder may run.
#[derive(Default)]
struct Found<'a> {
    writes: bool,
    routines: BTreeSet<&'a Arc<Object>>,
    changes: Vec<Change>,
    facts: Facts,
}

impl Rule for ServerFiles {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("server_files.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Critical
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let mut found: BTreeMap<&Principal, Found<'_>> = BTreeMap::new();
        for (on, acl) in look.observed.access.entries.iter().filter(|(on, _)| on.kind == kind::ROUTINE) {
            let Some(writes) = reaches(look.observed, on) else { continue };
            for (holder, held) in open(look, on, acl) {
                let of = found.entry(&holder.to).or_default();
                of.writes |= writes;
                of.routines.insert(on);
                of.facts.add("may run", &[on, holder, &held.get(&operation::EXECUTE)]);
                of.changes.push(taken(on, holder, held, |held| *held == operation::EXECUTE));
            }
        }
        found.into_iter().map(|(who, found)| self.finding(look, who, found)).collect()
    }
}

impl ServerFiles {
    fn finding(&self, look: &Look<'_>, who: &Principal, found: Found<'_>) -> Finding {
        let (about, subject) = match who {
            Principal::Role(role) => (About::Role(role.clone()), ""),
            Principal::Public => (About::Target, "everybody "),
        };
        let (severity, what) = if found.writes {
            (Severity::Critical, "writes files as the server's account")
        } else {
            (Severity::High, "reads files or reaches servers as the server's account")
        };
        Finding {
            rule: self.code(),
            severity,
            about,
            what: format!("{subject}{what}"),
            evidence: vec![format!(
                "{who} holds execute on {}",
                listed(found.routines.iter().map(|on| look.named(on)))
            )],
            facts: found.facts.digest(),
            mending: Mending::by(found.changes)
                .but_first("what is done by them fails then: agents that read a log or a size often are"),
        }
    }
}

/// Who writes files as the server's account, which is as good as being a superuser, with the fact.
pub(super) fn as_good<'a>(look: &Look<'a>) -> Vec<(&'a Principal, String)> {
    let routines = look.observed.access.entries.iter().filter(|(on, _)| on.kind == kind::ROUTINE);
    let writing = routines.filter(|(on, _)| reaches(look.observed, on) == Some(true));
    let fact = |on: &Arc<Object>| format!("holds {} on {on}", operation::EXECUTE);
    writing
        .flat_map(|(on, acl)| open(look, on, acl).into_iter().map(move |(holder, _)| (&holder.to, fact(on))))
        .collect()
}

/// Whether a routine of the server or of an extension reaches around it, and whether it writes.
///
/// One that begins open to everybody checks by itself who calls it: `pg_read_file_old` and all of adminpack 1.x ask for a
/// superuser, and `pg_file_rename(text, text)` asks for the right to the one with three arguments.
pub(crate) fn reaches(observed: &Observed, on: &Arc<Object>) -> Option<bool> {
    let existing = observed.catalogue.objects.get(on)?;
    let name = on.path.last()?.as_str();
    let known = existing.system || existing.extension.is_some();
    let begins = observed.catalogue.baselines.get(on);
    let closed = begins.is_some_and(|acl| !acl.keys().any(|holder| holder.to == Principal::Public));
    match name {
        _ if !known || !closed => None,
        name if WRITES.contains(&name) => Some(true),
        name if READS.contains(&name) || CONNECTS.contains(&name) => Some(false),
        _ => None,
    }
}

/// Who may run it beside superusers and the server's own roles, where the server does not begin so.
fn open<'a>(look: &Look<'_>, on: &Arc<Object>, acl: &'a Acl) -> Vec<(&'a Holder, &'a Held)> {
    let baseline = look.observed.catalogue.baselines.get(on);
    let runs = acl.iter().filter(|(_, held)| held.get(&operation::EXECUTE).is_some());
    runs.filter(|(holder, _)| baseline.is_none_or(|baseline| !baseline.contains_key(holder)))
        .filter(|(holder, _)| match &holder.to {
            Principal::Public => true,
            Principal::Role(role) => !look.is_engines_own(role) && !look.has(role, &attribute::SUPERUSER),
        })
        .collect()
}
