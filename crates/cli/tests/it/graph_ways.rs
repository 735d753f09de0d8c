//! `rolewright graph --from`: ways to more power as a picture, of the example shop, of much at once, and of names that are out
//! for trouble.

use crate::folder::Folder;
use crate::program::{Ran, command, ran};
use sandbox::{Cluster, Installation, Version};
use std::path::PathBuf;

fn shop() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop")
}

/// The shop as it grew, with routines that run as its owner: one does anything, one does one thing.
fn cluster() -> Cluster {
    let cluster = empty();
    cluster.psql_file("postgres", &shop().join("load.sql")).unwrap();
    let routines = "CREATE FUNCTION finance.repair(statement text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER \
        SET search_path = pg_catalog, pg_temp AS 'BEGIN EXECUTE statement; END'; \
        CREATE FUNCTION finance.strike(int) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp \
        AS 'DELETE FROM finance.payouts WHERE id = $1'; \
        ALTER FUNCTION finance.repair(text) OWNER TO shop; ALTER FUNCTION finance.strike(int) OWNER TO shop; \
        REVOKE EXECUTE ON FUNCTION finance.repair(text) FROM PUBLIC; GRANT EXECUTE ON FUNCTION finance.repair(text) TO billing; \
        REVOKE EXECUTE ON FUNCTION finance.strike(int) FROM PUBLIC; GRANT EXECUTE ON FUNCTION finance.strike(int) TO erin;";
    cluster.psql("shop", routines).unwrap();
    cluster
}

fn empty() -> Cluster {
    Cluster::start(&Installation::find(Version::V18).unwrap()).unwrap()
}

/// Drawn where the shop's model is.
fn draw(cluster: Option<&Cluster>, arguments: &[&str]) -> Ran {
    let mut command = command(&["graph"]);
    let command = command.args(arguments).current_dir(shop()).env_remove("SHOP_PROD_URL");
    match cluster {
        Some(cluster) => ran(command.env("SHOP_PROD_URL", cluster.url("shop")).output().unwrap()),
        None => ran(command.output().unwrap()),
    }
}

/// Drawn of a target, where no model is.
fn draw_at(url: &str, arguments: &[&str]) -> String {
    let folder = Folder::new();
    let mut command = command(&["graph", "--url", url]);
    let ran = ran(command.args(arguments).current_dir(folder.path()).output().unwrap());
    assert_eq!(ran.err, "");
    ran.out
}

/// The server says whether a text is an XML document.
fn is_a_document(cluster: &Cluster, svg: &str) -> bool {
    let asked = format!("SELECT xml_is_well_formed_document($svg${svg}$svg$)");
    cluster.psql("postgres", &asked).unwrap() == "t"
}

/// Text with only single spaces.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_way_is_drawn_as_it_is_told_and_ends_as_path_does() {
    let cluster = cluster();
    let to = |who, goal, more: &[&str]| {
        let ran = draw(Some(&cluster), &[&["--from", who, "--to", goal], more].concat());
        assert_eq!(ran.err, "");
        ran
    };
    let delete = "delete on table finance.payouts";
    let way = to("billing", delete, &[]);
    assert_eq!(way.status, Some(0));
    assert!(is_a_document(&cluster, &way.out));
    // The statement is there for whoever points at the arrow.
    assert!(way.out.contains("SELECT finance.repair(&#39;DELETE FROM finance.payouts&#39;);"), "{}", way.out);
    let told = to("billing", delete, &["--format", "mermaid"]).out;
    insta::assert_snapshot!("way_mermaid", told);
    insta::assert_snapshot!("way_dot", to("billing", delete, &["--format", "dot"]).out);

    let none = to("web", "superuser", &[]);
    assert_eq!(none.status, Some(3));
    assert!(is_a_document(&cluster, &none.out));
    assert!(none.out.contains("no way to it"), "{}", none.out);
    let victim = to("web", "superuser", &["--with-victim"]);
    assert_eq!(victim.status, Some(0));
    assert!(victim.out.contains("class=\"line victim\" marker-end=\"url(#victim)\" d=\"M"), "{}", victim.out);
}

#[test]
fn what_is_unknown_is_drawn_so_and_ends_with_two() {
    let cluster = empty();
    cluster
        .psql(
            "postgres",
            "CREATE ROLE owner; CREATE ROLE caller LOGIN; CREATE SCHEMA s AUTHORIZATION owner; GRANT USAGE ON SCHEMA s TO caller; \
             CREATE FUNCTION s.tidy(name text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp \
             AS 'DECLARE t text := name; BEGIN EXECUTE format(''ANALYZE %I'', t); END'; ALTER FUNCTION s.tidy(text) OWNER TO owner; \
             REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        )
        .unwrap();
    let url = cluster.socket_url("postgres");
    let folder = Folder::new();
    let mut command = command(&["graph", "--url", &url, "--from", "caller", "--to", "role owner"]);
    let ran = ran(command.current_dir(folder.path()).output().unwrap());
    assert_eq!(ran.status, Some(2), "{}", ran.err);
    assert!(ran.out.contains("class=\"line unknown\" marker-end=\"url(#unknown)\" d=\"M"), "{}", ran.out);
}

#[test]
fn what_was_handed_out_before_is_seen_to_be_used_with_the_rest() {
    let cluster = empty();
    cluster
        .psql(
            "postgres",
            "CREATE ROLE caller LOGIN; CREATE ROLE key; CREATE ROLE owner; GRANT key TO caller WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; \
             CREATE SCHEMA s AUTHORIZATION owner; CREATE TABLE s.t (); ALTER TABLE s.t OWNER TO owner; GRANT USAGE ON SCHEMA s TO key; \
             CREATE FUNCTION s.f(text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp \
             AS 'BEGIN EXECUTE $1; END'; ALTER FUNCTION s.f(text) OWNER TO owner; \
             REVOKE EXECUTE ON FUNCTION s.f(text) FROM PUBLIC; GRANT EXECUTE ON FUNCTION s.f(text) TO caller",
        )
        .unwrap();
    let url = cluster.socket_url("postgres");
    let drawn = draw_at(&url, &["--from", "caller", "--to", "delete on table s.t", "--format", "mermaid"]);
    let arrows: Vec<&str> = drawn.lines().filter(|line| line.contains("| n")).collect();
    insta::assert_snapshot!("way_by_what_was_handed_out", arrows.join("\n"));
}

#[test]
fn several_ways_share_what_they_have_in_common() {
    let cluster = cluster();
    let several =
        draw(Some(&cluster), &["--from", "billing", "--to", "update on table sales.*", "--format", "dot"])
            .out;
    let billing = several.matches("[label=\"billing\\n").count();
    assert_eq!(billing, 1, "{several}");
    assert!(several.matches("update on table").count() > 2, "{several}");
    // A person has a box for each account from which ways begin, or none does.
    let none = draw(
        None,
        &["--from", "erin@acme.example", "--to", "superuser", "--from-model", "--format", "mermaid"],
    );
    assert_eq!((none.status, none.err.as_str()), (Some(3), ""));
    assert!(none.out.contains("erin"), "{}", none.out);
    assert!(none.out.contains("by the model alone"), "{}", none.out);
}

#[test]
fn a_blast_radius_is_a_tree_of_ways() {
    let cluster = cluster();
    let radius = draw(Some(&cluster), &["--from", "billing", "--format", "mermaid"]);
    assert_eq!((radius.status, radius.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!("radius_mermaid", radius.out);
    let svg = draw(Some(&cluster), &["--from", "billing"]).out;
    assert!(is_a_document(&cluster, &svg));
    let above = draw(Some(&cluster), &["--from", "temp", "--format", "mermaid"]).out;
    assert!(above.contains("everything: superuser"), "{above}");
}

#[test]
fn however_much_somebody_comes_to_a_person_can_take_it_in() {
    let cluster = empty();
    cluster
        .psql(
            "postgres",
            "CREATE ROLE much LOGIN; CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO much; \
             DO $$ BEGIN FOR i IN 1..150 LOOP EXECUTE format('CREATE TABLE s.t%s (a int)', i); \
             EXECUTE format('CREATE VIEW s.v%s AS SELECT * FROM s.t%s', i, i); \
             EXECUTE format('GRANT SELECT ON s.v%s TO much', i); END LOOP; END $$",
        )
        .unwrap();
    let url = cluster.socket_url("postgres");
    let boxes = |svg: &str| svg.matches("<g id=\"n").count();
    let folded = draw_at(&url, &["--from", "much"]);
    assert!(boxes(&folded) < 10, "{} boxes", boxes(&folded));
    assert!(folded.contains(">150 tables</text>"), "{folded}");
    let all = draw_at(&url, &["--from", "much", "--all"]);
    assert_eq!(boxes(&all), 301);
    assert!(is_a_document(&cluster, &folded) && is_a_document(&cluster, &all));
}

#[test]
fn no_name_gets_out_of_its_box() {
    let cluster = empty();
    let long = "a".repeat(63);
    let names = [
        "<script>alert(1)</script>",
        "a\"]; x --> y",
        "&amp;\\",
        "]]>",
        "ä\u{202e}b",
        "x#quot;",
        "\u{ffff}\u{fffe}",
        "1. `md`",
        "長い役割の名前ですから箱に入りません",
        &long,
    ];
    cluster.psql("postgres", "CREATE ROLE \"start\" LOGIN").unwrap();
    for name in names {
        let name = format!("\"{}\"", name.replace('"', "\"\""));
        let made = format!(
            "CREATE ROLE {name}; CREATE SCHEMA {name} AUTHORIZATION {name}; GRANT USAGE ON SCHEMA {name} TO \"start\"; \
             CREATE FUNCTION {name}.{name}(text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER \
             SET search_path = pg_catalog, pg_temp AS 'BEGIN EXECUTE $1; END'; \
             ALTER FUNCTION {name}.{name}(text) OWNER TO {name}"
        );
        cluster.psql("postgres", &made).unwrap();
    }
    let url = cluster.socket_url("postgres");
    let text = |format: &str| draw_at(&url, &["--from", "start", "--all", "--format", format]);
    let svg = text("svg");
    assert!(is_a_document(&cluster, &svg));
    assert!(!svg.contains("<script"));
    // However wide a name's letters are: what does not fit is cut, and each box has a window of its own.
    assert!(svg.matches("</text></svg></g>").count() > 2 * names.len());
    for line in svg.lines().filter(|line| line.contains("class=\"name\"")) {
        let name = line.split("class=\"name\"").nth(1).unwrap();
        let shown = name.split('>').nth(1).unwrap().split('<').next().unwrap();
        assert!(shown.chars().count() <= 60, "{shown}");
    }
    let dot = text("dot");
    let mut lines = dot.lines().filter(|line| !line.contains(" -> ")).collect::<Vec<_>>().join("\n");
    lines.push_str(dot.lines().find(|line| line.contains("alert") && line.contains(" -> ")).unwrap());
    insta::assert_snapshot!("ways_hostile", format!("{lines}\n{}", text("mermaid")));
}

#[test]
fn what_cannot_be_drawn_says_what_to_do() {
    let cluster = cluster();
    let mut told = String::new();
    for arguments in [
        &["--planned"][..],
        &["--with-victim", "--format", "dot"],
        &["--to", "superuser"],
        &["--from", "web", "--around", "web"],
        &["--from", "web", "--to", "role"],
        &["--from", "web", "--to", "role shpo"],
        &["--from", "wbe"],
        &["--from", "web", "--to", "select on tabel sales.orders"],
    ] {
        let ran = draw(Some(&cluster), arguments);
        assert_eq!(ran.status, Some(1), "{arguments:?} {}", ran.out);
        told.push_str(&format!("$ rolewright graph {}\n{}{}\n", arguments.join(" "), ran.out, ran.err));
    }
    insta::assert_snapshot!("ways_errors", told);
    assert!(flat(&told).contains("say with --from whose ways are drawn"), "{told}");
}

#[test]
fn the_readme_shows_the_way_as_it_is_drawn() {
    let cluster = empty();
    cluster.psql_file("postgres", &shop().join("load.sql")).unwrap();
    let drawn = draw(Some(&cluster), &["--from", "dashboards", "--to", "drop on table finance.bookings"]);
    assert_eq!((drawn.status, drawn.err.as_str()), (Some(0), ""));
    let shown = shop().join("../../docs/shop-way.svg");
    assert_eq!(drawn.out, std::fs::read_to_string(shown).unwrap(), "draw docs/shop-way.svg anew");
}
