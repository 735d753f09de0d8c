//! Sources to a manifest: every file is read, checked against the shape of a model and merged with the others.

use crate::check::{check, said_twice};
use crate::diagnostic::{Diagnostic, sort};
use crate::manifest::{
    AccountEntry, ApplicationEntry, BoundaryEntry, ClusterEntry, DatabaseEntry, DualControlEntry,
    DutiesEntry, Entry, EnvironmentEntry, ExceptionEntry, FunctionEntry, GroupEntry, GroupHere, LoginTerms,
    Manifest, MembershipEntry, Named, PasswordEntry, ReviewEntry, RoleEntry, SeparationEntry, State,
    TestEntry, TestSubject, Text, UserEntry,
};
use crate::shape::MODEL;
use crate::source::{Lines, Said, Source, Span, narrow};
use crate::yaml::{self, Node, Value};

/// Reads the sources of one model. What is wrong in any of them is in the list; the manifest holds what could
/// be read and is not to be compiled if there is an error.
#[must_use]
pub fn parse(sources: &[Source]) -> (Manifest, Vec<Diagnostic>) {
    let mut manifest = Manifest { lines: Lines::of(sources), ..Manifest::default() };
    let mut out = Vec::new();
    let mut versioned = false;
    yaml::read_all(sources, |read| match read {
        Ok(node) => {
            check(&node, &MODEL, &mut out);
            versioned |= node.get("version").is_some();
            Merge { manifest: &mut manifest, out: &mut out }.file(&node);
        }
        Err(diagnostic) => {
            versioned = true;
            out.push(*diagnostic);
        }
    });
    if !versioned {
        let none = Diagnostic::error("RW106", "the model does not say its version")
            .help("begin one file with `version: 1`");
        out.push(if sources.is_empty() { none } else { none.at(Span::default(), "") });
    }
    // Built at once, a tree's nodes are full; filled in order, one by one, they are half empty.
    manifest.roles = std::mem::take(&mut manifest.roles).into_iter().collect();
    sort(&mut out);
    (manifest, out)
}

struct Merge<'a> {
    manifest: &'a mut Manifest,
    out: &'a mut Vec<Diagnostic>,
}

impl Merge<'_> {
    fn file(&mut self, node: &Node) {
        let Manifest { clusters, databases, boundaries, roles, public, applications, .. } = self.manifest;
        self.out.extend(merge(clusters, named(node.get("clusters"), cluster)));
        self.out.extend(merge(databases, named(node.get("databases"), database)));
        self.out.extend(merge(boundaries, named(node.get("boundaries"), boundary)));
        self.out.extend(merge(roles, named(node.get("roles"), role)));
        let logins = named(node.get("logins"), login);
        let both = logins.iter().filter_map(|login| Some((login, roles.get(&login.name.value)?)));
        let both = both.filter(|(login, role)| login.name.span.file == role.name.span.file);
        // A role and a login of one name in one file stand under two keys, which was not said when it was checked.
        self.out
            .extend(both.map(|(login, role)| said_twice(&login.name.value, login.name.span, role.name.span)));
        self.out.extend(merge(roles, logins));
        self.out.extend(merge(public, named(node.get("public"), |node| Some(texts(Some(node))))));
        self.out.extend(merge(applications, named(node.get("applications"), application)));
        let Manifest { people, groups, users, service_accounts, .. } = self.manifest;
        self.out.extend(merge(people, named(node.get("people"), |node| Some(texts(node.get("accounts"))))));
        self.out.extend(merge(groups, named(node.get("groups"), group)));
        self.out.extend(merge(users, named(node.get("users"), user)));
        self.out.extend(merge(service_accounts, named(node.get("service_accounts"), account)));
        self.manifest.external_roles.extend(texts(node.get("external_roles")));
        self.manifest.separation_of_duties.extend(list(node, "separation_of_duties", separation));
        self.manifest.dual_control.extend(list(node, "dual_control", dual_control));
        self.manifest.exceptions.extend(list(node, "exceptions", exception));
        self.manifest.reviewed_routines.extend(list(node, "reviewed_routines", review));
        self.manifest.tests.extend(list(node, "tests", test));
        for (key, value) in node.get("policy").map(Node::entries).unwrap_or_default() {
            let days = value.text().and_then(|text| text.strip_suffix('d')?.parse().ok());
            if let (Some(name), Some(days)) = (key.text(), days)
                && let Some(_earlier) = self.manifest.policy.insert(name.to_owned(), days)
            {
                self.out.push(
                    Diagnostic::error("RW102", format!("`{name}` is defined twice")).at(key.span, "again"),
                );
            }
        }
    }
}

fn merge<T>(into: &mut Named<T>, from: Vec<Entry<T>>) -> Vec<Diagnostic> {
    let mut twice = Vec::new();
    for entry in from {
        match into.get(&entry.name.value) {
            // Twice in one file has been said when the file was checked.
            Some(first) if first.name.span.file == entry.name.span.file => {}
            Some(first) => twice.push(said_twice(&entry.name.value, entry.name.span, first.name.span)),
            None => {
                into.insert(entry.name.value.clone(), entry);
            }
        }
    }
    twice
}

fn text(node: &Node) -> Option<Text> {
    let Value::Scalar { text, verbatim, .. } = &node.value else { return None };
    let span = match verbatim {
        Some(start) => Span { file: node.span.file, start: *start, end: start + narrow(text.len()) },
        None => node.span,
    };
    Some(Text { value: text.as_ref().to_owned(), span, exact: verbatim.is_some() })
}

fn texts(node: Option<&Node>) -> Vec<Text> {
    exactly(node.map(Node::items).unwrap_or_default(), text)
}

/// What can be read of these, in no more memory than that takes: a large model holds thousands of short lists.
fn exactly<N, T>(from: &[N], read: impl Fn(&N) -> Option<T>) -> Vec<T> {
    let mut all = Vec::with_capacity(from.len());
    all.extend(from.iter().filter_map(read));
    all
}

fn text_of(node: &Node, key: &str) -> Option<Text> {
    node.get(key).and_then(text)
}

fn flag(node: &Node, key: &str) -> Option<bool> {
    node.get(key).and_then(Node::text).and_then(|text| text.parse().ok())
}

fn number<N: std::str::FromStr>(node: &Node, key: &str) -> Option<Said<N>> {
    let at = node.get(key)?;
    Some(Said::new(at.text()?.parse().ok()?, at.span))
}

/// `30d`.
fn days(node: &Node, key: &str) -> Option<Said<u32>> {
    let at = node.get(key)?;
    Some(Said::new(at.text()?.strip_suffix('d')?.parse().ok()?, at.span))
}

fn list<T>(node: &Node, key: &str, read: impl Fn(&Node) -> Option<T>) -> Vec<T> {
    exactly(node.get(key).map(Node::items).unwrap_or_default(), read)
}

fn named<T>(node: Option<&Node>, read: impl Fn(&Node) -> Option<T>) -> Vec<Entry<T>> {
    let entry = |(key, value): &(Node, Node)| Some(Entry { name: text(key)?, value: read(value)? });
    exactly(node.map(Node::entries).unwrap_or_default(), entry)
}

fn by_name<T>(node: Option<&Node>, read: impl Fn(&Node) -> Option<T>) -> Named<T> {
    let mut all = Named::new();
    for entry in named(node, read) {
        all.entry(entry.name.value.clone()).or_insert(entry);
    }
    all
}

fn environment(node: &Node) -> Option<EnvironmentEntry> {
    Some(EnvironmentEntry {
        url: text_of(node, "url")?,
        role_names: text_of(node, "role_names"),
        database: text_of(node, "database"),
    })
}

fn cluster(node: &Node) -> Option<ClusterEntry> {
    // A missing engine has been reported; the cluster is still one that may be named.
    let nothing = || Text { value: String::new(), span: node.span, exact: false };
    Some(ClusterEntry {
        engine: text_of(node, "engine").unwrap_or_else(nothing),
        environments: by_name(node.get("environments"), environment),
    })
}

fn database(node: &Node) -> Option<DatabaseEntry> {
    Some(DatabaseEntry {
        engine: text_of(node, "engine"),
        cluster: text_of(node, "cluster"),
        name: text_of(node, "name"),
        environments: by_name(node.get("environments"), environment),
    })
}

fn boundary(node: &Node) -> Option<BoundaryEntry> {
    Some(BoundaryEntry {
        about: text_of(node, "about"),
        like: text_of(node, "like"),
        operations: by_name(node.get("operations"), |node| Some(texts(Some(node)))),
        may_own: flag(node, "may_own"),
        attributes: texts(node.get("attributes")),
    })
}

fn phrases(node: &Node, key: &str) -> Named<Vec<Text>> {
    by_name(node.get(key), |node| Some(texts(Some(node))))
}

fn role(node: &Node) -> Option<RoleEntry> {
    let state = node.get("state").and_then(|at| {
        let state = match at.text()? {
            "draft" => State::Draft,
            "active" => State::Active,
            "deprecated" => State::Deprecated,
            "retired" => State::Retired,
            _ => return None,
        };
        Some(Said::new(state, at.span))
    });
    Some(RoleEntry {
        purpose: text_of(node, "purpose"),
        owner: text_of(node, "owner"),
        boundary: text_of(node, "boundary"),
        state,
        replaced_by: text_of(node, "replaced_by"),
        sunset: text_of(node, "sunset"),
        reassign_to: text_of(node, "reassign_to"),
        inherits: list(node, "inherits", membership),
        members_exclusive: node.get("members").and_then(Node::text) == Some("exclusive"),
        serves: texts(node.get("serves")),
        grants: phrases(node, "grants"),
        owns: phrases(node, "owns"),
        withhold: phrases(node, "withhold"),
        login: flag(node, "login").unwrap_or(false),
        terms: terms(node),
        attributes: attributes(node.get("attributes")),
        creates_as: by_name(node.get("creates_as"), text),
    })
}

/// A login in short: the roles that it inherits, and nothing else.
fn login(node: &Node) -> Option<RoleEntry> {
    Some(RoleEntry { inherits: exactly(node.items(), membership), login: true, ..RoleEntry::default() })
}

fn attributes(node: Option<&Node>) -> Vec<(Text, bool)> {
    let Some(node) = node else { return Vec::new() };
    match &node.value {
        Value::Map(entries) => entries
            .iter()
            .filter_map(|(key, value)| Some((text(key)?, value.text()?.parse().ok()?)))
            .collect(),
        _ => texts(Some(node)).into_iter().map(|name| (name, true)).collect(),
    }
}

fn terms(node: &Node) -> LoginTerms {
    // A single value is no origin, and has been reported.
    let origin = node.get("password").filter(|at| at.text().is_none());
    let password = origin.map(|at| PasswordEntry {
        env: text_of(at, "env"),
        file: text_of(at, "file"),
        span: at.entries().first().map_or(at.span, |(key, _)| key.span),
    });
    LoginTerms {
        connection_limit: number(node, "connection_limit"),
        expires: text_of(node, "expires"),
        password,
        settings: by_name(node.get("settings"), text),
        settings_in: by_name(node.get("settings_in"), |node| Some(by_name(Some(node), text))),
    }
}

fn membership(node: &Node) -> Option<MembershipEntry> {
    let short = text(node);
    Some(MembershipEntry {
        role: short.or_else(|| text_of(node, "role"))?,
        inherit: flag(node, "inherit").unwrap_or(true),
        set: flag(node, "set").unwrap_or(true),
        admin: flag(node, "admin").unwrap_or(false),
        granted_by: text_of(node, "granted_by"),
        until: text_of(node, "until"),
    })
}

fn application(node: &Node) -> Option<ApplicationEntry> {
    Some(ApplicationEntry {
        outside_database: node.get("level").and_then(Node::text) == Some("application"),
        owner: text_of(node, "owner"),
        functions: by_name(node.get("functions"), |node| {
            Some(FunctionEntry { roles: texts(node.get("roles")), risk: text_of(node, "risk") })
        }),
    })
}

fn duties(node: &Node) -> DutiesEntry {
    DutiesEntry {
        roles: texts(node.get("roles")),
        permissions: texts(node.get("permissions")),
        cardinality: number(node, "cardinality"),
        within: days(node, "within"),
        span: node.entries().first().map_or(node.span, |(key, _)| key.span),
    }
}

fn separation(node: &Node) -> Option<SeparationEntry> {
    Some(SeparationEntry {
        name: text_of(node, "name")?,
        why: text_of(node, "why"),
        on_assignment: node.get("static").map(duties),
        on_session: node.get("dynamic").map(duties),
    })
}

fn dual_control(node: &Node) -> Option<DualControlEntry> {
    Some(DualControlEntry {
        name: text_of(node, "name")?,
        on: texts(node.get("on")),
        operations: texts(node.get("operations")),
        approvers: texts(node.get("approvers")),
        approvals: number(node, "approvals"),
    })
}

fn group(node: &Node) -> Option<GroupEntry> {
    let here = |node: &Node| {
        Some(GroupHere {
            also: texts(node.get("also")),
            without: texts(node.get("without")),
            why: text_of(node, "why"),
        })
    };
    Some(GroupEntry {
        roles: texts(node.get("roles")),
        groups: texts(node.get("groups")),
        owner: text_of(node, "owner"),
        environments: by_name(node.get("environments"), here),
    })
}

fn user(node: &Node) -> Option<UserEntry> {
    Some(UserEntry {
        groups: texts(node.get("groups")),
        roles: list(node, "roles", membership),
        login: texts(node.get("login")),
        login_name: text_of(node, "as"),
        terms: terms(node),
    })
}

fn account(node: &Node) -> Option<AccountEntry> {
    Some(AccountEntry {
        purpose: text_of(node, "purpose"),
        owner: text_of(node, "owner"),
        roles: list(node, "roles", membership),
        login: texts(node.get("login")),
        terms: terms(node),
    })
}

fn exception(node: &Node) -> Option<ExceptionEntry> {
    Some(ExceptionEntry {
        rule: text_of(node, "rule")?,
        about: text_of(node, "about")?,
        owner: text_of(node, "owner")?,
        reason: text_of(node, "reason")?,
        until: text_of(node, "until")?,
        saw: text_of(node, "saw"),
        environment: text_of(node, "environment"),
    })
}

fn review(node: &Node) -> Option<ReviewEntry> {
    Some(ReviewEntry {
        database: text_of(node, "database")?,
        on: text_of(node, "on")?,
        digest: text_of(node, "digest")?,
        does: texts(node.get("does")),
        reviewed_by: text_of(node, "reviewed_by")?,
        until: text_of(node, "until"),
    })
}

fn test(node: &Node) -> Option<TestEntry> {
    let subjects = [
        text_of(node, "user").map(TestSubject::User),
        text_of(node, "role").map(TestSubject::Role),
        text_of(node, "service_account").map(TestSubject::ServiceAccount),
    ];
    Some(TestEntry {
        name: text_of(node, "name")?,
        subjects: subjects.into_iter().flatten().collect(),
        env: text_of(node, "env"),
        can: texts(node.get("can")),
        cannot: texts(node.get("cannot")),
    })
}
