//! The neutral rules, one file each, with the manual page beside it.

mod alike_roles;
mod beyond_boundary;
mod beyond_privileges;
mod blast_radius;
mod broken_duty;
mod contained_role;
mod copies;
mod deprecated_in_use;
mod direct_grant;
mod direct_grants;
mod endless_logins;
mod future_option;
mod grant_option;
mod hands_out_roles;
mod holds_less;
mod holds_more;
pub(crate) mod idle_exception;
mod in_quarantine;
mod leaver;
mod login_owns;
mod login_without_purpose;
mod misfit;
mod missed_creator;
mod orphaned_role;
mod outside_model;
mod public_beyond;
mod public_creates;
mod public_data;
mod role_without_purpose;
mod shared_login;
mod temporary_over;
mod temporary_without_end;
mod unapproved_attribute;
mod undone;
mod unknown_login;
mod unlimited_logins;
mod unseen_logins;
mod way_up;

pub use undone::Undone;

use crate::Rule;

/// The rules that hold for every engine.
#[must_use]
pub fn neutral() -> Vec<Box<dyn Rule>> {
    vec![
        Box::new(public_creates::PublicCreates),
        Box::new(login_without_purpose::LoginWithoutPurpose),
        Box::new(public_data::PublicData),
        Box::new(login_owns::LoginOwns),
        Box::new(misfit::Misfit),
        Box::new(holds_more::HoldsMore),
        Box::new(holds_less::HoldsLess),
        Box::new(idle_exception::IdleException),
        Box::new(unapproved_attribute::UnapprovedAttribute),
        Box::new(beyond_boundary::BeyondBoundary),
        Box::new(broken_duty::BrokenDuty),
        Box::new(leaver::Leaver),
        Box::new(in_quarantine::InQuarantine),
        Box::new(unknown_login::UnknownLogin),
        Box::new(temporary_over::TemporaryOver),
        Box::new(temporary_without_end::TemporaryWithoutEnd),
        Box::new(direct_grant::DirectGrant),
        Box::new(deprecated_in_use::DeprecatedInUse),
        Box::new(outside_model::OutsideModel),
        Box::new(grant_option::GrantOption),
        Box::new(future_option::FutureOption),
        Box::new(hands_out_roles::HandsOutRoles),
        Box::new(orphaned_role::OrphanedRole),
        Box::new(role_without_purpose::RoleWithoutPurpose),
        Box::new(unseen_logins::UnseenLogins),
        Box::new(endless_logins::EndlessLogins),
        Box::new(unlimited_logins::UnlimitedLogins),
        Box::new(direct_grants::DirectGrants),
        Box::new(public_beyond::PublicBeyond),
        Box::new(alike_roles::AlikeRoles),
        Box::new(contained_role::ContainedRole),
        Box::new(shared_login::SharedLogin),
        Box::new(copies::Copies),
        Box::new(way_up::WayUp),
        Box::new(beyond_privileges::BeyondPrivileges),
        Box::new(blast_radius::BlastRadius),
        Box::new(missed_creator::MissedCreator),
        Box::new(Undone::default()),
    ]
}

#[cfg(test)]
mod tests {
    use super::neutral;

    #[test]
    fn every_rule_has_a_whole_manual_page() {
        for rule in neutral() {
            assert_eq!(rule.manual().missing(), Vec::<&str>::new(), "{}", rule.code());
        }
    }
}
