//! Roles that go and leave something behind: everybody else can do exactly what they could before, by the server's own
//! word, and what was owned has its heir.

use crate::converge_facts::{becomes, cluster, says};
use crate::inspect::{block_on, session};
use crate::models::intent;
use crate::round_trip::{difference, said};
use engine::Engine;
use model::{Approved, Intent};
use sandbox::{Cluster, Version};
use service::Wishes;
use std::collections::{BTreeMap, BTreeSet};

/// `other` and `shop` are the model's, `unnamed` is not.
const DATABASES: [&str; 4] = ["postgres", "shop", "other", "unnamed"];

pub(crate) const HEIR: &str = "heir: { purpose: Owns., owner: data@acme.example }";

/// The heir, and the leaver whose heir it is.
pub(crate) fn bequest(more: &str) -> Intent {
    intent(&format!(
        "roles:\n  {HEIR}\n  leaver: {{ state: retired, purpose: Left., owner: data@acme.example, reassign_to: heir }}\n{more}"
    ))
}

/// What a database of the leaver's is made of. Runs as a superuser.
const OWNED: &str = include_str!("retired_owned.sql");

/// What belongs to the cluster: members, what the leaver gave and handed on, what it owns.
const CLUSTER: &str = "CREATE ROLE leaver LOGIN CREATEROLE; CREATE ROLE bystander; CREATE ROLE third; CREATE ROLE fourth; CREATE ROLE heir;
    CREATE ROLE team; CREATE ROLE other_team; GRANT team, other_team TO leaver WITH ADMIN OPTION; GRANT leaver TO fourth;
    SET ROLE leaver; GRANT team TO bystander; GRANT team TO third WITH ADMIN OPTION; GRANT other_team TO heir; GRANT other_team TO fourth;
    SET ROLE third; GRANT team TO fourth; RESET ROLE; GRANT other_team TO bystander;
    CREATE DATABASE unnamed; CREATE DATABASE its_own OWNER leaver;
    GRANT CONNECT, TEMPORARY ON DATABASE unnamed TO leaver WITH GRANT OPTION; SET ROLE leaver; GRANT CONNECT ON DATABASE unnamed TO third, heir";

fn start(version: Version) -> Cluster {
    let cluster = cluster(version, "SELECT 1");
    cluster.psql("postgres", CLUSTER).unwrap();
    for database in ["shop", "other", "unnamed"] {
        cluster.psql(database, OWNED).unwrap();
    }
    cluster
}

/// What the server is to say afterwards, grantors left out: the same without the leaver, and with the heir where it owned.
pub(crate) fn after(before: &BTreeSet<String>) -> BTreeSet<String> {
    let owned: BTreeMap<&str, &str> = before
        .iter()
        .filter_map(|line| line.split_once(": owner "))
        .filter_map(|(database, rest)| {
            rest.rsplit_once(": ").map(|(object, owner)| (database, object, owner))
        })
        .filter(|(.., owner)| *owner == "leaver")
        .map(|(database, object, _)| (object, database))
        .collect();
    let is_owned = |database: &str, object: &str| {
        let same = |object: &str| owned.contains_key(object);
        let table = object.strip_prefix("column ").and_then(|column| column.rsplit_once('.'));
        let _ = database;
        same(object)
            || table.is_some_and(|(table, _)| owned.keys().any(|key| key.ends_with(&format!(" {table}"))))
    };
    let line = |line: &String| -> Option<String> {
        let (database, rest) = line.split_once(": ")?;
        let own = rest.starts_with("default leaver ")
            || rest.starts_with("default row leaver ")
            || rest.contains("\"rolname\": \"leaver\"")
            || rest.contains("} leaver of ")
            || rest.contains(" of leaver by ")
            || rest.starts_with("comment leaver:")
            || rest.starts_with("setting - leaver ")
            || (rest.starts_with("setting ") && rest.contains(" leaver "))
            || (rest.starts_with("mapping ") && rest.contains(" leaver "));
        if own {
            return None;
        }
        let text = without_grantor(rest);
        if let Some(object) = text.strip_suffix(": leaver").filter(|text| text.starts_with("owner ")) {
            return Some(format!("{database}: {object}: heir"));
        }
        let holder = text.trim_end_matches(" *");
        if holder.ends_with(" to leaver") {
            let object = text.split_once(": ").map(|(object, _)| object).unwrap_or_default();
            // What a file of entries calls a relation by its letter, the owner's line does not.
            let object = object
                .split(' ')
                .enumerate()
                .filter(|(at, _)| !(object.starts_with("relation ") && *at == 1));
            let object = object.map(|(_, part)| part).collect::<Vec<_>>().join(" ");
            return is_owned(database, &object)
                .then(|| format!("{database}: {}", text.replace(" to leaver", " to heir")));
        }
        Some(format!(
            "{database}: {}",
            text.replace("{leaver,", "{").replace(",leaver}", "}").replace(",leaver,", ",")
        ))
    };
    before.iter().filter_map(line).collect()
}

/// The line without who gave it.
pub(crate) fn without_grantor(line: &str) -> String {
    match line.rsplit_once(" by ") {
        Some((text, by)) if by.ends_with(" *") => format!("{text} *"),
        Some((text, _)) => text.to_owned(),
        None => line.to_owned(),
    }
}

pub(crate) fn now(cluster: &Cluster) -> BTreeSet<String> {
    said(cluster, &DATABASES)
}

pub(crate) fn plainly(lines: &BTreeSet<String>) -> BTreeSet<String> {
    lines
        .iter()
        .map(|line| match line.split_once(": ") {
            Some((database, rest)) => format!("{database}: {}", without_grantor(rest)),
            None => line.clone(),
        })
        .collect()
}

/// The number of a role that is gone stands nowhere: not in the server's own list of what needs whom, and in no list of
/// entries, membership, default or setting of any database.
fn nothing_refers_to(cluster: &Cluster, number: &str) {
    for database in DATABASES {
        let lists = references(cluster, database, number);
        assert_eq!(lists, "", "{} {database}: {number} is still there", cluster.version());
    }
}

fn references(cluster: &Cluster, database: &str, number: &str) -> String {
    cluster.psql(database, &REFERENCES.replace("$1", number)).unwrap()
}

/// Every catalog with a column of the type of lists of entries, and the columns that hold a role's number.
const REFERENCES: &str = "
    SELECT 'needs' FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = $1
    UNION ALL SELECT 'member' FROM pg_auth_members WHERE $1 IN (roleid, member, grantor)
    UNION ALL SELECT 'setting' FROM pg_db_role_setting WHERE setrole = $1
    UNION ALL SELECT 'comment' FROM pg_shdescription WHERE classoid = 'pg_authid'::regclass AND objoid = $1
    UNION ALL SELECT 'default' FROM pg_default_acl WHERE defaclrole = $1
    UNION ALL SELECT 'mapping' FROM pg_user_mapping WHERE umuser = $1
    UNION ALL SELECT 'policy' FROM pg_policy WHERE $1 = ANY (polroles)
    UNION ALL SELECT c.relname || '.' || a.attname
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
     WHERE c.relkind = 'r' AND c.relnamespace = 'pg_catalog'::regnamespace
       AND (a.atttypid = 'aclitem[]'::regtype OR a.attname ~ 'owner$' AND a.atttypid = 'oid'::regtype)
       AND xpath_exists('//row', query_to_xml(format(
             CASE WHEN a.atttypid = 'oid'::regtype THEN 'SELECT FROM %s WHERE %I = $1'
                  ELSE 'SELECT FROM %s, aclexplode(%I) AS e WHERE $1 IN (e.grantee, e.grantor)' END,
             c.oid::regclass, a.attname), true, false, ''))";

#[test]
fn what_a_role_owned_in_three_databases_is_its_heirs_and_nobody_else_has_lost_or_won() {
    for version in Version::ALL {
        let cluster = start(version);
        becomes(&cluster, &intent(&format!("roles: {{ {HEIR} }}")));
        let before = now(&cluster);
        assert!(before.contains("unnamed: relation r theirs.t: SELECT to heir by postgres"), "{version}");
        assert!(difference(&after(&before), &plainly(&before)).is_err(), "{version}");
        let number = cluster.psql("postgres", "SELECT 'leaver'::regrole::oid").unwrap();
        let standing = references(&cluster, "unnamed", &number);
        for place in
            ["needs", "member", "default", "pg_class.relowner", "pg_class.relacl", "pg_attribute.attacl"]
        {
            assert!(standing.lines().any(|line| line == place), "{version}: no {place} in {standing}");
        }
        becomes(&cluster, &bequest(""));
        says(&cluster, "SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'", "0");
        difference(&after(&before), &plainly(&now(&cluster)))
            .unwrap_or_else(|error| panic!("{version}: {error}"));
        nothing_refers_to(&cluster, &number);
    }
}

/// Runs the plan's first phases and no more; how many phases it has.
fn begin(cluster: &Cluster, model: &Intent, phases: usize) -> usize {
    block_on(async {
        let engine = postgres::PostgresEngine;
        let mut locked = session(&cluster.socket_url("postgres")).await.lock().await.unwrap();
        let observed = locked.inspect(&engine.scope(model)).await.unwrap();
        let planned =
            service::compute(locked.dialect().as_ref(), model, observed, &Wishes::default()).unwrap();
        let fingerprint = planned.plan.fingerprint.clone();
        let approved =
            Approved::check(planned.plan, &fingerprint, planned.refusals, planned.lacking).unwrap();
        for phase in 0..phases.min(approved.phases().len()) {
            locked.run(&approved, phase, &BTreeMap::new(), &mut |_| {}).await.unwrap();
        }
        approved.phases().len()
    })
}

#[test]
fn wherever_a_retirement_stops_the_next_run_completes_it_and_nobody_else_has_lost_or_won() {
    for version in [Version::V15, Version::V17] {
        let mut stops = 1;
        let mut phases = usize::MAX;
        while stops < phases {
            let cluster = start(version);
            becomes(&cluster, &intent(&format!("roles: {{ {HEIR} }}")));
            let before = now(&cluster);
            phases = begin(&cluster, &bequest(""), stops);
            says(&cluster, "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'leaver'", "f");
            becomes(&cluster, &bequest(""));
            says(&cluster, "SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'", "0");
            difference(&after(&before), &plainly(&now(&cluster)))
                .unwrap_or_else(|error| panic!("{version}, after {stops} of {phases}: {error}"));
            stops += 1;
        }
        assert!(phases >= 6, "{version}: every database has its phase: {phases}");
    }
}

#[test]
fn whom_a_role_made_a_member_stays_one_by_a_grantor_that_stays() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE ROLE leaver CREATEROLE; CREATE ROLE too CREATEROLE; CREATE ROLE team; CREATE ROLE named; CREATE ROLE unnamed;
             CREATE ROLE twice; GRANT team TO leaver WITH ADMIN OPTION; SET ROLE leaver; GRANT team TO too WITH ADMIN OPTION;
             GRANT team TO named, unnamed WITH ADMIN OPTION; SET ROLE too; GRANT team TO twice; SET ROLE unnamed; GRANT team TO twice",
        );
        if version >= Version::V16 {
            let sql = "SET ROLE leaver; GRANT team TO unnamed WITH INHERIT FALSE, SET FALSE; GRANT team TO twice WITH INHERIT FALSE";
            cluster.psql("shop", sql).unwrap();
        }
        let model = intent(
            "external_roles: [team]
roles:
  leaver: { state: retired }
  too: { state: retired }
  named: { purpose: Stays., owner: data@acme.example, inherits: [{ role: team, admin: true }] }",
        );
        let powers = |member: &str| {
            let options =
                if version >= Version::V16 { ", bool_or(inherit_option), bool_or(set_option)" } else { "" };
            let sql = format!(
                "SELECT bool_or(admin_option){options} FROM pg_auth_members WHERE roleid = 'team'::regrole AND member = '{member}'::regrole"
            );
            cluster.psql("shop", &sql).unwrap()
        };
        let before = [powers("named"), powers("unnamed"), powers("twice")];
        becomes(&cluster, &model);
        assert_eq!([powers("named"), powers("unnamed"), powers("twice")], before, "{version}");
        let gone = "SELECT count(*) FROM pg_auth_members m LEFT JOIN pg_roles r ON r.oid = m.grantor WHERE r.oid IS NULL";
        says(&cluster, gone, "0");
        says(&cluster, "SELECT count(*) FROM pg_roles WHERE rolname IN ('leaver', 'too')", "0");
    }
}

#[test]
fn what_a_role_handed_on_is_taken_only_from_whom_the_model_speaks() {
    let cluster = cluster(
        Version::V17,
        "CREATE ROLE leaver; CREATE ROLE named; CREATE ROLE unnamed; CREATE TABLE t (id int);
         GRANT SELECT, INSERT ON t TO leaver WITH GRANT OPTION; SET ROLE leaver; GRANT SELECT, INSERT ON t TO named, unnamed",
    );
    let model = "roles:
  leaver: { state: retired }
  named: { purpose: Stays., owner: data@acme.example, grants: { shop: [select on table public.t] } }";
    becomes(&cluster, &intent(model));
    let sql = "SELECT grantee::regrole, grantor::regrole, string_agg(privilege_type, ' ' ORDER BY 1) FROM pg_class, aclexplode(relacl)
        WHERE relname = 't' AND grantee <> grantor GROUP BY 1, 2 ORDER BY 1";
    says(&cluster, sql, "named|postgres|SELECT\nunnamed|postgres|INSERT SELECT");
}

#[test]
fn an_extension_goes_to_the_heir_with_what_is_left_and_after_all_else() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE ROLE leaver; CREATE ROLE heir; CREATE ROLE named; CREATE EXTENSION file_fdw; CREATE SCHEMA kept AUTHORIZATION leaver;
             CREATE TABLE kept.t (id int); ALTER TABLE kept.t OWNER TO leaver; CREATE TABLE kept.u (id int); ALTER TABLE kept.u OWNER TO leaver;
             UPDATE pg_extension SET extowner = 'leaver'::regrole WHERE extname = 'file_fdw';
             INSERT INTO pg_shdepend SELECT (SELECT oid FROM pg_database WHERE datname = current_database()), 'pg_extension'::regclass, oid, 0,
                    'pg_authid'::regclass, 'leaver'::regrole, 'o' FROM pg_extension WHERE extname = 'file_fdw'",
        );
        let without = crate::retired::leaver();
        let refused = crate::converge::plan(&cluster, &without).unwrap().refusals;
        assert_eq!(refused.iter().map(|refusal| refusal.code).collect::<Vec<_>>(), ["RW323"], "{version}");
        let others = "  named: { purpose: Owns., owner: data@acme.example, owns: { shop: [table kept.u] } }";
        let planned = crate::converge::plan(&cluster, &bequest(others)).unwrap();
        let said = crate::round_trip::statements(&planned.plan);
        let reassigned =
            said.iter().position(|text| text.ends_with("REASSIGN OWNED BY leaver TO heir")).unwrap();
        let owners: Vec<usize> = (0..said.len()).filter(|at| said[*at].contains(" OWNER TO ")).collect();
        assert!(owners.len() == 3 && owners.iter().all(|at| *at < reassigned), "{version}: {said:?}");
        becomes(&cluster, &bequest(others));
        says(&cluster, "SELECT extowner::regrole FROM pg_extension WHERE extname = 'file_fdw'", "heir");
        says(
            &cluster,
            "SELECT relowner::regrole FROM pg_class WHERE relname IN ('t', 'u') ORDER BY relname",
            "heir\nnamed",
        );
        says(&cluster, "SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'", "0");
    }
}

#[test]
fn a_subscription_in_a_database_that_the_model_does_not_name_goes_to_the_heir() {
    for version in [Version::V16, Version::V17, Version::V18] {
        let cluster =
            cluster(version, "CREATE ROLE leaver SUPERUSER; CREATE ROLE heir; CREATE DATABASE unnamed");
        let sql = "CREATE SUBSCRIPTION s CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE, enabled = false)";
        cluster.psql("unnamed", &format!("SET ROLE leaver; {sql}")).unwrap();
        becomes(&cluster, &bequest(""));
        says(&cluster, "SELECT subowner::regrole FROM pg_subscription", "heir");
        cluster.psql("unnamed", "DROP SUBSCRIPTION s").unwrap();
    }
}

#[test]
fn what_only_superusers_may_own_is_refused_to_an_heir_who_is_none_before_anything_runs() {
    let owned = [
        (
            "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f()",
            true,
        ),
        ("CREATE FOREIGN DATA WRAPPER w", true),
        ("CREATE PUBLICATION all_of_it FOR ALL TABLES", false),
        (
            "CREATE SUBSCRIPTION s CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE, enabled = false)",
            true,
        ),
    ];
    for version in Version::ALL {
        for (sql, only_superusers) in owned {
            let only_superusers =
                only_superusers && !(version >= Version::V16 && sql.contains("SUBSCRIPTION"));
            let cluster = cluster(
                version,
                &format!("CREATE ROLE leaver SUPERUSER; CREATE ROLE heir; SET ROLE leaver; {sql}"),
            );
            let planned = crate::converge::plan(&cluster, &bequest("")).unwrap();
            let codes: Vec<_> = planned.refusals.iter().map(|refusal| refusal.code).collect();
            let server = cluster.psql("shop", "REASSIGN OWNED BY leaver TO heir");
            assert_eq!(server.is_err(), only_superusers, "{version}: {sql}: {server:?}");
            assert_eq!(codes, if only_superusers { vec!["RW334"] } else { vec![] }, "{version}: {sql}");
            if sql.contains("SUBSCRIPTION") {
                cluster.psql("shop", "DROP SUBSCRIPTION s").unwrap();
            }
        }
    }
}

#[test]
fn what_a_prepared_transaction_holds_waits_with_its_owner_and_goes_to_the_heir_with_the_next_plan() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE ROLE leaver LOGIN; CREATE ROLE heir; CREATE DATABASE unnamed; CREATE SCHEMA mine AUTHORIZATION leaver; SET ROLE leaver;
             CREATE TABLE mine.t (id serial); CREATE TABLE mine.free (id int); CREATE POLICY p ON mine.t TO leaver USING (true);
             CREATE VIEW mine.v AS SELECT id FROM mine.t",
        );
        for (database, sql) in
            [("shop", "INSERT INTO mine.t DEFAULT VALUES"), ("unnamed", "SELECT lo_create(0)")]
        {
            let sql = format!("BEGIN; {sql}; PREPARE TRANSACTION '{database}'");
            cluster.psql_as("leaver", database, &sql).unwrap();
        }
        becomes(&cluster, &bequest(""));
        let owners = "SELECT relname, relowner::regrole FROM pg_class WHERE relnamespace = 'mine'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1";
        says(&cluster, owners, "free|heir\nt|leaver\nv|heir");
        says(&cluster, "SELECT rolcanlogin, rolconnlimit FROM pg_roles WHERE rolname = 'leaver'", "f|0");
        cluster.psql("shop", "COMMIT PREPARED 'shop'").unwrap();
        becomes(&cluster, &bequest(""));
        says(&cluster, owners, "free|heir\nt|heir\nv|heir");
        says(&cluster, "SELECT count(*) FROM pg_policy", "0");
        let planned = crate::converge::plan(&cluster, &bequest("")).unwrap().plan;
        assert_eq!(planned.quarantined.values().map(BTreeSet::len).sum::<usize>(), 1, "{version}");
        cluster.psql("unnamed", "COMMIT PREPARED 'unnamed'").unwrap();
        becomes(&cluster, &bequest(""));
        says(&cluster, "SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'", "0");
        cluster
            .psql(
                "unnamed",
                "SELECT 1 / count(*) FROM pg_largeobject_metadata WHERE lomowner = 'heir'::regrole",
            )
            .unwrap();
    }
}
