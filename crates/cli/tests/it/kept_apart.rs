//! Separations of duties on a real server: memberships that the model does not make count as well.

use crate::govern::Governed;
use crate::kept_from::two_databases;
use sandbox::Version;
use serde_json::Value;

fn governed() -> Governed {
    let governed = Governed::new(Version::V16);
    governed.psql("CREATE ROLE helpdesk");
    governed.edit("[app_owner]", "[app_owner, helpdesk]");
    let approval =
        "roles:\n  approval: { purpose: Approves., owner: commerce@acme.example }\n  orders_reader:";
    governed.edit("roles:\n  orders_reader:", approval);
    let duties = "separation_of_duties:\n  - { name: apart, static: { roles: [orders_reader, approval], cardinality: 2 } }\npublic:\n";
    governed.edit("public:\n", duties);
    governed.mend();
    governed
}

#[test]
fn a_plan_that_gives_a_person_what_is_kept_apart_through_a_role_of_others_is_refused() {
    let governed = governed();
    governed.psql("GRANT approval TO helpdesk");
    governed.edit("alice: { roles: [orders_reader]", "alice: { roles: [orders_reader, helpdesk]");
    let plan = governed.run(&["plan"]);
    assert_eq!(plan.status, Some(1), "{plan:?}");
    let told = plan.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains("RW342 alice would have approval and orders_reader, which apart keeps apart"),
        "{told}"
    );
    assert_eq!(governed.run(&["apply", "--yes"]).status, Some(1));

    governed.psql("REVOKE approval FROM helpdesk");
    governed.mend();
    // What comes to be so by others' hands is for an audit: no plan mends it.
    governed.psql("GRANT approval TO helpdesk");
    assert_eq!(governed.run(&["plan"]).status, Some(0));
}

#[test]
fn who_changes_from_one_role_to_the_other_has_both_at_no_time() {
    let governed = governed();
    governed.edit("alice: { roles: [orders_reader]", "alice: { roles: [approval]");
    let plan: Value = serde_json::from_str(&governed.run(&["plan", "--format", "json"]).out).unwrap();
    let of_alice = |phase: &Value| {
        let text = phase["steps"].to_string();
        ["GRANT approval TO alice", "REVOKE orders_reader FROM alice"].map(|part| text.contains(part))
    };
    let phases = plan["phases"].as_array().unwrap();
    let together: Vec<&Value> = phases.iter().filter(|phase| of_alice(phase) == [true, true]).collect();
    assert_eq!(together.len(), 1, "{plan:#}");
    assert_eq!(together[0]["all_or_nothing"], true, "{plan:#}");
    let text = governed.run(&["plan"]).out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("alice changes between roles that it keeps apart: both in one transaction"),
        "{text}"
    );
    governed.mend();
}

#[test]
fn where_two_databases_change_as_well_what_somebody_had_is_taken_first() {
    let select = "\"select on table public.t\"";
    let governed = two_databases(select, select);
    let roles = r#"roles:
  entry: { purpose: Enters., owner: commerce@acme.example, grants: { a: ["select on table public.t"] } }
  approval: { purpose: Approves., owner: commerce@acme.example, grants: { z: ["select, delete on table public.t"] } }
  worker"#;
    governed.edit("roles:\n  worker", roles);
    let duties = "separation_of_duties:\n  - { name: roles-apart, static: { roles: [entry, approval], cardinality: 2 } }\n";
    governed.edit("separation_of_duties:\n", duties);
    governed.edit("[orders_reader, worker]", "[orders_reader, worker, entry]");
    governed.mend();
    // Before the databases the new role has too much, after them the old one.
    governed.edit("[orders_reader, worker, entry]", "[orders_reader, worker, approval]");
    governed.edit("a: [\"select on table public.t\"]", "a: [\"select, delete on table public.t\"]");
    governed.edit("z: [\"select, delete on table public.t\"]", "z: [\"select on table public.t\"]");
    let plan = governed.run(&["plan"]);
    let told = plan.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(plan.status, Some(2), "{plan:?}");
    let first = "alice changes between roles that it keeps apart: what they had is taken first";
    assert!(told.contains(first), "{told}");
    governed.mend();
}
