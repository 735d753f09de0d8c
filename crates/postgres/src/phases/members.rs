//! Memberships. From 16 on there is one row for each grantor, and a grantor's row lives only as long as its
//! own right to give: rows are given from the root outwards and taken from the outside in.

use super::chain::{Chain, Round};
use super::context::Context;
use crate::quote::identifier;
use crate::words::attribute;
use model::{Change, Grantor, MemberKey, MemberPowers, Principal, Risk, RoleName, Statement, Step, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Memberships as they stand at some moment.
pub(super) type Members = BTreeMap<MemberKey, MemberPowers>;

/// Attributes that reach a member through SET ROLE.
const POWERS: [model::Attribute; 5] = [
    attribute::SUPERUSER,
    attribute::CREATEROLE,
    attribute::CREATEDB,
    attribute::REPLICATION,
    attribute::BYPASSRLS,
];

/// The steps that give, and those that take.
pub(super) fn render(cx: &Context<'_>, standing: &Members, changes: &[Change]) -> (Vec<Step>, Vec<Step>) {
    let changes: Vec<&Change> = changes.iter().filter(|change| matters(cx, change)).collect();
    let (replaced, changes) = replaced(cx, changes);
    let (gained, lost) = rounds(cx, standing, &changes, cyclic(cx));
    let mut gains: BTreeMap<(Round, &Grantor, &RoleName, String), Vec<&Change>> = BTreeMap::new();
    let mut losses: BTreeMap<(Round, &Grantor, &RoleName, String), Vec<&Change>> = BTreeMap::new();
    for change in changes {
        let Change::Member { key, from, to } = change else { continue };
        let round = |rounds: &BTreeMap<&MemberKey, Round>| rounds.get(key).copied().unwrap_or(Some(0));
        if let Some(options) = given(cx, key, *from, *to) {
            gains.entry((round(&gained), &key.by, &key.role, options)).or_default().push(change);
        }
        if let Some(what) = taken(*from, *to) {
            losses.entry((round(&lost), &key.by, &key.role, what)).or_default().push(change);
        }
    }
    let mut given: Vec<Step> = replaced.iter().map(|pair| replace(cx, pair)).collect();
    given.extend(
        gains.into_iter().map(|((_, by, role, options), changes)| give(cx, by, role, &options, &changes)),
    );
    let taken = losses.into_iter().map(|((_, by, role, what), changes)| take(cx, by, role, &what, &changes));
    (given, taken.collect())
}

/// Before 16 two roles have one membership between them, so another grantor takes the place of the first: those
/// pairs of changes, and what is left.
fn replaced<'a>(cx: &Context<'_>, changes: Vec<&'a Change>) -> (Vec<[&'a Change; 2]>, Vec<&'a Change>) {
    if cx.version >= 16 {
        return (Vec::new(), changes);
    }
    let mut coming: BTreeMap<(&RoleName, &RoleName), &Change> = BTreeMap::new();
    for change in &changes {
        if let Change::Member { key, from: None, .. } = change {
            coming.insert((&key.role, &key.member), change);
        }
    }
    let mut pairs = Vec::new();
    for change in &changes {
        if let Change::Member { key, to: None, .. } = change
            && let Some(other) = coming.remove(&(&key.role, &key.member))
        {
            pairs.push([*change, other]);
        }
    }
    let left = changes.into_iter().filter(|change| !pairs.iter().flatten().any(|used| used == change));
    let left = left.collect();
    (pairs, left)
}

/// True if some role would hold itself as long as both what comes and what goes are there. Then what goes has to
/// go first.
pub(super) fn cyclic(cx: &Context<'_>) -> bool {
    let mut edges: BTreeMap<&RoleName, BTreeSet<&RoleName>> = BTreeMap::new();
    let wanted = cx.desired.access.members.keys().filter(|key| cx.desired.claims.member(key));
    for key in cx.observed.access.members.keys().chain(wanted) {
        edges.entry(&key.member).or_default().insert(&key.role);
    }
    // Roles without a role of their own left are taken away until none is; what stays is on a circle or above one.
    loop {
        let above: BTreeSet<&RoleName> = edges.keys().copied().collect();
        let before = edges.len();
        edges.retain(|_, roles| roles.iter().any(|role| above.contains(role)));
        if edges.len() == before {
            return before > 0;
        }
    }
}

/// Takes the changes apart: first all that takes, and the rows that live from it; then, from the memberships as they
/// stand in between, all that gives.
pub(super) fn apart(cx: &Context<'_>, changes: &[Change]) -> (Vec<Change>, Members, Vec<Change>) {
    let mut wanted = cx.observed.access.members.clone();
    let mut between = wanted.clone();
    for change in changes {
        let Change::Member { key, from, to } = change else { continue };
        match (from, to) {
            (Some(from), Some(to)) => between.insert(key.clone(), meet(*from, *to)),
            _ => between.remove(key),
        };
        match to {
            Some(to) => wanted.insert(key.clone(), *to),
            None => wanted.remove(key),
        };
    }
    loop {
        let unsupported = |key: &MemberKey| match &key.by {
            Grantor::Role(by) if cx.version >= 16 => {
                !between.iter().any(|(row, powers)| row.role == key.role && row.member == *by && powers.admin)
            }
            _ => false,
        };
        let fallen: Vec<MemberKey> = between.keys().filter(|key| unsupported(key)).cloned().collect();
        if fallen.is_empty() {
            break;
        }
        between.retain(|key, _| !fallen.contains(key));
    }
    let early = difference(&cx.observed.access.members, &between);
    let late = difference(&between, &wanted);
    (early, between, late)
}

fn difference(from: &Members, to: &Members) -> Vec<Change> {
    let keys: BTreeSet<&MemberKey> = from.keys().chain(to.keys()).collect();
    keys.into_iter()
        .filter(|key| from.get(*key) != to.get(*key))
        .map(|key| Change::Member {
            key: key.clone(),
            from: from.get(key).copied(),
            to: to.get(key).copied(),
        })
        .collect()
}

fn meet(a: MemberPowers, b: MemberPowers) -> MemberPowers {
    MemberPowers { inherit: a.inherit && b.inherit, set: a.set && b.set, admin: a.admin && b.admin }
}

fn replace(cx: &Context<'_>, pair: &[&Change; 2]) -> Step {
    let mut statements = Vec::new();
    for change in pair {
        let Change::Member { key, from, to } = change else { continue };
        if let Some(what) = taken(*from, *to) {
            statements.extend(take(cx, &key.by, &key.role, &what, &[change]).statements);
        }
        if let Some(options) = given(cx, key, *from, *to) {
            statements.extend(give(cx, &key.by, &key.role, &options, &[change]).statements);
        }
    }
    let back = [pair[1], pair[0]];
    step(cx, pair, statements, reverse(cx, &back))
}

type Rounds<'a> = BTreeMap<&'a MemberKey, Round>;

/// In which rounds rows come and go: a grantor's row lives only as long as its own ADMIN.
fn rounds<'a>(
    cx: &Context<'_>,
    standing: &Members,
    changes: &[&'a Change],
    take_first: bool,
) -> (Rounds<'a>, Rounds<'a>) {
    let (mut gained, mut lost) = (Rounds::new(), Rounds::new());
    if cx.version < 16 {
        return (gained, lost);
    }
    let mut by_role: BTreeMap<&RoleName, Vec<(&MemberKey, &Change)>> = BTreeMap::new();
    for change in changes {
        if let Change::Member { key, .. } = change {
            by_role.entry(&key.role).or_default().push((key, change));
        }
    }
    let link = |key: &MemberKey| (key.by.clone(), Principal::Role(key.member.clone()));
    for (role, rows) in by_role {
        let mut chain = Chain::new(None, BTreeSet::new());
        for (key, powers) in standing.iter().filter(|(key, _)| key.role == *role) {
            chain.add(link(key), powers.admin);
        }
        let (mut wanted, mut unwanted) = (BTreeMap::new(), BTreeMap::new());
        for (key, change) in &rows {
            let Change::Member { from, to, .. } = change else { continue };
            if given(cx, key, *from, *to).is_some() {
                wanted.insert(link(key), to.is_some_and(|to| to.admin));
            }
            if taken(*from, *to).is_some() {
                unwanted.insert(link(key), to.is_some());
            }
        }
        let first = take_first.then(|| chain.take(&unwanted));
        let given = chain.give(&wanted);
        let taken = first.unwrap_or_else(|| chain.take(&unwanted));
        for (key, _) in rows {
            let of = |rounds: &BTreeMap<_, Round>| rounds.get(&link(key)).copied();
            gained.extend(of(&given).map(|round| (key, last(round))));
            lost.extend(of(&taken).map(|round| (key, last(round))));
        }
    }
    (gained, lost)
}

/// What the server would refuse in any round is left to it to refuse, after all else.
fn last(round: Round) -> Round {
    round.or(Some(usize::MAX))
}

/// Before 16 whether a membership inherits is the member's attribute, so a change of that alone is no change
/// of the membership.
fn matters(cx: &Context<'_>, change: &Change) -> bool {
    match change {
        Change::Member { from: Some(from), to: Some(to), .. } => cx.version >= 16 || from.admin != to.admin,
        Change::Member { .. } => true,
        _ => false,
    }
}

/// The options of the GRANT that is needed, if one is. Only what differs from what the server would give by
/// itself is said.
fn given(
    cx: &Context<'_>,
    key: &MemberKey,
    from: Option<MemberPowers>,
    to: Option<MemberPowers>,
) -> Option<String> {
    let to = to?;
    if cx.version < 16 {
        let admin = if to.admin { " WITH ADMIN OPTION" } else { "" };
        return from.is_none_or(|from| to.admin && !from.admin).then(|| admin.to_owned());
    }
    let word = |on: bool| if on { "TRUE" } else { "FALSE" };
    let mut options = Vec::new();
    match from {
        None => {
            if to.admin {
                options.push("ADMIN TRUE".to_owned());
            }
            if inherits(cx, &key.member) != Some(to.inherit) {
                options.push(format!("INHERIT {}", word(to.inherit)));
            }
            if !to.set {
                options.push("SET FALSE".to_owned());
            }
        }
        Some(from) => {
            if to.admin && !from.admin {
                options.push("ADMIN TRUE".to_owned());
            }
            if to.inherit != from.inherit {
                options.push(format!("INHERIT {}", word(to.inherit)));
            }
            if to.set != from.set {
                options.push(format!("SET {}", word(to.set)));
            }
            if options.is_empty() {
                return None;
            }
        }
    }
    Some(if options.is_empty() { String::new() } else { format!(" WITH {}", options.join(", ")) })
}

fn taken(from: Option<MemberPowers>, to: Option<MemberPowers>) -> Option<String> {
    let from = from?;
    match to {
        None => Some(String::new()),
        Some(to) if from.admin && !to.admin => Some("ADMIN OPTION FOR ".to_owned()),
        Some(_) => None,
    }
}

/// What the server takes for INHERIT where the grant does not say: the member's attribute. Nothing where that
/// changes in the same plan, before or after.
fn inherits(cx: &Context<'_>, member: &RoleName) -> Option<bool> {
    let attribute = |access: &model::Access| {
        let role = access.roles.get(member)?;
        Some(role.attributes.get(&attribute::INHERIT) != Some(&Value::Flag(false)))
    };
    match (attribute(&cx.observed.access), attribute(&cx.desired.access)) {
        (Some(now), Some(then)) => (now == then).then_some(now),
        (now, then) => now.or(then),
    }
}

fn give(cx: &Context<'_>, by: &Grantor, role: &RoleName, options: &str, changes: &[&Change]) -> Step {
    let members = members(changes);
    let clause = granted_by(cx, by);
    let text = format!("GRANT {} TO {members}{options}{clause}", identifier(role.as_str()));
    let back = reverse(cx, changes);
    step(cx, changes, vec![Statement::new(text)], back)
}

fn take(cx: &Context<'_>, by: &Grantor, role: &RoleName, what: &str, changes: &[&Change]) -> Step {
    let members = members(changes);
    let clause = granted_by(cx, by);
    let text = format!("REVOKE {what}{} FROM {members}{clause}", identifier(role.as_str()));
    let back = reverse(cx, changes);
    step(cx, changes, vec![Statement::new(text)], back)
}

fn members(changes: &[&Change]) -> String {
    let member = |change: &&Change| match change {
        Change::Member { key, .. } => Some(identifier(key.member.as_str())),
        _ => None,
    };
    changes.iter().filter_map(member).collect::<Vec<_>>().join(", ")
}

/// Nothing where the server would record the grantor by itself.
fn granted_by(cx: &Context<'_>, by: &Grantor) -> String {
    if *by == cx.power.membership_grantor(cx.observed) {
        return String::new();
    }
    let role = match by {
        Grantor::Role(role) => role,
        _ => &cx.observed.at.root,
    };
    format!(" GRANTED BY {}", identifier(role.as_str()))
}

fn reverse(cx: &Context<'_>, changes: &[&Change]) -> Vec<String> {
    let back = |change: &&Change| -> Vec<String> {
        let Change::Member { key, from, to } = change else { return Vec::new() };
        let (role, member, by) =
            (identifier(key.role.as_str()), identifier(key.member.as_str()), granted_by(cx, &key.by));
        let take = taken(*to, *from).map(|what| format!("REVOKE {what}{role} FROM {member}{by}"));
        let give = given(cx, key, *to, *from).map(|options| format!("GRANT {role} TO {member}{options}{by}"));
        take.into_iter().chain(give).collect()
    };
    changes.iter().flat_map(back).collect()
}

fn step(cx: &Context<'_>, changes: &[&Change], statements: Vec<Statement>, reverse: Vec<String>) -> Step {
    let changes: Vec<Change> = changes.iter().map(|change| (*change).clone()).collect();
    let risk = changes.iter().map(|change| danger(cx, change)).max().unwrap_or(Risk::Routine);
    Step { cause: cx.cause(&changes), changes, statements, risk, reverse }
}

/// Membership in one of the server's own roles or in a role with power over the cluster, or the right to make
/// members, is power over more than data.
fn danger(cx: &Context<'_>, change: &Change) -> Risk {
    let mighty = |role: &RoleName| {
        let both = [&cx.observed.access.roles, &cx.desired.access.roles];
        let on = |word| {
            both.iter()
                .filter_map(|roles| roles.get(role))
                .any(|role| role.attributes.get(word) == Some(&Value::Flag(true)))
        };
        role.as_str().starts_with("pg_") || POWERS.iter().any(on)
    };
    match change {
        Change::Member { key, from, to: Some(to) } => {
            let more = from.is_none_or(|from| {
                (to.admin && !from.admin) || (to.set && !from.set) || (to.inherit && !from.inherit)
            });
            match more {
                true if to.admin || mighty(&key.role) => Risk::Sensitive,
                true => Risk::Widening,
                false => Risk::Routine,
            }
        }
        _ => Risk::Routine,
    }
}
