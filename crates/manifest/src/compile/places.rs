//! Clusters, databases and environments: which servers there are, and what is on each.

use super::Compiler;
use crate::diagnostic::Diagnostic;
use crate::manifest::{DatabaseEntry, Entry, EnvironmentEntry, Named, Text};
use crate::model::{Database, Site, SiteDatabase};
use crate::nearest::{did_you_mean, there_are};
use crate::redact::passwords;
use crate::url::{self, Server};
use ::model::Vocabulary;

impl<'a> Compiler<'a> {
    pub(super) fn places(&mut self) {
        let manifest = self.manifest;
        for cluster in manifest.clusters.values() {
            let Some(engine) = self.engine(&cluster.value.engine) else { continue };
            self.environments(&cluster.name, &cluster.value.environments);
            for (environment, entry) in &cluster.value.environments {
                let site = site(&cluster.name.value, environment, engine.engine, &entry.value);
                self.model.sites.push(site);
            }
        }
        for database in manifest.databases.values() {
            if self.one_database(database).is_none() {
                self.broken_databases.insert(&database.name.value);
            }
        }
        self.lonely_clusters();
        self.names_on_sites();
        self.shared_servers();
    }

    fn engine(&mut self, name: &Text) -> Option<&'a Vocabulary> {
        if name.value.is_empty() {
            return None;
        }
        let Some(words) = self.words(name.as_str()) else {
            let message = format!("there is no engine `{}`", name.as_str());
            let known = self.vocabularies.iter().map(|words| words.engine);
            let help = did_you_mean(name.as_str(), known.clone()).unwrap_or_else(|| there_are(known));
            self.say(Diagnostic::error("RW107", message).at(name.span, "unknown").help(help));
            return None;
        };
        if !self.engines.iter().any(|known| known.engine == words.engine) {
            self.engines.push(words);
        }
        Some(words)
    }

    fn one_database(&mut self, database: &'a Entry<DatabaseEntry>) -> Option<()> {
        let entry = &database.value;
        let place = database.name.span;
        let key = &database.name.value;
        let engine = match (&entry.cluster, &entry.engine) {
            (Some(cluster), _) => {
                if !entry.environments.is_empty() || entry.engine.is_some() {
                    let message = format!(
                        "database `{key}` is in a cluster and cannot have an engine or environments of its own"
                    );
                    self.say(
                        Diagnostic::error("RW122", message)
                            .at(place, "here")
                            .at(cluster.span, "in this cluster"),
                    );
                    return None;
                }
                self.cluster_of(cluster)?
            }
            (None, Some(engine)) => self.engine(engine)?,
            (None, None) => {
                let message = format!("database `{key}` says neither its cluster nor its engine");
                let help = "write `cluster: NAME`, or `engine: postgres` with `environments:`";
                self.say(Diagnostic::error("RW122", message).at(place, "here").help(help));
                return None;
            }
        };
        let number = self.model.databases.len();
        self.model.databases.push(Database { key: key.clone(), engine: engine.engine.to_owned() });
        self.databases.insert(key, (number, engine));
        match &entry.cluster {
            Some(cluster) => {
                let name = Some(entry.name.as_ref().unwrap_or(&database.name).value.clone());
                for site in self.model.sites.iter_mut().filter(|site| site.cluster == cluster.value) {
                    let database = SiteDatabase { database: number, name: name.clone(), url: None };
                    site.databases.push(database);
                }
            }
            None => self.own_sites(number, database, engine),
        }
        Some(())
    }

    fn cluster_of(&mut self, name: &Text) -> Option<&'a Vocabulary> {
        let manifest = self.manifest;
        let Some(cluster) = manifest.clusters.get(name.as_str()) else {
            let help = did_you_mean(name.as_str(), manifest.clusters.keys().map(String::as_str))
                .unwrap_or_else(|| "define it under `clusters:`".to_owned());
            let message = format!("there is no cluster `{}`", name.as_str());
            self.say(Diagnostic::error("RW111", message).at(name.span, "not defined").help(help));
            return None;
        };
        self.words(cluster.value.engine.as_str())
    }

    /// A database with environments of its own is a cluster of its own, unless another one is on the same
    /// server in the same environment.
    fn own_sites(&mut self, number: usize, database: &'a Entry<DatabaseEntry>, engine: &'a Vocabulary) {
        let entry = &database.value;
        if entry.environments.is_empty() {
            let message = format!("database `{}` has no environment", database.name.value);
            let help = "write `environments: { prod: { url: \"${SHOP_PROD_URL}\" } }`";
            self.say(Diagnostic::error("RW122", message).at(database.name.span, "here").help(help));
        }
        self.environments(&database.name, &entry.environments);
        for (environment, place) in &entry.environments {
            let said = place.value.database.as_ref().or(entry.name.as_ref());
            let on_site = SiteDatabase {
                database: number,
                name: said.map(|name| name.value.clone()),
                url: Some(place.value.url.clone()),
            };
            let server = Server::of(place.value.url.as_str());
            let same = |site: &&mut Site| {
                site.environment == *environment
                    && site.engine == engine.engine
                    && Server::of(site.url.as_str()) == server
                    && site.databases.iter().all(|database| database.url.is_some())
                    && !site.databases.is_empty()
            };
            match self.model.sites.iter_mut().find(same) {
                Some(site) => {
                    let template = place.value.role_names.as_ref().map(Text::as_str);
                    let differs = template != site.role_names.as_ref().map(Text::as_str);
                    let first = site.url.span;
                    site.databases.push(on_site);
                    if differs {
                        let message = "two databases on one server name their roles differently";
                        let diagnostic = Diagnostic::error("RW121", message)
                            .at(place.value.url.span, "this server")
                            .at(first, "is this one")
                            .help("give both the same `role_names`: roles belong to the whole server");
                        self.say(diagnostic);
                    }
                }
                None => {
                    let mut site = site(&database.name.value, environment, engine.engine, &place.value);
                    site.databases.push(on_site);
                    self.model.sites.push(site);
                }
            }
        }
    }

    fn environments(&mut self, of: &Text, environments: &Named<EnvironmentEntry>) {
        for entry in environments.values() {
            self.url(&entry.value.url);
            if let Some(template) = &entry.value.role_names
                && template.value.matches("{role}").count() != 1
            {
                let message =
                    format!("`role_names` of {} {} needs `{{role}}` once", of.value, entry.name.value);
                let help = "such as `{role}_staging`";
                self.say(Diagnostic::error("RW107", message).at(template.span, "not a template").help(help));
            }
        }
    }

    fn url(&mut self, url: &Text) {
        if let Some((start, end)) = passwords(url.as_str()).first() {
            let help = "write `${NAME}` in its place and keep the password out of the model; it is now known to everybody who read this file: change it";
            let diagnostic = Diagnostic::error("RW120", "a password stands in the model")
                .at(url.part(*start, *end), "a password")
                .help(help);
            self.say(diagnostic);
        }
        if let Err(problem) = url::variables(url.as_str()) {
            let diagnostic =
                Diagnostic::error("RW107", format!("this is not a URL with variables: {problem}"))
                    .at(url.span, "here")
                    .help("a variable is `${NAME}`, of letters, digits and underscores");
            self.say(diagnostic);
        } else if !url.as_str().contains("://") && !url.as_str().contains("${") {
            let help =
                "such as `postgres://host:5432/database`, or a variable that holds one, `${SHOP_PROD_URL}`";
            self.say(Diagnostic::error("RW107", "this is not a URL").at(url.span, "here").help(help));
        }
    }

    fn lonely_clusters(&mut self) {
        let manifest = self.manifest;
        for cluster in manifest.clusters.values() {
            let used = manifest.databases.values().any(|database| {
                database.value.cluster.as_ref().map(Text::as_str) == Some(&cluster.name.value)
            });
            if !used {
                let message = format!("no database is in cluster `{}`", cluster.name.value);
                let help = format!("write `databases: {{ NAME: {{ cluster: {} }} }}`", cluster.name.value);
                self.say(Diagnostic::error("RW122", message).at(cluster.name.span, "here").help(help));
            }
        }
    }

    /// Two of the model's databases cannot be one and the same.
    fn names_on_sites(&mut self) {
        let mut said = Vec::new();
        for site in &self.model.sites {
            let mut seen: Vec<(&Option<String>, &str)> = Vec::new();
            for database in &site.databases {
                let text = database.url.as_ref().map_or("", Text::as_str);
                let same = |other: &&(&Option<String>, &str)| match (other.0, &database.name) {
                    (Some(a), Some(b)) => a == b,
                    (None, None) => other.1 == text,
                    _ => false,
                };
                if seen.iter().any(|other| same(&other)) {
                    let key =
                        self.database_at(database.database).map_or("", |database| database.key.as_str());
                    let span =
                        self.manifest.databases.get(key).map_or(site.url.span, |entry| entry.name.span);
                    let message =
                        format!("database `{key}` is the same as another one in {}", site.environment);
                    let help = "say its real `name:`, or leave one of them out";
                    said.push(Diagnostic::error("RW122", message).at(span, "here").help(help));
                }
                seen.push((&database.name, text));
            }
        }
        self.out.extend(said);
    }

    /// Roles belong to the whole server: two environments on one would share them.
    fn shared_servers(&mut self) {
        let mut said = Vec::new();
        for (at, one) in self.model.sites.iter().enumerate() {
            for other in self.model.sites.iter().skip(at + 1) {
                let same = Server::of(one.url.as_str()) == Server::of(other.url.as_str());
                if same && one.template() == other.template() {
                    said.push(url::shared(one, other));
                }
            }
        }
        self.out.extend(said);
    }
}

fn site(cluster: &str, environment: &str, engine: &str, entry: &EnvironmentEntry) -> Site {
    Site {
        cluster: cluster.to_owned(),
        environment: environment.to_owned(),
        engine: engine.to_owned(),
        url: entry.url.clone(),
        role_names: entry.role_names.clone(),
        databases: Vec::new(),
    }
}
