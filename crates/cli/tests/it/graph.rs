//! `rolewright graph`: of the example shop's model, of the shop as it grew, and of names that are out for trouble.

use crate::folder::Folder;
use crate::program::{Ran, command, ran};
use sandbox::{Cluster, Installation, Version};
use std::path::PathBuf;

fn shop() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop")
}

fn cluster(version: Version) -> Cluster {
    Cluster::start(&Installation::find(version).unwrap()).unwrap()
}

/// Drawn where the shop's model is, which names a server by a variable that nobody has set.
fn draw(arguments: &[&str]) -> Ran {
    let mut command = command(&["graph"]);
    ran(command.args(arguments).current_dir(shop()).env_remove("SHOP_PROD_URL").output().unwrap())
}

/// The server says whether a text is an XML document.
fn is_a_document(cluster: &Cluster, svg: &str) -> bool {
    let asked = format!("SELECT xml_is_well_formed_document($svg${svg}$svg$)");
    cluster.psql("postgres", &asked).unwrap() == "t"
}

#[test]
fn a_model_is_drawn_without_any_server() {
    let text = |arguments: &[&str]| {
        let ran = draw(arguments);
        assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
        ran.out
    };
    insta::assert_snapshot!("mermaid", text(&["--format", "mermaid"]));
    insta::assert_snapshot!("dot_around", text(&["--format", "dot", "--around", "orders_reader"]));
    let svg = text(&[]);
    assert!(is_a_document(&cluster(Version::V18), &svg));
    for role in ["orders_reader", "stock_keeping", "heidi@acme.example"] {
        assert!(svg.contains(&format!(">{role}</text>")), "{role}");
    }
    // The README shows it.
    let shown = shop().join("../../docs/shop-roles.svg");
    assert_eq!(svg, std::fs::read_to_string(shown).unwrap(), "draw docs/shop-roles.svg anew");
    let folder = Folder::new();
    let file = folder.file("roles.svg");
    assert_eq!(text(&["--out", &file]), "");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), svg);
}

#[test]
fn a_target_is_drawn_as_it_stands_and_what_the_model_does_not_have_is_marked() {
    let cluster = cluster(Version::V16);
    cluster.psql_file("postgres", &shop().join("load.sql")).unwrap();
    let url = cluster.socket_url("shop");
    let drawn = draw(&["--url", &url, "--format", "mermaid"]);
    assert_eq!((drawn.status, drawn.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!("mermaid_of_the_grown_shop", drawn.out);
    let svg = draw(&["--url", &url, "--all"]).out;
    assert!(is_a_document(&cluster, &svg));
    assert!(svg.contains("not in the model"));
    let roles: u32 = cluster
        .psql("shop", "SELECT count(*) FROM pg_roles WHERE rolname !~ '^pg_'")
        .unwrap()
        .parse()
        .unwrap();
    let boxes = svg.matches("<g id=").count();
    assert!(boxes >= usize::try_from(roles).unwrap() - 1, "{boxes} boxes for {roles} roles");
}

#[test]
fn no_name_gets_out_of_its_box() {
    let cluster = cluster(Version::V18);
    let names = ["<script>alert(1)</script>", "a\"]; x --> y", "&amp;\\", "]]>", "ä\u{202e}b", "x#quot;"];
    for name in names {
        cluster.psql("postgres", &format!("CREATE ROLE \"{}\"", name.replace('"', "\"\""))).unwrap();
    }
    let folder = Folder::new();
    let url = cluster.socket_url("postgres");
    let text = |format: &str| {
        let mut command = command(&["graph", "--url", &url, "--format", format]);
        ran(command.current_dir(folder.path()).output().unwrap()).out
    };
    let svg = text("svg");
    assert!(is_a_document(&cluster, &svg));
    assert!(!svg.contains("<script"));
    insta::assert_snapshot!("hostile", format!("{}\n{}", text("dot"), text("mermaid")));
}

#[test]
fn what_cannot_be_drawn_says_what_to_do() {
    let folder = Folder::new();
    let there = |arguments: &[&str]| {
        let mut command = command(&["graph"]);
        let ran = ran(command.args(arguments).current_dir(folder.path()).output().unwrap());
        format!("{}{}[{:?}]\n", ran.out, ran.err, ran.status)
    };
    let mut told = there(&[]);
    for arguments in
        [&["--around", "orders_raeder"][..], &["--env", "tset"], &["--out", "/no/such/roles.svg"]]
    {
        let ran = draw(arguments);
        told.push_str(&format!("{}{}[{:?}]\n", ran.out, ran.err, ran.status));
    }
    insta::assert_snapshot!("errors", told);
}

#[test]
fn a_role_that_holds_something_elsewhere_is_not_said_to_hold_nothing() {
    let cluster = cluster(Version::V17);
    for database in ["shop", "other"] {
        cluster.create_database(database).unwrap();
    }
    cluster.psql("other", "CREATE ROLE reader; CREATE TABLE t (); GRANT SELECT ON t TO reader").unwrap();
    for format in ["svg", "dot", "mermaid"] {
        let drawn = draw(&["--url", &cluster.socket_url("shop"), "--format", format]);
        assert_eq!(drawn.status, Some(0), "{}", drawn.err);
        assert!(drawn.out.contains("nothing of their own in shop"), "{format}: {}", drawn.out);
    }
    let ran = draw(&["${SHOP_PROD_URL}"]);
    assert_eq!(ran.status, Some(1));
    let told = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("can, who-can, why and graph take it as --url"), "{}", ran.err);
}
