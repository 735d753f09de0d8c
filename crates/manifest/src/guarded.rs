//! What is kept apart as a target has it, for whoever plans for one: sets of roles and of permissions, operations that take an approval,
//! and the logins of those on whom it is judged.

use crate::manifest::{DutiesEntry, Text};
use crate::model::Model;
use crate::standing::{Holder, How};
use ::model::{DatabaseName, GrantIntent, Guarded, Guarding, RoleName, Separation};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The code of somebody who has too much of what is kept apart: who is accepted with it may.
const BROKEN: &str = "RW180";

/// The code of somebody who carries out alone what takes others.
const ALONE: &str = "RW182";

impl Model {
    /// The separations over roles.
    pub(crate) fn separations_as(
        &self,
        environment: &str,
        named: &dyn Fn(&RoleName) -> RoleName,
    ) -> Vec<Separation> {
        let sets = self.on_assignment().filter(|(_, duties)| !duties.roles.is_empty());
        sets.map(|(name, duties)| {
            let roles = duties.roles.iter().filter_map(|role| RoleName::new(role.as_str()).ok());
            Separation {
                name: name.value.clone(),
                roles: roles.map(|role| named(&role)).collect(),
                cardinality: cardinality(duties, duties.roles.len()),
                tolerated: self.tolerated_in(BROKEN, name, environment),
            }
        })
        .collect()
    }

    /// The separations over permissions and the dual controls. `meant` is what a permission means on the target, `databases`
    /// are those that it has, by their names in the model.
    pub(crate) fn guarded_as(
        &self,
        environment: &str,
        meant: &dyn Fn(&Text) -> Vec<GrantIntent>,
        databases: &BTreeMap<&str, &DatabaseName>,
    ) -> Vec<Guarded> {
        let sets = self.on_assignment().filter(|(_, duties)| !duties.permissions.is_empty());
        let apart = sets.map(|(name, duties)| {
            let permissions =
                duties.permissions.iter().map(|text| (text.value.clone(), meant(text))).collect();
            let cardinality = cardinality(duties, duties.permissions.len());
            (name, BROKEN, Guarding::Apart { permissions, cardinality })
        });
        let alone = self.dual_control.iter().map(|control| {
            let here = |place: &Text| {
                let (database, only) = match place.value.split_once('/') {
                    Some((database, only)) => (database, Some(only)),
                    None => (place.as_str(), None),
                };
                databases.get(database).filter(|_| only.is_none_or(|only| only == environment)).copied()
            };
            let operations = control.operations.iter().map(|operation| operation.value.clone()).collect();
            let databases = control.on.iter().filter_map(here).cloned().collect();
            (&control.name, ALONE, Guarding::Alone { operations, databases })
        });
        let is_here = |guarding: &Guarding| match guarding {
            Guarding::Apart { permissions, .. } => permissions.iter().any(|(_, meant)| !meant.is_empty()),
            Guarding::Alone { databases, .. } => !databases.is_empty(),
        };
        let guarded = |(name, code, guarding): (&Text, &str, Guarding)| Guarded {
            name: name.value.clone(),
            guarding,
            tolerated: self.tolerated_in(code, name, environment),
        };
        apart.chain(alone).filter(|(.., guarding)| is_here(guarding)).map(guarded).collect()
    }

    fn on_assignment(&self) -> impl Iterator<Item = (&Text, &DutiesEntry)> {
        self.separation_of_duties.iter().filter_map(|one| Some((&one.name, one.on_assignment.as_ref()?)))
    }

    /// Who may break a constraint there, because somebody answers for that.
    fn tolerated_in(&self, code: &str, name: &Text, environment: &str) -> BTreeSet<String> {
        let scopes = self.scopes();
        let scope = scopes.iter().find(|scope| scope.contains(environment));
        let bound = scope.and_then(|scope| scope.first()).copied().unwrap_or_default();
        let prefix = format!("{}/", name.value);
        let here = self.answered.iter().filter(|(of, _, environment)| *of == code && environment == bound);
        here.filter_map(|(_, about, _)| about.strip_prefix(&prefix)).map(str::to_owned).collect()
    }

    /// The logins that each person can come to use, and each user, service account and role with a login that is nobody's account: their
    /// accounts, and the credentials that they answer for.
    pub(crate) fn logins_behind(
        &self,
        named: &dyn Fn(&RoleName) -> RoleName,
    ) -> BTreeMap<String, BTreeSet<RoleName>> {
        let standing = self.standing(&BTreeSet::new());
        let mut onward: HashMap<&Holder, Vec<&Holder>> = HashMap::new();
        for link in standing.links.iter().filter(|link| !matches!(link.how, How::Has(_))) {
            onward.entry(&link.from).or_default().push(&link.to);
        }
        let login = |account: &Holder| match account {
            Holder::User(name) => self.users.get(name)?.login.as_ref().map(named),
            Holder::ServiceAccount(name) | Holder::Role(name) => Some(named(name)),
            Holder::Person(_) | Holder::Group(_) => None,
        };
        let mut behind: BTreeMap<String, BTreeSet<RoleName>> = BTreeMap::new();
        for subject in &standing.subjects {
            let logins = behind.entry(subject.name().to_owned()).or_default();
            let (mut seen, mut waiting) = (BTreeSet::from([subject]), vec![subject]);
            while let Some(at) = waiting.pop() {
                logins.extend(login(at));
                let next = onward.get(at).into_iter().flatten();
                waiting.extend(next.copied().filter(|next| seen.insert(next)));
            }
        }
        behind.retain(|_, logins| !logins.is_empty());
        behind
    }
}

/// How many are too many: all of them unless said.
fn cardinality(duties: &DutiesEntry, all: usize) -> usize {
    let said = duties.cardinality.as_ref();
    said.map_or(all, |said| usize::try_from(said.value).unwrap_or(usize::MAX))
}
