//! How much of a target a plan needs to see.

use crate::words::kind;
use engine::Scope;
use model::{Intent, NamedObjects, Pattern, Segment};

/// The databases that the model speaks of; the system's own objects only where the model names one; the
/// columns of tables whose columns the model names; what keeps the roles that the model retires. What the target does by itself only
/// where permissions or operations are kept from people: bodies and triggers give them too.
#[must_use]
pub fn scope(intent: &Intent) -> Scope {
    let mut scope = Scope::model(intent.databases.clone());
    scope.machinery = !intent.guarded.is_empty();
    scope.reviews.clone_from(&intent.reviews);
    scope.leaving = intent.absent.keys().cloned().collect();
    let named = intent.grants.iter().map(|grant| &grant.on);
    let named = named.chain(intent.owns.iter().map(|owns| &owns.on));
    let named = named.chain(intent.withhold.iter().map(|withhold| &withhold.on));
    let reviewed = intent.reviews.iter().flat_map(|review| &review.does).map(|does| &does.on);
    scope.system_objects = named.chain(reviewed).any(names_system);
    for grant in intent.grants.iter().filter(|grant| !grant.columns.is_empty()) {
        let Some(database) = &grant.on.database else { continue };
        for pattern in grant.on.names.iter() {
            if let Some(path) = exact_path(pattern) {
                scope.columns_of.insert((database.clone(), path));
            }
        }
    }
    scope
}

fn names_system(on: &NamedObjects) -> bool {
    let system = |pattern: &Pattern| match pattern.path.first() {
        Some(Segment::Exactly(name)) => {
            name.as_str().starts_with("pg_")
                || name.as_str() == "information_schema"
                || on.kind == kind::LANGUAGE
        }
        _ => false,
    };
    on.names.iter().any(system)
}

fn exact_path(pattern: &Pattern) -> Option<Vec<model::Name>> {
    let exact = |segment: &Segment| match segment {
        Segment::Exactly(name) => Some(name.clone()),
        Segment::Like(_) => None,
    };
    pattern.path.iter().map(exact).collect()
}
