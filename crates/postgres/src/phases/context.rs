//! What every part of the rendering needs to know.

use super::acting::Acting;
use super::batch::Direction;
use super::why::Why;
use crate::power::{Power, is_superuser};
use crate::words::{kind, operation};
use model::{
    Acl, Cause, Change, Desired, Grantor, Held, Holder, Intent, Name, Object, Observed, Operation, Principal,
    RoleName,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The changes of a plan with everything around them.
pub(super) struct Context<'a> {
    pub(super) version: u32,
    pub(super) observed: &'a Observed,
    pub(super) desired: &'a Desired,
    pub(super) intent: &'a Intent,
    pub(super) power: Power,
    pub(super) acting: Acting,
    why: Why<'a>,
    /// What each changed entry becomes.
    becomes: BTreeMap<&'a Arc<Object>, BTreeMap<Holder, &'a Held>>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        changes: &'a [Change],
        desired: &'a Desired,
        observed: &'a Observed,
        intent: &'a Intent,
    ) -> Self {
        let mut becomes: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for change in changes {
            if let Change::Entry { on, to, by, into, .. } = change {
                becomes.entry(on).or_default().insert(Holder { to: to.clone(), by: by.clone() }, into);
            }
        }
        Self {
            version: observed.at.version / 10_000,
            observed,
            desired,
            intent,
            power: Power::of(observed),
            acting: Acting::new(observed),
            why: Why::new(intent),
            becomes,
        }
    }

    /// Why the first of the changes is made.
    pub(super) fn cause(&self, changes: &[Change]) -> Cause {
        match changes.first() {
            Some(first) => self.why.of(first),
            None => Cause::Observed(String::new()),
        }
    }

    /// Why these operations of the changes' entries come, or go.
    pub(super) fn cause_of_entries(
        &self,
        direction: Direction,
        way: (bool, &[Operation]),
        changes: &[Change],
    ) -> Cause {
        match changes.first() {
            Some(first) => self.why.of_entry(first, direction, way),
            None => Cause::Observed(String::new()),
        }
    }

    /// Who owns the object once the plan's owners have theirs.
    pub(super) fn owner(&self, on: &Arc<Object>) -> Option<&RoleName> {
        let table = self.table_of(on);
        let owned = table.as_ref().unwrap_or(on);
        let wanted = self.desired.access.owners.get(owned).filter(|_| self.desired.claims.owner(owned));
        wanted.or_else(|| self.observed.access.owners.get(owned))
    }

    /// The object's entries after the changes of owner and before any other change.
    pub(super) fn standing(&self, on: &Arc<Object>) -> Cow<'_, Acl> {
        let before = crate::ownership::owner(&self.observed.access, on);
        let standing = self.before(on);
        match (before, self.owner(on)) {
            (Some(from), Some(to)) if from != to => Cow::Owned(crate::ownership::after(&standing, from, to)),
            _ => standing,
        }
    }

    /// The object's entries before any change.
    pub(super) fn before(&self, on: &Arc<Object>) -> Cow<'_, Acl> {
        let known =
            self.observed.access.entries.get(on).or_else(|| self.observed.catalogue.baselines.get(on));
        match (known, crate::ownership::owner(&self.observed.access, on)) {
            (Some(acl), _) => Cow::Borrowed(acl),
            (None, Some(owner)) => Cow::Owned(crate::defaults::entries(&on.kind, owner, self.version)),
            (None, None) => Cow::Owned(Acl::new()),
        }
    }

    /// What one holder has on the object in the end.
    pub(super) fn finally(&self, on: &Arc<Object>, holder: &Holder) -> Held {
        match self.becomes.get(on).and_then(|holders| holders.get(holder)) {
            Some(held) => (*held).clone(),
            None => self.standing(on).get(holder).cloned().unwrap_or_default(),
        }
    }

    /// The object's entries in the end.
    pub(super) fn final_entries(&self, on: &Arc<Object>) -> Acl {
        let mut acl = self.standing(on).into_owned();
        for (holder, held) in self.becomes.get(on).into_iter().flatten() {
            acl.insert(holder.clone(), (*held).clone());
        }
        acl.retain(|_, held| !held.is_empty());
        acl
    }

    /// What stands on the object between what is given and what is taken.
    pub(super) fn meanwhile(&self, on: &Arc<Object>) -> Acl {
        let mut acl = self.standing(on).into_owned();
        for (holder, held) in self.final_entries(on) {
            acl.entry(holder).or_default().absorb(&held);
        }
        acl
    }

    /// True if the role is above the checks while the plan runs: such attributes are given first and taken last.
    pub(super) fn superuser(&self, role: &RoleName) -> bool {
        [&self.observed.access, &self.desired.access].iter().any(|access| is_superuser(access, role))
    }

    /// True if the role can name objects in the schema all the while that the plan runs, by an entry that the
    /// owner gave to it or to PUBLIC: those are given first and taken last.
    pub(super) fn sees_schema(&self, schema: &Arc<Object>, role: &RoleName) -> bool {
        self.meanwhile(schema).iter().any(|(holder, held)| {
            let theirs = match &holder.to {
                Principal::Public => true,
                Principal::Role(holder) => holder == role,
            };
            theirs && holder.by == Grantor::Owner && held.get(&operation::USAGE).is_some()
        })
    }

    /// The schemas that a role must see to name the object: its own and those of its arguments' types.
    pub(super) fn schemas_named(&self, on: &Object) -> Vec<Arc<Object>> {
        let inside = [kind::TABLE, kind::COLUMN, kind::SEQUENCE, kind::ROUTINE, kind::TYPE];
        if !inside.contains(&on.kind) {
            return Vec::new();
        }
        let of_types = on.arguments.iter().flatten().filter_map(|argument| schema_of_type(argument.as_str()));
        let mut names: Vec<Name> = on.path.first().cloned().into_iter().chain(of_types).collect();
        names.sort();
        names.dedup();
        let schema = |name: Name| Arc::new(Object::new(on.place.clone(), kind::SCHEMA, vec![name]));
        names.into_iter().map(schema).collect()
    }

    /// The columns of a table that have entries, or are to have some.
    pub(super) fn columns_with_entries(&self, table: &Object) -> BTreeSet<Arc<Object>> {
        let both = [&self.observed.access.entries, &self.desired.access.entries].into_iter();
        both.flat_map(|entries| crate::realise::columns_with_entries(entries, table))
            .map(|(column, _)| column.clone())
            .collect()
    }

    /// The table of a column.
    pub(super) fn table_of(&self, column: &Object) -> Option<Arc<Object>> {
        crate::ownership::owned_with(column).map(Arc::new)
    }
}

/// The schema in a type's full spelling, if one is said: `sales.mood[]` is in `sales`.
fn schema_of_type(spelling: &str) -> Option<Name> {
    if let Some(quoted) = spelling.strip_prefix('"') {
        let mut name = String::new();
        let mut letters = quoted.chars().peekable();
        while let Some(letter) = letters.next() {
            match (letter, letters.peek()) {
                ('"', Some('"')) => {
                    letters.next();
                    name.push('"');
                }
                ('"', Some('.')) => return Name::new(name).ok(),
                ('"', _) => return None,
                (other, _) => name.push(other),
            }
        }
        return None;
    }
    let (schema, _) = spelling.split_once('.')?;
    Name::new(schema).ok()
}

#[cfg(test)]
mod tests {
    use super::schema_of_type;

    #[test]
    fn a_types_schema_is_found_behind_quotes() {
        let schema = |text| schema_of_type(text).map(|name| name.to_string());
        assert_eq!(schema("integer"), None);
        assert_eq!(schema("sales.mood[]").as_deref(), Some("sales"));
        assert_eq!(schema(r#""a "".b".c"#).as_deref(), Some(r#"a ".b"#));
        assert_eq!(schema(r#""char""#), None);
    }
}
