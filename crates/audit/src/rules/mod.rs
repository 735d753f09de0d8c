//! The neutral rules, one file each, with the manual page beside it.

mod holds_less;
mod holds_more;
pub(crate) mod idle_exception;
mod login_owns;
mod login_without_purpose;
mod misfit;
mod public_creates;
mod public_data;

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
