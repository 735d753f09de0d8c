//! What is drawn: of a model what it wants, of a target what stands there.

use super::boundary::Holding;
use super::{Band, Edge, Node, Picture, Team, What};
use manifest::{Account, StoredComment};
use model::{
    Attribute, Dialect, Holder, Intent, MemberPowers, Observed, Principal, RoleName, Value, Vocabulary,
};
use std::collections::{BTreeMap, BTreeSet};

/// A role as far as a picture needs it.
struct Drawn<'a> {
    attributes: &'a BTreeMap<Attribute, Value>,
    comment: Option<&'a str>,
    holding: Holding,
    engines_own: bool,
    known: bool,
}

type Members<'a> = BTreeMap<(&'a RoleName, &'a RoleName), MemberPowers>;

impl Picture {
    /// What the model wants of a target.
    #[must_use]
    pub fn of_model(intent: &Intent, accounts: &[Account], words: &Vocabulary) -> Self {
        let mut holdings = wanted(intent, words);
        let drawn = intent.roles.iter().map(|(name, role)| {
            let drawn = Drawn {
                attributes: &role.attributes,
                comment: role.comment.as_deref(),
                holding: holdings.remove(name).unwrap_or_default(),
                engines_own: false,
                known: true,
            };
            (name, drawn)
        });
        let mut members = Members::new();
        for member in &intent.members {
            join(&mut members, (&member.member, &member.role), member.powers);
        }
        drawn_with(drawn.collect(), &members, accounts, words)
    }

    /// What stands on a target. Where there is a model, it says of the roles that it has who answers for them.
    #[must_use]
    pub fn of_target(
        observed: &Observed,
        dialect: &dyn Dialect,
        intent: Option<&Intent>,
        accounts: &[Account],
    ) -> Self {
        let words = dialect.vocabulary();
        let mut holdings = standing(observed);
        let mut members = Members::new();
        for (key, powers) in &observed.access.members {
            join(&mut members, (&key.member, &key.role), *powers);
        }
        let holds_or_is_held: BTreeSet<&RoleName> =
            members.keys().flat_map(|(member, role)| [*member, *role]).collect();
        let mut drawn = BTreeMap::new();
        for (name, role) in &observed.access.roles {
            let reserved = words.reserved_prefixes.iter().any(|prefix| name.as_str().starts_with(prefix));
            let engines_own = reserved || *name == observed.at.root;
            if engines_own && !holds_or_is_held.contains(name) {
                continue;
            }
            let wanted = intent.and_then(|intent| intent.roles.get(name));
            let told = wanted.and_then(|role| role.comment.as_deref());
            drawn.insert(
                name,
                Drawn {
                    attributes: &role.attributes,
                    comment: told.or(role.comment.as_deref()),
                    holding: holdings.remove(name).unwrap_or_default(),
                    engines_own,
                    known: intent.is_none() || wanted.is_some() || engines_own,
                },
            );
        }
        // What the engine's own roles hold of each other is the same everywhere.
        members.retain(|(member, _), _| !drawn.get(member).is_some_and(|drawn| drawn.engines_own));
        let used: BTreeSet<&RoleName> = members.keys().flat_map(|(member, role)| [*member, *role]).collect();
        drawn.retain(|name, drawn| !drawn.engines_own || used.contains(name));
        let mut picture = drawn_with(drawn, &members, accounts, words);
        if !observed.not_looked_at.is_empty() {
            picture.only_in = observed.at.databases.keys().map(ToString::to_string).collect();
        }
        picture
    }
}

/// Several grantors may have given the same.
fn join<'a>(members: &mut Members<'a>, pair: (&'a RoleName, &'a RoleName), powers: MemberPowers) {
    let joined = members.entry(pair).or_insert(powers);
    joined.inherit |= powers.inherit;
    joined.set |= powers.set;
    joined.admin |= powers.admin;
}

fn drawn_with(
    drawn: BTreeMap<&RoleName, Drawn<'_>>,
    members: &Members<'_>,
    accounts: &[Account],
    words: &Vocabulary,
) -> Picture {
    let held: BTreeSet<&RoleName> = members.keys().map(|(_, role)| *role).collect();
    let prefixes = prefixes(drawn.keys().copied());
    let mut numbers: BTreeMap<&RoleName, usize> = BTreeMap::new();
    let mut nodes = Vec::with_capacity(drawn.len());
    for (name, role) in &drawn {
        numbers.insert(name, nodes.len());
        nodes.push(node(name, role, held.contains(*name), words, &prefixes));
    }
    let mut edges: Vec<Edge> = members
        .iter()
        .filter_map(|((member, role), powers)| edge(*numbers.get(member)?, *numbers.get(role)?, *powers))
        .collect();
    for account in accounts.iter().filter(|account| account.login.is_none()) {
        let at = nodes.len();
        let held: Vec<Edge> = account
            .roles
            .iter()
            .filter_map(|(role, powers)| edge(at, *numbers.get(role)?, *powers))
            .collect();
        if held.is_empty() {
            continue;
        }
        edges.extend(held);
        nodes.push(Node {
            names: vec![account.name.clone()],
            what: What::Account,
            band: Band::Accounts,
            team: None,
            purpose: None,
            above: false,
            deprecated: false,
            known: true,
        });
    }
    edges.sort();
    let boundaries = words.boundaries.iter().map(|boundary| boundary.name.clone()).collect();
    Picture { nodes, edges, boundaries, only_in: Vec::new() }
}

fn node(
    name: &RoleName,
    role: &Drawn<'_>,
    is_held: bool,
    words: &Vocabulary,
    prefixes: &BTreeSet<&str>,
) -> Node {
    let flag = |flag: &'static str| role.attributes.get(&Attribute::known(flag)) == Some(&Value::Flag(true));
    let told = role.comment.and_then(StoredComment::read);
    let what = if flag("login") { What::Login } else { What::Role };
    let band = match &told {
        _ if role.engines_own => Band::Engine,
        _ if what == What::Login && !is_held => Band::Accounts,
        Some(StoredComment { boundary: Some(boundary), .. }) => Band::Boundary(boundary.clone()),
        _ => role.holding.band(role.attributes, &words.flags, &words.boundaries),
    };
    let owner = told.as_ref().and_then(|told| told.owner.clone()).map(Team::Owner);
    let by_name = || Some(prefix(name)?).filter(|prefix| prefixes.contains(prefix));
    let by_name = || by_name().map(|prefix| Team::Prefix(prefix.to_owned()));
    Node {
        names: vec![name.to_string()],
        what,
        team: owner.or_else(|| if role.engines_own { None } else { by_name() }),
        deprecated: told.as_ref().is_some_and(|told| told.state == Some(manifest::State::Deprecated)),
        purpose: told.map(|told| told.purpose),
        band,
        above: flag("superuser"),
        known: role.known,
    }
}

fn edge(member: usize, role: usize, powers: MemberPowers) -> Option<Edge> {
    let gives = powers.inherit || powers.set || powers.admin;
    gives.then_some(Edge { member, role, inherits: powers.inherit, admin: powers.admin, count: 1 })
}

/// What stands before the first separator of a role's name.
fn prefix(name: &RoleName) -> Option<&str> {
    name.as_str().split_once(['_', '-', '.']).map(|(prefix, _)| prefix).filter(|prefix| !prefix.is_empty())
}

/// Those with which several names begin.
fn prefixes<'a>(names: impl Iterator<Item = &'a RoleName>) -> BTreeSet<&'a str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for found in names.filter_map(prefix) {
        *counts.entry(found).or_default() += 1;
    }
    counts.into_iter().filter(|(_, count)| *count > 1).map(|(prefix, _)| prefix).collect()
}

/// What each role of the model is itself to hold.
fn wanted(intent: &Intent, words: &Vocabulary) -> BTreeMap<RoleName, Holding> {
    let mut holdings: BTreeMap<RoleName, Holding> = BTreeMap::new();
    for grant in &intent.grants {
        let Principal::Role(role) = &grant.to else { continue };
        let holding = holdings.entry(role.clone()).or_default();
        let kind = &grant.on.kind;
        for operation in &grant.operations {
            // One word of a model stands for all that the kind has.
            let every = words.kinds.iter().find(|word| word.kind == *kind && operation.as_str() == "all");
            let meant = every.map_or(std::slice::from_ref(operation), |word| word.operations.as_slice());
            holding.operations.extend(meant.iter().map(|operation| (kind.clone(), operation.clone())));
        }
    }
    for owns in &intent.owns {
        holdings.entry(owns.owner.clone()).or_default().owns = true;
    }
    holdings
}

/// What each role itself holds.
fn standing(observed: &Observed) -> BTreeMap<RoleName, Holding> {
    let mut holdings: BTreeMap<RoleName, Holding> = BTreeMap::new();
    for owner in observed.access.owners.values().collect::<BTreeSet<_>>() {
        holdings.entry(owner.clone()).or_default().owns = true;
    }
    for (object, acl) in &observed.access.entries {
        let owner = observed.access.owners.get(object);
        for (Holder { to, .. }, held) in acl {
            let Principal::Role(role) = to else { continue };
            if Some(role) == owner {
                continue;
            }
            let holding = holdings.entry(role.clone()).or_default();
            let held = held.iter().map(|(operation, _)| (object.kind.clone(), operation.clone()));
            holding.operations.extend(held);
        }
    }
    holdings
}
