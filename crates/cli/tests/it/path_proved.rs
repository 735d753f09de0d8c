//! Proof by doing: for every kind of step, on every version, the statements of the way are run as they are printed, and the power
//! is there afterwards.

mod hands;
mod owners;

use crate::program::{command, ran};
use sandbox::{Cluster, Installation, Version};
use serde_json::Value;
use std::process::{Command, Stdio};

/// One kind of step, and how it is shown.
struct Case {
    name: &'static str,
    since: Version,
    until: Version,
    /// Run as a superuser before.
    setup: &'static str,
    /// Who climbs, and where to.
    who: &'static str,
    goal: &'static [&'static str],
    verdict: &'static str,
    /// What people fill in where the way says `…`.
    fill: &'static [(&'static str, &'static str)],
    /// The server reads its settings again, as it does whenever its logs are rotated.
    reload: bool,
    /// Who walks into the trap, by doing what.
    victim: Option<(&'static str, &'static str)>,
    /// What shows the power afterwards: as whom, by which question, with which answer.
    shows: (&'static str, &'static str, &'static str),
}

const CASE: Case = Case {
    name: "",
    since: Version::V14,
    until: Version::V18,
    setup: "",
    who: "eve",
    goal: &["superuser"],
    verdict: "direct",
    fill: &[],
    reload: false,
    victim: None,
    shows: ("eve", "", ""),
};

const IS_SUPERUSER: (&str, &str, &str) = ("eve", "SELECT rolsuper FROM pg_roles WHERE rolname = 'eve'", "t");
const TREASURE_IS_GONE: (&str, &str, &str) = ("postgres", "SELECT count(*) FROM public.treasure", "0");
const HAS_BOSS: (&str, &str, &str) = ("eve", "SET ROLE boss; SELECT current_user", "boss");

/// What people put into a function that writes files.
const WRITE_THE_DOOR: &str = "SELECT lo_from_bytea(0, 'local all all trust') AS made \\gset\n\
                              SELECT lo_export(:made, '<data>/pg_hba.conf')";

const CASES: &[Case] = &[
    Case {
        name: "a superuser that one may become",
        setup: "GRANT root2 TO eve",
        shows: IS_SUPERUSER,
        ..CASE
    },
    Case {
        name: "a membership",
        setup: "GRANT boss TO eve",
        goal: &["role", "boss"],
        shows: HAS_BOSS,
        ..CASE
    },
    Case {
        name: "ADMIN on a role",
        setup: "GRANT boss TO helper WITH ADMIN OPTION; GRANT helper TO eve",
        goal: &["role", "boss"],
        shows: HAS_BOSS,
        ..CASE
    },
    Case {
        name: "CREATEROLE before 16",
        until: Version::V15,
        setup: "ALTER ROLE eve CREATEROLE",
        shows: IS_SUPERUSER,
        ..CASE
    },
    Case {
        name: "programs of the server",
        setup: "GRANT pg_execute_server_program TO eve",
        shows: IS_SUPERUSER,
        ..CASE
    },
    Case {
        name: "a copy of everything",
        setup: "ALTER ROLE eve REPLICATION; CREATE TABLE public.secret (t text); \
                INSERT INTO public.secret VALUES ('the-' || 'treasure'); CHECKPOINT",
        goal: &["select on table public.secret"],
        shows: ("printed", "", "the-treasure"),
        ..CASE
    },
    Case {
        name: "files of the server",
        setup: "GRANT pg_read_server_files TO eve",
        verdict: "unknown",
        shows: (
            "eve",
            "CREATE TEMPORARY TABLE l (t text); COPY l FROM '/etc/passwd'; SELECT count(*) > 0 FROM l",
            "t",
        ),
        ..CASE
    },
    Case {
        name: "every table",
        setup: "GRANT pg_write_all_data TO eve; CREATE TABLE public.ledger (n int); INSERT INTO public.ledger VALUES (1)",
        goal: &["delete on table public.ledger"],
        shows: ("postgres", "SELECT count(*) FROM public.ledger", "0"),
        ..CASE
    },
    Case {
        name: "the owner of a table grants itself what it lacks",
        setup: "CREATE TABLE public.ledger (n int); INSERT INTO public.ledger VALUES (1); ALTER TABLE public.ledger OWNER TO eve; \
                REVOKE ALL ON public.ledger FROM eve",
        goal: &["delete on table public.ledger"],
        shows: ("postgres", "SELECT count(*) FROM public.ledger", "0"),
        ..CASE
    },
    Case {
        name: "the owner of a schema drops what is in it",
        setup: "CREATE SCHEMA s AUTHORIZATION eve; CREATE TABLE s.ledger (n int)",
        goal: &["drop on table s.ledger"],
        shows: ("postgres", "SELECT to_regclass('s.ledger') IS NULL", "t"),
        ..CASE
    },
    Case {
        name: "a view hands on",
        setup: "CREATE TABLE public.ledger (n int); CREATE VIEW public.window AS SELECT * FROM public.ledger; \
                GRANT INSERT ON public.window TO eve",
        goal: &["insert on table public.ledger"],
        fill: &[("…", "1")],
        shows: ("postgres", "SELECT count(*) FROM public.ledger", "1"),
        ..CASE
    },
    Case {
        name: "a view shows",
        setup: "CREATE TABLE public.ledger (t text); INSERT INTO public.ledger VALUES ('the-treasure'); \
                CREATE VIEW public.window AS SELECT * FROM public.ledger; GRANT SELECT ON public.window TO eve",
        goal: &["select on table public.ledger"],
        shows: ("printed", "", "the-treasure"),
        ..CASE
    },
    Case {
        name: "a foreign key follows",
        setup: "CREATE TABLE public.parent (n int PRIMARY KEY); INSERT INTO public.parent VALUES (1); \
                CREATE TABLE public.child (n int REFERENCES public.parent ON DELETE CASCADE); INSERT INTO public.child VALUES (1); \
                GRANT DELETE ON public.parent TO eve",
        goal: &["delete on table public.child"],
        shows: ("postgres", "SELECT count(*) FROM public.child", "0"),
        ..CASE
    },
    Case {
        name: "deleting and inserting is updating",
        setup: "CREATE TABLE public.ledger (n int); INSERT INTO public.ledger VALUES (1); GRANT DELETE, INSERT ON public.ledger TO eve",
        goal: &["update on table public.ledger"],
        fill: &[("…", "2")],
        shows: ("postgres", "SELECT n FROM public.ledger", "2"),
        ..CASE
    },
    Case {
        name: "emptying is deleting",
        setup: "CREATE TABLE public.ledger (n int); INSERT INTO public.ledger VALUES (1); GRANT TRUNCATE ON public.ledger TO eve",
        goal: &["delete on table public.ledger"],
        shows: ("postgres", "SELECT count(*) FROM public.ledger", "0"),
        ..CASE
    },
    Case {
        name: "verifiers can be read",
        setup: "GRANT SELECT ON pg_authid TO eve; ALTER ROLE boss PASSWORD 'x'",
        verdict: "unknown",
        shows: ("eve", "SELECT rolpassword IS NOT NULL FROM pg_authid WHERE rolname = 'boss'", "t"),
        ..CASE
    },
    Case {
        name: "a function of the server's that writes files",
        setup: "GRANT EXECUTE ON FUNCTION lo_export(oid, text) TO eve",
        fill: &[("SELECT pg_catalog.lo_export(NULL::oid, NULL::text)", WRITE_THE_DOOR)],
        reload: true,
        shows: IS_SUPERUSER,
        ..CASE
    },
    Case {
        name: "files of the server written",
        setup: "GRANT pg_write_server_files TO eve",
        fill: &[("/…/", "<data>/")],
        reload: true,
        shows: IS_SUPERUSER,
        ..CASE
    },
    Case {
        name: "a trigger waits for whoever writes",
        setup: "CREATE TABLE public.ledger (n int); GRANT TRIGGER ON public.ledger TO eve; GRANT INSERT ON public.ledger TO boss;",
        goal: &["delete on table public.treasure", "--with-victim"],
        verdict: "needs a victim",
        victim: Some(("boss", "INSERT INTO public.ledger VALUES (1)")),
        shows: ("postgres", "SELECT count(*) FROM public.treasure", "0"),
        ..CASE
    },
    Case {
        name: "a table's owner waits for whoever reads",
        setup: "CREATE TABLE public.ledger (n int); INSERT INTO public.ledger VALUES (1); ALTER TABLE public.ledger OWNER TO eve; \
                REVOKE TRIGGER ON public.ledger FROM eve; GRANT SELECT ON public.ledger TO boss",
        goal: &["delete on table public.treasure", "--with-victim"],
        verdict: "needs a victim",
        victim: Some(("boss", "SELECT * FROM public.ledger")),
        shows: ("postgres", "SELECT count(*) FROM public.treasure", "0"),
        ..CASE
    },
    Case {
        name: "a view's owner waits for whoever reads",
        setup: "CREATE SCHEMA s AUTHORIZATION eve; CREATE TABLE s.one (n int); INSERT INTO s.one VALUES (1); \
                CREATE VIEW s.window AS SELECT n FROM s.one; ALTER VIEW s.window OWNER TO eve; GRANT SELECT ON s.one TO eve; \
                GRANT SELECT ON s.window TO boss; GRANT USAGE ON SCHEMA s TO boss",
        who: "eve",
        goal: &["delete on table public.treasure", "--with-victim"],
        verdict: "needs a victim",
        fill: &[("SELECT … WHERE", "SELECT 1 AS n WHERE")],
        victim: Some(("boss", "SELECT * FROM s.window")),
        shows: TREASURE_IS_GONE,
        ..CASE
    },
    Case {
        name: "a function's owner waits for whoever calls",
        setup: "CREATE SCHEMA s; GRANT CREATE, USAGE ON SCHEMA s TO eve, boss; SET ROLE eve; \
                CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; RESET ROLE; REVOKE CREATE ON SCHEMA s FROM eve, boss; \
                GRANT CREATE ON SCHEMA s TO eve",
        goal: &["delete on table public.treasure", "--with-victim"],
        verdict: "needs a victim",
        fill: &[("s.f() …", "s.f() RETURNS int LANGUAGE plpgsql"), ("; … END", "; RETURN 1; END")],
        victim: Some(("boss", "SELECT s.f()")),
        shows: TREASURE_IS_GONE,
        ..CASE
    },
    Case {
        name: "a name is looked up where others add to",
        setup: "GRANT CREATE ON SCHEMA public TO eve",
        goal: &["delete on table public.treasure", "--with-victim"],
        verdict: "needs a victim",
        victim: Some(("boss", "SELECT lower('A'::varchar)")),
        shows: TREASURE_IS_GONE,
        ..CASE
    },
    Case {
        name: "a schema that bears a login's name",
        since: Version::V15,
        setup: "GRANT CREATE ON DATABASE postgres TO eve",
        goal: &["delete on table public.treasure", "--with-victim"],
        verdict: "needs a victim",
        fill: &[
            (
                "\"…\" -- of the victim's name, which comes first in its search_path",
                "boss; GRANT USAGE ON SCHEMA boss TO boss",
            ),
            ("\"…\"", "boss"),
        ],
        victim: Some(("boss", "SELECT lower('A'::varchar)")),
        shows: TREASURE_IS_GONE,
        ..CASE
    },
    Case {
        name: "a credential for another server",
        setup: "CREATE EXTENSION postgres_fdw; CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw \
                OPTIONS (host '127.0.0.1', port '<port>', dbname 'postgres'); CREATE USER MAPPING FOR eve SERVER other \
                OPTIONS (user 'boss', password 'x'); ALTER ROLE boss PASSWORD 'x'; GRANT USAGE ON FOREIGN SERVER other TO eve",
        goal: &["radius"],
        fill: &[("INTO pg_temp", "INTO pg_temp; SELECT 'the-' || t FROM pg_temp.treasure")],
        shows: ("printed", "", "the-x"),
        ..CASE
    },
    Case {
        name: "a function that connects as the server's account",
        setup: "CREATE EXTENSION dblink; GRANT EXECUTE ON FUNCTION dblink_connect_u(text) TO eve",
        verdict: "unknown",
        fill: &[("NULL::text", "'user=postgres host=<socket> port=<port> dbname=postgres'")],
        shows: ("printed", "", "OK"),
        ..CASE
    },
    Case {
        name: "a parameter that loads code",
        since: Version::V15,
        setup: "GRANT SET ON PARAMETER session_preload_libraries TO eve",
        verdict: "unknown",
        shows: (
            "eve",
            "ALTER ROLE eve SET session_preload_libraries = 'auto_explain'; SELECT setconfig[1] FROM pg_db_role_setting",
            "session_preload_libraries=auto_explain",
        ),
        ..CASE
    },
    Case {
        name: "a routine with its owner's rights does what it does",
        setup: "CREATE FUNCTION public.clear(text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' \
                AS 'DELETE FROM public.treasure WHERE t = $1'; ALTER FUNCTION public.clear(text) OWNER TO boss",
        goal: &["delete on table public.treasure"],
        fill: &[("NULL::text", "'x'")],
        shows: TREASURE_IS_GONE,
        ..CASE
    },
    Case {
        name: "and no more than that",
        setup: "CREATE FUNCTION public.clear(text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' \
                AS 'DELETE FROM public.treasure WHERE t OPERATOR(pg_catalog.=) $1'; ALTER FUNCTION public.clear(text) OWNER TO boss",
        goal: &["insert on table public.treasure"],
        verdict: "none",
        shows: ("eve", "SELECT has_table_privilege('public.treasure', 'INSERT')", "f"),
        ..CASE
    },
    Case {
        name: "a routine that names a table without its schema, and temporary ones come first",
        setup: "CREATE FUNCTION public.look() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public \
                AS 'SELECT pg_catalog.count(*) FROM treasure'; ALTER FUNCTION public.look() OWNER TO boss",
        goal: &["delete on table public.treasure"],
        shows: TREASURE_IS_GONE,
        ..CASE
    },
    Case {
        name: "a routine that looks for a table in a schema of others first",
        setup: "CREATE SCHEMA open; GRANT CREATE, USAGE ON SCHEMA open TO eve; REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC; \
                GRANT USAGE ON SCHEMA open TO boss; \
                CREATE FUNCTION public.look() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = open, public \
                AS 'SELECT pg_catalog.count(*) FROM treasure'; ALTER FUNCTION public.look() OWNER TO boss",
        goal: &["delete on table public.treasure"],
        shows: TREASURE_IS_GONE,
        ..CASE
    },
    Case {
        name: "a routine whose caller says where it looks",
        setup: "CREATE SCHEMA mine AUTHORIZATION eve; REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC; \
                CREATE FUNCTION public.look() RETURNS bigint LANGUAGE sql SECURITY DEFINER \
                AS 'SELECT count(*) FROM treasure'; ALTER FUNCTION public.look() OWNER TO boss; GRANT USAGE ON SCHEMA mine TO boss",
        goal: &["delete on table public.treasure"],
        shows: TREASURE_IS_GONE,
        ..CASE
    },
    Case {
        name: "a routine that runs the text which it is given",
        setup: "CREATE FUNCTION public.run(command text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' \
                AS 'BEGIN EXECUTE command; END'; ALTER FUNCTION public.run(text) OWNER TO root2",
        shows: IS_SUPERUSER,
        ..CASE
    },
    Case {
        name: "a routine that puts the text which it is given into a statement",
        setup: "CREATE FUNCTION public.count_of(name text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' \
                AS $$DECLARE n bigint; BEGIN EXECUTE 'SELECT pg_catalog.count(*) FROM ' || name INTO n; RETURN n; END$$; \
                ALTER FUNCTION public.count_of(text) OWNER TO boss",
        goal: &["role", "boss"],
        fill: &[(
            "count_of(…)",
            "count_of('public.treasure; DELETE FROM public.treasure; SELECT 1::bigint')",
        )],
        shows: TREASURE_IS_GONE,
        ..CASE
    },
    Case {
        name: "a routine that quotes what it is given as a name",
        setup: "CREATE FUNCTION public.clear(name text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' \
                AS $$BEGIN EXECUTE pg_catalog.format('DELETE FROM public.%I', name); END$$; \
                ALTER FUNCTION public.clear(text) OWNER TO boss",
        goal: &["delete on table public.treasure"],
        verdict: "unknown",
        fill: &[("NULL::text", "'treasure'")],
        shows: TREASURE_IS_GONE,
        ..CASE
    },
    Case {
        name: "a trigger that runs as somebody else",
        setup: "CREATE TABLE public.note (n int); GRANT INSERT ON public.note TO eve; \
                CREATE FUNCTION public.clears() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' \
                AS 'BEGIN DELETE FROM public.treasure; RETURN NEW; END'; ALTER FUNCTION public.clears() OWNER TO boss; \
                CREATE TRIGGER clears AFTER INSERT ON public.note FOR EACH ROW EXECUTE FUNCTION public.clears()",
        goal: &["delete on table public.treasure"],
        fill: &[("…", "1")],
        shows: TREASURE_IS_GONE,
        ..CASE
    },
    Case {
        name: "routines that call one another in a circle",
        setup: "CREATE FUNCTION public.one(n int) RETURNS void LANGUAGE plpgsql SET search_path = '' \
                AS 'BEGIN IF n > 0 THEN PERFORM public.two(n - 1); END IF; END'; \
                CREATE FUNCTION public.two(n int) RETURNS void LANGUAGE plpgsql SET search_path = '' \
                AS 'BEGIN IF n > 0 THEN PERFORM public.one(n - 1); ELSE DELETE FROM public.treasure; END IF; END'; \
                CREATE FUNCTION public.zero() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' \
                AS 'BEGIN PERFORM public.two(1); END'; ALTER FUNCTION public.zero() OWNER TO postgres; \
                CREATE FUNCTION public.start() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' \
                AS 'BEGIN PERFORM public.one(1); END'; ALTER FUNCTION public.start() OWNER TO boss; \
                REVOKE EXECUTE ON FUNCTION public.zero() FROM PUBLIC",
        goal: &["delete on table public.treasure"],
        shows: TREASURE_IS_GONE,
        ..CASE
    },
    Case {
        name: "a routine that writes to a table without its schema, and temporary ones come first",
        setup: "CREATE TABLE public.note (n int); ALTER TABLE public.note OWNER TO boss; \
                CREATE FUNCTION public.notes() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public \
                AS 'BEGIN INSERT INTO note VALUES (1); END'; ALTER FUNCTION public.notes() OWNER TO boss",
        goal: &["delete on table public.treasure"],
        shows: TREASURE_IS_GONE,
        ..CASE
    },
];

/// Who there is, in every case.
const PEOPLE: &str = "CREATE ROLE eve LOGIN; CREATE ROLE boss LOGIN; CREATE ROLE helper; CREATE ROLE root2 SUPERUSER; \
    CREATE TABLE public.treasure (t text); INSERT INTO public.treasure VALUES ('x'); ALTER TABLE public.treasure OWNER TO boss";

/// What the program finds.
fn found(cluster: &Cluster, case: &Case, database: &str) -> Value {
    let url = cluster.socket_url(database);
    let radius = case.goal == ["radius"];
    let mut arguments = vec![if radius { "blast-radius" } else { "path" }, case.who];
    arguments.extend(case.goal.iter().filter(|_| !radius));
    arguments.extend(["--url", &url, "--format", "json"]);
    let folder = crate::folder::Folder::new();
    let ran = ran(command(&arguments).current_dir(folder.path()).output().unwrap());
    assert_eq!(ran.err, "", "{}", case.name);
    serde_json::from_str(&ran.out).unwrap()
}

/// The way as a script for psql, with what people fill in and, at its end, the victim.
fn script(cluster: &Cluster, case: &Case, way: &Value, database: &str) -> String {
    let statements =
        way["steps"].as_array().unwrap().iter().flat_map(|step| step["statements"].as_array().unwrap());
    let mut script = String::new();
    for statement in statements {
        let mut statement = statement.as_str().unwrap().to_owned();
        for (gap, filled) in case.fill {
            statement = statement.replace(gap, &self::filled(cluster, filled));
        }
        if case.reload && statement.starts_with("\\connect") {
            script.push_str(&format!(
                "\\! {} -U postgres -c 'SELECT pg_reload_conf(), pg_sleep(0.5)'\n",
                psql(cluster)
            ));
        }
        let end = if statement.starts_with('\\') { "\n" } else { ";\n" };
        script.push_str(&(statement + end));
    }
    if let Some((who, does)) = case.victim {
        script.push_str(&format!("\\! {} -U {who} -d {database} -c \"{does}\"\n", psql(cluster)));
    }
    script
}

/// Where the server is, in place of words for it.
fn filled(cluster: &Cluster, text: &str) -> String {
    text.replace("<data>", &cluster.data_dir().to_string_lossy())
        .replace("<socket>", &cluster.socket_dir().to_string_lossy())
        .replace("<port>", &cluster.port().to_string())
}

fn psql(cluster: &Cluster) -> String {
    format!("psql -X -q -h {} -p {}", cluster.socket_dir().display(), cluster.port())
}

/// Runs a script in one session, and gives all that it printed.
fn session(cluster: &Cluster, who: &str, database: &str, script: &str) -> String {
    let mut child = Command::new("psql")
        .args(["-X", "-q", "-A", "-t", "-h"])
        .arg(cluster.socket_dir())
        .args(["-p", &cluster.port().to_string(), "-U", who, "-d", database])
        .env("PGOPTIONS", "-c client_min_messages=warning")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), script.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn prove(case: &Case, version: Version) {
    let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
    let database = "postgres";
    cluster.psql(database, PEOPLE).unwrap();
    let setup = cluster.psql(database, &filled(&cluster, case.setup));
    assert!(setup.is_ok(), "{} on {version}: {setup:?}", case.name);
    let found = found(&cluster, case, database);
    // Of everything that is reached as surely as the case says, the last is what it is about.
    let reached = || {
        let mut all = found["reached"].as_array()?.iter();
        all.rfind(|one| one["verdict"] == case.verdict)
    };
    let way = found["found"].get(0).or_else(reached).unwrap();
    assert_eq!(way["verdict"], case.verdict, "{} on {version}: {found:#}", case.name);
    let script = script(&cluster, case, way, database);
    let printed = session(&cluster, case.who, database, &script);
    let (who, question, answer) = case.shows;
    let shown = if who == "printed" { printed.clone() } else { session(&cluster, who, database, question) };
    let context = format!("{} on {version}:\n{script}\n{printed}\n{shown}", case.name);
    match who {
        "printed" => assert!(shown.contains(answer), "{context}"),
        _ => assert_eq!(shown.trim(), answer, "{context}"),
    }
}

fn prove_all(cases: &[Case], version: Version) {
    for case in cases.iter().filter(|case| (case.since..=case.until).contains(&version)) {
        prove(case, version);
    }
}

#[test]
fn every_way_works_as_it_is_printed_on_14() {
    prove_all(CASES, Version::V14);
}

#[test]
fn every_way_through_what_others_have_a_hand_in_works_on_14() {
    prove_all(hands::CASES, Version::V14);
}

#[test]
fn every_way_to_an_owner_works_on_14() {
    prove_all(owners::CASES, Version::V14);
}

#[test]
fn every_way_works_as_it_is_printed_on_15() {
    prove_all(CASES, Version::V15);
}

#[test]
fn every_way_through_what_others_have_a_hand_in_works_on_15() {
    prove_all(hands::CASES, Version::V15);
}

#[test]
fn every_way_to_an_owner_works_on_15() {
    prove_all(owners::CASES, Version::V15);
}

#[test]
fn every_way_works_as_it_is_printed_on_16() {
    prove_all(CASES, Version::V16);
}

#[test]
fn every_way_through_what_others_have_a_hand_in_works_on_16() {
    prove_all(hands::CASES, Version::V16);
}

#[test]
fn every_way_to_an_owner_works_on_16() {
    prove_all(owners::CASES, Version::V16);
}

#[test]
fn every_way_works_as_it_is_printed_on_17() {
    prove_all(CASES, Version::V17);
}

#[test]
fn every_way_through_what_others_have_a_hand_in_works_on_17() {
    prove_all(hands::CASES, Version::V17);
}

#[test]
fn every_way_to_an_owner_works_on_17() {
    prove_all(owners::CASES, Version::V17);
}

#[test]
fn every_way_works_as_it_is_printed_on_18() {
    prove_all(CASES, Version::V18);
}

#[test]
fn every_way_through_what_others_have_a_hand_in_works_on_18() {
    prove_all(hands::CASES, Version::V18);
}

#[test]
fn every_way_to_an_owner_works_on_18() {
    prove_all(owners::CASES, Version::V18);
}
