//! Whether the duties that a model separates stay apart, judged on people and without a target.
//!
//! [`scope`] is who comes to what in environments that belong together; [`roles`] judges sets of roles; [`told`] words what is
//! found, with every step of the ways that make it so.

mod roles;
mod scope;
mod told;

use engine::Engine;
use manifest::{Checked, Diagnostic, Model, Source};
use scope::Scope;

/// Parses, compiles and tests the sources of one model, and judges the duties that it separates. `today` is as for
/// [`manifest::check`].
#[must_use]
pub fn check(engine: &dyn Engine, sources: &[Source], today: Option<&str>) -> Checked {
    let checked = manifest::check(sources, &[engine.vocabulary()], today);
    let found = checked.model.as_ref().map(judge).unwrap_or_default();
    checked.judged(found, today)
}

/// Everything that stands against the duties of a model, accepted or not.
fn judge(model: &Model) -> Vec<Diagnostic> {
    if model.separation_of_duties().is_empty() {
        return Vec::new();
    }
    let scopes = model.scopes();
    scopes.iter().flat_map(|environments| roles::judge(&Scope::of(model, environments))).collect()
}
