//! A target as it is, as the shortest model that says exactly that: wildcards with exceptions, privileges said together,
//! and a list of all that the model's language has no words for.
//!
//! Pure: one look in, one [`manifest::Draft`] out. Whether the draft says exactly what was seen is not believed but shown:
//! the caller reads it back, realises it against the same look and takes the difference, and imports again without the
//! roles of which something could not be said ([`Wanted::beside`]).

mod cover;
mod everybody;
mod files;
mod future;
mod grants;
mod members;
mod outside;
mod owners;
mod roles;
mod seen;
mod together;
mod unsaid;

use manifest::Draft;
use model::{DatabaseName, Dialect, Object, Observed, RoleName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How the model is to look, and what is not to be in it.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The name of the environment.
    pub environment: String,
    /// The template of the URL.
    pub url: String,
    /// The databases are said to share a cluster, which is called so.
    pub cluster: Option<String>,
    /// Roles that stay outside beside those that always do, each with the reason.
    pub beside: BTreeMap<RoleName, String>,
    /// Objects on which PUBLIC's entries are left alone.
    pub public_beside: BTreeSet<Arc<Object>>,
    /// PUBLIC's entries in default privileges are left alone.
    pub no_public_future: bool,
    /// Owners and boundaries that comments tell are left in the comments.
    pub comments_whole: bool,
}

/// What was imported.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The model.
    pub draft: Draft,
    /// How many roles it has, logins included.
    pub roles: usize,
    /// How many of them can log in.
    pub logins: usize,
    /// How many memberships.
    pub memberships: usize,
    /// How many entries of access control lists and of default privileges its phrases stand for, PUBLIC's not counted.
    pub entries: usize,
    /// How many phrases there are.
    pub phrases: usize,
    /// What is in the model and odd, each about a role.
    pub remarks: Vec<(RoleName, String)>,
}

/// Makes a model of what was seen. What it cannot say is listed in [`Draft::unsaid`].
#[must_use]
pub fn import(observed: &Observed, dialect: &dyn Dialect, wanted: &Wanted) -> Imported {
    let seen = seen::Seen::new(observed, dialect, wanted);
    let mut model = seen.roles();
    let mut unsaid = unsaid::beside_roles(&seen);
    members::add(&seen, &mut model, &mut unsaid);
    owners::add(&seen, &mut model, &mut unsaid);
    let (entries, mut public) = grants::add(&seen, &mut model, &mut unsaid, wanted);
    future::add(&seen, &mut model, &mut public, &mut unsaid, wanted);
    roles::finish(&seen, &mut model);
    let databases = files::databases(&seen, &model, &public);
    let about = files::head(&seen, &databases);
    let draft = Draft {
        about,
        engine: dialect.vocabulary().engine.to_owned(),
        environment: wanted.environment.clone(),
        url: wanted.url.clone(),
        cluster: wanted.cluster.clone(),
        databases,
        external: seen.external(),
        public,
        unsaid: unsaid.lines(),
        files: Vec::new(),
    };
    counted(draft, model, entries)
}

fn counted(mut draft: Draft, model: roles::Model, entries: usize) -> Imported {
    let roles: Vec<manifest::DraftRole> = model.into_values().collect();
    let remarks = |role: &manifest::DraftRole| {
        role.remarks.iter().map(|remark| (role.name.clone(), remark.clone())).collect::<Vec<_>>()
    };
    let public: usize = draft.public.values().map(Vec::len).sum();
    let imported = Imported {
        roles: roles.len(),
        logins: roles.iter().filter(|role| role.login).count(),
        memberships: roles.iter().map(|role| role.inherits.len()).sum(),
        entries,
        phrases: public + roles.iter().map(manifest::DraftRole::phrases).sum::<usize>(),
        remarks: roles.iter().flat_map(remarks).collect(),
        draft: Draft::default(),
    };
    draft.files = files::arrange(roles);
    Imported { draft, ..imported }
}

/// The database under whose name something is said.
type Under = DatabaseName;
