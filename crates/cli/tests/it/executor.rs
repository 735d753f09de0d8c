//! The executor that `rolewright executor-sql` makes, on real servers.

use crate::folder::Folder;
use crate::program::{Ran, command, ran};
use sandbox::{Cluster, Installation, Version};

const ODD: &str = "t32=x y 'z\"";

struct House {
    cluster: Cluster,
    folder: Folder,
    database: &'static str,
}

impl House {
    /// A server with this database and these objects, and a model that calls the database `app`.
    fn new(version: Version, database: &'static str, before: &str, roles: &str) -> Self {
        let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
        cluster.create_database(database).unwrap();
        cluster.psql("postgres", "CREATE ROLE app_owner; CREATE ROLE old_owner; CREATE ROLE reader").unwrap();
        let house = Self { cluster, folder: Folder::new(), database };
        house.psql(before);
        let named = database.replace('\'', "''");
        let head = format!(
            "version: 1\ndatabases:\n  app:\n    engine: postgres\n    name: '{named}'\n    environments: {{ test: {{ url: \"${{APP_URL}}\" }} }}\n"
        );
        house.folder.write("rolewright.yaml", &format!("{head}{roles}"));
        house
    }

    fn psql(&self, sql: &str) -> String {
        // The sandbox's own way in; an odd database is entered from another one.
        let connect = self.database.replace('\'', "\\'");
        if self.database == "app" {
            return self.cluster.psql("app", sql).unwrap();
        }
        let enter = format!("\\connect -reuse-previous=on \"dbname='{}'\"", connect.replace('"', "\"\""));
        self.cluster.psql("postgres", &format!("{enter}\n{sql}")).unwrap()
    }

    fn run(&self, url: &str, arguments: &[&str]) -> Ran {
        let mut command = command(arguments);
        command.current_dir(self.folder.path()).env("APP_URL", url);
        ran(command.output().unwrap())
    }

    fn model(&self) -> String {
        std::fs::read_to_string(self.folder.file("rolewright.yaml")).unwrap()
    }

    fn executor_sql(&self) -> String {
        let ran = self.run(&self.cluster.url(self.database), &["executor-sql"]);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        ran.out
    }

    /// Makes the executor and gives its way in.
    fn executor(&self) -> String {
        self.cluster.psql("postgres", &self.executor_sql()).unwrap();
        self.cluster.psql("postgres", "ALTER ROLE rolewright_executor PASSWORD 'executor'").unwrap();
        self.cluster.url_as("rolewright_executor", "executor", self.database)
    }
}

const OBJECTS: &str = "CREATE SCHEMA sales AUTHORIZATION app_owner;
    CREATE TABLE sales.orders (); ALTER TABLE sales.orders OWNER TO app_owner;
    CREATE TABLE sales.carts (); ALTER TABLE sales.carts OWNER TO old_owner;";

const OWNER: &str = "roles:
  app_owner:
    purpose: Owns the shop's tables.
    owner: commerce@acme.example
    owns: { app: [\"schema sales\", \"table sales.*\"] }
  reader:
    purpose: Reads orders.
    owner: commerce@acme.example
    grants: { app: [usage on schema sales, \"select on table sales.*\"] }
";

#[test]
fn what_an_executor_has_governed_is_clean_to_whoever_looks() {
    for version in Version::ALL {
        let roles = "external_roles: [app_owner]
roles:
  buyer: { purpose: Buys., owner: commerce@acme.example, boundary: writer, grants: { app: [usage on schema sales, \"select, insert on table sales.orders\"] } }
  old_buyer: { purpose: Bought., owner: commerce@acme.example, state: deprecated, replaced_by: buyer }
service_accounts:
  till: { purpose: The till., owner: commerce@acme.example, roles: [buyer], login: app, connection_limit: 5 }
";
        let house = House::new(version, "app", OBJECTS, roles);
        let url = house.executor();
        assert_eq!(house.run(&url, &["apply", "--yes"]).status, Some(0), "{version}");
        let told = |url: &str| {
            let ran = house.run(url, &["audit", "--format", "json"]);
            let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
            let of = |finding: &serde_json::Value| {
                let about = finding["about"]["name"].as_str().unwrap_or_default();
                format!(
                    "{} {} {about}",
                    finding["rule"].as_str().unwrap(),
                    finding["severity"].as_str().unwrap()
                )
            };
            let found = report["findings"].as_array().unwrap().iter().map(of);
            found.filter(|line| line.as_str() > "RW440").collect::<Vec<_>>()
        };
        for url in [url, house.cluster.url(house.database)] {
            assert_eq!(told(&url), ["RW451 info old_buyer"], "{version}");
        }
    }
}

#[test]
fn an_owner_in_the_model_is_one_that_the_executor_grants_for() {
    for version in Version::ALL {
        let house = House::new(version, "app", OBJECTS, OWNER);
        let url = house.executor();
        let apply = house.run(&url, &["apply", "--yes"]);
        assert_eq!(apply.status, Some(0), "{version}: {apply:?}");
        assert_eq!(house.run(&url, &["plan"]).status, Some(0), "{version}");
        let again = house.executor_sql();
        for role in ["app_owner", "old_owner", "reader"] {
            assert!(!again.contains(&format!("GRANT {role} TO rolewright")), "{version}: {again}");
        }
    }
}

#[test]
fn an_executor_with_less_than_it_needs_gets_the_rest_and_keeps_what_it_has() {
    let house = House::new(Version::V16, "app", OBJECTS, OWNER);
    house.psql("CREATE ROLE rolewright CREATEROLE; GRANT app_owner TO rolewright WITH ADMIN TRUE, INHERIT FALSE, SET FALSE");
    house.psql("GRANT reader TO rolewright WITH ADMIN FALSE, INHERIT TRUE, SET FALSE");
    let sql = house.executor_sql();
    assert!(sql.contains("GRANT app_owner TO rolewright WITH ADMIN TRUE, INHERIT TRUE, SET TRUE;"), "{sql}");
    assert!(sql.contains("GRANT reader TO rolewright WITH ADMIN TRUE, INHERIT TRUE, SET FALSE;"), "{sql}");
    let apply = house.run(&house.executor(), &["apply", "--yes"]);
    assert_eq!(apply.status, Some(0), "{apply:?}");
}

#[test]
fn scripts_find_a_database_with_an_odd_name_and_act_as_the_executor() {
    let objects = "CREATE SCHEMA sales; CREATE TABLE sales.orders (); CREATE TABLE sales.carts ();";
    let model = OWNER.replace("    owns: { app: [\"schema sales\", \"table sales.*\"] }\n", "");
    let house = House::new(Version::V16, ODD, objects, &model);
    let url = house.executor();
    let plan = house.run(&url, &["plan", "--format", "sql"]);
    assert_eq!(
        plan.out.matches("SET ROLE rolewright;").count(),
        2,
        "at the head and after \\connect: {plan:?}"
    );
    house.cluster.psql_as("rolewright_executor", "postgres", &plan.out).unwrap();
    let after = house.run(&url, &["plan"]);
    assert_eq!(after.status, Some(0), "{after:?}");
}

/// What the plan of this executor says that it lacks, and what the server says to each of these statements.
fn lacks(house: &House, url: &str, right: &str, statement: &str, refusal: &str) {
    let plan = house.run(url, &["plan"]);
    let unwrapped = plan.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(unwrapped.contains(&format!("lacks: {right}")), "{right}: {}", plan.out);
    assert!(plan.out.contains(statement), "{statement}: {}", plan.out);
    let apply = house.run(url, &["apply", "--yes"]);
    assert_eq!(apply.status, Some(1), "{apply:?}");
    let sql = format!("SET ROLE rolewright; {statement};");
    let said = house.cluster.psql_as("rolewright_executor", "app", &sql).unwrap_err();
    assert!(said.to_string().contains(refusal) || format!("{said:?}").contains(refusal), "{said:?}");
}

#[test]
fn a_session_that_the_executor_cannot_end_is_named_before_anything_runs() {
    let model = "roles:\n  reader: { state: retired, purpose: Read., owner: commerce@acme.example }\n";
    let house = House::new(Version::V16, "app", "ALTER ROLE reader LOGIN", model);
    let url = house.executor();
    house.psql("REVOKE pg_signal_backend FROM rolewright");
    std::thread::scope(|scope| {
        let session = scope.spawn(|| house.cluster.psql_as("reader", "app", "SELECT pg_sleep(30)"));
        let alive = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'reader' AND state = 'active'";
        while house.psql(alive).trim() != "1" {
            assert!(!session.is_finished(), "the session did not last");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let end = "SELECT pg_catalog.pg_terminate_backend(pid, 10000) FROM pg_catalog.pg_stat_activity WHERE usename = 'reader'";
        lacks(&house, &url, "membership in pg_signal_backend or in reader", end, "permission denied");
        house.psql("GRANT pg_signal_backend TO rolewright");
        let apply = house.run(&url, &["apply", "--yes"]);
        assert_eq!(apply.status, Some(0), "{apply:?}");
    });
}

#[test]
fn what_a_retired_role_handed_on_is_the_executors_to_give_again_and_take() {
    let model = "roles:\n  reader: { state: retired, purpose: Read., owner: commerce@acme.example }\n";
    for version in Version::ALL {
        let before = "CREATE ROLE bystander; CREATE SCHEMA sales AUTHORIZATION app_owner; SET ROLE app_owner;
            GRANT USAGE ON SCHEMA sales TO reader WITH GRANT OPTION; SET ROLE reader; GRANT USAGE ON SCHEMA sales TO bystander";
        let house = House::new(version, "app", before, model);
        let apply = house.run(&house.executor(), &["apply", "--yes"]);
        assert_eq!(apply.status, Some(0), "{version}: {apply:?}");
        let stands = "SELECT has_schema_privilege('bystander', 'sales', 'USAGE'), (SELECT count(*) FROM pg_roles WHERE rolname = 'reader')";
        assert_eq!(house.psql(stands).trim(), "t|0", "{version}");
    }
}

const TABLES: &str = "roles:
  app_owner:
    purpose: Owns the shop's tables.
    owner: commerce@acme.example
    owns: { app: [\"table sales.*\"] }
";

#[test]
fn an_owner_that_the_executor_cannot_become_is_named_before_anything_runs() {
    let house = House::new(Version::V16, "app", OBJECTS, TABLES);
    let url = house.executor();
    house.psql("GRANT app_owner TO rolewright WITH SET FALSE");
    let alter = "ALTER TABLE sales.carts OWNER TO app_owner";
    lacks(&house, &url, "SET ROLE from rolewright to app_owner", alter, "must be able to SET ROLE");
    house.cluster.psql("postgres", &house.executor_sql()).unwrap();
    let apply = house.run(&url, &["apply", "--yes"]);
    assert_eq!(apply.status, Some(0), "the script gives what was missing: {apply:?}");
}

#[test]
fn a_new_owner_that_may_not_create_in_the_schema_is_named_before_anything_runs() {
    for mend in [
        "GRANT CREATE ON SCHEMA sales TO PUBLIC",
        "GRANT CREATE ON SCHEMA sales TO reader; GRANT reader TO app_owner",
    ] {
        let objects = format!("{OBJECTS}; ALTER SCHEMA sales OWNER TO old_owner");
        let house = House::new(Version::V16, "app", &objects, TABLES);
        let url = house.executor();
        let alter = "ALTER TABLE sales.carts OWNER TO app_owner";
        let refusal = "permission denied for schema sales";
        lacks(&house, &url, "CREATE on schema sales for app_owner", alter, refusal);
        house.psql(mend);
        let plan = house.run(&url, &["plan"]);
        assert!(!plan.out.contains("CREATE on schema"), "{mend}: {plan:?}");
        let sql = format!("SET ROLE rolewright; {alter};");
        house.cluster.psql_as("rolewright_executor", "app", &sql).unwrap();
    }
}

#[test]
fn a_new_owner_that_gets_create_by_a_membership_of_the_same_plan_is_enough() {
    let objects =
        format!("{OBJECTS}; ALTER SCHEMA sales OWNER TO old_owner; GRANT CREATE ON SCHEMA sales TO reader");
    let model = format!(
        "{TABLES}    inherits: [reader]\n  reader: {{ purpose: Makes., owner: commerce@acme.example }}\n"
    );
    let house = House::new(Version::V16, "app", &objects, &model);
    let apply = house.run(&house.executor(), &["apply", "--yes"]);
    assert_eq!(apply.status, Some(0), "{apply:?}");
}

#[test]
fn an_executor_that_may_not_create_schemas_hands_none_over_and_is_told_so() {
    let objects = format!(
        "{OBJECTS}; ALTER SCHEMA sales OWNER TO old_owner; GRANT CREATE ON SCHEMA sales TO app_owner"
    );
    let model = TABLES.replace("[\"table sales.*\"]", "[schema sales]");
    let house = House::new(Version::V16, "app", &objects, &model);
    let url = house.executor();
    let alter = "ALTER SCHEMA sales OWNER TO app_owner";
    lacks(&house, &url, "CREATE on database app for rolewright", alter, "permission denied for database app");
    house.psql("GRANT CREATE ON DATABASE app TO rolewright");
    let apply = house.run(&url, &["apply", "--yes"]);
    assert_eq!(apply.status, Some(0), "{apply:?}");
}

const SETTINGS: &str = "roles:
  reader:
    purpose: Reads orders.
    owner: commerce@acme.example
    settings: { log_statement: all, \"app.tenant\": acme, work_mem: 8MB, DateStyle: ISO, role: app_owner }
";

#[test]
fn a_setting_that_is_a_superusers_to_give_is_named_before_anything_runs() {
    let refusal = "permission denied to set parameter";
    let house = House::new(Version::V14, "app", "", SETTINGS);
    let url = house.executor();
    lacks(&house, &url, "superuser", "ALTER ROLE reader SET app.tenant TO 'acme'", refusal);

    let house = House::new(Version::V17, "app", "", SETTINGS);
    let url = house.executor();
    lacks(&house, &url, "SET on parameter", "ALTER ROLE reader SET log_statement TO 'all'", refusal);
    house.psql("GRANT SET ON PARAMETER log_statement, app.tenant TO rolewright");
    let apply = house.run(&url, &["apply", "--yes"]);
    assert_eq!(apply.status, Some(0), "{apply:?}");
    house.psql("REVOKE SET ON PARAMETER log_statement FROM rolewright; ALTER ROLE reader SET log_min_messages TO 'error'");
    let reset = "ALTER ROLE reader RESET log_min_messages";
    lacks(&house, &url, "SET on parameter log_min_messages", reset, refusal);
}

#[test]
fn the_script_warns_of_the_executor_where_it_is_worth_a_superuser() {
    for version in Version::ALL {
        let house = House::new(version, "app", OBJECTS, OWNER);
        let warns = house.executor_sql().contains("WARNING: before version 16 CREATEROLE is worth superuser");
        house.executor();
        let rise = "SET ROLE rolewright; GRANT pg_execute_server_program TO rolewright";
        let rises = house.cluster.psql_as("rolewright_executor", "app", rise).is_ok();
        assert_eq!(warns, rises, "{version}");
        assert_eq!(warns, version < Version::V16, "{version}");
    }
}

#[test]
fn an_executors_login_goes_and_what_it_gave_stays_with_the_stable_grantor() {
    for version in Version::ALL {
        let made = "  team: { purpose: Works., owner: commerce@acme.example }\n  \
            hand: { purpose: Works., owner: commerce@acme.example, inherits: [team] }\n";
        let house = House::new(version, "app", OBJECTS, &format!("{OWNER}{made}"));
        let apply = house.run(&house.executor(), &["apply", "--yes"]);
        assert_eq!(apply.status, Some(0), "{version}: {apply:?}");
        house.psql("DROP OWNED BY rolewright_executor; DROP ROLE rolewright_executor");
        let grantor = "SELECT grantor::regrole FROM pg_auth_members WHERE member = 'hand'::regrole";
        assert_eq!(house.psql(grantor).trim(), "rolewright", "{version}");
        // The next login goes on where the last one ended.
        let url = house.executor();
        assert_eq!(house.run(&url, &["plan"]).status, Some(0), "{version}");
        house.folder.write("rolewright.yaml", &house.model().replace(", inherits: [team]", ""));
        let apply = house.run(&url, &["apply", "--yes"]);
        assert_eq!(apply.status, Some(0), "{version}: {apply:?}");
        assert_eq!(house.psql(grantor).trim(), "", "{version}");
    }
}

#[test]
fn a_membership_that_a_superuser_gave_is_the_executors_to_take_once_it_is_adopted() {
    for version in Version::ALL {
        let inherits = "    inherits: [reader]\n  reader:";
        let model = OWNER.replace("  reader:", inherits);
        let house = House::new(version, "app", &format!("{OBJECTS} GRANT reader TO app_owner"), &model);
        let url = house.executor();
        let apply = house.run(&url, &["apply", "--yes"]);
        assert_eq!(apply.status, Some(0), "{version}: {apply:?}");
        house.folder.write("rolewright.yaml", &house.model().replace(inherits, "  reader:"));
        let apply = house.run(&url, &["apply", "--yes"]);
        assert_eq!(apply.status, Some(0), "{version}: {apply:?}");
        let rows = "SELECT count(*) FROM pg_auth_members WHERE roleid = 'reader'::regrole AND member = 'app_owner'::regrole";
        assert_eq!(house.psql(rows).trim(), "0", "{version}");
    }
}

#[test]
fn an_executor_settles_what_ties_a_retired_role_and_shuts_it_off_where_the_server_keeps_it() {
    let model = "roles:\n  reader: { state: retired, purpose: Read., owner: commerce@acme.example }\n";
    for version in Version::ALL {
        let before = "CREATE SCHEMA sales AUTHORIZATION app_owner; CREATE TABLE sales.orders (id int); ALTER TABLE sales.orders OWNER TO app_owner;
            GRANT USAGE ON SCHEMA sales TO reader; GRANT INSERT ON sales.orders TO reader; ALTER ROLE reader LOGIN;
            CREATE POLICY ours ON sales.orders TO reader USING (true); CREATE POLICY all_of_us ON sales.orders TO app_owner, reader USING (true);
            CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w; ALTER SERVER far OWNER TO app_owner;
            CREATE USER MAPPING FOR reader SERVER far";
        let house = House::new(version, "app", before, model);
        let url = house.executor();
        let prepared = "BEGIN; INSERT INTO sales.orders VALUES (1); PREPARE TRANSACTION 'later'";
        house.cluster.psql_as("reader", "app", prepared).unwrap();
        let apply = house.run(&url, &["apply", "--yes"]);
        assert_eq!(apply.status, Some(2), "{version}: {apply:?}");
        let stands = "SELECT rolcanlogin, rolconnlimit, (SELECT string_agg(polname, ' ' ORDER BY polname) FROM pg_policy), (SELECT count(*) FROM pg_user_mappings)
            FROM pg_roles WHERE rolname = 'reader'";
        assert_eq!(
            house.psql(stands).trim(),
            "f|0|all_of_us ours|0",
            "{version}: what the transaction holds waits"
        );
        house.psql("COMMIT PREPARED 'later'");
        let apply = house.run(&url, &["apply", "--yes"]);
        assert_eq!(apply.status, Some(0), "{version}: {apply:?}");
        let gone = "SELECT count(*), (SELECT string_agg(polname, ' ') FROM pg_policy) FROM pg_roles WHERE rolname = 'reader'";
        assert_eq!(house.psql(gone).trim(), "0|all_of_us", "{version}");
    }
}

#[test]
fn a_publication_of_everything_is_not_an_executors_to_hand_over() {
    let model = "roles:
  app_owner: { purpose: Owns the shop's tables., owner: commerce@acme.example, grants: { app: [create on database app] } }
  old_owner: { state: retired, reassign_to: app_owner }
";
    let before = "GRANT CREATE ON DATABASE app TO app_owner; CREATE PUBLICATION everything FOR ALL TABLES; ALTER ROLE old_owner SUPERUSER;
        ALTER PUBLICATION everything OWNER TO old_owner; ALTER ROLE old_owner NOSUPERUSER";
    let house = House::new(Version::V16, "app", before, model);
    let url = house.executor();
    let alter = "ALTER PUBLICATION everything OWNER TO app_owner";
    lacks(&house, &url, "superuser", alter, "must be a superuser");
    house.psql(alter);
    let apply = house.run(&url, &["apply", "--yes"]);
    assert_eq!(apply.status, Some(0), "{apply:?}");
}

#[test]
fn an_executor_shuts_off_who_has_attributes_that_it_may_not_take() {
    let model = "roles:\n  reader: { state: retired, purpose: Read., owner: commerce@acme.example }\n";
    for version in Version::ALL {
        // A table of an owner of whom the model says nothing: the script gives what is needed to take the entry.
        let before =
            "CREATE TABLE kept (id int); ALTER TABLE kept OWNER TO old_owner; GRANT INSERT ON kept TO reader;
            ALTER ROLE reader LOGIN CREATEDB BYPASSRLS PASSWORD 'x'";
        let house = House::new(version, "app", before, model);
        let url = house.executor();
        house
            .cluster
            .psql_as("reader", "app", "BEGIN; INSERT INTO kept VALUES (1); PREPARE TRANSACTION 'later'")
            .unwrap();
        let apply = house.run(&url, &["apply", "--yes"]);
        assert_eq!(apply.status, Some(2), "{version}: {apply:?}");
        assert!(apply.out.contains("keeps bypassrls"), "{version}: {apply:?}");
        // Before 16 nobody but a superuser alters who may replicate, and that is told.
        if version >= Version::V16 {
            house.psql("ALTER ROLE reader LOGIN REPLICATION");
            assert_eq!(house.run(&url, &["apply", "--yes"]).status, Some(2), "{version}");
        } else {
            house.psql("ALTER ROLE reader LOGIN REPLICATION");
            lacks(
                &house,
                &url,
                "superuser",
                "ALTER ROLE reader NOLOGIN",
                "must be superuser to alter replication",
            );
            house.psql("ALTER ROLE reader NOREPLICATION");
            assert_eq!(house.run(&url, &["apply", "--yes"]).status, Some(2), "{version}");
        }
        let stands = "SELECT rolcanlogin, rolconnlimit, rolpassword FROM pg_authid WHERE rolname = 'reader'";
        assert_eq!(house.psql(stands).trim(), "f|0|", "{version}");
        house.psql("ROLLBACK PREPARED 'later'");
        let apply = house.run(&url, &["apply", "--yes"]);
        assert_eq!(apply.status, Some(0), "{version}: {apply:?}");
    }
}
