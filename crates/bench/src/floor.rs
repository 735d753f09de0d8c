//! The floors: the least that psql needs for the same work.

use crate::fixture::{Fixture, Grant, Kind, Objects, function_name, schema_name, sequence_name, table_name};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Writes a script that makes every role, membership and grant of the fixture in one transaction, in as few
/// statements and row versions as the grammar allows: grantees that get the same on the same objects share one.
/// Returns the number of statements.
pub(crate) fn write_apply(fixture: &Fixture, to: &mut impl Write) -> io::Result<usize> {
    let mut statements = 0;
    writeln!(to, "\\set ON_ERROR_STOP 1")?;
    writeln!(to, "BEGIN;")?;
    for role in &fixture.roles {
        let login = if role.kind == Kind::Login { "LOGIN" } else { "NOLOGIN" };
        writeln!(to, "CREATE ROLE {} {login};", role.name)?;
        statements += 1;
    }
    for (roles, members) in batched_memberships(fixture) {
        let roles: Vec<&str> = fixture.names(&roles).collect();
        let members: Vec<&str> = fixture.names(&members).collect();
        writeln!(to, "GRANT {} TO {};", roles.join(", "), members.join(", "))?;
        statements += 1;
    }
    for (grant, grantees) in batched_grants(fixture) {
        let grantees: Vec<&str> = fixture.names(&grantees).collect();
        writeln!(to, "GRANT {} ON {} TO {};", grant.privileges, objects(&grant), grantees.join(", "))?;
        statements += 1;
    }
    writeln!(to, "COMMIT;")?;
    Ok(statements)
}

/// Writes a script that fetches, raw, what any tool must read before it can say that nothing is to be done.
pub(crate) fn write_noop(to: &mut impl Write) -> io::Result<()> {
    to.write_all(NOOP.as_bytes())
}

const NOOP: &str = r"\set ON_ERROR_STOP 1
\pset format unaligned
\pset tuples_only on
\o /dev/null
SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls,
       rolconnlimit, rolvaliduntil FROM pg_roles;
SELECT * FROM pg_auth_members;
SELECT datname, datdba, datacl FROM pg_database;
SELECT oid, nspname, nspowner, nspacl FROM pg_namespace WHERE oid >= 16384;
SELECT relnamespace, relname, relkind, relowner, relacl FROM pg_class
 WHERE oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S');
SELECT pronamespace, proname, proargtypes, proowner, proacl FROM pg_proc WHERE oid >= 16384;
";

/// Members by role, and roles with the same members together.
fn batched_memberships(fixture: &Fixture) -> Vec<(BTreeSet<usize>, BTreeSet<usize>)> {
    let mut members: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (member, role) in fixture.roles.iter().enumerate() {
        for of in &role.member_of {
            members.entry(*of).or_default().insert(member);
        }
    }
    let mut roles: BTreeMap<BTreeSet<usize>, BTreeSet<usize>> = BTreeMap::new();
    for (role, members) in members {
        roles.entry(members).or_default().insert(role);
    }
    roles.into_iter().map(|(members, roles)| (roles, members)).collect()
}

/// Grantees by privileges and objects. Lists are taken apart and objects with the same grantees put together
/// again, so that an object's ACL is rewritten once per set of privileges, not once per list it is in: measured
/// some 15 % faster than keeping the lists as they are, though it takes more statements.
fn batched_grants(fixture: &Fixture) -> Vec<(Grant, BTreeSet<usize>)> {
    let mut grantees: BTreeMap<Grant, BTreeSet<usize>> = BTreeMap::new();
    for (index, role) in fixture.roles.iter().enumerate() {
        for grant in role.grants.iter().flat_map(apart) {
            grantees.entry(grant).or_default().insert(index);
        }
    }
    let mut together: BTreeMap<(&str, usize, Objects, BTreeSet<usize>), Vec<usize>> = BTreeMap::new();
    for (grant, to) in grantees {
        let (family, number) = family(&grant.objects);
        together.entry((grant.privileges, grant.schema, family, to)).or_default().extend(number);
    }
    let grants = together.into_iter().map(|((privileges, schema, family, to), numbers)| {
        let objects = match family {
            Objects::Tables(_) => Objects::Tables(numbers),
            Objects::Sequences(_) => Objects::Sequences(numbers),
            Objects::Functions(_) => Objects::Functions(numbers),
            whole => whole,
        };
        (Grant { privileges, schema, objects }, to)
    });
    grants.collect()
}

/// One grant per listed object; a grant on all of a schema stays whole.
fn apart(grant: &Grant) -> Vec<Grant> {
    let one = |objects| Grant { objects, ..grant.clone() };
    match &grant.objects {
        Objects::Tables(list) => list.iter().map(|n| one(Objects::Tables(vec![*n]))).collect(),
        Objects::Sequences(list) => list.iter().map(|n| one(Objects::Sequences(vec![*n]))).collect(),
        Objects::Functions(list) => list.iter().map(|n| one(Objects::Functions(vec![*n]))).collect(),
        whole => vec![one(whole.clone())],
    }
}

/// What may share a statement, and the numbers that are listed in it.
fn family(objects: &Objects) -> (Objects, Vec<usize>) {
    match objects {
        Objects::Tables(list) => (Objects::Tables(Vec::new()), list.clone()),
        Objects::Sequences(list) => (Objects::Sequences(Vec::new()), list.clone()),
        Objects::Functions(list) => (Objects::Functions(Vec::new()), list.clone()),
        whole => (whole.clone(), Vec::new()),
    }
}

fn objects(grant: &Grant) -> String {
    let schema = schema_name(grant.schema);
    let list = |numbers: &[usize], name: &dyn Fn(usize) -> String| {
        let names: Vec<String> = numbers.iter().map(|n| format!("{schema}.{}", name(*n))).collect();
        names.join(", ")
    };
    match &grant.objects {
        Objects::Schema => format!("SCHEMA {schema}"),
        Objects::AllTables => format!("ALL TABLES IN SCHEMA {schema}"),
        Objects::AllSequences => format!("ALL SEQUENCES IN SCHEMA {schema}"),
        Objects::Tables(numbers) => format!("TABLE {}", list(numbers, &table_name)),
        Objects::Sequences(numbers) => format!("SEQUENCE {}", list(numbers, &sequence_name)),
        Objects::Functions(numbers) => {
            format!("FUNCTION {}", list(numbers, &|n| format!("{}(integer)", function_name(n))))
        }
    }
}
