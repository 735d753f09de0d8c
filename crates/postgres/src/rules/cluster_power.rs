#![doc = include_str!("cluster_power.md")]

use super::accountable;
use crate::words::attribute;
use audit::{About, Facts, Finding, Holdings, Look, Manual, Mending, Path, Reach, Rule, Severity};
use model::{Attribute, Change, Role, RoleName, Value};
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
        let logins: BTreeMap<&RoleName, &Role> =
            look.logins().filter(|(name, _)| look.has(name, &attribute::REPLICATION)).collect();
        let holdings = Holdings::of(look, &logins);
        accountable(look)
            .flat_map(|login| self.of_login((look, &holdings), login, &reach.identities(login)))
            .collect()
    }
}

impl ClusterPower {
    /// A superuser is told once: what else it has adds nothing. What the model gives somebody has approved.
    fn of_login<'a>(
        &self,
        (look, holdings): (&Look<'_>, &Holdings<'_>),
        login: &'a RoleName,
        identities: &BTreeMap<&'a RoleName, Path<'a>>,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (power, severity, meaning) in powers(look.observed.at.version) {
            let Some(way) = shortest(look, login, identities, &power) else { continue };
            let superuser = power == attribute::SUPERUSER;
            if !is_approved(look, &way, &power) {
                findings.push(self.finding((look, holdings), login, (power, severity, meaning), &way));
            }
            if superuser {
                break;
            }
        }
        findings
    }

    fn finding(
        &self,
        (look, holdings): (&Look<'_>, &Holdings<'_>),
        login: &RoleName,
        (power, severity, meaning): (Attribute, Severity, &str),
        way: &Path<'_>,
    ) -> Finding {
        let mut evidence = Vec::new();
        let mut facts = Facts::new().with("by", &[way]).with("power", &[&power]);
        let mending = match way.end() {
            None => {
                // Whoever is no superuser any more would still have the rest.
                let all =
                    if power == attribute::SUPERUSER { own_powers(look, login) } else { vec![power.clone()] };
                facts.each("has", &all);
                let names = all.iter().map(ToString::to_string).collect::<Vec<_>>();
                evidence.push(format!("{login} can log in and has {}", names.join(", ")));
                let taken = |attribute| Change::Attribute {
                    role: login.clone(),
                    attribute,
                    from: Value::Flag(true),
                    to: Value::Flag(false),
                };
                let does_nothing_else = power == attribute::REPLICATION && !holdings.has_anything(login);
                let mending = if does_nothing_else {
                    Mending::default()
                } else {
                    Mending::by(all.into_iter().map(taken).collect())
                };
                mending.but_first(harm(&power, does_nothing_else))
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

/// What stops working without the attribute, and where to look before.
fn harm(power: &Attribute, does_nothing_else: bool) -> &'static str {
    if does_nothing_else {
        return "it holds nothing else, so copies or backups may log in as it, and stop without it: ask pg_stat_replication, \
            pg_replication_slots and whoever makes the backups; if nobody needs it, take REPLICATION from it";
    }
    if *power == attribute::SUPERUSER {
        "it needs a privilege for all that it does then: look in pg_stat_activity and in its jobs, and grant that first"
    } else if *power == attribute::CREATEROLE {
        "what makes or changes roles as it fails then: look for deployments that do"
    } else if *power == attribute::REPLICATION {
        "copies, backups and subscriptions that log in as it stop: look in pg_stat_replication and pg_replication_slots"
    } else if *power == attribute::BYPASSRLS {
        "its reports see fewer rows then and say nothing, and its pg_dump of such tables fails: see that policies are for it"
    } else {
        "what makes databases as it fails then: look for deployments and tests that do"
    }
}

/// True if the model gives the attribute to the role at the end of the way, and every membership on it.
fn is_approved(look: &Look<'_>, way: &Path<'_>, power: &Attribute) -> bool {
    let Some(meant) = look.meant else { return false };
    let holder = way.end().unwrap_or(way.start());
    let given = meant
        .intent
        .roles
        .get(holder)
        .is_some_and(|wanted| wanted.attributes.get(power) == Some(&Value::Flag(true)));
    let mut member = way.start();
    given
        && way.steps().iter().all(|(_, role)| {
            let wanted = meant.gives(member, role).is_some();
            member = role;
            wanted
        })
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
