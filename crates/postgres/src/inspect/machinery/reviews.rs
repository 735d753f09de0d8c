//! Reviews of bodies: whether the body that stands here is the one that was read, and what it then does.

use crate::ownership::owned_with;
use crate::realise::{place, respelled};
use crate::vocabulary::operations;
use crate::words::{kind, operation};
use model::{
    Beyond, Body, Catalogue, DatabaseName, Name, NamedObjects, Object, Operation, Permission, Place, Review,
    Reviewed, ReviewedUse, Segment,
};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

/// What a digest begins with as people read it.
pub(super) const SHA256: &str = "sha256:";

/// The reviews of one database's routines.
pub(super) struct Reviews<'a> {
    catalogue: &'a Catalogue,
    version: u32,
    said: BTreeMap<&'a Arc<Object>, &'a Review>,
}

/// A review with what it says, in this database.
pub(super) struct Said<'a> {
    review: &'a Review,
    does: BTreeSet<Permission>,
    /// Something that it names and that is not there.
    missing: Option<String>,
}

/// What has come of a review.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    /// What it says, where it is believed.
    pub(super) believed: Option<Believed>,
    pub(super) told: Reviewed,
}

/// What a body does that somebody has read.
#[derive(Debug, Clone)]
pub(super) struct Believed {
    pub(super) does: BTreeSet<Permission>,
    /// Routines that it calls.
    pub(super) calls: BTreeMap<Arc<Object>, bool>,
    /// What it does to which tables.
    pub(super) touches: BTreeSet<(Operation, Arc<Object>)>,
}

impl<'a> Reviews<'a> {
    pub(super) fn of(
        said: &'a [Review],
        catalogue: &'a Catalogue,
        database: &DatabaseName,
        version: u32,
    ) -> Self {
        let here = Place::Database(database.clone());
        let mut found = BTreeMap::new();
        for review in said.iter().filter(|review| place(&review.on) == here) {
            let on = matching(catalogue, &review.on).into_iter().flatten();
            found.extend(on.map(|object| (object, review)));
        }
        Self { catalogue, version: version / 10_000, said: found }
    }

    /// The review of a routine.
    pub(super) fn reviewed(&self, routine: &Arc<Object>) -> Option<Said<'a>> {
        let review = *self.said.get(routine)?;
        let (mut does, mut missing) = (BTreeSet::new(), None);
        for one in &review.does {
            match self.permissions(one) {
                Ok(found) => does.extend(found),
                Err(what) => missing = Some(what),
            }
        }
        Some(Said { review, does, missing })
    }

    /// What a phrase stands for, or what of it there is not.
    fn permissions(&self, one: &ReviewedUse) -> Result<Vec<Permission>, String> {
        let ReviewedUse { operations: said, columns, on } = one;
        let known = operations(&on.kind, self.version);
        let all = said.contains(&operation::ALL);
        let said: Vec<Operation> = if all { known } else { said.clone() };
        let mut found = Vec::new();
        for objects in matching(self.catalogue, on) {
            if let (true, Some(first)) = (objects.is_empty(), on.names.iter().find(|name| name.is_exact())) {
                return Err(format!("{} {first}", on.kind));
            }
            for object in objects {
                let parts = parts(object, columns);
                let each = |operation: &Operation| {
                    let operation = operation.clone();
                    let one = move |on: &Arc<Object>| Permission {
                        operation: operation.clone(),
                        on: on.clone(),
                        delegable: false,
                    };
                    parts.iter().map(one).collect::<Vec<_>>()
                };
                found.extend(said.iter().flat_map(each));
            }
        }
        Ok(found)
    }
}

/// What each name stands for, without what is excepted.
fn matching<'c>(catalogue: &'c Catalogue, on: &NamedObjects) -> Vec<Vec<&'c Arc<Object>>> {
    let spelled = respelled(on);
    let on = spelled.as_ref().unwrap_or(on);
    let place = place(on);
    let each = |name: &model::Pattern| {
        let by_schema = matches!(name.path.first(), Some(Segment::Exactly(_)));
        let all = catalogue.objects.iter().filter(|(object, existing)| {
            object.kind == on.kind
                && object.place == place
                && name.matches(object)
                && (by_schema || !existing.system)
                && !on.except.iter().any(|except| except.matches(object))
        });
        all.map(|(object, _)| object).collect()
    };
    on.names.iter().map(each).collect()
}

/// The object, or these columns of it.
fn parts(object: &Arc<Object>, columns: &[Name]) -> Vec<Arc<Object>> {
    if columns.is_empty() {
        return vec![object.clone()];
    }
    let column = |name: &Name| {
        let path = object.path.iter().chain([name]).cloned().collect();
        Arc::new(Object::new(object.place.clone(), kind::COLUMN, path))
    };
    columns.iter().map(column).collect()
}

/// The code that a review is held against.
pub(super) struct Code<'a> {
    /// What was read of it.
    pub(super) read: &'a Body,
    /// The schemas that it sets for looking names up.
    pub(super) path: Option<&'a [Name]>,
    /// The digest of all of it.
    pub(super) digest: Option<String>,
    /// Something that it calls and that runs as somebody else.
    pub(super) calls_definer: Option<&'a Object>,
}

/// Judges a review. One that is not needed comes to nothing.
pub(super) fn judge(said: &Said<'_>, code: Code<'_>) -> Option<Judged> {
    if code.read.beyond == Beyond::Nothing {
        return None;
    }
    let Review { by, line, .. } = said.review;
    let refused = |why: &str| {
        let told = format!("the review in {line} does not count: {why}");
        Some(Judged { believed: None, told: Reviewed { counts: false, told } })
    };
    match &code.digest {
        None => return refused("no digest stands for all of its code, some of which is not in the database"),
        Some(_) if said.review.over => return refused("its last day is over"),
        Some(digest) if *digest != said.review.digest => return refused("it is of another body"),
        Some(_) => {}
    }
    if let Beyond::Anything { given: Some(_), .. } = code.read.beyond {
        return refused("it is contradicted, since the body is seen to run text that its caller gives");
    }
    if let Some(called) = code.calls_definer {
        return refused(&format!("it calls {called}, which runs as somebody else again"));
    }
    // What is looked for in temporary objects first, anybody can put something in the place of.
    let settled = code.path.and_then(<[Name]>::last).is_some_and(|last| last.as_str() == "pg_temp");
    if !settled {
        return refused(
            "others can choose what names in it mean, as it sets no search_path with pg_temp at its end",
        );
    }
    if let Some(missing) = &said.missing {
        return refused(&format!("there is no {missing}"));
    }
    let of = |kind: model::Kind| said.does.iter().filter(move |does| does.on.kind == kind);
    let calls = of(kind::ROUTINE).map(|does| (does.on.clone(), true));
    let tables = of(kind::TABLE).map(|does| (does.operation.clone(), does.on.clone()));
    let columns = of(kind::COLUMN);
    let columns =
        columns.filter_map(|does| Some((does.operation.clone(), owned_with(&does.on).map(Arc::new)?)));
    let (calls, touches) = (calls.collect(), tables.chain(columns).collect());
    let believed = Believed { calls, touches, does: said.does.clone() };
    let told = Reviewed { counts: true, told: format!("as reviewed by {by} ({line})") };
    Some(Judged { believed: Some(believed), told })
}

/// The digest of a routine together with those that it comes to call: of itself alone where it calls none.
pub(super) fn digest(own: &str, others: &[(String, &str)]) -> String {
    if others.is_empty() {
        return own.to_owned();
    }
    let mut whole = format!("{own}\n");
    for (name, digest) in others {
        let _ = writeln!(whole, "{digest} {name}");
    }
    Sha256::digest(whole).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
