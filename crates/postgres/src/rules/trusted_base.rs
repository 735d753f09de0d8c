#![doc = include_str!("trusted_base.md")]

use super::{parameter_power, server_files};
use crate::words::attribute;
use audit::told::several;
use audit::{About, Facts, Finding, Look, Manual, Mending, Reach, Rule, Severity};
use model::{Attribute, Principal, RoleName, Value};
use std::collections::BTreeMap;

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
        let mut as_good: Vec<(&Principal, String)> = server_files::as_good(look);
        as_good.extend(parameter_power::as_good(look));
        let mut granted: BTreeMap<&RoleName, &str> = BTreeMap::new();
        let mut everybody: Vec<String> = Vec::new();
        for (who, fact) in &as_good {
            match who {
                Principal::Role(role) => {
                    granted.entry(role).or_insert(fact);
                }
                Principal::Public => everybody.push(format!("everybody {fact}")),
            }
        }
        let base: Vec<String> = roles.filter_map(|role| why(look, &reach, &granted, role)).collect();
        if base.is_empty() && everybody.is_empty() {
            return Vec::new();
        }
        let mut facts = Facts::new();
        facts.each("why", base.iter().chain(&everybody));
        let mut evidence =
            vec![format!("{} is the role that the cluster was born with", look.observed.at.root)];
        evidence.extend(everybody);
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
fn why(
    look: &Look<'_>,
    reach: &Reach<'_>,
    granted: &BTreeMap<&RoleName, &str>,
    role: &RoleName,
) -> Option<String> {
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
    if let Some(way) = server.min_by_key(|way| way.len()) {
        return Some(way.to_string());
    }
    if let Some(fact) = granted.get(facts.0) {
        return Some(format!("{role} {fact}"));
    }
    let ways = privileges.iter().filter_map(|(role, way)| Some((way, granted.get(role)?)));
    ways.min_by_key(|(way, _)| way.len()).map(|(way, fact)| format!("{way}, which {fact}"))
}
