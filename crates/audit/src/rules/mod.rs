//! The neutral rules, one file each, with the manual page beside it.

mod login_owns;
mod login_without_purpose;
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
