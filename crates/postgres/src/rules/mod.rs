//! The audit rules that speak PostgreSQL, one file each, with the manual page beside it.

mod bypassed_policies;
mod catalogue_open;
mod cluster_power;
mod crowded_list;
mod definer_open;
mod definer_path;
mod doors;
mod expired_login;
mod idle_policies;
mod idle_slots;
mod master_key;
mod open_partitions;
mod open_views;
mod parameter_power;
mod server_files;
mod trigger_owner;
mod trusted_base;
mod unconfined_language;
mod unforced_owner;
mod unlogged;
mod verifiers_read;
mod weak_passwords;

pub(crate) use parameter_power::meaning as parameter_meaning;
pub(crate) use server_files::reaches as reaches_server;

use audit::{Look, Rule};
use model::RoleName;

/// PostgreSQL's own rules.
#[must_use]
pub fn rules() -> Vec<Box<dyn Rule>> {
    vec![
        Box::new(cluster_power::ClusterPower),
        Box::new(master_key::MasterKey),
        Box::new(definer_open::DefinerOpen),
        Box::new(definer_path::DefinerPath),
        Box::new(doors::Doors),
        Box::new(expired_login::ExpiredLogin),
        Box::new(unforced_owner::UnforcedOwner),
        Box::new(bypassed_policies::BypassedPolicies),
        Box::new(open_partitions::OpenPartitions),
        Box::new(open_views::OpenViews),
        Box::new(idle_policies::IdlePolicies),
        Box::new(unlogged::Unlogged),
        Box::new(weak_passwords::WeakPasswords),
        Box::new(crowded_list::CrowdedList),
        Box::new(trusted_base::TrustedBase),
        Box::new(parameter_power::ParameterPower),
        Box::new(server_files::ServerFiles),
        Box::new(unconfined_language::UnconfinedLanguage),
        Box::new(verifiers_read::VerifiersRead),
        Box::new(catalogue_open::CatalogueOpen),
        Box::new(trigger_owner::TriggerOwner),
        Box::new(idle_slots::IdleSlots),
    ]
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
