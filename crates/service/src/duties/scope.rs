//! Environments that are judged together, and who comes to what in them.

use access::duties::{Subjects, Web};
use manifest::{ExceptionEntry, Holder, Link, Model, Standing};
use model::RoleName;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Environments that are judged together.
pub(super) struct Scope<'a> {
    pub(super) model: &'a Model,
    pub(super) environments: &'a BTreeSet<&'a str>,
    pub(super) standing: Standing,
    pub(super) web: Web<Holder>,
    /// The roles that are managed elsewhere, each with those who come to it. What else these have is not known.
    pub(super) outside: Vec<(RoleName, Arc<Subjects>)>,
}

impl<'a> Scope<'a> {
    pub(super) fn of(model: &'a Model, environments: &'a BTreeSet<&'a str>) -> Self {
        let standing = model.standing(environments);
        let web = web(&standing);
        let outside = model.external_roles().iter();
        let outside = outside.map(|role| (role.clone(), web.reaching(&Holder::Role(role.clone()))));
        let outside = outside.filter(|(_, having)| !having.is_empty()).collect();
        Self { model, environments, standing, web, outside }
    }

    /// Where an exception says that it holds.
    pub(super) fn environment(&self) -> &'a str {
        self.environments.first().copied().unwrap_or_default()
    }

    /// ` in prod`, or nothing where there is no environment.
    pub(super) fn place(&self) -> String {
        let names: Vec<&str> = self.environments.iter().copied().collect();
        match names.as_slice() {
            [] => String::new(),
            [one] => format!(" in {one}"),
            several => format!(" in {}, which share a server", several.join(" and ")),
        }
    }

    /// The steps of the shortest way, if there is one.
    pub(super) fn way(&self, from: &Holder, to: &Holder) -> Option<Vec<&Link>> {
        let numbers = self.web.way(from, to)?;
        Some(numbers.into_iter().filter_map(|number| self.standing.links.get(number)).collect())
    }

    /// Every step that is on some way.
    pub(super) fn between(&self, from: &Holder, to: &Holder) -> Vec<&Link> {
        self.web.between(from, to).into_iter().filter_map(|number| self.standing.links.get(number)).collect()
    }

    /// What exceptions to a code are about.
    pub(super) fn accepted_about(&self, code: &str) -> BTreeSet<&'a str> {
        let exceptions = self.model.exceptions().iter().filter(|exception| exception.rule.value == code);
        exceptions.map(|exception: &ExceptionEntry| exception.about.as_str()).collect()
    }
}

fn web(standing: &Standing) -> Web<Holder> {
    Web::new(&standing.subjects, standing.links.iter().map(|link| (&link.from, &link.to)))
}
