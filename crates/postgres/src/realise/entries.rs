//! Entries: grants on objects that exist. Where the model names no grantor, an entry that somebody else
//! gave and that says the same is left as it stands.
//!
//! A model of a hundred thousand grants is a list of pairs, object and grant, both as numbers. Sorted, each
//! object's grants lie side by side, and everything about one object is settled in one go.

use super::Work;
use super::operations::list;
use crate::words::{kind, operation};
use foldhash::HashMap;
use model::{
    Acl, CauseId, GrantIntent, Grantor, Held, Holder, Kind, Name, Object, Operation, Principal, Reach,
    RoleName,
};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A grant with its operations as this version has them.
type Granted<'a> = (&'a GrantIntent, Held);

/// What is wanted on one object, in the order of holders: for each holder and named grantor, what, and the
/// line that says so.
type Wanted<'a> = Vec<((&'a Principal, Option<&'a RoleName>), Cow<'a, Held>, CauseId)>;

pub(super) fn realise(work: &mut Work<'_>) {
    let grants = granted(work);
    let (pairs, mut others) = pairs(work, &grants);
    let mut settled = Vec::with_capacity(work.index.len());
    let mut known: HashMap<(usize, Vec<u32>), Acl> = HashMap::default();
    let mut key = (0, Vec::new());
    for same in pairs.chunk_by(|a, b| a.0 == b.0) {
        let listed = same.first().and_then(|(object, _)| work.index.object(*object));
        let Some((object, entries)) = listed else { continue };
        key.1.clear();
        key.1.extend(same.iter().map(|(_, grant)| *grant));
        if let Some(more) = others.remove(object) {
            key.1.extend(more);
            key.1.sort_unstable();
        }
        let standing = match entries {
            Some(acl) if work.desired.owners.is_empty() => Cow::Borrowed(acl),
            _ => work.standing(object),
        };
        key.0 = standing.place();
        if let Some(acl) = known.get(&key) {
            settled.push((object.clone(), acl.clone()));
            continue;
        }
        let wanted = together(&grants, &key.1);
        let acl = match stands(&standing, &wanted) {
            Some(acl) => {
                // Who owns the object makes no difference here, so it is the same for all that stand alike.
                if let Cow::Borrowed(_) = standing {
                    known.insert(key.clone(), acl.clone());
                }
                acl
            }
            None => settle(work, object, &standing, wanted),
        };
        settled.push((object.clone(), acl));
    }
    work.desired.entries = settled.into_iter().collect();
    for (object, numbers) in others {
        let standing = work.standing(&object);
        let acl = settle(work, &object, &standing, together(&grants, &numbers));
        work.desired.entries.insert(object, acl);
    }
}

/// The grants on what exists, in the order of an object's entries.
fn granted<'a>(work: &mut Work<'a>) -> Vec<Granted<'a>> {
    let (intent, column) = (work.intent, kind::COLUMN);
    let mut grants: Vec<Granted<'_>> = Vec::with_capacity(intent.grants.len());
    // A handful of phrases makes up most of most models.
    let mut known: HashMap<(&Kind, &[Operation], bool), Held> = HashMap::default();
    for grant in intent.grants.iter().filter(|grant| !matches!(grant.reach, Reach::Future(_))) {
        let of = if grant.columns.is_empty() { &grant.on.kind } else { &column };
        let same = (of, grant.operations.as_slice(), grant.delegable);
        if let Some(held) = known.get(&same) {
            grants.push((grant, held.clone()));
            continue;
        }
        let problems = work.problems.len();
        let held = work.held(grant, of);
        if work.problems.len() == problems {
            known.insert(same, held.clone());
        }
        grants.push((grant, held));
    }
    grants.sort_by_key(|(grant, _)| holder(grant));
    grants
}

/// To whom a grant goes, and by whom where that is said.
fn holder(grant: &GrantIntent) -> (&Principal, Option<&RoleName>) {
    (&grant.to, grant.granted_by.as_ref())
}

/// Every object that a grant reaches, with the grant, both as numbers and in order; and those objects that
/// the catalogue does not number, or on which PUBLIC's entries become the model's.
type Pairs = (Vec<(u32, u32)>, BTreeMap<Arc<Object>, Vec<u32>>);

fn pairs(work: &mut Work<'_>, grants: &[Granted<'_>]) -> Pairs {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    let mut others: BTreeMap<Arc<Object>, Vec<u32>> = BTreeMap::new();
    for (number, (grant, _)) in (0..).zip(grants) {
        // Of parameters and types not all are listed.
        let listed = !matches!(grant.on.kind.as_str(), "parameter" | "type");
        if grant.columns.is_empty() && listed && grant.to != Principal::Public {
            pairs.extend(work.listed(&grant.on, grant.cause).into_iter().map(|object| (object, number)));
            continue;
        }
        let objects = work.objects(&grant.on, grant.cause);
        claim_public(work, grant, &objects);
        for object in objects {
            for column in &grant.columns {
                if let Some(column) = column_of(work, &object, column, grant.cause) {
                    if grant.to == Principal::Public {
                        work.claims.public.insert(column.clone());
                    }
                    others.entry(column).or_default().push(number);
                }
            }
            if grant.columns.is_empty() {
                others.entry(object).or_default().push(number);
            }
        }
    }
    (by_object(pairs, work.index.len()), others)
}

/// Pairs that come in the order of grants, in the order of objects and then of grants: each is put where it belongs.
fn by_object(pairs: Vec<(u32, u32)>, objects: usize) -> Vec<(u32, u32)> {
    let slot = |object: u32| usize::try_from(object).unwrap_or(usize::MAX);
    let mut ends = vec![0_usize; objects + 1];
    for (object, _) in &pairs {
        if let Some(count) = ends.get_mut(slot(*object).saturating_add(1)) {
            *count += 1;
        }
    }
    for at in 1..ends.len() {
        let before = ends.get(at - 1).copied().unwrap_or_default();
        if let Some(end) = ends.get_mut(at) {
            *end += before;
        }
    }
    let mut sorted = vec![(0, 0); pairs.len()];
    for pair in pairs {
        if let Some(next) = ends.get_mut(slot(pair.0)) {
            if let Some(place) = sorted.get_mut(*next) {
                *place = pair;
            }
            *next += 1;
        }
    }
    sorted
}

/// One object's grants, those to the same holder by the same grantor as one.
fn together<'a>(grants: &'a [Granted<'a>], numbers: &[u32]) -> Wanted<'a> {
    let mut wanted: Wanted<'a> = Vec::with_capacity(numbers.len());
    let of = |number: &u32| usize::try_from(*number).ok().and_then(|number| grants.get(number));
    for (grant, held) in numbers.iter().filter_map(of) {
        match wanted.last_mut() {
            Some((last, slot, _)) if *last == holder(grant) => slot.to_mut().absorb(held),
            _ => wanted.push((holder(grant), Cow::Borrowed(held), grant.cause)),
        }
    }
    wanted
}

/// PUBLIC's entries on what the model names for PUBLIC are the model's, those on a table's columns too.
fn claim_public(work: &mut Work<'_>, grant: &GrantIntent, objects: &[Arc<Object>]) {
    if grant.to != Principal::Public {
        return;
    }
    for object in objects {
        if object.kind == kind::TABLE {
            let columns = columns_with_entries(&work.observed.access.entries, object);
            work.claims.public.extend(columns.map(|(column, _)| column.clone()));
        }
        work.claims.public.insert(object.clone());
    }
}

/// The entries of a table's columns.
pub(crate) fn columns_with_entries<'s>(
    entries: &'s BTreeMap<Arc<Object>, Acl>,
    table: &Object,
) -> impl Iterator<Item = (&'s Arc<Object>, &'s Acl)> {
    let start = Object::new(table.place.clone(), kind::COLUMN, table.path.clone());
    let range = entries.range::<Object, _>((std::ops::Bound::Included(&start), std::ops::Bound::Unbounded));
    let start = start.clone();
    range.take_while(move |(column, _)| {
        column.kind == kind::COLUMN && column.place == start.place && column.path.starts_with(&start.path)
    })
}

fn column_of(work: &mut Work<'_>, table: &Arc<Object>, column: &Name, cause: CauseId) -> Option<Arc<Object>> {
    if let Some(columns) = work.observed.catalogue.columns.get(table)
        && !columns.contains(column)
    {
        let have = columns.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        work.problem(cause, "RW307", format!("{table} has no column {column}"), format!("it has: {have}"));
        return None;
    }
    let mut path = table.path.clone();
    path.push(column.clone());
    Some(Arc::new(Object::new(table.place.clone(), kind::COLUMN, path)))
}

/// What is wanted, if all of it stands already and was given by the owner: so it is with most of most targets.
fn stands(standing: &Acl, wanted: &Wanted<'_>) -> Option<Acl> {
    let mut rest = standing.iter().peekable();
    let stands = |((to, by), held, _): &((&Principal, Option<&RoleName>), Cow<'_, Held>, CauseId)| {
        // Both sides are in the order of holders, so each is walked once.
        while rest.next_if(|(holder, _)| holder.to < **to).is_some() {}
        let (holder, has) = rest.next_if(|(holder, _)| holder.to == **to)?;
        let alone = rest.peek().is_none_or(|(next, _)| next.to != **to);
        let same = by.is_none() && alone && holder.by == Grantor::Owner && has == held.as_ref();
        same.then(|| (holder.clone(), has.clone()))
    };
    wanted.iter().map(stands).collect()
}

/// Chooses a grantor for what names none: whoever gave it already, else the owner, or the executor where it
/// may hand on but not act for the owner.
fn settle(work: &mut Work<'_>, object: &Arc<Object>, standing: &Acl, wanted: Wanted<'_>) -> Acl {
    let mut acl = Acl::new();
    for ((to, by), held, cause) in wanted {
        if let Some(grantor) = by {
            let by = work.grantor(object, grantor.clone());
            supported(work, object, standing, &by, &held, cause);
            acl.entry(Holder { to: to.clone(), by }).or_default().absorb(&held);
            continue;
        }
        let first = Holder { to: to.clone(), by: Grantor::Owner };
        let rows: Vec<_> = standing.range(first..).take_while(|(holder, _)| holder.to == *to).collect();
        for (holder, held) in keep(work, object, standing, &rows, to, &held) {
            acl.entry(holder).or_default().absorb(&held);
        }
    }
    acl
}

fn keep(
    work: &Work<'_>,
    object: &Arc<Object>,
    standing: &Acl,
    rows: &[(&Holder, &Held)],
    to: &Principal,
    held: &Held,
) -> Vec<(Holder, Held)> {
    let mut kept = Vec::new();
    let mut covered = Held::none();
    for (holder, has) in rows.iter().filter(|(holder, _)| lasting(work, standing, &holder.by)) {
        let same: Held = has
            .iter()
            .filter_map(|(operation, delegable)| Some((operation.clone(), held.get(operation)? && delegable)))
            .collect();
        covered.absorb(&same);
        kept.push(((*holder).clone(), same));
    }
    let missing = held.gained_from(&covered);
    if !missing.is_empty() {
        kept.push((Holder { to: to.clone(), by: by_default(work, object, standing, &missing) }, missing));
    }
    kept
}

/// Entries of a grantor last only as long as its own grant option. Where the model speaks for the grantor,
/// that is for the model to say, so nothing is built on it.
fn lasting(work: &Work<'_>, standing: &Acl, by: &Grantor) -> bool {
    match by {
        Grantor::Owner | Grantor::Untracked => true,
        Grantor::Role(role) => {
            let holds = |holder: &Holder| matches!(&holder.to, Principal::Role(to) if to == role);
            !work.speaks_for(role) && standing.keys().any(holds)
        }
    }
}

pub(super) fn by_default(work: &Work<'_>, object: &Arc<Object>, standing: &Acl, missing: &Held) -> Grantor {
    if work.owner(object).is_none_or(|owner| work.power.acts_for(owner)) {
        return Grantor::Owner;
    }
    let own = Principal::Role(work.power.acts_as.clone());
    let may = |operation: &Operation| {
        standing.iter().any(|(holder, held)| holder.to == own && held.get(operation) == Some(true))
    };
    if missing.iter().all(|(operation, _)| may(operation)) {
        Grantor::Role(work.power.acts_as.clone())
    } else {
        Grantor::Owner
    }
}

fn supported(
    work: &mut Work<'_>,
    object: &Arc<Object>,
    standing: &Acl,
    by: &Grantor,
    held: &Held,
    cause: CauseId,
) {
    let Grantor::Role(grantor) = by else { return };
    let to = Principal::Role(grantor.clone());
    let claimed = work.speaks_for(grantor);
    let table = crate::ownership::owned_with(object);
    // An option on a whole table holds for its columns.
    let covers = |grant: &GrantIntent| match (&table, object.path.last()) {
        (Some(table), Some(column)) => {
            grant.on.kind == table.kind
                && grant.on.names.iter().any(|name| name.matches(table))
                && (grant.columns.is_empty() || grant.columns.contains(column))
        }
        _ => grant.on.kind == object.kind && grant.on.names.iter().any(|name| name.matches(object)),
    };
    let on_table = table.as_ref().and_then(|table| work.observed.access.entries.get(table));
    let unsupported = |operation: &Operation| {
        let standing = standing.iter().chain(on_table.into_iter().flatten());
        let mut standing = standing.filter(|(holder, _)| holder.to == to);
        let stands = standing.any(|(_, has)| has.get(operation) == Some(true));
        let wanted = work.intent.grants.iter().any(|grant| {
            grant.to == to
                && grant.delegable
                && (grant.operations.contains(operation) || grant.operations.contains(&operation::ALL))
                && covers(grant)
        });
        !(wanted || (stands && !claimed))
    };
    let missing: Vec<Operation> = held
        .iter()
        .map(|(operation, _)| operation.clone())
        .filter(|operation| unsupported(operation))
        .collect();
    if !missing.is_empty() {
        let what = format!(
            "{grantor} cannot grant {} on {object}: it does not hold the grant option",
            list(&missing)
        );
        let help = format!("give {grantor} the privilege `with grant option`, or leave `granted by` out");
        work.problem(cause, "RW308", what, help);
    }
}

impl<'a> Work<'a> {
    /// The object's entries once the owners of the model have theirs.
    pub(super) fn standing(&self, object: &Arc<Object>) -> Cow<'a, Acl> {
        let observed: &'a model::Observed = self.observed;
        if let (Some(acl), true) = (observed.access.entries.get(object), self.desired.owners.is_empty()) {
            return Cow::Borrowed(acl);
        }
        let before = crate::ownership::owner(&observed.access, object);
        let standing = match (observed.access.entries.get(object), observed.catalogue.baselines.get(object)) {
            (Some(acl), _) | (None, Some(acl)) => Cow::Borrowed(acl),
            (None, None) => match before {
                Some(owner) => Cow::Owned(crate::defaults::entries(&object.kind, owner, self.version)),
                None => Cow::Owned(Acl::new()),
            },
        };
        match (before, self.owner(object)) {
            (Some(from), Some(to)) if from != to => Cow::Owned(crate::ownership::after(&standing, from, to)),
            _ => standing,
        }
    }

    fn grantor(&self, object: &Arc<Object>, grantor: RoleName) -> Grantor {
        let owner = self.owner(object);
        let root = object.kind == kind::PARAMETER && grantor == self.observed.at.root;
        if root || owner == Some(&grantor) { Grantor::Owner } else { Grantor::Role(grantor) }
    }
}
