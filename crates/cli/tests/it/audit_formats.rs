//! The forms of an audit's report: CSV, SARIF, HTML, and by control.

use crate::folder::Folder;
use crate::program::{Ran, command, ran, rolewright};
use sandbox::{Cluster, Installation, Version};
use serde_json::Value;

/// Names that every form has to write with care.
const NASTY: [&str; 4] = [
    "=cmd|' /C calc'!A0",
    "a\"quoted\", and; parted",
    "</td><script>alert('x')</script> & co",
    "two\nlines [here](javascript:x) \u{1b}[2J{0}",
];

fn cluster(version: Version) -> Cluster {
    Cluster::start(&Installation::find(version).unwrap()).unwrap()
}

fn audit(url: &str, more: &[&str]) -> Ran {
    let mut arguments = vec!["audit", url];
    arguments.extend(more);
    rolewright(&arguments)
}

fn bad() -> Cluster {
    let cluster = cluster(Version::V18);
    cluster.create_database("shop").unwrap();
    cluster.psql("shop", include_str!("bad.sql")).unwrap();
    cluster
}

/// Logins without a purpose and tables that everybody may read, with names that hurt.
fn nasty() -> Cluster {
    let cluster = cluster(Version::V18);
    for name in NASTY {
        let name = name.replace('"', "\"\"");
        cluster
            .psql(
                "postgres",
                &format!("CREATE ROLE \"{name}\" LOGIN CREATEROLE; CREATE TABLE \"{name}\" (); GRANT SELECT ON \"{name}\" TO PUBLIC"),
            )
            .unwrap();
    }
    cluster
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn findings(url: &str) -> Vec<Value> {
    json(&audit(url, &["--format", "json"]).out)["findings"].as_array().unwrap().clone()
}

/// The rows of a text in the form of RFC 4180, read by its grammar and nothing else.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (quoted, letter) {
            (true, '"') if letters.next_if_eq(&'"').is_some() => cell.push('"'),
            (_, '"') => quoted = !quoted,
            (false, ',') => row.push(std::mem::take(&mut cell)),
            (false, '\r') => {
                assert_eq!(letters.next(), Some('\n'));
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            (_, letter) => {
                assert!(quoted || letter != '\n', "a line break outside quotes");
                cell.push(letter);
            }
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty());
    rows
}

#[test]
fn the_table_has_a_line_for_each_finding() {
    let cluster = bad();
    let url = cluster.socket_url("shop");
    let ran = audit(&url, &["--format", "csv"]);
    assert_eq!((ran.status, ran.err.as_str()), (Some(2), ""));
    insta::assert_snapshot!(ran.out.replace("\r\n", "\n"));
    let (rows, findings) = (rows(&ran.out), findings(&url));
    assert_eq!(rows.len(), findings.len() + 1);
    for (row, finding) in rows.iter().skip(1).zip(&findings) {
        assert_eq!(row.len(), 14);
        let place = &row[8];
        assert_eq!(place.is_empty(), row[7].is_empty(), "{row:?}");
        assert_eq!(
            [&row[0], &row[1], &row[5]],
            ["severity", "rule", "what"].map(|name| finding[name].as_str().unwrap())
        );
    }
}

#[test]
fn no_name_breaks_out_of_a_cell_or_becomes_a_formula() {
    let cluster = nasty();
    let url = cluster.socket_url("postgres");
    let rows = rows(&audit(&url, &["--format", "csv"]).out);
    assert_eq!(rows.len(), findings(&url).len() + 1);
    for row in &rows {
        assert_eq!(row.len(), 14, "{row:?}");
        assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{row:?}");
        assert!(row.iter().all(|cell| !cell.contains('\u{1b}')), "{row:?}");
    }
    for name in NASTY.map(|name| name.replace('\u{1b}', "\\u{1b}")) {
        assert!(rows.iter().any(|row| row[3] == format!("role {name}")), "{name}: {rows:?}");
    }
}

#[test]
fn code_scanning_is_told_what_it_needs() {
    let cluster = bad();
    let url = cluster.socket_url("shop");
    let ran = audit(&url, &["--format", "sarif"]);
    assert_eq!((ran.status, ran.err.as_str()), (Some(2), ""));
    let filters = [
        (r#""lookedAt": ".*""#, r#""lookedAt": "…""#),
        (r#""engineVersion": ".*""#, r#""engineVersion": "…""#),
        (r"rolewright-audit/\d+/", "rolewright-audit/SYSTEM/"),
    ];
    insta::with_settings!({ filters => filters }, { insta::assert_snapshot!(ran.out) });
    let document = json(&ran.out);
    let run = &document["runs"][0];
    let (rules, results) =
        (run["tool"]["driver"]["rules"].as_array().unwrap(), run["results"].as_array().unwrap());
    assert_eq!(results.len(), findings(&url).len());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "postgresql/shop");
    }
}

#[test]
fn a_finding_is_known_again_in_the_next_run() {
    let cluster = bad();
    let url = cluster.socket_url("shop");
    let prints = || -> Vec<String> {
        let report = json(&audit(&url, &["--format", "sarif"]).out);
        let results = report["runs"][0]["results"].as_array().unwrap().clone();
        let of = |result: &Value| {
            result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap().to_owned()
        };
        let mut prints: Vec<String> = results.iter().map(of).collect();
        prints.sort();
        prints
    };
    let before = prints();
    let mut once = before.clone();
    once.dedup();
    assert_eq!(once, before, "no two findings are one");
    cluster.psql("shop", "CREATE TABLE sales.more (); ALTER TABLE sales.more OWNER TO shop; CREATE ROLE another LOGIN SUPERUSER").unwrap();
    let after = prints();
    assert_eq!(after.len(), before.len() + 2, "a login that holds everything, and for nothing");
    assert!(
        before.iter().all(|print| after.contains(print)),
        "one more table changes a count, and no finding"
    );
}

#[test]
fn no_name_becomes_a_link_or_steers_a_viewer() {
    let cluster = nasty();
    let ran = audit(&cluster.socket_url("postgres"), &["--format", "sarif"]);
    let document = json(&ran.out);
    let results = document["runs"][0]["results"].as_array().unwrap();
    for result in results {
        let text = result["message"]["text"].as_str().unwrap();
        assert!(!text.contains("here](") && !text.contains('\u{1b}'), "{text}");
    }
    for name in NASTY {
        let names = |result: &Value| result["locations"][0]["logicalLocations"][0]["name"] == name;
        assert!(results.iter().any(names), "{name}");
    }
}

#[test]
fn a_model_is_the_place_of_its_findings() {
    let cluster = bad();
    let folder = Folder::new();
    let text = "version: 1\ndatabases:\n  shop: { engine: postgres, environments: { prod: { url: \"${SHOP_URL}\" } } }\n";
    folder.write("the model.yaml", text);
    let mut command = command(&["audit", "the model.yaml", "--format", "sarif"]);
    let ran =
        ran(command.current_dir(folder.path()).env("SHOP_URL", cluster.socket_url("shop")).output().unwrap());
    assert_eq!(ran.status, Some(2), "{}", ran.err);
    let document = json(&ran.out);
    for result in document["runs"][0]["results"].as_array().unwrap() {
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "the%20model.yaml");
    }
}

const WHEN: [(&str, &str); 3] = [
    (r"<dt>Cluster</dt><dd>\d+</dd>", "<dt>Cluster</dt><dd>…</dd>"),
    (r"(PostgreSQL 18)\.\d+[^,<\n]*", "$1"),
    (r"<dt>Looked at</dt><dd>.*</dd>", "<dt>Looked at</dt><dd>…</dd>"),
];

#[test]
fn the_page_says_everything_and_needs_nothing_from_elsewhere() {
    let cluster = bad();
    let url = cluster.socket_url("shop");
    let ran = audit(&url, &["--format", "html"]);
    assert_eq!((ran.status, ran.err.as_str()), (Some(2), ""));
    insta::with_settings!({ filters => WHEN }, { insta::assert_snapshot!(ran.out) });
    let findings = findings(&url);
    assert_eq!(ran.out.matches("<div class=\"finding").count(), findings.len());
    for outside in ["<script", "src=", "http:", "https:", "url(", "@import", "<link"] {
        assert!(!ran.out.contains(outside), "{outside}");
    }
}

#[test]
fn a_report_by_control_has_every_finding_under_each_of_its_controls() {
    let cluster = bad();
    let url = cluster.socket_url("shop");
    let text = audit(&url, &["--by", "control", "--verbose"]);
    assert_eq!((text.status, text.err.as_str()), (Some(2), ""));
    insta::with_settings!({ filters => WHEN }, { insta::assert_snapshot!(text.out) });
    let answers: usize =
        findings(&url).iter().map(|finding| finding["controls"].as_array().unwrap().len()).sum();
    let page = audit(&url, &["--by", "control", "--format", "html"]).out;
    assert_eq!(page.matches("<a class=\"code\" href=").count(), answers);
    assert_eq!(page.matches("<div class=\"finding").count(), findings(&url).len(), "and its facts once");
    assert_eq!(page.matches("<h4>Why it matters</h4>").count(), 16, "each rule says its piece once");
    for format in ["json", "csv", "sarif"] {
        assert_eq!(audit(&url, &["--by", "control", "--format", format]).status, Some(1), "{format}");
    }
}

#[test]
fn no_name_becomes_a_tag() {
    let cluster = nasty();
    let url = cluster.socket_url("postgres");
    for by in ["rule", "control"] {
        let page = audit(&url, &["--format", "html", "--by", by]).out;
        assert!(!page.contains("<script") && !page.contains('\u{1b}'), "{page}");
        for name in [
            "role =cmd|&#39; /C calc&#39;!A0<",
            "role a&quot;quoted&quot;, and; parted<",
            "role &lt;/td&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; co<",
            "role two\nlines [here](javascript:x) \\u{1b}[2J{0}<",
        ] {
            assert!(page.contains(name), "{name}: {page}");
        }
    }
}

#[test]
fn a_clean_page_says_so() {
    let settings = [("log_statement", "ddl"), ("log_connections", "on")];
    let builder =
        settings.iter().fold(Cluster::builder(), |builder, (name, value)| builder.setting(*name, *value));
    let cluster = builder.start(&Installation::find(Version::V18).unwrap()).unwrap();
    crate::audit::close(&cluster);
    let ran = audit(&cluster.socket_url("postgres"), &["--format", "html", "--by", "control"]);
    assert_eq!(ran.status, Some(0));
    assert!(ran.out.contains("Clean: no rule found anything.") && !ran.out.contains("<h2"), "{}", ran.out);
}

#[test]
fn a_statement_says_its_database_where_several_were_looked_at() {
    let cluster = cluster(Version::V18);
    for database in ["shop", "other"] {
        cluster.create_database(database).unwrap();
        cluster.psql(database, "CREATE TABLE t (); GRANT SELECT ON t TO PUBLIC").unwrap();
    }
    cluster.psql("shop", "CREATE ROLE app; GRANT SELECT ON t TO app WITH GRANT OPTION").unwrap();
    cluster.psql("other", "GRANT SELECT ON t TO app WITH GRANT OPTION").unwrap();
    let url = cluster.socket_url("shop");
    let text = |more: &[&str]| audit(&url, more).out;
    let one = text(&[]);
    assert!(one.contains("    mend: REVOKE GRANT OPTION FOR SELECT ON TABLE public.t FROM app;"), "{one}");
    let all = text(&["--all-databases"]);
    let expected = "    mend: in database other:
            REVOKE GRANT OPTION FOR SELECT ON TABLE public.t FROM app;
          in database shop:
            REVOKE GRANT OPTION FOR SELECT ON TABLE public.t FROM app;\n";
    assert!(all.contains(expected), "{all}");
    let page = text(&["--all-databases", "--format", "html"]);
    assert!(page.contains("This mends it, in database other:</p>\n<pre>REVOKE"), "{page}");
    let table = rows(&text(&["--all-databases", "--format", "csv"]));
    assert_eq!(table.iter().find(|row| row[1] == "RW417").unwrap()[8], "other; shop");
    let report = json(&text(&["--all-databases", "--format", "json"]));
    let found = report["findings"].as_array().unwrap().iter().find(|found| found["rule"] == "RW417").unwrap();
    assert_eq!(found["statements"][0]["database"], "other");
    assert_eq!(found["statements"][1]["sql"], found["sql"][1]);
    let sarif = json(&text(&["--all-databases", "--format", "sarif"]));
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let result = results.iter().find(|result| result["ruleId"] == "RW417").unwrap();
    assert_eq!(result["properties"]["statements"], found["statements"]);
}

/// A server on which one rule finds more than anybody reads, and three more that are worse.
fn crowded(roles: usize) -> Cluster {
    let cluster = cluster(Version::V18);
    let sql = format!(
        "DO $$ BEGIN FOR n IN 1..{roles} LOOP
           EXECUTE format('CREATE ROLE r%s', n);
           IF n % 2000 = 0 THEN COMMIT; END IF;  -- one transaction has no locks for all of them
         END LOOP; END $$;
         CREATE ROLE one LOGIN SUPERUSER; CREATE ROLE two LOGIN SUPERUSER; CREATE ROLE three LOGIN SUPERUSER"
    );
    cluster.psql("postgres", &sql).unwrap();
    cluster
}

#[test]
fn a_page_shows_fifty_findings_of_a_rule_and_counts_the_rest() {
    let cluster = crowded(120);
    let url = cluster.socket_url("postgres");
    let of_rule = |rule: &str| findings(&url).iter().filter(|finding| finding["rule"] == rule).count();
    let many = ["RW419", "RW420"].into_iter().find(|rule| of_rule(rule) >= 120).unwrap();
    let count = of_rule(many);
    for by in ["rule", "control"] {
        let page = audit(&url, &["--format", "html", "--by", by]).out;
        let (_, section) = page.split_once(&format!("<h2 id=\"{many}\">")).unwrap();
        let (section, _) = section.split_once("</section>").unwrap();
        assert_eq!(section.matches("<div class=\"finding").count(), 50, "{by}");
        assert!(section.contains(&format!("<h4>{count} findings</h4>")), "{by}: the count is of all");
        let more = format!("And {} more (", count - 50);
        assert!(section.contains(&more), "{by}: {more}");
        if by == "control" {
            let answers = format!("<span class=\"code\">{many}</span> {more}");
            assert!(page.contains(&answers), "{answers}");
        }
    }
    assert_eq!(rows(&audit(&url, &["--format", "csv"]).out).len(), findings(&url).len() + 1, "all of them");
}

#[test]
fn code_scanning_gets_no_more_than_it_takes_and_is_told() {
    let cluster = crowded(25_100);
    let url = cluster.socket_url("postgres");
    let all = findings(&url);
    let document = json(&audit(&url, &["--format", "sarif"]).out);
    let run = &document["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 25_000);
    assert!(all.len() > 25_000, "{}", all.len());
    let severity = |finding: &Value| finding["severity"].as_str().unwrap().to_owned();
    let shown = results.iter().map(|result| severity(&result["properties"])).collect::<Vec<_>>();
    let worst = all.iter().take(25_000).map(severity).collect::<Vec<_>>();
    assert_eq!(shown, worst, "the worst first");
    let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    let text = notes[0]["message"]["text"].as_str().unwrap();
    assert!(text.starts_with(&format!("{} findings are left out", all.len() - 25_000)), "{text}");
}
