//! Models that say something awkward: each is applied to a real server, and what the server then says is what
//! the model says.

use crate::folder::Folder;
use crate::program::{Ran, command, ran};
use sandbox::{Cluster, Installation, Version};

const HEAD: &str =
    "version: 1\ndatabases:\n  app: { engine: postgres, environments: { test: { url: \"${APP_URL}\" } } }\n";

struct Corner {
    cluster: Cluster,
    folder: Folder,
}

impl Corner {
    fn new(version: Version, before: &str, model: &str) -> Self {
        let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
        cluster.create_database("app").unwrap();
        cluster.psql("app", before).unwrap();
        let folder = Folder::new();
        folder.write("rolewright.yaml", &format!("{HEAD}{model}"));
        Self { cluster, folder }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = command(arguments);
        command.current_dir(self.folder.path()).env("APP_URL", self.cluster.url("app"));
        ran(command.envs([("GOOD", "good-password"), ("EVIL", "evil-password")]).output().unwrap())
    }

    /// Applies the model and plans again.
    fn converges(&self) {
        let apply = self.run(&["apply", "--yes"]);
        assert_eq!(apply.status, Some(0), "{apply:?}");
        let plan = self.run(&["plan"]);
        assert_eq!(plan.status, Some(0), "{plan:?}");
    }

    fn says(&self, question: &str) -> String {
        self.cluster.psql("app", &format!("SELECT {question}")).unwrap().trim().to_owned()
    }
}

#[test]
fn an_owner_loses_what_is_withheld_and_nothing_else() {
    let model = "roles:\n  keeper:\n    purpose: Keeps.\n    owner: a@acme.example\n    owns: { app: [table s.*] }\n    \
                 grants: { app: [select on table s.*] }\n    withhold: { app: [delete on table s.orders] }\n";
    let corner = Corner::new(Version::V16, "CREATE SCHEMA s; CREATE TABLE s.orders (id int)", model);
    corner.converges();
    let held = "string_agg(privilege_type, ' ' ORDER BY privilege_type) FROM pg_class, aclexplode(relacl) WHERE relname = 'orders'";
    assert_eq!(corner.says(held), "INSERT REFERENCES SELECT TRIGGER TRUNCATE UPDATE");
}

#[test]
fn a_membership_does_not_inherit_where_the_model_says_so() {
    let model = "roles:\n  reader: { purpose: Reads., owner: a@acme.example }\n  svc:\n    purpose: Serves.\n    \
                 owner: a@acme.example\n    attributes: { inherit: false }\n    inherits: [{ role: reader, inherit: false }]\n";
    let corner = Corner::new(Version::V16, "CREATE ROLE svc", model);
    corner.converges();
    assert_eq!(corner.says("inherit_option FROM pg_auth_members WHERE member = 'svc'::regrole"), "f");
}

#[test]
fn nothing_for_public_in_the_future_means_nothing_in_any_schema() {
    let model = "roles:\n  maker: { purpose: Makes., owner: a@acme.example, owns: { app: [schema s] } }\n\
                 public: { app: [\"nothing on routine *.*, future by maker\"] }\n";
    let before = "CREATE ROLE maker; CREATE SCHEMA s; \
                  ALTER DEFAULT PRIVILEGES FOR ROLE maker IN SCHEMA s GRANT EXECUTE ON FUNCTIONS TO PUBLIC";
    let corner = Corner::new(Version::V16, before, model);
    corner.converges();
    corner
        .cluster
        .psql("app", "SET ROLE maker; CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        .unwrap();
    assert_eq!(corner.says("has_function_privilege('public', 's.f()', 'EXECUTE')"), "f");
}

#[test]
fn list_settings_and_their_spellings_converge() {
    let model = "roles:\n  svc:\n    purpose: Serves.\n    owner: a@acme.example\n    settings:\n      \
                 search_path: '$user, public, App'\n      datestyle: 'ISO, DMY'\n      temp_tablespaces: ''\n";
    for version in Version::ALL {
        Corner::new(version, "CREATE ROLE svc; ALTER ROLE svc SET work_mem = '5MB'", model).converges();
    }
}

#[test]
fn a_wildcard_leaves_alone_what_an_extension_brought() {
    // Debian's server comes with extensions.
    let Ok(installation) = Installation::find(Version::V15) else { panic!("PostgreSQL 15 is missing") };
    let cluster = Cluster::start(&installation).unwrap();
    let has = "SELECT count(*) FROM pg_available_extensions WHERE name = 'citext'";
    assert_eq!(cluster.psql("postgres", has).unwrap().trim(), "1", "the server brings no citext");
    let model = "roles:\n  keeper: { purpose: Keeps., owner: a@acme.example, owns: { app: [routine s.*] } }\n\
                 public: { app: [nothing on routine s.*] }\n";
    let before = "CREATE SCHEMA s; CREATE EXTENSION citext SCHEMA s; \
                  CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'";
    let corner = Corner::new(Version::V15, before, model);
    corner.converges();
    assert_eq!(corner.says("proowner::regrole FROM pg_proc WHERE proname = 'f'"), "keeper");
    let others = "count(*) FROM pg_proc WHERE pronamespace = 's'::regnamespace AND proname <> 'f' AND \
                  (proowner = 'keeper'::regrole OR proacl IS NOT NULL)";
    assert_eq!(corner.says(others), "0");
}

/// Who is a member of `team`, and by whose hand.
const MEMBERS_OF_TEAM: &str = "string_agg(member::regrole || ' by ' || grantor::regrole, ', ') FROM pg_auth_members \
                               WHERE roleid = 'team'::regrole";

#[test]
fn a_membership_survives_the_end_of_the_one_who_gave_it() {
    let model = "roles:\n  team: { purpose: A team., owner: a@acme.example }\n  boss: { purpose: Leads., owner: a@acme.example }\n  \
                 hand: { purpose: Works., owner: a@acme.example, inherits: [team] }\n";
    let before = "CREATE ROLE team; CREATE ROLE boss; CREATE ROLE hand; GRANT team TO boss WITH ADMIN OPTION; \
                  SET ROLE boss; GRANT team TO hand";
    let corner = Corner::new(Version::V16, before, model);
    corner.converges();
    assert_eq!(corner.says(MEMBERS_OF_TEAM), "hand by postgres");
}

#[test]
fn a_membership_survives_when_exclusive_members_lose_the_one_who_gave_it() {
    let model = "roles:\n  team: { purpose: A team., owner: a@acme.example, members: exclusive }\n  \
                 hand: { purpose: Works., owner: a@acme.example, inherits: [{ role: team, inherit: false }] }\nexternal_roles: [boss]\n";
    let before = "CREATE ROLE team; CREATE ROLE boss; CREATE ROLE hand; GRANT team TO boss WITH ADMIN OPTION; \
                  SET ROLE boss; GRANT team TO hand";
    let corner = Corner::new(Version::V16, before, model);
    corner.converges();
    assert_eq!(corner.says(MEMBERS_OF_TEAM), "hand by postgres");
}

#[test]
fn a_plan_file_whose_password_comes_from_elsewhere_is_refused() {
    let model = "service_accounts:\n  svc: { owner: a@acme.example, purpose: Serves., login: app, password: { env: GOOD } }\n";
    let corner = Corner::new(Version::V16, "SELECT 1", model);
    assert_eq!(corner.run(&["plan", "--out", "plan.json"]).status, Some(2));
    let path = corner.folder.file("plan.json");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("env: GOOD"));
    std::fs::write(&path, text.replace("env: GOOD", "env: EVIL")).unwrap();
    let apply = corner.run(&["apply", "plan.json", "--yes"]);
    assert_eq!(apply.status, Some(1), "{apply:?}");
    assert_eq!(corner.says("count(*) FROM pg_roles WHERE rolname = 'svc'"), "0");
}

#[test]
fn parameters_are_not_named_by_a_wildcard() {
    let model = "roles:\n  tuner: { purpose: Tunes., owner: a@acme.example, grants: { app: [set on parameter *] } }\n";
    let plan = Corner::new(Version::V16, "SELECT 1", model).run(&["plan"]);
    assert_eq!(plan.status, Some(1), "{plan:?}");
    assert!(plan.err.contains("RW311"), "{plan:?}");
}

#[test]
fn a_schema_alone_cannot_take_what_public_gets_everywhere() {
    let model = "roles:\n  maker: { purpose: Makes., owner: a@acme.example }\n\
                 public: { app: [\"nothing on routine s.*, future by maker\"] }\n";
    let corner = Corner::new(Version::V16, "CREATE ROLE maker; CREATE SCHEMA s", model);
    let plan = corner.run(&["plan"]);
    assert_eq!(plan.status, Some(1), "{plan:?}");
    assert!(plan.err.contains("RW312") && plan.err.contains("rolewright.yaml:6"), "{plan:?}");
}

#[test]
fn a_procedure_that_is_called_a_function_is_told_the_word_for_both() {
    let model = "roles:\n  caller: { purpose: Calls., owner: a@acme.example, grants: { app: [execute on function s.pay] } }\n";
    let before = "CREATE SCHEMA s; CREATE PROCEDURE s.pay() LANGUAGE sql AS 'SELECT 1'";
    let plan = Corner::new(Version::V16, before, model).run(&["plan"]);
    assert_eq!(plan.status, Some(1), "{plan:?}");
    assert!(plan.err.contains("RW301") && plan.err.contains("`routine s.pay` names it"), "{plan:?}");
}
