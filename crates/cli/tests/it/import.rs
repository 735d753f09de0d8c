//! `rolewright import`: a database that grew becomes a model.

use crate::folder::Folder;
use crate::program::{Ran, command, ran, rolewright};
use sandbox::{Cluster, Installation, Version};
use std::fs;
use std::path::{Path, PathBuf};

fn cluster(version: Version) -> Cluster {
    Cluster::start(&Installation::find(version).unwrap()).unwrap()
}

/// The example shop, as ten years have left it.
fn shop(version: Version) -> Cluster {
    let cluster = cluster(version);
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop");
    cluster.psql_file("postgres", &example.join("load.sql")).unwrap();
    cluster
}

fn import(url: &str, out: &Path, more: &[&str]) -> Ran {
    let mut arguments = vec!["import", url, "--out", out.to_str().unwrap()];
    arguments.extend(more);
    rolewright(&arguments)
}

/// Every file of a model, with its name.
fn text(folder: &Path) -> String {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let one = |path: &PathBuf| {
        format!("──── {}\n{}", path.file_name().unwrap().to_str().unwrap(), fs::read_to_string(path).unwrap())
    };
    paths.iter().map(one).collect()
}

/// Texts that differ from one run to the next.
fn settled(text: &str, folder: &Folder) -> String {
    let text = text.replace(folder.path().to_str().unwrap(), "FOLDER");
    let line = |line: &str| match line.split_once(", as it was at ") {
        Some((before, _)) => format!("{before}, as it was at INSTANT.\n"),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn the_shop_becomes_a_model_that_a_person_would_write() {
    let cluster = shop(Version::V16);
    let folder = Folder::new();
    let out = folder.path().join("model");
    let told = import(&cluster.socket_url("shop"), &out, &[]);
    assert_eq!((told.status, told.err.as_str()), (Some(0), ""), "{}", told.out);
    insta::assert_snapshot!("shop_told", settled(&told.out, &folder));
    insta::assert_snapshot!("shop_model", settled(&text(&out), &folder));
}

#[test]
fn the_first_plan_of_an_import_is_empty_and_its_check_has_no_error() {
    for version in Version::ALL {
        let cluster = shop(version);
        let folder = Folder::new();
        let out = folder.path().join("model");
        let url = cluster.socket_url("shop");
        assert_eq!(import(&url, &out, &[]).status, Some(0));
        let checked = rolewright(&["check", out.to_str().unwrap()]);
        assert_eq!(checked.status, Some(2), "{}{}", checked.out, checked.err);
        let planned = ran(command(&["plan", out.to_str().unwrap()]).env("SHOP_URL", &url).output().unwrap());
        assert_eq!(planned.status, Some(0), "{version}: {}{}", planned.out, planned.err);
        assert!(planned.out.contains("Nothing to do"), "{}", planned.out);
    }
}

#[test]
fn a_model_that_is_there_is_never_written_over() {
    let cluster = cluster(Version::V18);
    let folder = Folder::new();
    let url = cluster.socket_url("postgres");
    fs::write(folder.path().join("notes.txt"), "keep me").unwrap();
    let first = import(&url, folder.path(), &[]);
    assert_eq!(first.status, Some(0), "{}", first.err);
    let before = text(folder.path());
    assert!(before.contains("keep me") && before.contains("databases.yaml"), "{before}");
    let second = import(&url, folder.path(), &[]);
    assert_eq!(second.status, Some(1));
    assert!(second.err.contains("exists already, and nothing is overwritten"), "{}", second.err);
    let file = import(&url, &folder.path().join("notes.txt"), &[]);
    assert!(file.err.contains("is no folder"), "{}", file.err);
    assert_eq!(text(folder.path()), before);
    let path = rolewright(&["import", folder.path().to_str().unwrap()]);
    assert!(path.err.contains("is not a URL"), "{}", path.err);
}

#[test]
fn no_password_of_a_url_is_written_or_shown() {
    let cluster = cluster(Version::V18);
    cluster.psql("postgres", "CREATE ROLE looker LOGIN SUPERUSER PASSWORD 'hunter2'").unwrap();
    let folder = Folder::new();
    let out = folder.path().join("new");
    let url = cluster.url("postgres");
    let (_, rest) = url.split_once('@').unwrap();
    let told = import(&format!("postgres://looker:hunter2@{rest}"), &out, &[]);
    assert_eq!(told.status, Some(0), "{}", told.err);
    let all = format!("{}{}{}", told.out, told.err, text(&out));
    assert!(!all.contains("hunter2"), "{all}");
    assert!(all.contains("${POSTGRES_URL}"), "{all}");
    assert!(all.contains("role looker stays outside: looked at the target for this import"), "{all}");
}

#[test]
fn a_cluster_is_imported_with_all_its_databases() {
    let cluster = shop(Version::V17);
    cluster.create_database("crm").unwrap();
    cluster.psql("crm", "CREATE TABLE notes (id int); GRANT SELECT ON notes TO analysts; ALTER ROLE analysts IN DATABASE crm SET work_mem = '9MB'").unwrap();
    let folder = Folder::new();
    let (one, all) = (folder.path().join("one"), folder.path().join("all"));
    let url = cluster.socket_url("shop");
    // What a role has in a database that is not looked at cannot be kept: such a role stays outside.
    let told = import(&url, &one, &[]);
    assert!(told.out.contains("analysts stays outside: it has settings in database crm"), "{}", told.out);
    let told = import(&url, &all, &["--all-databases", "--env", "staging"]);
    assert_eq!(told.status, Some(0), "{}", told.err);
    assert!(!told.out.contains("analysts stays outside"), "{}", told.out);
    let model = text(&all);
    assert!(model.contains("crm: { cluster: main }") && !model.contains("template1"), "{model}");
    let planned = ran(command(&["plan", all.to_str().unwrap()]).env("MAIN_URL", &url).output().unwrap());
    assert_eq!(planned.status, Some(0), "{}{}", planned.out, planned.err);
}

#[test]
fn what_rolewright_stored_with_a_role_is_purpose_owner_and_boundary_again() {
    let cluster = shop(Version::V18);
    let folder = Folder::new();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop/model");
    let url = cluster.socket_url("shop");
    let with_url = |arguments: &[&str]| {
        ran(command(arguments).env("SHOP_PROD_URL", &url).env("SHOP_URL", &url).output().unwrap())
    };
    let applied = with_url(&["apply", example.to_str().unwrap(), "--yes"]);
    assert_eq!(applied.status, Some(0), "{}{}", applied.out, applied.err);
    let out = folder.path().join("model");
    assert_eq!(import(&url, &out, &[]).status, Some(0));
    let model = text(&out);
    for line in [
        "    purpose: Accountants keep the books.",
        "    owner: finance@acme.example",
        "    boundary: writer",
        "        - select on table finance.* except finance.salaries",
    ] {
        assert!(model.lines().any(|written| written == line), "no {line:?} in {model}");
    }
    let planned = with_url(&["plan", out.to_str().unwrap()]);
    assert_eq!(planned.status, Some(0), "{}{}", planned.out, planned.err);
}

#[test]
fn a_boundary_that_a_role_has_left_stays_in_its_comment() {
    let cluster = cluster(Version::V18);
    let sql = "CREATE ROLE reader; COMMENT ON ROLE reader IS E'Reads.\\nrolewright/1 boundary=reader'; \
               CREATE TABLE notes (id int); GRANT DELETE ON notes TO reader";
    cluster.psql("postgres", sql).unwrap();
    let folder = Folder::new();
    let out = folder.path().join("model");
    let told = import(&cluster.socket_url("postgres"), &out, &[]);
    assert_eq!(told.status, Some(0), "{}", told.err);
    let model = text(&out);
    assert!(model.contains(r#"purpose: "Reads.\nrolewright/1 boundary=reader""#), "{model}");
}

#[test]
fn whoever_may_only_look_imports_as_well() {
    let cluster = shop(Version::V15);
    cluster.psql("postgres", "CREATE ROLE looker LOGIN PASSWORD 'x'").unwrap();
    let folder = Folder::new();
    let out = folder.path().join("model");
    let root = cluster.url("shop");
    let url = format!("postgres://looker:x@{}", root.split_once('@').unwrap().1);
    let told = import(&url, &out, &[]);
    assert_eq!(told.status, Some(0), "{}", told.err);
    let planned = ran(command(&["plan", out.to_str().unwrap()]).env("SHOP_URL", &url).output().unwrap());
    assert_eq!(planned.status, Some(0), "{}{}", planned.out, planned.err);
}

#[test]
fn thousands_of_roles_take_a_few_lines_and_are_read_back() {
    let cluster = cluster(Version::V18);
    let sql = "CREATE ROLE reader; CREATE TABLE notes (id int); GRANT SELECT ON notes TO reader;
        SELECT format('CREATE ROLE service_%s LOGIN IN ROLE reader', n) FROM generate_series(1, 900) AS n \\gexec
        SELECT format('CREATE ROLE job_%s LOGIN IN ROLE reader; GRANT CONNECT ON DATABASE postgres TO job_%s', n, n) FROM generate_series(1, 150) AS n \\gexec
        SELECT format('CREATE ROLE writer_%s; GRANT INSERT ON notes TO writer_%s', n, n) FROM generate_series(1, 150) AS n \\gexec";
    cluster.psql("postgres", sql).unwrap();
    let folder = Folder::new();
    let out = folder.path().join("model");
    let url = cluster.socket_url("postgres");
    let told = import(&url, &out, &[]);
    assert_eq!(told.status, Some(0), "{}", told.err);
    let model = text(&out);
    assert!(model.lines().count() < 400, "{model}");
    assert!(model.contains("service_17: [reader],"), "{model}");
    assert!(model.contains("job_17: { roles: [reader], login: postgres },"), "{model}");
    assert!(
        model.contains("  writer_17: { grants: { postgres: ['insert on table public.notes'] } }\n"),
        "{model}"
    );
    let planned = ran(command(&["plan", out.to_str().unwrap()]).env("POSTGRES_URL", &url).output().unwrap());
    assert_eq!(planned.status, Some(0), "{}{}", planned.out, planned.err);
}

#[test]
fn an_import_of_every_database_says_which_it_could_not_read() {
    for version in [Version::V14, Version::V18] {
        let cluster = cluster(version);
        cluster.create_database("shop").unwrap();
        cluster.create_database("closed").unwrap();
        let closing = "CREATE ROLE low LOGIN; REVOKE CONNECT ON DATABASE closed FROM PUBLIC";
        cluster.psql("postgres", closing).unwrap();
        let folder = Folder::new();
        let out = folder.path().join("model");
        let ran = import(&cluster.socket_url_as("low", "shop"), &out, &["--all-databases"]);
        assert_eq!((ran.status, ran.err.as_str()), (Some(2), ""), "{version}: {}", ran.out);
        let told = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("Without database closed: low@"), "{version}: {}", ran.out);
        assert!(told.contains("permission denied for database \"closed\""), "{version}: {}", ran.out);
        let model = text(&out);
        assert!(model.contains("database closed") && model.contains("shop:"), "{version}: {model}");
    }
}
