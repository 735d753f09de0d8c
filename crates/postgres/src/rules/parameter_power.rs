#![doc = include_str!("parameter_power.md")]

use crate::words::{attribute, kind, operation};
use audit::told::{given_by, listed, taken};
use audit::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Held, Holder, Object, Operation, Principal};
use std::sync::Arc;

/// The rule.
pub(super) struct ParameterPower;

impl Rule for ParameterPower {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("parameter_power.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Critical
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        entries(look).filter_map(|(on, holder, held)| self.finding(on, holder, held)).collect()
    }
}

/// Who holds something on a parameter, beside superusers and the server's own roles.
fn entries<'a>(look: &Look<'a>) -> impl Iterator<Item = (&'a Arc<Object>, &'a Holder, &'a Held)> {
    let look = *look;
    let parameters = look.observed.access.entries.iter().filter(|(on, _)| on.kind == kind::PARAMETER);
    let held = parameters.flat_map(|(on, acl)| acl.iter().map(move |(holder, held)| (on, holder, held)));
    held.filter(move |(_, holder, _)| match &holder.to {
        Principal::Public => true,
        Principal::Role(role) => !look.is_engines_own(role) && !look.has(role, &attribute::SUPERUSER),
    })
}

/// Who holds a parameter that is as good as being a superuser, with the fact.
pub(super) fn as_good<'a>(look: &Look<'a>) -> Vec<(&'a Principal, String)> {
    let critical = entries(look).filter(|(on, _, held)| {
        worth(&name(on), held).is_some_and(|(severity, _)| severity == Severity::Critical)
    });
    let fact = |on: &Object, held: &Held| {
        format!("holds {} on {on}", listed(held.iter().map(|(operation, _)| operation)))
    };
    critical.map(|(on, holder, held)| (&holder.to, fact(on, held))).collect()
}

/// A parameter's name as people write it.
fn name(on: &Object) -> String {
    on.path.iter().map(ToString::to_string).collect::<Vec<_>>().join(".")
}

impl ParameterPower {
    fn finding(&self, on: &Arc<Object>, holder: &Holder, held: &Held) -> Option<Finding> {
        let (severity, meaning) = worth(&name(on), held)?;
        let operations: Vec<&Operation> = held.iter().map(|(operation, _)| operation).collect();
        let who = match &holder.to {
            Principal::Public => "everybody".to_owned(),
            Principal::Role(role) => role.to_string(),
        };
        Some(Finding {
            rule: self.code(),
            severity,
            about: About::Object(on.clone()),
            what: format!("by it {who} {meaning}"),
            evidence: vec![format!("{} holds {}, {}", holder.to, listed(&operations), given_by(&holder.by))],
            facts: Facts::new().with("holds", &[on, holder, held]).digest(),
            mending: Mending::by(vec![taken(on, holder, held, |operation| operations.contains(&operation))])
                .but_first(format!(
                    "what sets it as {who} fails then: look for it in jobs and in the settings of roles"
                )),
        })
    }
}

/// What whoever holds one of these on the parameter does with it, where that is as good as being a superuser.
pub(crate) fn meaning(name: &str, operation: &Operation) -> Option<&'static str> {
    let held: Held = std::iter::once((operation.clone(), false)).collect();
    worth(name, &held).filter(|(severity, _)| *severity == Severity::Critical).map(|(_, meaning)| meaning)
}

/// What the privilege is worth, if it is worth more than the parameter's own purpose.
fn worth(name: &str, held: &Held) -> Option<(Severity, &'static str)> {
    let sets = held.get(&operation::SET).is_some();
    let lasting = held.get(&operation::ALTER_SYSTEM).is_some();
    match name {
        "archive_command"
        | "restore_command"
        | "archive_cleanup_command"
        | "recovery_end_command"
        | "ssl_passphrase_command"
        | "archive_library"
        | "shared_preload_libraries"
        | "jit_provider"
            if lasting =>
        {
            Some((Severity::Critical, "makes the server run programs of its choice"))
        }
        "session_preload_libraries" | "dynamic_library_path" | "extension_control_path" => {
            Some((Severity::Critical, "makes the server load code of its choice"))
        }
        "session_replication_role" if sets => {
            Some((Severity::High, "switches off triggers and the checks of foreign keys"))
        }
        "allow_system_table_mods" => Some((Severity::High, "changes the catalogue's own tables")),
        "hba_file" | "ident_file" | "ssl_ca_file" | "krb_server_keyfile" if lasting => {
            Some((Severity::Critical, "decides who may log in as whom"))
        }
        "row_security" | "zero_damaged_pages" | "ignore_checksum_failure" | "ignore_system_indexes" => {
            Some((Severity::Medium, "goes around what protects the data"))
        }
        _ if name.starts_with("log_") || name.starts_with("pgaudit.") || name.starts_with("track_") => {
            Some((Severity::Medium, "decides what is left out of the log"))
        }
        _ if lasting => Some((Severity::Medium, "changes the server for everybody, beyond its next start")),
        _ => None,
    }
}
