#![doc = include_str!("master_key.md")]

use super::accountable;
use crate::words::attribute;
use audit::{About, Facts, Finding, Look, Manual, Path, Reach, Rule, Severity};
use model::RoleName;

/// The rule.
pub(super) struct MasterKey;

impl Rule for MasterKey {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("master_key.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Critical
    }

    /// Superusers are left out: they need no key.
    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let reach = Reach::of(&look.observed.access);
        let mut findings = Vec::new();
        for login in accountable(look).filter(|login| !look.has(login, &attribute::SUPERUSER)) {
            let privileges = reach.privileges(login);
            for key in &KEYS {
                if let Some((_, way)) = privileges.iter().find(|(role, _)| role.as_str() == key.role) {
                    findings.push(self.finding(look, login, key, way));
                }
            }
        }
        findings
    }
}

impl MasterKey {
    fn finding(&self, look: &Look<'_>, login: &RoleName, key: &Key, way: &Path<'_>) -> Finding {
        Finding {
            rule: self.code(),
            severity: key.severity,
            about: About::Role(login.clone()),
            what: format!("{}, by {}", key.opens, key.role),
            evidence: vec![way.to_string()],
            facts: Facts::new().with("reaches", &[&key.role, way]).digest(),
            mending: look.close(way),
        }
    }
}

/// A role that comes with the server and goes around the privileges on objects.
struct Key {
    role: &'static str,
    severity: Severity,
    opens: &'static str,
}

const KEYS: [Key; 8] = [
    Key {
        role: "pg_execute_server_program",
        severity: Severity::Critical,
        opens: "runs programs on the server's machine as the server's account",
    },
    Key {
        role: "pg_write_server_files",
        severity: Severity::Critical,
        opens: "writes every file that the server's account may write",
    },
    Key {
        role: "pg_read_server_files",
        severity: Severity::High,
        opens: "reads every file that the server's account may read, the data files too",
    },
    Key {
        role: "pg_write_all_data",
        severity: Severity::High,
        opens: "changes every table of every database",
    },
    Key { role: "pg_read_all_data", severity: Severity::High, opens: "reads every table of every database" },
    Key {
        role: "pg_maintain",
        severity: Severity::Medium,
        opens: "locks and rewrites every table of every database",
    },
    Key {
        role: "pg_create_subscription",
        severity: Severity::Medium,
        opens: "makes the server connect to others and take in their rows",
    },
    Key { role: "pg_signal_backend", severity: Severity::Medium, opens: "ends other people's sessions" },
];
