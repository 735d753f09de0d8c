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
