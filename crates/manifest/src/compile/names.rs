//! Names of roles and logins: what may be one, and who has it already.

use super::Compiler;
use crate::check::said_twice;
use crate::diagnostic::Diagnostic;
use crate::manifest::{MembershipEntry, Text};
use crate::model::Held;
use crate::nearest::did_you_mean;
use crate::source::Span;
use crate::url::Server;
use ::model::{MemberPowers, RoleName};
use std::collections::{BTreeMap, BTreeSet};

impl<'a> Compiler<'a> {
    /// Checks every name that a role or a login will have, everywhere.
    pub(super) fn names(&mut self) {
        let manifest = self.manifest;
        let mut taken: BTreeMap<&'a str, Span> = BTreeMap::new();
        let roles = manifest.roles.values().map(|entry| &entry.name);
        let accounts = manifest.service_accounts.values().map(|entry| &entry.name);
        let users = manifest
            .users
            .values()
            .filter(|user| !user.value.login.is_empty())
            .map(|user| user.value.login_name.as_ref().unwrap_or(&user.name));
        self.logins = accounts.clone().chain(users.clone()).map(Text::as_str).collect();
        for name in roles.chain(accounts).chain(users) {
            match taken.get(name.as_str()) {
                Some(first) => self.say(said_twice(name.as_str(), name.span, *first)),
                None => {
                    taken.insert(name.as_str(), name.span);
                }
            }
            self.possible(name);
        }
        for external in &manifest.external_roles {
            if let Some(own) = taken.get(external.as_str()) {
                let message = format!("`{}` is a role of this model and cannot be external", external.value);
                self.say(
                    Diagnostic::error("RW102", message).at(external.span, "external").at(*own, "its own"),
                );
            }
            if let Ok(name) = RoleName::new(external.as_str()) {
                self.model.external.insert(name);
            }
        }
        self.templated(&taken);
    }

    fn possible(&mut self, name: &Text) {
        let lower = name.value.to_ascii_lowercase();
        let mut problem = None;
        for engine in &self.engines {
            if engine.reserved_roles.contains(&lower.as_str()) {
                problem = Some((
                    format!("`{}` is a word of {} and no role", name.value, engine.engine),
                    "what everybody holds stands under `public:`; for the rest take another name",
                ));
            } else if engine.reserved_prefixes.iter().any(|prefix| lower.starts_with(prefix)) {
                problem = Some((
                    format!("names like `{}` belong to {}", name.value, engine.engine),
                    "take another name; to hold a role of the engine, name it under `inherits:`",
                ));
            } else if name.value.len() > engine.longest_name {
                let message = format!(
                    "a name in {} has at most {} bytes, this has {}",
                    engine.engine,
                    engine.longest_name,
                    name.value.len()
                );
                problem = Some((message, "shorten it"));
            }
        }
        if name.value.chars().any(char::is_control) {
            problem = Some(("a role's name has no control characters".to_owned(), "take another name"));
        }
        if let Some((message, help)) = problem {
            self.say(Diagnostic::error("RW113", message).at(name.span, "not possible").help(help));
        }
    }

    /// Names as templates make them: short enough, and different where a server is shared.
    fn templated(&mut self, taken: &BTreeMap<&'a str, Span>) {
        let mut said = Vec::new();
        for (at, site) in self.model.sites.iter().enumerate() {
            let longest =
                self.engines.iter().find(|e| e.engine == site.engine).map_or(usize::MAX, |e| e.longest_name);
            let template = site.template();
            for (name, span) in taken {
                if template != "{role}"
                    && template.replace("{role}", name).len() > longest
                    && name.len() <= longest
                {
                    let message =
                        format!("`{name}` becomes longer than {longest} bytes in {}", site.environment);
                    said.push(
                        Diagnostic::error("RW113", message).at(*span, "too long").at(site.url.span, "here"),
                    );
                }
            }
            for other in self.model.sites.iter().skip(at + 1) {
                let (a, b) = (site.template(), other.template());
                if a == b || Server::of(site.url.as_str()) != Server::of(other.url.as_str()) {
                    continue;
                }
                let names: BTreeSet<String> = taken.keys().map(|name| a.replace("{role}", name)).collect();
                let both =
                    taken.keys().map(|name| b.replace("{role}", name)).find(|name| names.contains(name));
                if let Some(both) = both {
                    let message = format!(
                        "`{both}` would be one role in {} and another in {}, on one server",
                        site.environment, other.environment
                    );
                    let help = "choose `role_names` that never meet";
                    let diagnostic = Diagnostic::error("RW121", message)
                        .at(other.url.span, "this server")
                        .at(site.url.span, "is this one")
                        .help(help);
                    said.push(diagnostic);
                }
            }
        }
        self.out.extend(said);
    }

    /// A role or login that may create or grant.
    pub(super) fn known_actor(&mut self, name: &str, span: Span) -> Option<RoleName> {
        if self.logins.contains(name) { RoleName::new(name).ok() } else { self.known_role(name, span) }
    }

    /// A role that may be named: one of the model's, an external one, or one of the engine's own.
    pub(super) fn known_role(&mut self, name: &str, span: Span) -> Option<RoleName> {
        let own = self.manifest.roles.contains_key(name);
        let external = self.model.external.contains(name);
        if own || external || self.engines_own(name) {
            return RoleName::new(name).ok();
        }
        let known = self.manifest.roles.keys().map(String::as_str);
        let external = self.manifest.external_roles.iter().map(Text::as_str);
        let help = did_you_mean(name, known.chain(external)).unwrap_or_else(|| {
            "define it under `roles:`, or list it under `external_roles:` if it is managed elsewhere"
                .to_owned()
        });
        self.say(if name.eq_ignore_ascii_case("public") {
            Diagnostic::error("RW113", "PUBLIC is not a role")
                .at(span, "everybody")
                .help("what everybody holds stands under `public:`")
        } else {
            Diagnostic::error("RW110", format!("there is no role `{name}`"))
                .at(span, "not defined")
                .help(help)
        });
        None
    }

    pub(super) fn engines_own(&self, name: &str) -> bool {
        let mut prefixes = self.engines.iter().flat_map(|engine| &engine.reserved_prefixes);
        prefixes.any(|prefix| name.starts_with(prefix))
    }

    /// Memberships of a role or an account. Naming one role twice, given by the same grantor, is reported.
    pub(super) fn held(&mut self, entries: &'a [MembershipEntry], holder: &str, verb: &str) -> Vec<Held> {
        let mut seen: BTreeMap<(&str, Option<&str>), Span> = BTreeMap::new();
        let mut all = Vec::with_capacity(entries.len());
        for entry in entries {
            // Several grantors may each have given the same role.
            let same = (entry.role.as_str(), entry.granted_by.as_ref().map(Text::as_str));
            if let Some(first) = seen.insert(same, entry.role.span) {
                let message = format!("`{}` is named twice", entry.role.value);
                let again = Diagnostic::finding("RW149", holder, message)
                    .at(entry.role.span, "again")
                    .at(first, "first")
                    .help("leave one out");
                self.say(again);
                continue;
            }
            let granted_by = match &entry.granted_by {
                Some(grantor) => self.known_actor(grantor.as_str(), grantor.span),
                None => None,
            };
            let Some(role) = self.known_role(entry.role.as_str(), entry.role.span) else { continue };
            if !(entry.inherit || entry.set || entry.admin) {
                let message = format!("this membership in `{role}` gives nothing");
                let help = "leave it out, or let one of `inherit`, `set` and `admin` be true";
                let finding = Diagnostic::finding("RW144", holder, message);
                self.say(finding.at(entry.role.span, "nothing").help(help));
            }
            let cause = self.cause(entry.role.span, format!("{holder} {verb} {role}"));
            let powers = MemberPowers { inherit: entry.inherit, set: entry.set, admin: entry.admin };
            if self.is_over(entry, holder, &role, cause) {
                continue;
            }
            all.push(Held { role, powers, granted_by, cause, span: entry.role.span });
        }
        all
    }

    /// Roles named in a list, such as a group's.
    pub(super) fn held_simply(&mut self, names: &'a [Text], holder: &str, verb: &str) -> Vec<Held> {
        let mut all = Vec::with_capacity(names.len());
        for name in names {
            let Some(role) = self.known_role(name.as_str(), name.span) else { continue };
            let cause = self.cause(name.span, format!("{holder} {verb} {role}"));
            let powers = MemberPowers { inherit: true, set: true, admin: false };
            all.push(Held { role, powers, granted_by: None, cause, span: name.span });
        }
        all
    }
}
