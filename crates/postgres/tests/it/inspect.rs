//! A look at a server says what the server itself says.

use crate::worst_case::{self, HOME, OTHER};
use engine::{Databases, Engine, Scope, Session};
use model::{
    DatabaseName, FutureScope, Grantor, Holder, Kind, Name, Object, Observed, Place, Principal, RoleName,
    Secret,
};
use postgres::PostgresEngine;
use sandbox::{Cluster, Installation, Version};
use std::collections::BTreeSet;

/// Runs a test's async part.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A session at this URL.
pub(crate) async fn session(url: &str) -> Box<dyn Session> {
    PostgresEngine.connect(&Secret::new(url)).await.unwrap()
}

/// A look at everything, as the superuser.
pub(crate) fn look(cluster: &Cluster, databases: Databases) -> Observed {
    let url = cluster.url(HOME);
    block_on(async { session(&url).await.inspect(&Scope::everything(databases)).await.unwrap() })
}

pub(crate) fn database(name: &str) -> DatabaseName {
    DatabaseName::new(name).unwrap()
}

pub(crate) fn role(name: &str) -> RoleName {
    RoleName::new(name).unwrap()
}

/// An object of the worst case's first database.
pub(crate) fn object(kind: &'static str, path: &[&str]) -> Object {
    let path = path.iter().map(|part| Name::new(*part).unwrap()).collect();
    Object::new(Place::Database(database(HOME)), Kind::known(kind), path)
}

/// What the server says, one line per entry and privilege.
fn oracle(cluster: &Cluster, of: &str) -> BTreeSet<String> {
    let mut sql = include_str!("inspect_oracle.sql").to_owned();
    if cluster.version() >= Version::V15 {
        sql = sql.replace("/*15", "").replace("15*/", "");
    }
    let answer = cluster.psql(of, &sql).unwrap();
    answer.lines().filter(|line| line.contains('\u{1f}')).map(str::to_owned).collect()
}

/// What a look says, in the same form, of one database and of the cluster.
fn lines(observed: &Observed, of: &str) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for (object, acl) in &observed.access.entries {
        let elsewhere = object.database().is_some_and(|name| name.as_str() != of);
        let engine_own = observed.catalogue.objects.get(object).is_some_and(|existing| existing.system)
            && object.kind.as_str() != "database";
        if elsewhere || engine_own {
            continue;
        }
        let joined = |names: &[Name]| names.iter().map(Name::as_str).collect::<Vec<_>>().join("\u{1e}");
        let mut path = joined(&object.path);
        if let Some(arguments) = &object.arguments {
            path = format!("{path}({})", joined(arguments));
        }
        let owner = owner_of(observed, object);
        for (Holder { to, by }, held) in acl {
            let to = match to {
                Principal::Public => String::new(),
                Principal::Role(role) => format!("role {role}"),
            };
            let by = match by {
                Grantor::Owner => owner.clone(),
                Grantor::Role(role) => role.clone(),
                Grantor::Untracked => panic!("PostgreSQL tracks grantors"),
            };
            for (operation, delegable) in held.iter() {
                let flag = if delegable { "t" } else { "f" };
                lines.insert(
                    [object.kind.as_str(), &path, &to, by.as_str(), operation.as_str(), flag].join("\u{1f}"),
                );
            }
        }
    }
    lines
}

fn owner_of(observed: &Observed, object: &Object) -> RoleName {
    let mut owned = object.clone();
    match object.kind.as_str() {
        "parameter" => return observed.at.root.clone(),
        "column" => {
            owned.path.pop();
            owned.kind = Kind::known("table");
        }
        _ => {}
    }
    observed.access.owners[&owned].clone()
}

#[test]
fn every_entry_of_the_worst_case_is_what_aclexplode_says() {
    for version in Version::ALL {
        let cluster = worst_case::whole(version);
        let observed = look(&cluster, Databases::All);
        for of in [HOME, OTHER, "postgres"] {
            let (says, expected) = (lines(&observed, of), oracle(&cluster, of));
            let missing: Vec<_> = expected.difference(&says).collect();
            let invented: Vec<_> = says.difference(&expected).collect();
            assert!(missing.is_empty() && invented.is_empty(), "{version} {of}: {missing:#?} {invented:#?}");
            assert!(expected.len() > 20);
        }
        assert_eq!(observed.notes, []);
    }
}

#[test]
fn a_fresh_cluster_shows_nothing_of_the_engines_own_on_any_version() {
    for version in Version::ALL {
        let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
        let url = cluster.url("postgres");
        let scope = Scope { system_objects: false, ..Scope::everything(Databases::All) };
        let observed = block_on(async { session(&url).await.inspect(&scope).await.unwrap() });
        let kinds: BTreeSet<String> =
            observed.access.entries.keys().map(std::string::ToString::to_string).collect();
        let expected = ["database postgres", "database template0", "database template1", "schema public"]
            .map(str::to_owned);
        assert_eq!(kinds, BTreeSet::from(expected));
        assert_eq!(observed.at.version / 10_000, version.major());
        assert_eq!(observed.at.timeline, 1);
        assert!(observed.at.system.parse::<u64>().unwrap() > 0);
        assert!(observed.executor.superuser && !observed.at.standby);
        assert_eq!(observed.notes, []);
    }
}

#[test]
fn the_engines_own_objects_are_read_when_asked_for_or_changed() {
    for version in Version::ALL {
        let cluster = worst_case::whole(version);
        let url = cluster.url(HOME);
        let (changed, all) = block_on(async {
            let mut session = session(&url).await;
            let mut scope = Scope { system_objects: false, ..Scope::everything(Databases::Connected) };
            let changed = session.inspect(&scope).await.unwrap();
            scope.system_objects = true;
            (changed, session.inspect(&scope).await.unwrap())
        });
        let own: BTreeSet<String> = changed
            .catalogue
            .objects
            .iter()
            .filter(|(object, existing)| existing.system && object.kind.as_str() != "database")
            .map(|(object, _)| object.to_string())
            .collect();
        let expected = [
            "table pg_catalog.pg_authid",
            "routine pg_catalog.pg_read_file(text)",
            "schema information_schema",
            "language plpgsql",
        ];
        assert_eq!(own, expected.map(str::to_owned).into());
        assert!(all.access.entries.len() > changed.access.entries.len() + 3_000);
        let at_default =
            all.access.entries.iter().filter(|(object, _)| !changed.access.entries.contains_key(*object));
        let dialect = postgres::Postgres::new(all.at.version, 0);
        for (object, entries) in at_default {
            let owner = owner_of(&all, object);
            let default = model::Dialect::default_entries(&dialect, object, &owner);
            let baseline = all.catalogue.baselines.get(object).unwrap_or(&default);
            assert_eq!(entries, baseline, "{version} {object}");
        }
    }
}

#[test]
fn the_built_in_defaults_are_those_of_acldefault() {
    for version in Version::ALL {
        let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
        let kinds = [
            ('r', "table"),
            ('c', "column"),
            ('s', "sequence"),
            ('d', "database"),
            ('f', "routine"),
            ('l', "language"),
            ('L', "large object"),
            ('n', "schema"),
            ('t', "tablespace"),
            ('F', "foreign data wrapper"),
            ('S', "foreign server"),
            ('T', "type"),
            ('p', "parameter"),
        ];
        for (letter, kind) in kinds {
            if letter == 'p' && version < Version::V15 {
                continue;
            }
            let text = cluster.psql("postgres", &format!("SELECT acldefault('{letter}', 10)")).unwrap();
            let mut expected = model::Acl::new();
            for item in postgres::acl::parse(&text).unwrap() {
                let to = item.grantee.map_or(Principal::Public, |name| Principal::Role(role(&name)));
                expected.insert(Holder { to, by: Grantor::Owner }, item.held);
            }
            let ours = postgres::defaults::entries(&Kind::known(kind), &role("postgres"), version.major());
            assert_eq!(ours, expected, "{version} {kind}");
        }
    }
}

#[test]
fn default_privileges_are_those_of_pg_default_acl() {
    for version in Version::ALL {
        let cluster = worst_case::whole(version);
        let observed = look(&cluster, Databases::These([database(HOME), database(OTHER)].into()));
        for of in [HOME, OTHER] {
            let sql = "SELECT concat_ws(chr(31), creator.rolname, coalesce('in ' || nspname, 'everywhere'),
                CASE defaclobjtype WHEN 'r' THEN 'table' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'routine' WHEN 'T' THEN 'type'
                     WHEN 'n' THEN 'schema' WHEN 'L' THEN 'large object' END,
                CASE grantee WHEN 0 THEN '' ELSE 'role ' || holder.rolname END, lower(privilege_type), is_grantable)
                FROM pg_default_acl CROSS JOIN LATERAL aclexplode(defaclacl)
                JOIN pg_roles creator ON creator.oid = defaclrole LEFT JOIN pg_roles holder ON holder.oid = grantee
                LEFT JOIN pg_namespace n ON n.oid = defaclnamespace";
            let expected: BTreeSet<String> =
                cluster.psql(of, sql).unwrap().lines().map(str::to_owned).collect();
            let mut says = BTreeSet::new();
            for (key, future) in &observed.access.future {
                if key.scope.database() != Some(&database(of)) {
                    continue;
                }
                let scope = match &key.scope {
                    FutureScope::Replaces(_) => "everywhere".to_owned(),
                    FutureScope::AddsIn(schema) => format!("in {}", schema.path[0]),
                };
                for (to, held) in future {
                    let to = match to {
                        Principal::Public => String::new(),
                        Principal::Role(role) => format!("role {role}"),
                    };
                    for (operation, delegable) in held.iter() {
                        let flag = if delegable { "t" } else { "f" };
                        let fields =
                            [key.creator.as_str(), &scope, key.kind.as_str(), &to, operation.as_str(), flag];
                        says.insert(fields.join("\u{1f}"));
                    }
                }
            }
            assert_eq!(says, expected, "{version} {of}");
        }
        // A row that takes everything from everybody is there, and empty.
        let nothing = observed.access.future.iter().find(|(key, _)| {
            key.kind.as_str() == "sequence" && matches!(key.scope, FutureScope::Replaces(_))
        });
        assert!(nothing.unwrap().1.is_empty());
    }
}
