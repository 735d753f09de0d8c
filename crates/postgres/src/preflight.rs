//! Before anything runs: which statements the executor has no right to.

use crate::phases::sql;
use crate::power::{self, Power, is_superuser};
use crate::quote::identifier;
use crate::words::{attribute, kind, operation, variety};
use model::{
    Acl, Change, Grantor, Holder, Lacking, MemberKey, Name, Object, Observed, Phase, Place, Principal,
    RoleName, Step, Value,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The steps that would fail for want of a right, each with the right and how to give it.
pub(crate) fn lacking(phases: &[Phase], observed: &Observed) -> Vec<Lacking> {
    if phases.is_empty() || observed.executor.superuser {
        return Vec::new();
    }
    let power = Power::of(observed);
    let steps = || phases.iter().flat_map(|phase| &phase.steps);
    let created: BTreeSet<&RoleName> = steps()
        .flat_map(|step| &step.changes)
        .filter_map(|change| match change {
            Change::CreateRole { role, .. } => Some(role),
            _ => None,
        })
        .collect();
    let newer = observed.at.version >= 160_000;
    let mut check = Check {
        power,
        observed,
        created,
        members: observed.access.members.clone(),
        places: BTreeMap::new(),
        moved: BTreeMap::new(),
        newer,
    };
    let mut lacking = Vec::new();
    for step in steps() {
        lacking.extend(check.step(step));
        check.follow(step);
    }
    lacking
}

struct Check<'a> {
    power: Power,
    observed: &'a Observed,
    /// Roles that the plan makes itself: from 16 on their maker has ADMIN over them.
    created: BTreeSet<&'a RoleName>,
    /// The memberships as earlier steps leave them.
    members: power::Members,
    /// The entries of schemas and databases that earlier steps have changed.
    places: BTreeMap<Arc<Object>, Acl>,
    /// What earlier steps have given another owner.
    moved: BTreeMap<Arc<Object>, RoleName>,
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
            Change::Attribute { role, attribute, .. } => {
                self.over(role).or_else(|| self.alters(role)).or_else(|| self.gives(attribute))
            }
            Change::Password { role, .. } => self.over(role).or_else(|| self.alters(role)),
            Change::Comment { role, .. } => self.over(role),
            Change::DropRole { role } => self.over(role),
            Change::EndSessions { role } => self.ends_sessions(role),
            Change::Setting { key, .. } => match &key.role {
                Some(role) => self.over(role).or_else(|| self.sets(key.name.as_str())),
                None => Some(needs("superuser", "settings for every role are a superuser's")),
            },
            Change::Member { key, to, .. } => self.member(key, to.is_none()),
            Change::Owner { on, from, to } => self.acts_for(from).or_else(|| self.hands_over(on, from, to)),
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
            Change::Policy { key, .. } => self.owner(&key.on).and_then(|owner| self.acts_for(owner)),
            Change::Mapping { key, .. } => self.owner(&key.server).and_then(|owner| self.acts_for(owner)),
        }
    }

    /// Who owns the object when the step runs.
    fn owner<'b>(&'b self, on: &Arc<Object>) -> Option<&'b RoleName> {
        self.moved.get(on).or_else(|| self.observed.access.owners.get(on))
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

    /// Before 16 only a superuser alters a role that may replicate.
    fn alters(&self, role: &RoleName) -> Option<Missing> {
        let has = self.observed.access.roles.get(role)?;
        let replicates = has.attributes.get(&attribute::REPLICATION) == Some(&Value::Flag(true));
        (replicates && !self.newer)
            .then(|| needs("superuser", "before 16 only a superuser alters a role that has REPLICATION"))
    }

    /// The right to give a role this setting, or to take it away: some are a superuser's, and names that the server does
    /// not know are too.
    fn sets(&self, parameter: &str) -> Option<Missing> {
        let name = parameter.to_ascii_lowercase();
        let granted = self.observed.access.entries.iter().any(|(on, acl)| {
            on.kind == kind::PARAMETER
                && on.path.iter().any(|path| path.as_str() == name)
                && acl.iter().any(|(holder, held)| {
                    let ours = match &holder.to {
                        Principal::Public => true,
                        Principal::Role(role) => self.power.inherits.contains(role),
                    };
                    ours && held.get(&operation::SET).is_some()
                })
        });
        if granted || self.observed.executor.open_settings.contains(&name) {
            return None;
        }
        if self.observed.at.version < 150_000 {
            return Some(needs(
                "superuser",
                "before 15 this setting is a superuser's to give and to take away",
            ));
        }
        let (name, us) = (identifier(parameter), identifier(self.power.acts_as.as_str()));
        let help = format!("a superuser gives it once: GRANT SET ON PARAMETER {name} TO {us}");
        Some((format!("SET on parameter {parameter}"), help))
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

    /// Who may end a session: who has its login's rights, or `pg_signal_backend`; a superuser's only a superuser.
    fn ends_sessions(&self, role: &RoleName) -> Option<Missing> {
        let reached = |name: &str| self.power.inherits.iter().any(|role| role.as_str() == name);
        (!reached(role.as_str()) && !reached("pg_signal_backend")).then(|| {
            let right =
                format!("membership in pg_signal_backend or in {role}, to end the sessions of {role}");
            (
                right,
                format!(
                    "a superuser runs GRANT pg_signal_backend TO {}; `rolewright executor-sql` writes it",
                    identifier(self.power.acts_as.as_str())
                ),
            )
        })
    }

    fn hands_over(&self, on: &Object, from: &RoleName, to: &RoleName) -> Option<Missing> {
        if on.kind == kind::EXTENSION {
            let why = "an extension changes hands only with all that its owner has, which a superuser does";
            return Some(needs("superuser", why));
        }
        // The statement is run as the old owner where the executor does not inherit from it.
        let actor = if self.power.inherits.contains(from) { &self.power.acts_as } else { from };
        if is_superuser(&self.observed.access, actor) {
            return None;
        }
        if !power::becomes(self.observed, actor).contains(to) {
            let (right, option) = if self.newer {
                (format!("SET ROLE from {actor} to {to}"), " WITH SET TRUE")
            } else {
                (format!("membership of {actor} in {to}"), "")
            };
            let (to, actor) = (identifier(to.as_str()), identifier(actor.as_str()));
            return Some((
                right,
                format!(
                    "who hands an object over must be able to become its new owner: a superuser runs GRANT {to} TO {actor}{option}; `rolewright executor-sql` writes it for what stands already"
                ),
            ));
        }
        let database = || on.database().and_then(|name| Name::new(name.as_str()).ok());
        match on.kind.as_str() {
            "foreign data wrapper" | "event trigger" => {
                Some(needs("superuser", "these belong to superusers, and only one hands them over"))
            }
            "database" => {
                let facts = self.observed.access.roles.get(actor);
                let has = facts.and_then(|role| role.attributes.get(&attribute::CREATEDB));
                (has != Some(&Value::Flag(true))).then(|| {
                    needs(&format!("CREATEDB of {actor}"), "only who may create databases hands one over")
                })
            }
            // Of a schema, it is not the new owner that must be allowed to create.
            "schema" => self.creates(actor, Object::new(Place::Cluster, kind::DATABASE, vec![database()?])),
            "publication" if self.is_wide(on) && !is_superuser(&self.observed.access, to) => {
                let why =
                    "it publishes all tables, or all of a schema: only a superuser gives it to who is none";
                Some(needs("superuser", why))
            }
            "publication" => self.creates(to, Object::new(Place::Cluster, kind::DATABASE, vec![database()?])),
            _ => match on.path.as_slice() {
                [schema, _, ..] if on.database().is_some() => {
                    self.creates(to, Object::new(on.place.clone(), kind::SCHEMA, vec![schema.clone()]))
                }
                _ => None,
            },
        }
    }

    fn is_wide(&self, on: &Object) -> bool {
        let existing = self.observed.catalogue.objects.get(on);
        existing.is_some_and(|existing| existing.variety == variety::WIDE_PUBLICATION)
    }

    /// CREATE on a schema or a database, as it is when the step runs.
    fn creates(&self, role: &RoleName, place: Object) -> Option<Missing> {
        let acl = self.entries(&place)?;
        let inherits = power::inherits(&self.members, self.observed, role, &place);
        let theirs = |to: &Principal| match to {
            Principal::Public => true,
            Principal::Role(to) => inherits.contains(to),
        };
        let may =
            acl.iter().any(|(holder, held)| theirs(&holder.to) && held.get(&operation::CREATE).is_some());
        (!may && !is_superuser(&self.observed.access, role)).then(|| {
            let grant = format!("GRANT CREATE ON {} {} TO {}", sql::grant_word(&place.kind), sql::name(&place), identifier(role.as_str()));
            let help = format!("only a superuser hands an object over without it; it must stand before the plan is made: {grant}");
            (format!("CREATE on {place} for {role}"), help)
        })
    }

    fn entries(&self, place: &Object) -> Option<Acl> {
        let (access, baselines) = (&self.observed.access, &self.observed.catalogue.baselines);
        let known =
            self.places.get(place).or_else(|| access.entries.get(place)).or_else(|| baselines.get(place));
        known.cloned().or_else(|| {
            let owner = access.owners.get(place)?;
            Some(crate::defaults::entries(&place.kind, owner, self.observed.at.version / 10_000))
        })
    }

    /// Remembers what the step leaves: memberships, and the entries of schemas and databases.
    fn follow(&mut self, step: &Step) {
        for change in &step.changes {
            if let Change::Member { key, to, .. } = change {
                match to {
                    Some(powers) => self.members.insert(key.clone(), *powers),
                    None => self.members.remove(key),
                };
            }
            if let Change::Owner { on, to, .. } = change {
                self.moved.insert(on.clone(), to.clone());
            }
            let (Change::Entry { on, .. } | Change::Owner { on, .. }) = change else { continue };
            if on.kind != kind::SCHEMA && on.kind != kind::DATABASE {
                continue;
            }
            let Some(mut acl) = self.entries(on) else { continue };
            match change {
                Change::Owner { from, to, .. } => acl = crate::ownership::after(&acl, from, to),
                Change::Entry { to, by, into, .. } => {
                    acl.insert(Holder { to: to.clone(), by: by.clone() }, into.clone());
                }
                _ => {}
            }
            self.places.insert(on.clone(), acl);
        }
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
