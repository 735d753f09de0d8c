//! What a rule is given: one look at a target, and the engine's knowledge of privileges.

use crate::told::listed;
use crate::{Breach, Compared, Meant, Mending, Path, Ways};
use model::{
    Acl, Attribute, Change, Claims, Day, Dialect, MemberKey, MemberPowers, Object, Observed, RoleName, Value,
};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// One look at a target, with what a rule needs to read it.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// What was seen.
    pub observed: &'a Observed,
    /// What the engine knows of privileges, in this version.
    pub dialect: &'a dyn Dialect,
    /// What is meant, where there is a model.
    pub meant: Option<&'a Meant>,
    /// What the model makes of it, where there is one.
    pub compared: Option<Compared<'a>>,
    /// Who has on the target what the model keeps from people.
    pub breaches: &'a [Breach],
    /// The day against which the days of the model are judged: that of whoever asks, as for the check of a model, so that no
    /// target can move an end by its clock. What the server itself judges, such as the end of a password, is held against
    /// its own moment, `observed.at.instant`. `None` where nobody knows the day: then nothing is over.
    pub today: Option<Day>,
    /// Where what was walked once is kept for the next rule; without it each walks anew.
    pub kept: Option<&'a Kept>,
}

/// Where logins come to, once it has been walked.
pub type Kept = OnceLock<Arc<Ways>>;

impl<'a> Look<'a> {
    /// A look at a target by itself: there is no model, and nobody asks on which day.
    #[must_use]
    pub const fn alone(observed: &'a Observed, dialect: &'a dyn Dialect) -> Self {
        Self { observed, dialect, meant: None, compared: None, breaches: &[], today: None, kept: None }
    }

    /// Where logins come to by whatever way.
    #[must_use]
    pub fn ways(&self) -> Arc<Ways> {
        match self.kept {
            Some(kept) => kept.get_or_init(|| Arc::new(Ways::of(self))).clone(),
            None => Arc::new(Ways::of(self)),
        }
    }

    /// True for a role that the model makes: it says what for, or a finding about the model asks.
    #[must_use]
    pub fn is_made_by_model(&self, role: &RoleName) -> bool {
        self.meant.is_some_and(|meant| meant.intent.roles.contains_key(role))
    }

    /// The entries of an object, whether or not they were ever changed.
    #[must_use]
    pub fn entries(&self, object: &Arc<Object>) -> Cow<'a, Acl> {
        let observed = self.observed;
        let known = observed.access.entries.get(object).or_else(|| observed.catalogue.baselines.get(object));
        match (known, observed.access.owners.get(object)) {
            (Some(acl), _) => Cow::Borrowed(acl),
            (None, Some(owner)) => Cow::Owned(self.dialect.default_entries(object, owner)),
            (None, None) => Cow::Owned(Acl::new()),
        }
    }

    /// The roles that can log in, except the engine's own: the reserved ones and the role that the cluster was born
    /// with, which is the target's trusted base.
    pub fn logins(&self) -> impl Iterator<Item = (&'a RoleName, &'a model::Role)> {
        let engine = *self;
        let login = Attribute::known("login");
        self.observed.access.roles.iter().filter(move |(name, role)| {
            role.attributes.get(&login) == Some(&Value::Flag(true)) && !engine.is_engines_own(name)
        })
    }

    /// True for a role that comes with the engine: nobody gave it what it has.
    #[must_use]
    pub fn is_engines_own(&self, role: &RoleName) -> bool {
        if *role == self.observed.at.root {
            return true;
        }
        let prefixes = &self.dialect.vocabulary().reserved_prefixes;
        prefixes.iter().any(|prefix| role.as_str().starts_with(prefix))
    }

    /// True for a role that a host or a tool made for itself: no model is to change it.
    #[must_use]
    pub fn is_managed(&self, role: &RoleName) -> bool {
        self.dialect.vocabulary().managed_roles.iter().any(|(name, _)| *name == role.as_str())
    }

    /// True for a membership that came with making the role, which nobody can or should take back.
    #[must_use]
    pub fn came_with_the_role(&self, key: &MemberKey) -> bool {
        match self.compared {
            Some(Compared::Differs { desired, .. }) => {
                matches!(&desired.claims, Claims::Named(named) if named.implicit.contains(key))
            }
            _ => false,
        }
    }

    /// True if one can log in as the role.
    #[must_use]
    pub fn logs_in(&self, role: &RoleName) -> bool {
        self.has(role, &Attribute::known("login"))
    }

    /// True if the role has the attribute, as a flag.
    #[must_use]
    pub fn has(&self, role: &RoleName, attribute: &Attribute) -> bool {
        let role = self.observed.access.roles.get(role);
        role.and_then(|role| role.attributes.get(attribute)) == Some(&Value::Flag(true))
    }

    /// An object as evidence names it: with its database where several were looked at.
    #[must_use]
    pub fn named(&self, object: &Object) -> String {
        match object.database() {
            Some(database) if self.observed.at.databases.len() > 1 => format!("{object} in {database}"),
            _ => object.to_string(),
        }
    }

    /// Takes away the last membership of a path, whoever granted it: the one that opens what should be closed. Where the model
    /// gives it, the model is where to begin.
    #[must_use]
    pub fn close(&self, path: &Path<'_>) -> Mending {
        let Some((member, role)) = path.last_membership() else { return Mending::default() };
        if let Some(line) = self.meant.and_then(|meant| meant.gives(member, role)) {
            return Mending {
                model: Some(format!(
                    "take {role} from {member} in the model ({line}):\nwhat is only revoked here comes back with the next plan"
                )),
                ..Mending::default()
            };
        }
        let rows = self.observed.access.members.iter();
        let rows = rows.filter(|(key, _)| key.role == *role && key.member == *member);
        let gone = |(key, powers): (&MemberKey, &MemberPowers)| Change::Member {
            key: key.clone(),
            from: Some(*powers),
            to: None,
        };
        let others: BTreeSet<&RoleName> = self
            .observed
            .access
            .members
            .keys()
            .filter(|key| key.role == *member)
            .map(|key| &key.member)
            .collect();
        let too = if others.is_empty() {
            String::new()
        } else {
            format!(", and so does what its members do by it: {}", listed(others))
        };
        Mending::by(rows.map(gone).collect()).but_first(format!(
            "what {member} does by right of {role} fails then{too}; grant what is needed of it first"
        ))
    }
}
