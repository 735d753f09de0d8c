//! The neutral rules, one file each, with the manual page beside it.

mod beyond_boundary;
mod deprecated_in_use;
mod direct_grant;
mod holds_less;
mod holds_more;
pub(crate) mod idle_exception;
mod leaver;
mod login_owns;
mod login_without_purpose;
mod misfit;
mod outside_model;
mod public_creates;
mod public_data;
mod temporary_over;
mod temporary_without_end;
mod unapproved_attribute;
mod unknown_login;

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
        Box::new(leaver::Leaver),
        Box::new(unknown_login::UnknownLogin),
        Box::new(temporary_over::TemporaryOver),
        Box::new(temporary_without_end::TemporaryWithoutEnd),
        Box::new(direct_grant::DirectGrant),
        Box::new(deprecated_in_use::DeprecatedInUse),
        Box::new(outside_model::OutsideModel),
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
