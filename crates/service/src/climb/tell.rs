//! A way up as an answer tells it.

use crate::ask::Asking;
use access::{Told, WayUp};
use model::Gain;

/// Tells a way to a goal. Whoever stands above every check does by it what was asked about.
pub(super) fn told(asking: &Asking, goal: &Gain, way: &WayUp<'_>) -> Told {
    let above = way.end == Gain::Everything && *goal != Gain::Everything;
    way.told(&*asking.dialect, above.then(|| (goal, done_above(asking, goal))))
}

/// What was asked about, done from above every check.
fn done_above(asking: &Asking, goal: &Gain) -> Vec<String> {
    match goal {
        Gain::Acts(role) => vec![asking.dialect.becoming(role)],
        Gain::Does(asked) => {
            let ways = asking.dialect.reaching(&asking.observed, &asking.database, asked);
            ways.into_iter().next().map(|first| first.statements).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}
