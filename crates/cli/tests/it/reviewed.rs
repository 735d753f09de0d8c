//! Reviews of bodies: what nobody can read counts as what somebody says who has read it, as long as it is this body.

use crate::folder::Folder;
use crate::program::{command, ran};
use sandbox::{Cluster, Installation, Version};
use serde_json::Value;

/// Tables of an owner, and somebody who may call what it has.
const SETUP: &str = "CREATE ROLE owner; CREATE ROLE caller LOGIN; CREATE SCHEMA s AUTHORIZATION owner; \
    GRANT USAGE ON SCHEMA s TO caller; CREATE TABLE s.t (a int); CREATE TABLE s.u (a int); \
    ALTER TABLE s.t OWNER TO owner; ALTER TABLE s.u OWNER TO owner; INSERT INTO s.t VALUES (1); \
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;";

/// A text that is made at run time through variables: what it comes to is unknown.
const TIDY: &str = "CREATE OR REPLACE FUNCTION s.tidy(name text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER \
    SET search_path = pg_catalog, pg_temp \
    AS 'DECLARE q text := name; BEGIN EXECUTE format(''DELETE FROM s.%I'', q); END'; ALTER FUNCTION s.tidy(text) OWNER TO owner;";

struct Place {
    cluster: Cluster,
    folder: Folder,
}

/// What was answered, with the exit status.
struct Answer {
    status: i32,
    json: Value,
    text: String,
}

impl Place {
    fn on(version: Version, sql: &str) -> Self {
        let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
        cluster.psql("postgres", &format!("{SETUP} {sql}")).unwrap();
        let place = Self { cluster, folder: Folder::new() };
        place.model(&[]);
        place
    }

    /// Writes a model with these reviews: of what, by which digest, and what it does.
    fn model(&self, reviews: &[(&str, &str, &str)]) {
        let mut text = "version: 1\ndatabases:\n  db:\n    engine: postgres\n    environments:\n      \
            prod: { url: \"${REVIEWED_URL}\" }\n"
            .to_owned();
        text.push_str(if reviews.is_empty() { "" } else { "reviewed_routines:\n" });
        for (on, digest, does) in reviews {
            text.push_str(&format!(
                "  - {{ database: db, on: \"{on}\", digest: \"{digest}\", does: [{does}], reviewed_by: data@acme.example, reason: Read. }}\n"
            ));
        }
        self.folder.write("rolewright.yaml", &text);
    }

    fn sql(&self, sql: &str) -> String {
        self.cluster.psql("postgres", sql).unwrap()
    }

    fn ask(&self, goal: &[&str]) -> Answer {
        let run = |format: &str| {
            let mut command = command(&[&["path", "caller"], goal, &["--format", format]].concat());
            let command = command.current_dir(self.folder.path());
            ran(command.env("REVIEWED_URL", self.cluster.socket_url("postgres")).output().unwrap())
        };
        let (json, text) = (run("json"), run("text"));
        assert!(json.out.starts_with('{'), "{}{}", json.out, json.err);
        let read = serde_json::from_str(&json.out).unwrap();
        let text = text.out.split_whitespace().collect::<Vec<_>>().join(" ");
        Answer { status: json.status.unwrap(), json: read, text }
    }

    /// The digest that a review of the only unknown body would name.
    fn digest(&self) -> String {
        let answer = self.ask(&["role", "owner"]);
        assert_eq!(answer.status, 2, "{}", answer.text);
        let digest = answer.json["to_review"][0]["digest"].as_str().unwrap().to_owned();
        // People copy it from the text.
        assert!(answer.text.contains(&digest), "{}", answer.text);
        digest
    }
}

const OWNER: &[&str] = &["role", "owner"];
const DELETE_T: &[&str] = &["delete on table s.t"];
const DELETE_U: &[&str] = &["delete on table s.u"];

fn versions() -> [Version; 3] {
    [Version::V14, Version::V16, Version::V18]
}

#[test]
fn what_is_unknown_is_what_a_review_says_until_the_body_is_another() {
    let mut digests = Vec::new();
    for version in versions() {
        let place = Place::on(version, TIDY);
        let digest = place.digest();
        place.model(&[("routine s.tidy(text)", &digest, "")]);
        let none = place.ask(OWNER);
        assert_eq!(
            (none.status, &none.json["reviews"][0]["counts"]),
            (3, &Value::Bool(true)),
            "{}",
            none.text
        );
        assert!(none.text.contains("as reviewed by data@acme.example (rolewright.yaml:8)"), "{}", none.text);

        place.model(&[("routine s.tidy(text)", &digest, "delete on table s.t")]);
        let way = place.ask(DELETE_T);
        assert_eq!(
            (way.status, way.json["found"][0]["verdict"].as_str().unwrap()),
            (0, "direct"),
            "{}",
            way.text
        );
        assert!(way.text.contains("and does this, as reviewed by data@acme.example"), "{}", way.text);
        assert_eq!(place.ask(DELETE_U).status, 3);

        // The body is changed by a letter.
        place.sql(&TIDY.replace("DELETE FROM", "DELETE  FROM"));
        let unknown = place.ask(DELETE_T);
        assert_eq!(unknown.status, 2, "{}", unknown.text);
        assert!(
            unknown.text.contains("the review in rolewright.yaml:8 does not count: it is of another body")
        );
        assert_eq!(unknown.json["reviews"][0]["counts"], false);
        digests.push(digest);
    }
    digests.dedup();
    assert_eq!(digests.len(), 1, "one body has one digest on each version");
}

#[test]
fn a_language_that_is_not_read_is_reviewed_and_its_way_works() {
    for version in versions() {
        let place = Place::on(
            version,
            "CREATE EXTENSION pltcl; CREATE FUNCTION s.wipe() RETURNS void LANGUAGE pltcl SECURITY DEFINER \
             SET search_path = pg_catalog, pg_temp AS $$spi_exec \"DELETE FROM s.t\"$$; ALTER FUNCTION s.wipe() OWNER TO owner",
        );
        let digest = place.digest();
        place.model(&[("routine s.wipe()", &digest, "delete on table s.t")]);
        let way = place.ask(DELETE_T);
        assert_eq!(way.status, 0, "{}", way.text);
        assert_eq!(place.ask(DELETE_U).status, 3);
        let statement = way.json["found"][0]["steps"][1]["statements"][0].as_str().unwrap().to_owned();
        place.cluster.psql_as("caller", "postgres", &statement).unwrap();
        assert_eq!(place.sql("SELECT count(*) FROM s.t"), "0");
    }
}

#[test]
fn a_review_says_no_more_than_the_owner_may() {
    let place = Place::on(Version::V18, TIDY);
    place.sql("CREATE TABLE public.others (a int)");
    let digest = place.digest();
    place.model(&[("routine s.tidy(text)", &digest, "delete on table public.others")]);
    assert_eq!(place.ask(&["delete on table public.others"]).status, 3);
}

#[test]
fn what_is_read_for_sure_is_not_reviewed_away() {
    let place = Place::on(
        Version::V18,
        "CREATE FUNCTION s.run(what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp \
         AS 'BEGIN EXECUTE what; END'; ALTER FUNCTION s.run(text) OWNER TO owner;",
    );
    let way = place.ask(OWNER);
    assert_eq!(way.status, 0);
    assert_eq!(way.json["to_review"], Value::Null);
    // Whatever digest it names: that of the body is nowhere shown, and is asked of the audit's own query here.
    let digest = own_digest(&place, "s.run(text)");
    place.model(&[("routine s.run(text)", &digest, "")]);
    let way = place.ask(OWNER);
    assert_eq!((way.status, way.json["found"][0]["verdict"].as_str().unwrap()), (0, "direct"));
    assert!(way.text.contains("does not count: it is contradicted"), "{}", way.text);

    // Fixed statements that are read stay, beside what a review says of the rest.
    place.sql("DROP FUNCTION s.run(text)");
    place.sql(
        "CREATE FUNCTION s.both(name text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp \
         AS 'DECLARE q text := name; BEGIN DELETE FROM s.u; EXECUTE format(''ANALYZE %I'', q); END'; \
         ALTER FUNCTION s.both(text) OWNER TO owner;",
    );
    let digest = place.digest();
    place.model(&[("routine s.both(text)", &digest, "")]);
    assert_eq!(place.ask(OWNER).status, 3);
    assert_eq!(place.ask(DELETE_U).status, 0);
}

/// The digest as the documented form of it says.
fn own_digest(place: &Place, routine: &str) -> String {
    let query = include_str!("../../../postgres/sql/machinery_routines.sql");
    let sql = format!("SELECT digest FROM ({query}) AS q WHERE oid = '{routine}'::regprocedure");
    format!("sha256:{}", place.sql(&format!("SET search_path = ''; {sql}")).lines().last().unwrap())
}

#[test]
fn a_digest_is_of_all_that_gives_the_code_its_meaning_and_of_nothing_else() {
    let place = Place::on(Version::V18, TIDY);
    let digest = place.digest();
    assert_eq!(own_digest(&place, "s.tidy(text)"), digest);
    let same = |sql: &str| {
        place.sql(sql);
        assert_eq!(place.digest(), digest, "{sql}");
    };
    same("ALTER FUNCTION s.tidy(text) COST 7");
    same("ALTER FUNCTION s.tidy(text) OWNER TO postgres; ALTER FUNCTION s.tidy(text) OWNER TO owner");
    same("GRANT EXECUTE ON FUNCTION s.tidy(text) TO caller");
    same("COMMENT ON FUNCTION s.tidy(text) IS 'tidies'");
    for other in [
        "ALTER FUNCTION s.tidy(text) STABLE",
        "ALTER FUNCTION s.tidy(text) STRICT",
        "ALTER FUNCTION s.tidy(text) SET search_path = s, pg_temp",
        "ALTER FUNCTION s.tidy(text) SET plpgsql.variable_conflict = 'use_column'",
    ] {
        place.sql(other);
        assert_ne!(own_digest(&place, "s.tidy(text)"), digest, "{other}");
        place.sql(TIDY);
        place.sql("ALTER FUNCTION s.tidy(text) VOLATILE CALLED ON NULL INPUT");
    }
    assert_eq!(place.digest(), digest);
    place.sql("DROP FUNCTION s.tidy(text)");
    place.sql(&TIDY.replace("name text", "nome text").replace(":= name", ":= nome"));
    assert_ne!(place.digest(), digest);
}

#[test]
fn what_a_reviewed_body_calls_is_reviewed_with_it() {
    let helper = |body: &str| {
        format!(
            "CREATE OR REPLACE FUNCTION s.helper() RETURNS int LANGUAGE sql AS 'SELECT {body}'; ALTER FUNCTION s.helper() OWNER TO owner;"
        )
    };
    let calls = TIDY.replace("q text := name; BEGIN", "q text := name; BEGIN PERFORM s.helper();");
    let place = Place::on(Version::V18, &format!("{} {calls}", helper("1")));
    let digest = place.digest();
    assert_ne!(own_digest(&place, "s.tidy(text)"), digest);
    place.model(&[("routine s.tidy(text)", &digest, "")]);
    assert_eq!(place.ask(OWNER).status, 3);
    place.sql(&helper("2"));
    let unknown = place.ask(OWNER);
    assert_eq!(unknown.status, 2);
    assert!(unknown.text.contains("it is of another body"), "{}", unknown.text);

    // What runs as somebody else again is in no review.
    let digest = unknown.json["to_review"][0]["digest"].as_str().unwrap().to_owned();
    place.model(&[("routine s.tidy(text)", &digest, "")]);
    assert_eq!(place.ask(OWNER).status, 3);
    place.sql("ALTER FUNCTION s.helper() SECURITY DEFINER");
    place.model(&[]);
    let digest = place.digest();
    place.model(&[("routine s.tidy(text)", &digest, "")]);
    let unknown = place.ask(OWNER);
    assert_eq!(unknown.status, 2);
    assert!(
        unknown.text.contains("routine s.helper(), which runs as somebody else again"),
        "{}",
        unknown.text
    );
}

#[test]
fn a_review_that_cannot_be_relied_on_does_not_count_and_says_why() {
    let place = Place::on(Version::V18, TIDY);
    let refused = |does: &str, why: &str| {
        place.model(&[("routine s.tidy(text)", &own_digest(&place, "s.tidy(text)"), does)]);
        let answer = place.ask(OWNER);
        // Where others choose what names mean, that is a way by itself.
        assert_ne!(answer.status, 3, "{}", answer.text);
        assert!(answer.text.contains(why), "{why}: {}", answer.text);
    };
    refused("delete on table s.nothing", "there is no table s.nothing");
    for path in ["SET search_path = pg_catalog", "SET search_path = pg_temp, s", "RESET search_path"] {
        place.sql(&format!("ALTER FUNCTION s.tidy(text) {path}"));
        refused("", "it sets no search_path with pg_temp at its end");
    }
    // Whoever makes something in a schema that it looks through may be called instead: that is no way for sure, nor none.
    place.sql("ALTER FUNCTION s.tidy(text) SET search_path = public, pg_temp; GRANT CREATE ON SCHEMA public TO caller");
    refused("", "something made there would have to fit better");
}

#[test]
fn a_review_names_what_is_the_servers_own_and_all_of_a_schema() {
    let place = Place::on(Version::V18, TIDY);
    let digest = place.digest();
    place.model(&[(
        "routine s.tidy(text)",
        &digest,
        "select on table pg_catalog.pg_class, delete on table s.*",
    )]);
    let way = place.ask(DELETE_U);
    assert_eq!(way.status, 0, "{}", way.text);
    assert_eq!(place.ask(&["truncate on table s.u"]).status, 3);
}

#[test]
fn compiled_code_is_in_no_digest() {
    let place = Place::on(
        Version::V18,
        "CREATE FUNCTION s.compiled() RETURNS language_handler LANGUAGE c SECURITY DEFINER SET search_path = pg_catalog, pg_temp \
         AS '$libdir/plpgsql', 'plpgsql_call_handler'; ALTER FUNCTION s.compiled() OWNER TO owner",
    );
    let unknown = place.ask(OWNER);
    assert_eq!((unknown.status, &unknown.json["to_review"]), (2, &Value::Null), "{}", unknown.text);
    let any = format!("sha256:{}", "0".repeat(64));
    place.model(&[("routine s.compiled()", &any, "")]);
    let unknown = place.ask(OWNER);
    assert_eq!(unknown.status, 2);
    assert!(unknown.text.contains("some of which is not in the database"), "{}", unknown.text);
}

#[test]
fn a_trigger_counts_as_its_function_was_reviewed() {
    let place = Place::on(
        Version::V18,
        "CREATE FUNCTION s.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp \
         AS 'DECLARE q text := TG_ARGV[0]; BEGIN EXECUTE format(''DELETE FROM s.%I'', q); RETURN NULL; END'; \
         ALTER FUNCTION s.note() OWNER TO owner; GRANT INSERT ON s.u TO caller; \
         CREATE TRIGGER note AFTER INSERT ON s.u EXECUTE FUNCTION s.note('t')",
    );
    let digest = place.digest();
    place.model(&[("routine s.note()", &digest, "delete on table s.t")]);
    let way = place.ask(DELETE_T);
    assert_eq!(way.status, 0, "{}", way.text);
    assert!(way.text.contains("as owner, and does this, as reviewed by data@acme.example"), "{}", way.text);
    assert_eq!(place.ask(OWNER).status, 3);
}
