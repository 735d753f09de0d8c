//! What a model makes of a target that does not exist yet: access as it would be, without a server.

use engine::Engine;
use model::{
    Dialect, GrantIntent, Intent, MemberIntent, NameError, Observed, Problem, Reach, carried_out, diff,
};
use std::sync::Arc;

/// Why nothing can be imagined.
#[derive(Debug, thiserror::Error)]
pub enum ImagineError {
    /// The engine has no name for something of its own.
    #[error(transparent)]
    Name(#[from] NameError),
    /// No target can be what the model says.
    #[error("the model fits no target")]
    Problems(Vec<Problem>),
}

/// A target of the newest version with exactly what the intent and these phrases name, after the intent has been carried out on it: what
/// it gives is in [`Observed::access`]. Of the phrases in `also` only the names count; they are for whoever asks about more than the
/// model gives.
///
/// What is given on objects still to be made is given on those that are named: they may come. Nothing is to be gone, and who is to
/// be the grantor makes no difference.
///
/// # Errors
/// If no target can be what the model says.
pub fn imagined(
    engine: &dyn Engine,
    intent: &Intent,
    also: &[GrantIntent],
) -> Result<(Observed, Arc<dyn Dialect>), ImagineError> {
    let intent = timeless(intent);
    let mut named = intent.clone();
    named.grants.extend(also.iter().cloned());
    let (mut observed, dialect) = engine.imagine(&named)?;
    let desired = dialect.realise(&intent, &observed).map_err(ImagineError::Problems)?;
    let changes = diff(dialect.as_ref(), &desired, &observed);
    observed.access = carried_out(dialect.as_ref(), &changes, &observed);
    Ok((observed, dialect))
}

fn timeless(intent: &Intent) -> Intent {
    let grant =
        |grant: &GrantIntent| GrantIntent { reach: Reach::Existing, granted_by: None, ..grant.clone() };
    let member = |member: &MemberIntent| MemberIntent { granted_by: None, ..member.clone() };
    Intent {
        databases: intent.databases.clone(),
        roles: intent.roles.clone(),
        members: intent.members.iter().map(member).collect(),
        grants: intent.grants.iter().map(grant).collect(),
        owns: intent.owns.clone(),
        withhold: intent.withhold.clone(),
        causes: intent.causes.clone(),
        ..Intent::default()
    }
}
