//! The audit rules that speak PostgreSQL, one file each, with the manual page beside it.

mod cluster_power;
mod master_key;

use audit::{Look, Mending, Reach, Rule, Way};
use model::{Change, RoleName};

/// PostgreSQL's own rules.
#[must_use]
pub fn rules() -> Vec<Box<dyn Rule>> {
    vec![Box::new(cluster_power::ClusterPower), Box::new(master_key::MasterKey)]
}

/// Roles of providers' managed services. The customer neither made them nor can change them.
const PROVIDERS: [&str; 11] = [
    "alloydbadmin",
    "alloydbreplica",
    "azure_pg_admin",
    "azuresu",
    "cloudsqladmin",
    "cloudsqlagent",
    "cloudsqlreplica",
    "cloudsqlsuperuser",
    "rds_superuser",
    "rdsadmin",
    "rdsrepladmin",
];

/// The logins that somebody here is responsible for.
fn accountable<'a>(look: &Look<'a>) -> impl Iterator<Item = &'a RoleName> {
    look.logins().map(|(name, _)| name).filter(|name| !PROVIDERS.contains(&name.as_str()))
}

/// A way through memberships as a sentence: `deploy inherits ops, which may become dba`.
fn told(from: &RoleName, way: &[(Way, &RoleName)]) -> String {
    let mut sentence = from.to_string();
    for (at, (step, role)) in way.iter().enumerate() {
        let joint = if at == 0 { " " } else { ", which " };
        sentence.push_str(&format!("{joint}{step} {role}"));
    }
    sentence
}

/// Takes away the last membership of a way, whoever granted it: the one that opens what should be closed.
fn close(look: &Look<'_>, from: &RoleName, way: &[(Way, &RoleName)]) -> Mending {
    let Some(((_, role), before)) = way.split_last() else { return Mending::default() };
    let member = before.last().map_or(from, |(_, role)| role);
    let rows =
        look.observed.access.members.iter().filter(|(key, _)| key.role == **role && key.member == *member);
    let changes =
        rows.map(|(key, powers)| Change::Member { key: key.clone(), from: Some(*powers), to: None });
    Mending { sql: look.sql(changes.collect()), model: None }
}

/// The graph of memberships, made once for a rule.
fn reach<'a>(look: &Look<'a>) -> Reach<'a> {
    Reach::of(&look.observed.access)
}

#[cfg(test)]
mod tests {
    use super::rules;

    #[test]
    fn every_rule_has_a_whole_manual_page() {
        for rule in rules() {
            assert_eq!(rule.manual().missing(), Vec::<&str>::new(), "{}", rule.code());
        }
    }
}
