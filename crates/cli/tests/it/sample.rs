//! A public schema that nobody here wrote: MusicBrainz, 519 tables in 11 schemas, with types, routines and
//! extensions. `script/fetch-sample` fetches it.

use crate::folder::Folder;
use crate::program::{Ran, command, ran};
use sandbox::{Cluster, Installation, Version};
use std::path::Path;

const MODEL: &str = include_str!("sample.yaml");

fn musicbrainz(version: Version) -> Cluster {
    let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
    cluster.create_database("musicbrainz").unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.cache/sample/musicbrainz.sql");
    cluster.psql_file("musicbrainz", &sample).unwrap();
    cluster
}

fn run(cluster: &Cluster, folder: &Folder, arguments: &[&str]) -> Ran {
    let mut command = command(arguments);
    ran(command
        .current_dir(folder.path())
        .env("MUSICBRAINZ_URL", cluster.url("musicbrainz"))
        .output()
        .unwrap())
}

fn says(cluster: &Cluster, question: &str) -> String {
    cluster.psql("musicbrainz", &format!("SELECT {question}")).unwrap().trim().to_owned()
}

#[test]
fn a_schema_that_nobody_here_wrote_is_planned_applied_and_mended() {
    for version in [Version::V14, Version::V18] {
        let cluster = musicbrainz(version);
        let folder = Folder::new();
        folder.write("rolewright.yaml", MODEL);
        let plan = run(&cluster, &folder, &["plan"]);
        assert_eq!(plan.status, Some(2), "{version}: {plan:?}");
        assert!(plan.out.contains("ON ALL ROUTINES IN SCHEMA musicbrainz"), "a whole schema is said at once");
        let apply = run(&cluster, &folder, &["apply", "--yes"]);
        assert_eq!(apply.status, Some(0), "{version}: {apply:?}");
        assert_eq!(run(&cluster, &folder, &["plan"]).status, Some(0), "{version}");
        the_server_agrees(&cluster);

        cluster
            .psql(
                "musicbrainz",
                "CREATE ROLE bystander; GRANT SELECT ON musicbrainz.artist TO bystander; \
                 GRANT DELETE ON ALL TABLES IN SCHEMA musicbrainz TO mb_reader; \
                 REVOKE SELECT ON musicbrainz.artist FROM mb_reader; \
                 GRANT SELECT ON musicbrainz.editor TO mb_reader; \
                 GRANT EXECUTE ON FUNCTION musicbrainz.from_hex(text) TO PUBLIC; \
                 ALTER TABLE musicbrainz.artist OWNER TO postgres",
            )
            .unwrap();
        assert_eq!(run(&cluster, &folder, &["plan"]).status, Some(2), "{version}: the damage is seen");
        let apply = run(&cluster, &folder, &["apply", "--yes"]);
        assert_eq!(apply.status, Some(0), "{version}: {apply:?}");
        assert_eq!(run(&cluster, &folder, &["plan"]).status, Some(0), "{version}");
        the_server_agrees(&cluster);
        let kept = says(&cluster, "has_table_privilege('bystander', 'musicbrainz.artist', 'SELECT')");
        assert_eq!(kept, "t", "{version}: what the model does not speak of stays");
    }
}

#[test]
fn a_schema_that_nobody_here_wrote_is_imported_and_an_edit_of_it_applied() {
    let cluster = musicbrainz(Version::V17);
    let folder = Folder::new();
    folder.write("first/rolewright.yaml", MODEL);
    let apply = run(&cluster, &folder, &["apply", "first", "--yes"]);
    assert_eq!(apply.status, Some(0), "{apply:?}");
    assert_ne!(run(&cluster, &folder, &["audit", "${MUSICBRAINZ_URL}"]).status, Some(1));
    let imported = run(&cluster, &folder, &["import", "${MUSICBRAINZ_URL}"]);
    assert_eq!(imported.status, Some(0), "{imported:?}");
    let plan = run(&cluster, &folder, &["plan", "model"]);
    assert_eq!(plan.status, Some(0), "{plan:?}");
    folder.write(
        "model/more.yaml",
        "roles: { label_reader: { purpose: Reads labels., grants: { musicbrainz: ['select on table musicbrainz.{label, label_type}'] } } }",
    );
    let apply = run(&cluster, &folder, &["apply", "model", "--yes"]);
    assert_eq!(apply.status, Some(0), "{apply:?}");
    assert_eq!(says(&cluster, "has_table_privilege('label_reader', 'musicbrainz.label', 'select')"), "t");
    assert_eq!(run(&cluster, &folder, &["plan", "model"]).status, Some(0));
}

fn the_server_agrees(cluster: &Cluster) {
    let expected = [
        ("has_table_privilege('mb_reader', 'musicbrainz.artist', 'SELECT')", "t"),
        ("has_table_privilege('mb_reader', 'musicbrainz.artist', 'DELETE')", "f"),
        ("has_table_privilege('mb_reader', 'musicbrainz.editor', 'SELECT')", "f"),
        ("has_column_privilege('mb_reader', 'musicbrainz.editor', 'name', 'SELECT')", "t"),
        ("has_column_privilege('mb_reader', 'musicbrainz.editor', 'email', 'SELECT')", "f"),
        ("has_table_privilege('mb_site', 'musicbrainz.editor', 'UPDATE')", "t"),
        ("has_function_privilege('mb_reader', 'musicbrainz.from_hex(text)', 'EXECUTE')", "t"),
        ("has_function_privilege('mb_reader', 'musicbrainz.generate_uuid_v4()', 'EXECUTE')", "f"),
        (
            "count(*) FROM pg_class WHERE relnamespace = 'musicbrainz'::regnamespace AND relkind IN ('r', 'p', 'v') \
          AND relowner <> 'mb_owner'::regrole",
            "0",
        ),
    ];
    for (question, answer) in expected {
        assert_eq!(says(cluster, question), answer, "{question}");
    }
}
