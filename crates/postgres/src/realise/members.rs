//! Memberships. Where the model names no grantor, what others gave already is left as it stands: only what
//! is missing is given, by the executor.

use super::Work;
use super::objects::gallop;
use crate::power::{DATABASE_OWNER, GRANTOR};
use crate::words::attribute;
use foldhash::HashSet;
use model::{Grantor, MemberIntent, MemberKey, MemberPowers, RoleName, Value};
use std::borrow::Cow;

const NONE: MemberPowers = MemberPowers { inherit: false, set: false, admin: false };

pub(super) fn realise(work: &mut Work<'_>) {
    let intent = work.intent;
    exempt_implicit(work);
    for (name, wanted) in &intent.roles {
        if wanted.members_exclusive {
            work.claims.members_of.insert(name.clone());
        }
    }
    // Both in the order of pairs, so each is walked once.
    let members = &work.observed.access.members;
    let admins: HashSet<(&RoleName, &RoleName)> = intent
        .members
        .iter()
        .filter(|member| member.powers.admin)
        .map(|member| (&member.role, &member.member))
        .collect();
    let kept = |key: &MemberKey| !work.claims.implicit.contains(key) && lasting(work, &admins, key);
    let standing: Vec<Row<'_>> = members.iter().filter(|(key, _)| kept(key)).collect();
    let mut rest = standing.as_slice();
    let by_default = work.power.membership_grantor(work.observed);
    // Those of one role follow each other.
    let mut last: Option<(&RoleName, bool)> = None;
    let united = united(&intent.members);
    for member in &united {
        let exists = match last {
            Some((role, exists)) if *role == member.role => exists,
            _ => {
                intent.roles.contains_key(&member.role)
                    || work.observed.access.roles.contains_key(&member.role)
            }
        };
        last = Some((&member.role, exists));
        if !exists {
            let what = format!("role {} does not exist in the cluster", member.role);
            work.problem(member.cause, "RW302", what, "add it to the model's roles, or make it first");
            continue;
        }
        if member.role.as_str() == DATABASE_OWNER {
            takes_no_members(work, member);
            continue;
        }
        let Some(powers) = possible(work, member) else { continue };
        let pair = (&member.role, &member.member);
        rest = rest.get(gallop(rest, |row| pair_of(row) < pair)..).unwrap_or_default();
        let rows = rest.get(..gallop(rest, |row| pair_of(row) == pair)).unwrap_or_default();
        place(work, member, powers, rows, &by_default);
    }
}

/// A membership as it stands.
type Row<'a> = (&'a MemberKey, &'a MemberPowers);

fn pair_of<'a>((key, _): &Row<'a>) -> (&'a RoleName, &'a RoleName) {
    (&key.role, &key.member)
}

/// What several lines say of one membership, as one; in the order of pairs.
fn united(members: &[MemberIntent]) -> Vec<Cow<'_, MemberIntent>> {
    fn key(member: &MemberIntent) -> (&RoleName, &RoleName, &Option<RoleName>) {
        (&member.role, &member.member, &member.granted_by)
    }
    let mut sorted: Vec<&MemberIntent> = members.iter().collect();
    sorted.sort_by(|a, b| key(a).cmp(&key(b)));
    let mut united: Vec<Cow<'_, MemberIntent>> = Vec::with_capacity(sorted.len());
    for member in sorted {
        match united.last_mut() {
            Some(last) if key(last) == key(member) => {
                let powers = join(last.powers, member.powers);
                last.to_mut().powers = powers;
            }
            _ => united.push(Cow::Borrowed(member)),
        }
    }
    united
}

fn place(
    work: &mut Work<'_>,
    member: &MemberIntent,
    powers: MemberPowers,
    rows: &[Row<'_>],
    by_default: &Grantor,
) {
    let key = |by: Grantor| MemberKey { role: member.role.clone(), member: member.member.clone(), by };
    if let Some(grantor) = &member.granted_by {
        let by =
            if *grantor == work.observed.at.root { Grantor::Owner } else { Grantor::Role(grantor.clone()) };
        work.desired.members.insert(key(by), powers);
        return;
    }
    let mut kept = NONE;
    for (row, has) in rows {
        let clipped = meet(**has, powers);
        if clipped != NONE || powers == NONE {
            work.desired.members.insert((*row).clone(), clipped);
            kept = join(kept, clipped);
        }
    }
    if kept != powers || rows.is_empty() {
        // Before 16 a pair of roles has one row, whoever gave it.
        let by = match rows.first() {
            Some((row, _)) if work.version < 16 => row.by.clone(),
            _ => by_default.clone(),
        };
        let slot = work.desired.members.entry(key(by)).or_insert(powers);
        *slot = join(*slot, powers);
    }
}

/// The server itself counts each database's owner as the one member of this role, and takes no other.
fn takes_no_members(work: &mut Work<'_>, member: &MemberIntent) {
    let what = format!(
        "{} cannot be made a member of {DATABASE_OWNER}: its only member is the owner of the database one is in",
        member.member
    );
    let help = format!("let {} own the database, or grant it what it needs there by name", member.member);
    work.problem(member.cause, "RW303", what, help);
}

/// What the version can give, or nothing and a problem. Before 16 a membership always allows SET ROLE, and
/// whether it inherits is the member's own attribute.
fn possible(work: &mut Work<'_>, member: &MemberIntent) -> Option<MemberPowers> {
    if work.version >= 16 {
        return Some(member.powers);
    }
    let inherits = inherits(work, &member.member);
    if !member.powers.set || (inherits && !member.powers.inherit) {
        let what = format!(
            "PostgreSQL {} cannot make {} a member of {} {}",
            work.version,
            member.member,
            member.role,
            if member.powers.set { "that does not inherit" } else { "that may not become it" },
        );
        let help = if member.powers.set {
            format!(
                "set `inherit: false` on {} itself: before 16 it holds for all its memberships",
                member.member
            )
        } else {
            "the SET option came with version 16; leave it out, or leave the membership out".to_owned()
        };
        work.problem(member.cause, "RW303", what, help);
        return None;
    }
    Some(MemberPowers { inherit: inherits, set: true, admin: member.powers.admin })
}

fn inherits(work: &Work<'_>, role: &RoleName) -> bool {
    let attributes = match (work.desired.roles.get(role), work.observed.access.roles.get(role)) {
        (Some(wanted), _) => Some(&wanted.attributes),
        (None, Some(has)) => Some(&has.attributes),
        (None, None) => None,
    };
    attributes.is_none_or(|attributes| attributes.get(&attribute::INHERIT) != Some(&Value::Flag(false)))
}

/// The executor's own memberships are what it works with. From 16 on, whoever makes a role without being
/// superuser even gets one from the root, which nobody but the root could take back.
fn exempt_implicit(work: &mut Work<'_>) {
    let executor = &work.observed.executor;
    for key in work.observed.access.members.keys() {
        let member = &key.member;
        let ours = *member == executor.acts_as || *member == executor.login || member.as_str() == GRANTOR;
        if ours && !work.intent.roles.contains_key(member) {
            work.claims.implicit.insert(key.clone());
        }
    }
}

/// A row lives only as long as its grantor's own ADMIN. Where the model speaks for the grantor's membership, because the
/// grantor is its role or because nobody else may be a member, and does not give it that, nothing is built on the row.
fn lasting(work: &Work<'_>, admins: &HashSet<(&RoleName, &RoleName)>, key: &MemberKey) -> bool {
    let claims = &work.claims;
    let own = |by: &RoleName| claims.implicit.iter().any(|row| row.role == key.role && row.member == *by);
    let spoken_for =
        |by: &RoleName| claims.roles.contains(by) || (claims.members_of.contains(&key.role) && !own(by));
    match &key.by {
        // Whoever goes is nobody's grantor any more, also where the server would leave its number behind.
        Grantor::Role(by) if work.intent.absent.contains_key(by) => false,
        Grantor::Role(by) if work.version >= 16 && spoken_for(by) => admins.contains(&(&key.role, by)),
        _ => true,
    }
}

fn meet(a: MemberPowers, b: MemberPowers) -> MemberPowers {
    MemberPowers { inherit: a.inherit && b.inherit, set: a.set && b.set, admin: a.admin && b.admin }
}

pub(super) fn join(a: MemberPowers, b: MemberPowers) -> MemberPowers {
    MemberPowers { inherit: a.inherit || b.inherit, set: a.set || b.set, admin: a.admin || b.admin }
}
