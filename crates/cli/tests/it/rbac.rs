//! `rolewright rbac`: the functions of the standard from the command line.

use crate::program::{Ran, command, ran};
use sandbox::{Cluster, Installation, Version};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

fn shop() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop")
}

/// The calls as the lines of the input.
fn call(arguments: &[&str], calls: &str) -> Ran {
    let mut command = command(&[&["rbac"], arguments].concat());
    let mut child = command
        .current_dir(shop())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let calls = calls.to_owned();
    let writing = std::thread::spawn(move || input.write_all(calls.as_bytes()));
    let ended = ran(child.wait_with_output().unwrap());
    drop(writing.join().unwrap());
    ended
}

fn answers(arguments: &[&str], calls: &str) -> Vec<Value> {
    let ended = call(&[arguments, &["--format", "json"]].concat(), calls);
    assert_ne!(ended.status, Some(1), "{ended:?}");
    let text: Value = serde_json::from_str(&ended.out).unwrap();
    text["calls"].as_array().unwrap().clone()
}

/// Each call of the standard with what it is to answer: `=` done, `!` refused with these words, `+` yes, `-` no, else a list or a number.
const CALLS: &str = "
    add-user ann =
    add-user ben =
    add-user ann ! user ann exists already
    add-role entry =
    add-role approval =
    add-role lead =
    add-role idle =
    grant-permission entry shop: insert on table sales.refunds =
    grant-permission approval shop: update (approved_by, approved_at) on table sales.refunds =
    grant-permission idle shop: select on table sales.refunds =
    revoke-permission idle shop: select on table sales.refunds =
    revoke-permission idle shop: select on table sales.refunds ! idle does not hold select on table sales.refunds by itself
    add-inheritance lead entry =
    add-inheritance entry lead ! that would close a circle
    juniors lead [entry]
    add-ascendant head lead =
    add-descendant entry clerk =
    delete-inheritance entry clerk =
    delete-inheritance entry clerk ! entry does not inherit clerk immediately
    delete-role clerk =
    assign-user ann entry =
    assign-user ann entry ! ann is assigned to entry already
    assign-user ben lead =
    create-ssd-set refunds 2 entry approval =
    create-ssd-set wide 3 entry approval ! cardinality 3 does not lie between 2 and the number of roles
    ssd-role-sets [refunds]
    ssd-role-set-roles refunds [approval, entry]
    ssd-role-set-cardinality refunds 2
    assign-user ben approval ! ben would have too many of what constraint refunds keeps apart: entry (by lead → entry), approval
    would-violate ben approval [ben would have too many of what constraint refunds keeps apart: entry (by lead → entry), approval; fewer than 2 are allowed]
    ssd-violations []
    add-ssd-role-member refunds idle =
    set-ssd-set-cardinality refunds 3 =
    delete-ssd-role-member refunds idle ! without idle constraint refunds would have fewer roles than its cardinality 3
    assign-user ben approval =
    set-ssd-set-cardinality refunds 2 ! ben has too many
    delete-ssd-set refunds =
    create-dsd-set one-session 2 entry approval =
    dsd-role-sets [one-session]
    dsd-role-set-roles one-session [approval, entry]
    dsd-role-set-cardinality one-session 2
    create-session ben both lead approval ! session both would have active too many of what constraint one-session keeps apart
    create-session ben s lead =
    create-session ann s entry ! session s exists already
    session-roles s [lead]
    session-permissions s [shop: insert on table sales.refunds]
    check-access s shop: insert on table sales.refunds +
    check-access s shop: update (approved_by) on table sales.refunds -
    add-active-role ben s approval ! session s would have active too many
    add-active-role ann s entry ! session s is ben's, not ann's
    drop-active-role ben s lead =
    add-active-role ben s approval =
    check-access s shop: update (approved_by, approved_at) on table sales.refunds +
    check-access s shop: insert, update (approved_by) on table sales.refunds -
    check-access none shop: insert on table sales.refunds ! there is no session none
    delete-session ann s ! session s is ben's, not ann's
    delete-session ben s =
    add-dsd-role-member one-session idle =
    set-dsd-set-cardinality one-session 3 =
    set-dsd-set-cardinality one-session 2 =
    delete-dsd-role-member one-session idle =
    delete-dsd-set one-session =
    assigned-users entry [ann]
    authorized-users entry [ann, ben]
    assigned-roles ben [approval, lead]
    authorized-roles ben [approval, entry, lead]
    role-permissions lead [shop: insert on table sales.refunds]
    user-permissions ben [shop: insert on table sales.refunds, shop: update (approved_at, approved_by) on table sales.refunds]
    role-operations-on-object lead shop: table sales.refunds [insert]
    user-operations-on-object ann shop: table sales.refunds [insert]
    user-operations-on-object nobody shop: table sales.refunds ! there is no user nobody
    who-can shop: insert on table sales.refunds [ann, ben]
    who-can shop: insert, update (approved_by) on table sales.refunds [ben]
    deassign-user ann entry =
    deassign-user ann entry ! ann is not assigned to entry
    delete-user ann =
    authorized-users entry [ben]
    delete-role entry =
    authorized-roles ben [approval, lead]
";

/// A call, and what it is to answer.
fn expected(line: &str) -> (&str, Value) {
    if let Some((call, words)) = line.split_once(" ! ") {
        return (call, json!({ "refused": words }));
    }
    if let Some((call, list)) = line.split_once(" [") {
        let list = list.strip_suffix(']').unwrap();
        // What is listed may hold commas itself.
        let broken = list.contains("too many") || list.contains(" (");
        let all: Vec<&str> = match list {
            "" => Vec::new(),
            list if !broken => list.split(", ").collect(),
            list => list.split(", shop: ").collect(),
        };
        let all: Vec<String> = all
            .iter()
            .enumerate()
            .map(|(at, one)| if broken && at > 0 { format!("shop: {one}") } else { (*one).to_owned() })
            .collect();
        return (call, json!({ "are": all }));
    }
    let (call, answer) = line.rsplit_once(' ').unwrap();
    match answer {
        "=" => (call, json!({ "done": true })),
        "+" => (call, json!({ "is": true })),
        "-" => (call, json!({ "is": false })),
        number => (call, json!({ "number": number.parse::<u32>().unwrap() })),
    }
}

#[test]
fn every_function_of_the_standard_can_be_called_and_does_what_the_standard_says() {
    let lines: Vec<(&str, Value)> =
        CALLS.lines().map(str::trim).filter(|line| !line.is_empty()).map(expected).collect();
    let calls: Vec<&str> = lines.iter().map(|(call, _)| *call).collect();
    let answered = answers(&["--empty"], &calls.join("\n"));
    assert_eq!(answered.len(), lines.len());
    for ((call, expected), answered) in lines.iter().zip(&answered) {
        assert_eq!(answered["call"], **call);
        match expected["refused"].as_str() {
            Some(words) => {
                let why = answered["refused"].as_str().unwrap_or_else(|| panic!("{answered}"));
                assert!(why.starts_with(words), "{call}: {why}");
            }
            None => {
                let (key, value) = expected.as_object().unwrap().iter().next().unwrap();
                assert_eq!(answered[key], *value, "{call}: {answered}");
            }
        }
    }
    let called: BTreeSet<&str> = calls.iter().map(|call| call.split(' ').next().unwrap()).collect();
    let help = ran(command(&["rbac", "--help"]).output().unwrap()).out;
    let listed = help.split("Functions:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let listed: BTreeSet<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(called, listed, "each function is called here, and each that is called is one");
}

#[test]
fn a_limited_hierarchy_has_one_immediate_junior() {
    let calls = "add-role a\nadd-role b\nadd-role c\nadd-inheritance a b\nadd-inheritance a c";
    let text = call(&["--empty", "--limited"], calls);
    assert_eq!(text.status, Some(3), "{text:?}");
    assert!(text.out.ends_with("add-inheritance a c\n  refused: a inherits b already, and has no more than one immediate junior in a limited hierarchy\n"), "{}", text.out);
    assert_eq!(call(&["--empty"], calls).status, Some(0));
}

#[test]
fn of_a_model_people_are_the_users_by_whatever_account_they_are_named() {
    let calls = "# a comment\n\nauthorized-users refund_entry\nassigned-roles carol@acme.example\nassigned-roles carol\nassign-user carol refund_approval\nssd-role-sets";
    let answered = answers(&["--env", "prod"], calls);
    assert_eq!(answered.len(), 5);
    assert_eq!(answered[0]["are"], json!(["backoffice", "carol"]));
    assert_eq!(answered[1]["are"], answered[2]["are"]);
    let refused = answered[3]["refused"].as_str().unwrap();
    assert!(refused.starts_with("carol would have too many of what constraint refund-two-people keeps apart: refund_approval, refund_entry"), "{refused}");
    assert_eq!(answered[4]["are"], json!(["payout-two-people", "refund-two-people"]));
}

#[test]
fn what_cannot_be_read_is_said_of_every_call_before_any_is_made() {
    let wrong = call(
        &["--empty"],
        "add-usr ann\nassign-user ann\ncheck-access s selct on table a.b\nadd-role \"a b\nadd-user ann ben\nset-ssd-set-cardinality x many\nadd-user \"\"",
    );
    assert_eq!((wrong.status, wrong.out.as_str()), (Some(1), ""));
    let told = [
        "the standard has no function \"add-usr\"\n  help: did you mean add-user?",
        "assign-user ann: the role is missing\n  help: it takes: assign-user USER ROLE",
        "check-access s selct on table a.b: postgres has no privilege `selct` at \"selct\"\n  help: did you mean `select`?",
        "a \" is opened and not closed",
        "\"ben\" is too much\n  help: it takes: add-user USER",
        "\"many\" is no number",
        "a name cannot be empty",
    ];
    for words in told {
        assert!(wrong.err.contains(words), "{words}\n{}", wrong.err);
    }
    let elsewhere = call(&["--env", "test"], "ssd-role-sets");
    assert!(
        elsewhere.err.contains("there is no environment test")
            && elsewhere.err.contains("the model has prod"),
        "{elsewhere:?}"
    );
    let database = call(&[], "who-can till: select on table sales.orders");
    assert!(database.err.contains("the model has no database till here"), "{database:?}");
    let quoted =
        answers(&["--empty"], "add-user 'Ann \u{7} B'\nadd-user \"it's\"\nassigned-roles 'Ann \u{7} B'");
    assert_eq!(quoted[2]["are"], json!([]));
    let shown = call(&["--empty"], "add-user \u{1b}[31mred");
    assert!(!shown.out.contains('\u{1b}'), "{shown:?}");
}

/// What a session with all roles of an account may do to each table is what the server says once the model has been applied: by what
/// it inherits, and by whom it may become.
#[test]
fn access_as_the_standard_checks_it_is_access_as_the_server_checks_it() {
    let cluster = Cluster::start(&Installation::find(Version::V18).unwrap()).unwrap();
    cluster.psql_file("postgres", &shop().join("load.sql")).unwrap();
    // The shop as it grew, but for all that was granted in it: what stands then is of the model.
    let forget = "DELETE FROM pg_auth_members WHERE member >= 16384; DELETE FROM pg_default_acl; DELETE FROM pg_shdepend WHERE deptype = 'a'; UPDATE pg_attribute SET attacl = NULL; \
        UPDATE pg_class SET relacl = NULL WHERE oid >= 16384; UPDATE pg_namespace SET nspacl = NULL WHERE oid >= 16384";
    cluster.psql("shop", forget).unwrap();
    let apply = command(&["apply", "--env", "prod", "--yes"])
        .current_dir(shop())
        .env("SHOP_PROD_URL", cluster.url("shop"))
        .output()
        .unwrap();
    assert!(apply.status.success(), "{:?}", ran(apply));
    let privileges = "SELECT r.rolname, format('%I.%I', n.nspname, c.relname), p, \
        EXISTS (SELECT FROM pg_roles b WHERE (pg_has_role(r.oid, b.oid, 'USAGE') OR pg_has_role(r.oid, b.oid, 'SET')) \
        AND has_table_privilege(b.oid, c.oid, p)) \
        FROM pg_roles r, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, \
        unnest('{select,insert,update,delete,truncate}'::text[]) p \
        WHERE r.rolcanlogin AND NOT r.rolsuper AND c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_|^information_schema$' ORDER BY 1, 2, 3";
    let said = cluster.psql("shop", privileges).unwrap();
    let mut rows: Vec<Vec<&str>> = said.lines().map(|line| line.split('|').collect()).collect();
    let logins: BTreeSet<&str> = rows.iter().map(|row| row[0]).collect();
    let asked: Vec<String> = logins.iter().map(|login| format!("assigned-roles '{login}'")).collect();
    let assigned = answers(&["--env", "prod"], &asked.join("\n"));
    // Logins that the model does not know are nobody's users.
    let known =
        logins.iter().zip(&assigned).filter_map(|(login, roles)| Some((*login, roles["are"].as_array()?)));
    let known: BTreeMap<&str, &Vec<Value>> = known.collect();
    rows.retain(|row| known.contains_key(row[0]));
    let mut calls: Vec<String> = Vec::new();
    for (login, roles) in &known {
        let roles: Vec<String> = roles.iter().map(|role| format!("'{}'", role.as_str().unwrap())).collect();
        calls.push(format!("create-session '{login}' '{login}' {}", roles.join(" ")));
    }
    let begun = calls.len();
    calls.extend(rows.iter().map(|row| format!("check-access '{}' {} on table {}", row[0], row[2], row[1])));
    let checked = answers(&["--env", "prod"], &calls.join("\n"));
    assert!(checked[..begun].iter().all(|session| session["done"] == true), "{:#?}", &checked[..begun]);
    let mut given = 0;
    for (row, answer) in rows.iter().zip(&checked[begun..]) {
        assert_eq!(answer["is"], row[3] == "t", "{row:?}");
        given += usize::from(row[3] == "t");
    }
    assert!(known.len() > 8 && given > 50 && rows.len() > 500, "{} {given} {}", known.len(), rows.len());
}
