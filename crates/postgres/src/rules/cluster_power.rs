#![doc = include_str!("cluster_power.md")]

use super::accountable;
use crate::words::attribute;
use audit::{About, Facts, Finding, Look, Manual, Mending, Path, Reach, Rule, Severity};
use model::{Attribute, Change, RoleName, Value};
use std::collections::BTreeMap;

/// The rule.
pub(super) struct ClusterPower;

impl Rule for ClusterPower {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("cluster_power.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Critical
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let reach = Reach::of(&look.observed.access);
        accountable(look).flat_map(|login| self.of_login(look, login, &reach.identities(login))).collect()
    }
}

impl ClusterPower {
    /// A superuser is told once: what else it has adds nothing.
    fn of_login<'a>(
        &self,
        look: &Look<'_>,
        login: &'a RoleName,
        identities: &BTreeMap<&'a RoleName, Path<'a>>,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (power, severity, meaning) in powers(look.observed.at.version) {
            let Some(way) = shortest(look, login, identities, &power) else { continue };
            let superuser = power == attribute::SUPERUSER;
            findings.push(self.finding(look, login, (power, severity, meaning), &way));
            if superuser {
                break;
            }
        }
        findings
    }

    fn finding(
        &self,
        look: &Look<'_>,
        login: &RoleName,
        (power, severity, meaning): (Attribute, Severity, &str),
        way: &Path<'_>,
    ) -> Finding {
        let mut evidence = Vec::new();
        let mut facts = Facts::new().with("by", &[way]).with("power", &[&power]);
        let mending = match way.end() {
            None => {
                // Whoever is no superuser any more would still have the rest.
                let all = if power == attribute::SUPERUSER { own_powers(look, login) } else { vec![power] };
                facts.each("has", &all);
                let names = all.iter().map(ToString::to_string).collect::<Vec<_>>();
                evidence.push(format!("{login} can log in and has {}", names.join(", ")));
                let taken = |attribute| Change::Attribute {
                    role: login.clone(),
                    attribute,
                    from: Value::Flag(true),
                    to: Value::Flag(false),
                };
                Mending::by(all.into_iter().map(taken).collect())
            }
            Some(holder) => {
                evidence.push(way.to_string());
                evidence.push(format!("{holder} has {power}"));
                look.close(way)
            }
        };
        Finding {
            rule: self.code(),
            severity,
            about: About::Role(login.clone()),
            what: meaning.to_owned(),
            evidence,
            facts: facts.digest(),
            mending,
        }
    }
}

/// Those of the attributes that the login itself has.
fn own_powers(look: &Look<'_>, login: &RoleName) -> Vec<Attribute> {
    let all = powers(look.observed.at.version).map(|(power, _, _)| power);
    all.into_iter().filter(|power| look.has(login, power)).collect()
}

/// The shortest way from a login to a role that has the attribute; itself, if it has it.
fn shortest<'a>(
    look: &Look<'_>,
    login: &'a RoleName,
    identities: &BTreeMap<&'a RoleName, Path<'a>>,
    power: &Attribute,
) -> Option<Path<'a>> {
    if look.has(login, power) {
        return Some(Path::here(login));
    }
    let holders = identities.iter().filter(|(role, _)| look.has(role, power));
    holders.map(|(_, way)| way).min_by_key(|way| way.len()).cloned()
}

/// The attributes that reach beyond privileges, with what each is worth in this version.
fn powers(version: u32) -> [(Attribute, Severity, &'static str); 5] {
    let createrole = if version < 160_000 {
        (
            attribute::CREATEROLE,
            Severity::Critical,
            "is as good as a superuser: CREATEROLE grants itself any role, pg_execute_server_program too",
        )
    } else {
        (
            attribute::CREATEROLE,
            Severity::High,
            "may make logins, and hand out and drop the roles it has ADMIN on",
        )
    };
    [
        (attribute::SUPERUSER, Severity::Critical, "may do everything: no privilege is ever checked"),
        createrole,
        (attribute::REPLICATION, Severity::High, "may copy the whole cluster, every row of every database"),
        (
            attribute::BYPASSRLS,
            Severity::High,
            "sees every row of what it may read, whatever the policies say",
        ),
        (attribute::CREATEDB, Severity::Medium, "may make databases, own them, and fill the disk"),
    ]
}
