//! What every part of the rendering needs to know.

use super::acting::Acting;
use super::why::Why;
use crate::power::Power;
use crate::words::{kind, operation};
use model::{
    Acl, Cause, Change, Desired, Grantor, Held, Holder, Intent, Name, Object, Observed, Principal, RoleName,
    Step,
};
use std::borrow::Cow;
use std::collections::BTreeMap;
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

    /// Completes a step with its cause.
    pub(super) fn step(&self, step: Step) -> Step {
        Step { cause: self.cause(&step.changes), ..step }
    }

    /// Who owns the object once the plan's owners have theirs.
    pub(super) fn owner(&self, on: &Arc<Object>) -> Option<&RoleName> {
        let wanted = self.desired.access.owners.get(on).filter(|_| self.desired.claims.owner(on));
        wanted.or_else(|| self.observed.access.owners.get(on))
    }

    /// The object's entries after the changes of owner and before any other change.
    pub(super) fn standing(&self, on: &Arc<Object>) -> Cow<'_, Acl> {
        let before = self.observed.access.owners.get(on);
        let known =
            self.observed.access.entries.get(on).or_else(|| self.observed.catalogue.baselines.get(on));
        let standing = match (known, before) {
            (Some(acl), _) => Cow::Borrowed(acl),
            (None, Some(owner)) => Cow::Owned(crate::defaults::entries(&on.kind, owner, self.version)),
            (None, None) => Cow::Owned(Acl::new()),
        };
        match (before, self.owner(on)) {
            (Some(from), Some(to)) if from != to => Cow::Owned(crate::ownership::after(&standing, from, to)),
            _ => standing,
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

    /// True if the role can name objects in the schema while the plan runs, by an entry of its own or by
    /// PUBLIC's. Gains are made before, losses after.
    pub(super) fn sees_schema(&self, schema: &Arc<Object>, role: &RoleName) -> bool {
        let may = |acl: &Acl| {
            acl.iter().any(|(holder, held)| {
                let theirs = match &holder.to {
                    Principal::Public => true,
                    Principal::Role(holder) => holder == role,
                };
                theirs && held.get(&operation::USAGE).is_some()
            })
        };
        may(&self.standing(schema)) || may(&self.final_entries(schema))
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

    /// How many hands an entry of this grantor is away from the owner: 0 for the owner's own.
    pub(super) fn depth(&self, on: &Arc<Object>, by: &Grantor) -> usize {
        let mut acl = self.standing(on).into_owned();
        for (holder, held) in self.final_entries(on) {
            acl.entry(holder).or_default().absorb(&held);
        }
        if on.kind == kind::COLUMN {
            acl.extend(self.table_of(on).map(|table| self.final_entries(&table)).unwrap_or_default());
        }
        let mut by = by.clone();
        let mut depth = 0;
        while let Grantor::Role(role) = by {
            depth += 1;
            let to = Principal::Role(role);
            let nearer = acl.keys().filter(|holder| holder.to == to).map(|holder| holder.by.clone()).min();
            match nearer {
                Some(next) if depth < 64 => by = next,
                _ => break,
            }
        }
        depth
    }

    /// The table of a column.
    pub(super) fn table_of(&self, column: &Object) -> Option<Arc<Object>> {
        let (_, table) = column.path.split_last()?;
        Some(Arc::new(Object::new(column.place.clone(), kind::TABLE, table.to_vec())))
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
