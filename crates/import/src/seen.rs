//! What was seen, in the order in which a model is made of it.

use crate::roles::Model;
use crate::{Under, Wanted, outside};
use model::{
    DatabaseName, Dialect, Existing, Grantor, Held, Holder, Kind, KindWord, Object, Observed, Operation,
    Principal, RoleName, Vocabulary,
};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// An object's number in the order of the catalogue.
pub(crate) type Number = u32;

/// One look, indexed.
pub(crate) struct Seen<'a> {
    pub(crate) observed: &'a Observed,
    pub(crate) dialect: &'a dyn Dialect,
    outside: BTreeMap<RoleName, String>,
    objects: Vec<(&'a Arc<Object>, &'a Existing)>,
    /// The objects of one kind inside one container, by place, kind and the container's name.
    containers: HashMap<Container<'a>, Range<usize>>,
    /// What each kind gives its owner and everybody when nothing was granted or revoked.
    defaults: HashMap<Kind, (Held, Held)>,
    home: Option<DatabaseName>,
    /// Comments are taken whole, whatever they tell programs.
    pub(crate) comments_whole: bool,
}

/// The objects of one kind that lie side by side: those of one schema, or those that are in none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Container<'a> {
    pub(crate) database: Option<&'a DatabaseName>,
    pub(crate) kind: &'a Kind,
    /// The schema; nothing for objects that are in none.
    pub(crate) schema: Option<&'a model::Name>,
}

impl<'a> Container<'a> {
    pub(crate) fn of(object: &'a Object) -> Self {
        let schema = object.path.first().filter(|_| object.path.len() > 1);
        Self { database: object.database(), kind: &object.kind, schema }
    }
}

impl<'a> Seen<'a> {
    pub(crate) fn new(observed: &'a Observed, dialect: &'a dyn Dialect, wanted: &Wanted) -> Self {
        let outside = outside::roles(observed, dialect.vocabulary(), &wanted.beside);
        let objects: Vec<_> = observed.catalogue.objects.iter().collect();
        let mut containers = HashMap::new();
        let mut start = 0;
        for same in objects.chunk_by(|(a, _), (b, _)| Container::of(a) == Container::of(b)) {
            if let Some((first, _)) = same.first() {
                containers.insert(Container::of(first), start..start + same.len());
            }
            start += same.len();
        }
        let mut seen = Self {
            observed,
            dialect,
            outside,
            objects,
            containers,
            defaults: HashMap::new(),
            home: observed.at.databases.keys().next().cloned(),
            comments_whole: wanted.comments_whole,
        };
        for object in seen.observed.access.entries.keys() {
            if !seen.defaults.contains_key(&object.kind) {
                let held = seen.default_of(object);
                seen.defaults.insert(object.kind.clone(), held);
            }
        }
        seen
    }

    fn default_of(&self, object: &Object) -> (Held, Held) {
        let root = &self.observed.at.root;
        let acl = self.dialect.default_entries(object, root);
        let held = |to: Principal| acl.get(&Holder { to, by: Grantor::Owner }).cloned().unwrap_or_default();
        (held(Principal::Role(root.clone())), held(Principal::Public))
    }

    pub(crate) fn words(&self) -> &'a Vocabulary {
        self.dialect.vocabulary()
    }

    /// An empty entry for each role of the model.
    pub(crate) fn roles(&self) -> Model {
        let inside = self.observed.access.roles.keys().filter(|role| self.is_inside(role));
        inside.map(|role| (role.clone(), manifest::DraftRole::new(role.clone()))).collect()
    }

    /// True if the model speaks of the role.
    pub(crate) fn is_inside(&self, role: &RoleName) -> bool {
        !self.outside.contains_key(role)
            && !outside::is_the_engines(role, self.words())
            && self.observed.access.roles.contains_key(role)
    }

    /// The roles that stay outside, the engine's own not counted.
    pub(crate) fn external(&self) -> Vec<(RoleName, String)> {
        self.outside.iter().map(|(role, why)| (role.clone(), why.clone())).collect()
    }

    pub(crate) fn owner(&self, object: &Object) -> Option<&'a RoleName> {
        let with = self.dialect.owned_with(object);
        self.observed.access.owners.get(with.as_ref().unwrap_or(object))
    }

    pub(crate) fn number(&self, object: &Object) -> Option<Number> {
        let at = self.objects.binary_search_by(|(other, _)| (***other).cmp(object)).ok()?;
        Number::try_from(at).ok()
    }

    pub(crate) fn object(&self, number: Number) -> Option<(&'a Arc<Object>, &'a Existing)> {
        self.objects.get(usize::try_from(number).ok()?).copied()
    }

    /// The numbers of the objects of a container.
    pub(crate) fn inside(&self, container: Container<'_>) -> Range<Number> {
        let range = self.containers.get(&container).cloned().unwrap_or_default();
        let number = |at: usize| Number::try_from(at).unwrap_or(Number::MAX);
        number(range.start)..number(range.end)
    }

    /// The containers of a kind in a database.
    pub(crate) fn containers(
        &self,
        database: Option<&DatabaseName>,
        kind: &Kind,
    ) -> impl Iterator<Item = Container<'a>> {
        self.containers.keys().filter(move |one| one.database == database && one.kind == kind).copied()
    }

    /// What an owner holds by default on objects of the kind: all that there is.
    pub(crate) fn all(&self, kind: &Kind) -> Held {
        self.defaults.get(kind).map(|(owner, _)| owner.clone()).unwrap_or_default()
    }

    /// What everybody holds on an object as it was made.
    pub(crate) fn public_as_made(&self, object: &Arc<Object>) -> Held {
        if let Some(baseline) = self.observed.catalogue.baselines.get(object) {
            let mut held = Held::none();
            for (_, more) in baseline.iter().filter(|(holder, _)| holder.to == Principal::Public) {
                held.absorb(more);
            }
            return held;
        }
        self.defaults.get(&object.kind).map(|(_, public)| public.clone()).unwrap_or_default()
    }

    /// Under which database of the model a thing is said: its own; for what belongs to the cluster, the database that it is,
    /// or the first.
    pub(crate) fn under(&self, object: &Object) -> Option<Under> {
        if let Some(database) = object.database() {
            return Some(database.clone());
        }
        let name = object.path.first().filter(|_| object.kind.as_str() == "database");
        let looked_at = name.and_then(|name| self.observed.at.databases.get_key_value(name.as_str()));
        looked_at.map(|(name, _)| name.clone()).or_else(|| self.home.clone())
    }

    /// The word that stands for the whole kind.
    pub(crate) fn widest(&self, kind: &Kind) -> Option<&'a KindWord> {
        self.words().kinds.iter().find(|word| word.kind == *kind && word.varieties.is_empty())
    }

    /// The words for the kind that stand for some varieties of it.
    pub(crate) fn narrower(&self, kind: &Kind) -> impl Iterator<Item = &'a KindWord> {
        let kind = kind.clone();
        self.words().kinds.iter().filter(move |word| word.kind == kind && !word.varieties.is_empty())
    }

    /// Operations in the order in which people write them.
    pub(crate) fn in_order(&self, word: &KindWord, operations: &[Operation]) -> Vec<Operation> {
        word.operations.iter().filter(|operation| operations.contains(operation)).cloned().collect()
    }

    /// The grantor as a model says it: nothing where it is the owner, or outside and any other would do.
    pub(crate) fn grantor(&self, by: &Grantor) -> Option<RoleName> {
        match by {
            Grantor::Role(role) if self.is_inside(role) => Some(role.clone()),
            _ => None,
        }
    }
}
