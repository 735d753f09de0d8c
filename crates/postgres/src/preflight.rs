//! Before anything runs: which statements the executor has no right to.

use crate::power::{Power, is_superuser};
use crate::words::kind;
use model::{Change, Grantor, Lacking, MemberKey, Observed, Phase, RoleName, Step, Value};
use std::collections::BTreeSet;

/// The steps that would fail for want of a right, each with the right and how to give it.
pub(crate) fn lacking(phases: &[Phase], observed: &Observed) -> Vec<Lacking> {
    let power = Power::of(observed);
    if power.superuser {
        return Vec::new();
    }
    let steps = || phases.iter().flat_map(|phase| &phase.steps);
    let created: BTreeSet<&RoleName> = steps()
        .flat_map(|step| &step.changes)
        .filter_map(|change| match change {
            Change::CreateRole { role, .. } => Some(role),
            _ => None,
        })
        .collect();
    let check = Check { power, observed, created, newer: observed.at.version >= 160_000 };
    steps().filter_map(|step| check.step(step)).collect()
}

struct Check<'a> {
    power: Power,
    observed: &'a Observed,
    /// Roles that the plan makes itself: from 16 on their maker has ADMIN over them.
    created: BTreeSet<&'a RoleName>,
    newer: bool,
}

/// A right that is missing, and how to give it.
type Missing = (String, String);

impl Check<'_> {
    fn step(&self, step: &Step) -> Option<Lacking> {
        let (right, help) = step.changes.iter().find_map(|change| self.change(change))?;
        let statement = step.statements.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        Some(Lacking { statement, right, help })
    }

    fn change(&self, change: &Change) -> Option<Missing> {
        match change {
            Change::CreateRole { attributes, .. } => self.createrole().or_else(|| {
                let on = attributes.iter().filter(|(_, value)| **value == Value::Flag(true));
                on.map(|(word, _)| word).find_map(|word| self.gives(word))
            }),
            Change::Attribute { role, attribute, .. } => self.over(role).or_else(|| self.gives(attribute)),
            Change::Password { role, .. } | Change::Comment { role, .. } | Change::DropRole { role } => {
                self.over(role)
            }
            Change::Setting { key, .. } => match &key.role {
                Some(role) => self.over(role),
                None => Some(needs("superuser", "settings for every role are a superuser's")),
            },
            Change::Member { key, to, .. } => self.member(key, to.is_none()),
            Change::Owner { from, to, .. } => self.acts_for(from).or_else(|| self.acts_for(to)),
            Change::Entry { on, by, .. } => match by {
                Grantor::Role(role) => self.acts_for(role),
                _ if on.kind == kind::PARAMETER => {
                    Some(needs("superuser", "privileges on parameters are a superuser's to give"))
                }
                _ => {
                    crate::ownership::owner(&self.observed.access, on).and_then(|owner| self.acts_for(owner))
                }
            },
            Change::Future { key, .. } => self.acts_for(&key.creator),
            Change::RowSecurity { on, .. } => {
                self.observed.access.owners.get(on).and_then(|o| self.acts_for(o))
            }
            Change::Policy { key, .. } => {
                self.observed.access.owners.get(&key.on).and_then(|o| self.acts_for(o))
            }
            Change::Mapping { key, .. } => {
                self.observed.access.owners.get(&key.server).and_then(|o| self.acts_for(o))
            }
        }
    }

    fn createrole(&self) -> Option<Missing> {
        (!self.power.creates_roles()).then(|| needs("CREATEROLE", "see `rolewright executor-sql`"))
    }

    /// The right to change a role: CREATEROLE, and from 16 on also ADMIN over it.
    fn over(&self, role: &RoleName) -> Option<Missing> {
        if let Some(missing) = self.createrole() {
            return Some(missing);
        }
        if is_superuser(&self.observed.access, role) {
            return Some(needs("superuser", "only a superuser changes a superuser"));
        }
        let reached = !self.newer || self.created.contains(role) || self.power.administers.contains(role);
        (!reached).then(|| self.adopt(role))
    }

    fn adopt(&self, role: &RoleName) -> Missing {
        let text = format!("ADMIN on {role}");
        (
            text,
            format!(
                "a superuser adopts it once: `rolewright executor-sql` writes the statement ({} did not make the role)",
                self.power.acts_as
            ),
        )
    }

    /// The right to give an attribute: before 16 any but the three highest, from 16 on what one has.
    fn gives(&self, word: &model::Attribute) -> Option<Missing> {
        let missing = match word.as_str() {
            "superuser" => true,
            "replication" | "bypassrls" => !(self.newer && self.power.has(word)),
            "createdb" => self.newer && !self.power.has(word),
            _ => false,
        };
        let name = if word.as_str() == "superuser" || !self.newer {
            "superuser".to_owned()
        } else {
            word.as_str().to_uppercase()
        };
        missing.then(|| needs(&name, "an executor cannot hand out what it does not have"))
    }

    fn member(&self, key: &MemberKey, removal: bool) -> Option<Missing> {
        if let Grantor::Role(grantor) = &key.by
            && *grantor != self.power.acts_as
            && self.newer
        {
            return self.acts_for(grantor);
        }
        if self.newer && key.by == Grantor::Owner {
            let verb = if removal { "taken back" } else { "given" };
            let what = format!(
                "superuser: the membership stands on the root of the cluster and can be {verb} only by it"
            );
            return Some((
                what,
                "`rolewright executor-sql` writes the adoption of what a superuser granted".to_owned(),
            ));
        }
        if is_superuser(&self.observed.access, &key.role) {
            return Some(needs("superuser", "only a superuser makes members of a superuser"));
        }
        if self.power.administers.contains(&key.role) || (self.newer && self.created.contains(&key.role)) {
            return None;
        }
        if self.newer { Some(self.adopt(&key.role)) } else { self.createrole() }
    }

    fn acts_for(&self, role: &RoleName) -> Option<Missing> {
        (!self.power.acts_for(role)).then(|| {
            let right = format!("membership in {role}");
            (right, format!("{} must be a member of {role}, or a superuser runs the plan; `rolewright executor-sql` writes the statement", self.power.acts_as))
        })
    }
}

fn needs(right: &str, help: &str) -> Missing {
    (right.to_owned(), help.to_owned())
}
