//! Statements that an audit offers to be copied.

use crate::quote::identifier;
use model::{RoleName, Statement};

/// Several statements as one transaction. What raises a role meanwhile, so that the server does not ask who lives from it, is
/// for a plan alone.
pub(crate) fn as_one(statements: &[Statement]) -> Option<String> {
    let texts: Vec<String> = statements.iter().map(ToString::to_string).collect();
    let raises = |text: &String| text.starts_with("ALTER ROLE ") && text.ends_with("SUPERUSER");
    (!texts.iter().any(raises)).then(|| format!("BEGIN; {}; COMMIT", texts.join("; ")))
}

/// In psql, `\\set purpose` fills the place; everywhere else it is written over. As it stands, the server takes it for an error.
pub(crate) fn purpose(role: &RoleName) -> String {
    format!("COMMENT ON ROLE {} IS :'purpose'", identifier(role.as_str()))
}

#[cfg(test)]
mod tests {
    use super::as_one;
    use model::Statement;

    #[test]
    fn what_raises_a_role_for_a_moment_is_offered_to_nobody() {
        let one =
            |texts: &[&str]| as_one(&texts.iter().map(|text| Statement::new(*text)).collect::<Vec<_>>());
        assert_eq!(
            one(&["SET LOCAL ROLE a", "REVOKE SELECT ON TABLE t FROM b", "SET LOCAL ROLE NONE"]).unwrap(),
            "BEGIN; SET LOCAL ROLE a; REVOKE SELECT ON TABLE t FROM b; SET LOCAL ROLE NONE; COMMIT"
        );
        assert_eq!(one(&["ALTER ROLE a SUPERUSER", "REVOKE x FROM a", "ALTER ROLE a NOSUPERUSER"]), None);
    }
}
