//! Entries: grants on objects that exist. Where the model names no grantor, an entry that somebody else
//! gave and that says the same is left as it stands.

use super::Work;
use crate::vocabulary::operations;
use crate::words::{kind, operation};
use model::{
    Acl, CauseId, GrantIntent, Grantor, Held, Holder, Name, Object, Operation, Principal, Reach, RoleName,
};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is wanted on one object: for each holder and named grantor, what, and the line that says so.
type Wanted = BTreeMap<(Principal, Option<RoleName>), (Held, CauseId)>;

pub(super) fn realise(work: &mut Work<'_>) {
    let mut wanted: BTreeMap<Arc<Object>, Wanted> = BTreeMap::new();
    let intent = work.intent;
    for grant in &intent.grants {
        if matches!(grant.reach, Reach::Future(_)) {
            continue;
        }
        let objects = work.objects(&grant.on, grant.cause);
        claim_public(work, grant, &objects);
        let held = held(work, grant);
        for object in objects {
            for column in &grant.columns {
                if let Some(column) = column_of(work, &object, column, grant.cause) {
                    want(&mut wanted, column, grant, &held);
                }
            }
            if grant.columns.is_empty() {
                want(&mut wanted, object, grant, &held);
            }
        }
    }
    for (object, wanted) in wanted {
        let acl = settle(work, &object, wanted);
        let slot = work.desired.entries.entry(object).or_default();
        for (holder, held) in acl {
            slot.entry(holder).or_default().absorb(&held);
        }
    }
}

fn want(wanted: &mut BTreeMap<Arc<Object>, Wanted>, object: Arc<Object>, grant: &GrantIntent, held: &Held) {
    let by = (grant.to.clone(), grant.granted_by.clone());
    let slot = wanted.entry(object).or_default().entry(by).or_insert_with(|| (Held::none(), grant.cause));
    slot.0.absorb(held);
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

/// The operations of a grant on this version, for the whole object or for columns.
fn held(work: &mut Work<'_>, grant: &GrantIntent) -> Held {
    let of = if grant.columns.is_empty() { &grant.on.kind } else { &kind::COLUMN };
    let known = operations(of, work.version);
    let mut held = Held::none();
    for wanted in &grant.operations {
        if *wanted == operation::ALL {
            known.iter().for_each(|each| held.insert(each.clone(), grant.delegable));
        } else if known.contains(wanted) {
            held.insert(wanted.clone(), grant.delegable);
        } else {
            unknown(work, grant, wanted, of);
        }
    }
    held
}

fn unknown(work: &mut Work<'_>, grant: &GrantIntent, wanted: &Operation, of: &model::Kind) {
    let what = format!("PostgreSQL {} has no privilege `{wanted}` on a {of}", work.version);
    let help = match (wanted.as_str(), of.as_str()) {
        ("maintain", _) => "it came with version 17".to_owned(),
        (_, "parameter") => "privileges on parameters came with version 15".to_owned(),
        _ => format!("it has: {}", list(&operations(of, work.version))),
    };
    work.problem(grant.cause, "RW306", what, help);
}

fn list(operations: &[Operation]) -> String {
    operations.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
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

/// Chooses a grantor for what names none: whoever gave it already, else the owner, or the executor where it
/// may hand on but not act for the owner.
fn settle(work: &mut Work<'_>, object: &Arc<Object>, wanted: Wanted) -> Acl {
    let standing = work.standing(object).into_owned();
    let mut acl = Acl::new();
    for ((to, by), (held, cause)) in wanted {
        match by {
            Some(grantor) => {
                let by = work.grantor(object, grantor);
                supported(work, object, &standing, &by, &held, cause);
                acl.entry(Holder { to, by }).or_default().absorb(&held);
            }
            None => {
                for (holder, held) in keep(work, object, &standing, &to, &held) {
                    acl.entry(holder).or_default().absorb(&held);
                }
            }
        }
    }
    acl
}

fn keep(
    work: &Work<'_>,
    object: &Arc<Object>,
    standing: &Acl,
    to: &Principal,
    held: &Held,
) -> Vec<(Holder, Held)> {
    let mut kept = Vec::new();
    let mut covered = Held::none();
    for (holder, has) in standing.iter().filter(|(holder, _)| holder.to == *to) {
        if !lasting(work, standing, &holder.by) {
            continue;
        }
        let same: Held = has
            .iter()
            .filter_map(|(operation, delegable)| Some((operation.clone(), held.get(operation)? && delegable)))
            .collect();
        covered.absorb(&same);
        kept.push((holder.clone(), same));
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
            !work.claims.roles.contains(role)
                && standing.keys().any(|holder| holder.to == Principal::Role(role.clone()))
        }
    }
}

fn by_default(work: &Work<'_>, object: &Arc<Object>, standing: &Acl, missing: &Held) -> Grantor {
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
    let claimed = work.claims.roles.contains(grantor);
    let unsupported = |operation: &Operation| {
        let stands = standing.iter().any(|(holder, has)| holder.to == to && has.get(operation) == Some(true));
        let wanted = work.intent.grants.iter().any(|grant| {
            grant.to == to
                && grant.delegable
                && (grant.operations.contains(operation) || grant.operations.contains(&operation::ALL))
                && grant.on.names.iter().any(|name| name.matches(object))
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

impl Work<'_> {
    /// The object's entries once the owners of the model have theirs.
    pub(super) fn standing(&self, object: &Arc<Object>) -> Cow<'_, Acl> {
        let before = self.observed.access.owners.get(object);
        let standing =
            match (self.observed.access.entries.get(object), self.observed.catalogue.baselines.get(object)) {
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
