//! Small random targets: roles, steps between them, and what an operation needs.

use model::{
    Basis, DatabaseName, Edge, Grantor, Kind, Name, Need, Needs, Object, Operation, Permission, Place,
    Powers, Principal, RoleName, Source, Way,
};
use proptest::prelude::*;
use std::sync::Arc;

pub(crate) const ROLES: usize = 7;

pub(crate) fn role(number: usize) -> RoleName {
    RoleName::new(format!("r{number:06}")).unwrap()
}

pub(crate) fn object(kind: &'static str, name: &str) -> Arc<Object> {
    let place = Place::Database(DatabaseName::new("shop").unwrap());
    Arc::new(Object::new(place, Kind::known(kind), vec![Name::new(name).unwrap()]))
}

pub(crate) fn need(operation: &'static str, sources: Vec<(Option<usize>, Basis)>) -> Need {
    let on = object("table", operation);
    let source = |(who, basis): (Option<usize>, Basis)| Source {
        who: who.map_or(Principal::Public, |number| Principal::Role(role(number))),
        basis,
        on: on.clone(),
    };
    let sources = sources.into_iter().map(source).collect();
    let permission = Permission { operation: Operation::known(operation), on: on.clone(), delegable: false };
    Need { permission, sources, parts: Vec::new() }
}

pub(crate) fn granted() -> Basis {
    Basis::Granted { by: Grantor::Owner }
}

/// A target and a question about it.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) powers: Powers,
    pub(crate) needs: Needs,
}

fn some_roles(chance: f64) -> impl Strategy<Value = Vec<RoleName>> {
    proptest::collection::vec(proptest::bool::weighted(chance), ROLES)
        .prop_map(|marks| (0..ROLES).filter(|at| marks[*at]).map(role).collect())
}

fn sources(giving: Basis) -> impl Strategy<Value = Vec<(Option<usize>, Basis)>> {
    let basis = prop_oneof![3 => Just(granted()), 1 => Just(Basis::MasterKey), 2 => Just(giving)];
    let who = prop_oneof![1 => Just(None), 12 => (0..ROLES).prop_map(Some)];
    let source =
        (who, basis).prop_map(|(who, basis)| if who.is_none() { (who, granted()) } else { (who, basis) });
    proptest::collection::vec(source, 0..3)
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    let way = prop_oneof![Just(Way::Inherits), Just(Way::Becomes), Just(Way::Administers)];
    let edges = proptest::collection::vec((0..ROLES, way, 0..ROLES), 0..12);
    let parts = prop_oneof![3 => Just(Vec::new()), 1 => proptest::collection::vec(sources(granted()), 2)];
    let needs = (sources(Basis::MayHandOn), sources(Basis::OwnerMayGrant), sources(Basis::OwnerMayGrant));
    let powers = (edges, some_roles(0.07), some_roles(0.5), some_roles(0.07), some_roles(0.1));
    (powers, needs, parts, sources(granted()), any::<bool>()).prop_map(
        |(
            (edges, above, logins, give_any, never_given),
            (entry, schema, table),
            parts,
            elsewhere,
            together,
        )| {
            let edge = |(from, way, to)| Edge { from: role(from), way, to: role(to) };
            let mut own = need("select", table);
            own.parts = parts.into_iter().map(|sources| need("column", sources)).collect();
            World {
                powers: Powers {
                    roles: (0..ROLES).map(role).collect(),
                    edges: edges.into_iter().filter(|(from, _, to)| from != to).map(edge).collect(),
                    above,
                    logins,
                    give_any,
                    never_given,
                    gathers: Vec::new(),
                },
                needs: Needs {
                    entry: need("connect", entry),
                    elsewhere: need("connect", elsewhere).sources,
                    session: vec![need("usage", schema), own],
                    together,
                },
            }
        },
    )
}
