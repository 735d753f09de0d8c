//! The neutral rules, one file each, with the manual page beside it.

mod alike_roles;
mod contained_role;
mod copies;
mod direct_grants;
mod endless_logins;
mod grant_option;
mod hands_out_roles;
mod login_owns;
mod login_without_purpose;
mod missed_creator;
mod orphaned_role;
mod public_beyond;
mod public_creates;
mod public_data;
mod role_without_purpose;
mod shared_login;
mod undone;
mod unlimited_logins;
mod unseen_logins;

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
        Box::new(grant_option::GrantOption),
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
