#![doc = include_str!("trusted_base.md")]

use crate::words::attribute;
use audit::told::several;
use audit::{About, Facts, Finding, Look, Manual, Mending, Path, Reach, Rule, Severity};
use model::{Attribute, RoleName, Value};

/// Before this version whoever may make roles may give itself any that is not a superuser's.
const SMALLER_CREATEROLE: u32 = 160_000;
/// Roles that come with the server and are worth its account.
const SERVER: [&str; 2] = ["pg_execute_server_program", "pg_write_server_files"];
/// More are counted.
const TOLD: usize = 20;

/// The rule.
pub(super) struct TrustedBase;

impl Rule for TrustedBase {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("trusted_base.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Info
    }

    /// Of a cluster in which there is none but the role that it was born with there is nothing to tell.
    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let reach = Reach::of(&look.observed.access);
        let roles = look.observed.access.roles.keys().filter(|name| {
            **name != look.observed.at.root && !SERVER.contains(&name.as_str()) && !is_servers(name)
        });
        let base: Vec<String> = roles.filter_map(|role| why(look, &reach, role)).collect();
        if base.is_empty() {
            return Vec::new();
        }
        let mut facts = Facts::new();
        facts.each("why", &base);
        let mut evidence =
            vec![format!("{} is the role that the cluster was born with", look.observed.at.root)];
        evidence.extend(base.iter().take(TOLD).cloned());
        if base.len() > TOLD {
            evidence.push(format!("and {} more", base.len().saturating_sub(TOLD)));
        }
        vec![Finding {
            rule: self.code(),
            severity: Severity::Info,
            about: About::Target,
            what: format!(
                "has {} that can do everything or get there",
                several(base.len().saturating_add(1), "roles")
            ),
            evidence,
            facts: facts.digest(),
            mending: Mending::default(),
        }]
    }
}

/// Roles that come with the server can be reached but do not log in.
fn is_servers(name: &RoleName) -> bool {
    name.as_str().starts_with("pg_")
}

/// How a role comes to be above every check, if it does. A superuser needs no way; another one counts if it can log in.
fn why(look: &Look<'_>, reach: &Reach<'_>, role: &RoleName) -> Option<String> {
    if look.has(role, &attribute::SUPERUSER) {
        return Some(format!("{role} is a superuser"));
    }
    let facts = look.observed.access.roles.get_key_value(role)?;
    if facts.1.attributes.get(&attribute::LOGIN) != Some(&Value::Flag(true)) {
        return None;
    }
    let small = look.observed.at.version >= SMALLER_CREATEROLE;
    if !small && look.has(facts.0, &attribute::CREATEROLE) {
        return Some(format!("{role} has createrole, which is as good before version 16"));
    }
    let identities = reach.identities(facts.0);
    let with = |wanted: Attribute| {
        let ways = identities.iter().filter(move |(role, _)| look.has(role, &wanted));
        ways.map(|(_, way)| way).min_by_key(|way| way.len())
    };
    if let Some(way) = with(attribute::SUPERUSER) {
        return Some(format!("{way}, a superuser"));
    }
    if let Some(way) = with(attribute::CREATEROLE).filter(|_| !small) {
        return Some(format!("{way}, which has createrole"));
    }
    let privileges = reach.privileges(facts.0);
    let server = privileges.iter().filter(|(role, _)| SERVER.contains(&role.as_str())).map(|(_, way)| way);
    server.min_by_key(|way| way.len()).map(Path::to_string)
}
