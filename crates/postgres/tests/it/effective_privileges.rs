//! What a role holds as it stands is what the server's own privilege functions say: every role, privilege and object.

use crate::generated::{self, DATABASES};
use crate::inspect::{block_on, session};
use crate::round_trip::difference;
use crate::worst_case;
use access::Graph;
use engine::{Databases, Scope};
use model::{DatabaseName, Dialect, Kind, Name, Object, Observed, Permission, Place};
use sandbox::{Cluster, Version};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What the server says, one line for each object and privilege with the roles that hold it.
fn oracle(cluster: &Cluster, database: &str) -> BTreeSet<String> {
    let mut sql = include_str!("privileges_oracle.sql").to_owned();
    for version in [15, 17, 18].into_iter().filter(|version| cluster.version().major() >= *version) {
        sql = sql.replace(&format!("/*{version}"), "").replace(&format!("{version}*/"), "");
    }
    let answer = cluster.psql(database, &sql).unwrap();
    answer.lines().filter(|line| line.contains('\u{1f}')).map(str::to_owned).collect()
}

/// The columns of every table, as the server lists them.
fn columns(cluster: &Cluster, database: &DatabaseName) -> Vec<Object> {
    let sql = "SELECT concat_ws(chr(30), nspname, relname, attname) FROM pg_attribute
        JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
       WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND attnum > 0 AND NOT attisdropped
         AND (c.oid >= 16384 OR relname IN ('pg_authid', 'pg_roles', 'sql_features'))";
    let answer = cluster.psql(database.as_str(), sql).unwrap();
    let column = |line: &str| {
        let path = line.split('\u{1e}').map(|part| Name::new(part).unwrap()).collect();
        Object::new(Place::Database(database.clone()), Kind::known("column"), path)
    };
    answer.lines().map(column).collect()
}

/// What effective access says, in the same form.
fn lines(cluster: &Cluster, observed: &Observed, dialect: &dyn Dialect, database: &str) -> BTreeSet<String> {
    let database = DatabaseName::new(database).unwrap();
    let graph = Graph::of(&dialect.powers(observed, &database));
    let objects = observed.catalogue.objects.iter().filter(|(object, existing)| {
        let here = object.database().is_none_or(|name| *name == database);
        here && (existing.id >= 16384 || is_compared(object))
    });
    let objects = objects.map(|(object, _)| object.clone());
    let parameters =
        observed.access.entries.keys().filter(|object| object.kind.as_str() == "parameter").cloned();
    let mut all: BTreeSet<Arc<Object>> = objects.chain(parameters).collect();
    all.extend(columns(cluster, &database).into_iter().map(Arc::new));
    let mut lines = BTreeSet::new();
    for on in all {
        if on.kind.as_str() == "large object" && cluster.version() < Version::V18 {
            continue;
        }
        for operation in dialect.operations(&on.kind) {
            for delegable in [false, true] {
                let asked = Permission { operation: operation.clone(), on: on.clone(), delegable };
                let needs = dialect.needs(observed, &database, &asked);
                let privilege = graph.privilege(needs.own());
                let roles = observed.access.roles.keys().filter(|role| privilege.holds(role));
                let mut roles: Vec<&str> = roles.map(|role| role.as_str()).collect();
                roles.sort_unstable();
                let star = if delegable { "*" } else { "" };
                let path = path(&on);
                let roles = roles.join("\u{1e}");
                lines.insert([on.kind.as_str(), &path, &format!("{operation}{star}"), &roles].join("\u{1f}"));
            }
        }
    }
    lines
}

fn is_compared(object: &Object) -> bool {
    let name = object.path.last().map_or("", Name::as_str);
    match object.kind.as_str() {
        "table" => ["pg_authid", "pg_roles", "sql_features"].contains(&name),
        "routine" => ["pg_ls_dir", "pg_read_file"].contains(&name),
        "schema" => !name.starts_with("pg_toast") && !name.starts_with("pg_temp"),
        "database" | "language" | "tablespace" | "large object" => true,
        _ => false,
    }
}

fn path(object: &Object) -> String {
    let joined = |names: &[Name]| names.iter().map(Name::as_str).collect::<Vec<_>>().join("\u{1e}");
    match &object.arguments {
        Some(arguments) => format!("{}({})", joined(&object.path), joined(arguments)),
        None => joined(&object.path),
    }
}

fn agrees(cluster: &Cluster, databases: &[&str]) -> Result<usize, String> {
    let (observed, dialect) = block_on(async {
        let mut session = session(&cluster.socket_url("postgres")).await;
        (session.inspect(&Scope::everything(Databases::All)).await.unwrap(), session.dialect())
    });
    let mut count = 0;
    for database in databases {
        let expected = oracle(cluster, database);
        difference(&expected, &lines(cluster, &observed, dialect.as_ref(), database))
            .map_err(|error| format!("{} {database}: {error}", cluster.version()))?;
        count += expected.len();
    }
    Ok(count)
}

#[test]
fn every_privilege_of_the_worst_case_is_what_the_server_says_on_every_version() {
    for version in Version::ALL {
        let cluster = worst_case::whole(version);
        let count = agrees(&cluster, &["postgres", worst_case::HOME, worst_case::OTHER]).unwrap();
        assert!(count > 1000, "{count}");
    }
}

#[test]
fn every_privilege_of_generated_states_is_what_the_server_says_on_every_version() {
    for version in Version::ALL {
        generated::for_each(version, 2, &generated::case(), |case| {
            let cluster = generated::cluster(version, &case.structure, Some(&case.first));
            agrees(&cluster, &["postgres", DATABASES[0], DATABASES[1]]).map(drop)
        });
    }
}
