//! Permissions that are kept apart and operations that take an approval, on a real server: what stands there counts as well, whoever made it.

use crate::govern::{Governed, evidence, exception};
use sandbox::Version;

const DUTIES: &str = r#"separation_of_duties:
  - { name: apart, static: { permissions: ["shop: insert on table sales.secrets", "shop: update on table sales.orders"], cardinality: 2 } }
groups: { leads: {} }
dual_control:
  - { name: destructive, on: shop/prod, operations: [truncate, drop], approvers: [leads] }
public:
"#;

pub(crate) fn governed(version: Version) -> Governed {
    let governed = Governed::new(version);
    governed.psql("CREATE ROLE helpdesk");
    governed.edit("[app_owner]", "[app_owner, helpdesk]");
    let keeper = r#"roles:
  keeper: { purpose: Keeps secrets., owner: commerce@acme.example, grants: { shop: ["insert on table sales.secrets"] } }
  orders_reader:"#;
    governed.edit("roles:\n  orders_reader:", keeper);
    governed.edit("alice: { roles: [orders_reader]", "alice: { roles: [orders_reader, keeper]");
    governed.edit("public:\n", DUTIES);
    governed.mend();
    governed
}

/// The plan's answer as one line, where alice is given a role of others' after this was done to the target.
fn with_helpdesk(governed: &Governed, (made, gone): (&str, &str)) -> (Option<i32>, String) {
    governed.psql(made);
    governed.edit("[orders_reader, keeper]", "[orders_reader, keeper, helpdesk]");
    let plan = governed.run(&["plan"]);
    let applied = plan.status == Some(1);
    if applied {
        assert_eq!(governed.run(&["apply", "--yes"]).status, Some(1), "{plan:?}");
    }
    governed.edit("[orders_reader, keeper, helpdesk]", "[orders_reader, keeper]");
    governed.psql(gone);
    (plan.status, plan.out.split_whitespace().collect::<Vec<_>>().join(" "))
}

const DEFINER: &str = "CREATE FUNCTION sales.fix(what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$BEGIN EXECUTE what; END$$;
    ALTER FUNCTION sales.fix(text) OWNER TO app_owner; REVOKE EXECUTE ON FUNCTION sales.fix(text) FROM PUBLIC; GRANT EXECUTE ON FUNCTION sales.fix(text) TO helpdesk";

#[test]
fn a_plan_that_gives_somebody_a_way_of_others_to_what_is_kept_apart_is_refused() {
    let governed = governed(Version::V16);
    let ways = [
        ("GRANT UPDATE ON sales.orders TO helpdesk", "REVOKE UPDATE ON sales.orders FROM helpdesk", "helpdesk has update on table sales.orders"),
        ("GRANT UPDATE (id) ON sales.orders TO helpdesk", "REVOKE UPDATE (id) ON sales.orders FROM helpdesk", "helpdesk has update on column sales.orders.id"),
        ("GRANT app_owner TO helpdesk WITH INHERIT FALSE", "REVOKE app_owner FROM helpdesk", "helpdesk may become app_owner, then app_owner owns table sales.orders"),
        ("GRANT app_owner TO helpdesk WITH ADMIN TRUE, INHERIT FALSE, SET FALSE", "REVOKE app_owner FROM helpdesk", "helpdesk may grant itself app_owner"),
        ("GRANT pg_write_all_data TO helpdesk", "REVOKE pg_write_all_data FROM helpdesk", "pg_write_all_data stands for"),
        ("GRANT pg_execute_server_program TO helpdesk", "REVOKE pg_execute_server_program FROM helpdesk", "runs programs as the server's account"),
        (DEFINER, "DROP FUNCTION sales.fix(text)", "sales.fix(text)"),
        (
            "CREATE VIEW sales.open AS SELECT id FROM sales.orders; ALTER VIEW sales.open OWNER TO app_owner; GRANT UPDATE ON sales.open TO helpdesk",
            "DROP VIEW sales.open",
            "passes update on to table sales.orders with the rights of app_owner",
        ),
        (
            "ALTER TABLE sales.orders ADD PRIMARY KEY (id); ALTER TABLE sales.secrets ADD PRIMARY KEY (id);
             ALTER TABLE sales.orders ADD FOREIGN KEY (id) REFERENCES sales.secrets ON DELETE CASCADE ON UPDATE CASCADE; GRANT UPDATE ON sales.secrets TO helpdesk",
            "ALTER TABLE sales.orders DROP CONSTRAINT orders_id_fkey, DROP CONSTRAINT orders_pkey; ALTER TABLE sales.secrets DROP CONSTRAINT secrets_pkey; REVOKE UPDATE ON sales.secrets FROM helpdesk",
            "a foreign key of table sales.orders follows table sales.secrets",
        ),
        (
            "CREATE FUNCTION sales.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$BEGIN UPDATE sales.orders SET id = 1; RETURN NEW; END$$;
             ALTER FUNCTION sales.note() OWNER TO app_owner; REVOKE EXECUTE ON FUNCTION sales.note() FROM PUBLIC; CREATE TRIGGER note AFTER DELETE ON sales.secrets EXECUTE FUNCTION sales.note(); GRANT DELETE ON sales.secrets TO helpdesk",
            "DROP TRIGGER note ON sales.secrets; DROP FUNCTION sales.note(); REVOKE DELETE ON sales.secrets FROM helpdesk",
            "trigger note of table sales.secrets runs",
        ),
    ];
    for (made, gone, why) in ways {
        let (status, told) = with_helpdesk(&governed, (made, gone));
        assert_eq!(status, Some(1), "{made}: {told}");
        let begins = "RW344 alice could `shop: insert on table sales.secrets` and `shop: update on table sales.orders`, which apart keeps apart";
        assert!(told.contains(begins), "{made}: {told}");
        assert!(told.contains(why), "{made}: {told}");
    }
    // A role that leads nowhere is given.
    assert_eq!(with_helpdesk(&governed, ("SELECT 1", "SELECT 1")).0, Some(2));
}

#[test]
fn what_needs_a_victim_or_is_unknown_is_said_and_not_refused() {
    let governed = governed(Version::V16);
    let (status, told) = with_helpdesk(
        &governed,
        ("GRANT TRIGGER ON sales.orders TO helpdesk", "REVOKE TRIGGER ON sales.orders FROM helpdesk"),
    );
    assert_eq!(status, Some(2), "{told}");
    let trap = "if somebody walks into a trap, alice could `shop: insert on table sales.secrets` and `shop: update on table sales.orders`, which apart keeps apart";
    assert!(told.contains(trap) && told.contains("checkout runs it as itself"), "{told}");
    let unread = "CREATE FUNCTION sales.run() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$DECLARE t text; BEGIN SELECT string_agg(id::text, '') INTO t FROM sales.orders; EXECUTE t; END$$;
        ALTER FUNCTION sales.run() OWNER TO app_owner; REVOKE EXECUTE ON FUNCTION sales.run() FROM PUBLIC; GRANT EXECUTE ON FUNCTION sales.run() TO helpdesk";
    let (status, told) = with_helpdesk(&governed, (unread, "DROP FUNCTION sales.run()"));
    assert_eq!(status, Some(2), "{told}");
    assert!(
        told.contains("nobody can say that alice could not `shop: insert on table sales.secrets`"),
        "{told}"
    );
}

#[test]
fn an_operation_that_takes_an_approval_is_not_given_through_a_role_of_others() {
    let governed = governed(Version::V16);
    for (made, gone, what) in [
        ("GRANT app_owner TO helpdesk", "REVOKE app_owner FROM helpdesk", "`drop`"),
        (
            "GRANT TRUNCATE ON sales.secrets TO helpdesk",
            "REVOKE TRUNCATE ON sales.secrets FROM helpdesk",
            "`truncate` (table sales.secrets)",
        ),
        (
            "GRANT CREATE ON DATABASE shop TO helpdesk; ALTER SCHEMA sales OWNER TO helpdesk",
            "ALTER SCHEMA sales OWNER TO app_owner; REVOKE CREATE ON DATABASE shop FROM helpdesk",
            "`drop`",
        ),
    ] {
        let (status, told) = with_helpdesk(&governed, (made, gone));
        assert_eq!(status, Some(1), "{made}: {told}");
        let refused = format!("RW344 alice could {what}");
        assert!(told.contains("RW344 alice could") && told.contains(what), "{refused}: {told}");
        assert!(told.contains("alone, for which destructive asks others"), "{told}");
    }
}

#[test]
fn what_is_so_already_is_for_an_audit_and_a_login_of_nobody_is_judged_as_well() {
    let governed = governed(Version::V16);
    // It comes to be so by others' hands: no plan that does something else is refused.
    governed.psql("GRANT helpdesk TO alice; GRANT UPDATE ON sales.orders TO helpdesk");
    governed
        .edit("alice: { roles: [orders_reader, keeper]", "alice: { roles: [orders_reader, keeper, helpdesk]");
    governed.edit("connection_limit: 20", "connection_limit: 21");
    assert_eq!(governed.run(&["plan"]).status, Some(2));
    governed.mend();
    // Somebody whom the model does not know has a role of it, and the plan gives that role the rest.
    governed.psql(
        "CREATE ROLE stranger LOGIN; GRANT keeper TO stranger; GRANT TRUNCATE ON sales.orders TO stranger",
    );
    governed.edit(
        "\"insert on table sales.secrets\"] }",
        "\"insert on table sales.secrets\", \"update on table sales.orders\"] }",
    );
    let plan = governed.run(&["plan"]);
    assert_eq!(plan.status, Some(1), "{plan:?}");
}

#[test]
fn a_superuser_and_whoever_applies_plans_are_the_trusted_base() {
    let governed = governed(Version::V16);
    governed.psql("ALTER ROLE helpdesk SUPERUSER");
    governed.edit("[orders_reader, keeper]", "[orders_reader, keeper, helpdesk]");
    assert_eq!(governed.run(&["plan"]).status, Some(2));
}

/// A server with two databases, of which `worker` has something in each: first in `a` and `z`.
pub(crate) fn two_databases(in_a: &str, in_z: &str) -> Governed {
    let governed = Governed::new(Version::V16);
    for database in ["a", "z"] {
        governed.psql(&format!("CREATE DATABASE {database}"));
        governed.psql_in(database, "CREATE TABLE public.t (id int)");
    }
    let more = r#"  a: { engine: postgres, environments: { prod: { url: "${SHOP_URL}", database: a } } }
  z: { engine: postgres, environments: { prod: { url: "${SHOP_URL}", database: z } } }
external_roles:"#;
    governed.edit("external_roles:", more);
    let worker = format!(
        "roles:\n  worker: {{ purpose: Works., owner: commerce@acme.example, grants: {{ a: [ {in_a} ], z: [ {in_z} ] }} }}\n  orders_reader:"
    );
    governed.edit("roles:\n  orders_reader:", &worker);
    governed.edit("alice: { roles: [orders_reader]", "alice: { roles: [orders_reader, worker]");
    let duties = "separation_of_duties:\n  - { name: apart, static: { permissions: [\"a: insert on table public.t\", \"z: insert on table public.t\"], cardinality: 2 } }\npublic:\n";
    governed.edit("public:\n", duties);
    governed.mend();
    governed
}

const INSERT: &str = "\"insert on table public.t\"";
const SELECT: &str = "\"select on table public.t\"";

/// What the plan says of a change from the one database to the other.
fn changing(governed: &Governed, from: (&str, &str), to: (&str, &str)) -> (Option<i32>, String) {
    let worker = |(a, z): (&str, &str)| format!("a: [ {a} ], z: [ {z} ]");
    governed.edit(&worker(from), &worker(to));
    let plan = governed.run(&["plan"]);
    (plan.status, plan.out.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn who_changes_between_databases_has_both_at_no_time_or_the_plan_is_refused() {
    // Databases change one after the other: what `a` takes is gone before `z` gives.
    let governed = two_databases(INSERT, SELECT);
    let (status, told) = changing(&governed, (INSERT, SELECT), (SELECT, INSERT));
    assert_eq!(status, Some(2), "{told}");
    assert!(
        told.contains("alice changes between what it keeps from them: what they had is taken first"),
        "{told}"
    );
    governed.mend();
    // The other way round `a` gives before `z` takes.
    let (status, told) = changing(&governed, (SELECT, INSERT), (INSERT, SELECT));
    assert_eq!(status, Some(1), "{told}");
    assert!(
        told.contains("RW343 while it is carried out, alice would have what apart keeps from them"),
        "{told}"
    );
    assert_eq!(governed.run(&["apply", "--yes"]).status, Some(1));
    // In two plans it goes.
    assert_eq!(changing(&governed, (INSERT, SELECT), (SELECT, SELECT)).0, Some(2));
    governed.mend();
    assert_eq!(changing(&governed, (SELECT, SELECT), (INSERT, SELECT)).0, Some(2));
    governed.mend();
}

#[test]
fn before_16_whoever_makes_roles_may_take_any() {
    for (version, status) in [(Version::V14, Some(1)), (Version::V16, Some(2))] {
        let governed = governed(version);
        let (said, told) =
            with_helpdesk(&governed, ("ALTER ROLE helpdesk CREATEROLE", "ALTER ROLE helpdesk NOCREATEROLE"));
        assert_eq!(said, status, "{told}");
        assert_eq!(told.contains("RW344 alice could"), status == Some(1), "{told}");
    }
}

#[test]
fn who_changes_between_permissions_of_one_database_has_both_at_no_time() {
    let governed = governed(Version::V16);
    let other = "roles:\n  updater: { purpose: Updates., owner: commerce@acme.example, grants: { shop: [\"select on table sales.orders\"] } }";
    governed.edit("roles:\n  keeper", &format!("{other}\n  keeper"));
    governed.edit("[orders_reader, keeper]", "[orders_reader, keeper, updater]");
    governed.mend();
    // A membership goes, and what another one gives comes in a database: in the usual order it would come first.
    governed.edit("[orders_reader, keeper, updater]", "[orders_reader, updater]");
    governed.edit("\"select on table sales.orders\"", "\"select, update on table sales.orders\"");
    let plan = governed.run(&["plan"]);
    assert_eq!(plan.status, Some(2), "{plan:?}");
    let told = plan.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let one = "alice changes between what it keeps from them: both in one transaction";
    assert!(told.contains(one) && told.contains("Phase 1 of 1"), "{told}");
    governed.mend();
}

#[test]
fn what_somebody_had_is_taken_before_a_second_database_gives() {
    let governed = two_databases(SELECT, SELECT);
    let other = "roles:\n  keeper: { purpose: Keeps., owner: commerce@acme.example, grants: { a: [\"insert on table public.t\"] } }\n  worker";
    governed.edit("roles:\n  worker", other);
    governed.edit("[orders_reader, worker]", "[orders_reader, worker, keeper]");
    governed.mend();
    governed.edit("[orders_reader, worker, keeper]", "[orders_reader, worker]");
    let (status, told) =
        changing(&governed, (SELECT, SELECT), ("\"select, update on table public.t\"", INSERT));
    assert_eq!(status, Some(2), "{told}");
    assert!(
        told.contains("alice changes between what it keeps from them: what they had is taken first"),
        "{told}"
    );
    governed.mend();
}

#[test]
fn an_audit_finds_who_has_on_the_target_what_the_model_keeps_from_them() {
    for version in [Version::V14, Version::V18] {
        let governed = governed(version);
        let ours = || -> Vec<String> {
            let all = governed.findings();
            all.into_iter().filter(|finding| finding.starts_with("RW461")).collect()
        };
        assert_eq!(ours(), Vec::<String>::new());
        governed.psql("GRANT helpdesk TO alice; GRANT UPDATE ON sales.orders TO helpdesk");
        assert_eq!(ours(), ["RW461 high apart/alice"]);
        let finding = governed.finding("RW461");
        assert_eq!(
            finding["what"],
            "alice can `shop: insert on table sales.secrets` and `shop: update on table sales.orders`, which it keeps apart"
        );
        let told = evidence(&finding);
        assert!(
            told.contains(&"alice inherits helpdesk, then helpdesk has update on table sales.orders"),
            "{told:?}"
        );
        governed.append(&exception(&finding, "2999-12-31"));
        assert_eq!(ours(), Vec::<String>::new());
        // Another way was not accepted.
        governed.psql("GRANT UPDATE ON sales.orders TO alice");
        assert_eq!(ours(), ["RW461 high apart/alice"]);
        governed.psql("REVOKE UPDATE ON sales.orders FROM alice, helpdesk");
        assert_eq!(ours(), Vec::<String>::new());
        governed.psql(&DEFINER.replace("TO helpdesk", "TO PUBLIC"));
        let found = ours();
        assert!(found.contains(&"RW461 high apart/checkout".to_owned()), "{found:?}");
        assert!(found.contains(&"RW461 high destructive/checkout".to_owned()), "{found:?}");
        governed.psql("DROP FUNCTION sales.fix(text); GRANT TRIGGER ON sales.orders TO helpdesk; CREATE ROLE stranger LOGIN; GRANT TRUNCATE ON sales.secrets TO stranger");
        assert_eq!(ours(), ["RW461 high destructive/login stranger", "RW461 medium apart/alice"]);
    }
}
