#![doc = include_str!("beyond_boundary.md")]

use crate::belongings::{Belongings, Entry};
use crate::{About, Facts, Finding, Look, Manual, Mending, Path, Reach, Remedy, Rule, Severity};
use model::{Attribute, Boundary, Change, Held, Kind, Operation, RoleName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const INHERIT: Attribute = Attribute::known("inherit");

/// The rule.
pub(super) struct BeyondBoundary;

impl Rule for BeyondBoundary {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("beyond_boundary.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let bounded = look.meant.into_iter().flat_map(|meant| &meant.boundaries);
        let bounded: Vec<(&RoleName, &Boundary)> = bounded.collect();
        if bounded.is_empty() {
            return Vec::new();
        }
        let holdings = Belongings::of(look, |role| !look.is_engines_own(role));
        let judging =
            Judging { look, reach: Reach::of(&look.observed.access), kinds: holdings.kinds(), holdings };
        bounded
            .into_iter()
            .filter_map(|(role, boundary)| judging.of_role(self.code(), role, boundary))
            .collect()
    }
}

struct Judging<'a> {
    look: &'a Look<'a>,
    reach: Reach<'a>,
    holdings: Belongings<'a>,
    /// What each role does on which kind of object: few, where it has thousands of entries.
    kinds: BTreeMap<&'a RoleName, BTreeSet<(&'a Kind, &'a Operation)>>,
}

impl<'a> Judging<'a> {
    fn of_role(&self, code: &'static str, role: &'a RoleName, boundary: &Boundary) -> Option<Finding> {
        if !self.look.observed.access.roles.contains_key(role) {
            return None;
        }
        let mut ways: BTreeMap<&RoleName, Path<'_>> = self.reach.privileges(role);
        ways.insert(role, Path::here(role));
        let identities = self.reach.identities(role);
        let (mut evidence, mut changes, mut facts) = (Vec::new(), Vec::new(), Facts::new());
        for (reached, way) in &ways {
            let is = way.is_empty() || identities.contains_key(reached);
            let beyond = self.beyond(reached, boundary, is, &mut facts);
            if beyond.is_empty() {
                continue;
            }
            if way.is_empty() {
                changes.extend(self.holdings.entries(role).iter().filter_map(|entry| taken(entry, boundary)));
            } else {
                facts.add("reached", &[way]);
                evidence.push(way.to_string());
                if let Remedy::Changes(closing) = self.look.close(way).remedy {
                    changes.extend(
                        closing.into_iter().filter(|change| !changes.contains(change)).collect::<Vec<_>>(),
                    );
                }
            }
            evidence.extend(beyond);
        }
        let remedy = if changes.is_empty() { Remedy::Decide } else { Remedy::Changes(changes) };
        (!evidence.is_empty()).then(|| Finding {
            rule: code,
            severity: Severity::High,
            about: About::Role(role.clone()),
            what: format!("reaches beyond its boundary {}", boundary.name),
            evidence,
            facts: facts.digest(),
            mending: Mending { remedy, ..Mending::default() },
        })
    }

    /// What a role has of its own that the boundary does not allow. Attributes count for who is the role.
    fn beyond(&self, role: &RoleName, boundary: &Boundary, is: bool, facts: &mut Facts) -> Vec<String> {
        if self.look.is_engines_own(role) {
            return Vec::new();
        }
        let mut told = Vec::new();
        let forbids = |(kind, operation): &(&Kind, &Operation)| !boundary.allows(kind, operation);
        let any = self.kinds.get(role).is_some_and(|kinds| kinds.iter().any(forbids));
        let outside = |entry: &&Entry<'_>| !forbidden(entry, boundary).is_empty();
        let entries: Vec<&Entry<'_>> =
            self.holdings.entries(role).iter().filter(|_| any).filter(outside).collect();
        told.extend(entries.into_iter().map(|entry| {
            let beyond = |(operation, _): &(&Operation, bool)| !boundary.allows(&entry.on.kind, operation);
            let beyond = entry.held.iter().filter(beyond);
            let beyond: Held = beyond.map(|(operation, star)| (operation.clone(), star)).collect();
            facts.entry(entry.on, entry.holder, &beyond);
            let words = forbidden(entry, boundary).into_iter().map(ToString::to_string);
            let on = About::Object(entry.on.clone());
            format!("{role} holds {} on {on}", words.collect::<Vec<_>>().join(", "))
        }));
        if !boundary.may_own {
            facts.each("owns", self.holdings.owned(role));
            let owned = self.holdings.owned(role).iter().map(|on| About::Object(Arc::clone(on)));
            told.extend(owned.map(|on| format!("{role} owns {on}")));
        }
        if is {
            let flags = self.look.dialect.vocabulary().flags.iter();
            let flags = flags.filter(|flag| **flag != INHERIT && !boundary.flags.contains(flag));
            let flags = flags.filter(|flag| self.look.has(role, flag));
            let flags = flags.inspect(|flag| facts.add("has", &[role, flag])).map(ToString::to_string);
            let flags = flags.collect::<Vec<_>>();
            if !flags.is_empty() {
                told.push(format!("{role} has {}", flags.join(", ")));
            }
        }
        told
    }
}

fn forbidden<'e>(entry: &Entry<'e>, boundary: &Boundary) -> Vec<&'e Operation> {
    let beyond = |operation: &&Operation| !boundary.allows(&entry.on.kind, operation);
    entry.held.iter().map(|(operation, _)| operation).filter(beyond).collect()
}

/// Takes what is forbidden out of an entry.
fn taken(entry: &Entry<'_>, boundary: &Boundary) -> Option<Change> {
    let into: Held = entry
        .held
        .iter()
        .filter(|(operation, _)| boundary.allows(&entry.on.kind, operation))
        .map(|(operation, star)| (operation.clone(), star))
        .collect();
    (into != *entry.held).then(|| Change::Entry {
        on: entry.on.clone(),
        to: entry.holder.to.clone(),
        by: entry.holder.by.clone(),
        from: entry.held.clone(),
        into,
    })
}
