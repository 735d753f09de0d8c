//! Memberships. From 16 on there is one row for each grantor, and a grantor's row lives only as long as its
//! own right to give: rows are given from the root outwards and taken from the outside in.

use super::context::Context;
use crate::quote::identifier;
use crate::words::attribute;
use model::{Change, Grantor, MemberKey, MemberPowers, Risk, RoleName, Statement, Step, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The steps that give, and those that take.
pub(super) fn render(cx: &Context<'_>, changes: &[Change]) -> (Vec<Step>, Vec<Step>) {
    let changes: Vec<&Change> = changes.iter().filter(|change| matters(cx, change)).collect();
    let rebuilt: BTreeSet<&RoleName> = changes.iter().filter_map(|change| rebuilds(cx, change)).collect();
    let mut gains: BTreeMap<(usize, &Grantor, &RoleName, String), Vec<&Change>> = BTreeMap::new();
    let mut losses: BTreeMap<(usize, &Grantor, &RoleName, String), Vec<&Change>> = BTreeMap::new();
    for change in changes.iter().copied() {
        let Change::Member { key, from, to } = change else { continue };
        if rebuilt.contains(&key.role) {
            continue;
        }
        let depth = depth(cx, key);
        if let Some(options) = given(cx, key, *from, *to) {
            gains.entry((depth, &key.by, &key.role, options)).or_default().push(change);
        }
        if let Some(what) = taken(*from, *to) {
            losses.entry((depth, &key.by, &key.role, what)).or_default().push(change);
        }
    }
    let given =
        gains.into_iter().map(|((_, by, role, options), changes)| give(cx, by, role, &options, &changes));
    let mut taken: Vec<Step> = losses
        .into_iter()
        .rev()
        .map(|((_, by, role, what), changes)| take(cx, by, role, &what, &changes))
        .collect();
    taken.extend(rebuilt.into_iter().map(|role| rebuild(cx, role, &changes)));
    (given.collect(), taken)
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
            if to.inherit != inherits(cx, &key.member) {
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

/// What the server takes for INHERIT where the grant does not say: the member's attribute as it will be.
fn inherits(cx: &Context<'_>, member: &RoleName) -> bool {
    let role = cx.desired.access.roles.get(member).or_else(|| cx.observed.access.roles.get(member));
    role.is_none_or(|role| role.attributes.get(&attribute::INHERIT) != Some(&Value::Flag(false)))
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
    let risk = changes.iter().map(danger).max().unwrap_or(Risk::Routine);
    Step { cause: cx.cause(&changes), changes, statements, risk, reverse }
}

/// Membership in one of the server's own roles, or the right to make members, is power over more than data.
fn danger(change: &Change) -> Risk {
    match change {
        Change::Member { key, from, to: Some(to) } => {
            let more = from.is_none_or(|from| {
                (to.admin && !from.admin) || (to.set && !from.set) || (to.inherit && !from.inherit)
            });
            match more {
                true if to.admin || key.role.as_str().starts_with("pg_") => Risk::Sensitive,
                true => Risk::Widening,
                false => Risk::Routine,
            }
        }
        _ => Risk::Routine,
    }
}

/// How many hands the row is away from the root.
fn depth(cx: &Context<'_>, key: &MemberKey) -> usize {
    if cx.version < 16 {
        return 0;
    }
    let mut by = key.by.clone();
    let mut depth = 0;
    while let Grantor::Role(grantor) = by {
        depth += 1;
        let both = cx.desired.access.members.iter().chain(&cx.observed.access.members);
        let nearer = both
            .filter(|(row, powers)| row.role == key.role && row.member == grantor && powers.admin)
            .map(|(row, _)| row.by.clone())
            .min();
        match nearer {
            Some(next) if depth < 64 => by = next,
            _ => break,
        }
    }
    depth
}

/// The role, if taking ADMIN as the change does would tear down rows that others live from.
fn rebuilds<'a>(cx: &Context<'_>, change: &'a Change) -> Option<&'a RoleName> {
    let Change::Member { key, from: Some(from), to } = change else { return None };
    if cx.version < 16 || !from.admin || to.is_some_and(|to| to.admin) {
        return None;
    }
    let by = Grantor::Role(key.member.clone());
    let leans = cx.observed.access.members.keys().any(|row| row.role == key.role && row.by == by);
    leans.then_some(&key.role)
}

/// Takes every row that leans on another down, and builds the role's members up as they are to be.
fn rebuild(cx: &Context<'_>, role: &RoleName, changes: &[&Change]) -> Step {
    let ours: Vec<&Change> = changes
        .iter()
        .copied()
        .filter(|change| matches!(change, Change::Member { key, .. } if key.role == *role))
        .collect();
    let mut wanted: BTreeMap<&MemberKey, MemberPowers> = cx
        .observed
        .access
        .members
        .iter()
        .filter(|(key, _)| key.role == *role)
        .map(|(k, p)| (k, *p))
        .collect();
    for change in &ours {
        let Change::Member { key, to, .. } = change else { continue };
        match to {
            Some(to) => wanted.insert(key, *to),
            None => wanted.remove(key),
        };
    }
    let name = identifier(role.as_str());
    let mut statements = Vec::new();
    let rooted =
        cx.observed.access.members.iter().filter(|(key, _)| key.role == *role && key.by == Grantor::Owner);
    for (key, powers) in rooted {
        let member = identifier(key.member.as_str());
        let by = granted_by(cx, &key.by);
        match wanted.get(key) {
            None => statements.push(format!("REVOKE {name} FROM {member}{by} CASCADE")),
            Some(_) if powers.admin => {
                statements.push(format!("REVOKE ADMIN OPTION FOR {name} FROM {member}{by} CASCADE"))
            }
            Some(_) => {}
        }
    }
    let mut again: Vec<(usize, &MemberKey, MemberPowers)> =
        wanted.into_iter().map(|(key, powers)| (depth(cx, key), key, powers)).collect();
    again.sort_by_key(|(depth, key, _)| (*depth, *key));
    let word = |on: bool| if on { "TRUE" } else { "FALSE" };
    for (_, key, powers) in again {
        let by = granted_by(cx, &key.by);
        let options = format!(
            "ADMIN {}, INHERIT {}, SET {}",
            word(powers.admin),
            word(powers.inherit),
            word(powers.set)
        );
        statements.push(format!("GRANT {name} TO {} WITH {options}{by}", identifier(key.member.as_str())));
    }
    step(cx, &ours, statements.into_iter().map(Statement::new).collect(), Vec::new())
}
