//! What no plan may do, whoever asks: saw off the branch that it sits on, or take what nobody decided to take.

use crate::ownership;
use crate::power::{Power, is_superuser};
use crate::realise::waits;
use crate::words::{attribute, kind, operation};
use model::{
    Change, Claims, Desired, Grantor, Held, MemberKey, Object, Observed, Principal, Refusal, RoleName, Value,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Every reason not to carry the changes out.
pub(crate) fn refusals(changes: &[Change], desired: &Desired, observed: &Observed) -> Vec<Refusal> {
    let shut_off = desired.quarantined.keys();
    let mut refusals: Vec<Refusal> =
        shut_off.filter_map(|role| cannot_go(role, changes, desired, observed)).collect();
    if changes.is_empty() {
        return refusals;
    }
    refusals.extend(changes.iter().filter_map(|change| one(change, changes, desired, observed)));
    refusals.extend(standby(observed));
    refusals.extend(last_superuser(changes, observed));
    refusals.extend(shut_out(changes, observed));
    refusals
}

fn refusal(code: &'static str, what: impl Into<String>, help: impl Into<String>) -> Refusal {
    Refusal { code, what: what.into(), help: help.into() }
}

fn one(change: &Change, changes: &[Change], desired: &Desired, observed: &Observed) -> Option<Refusal> {
    match change {
        Change::DropRole { role } => cannot_go(role, changes, desired, observed),
        Change::Owner { on, to, .. } => cannot_own(on, to, desired, observed),
        Change::Attribute { role, attribute, to, .. } => {
            executors_way_in(role, attribute.as_str(), to, observed)
        }
        Change::Member { key, from: Some(from), to } => {
            let set_lost = to.is_none_or(|to| from.set && !to.set);
            let admin_lost = from.admin && to.is_none_or(|to| !to.admin);
            executors_membership(key, set_lost, observed)
                .or_else(|| leaning_members(key, admin_lost, desired, observed))
        }
        Change::Entry { on, to: Principal::Role(role), by, from, into } => {
            owners_own(on, role, by, from, into, desired, observed)
                .or_else(|| leaning_entries(on, (role, by), from, into, desired, observed))
        }
        _ => None,
    }
}

/// What somebody has to decide before a role goes, or is shut off.
fn cannot_go(role: &RoleName, changes: &[Change], desired: &Desired, observed: &Observed) -> Option<Refusal> {
    executors_own(role, observed)
        .or_else(|| root(role, observed))
        .or_else(|| feeds(role, observed))
        .or_else(|| jobs(role, observed))
        .or_else(|| still_owns(role, changes, observed))
        .or_else(|| restricts(role, desired, observed))
}

fn standby(observed: &Observed) -> Option<Refusal> {
    observed.at.standby.then(|| {
        refusal(
            "RW321",
            "this server is a standby and takes no changes",
            "connect to the primary: roles reach its standbys by themselves",
        )
    })
}

fn executors_own(role: &RoleName, observed: &Observed) -> Option<Refusal> {
    let executor = &observed.executor;
    (*role == executor.login || *role == executor.acts_as).then(|| {
        let what = format!("the plan would drop {role}, the role that carries it out");
        refusal("RW322", what, "keep the executor's roles out of the model, or run the plan as somebody else")
    })
}

fn executors_way_in(role: &RoleName, attribute: &str, to: &Value, observed: &Observed) -> Option<Refusal> {
    let executor = &observed.executor;
    let cut = match (attribute, to) {
        ("login", Value::Flag(false)) => *role == executor.login,
        ("connection limit", Value::Number(limit)) => *role == executor.login && *limit == 0,
        ("valid until", Value::Text(until)) => {
            *role == executor.login && until != "infinity" && *until < observed.at.instant
        }
        ("createrole" | "superuser", Value::Flag(false)) => {
            *role == executor.acts_as || *role == executor.login
        }
        _ => false,
    };
    cut.then(|| {
        let what = format!("the plan would take `{attribute}` from {role}, the role that carries it out");
        refusal("RW322", what, "keep the executor's roles out of the model, or run the plan as somebody else")
    })
}

fn executors_membership(key: &MemberKey, set_lost: bool, observed: &Observed) -> Option<Refusal> {
    let executor = &observed.executor;
    (set_lost && key.member == executor.login && key.role == executor.acts_as).then(|| {
        let what =
            format!("the plan would take {} from {}, which carries it out by it", key.role, key.member);
        refusal("RW322", what, "keep the executor's roles out of the model, or run the plan as somebody else")
    })
}

/// A replication slot keeps what its reader has not read yet: without one the server's disk fills up.
fn feeds(role: &RoleName, observed: &Observed) -> Option<Refusal> {
    let slots = &observed.under_way.get(role)?.feeds;
    (!slots.is_empty()).then(|| {
        let list = slots.join(", ");
        refusal(
            "RW328",
            format!("{role} is to be dropped, and a session of its own reads replication slot {list}"),
            "let the reader connect as another role first, or end it and drop the slot: SELECT pg_drop_replication_slot('…')",
        )
    })
}

/// Work that a scheduler starts in the role's name would fail from then on, each time.
fn jobs(role: &RoleName, observed: &Observed) -> Option<Refusal> {
    let jobs = &observed.under_way.get(role)?.jobs;
    let list: Vec<String> = jobs.iter().map(ToString::to_string).collect();
    (!list.is_empty()).then(|| {
        refusal(
            "RW329",
            format!("{role} is to be dropped, and jobs of pg_cron run as it: {}", list.join("; ")),
            "give them to another role, or end them: UPDATE cron.job SET username = '…', SELECT cron.unschedule(jobid)",
        )
    })
}

/// A restrictive policy that names the role holds for its members as well: without the role they would see more, unless the policy
/// reaches them by another role that it names. The policy reaches who has a role's privileges without doing anything.
fn restricts(role: &RoleName, desired: &Desired, observed: &Observed) -> Option<Refusal> {
    let Claims::Named(named) = &desired.claims else { return None };
    let leaves = |role: &RoleName| named.leaving.contains(role);
    let naming =
        observed.access.policies.iter().filter(|(_, policy)| {
            !policy.permissive && policy.roles.contains(&Principal::Role(role.clone()))
        });
    for (key, policy) in naming {
        if policy.roles.contains(&Principal::Public) {
            continue;
        }
        let mut limited = inheriting(observed, role, |_| true);
        limited.retain(|member| !leaves(member));
        for other in &policy.roles {
            if let Principal::Role(other) = other
                && !leaves(other)
            {
                limited.remove(other);
                let reached = inheriting(observed, other, |between| !leaves(between));
                limited.retain(|member| !reached.contains(member));
            }
        }
        let Some(first) = limited.first() else { continue };
        let more = if limited.len() > 1 { ", …" } else { "" };
        return Some(refusal(
            "RW330",
            format!(
                "{role} is to be dropped, and by the restrictive policy {} on {} its members ({first}{more}) see less than they \
                 would without it",
                key.name, key.on
            ),
            format!("name them or another role of theirs in the policy, or take them out of {role} first"),
        ));
    }
    None
}

/// Who has this role's privileges by memberships that pass them on, through roles that these words let through.
fn inheriting<'a>(
    observed: &'a Observed,
    role: &'a RoleName,
    through: impl Fn(&RoleName) -> bool,
) -> BTreeSet<&'a RoleName> {
    let mut all = BTreeSet::new();
    let mut waiting = vec![role];
    while let Some(role) = waiting.pop() {
        let rows = observed.access.members.iter().filter(|(key, powers)| key.role == *role && powers.inherit);
        for (key, _) in rows {
            if through(&key.member) && all.insert(&key.member) {
                waiting.push(&key.member);
            }
        }
    }
    all
}

/// The role that the cluster was born with owns what is the engine's own, and the server never drops it.
fn root(role: &RoleName, observed: &Observed) -> Option<Refusal> {
    (*role == observed.at.root).then(|| {
        refusal(
            "RW335",
            format!("{role} is the role that the cluster was born with, and the server never drops it"),
            "take the role out of the model; where nobody is to log in as it any longer: ALTER ROLE … NOLOGIN",
        )
    })
}

/// What the server lets only superusers own, whoever hands it over.
fn cannot_own(on: &Arc<Object>, to: &RoleName, desired: &Desired, observed: &Observed) -> Option<Refusal> {
    let why = ownership::superusers_only(on, observed.at.version)?;
    let access = if desired.access.roles.contains_key(to) { &desired.access } else { &observed.access };
    (!is_superuser(access, to)).then(|| {
        refusal(
            "RW334",
            format!("{to} cannot own {on}: {why}"),
            "hand it to a superuser by hand (ALTER … OWNER TO), or drop it, and plan again",
        )
    })
}

/// What the role owns once the plan's owners have theirs. What follows its table is not counted beside it.
fn still_owns(role: &RoleName, changes: &[Change], observed: &Observed) -> Option<Refusal> {
    let handed_over: BTreeSet<&Arc<Object>> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Owner { on, .. } => Some(on),
            _ => None,
        })
        .collect();
    let follows =
        |on: &Arc<Object>| observed.catalogue.objects.get(on).is_some_and(|existing| existing.follows_table);
    let owned: Vec<&Arc<Object>> = observed
        .access
        .owners
        .iter()
        .filter(|(on, owner)| *owner == role && on.kind != kind::COLUMN)
        .map(|(on, _)| on)
        .filter(|on| !handed_over.contains(on) && !follows(on) && !waits(observed, on, role))
        .collect();
    let first = owned.first()?;
    let place = first.database().map(|name| format!(" in database {name}")).unwrap_or_default();
    let more = match owned.len() {
        1 => String::new(),
        2 => " and another object".to_owned(),
        several => format!(" and {} more objects", several - 1),
    };
    Some(refusal(
        "RW323",
        format!("{role} is to be dropped and still owns {first}{place}{more}"),
        format!(
            "say who gets it: `reassign_to:` where {role} is retired, or another role's `owns:` in the model"
        ),
    ))
}

fn owners_own(
    on: &Arc<Object>,
    role: &RoleName,
    by: &Grantor,
    from: &Held,
    into: &Held,
    desired: &Desired,
    observed: &Observed,
) -> Option<Refusal> {
    let owner = ownership::owner(&desired.access, on).or_else(|| ownership::owner(&observed.access, on));
    let named = match &desired.claims {
        Claims::Everything => return None,
        Claims::Named(named) => named,
    };
    let own = owner == Some(role) && *by == Grantor::Owner && !into.lost_from(from).is_empty();
    (own && !named.withheld.contains(on)).then(|| {
        let what = format!("the plan would take rights on {on} from {role}, its owner");
        refusal("RW324", what, "an owner's own rights are taken only where the model says `withhold:`")
    })
}

/// Entries that others hold from this holder's grant option and that the model does not speak of.
fn leaning_entries(
    on: &Arc<Object>,
    (role, given_by): (&RoleName, &Grantor),
    from: &Held,
    into: &Held,
    desired: &Desired,
    observed: &Observed,
) -> Option<Refusal> {
    let owner = ownership::owner(&observed.access, on);
    // Whoever has the option from somebody else as well keeps it, and so does who lives from it.
    let others =
        |holder: &model::Holder| holder.by != *given_by && holder.to == Principal::Role(role.clone());
    let stays = |op: &model::Operation| {
        let wanted = desired.access.entries.get(on).into_iter().flatten();
        let unjudged = observed.access.entries.get(on).into_iter().flatten();
        let unjudged =
            unjudged.filter(|(holder, _)| !desired.claims.entry(on, &holder.to, &holder.by, owner));
        wanted.chain(unjudged).any(|(holder, held)| others(holder) && held.get(op) == Some(true))
    };
    let lost = into.lost_from(from).into_iter();
    let lost: Vec<_> = lost.filter(|(op, _)| from.get(op) == Some(true) && !stays(op)).collect();
    if lost.is_empty() {
        return None;
    }
    let by = Grantor::Role(role.clone());
    let leaning: Vec<String> = observed
        .access
        .entries
        .get(on)?
        .iter()
        .filter(|(holder, held)| {
            holder.by == by
                && !desired.claims.entry(on, &holder.to, &holder.by, owner)
                && lost.iter().any(|(op, _)| held.get(op).is_some())
        })
        .map(|(holder, _)| holder.to.to_string())
        .collect();
    (!leaning.is_empty()).then(|| {
        let list = leaning.join(", ");
        refusal(
            "RW325",
            format!("taking the grant option on {on} from {role} would take privileges from {list}, of whom the model does not speak"),
            format!("bring {list} into the model, or let {role} keep the option (`with grant option`)"),
        )
    })
}

fn leaning_members(
    key: &MemberKey,
    admin_lost: bool,
    desired: &Desired,
    observed: &Observed,
) -> Option<Refusal> {
    if !admin_lost || observed.at.version < 160_000 {
        return None;
    }
    // Whoever has ADMIN from somebody else as well keeps it, and so does who lives from it.
    let same = |row: &MemberKey| row.role == key.role && row.member == key.member && row.by != key.by;
    let wanted = desired.access.members.iter();
    let unjudged = observed.access.members.iter().filter(|(row, _)| !desired.claims.member(row));
    if wanted.chain(unjudged).any(|(row, powers)| same(row) && powers.admin) {
        return None;
    }
    let by = Grantor::Role(key.member.clone());
    let leaning: Vec<String> = observed
        .access
        .members
        .keys()
        .filter(|row| row.role == key.role && row.by == by && !desired.claims.member(row))
        .map(|row| row.member.to_string())
        .collect();
    (!leaning.is_empty()).then(|| {
        let list = leaning.join(", ");
        refusal(
            "RW325",
            format!("taking ADMIN on {} from {} would take the role from {list}, of whom the model does not speak", key.role, key.member),
            format!("bring {list} into the model, or let {} keep `admin: true`", key.member),
        )
    })
}

fn last_superuser(changes: &[Change], observed: &Observed) -> Option<Refusal> {
    let able = |role: &RoleName| -> bool {
        let has = |word: &model::Attribute| {
            let stands = observed.access.roles.get(role).and_then(|facts| facts.attributes.get(word))
                == Some(&Value::Flag(true));
            let change = changes.iter().find_map(|change| match change {
                Change::Attribute { role: of, attribute, to, .. } if of == role && attribute == word => {
                    Some(to)
                }
                _ => None,
            });
            change.map_or(stands, |to| *to == Value::Flag(true))
        };
        has(&attribute::SUPERUSER) && has(&attribute::LOGIN)
    };
    let dropped: BTreeSet<&RoleName> = changes
        .iter()
        .filter_map(|change| match change {
            Change::DropRole { role } => Some(role),
            _ => None,
        })
        .collect();
    let touched = changes.iter().any(|change| {
        matches!(change, Change::DropRole { .. })
            || matches!(change, Change::Attribute { attribute, to: Value::Flag(false), .. }
                if *attribute == attribute::SUPERUSER || *attribute == attribute::LOGIN)
    });
    if !touched || observed.access.roles.keys().any(|role| !dropped.contains(role) && able(role)) {
        return None;
    }
    Some(refusal(
        "RW326",
        "the plan would leave no superuser that can log in",
        "keep one: without it some of a cluster's problems can only be mended by stopping the server",
    ))
}

/// CONNECT taken from PUBLIC, or from a role of the executor's, must leave it a way into the database.
fn shut_out(changes: &[Change], observed: &Observed) -> Vec<Refusal> {
    let power = Power::of(observed);
    if power.superuser {
        return Vec::new();
    }
    let mut refusals = Vec::new();
    let connects = changes.iter().filter_map(|change| match change {
        Change::Entry { on, from, into, .. } if on.kind == kind::DATABASE => {
            (from.get(&operation::CONNECT).is_some() && into.get(&operation::CONNECT).is_none()).then_some(on)
        }
        _ => None,
    });
    for on in connects.collect::<BTreeSet<_>>() {
        let mut acl = observed.access.entries.get(on).cloned().unwrap_or_default();
        for change in changes {
            if let Change::Entry { on: o, to, by, into, .. } = change
                && o == on
            {
                acl.insert(model::Holder { to: to.clone(), by: by.clone() }, into.clone());
            }
        }
        let ours = |to: &Principal| match to {
            Principal::Public => true,
            Principal::Role(role) => power.enters_with.contains(role),
        };
        let still =
            acl.iter().any(|(holder, held)| ours(&holder.to) && held.get(&operation::CONNECT).is_some());
        let owns = observed.access.owners.get(on).is_some_and(|owner| power.enters_with.contains(owner));
        if !still && !owns {
            let what = format!(
                "the plan would take CONNECT on {on} from {}, which carries it out",
                observed.executor.login
            );
            refusals.push(refusal("RW322", what, "grant CONNECT to the executor's login first"));
        }
    }
    refusals
}
