//! A look's other facts: roles, memberships, settings, owners, origins, row security, mappings, and what cannot be seen.

use crate::inspect::{block_on, database, look, object, role, session};
use crate::worst_case::{self, HOME, OTHER};
use engine::{Databases, Scope};
use model::{
    DatabaseName, Grantor, Kind, MemberKey, MemberPowers, Name, Note, Object, Observed, Operation, Place,
    Policy, PolicyKey, Principal, RowSecurity, SettingKey, Value, Variety, Verifier,
};
use sandbox::{Cluster, Installation, Version};
use std::collections::{BTreeMap, BTreeSet};

/// The worst case on this version, seen by its superuser.
fn worst(version: Version) -> (Cluster, Observed) {
    let cluster = worst_case::whole(version);
    let observed = look(&cluster, Databases::All);
    (cluster, observed)
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn setting(role_name: Option<&str>, of: Option<&str>, setting: &str) -> SettingKey {
    SettingKey { role: role_name.map(role), database: of.map(database), name: name(setting) }
}

fn attribute(observed: &Observed, of: &str, attribute: &'static str) -> Value {
    observed.access.roles[&role(of)].attributes[&model::Attribute::known(attribute)].clone()
}

#[test]
fn roles_are_read_with_every_attribute_comment_and_verifier() {
    for version in Version::ALL {
        let (cluster, observed) = worst(version);
        let names: BTreeSet<String> = observed.access.roles.keys().map(ToString::to_string).collect();
        let expected = cluster.psql(HOME, "SELECT rolname FROM pg_roles").unwrap();
        assert_eq!(names, expected.lines().map(str::to_owned).collect());
        assert!(observed.access.roles.values().all(|role| role.attributes.len() == 9));
        assert_eq!(attribute(&observed, "forever", "valid until"), Value::Text("infinity".into()));
        assert_eq!(
            attribute(&observed, "until", "valid until"),
            Value::Text("2031-02-02 22:35:06.789+00".into())
        );
        assert_eq!(attribute(&observed, "reader", "valid until"), Value::Unset);
        assert_eq!(attribute(&observed, "until", "connection limit"), Value::Number(0));
        assert_eq!(attribute(&observed, "reader", "connection limit"), Value::Number(-1));
        for (of, flag, expected) in [
            ("replica", "inherit", false),
            ("replica", "replication", true),
            ("replica", "bypassrls", true),
            ("creator", "createrole", true),
            ("creator", "createdb", true),
            ("creator", "login", true),
            ("reader", "login", false),
            ("root_too", "superuser", true),
        ] {
            assert_eq!(attribute(&observed, of, flag), Value::Flag(expected), "{of} {flag}");
        }
        let comment = "Reads orders.\n-- it's \"quoted\"; \\ and ä\n";
        assert_eq!(observed.access.roles[&role("reader")].comment.as_deref(), Some(comment));
        assert_eq!(observed.access.roles[&role("writer")].comment, None);
        assert_eq!(observed.access.roles[&role("reader")].verifier, Verifier::None);
        let Verifier::Known(verifier) = &observed.access.roles[&role("creator")].verifier else { panic!() };
        assert!(verifier.expose().starts_with("SCRAM-SHA-256$4096:MTIz"));
    }
}

#[test]
fn memberships_are_read_with_grantors_and_options() {
    let powers = |inherit, set, admin| MemberPowers { inherit, set, admin };
    for version in Version::ALL {
        let (cluster, observed) = worst(version);
        let members = &observed.access.members;
        let by_role = |name: &str| Grantor::Role(role(name));
        let key = |of: &str, member: &str, by| MemberKey { role: role(of), member: role(member), by };
        let count = cluster.psql(HOME, "SELECT count(*) FROM pg_auth_members").unwrap();
        assert_eq!(members.len().to_string(), count);
        assert_eq!(members[&key("reader", "writer", Grantor::Owner)], powers(true, true, false));
        assert_eq!(members[&key("reader", "delegate", Grantor::Owner)], powers(true, true, true));
        let granted_on = key("reader", "a,b{c}\\d\"e =/f*", by_role("delegate"));
        assert_eq!(members[&granted_on], powers(true, true, false));
        // Before 16 the member's own attribute decides; from 16 on what it was when the membership was made.
        assert_eq!(members[&key("reader", "replica", Grantor::Owner)], powers(false, true, false));
        if version >= Version::V16 {
            assert_eq!(members[&key("reader", "=", by_role("second_delegate"))], powers(false, true, false));
            assert_eq!(members[&key("reader", "=", by_role("delegate"))], powers(true, false, false));
            assert_eq!(members[&key("writer", "=", Grantor::Owner)], powers(false, false, false));
        }
    }
}

#[test]
fn a_membership_whose_grantor_is_gone_is_noted() {
    for version in [Version::V14, Version::V15] {
        let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
        let sql =
            "CREATE ROLE a; CREATE ROLE b; CREATE ROLE c SUPERUSER; GRANT a TO b GRANTED BY c; DROP ROLE c";
        cluster.psql("postgres", sql).unwrap();
        let url = cluster.url("postgres");
        let scope = Scope::everything(Databases::Connected);
        let observed = block_on(async { session(&url).await.inspect(&scope).await.unwrap() });
        let key = MemberKey { role: role("a"), member: role("b"), by: Grantor::Owner };
        assert!(observed.access.members.contains_key(&key));
        let [Note { about, what }] = observed.notes.as_slice() else { panic!("{:?}", observed.notes) };
        assert_eq!(about, "membership of b in a");
        assert!(what.contains("no longer exists"), "{what}");
    }
}

#[test]
fn settings_are_read_letter_for_letter_wherever_they_hold() {
    for version in Version::ALL {
        let (_cluster, observed) = worst(version);
        let expected = BTreeMap::from([
            (setting(Some("reader"), None, "search_path"), r#"sales, "odd, ""name", pg_catalog"#),
            (setting(Some("reader"), None, "app.note"), "a=b, 'c'"),
            (setting(Some("reader"), None, "role"), "writer"),
            (setting(Some("reader"), Some(HOME), "search_path"), r#""""#),
            (setting(Some("\"; DROP TABLE x; --"), None, "work_mem"), "5MB"),
            (setting(None, Some(HOME), "temp_tablespaces"), r#"fast, "slow ""and, odd""#),
            (setting(None, Some(OTHER), "DateStyle"), "ISO, DMY"),
            (setting(None, None, "app.everybody"), " spaces "),
            (setting(Some("writer"), Some(OTHER), "app.empty"), ""),
        ]);
        let read: BTreeMap<SettingKey, &str> =
            observed.access.settings.iter().map(|(key, value)| (key.clone(), value.as_str())).collect();
        assert_eq!(read, expected, "{version}");
    }
}

#[test]
fn a_look_for_a_model_leaves_out_what_concerns_everybody_and_other_databases() {
    let cluster = worst_case::whole(Version::V17);
    let observed = block_on(async {
        let mut session = session(&cluster.url(HOME)).await;
        session.inspect(&Scope::model([database(OTHER)].into())).await.unwrap()
    });
    assert_eq!(observed.at.databases.keys().collect::<Vec<_>>(), [&database(OTHER)]);
    assert!(observed.not_looked_at.contains(&database(HOME)));
    assert!(!observed.not_looked_at.contains(&database("template0")));
    let settings: Vec<_> = observed.access.settings.keys().map(|key| key.name.as_str()).collect();
    assert!(observed.access.settings.keys().all(|key| key.role.is_some()), "{settings:?}");
    let elsewhere = observed.access.settings.keys().filter(|key| key.database == Some(database(HOME)));
    assert!(elsewhere.count() > 0, "a role's settings are the role's in whatever database they hold");
    assert!(
        observed
            .access
            .entries
            .keys()
            .all(|object| object.database().is_none_or(|of| *of == database(OTHER)))
    );
    assert!(observed.access.roles.values().all(|role| role.verifier == Verifier::Unknown));
}

#[test]
fn every_object_is_listed_as_what_it_is() {
    let varieties = [
        (object("table", &["sales", "orders"]), "table"),
        (object("table", &["sales", "measured"]), "partitioned table"),
        (object("table", &["sales", "paid_orders"]), "view"),
        (object("table", &["sales", "totals"]), "materialized view"),
        (object("table", &["sales", "archived"]), "foreign table"),
        (routine("price", &["integer", "text[]"]), "function"),
        (routine("place", &[]), "window function"),
        (routine("total", &["integer"]), "aggregate"),
        (routine("all_rows", &[]), "aggregate"),
        (routine("book", &["integer"]), "procedure"),
        (object("type", &["sales", "mood"]), "enum"),
        (object("type", &["sales", "pair"]), "composite type"),
        (object("type", &["sales", "span"]), "range type"),
        (object("type", &["sales", "positive"]), "domain"),
        (object("type", &["sales", "many"]), "domain"),
        (object("type", &["sales", "base"]), "base type"),
        (object("type", &["sales", "orders"]), "row type"),
        (object("sequence", &["sales", "numbers"]), "plain"),
        (object("large object", &["42"]), "plain"),
    ];
    for version in Version::ALL {
        let (_cluster, observed) = worst(version);
        for (object, variety) in &varieties {
            let existing = &observed.catalogue.objects[object];
            assert_eq!(existing.variety, Variety::known(variety), "{object}");
            assert!(existing.id > 0 && !existing.system);
        }
        let is = |object: &Object| &observed.catalogue.objects[object];
        assert!(is(&object("table", &["sales", "measured_2026_1"])).partition);
        assert!(!is(&object("table", &["sales", "measured"])).partition);
        assert!(is(&object("sequence", &["sales", "orders_id_seq"])).follows_table);
        assert!(is(&object("sequence", &["sales", "identity_id_seq"])).follows_table);
        assert!(!is(&object("sequence", &["sales", "numbers"])).follows_table);
        assert!(!observed.catalogue.objects.contains_key(&object("type", &["sales", "_mood"])));
        assert!(!observed.catalogue.objects.contains_key(&object("type", &["sales", "plain"])));
    }
}

fn routine(called: &str, arguments: &[&str]) -> Object {
    let arguments = Some(arguments.iter().map(|argument| name(argument)).collect());
    Object { arguments, ..object("routine", &["sales", called]) }
}

#[test]
fn overloads_are_told_apart_by_their_input_types_in_full_spelling() {
    for version in Version::ALL {
        let (_cluster, observed) = worst(version);
        let overloads: BTreeSet<String> = observed
            .catalogue
            .objects
            .keys()
            .filter(|object| object.path.last().is_some_and(|name| name.as_str() == "price"))
            .map(ToString::to_string)
            .collect();
        let expected = [
            "routine sales.price()",
            "routine sales.price(integer)",
            "routine sales.price(integer, text[])",
            r#"routine sales.price(sales.mood, "Sales"."mood ""quoted""", numeric)"#,
            r#"routine sales.price(sales.orders, sales.mood[], timestamp with time zone, "char", bit varying)"#,
        ];
        assert_eq!(overloads, expected.map(str::to_owned).into(), "{version}");
    }
}

#[test]
fn owners_are_read_of_everything_that_has_one() {
    let operator = |named: &str, operands: [&str; 2]| Object {
        arguments: Some(operands.map(name).to_vec()),
        ..object("operator", &["sales", named])
    };
    let owned = [
        (operator("=~~", ["sales.positive", "sales.base"]), "app_owner"),
        (operator("!~~", ["NONE", "sales.base"]), "app_owner"),
        (object("operator class", &["sales", "class", "hash"]), "app_owner"),
        (object("operator family", &["sales", "family", "btree"]), "app_owner"),
        (object("collation", &["sales", "plain_order"]), "app_owner"),
        (object("conversion", &["sales", "conversion"]), "app_owner"),
        (object("text search configuration", &["sales", "words"]), "app_owner"),
        (object("text search dictionary", &["sales", "simple"]), "app_owner"),
        (object("statistics", &["sales", "together"]), "app_owner"),
        (object("publication", &["news"]), "root_too"),
        (object("subscription", &["elsewhere"]), "root_too"),
        (object("event trigger", &["watcher"]), "root_too"),
        (object("foreign server", &["archive"]), "root_too"),
        (object("large object", &["42"]), "app_owner"),
        (object("table", &["sales", "paid_orders"]), "writer"),
        (object("sequence", &["sales", "orders_id_seq"]), "app_owner"),
    ];
    for version in Version::ALL {
        let (_cluster, observed) = worst(version);
        for (object, owner) in &owned {
            assert_eq!(observed.access.owners[object], role(owner), "{version} {object}");
        }
        let cluster_wide = |kind, named| Object::new(Place::Cluster, Kind::known(kind), vec![name(named)]);
        assert_eq!(observed.access.owners[&cluster_wide("database", OTHER)], role("app_owner"));
        assert_eq!(observed.access.owners[&cluster_wide("tablespace", "fast")], role("app_owner"));
        let public = if version >= Version::V15 { "pg_database_owner" } else { "postgres" };
        assert_eq!(observed.access.owners[&object("schema", &["public"])], role(public));
        let parameters = observed.access.owners.keys().filter(|object| object.kind.as_str() == "parameter");
        assert_eq!(parameters.count(), 0);
    }
}

#[test]
fn what_an_extension_granted_is_the_baseline_of_its_objects() {
    for version in Version::ALL {
        let (_cluster, observed) = worst(version);
        let view = object("table", &["untouched", "pg_stat_statements"]);
        let existing = &observed.catalogue.objects[&view];
        assert_eq!(existing.extension, Some(name("pg_stat_statements")));
        let to_public = |acl: &model::Acl| acl.keys().any(|holder| holder.to == Principal::Public);
        let to_writer =
            |acl: &model::Acl| acl.keys().any(|holder| holder.to == Principal::Role(role("writer")));
        let (baseline, entries) = (&observed.catalogue.baselines[&view], &observed.access.entries[&view]);
        assert!(to_public(baseline) && !to_writer(baseline));
        assert!(to_public(entries) && to_writer(entries));
        let changed = observed
            .catalogue
            .objects
            .keys()
            .find(|object| object.path.last().is_some_and(|name| name.as_str() == "akeys"))
            .unwrap();
        assert!(!observed.catalogue.baselines.contains_key(changed), "it began with the built-in default");
        assert!(!to_public(&observed.access.entries[changed]));
    }
}

#[test]
fn an_empty_list_is_nobody_and_a_missing_one_the_default() {
    let (_cluster, observed) = worst(Version::V16);
    assert!(observed.access.entries[&object("table", &["sales", "nobody"])].is_empty());
    assert!(!observed.access.entries[&object("table", &["sales", "guarded"])].is_empty());
}

#[test]
fn row_security_policies_and_mappings_are_read() {
    for version in Version::ALL {
        let (_cluster, observed) = worst(version);
        let access = &observed.access;
        let flags = |named: &str| access.row_security.get(&object("table", &["sales", named])).copied();
        assert_eq!(flags("guarded"), Some(RowSecurity { enabled: true, forced: true }));
        assert_eq!(flags("measured"), Some(RowSecurity { enabled: true, forced: false }));
        assert_eq!(flags("plain"), Some(RowSecurity { enabled: false, forced: true }));
        assert_eq!(flags("orders"), None);
        let policy = |table: &str, named: &str| {
            access.policies[&PolicyKey { on: object("table", &["sales", table]).into(), name: name(named) }]
                .clone()
        };
        let restrictive = Policy {
            permissive: false,
            command: Operation::known("select"),
            roles: vec![Principal::Role(role("\"; DROP TABLE x; --")), Principal::Role(role("reader"))],
            using: Some("(sales.price(id) > 0)".into()),
            check: None,
        };
        assert_eq!(policy("guarded", "; DROP POLICY x; --"), restrictive);
        assert_eq!(policy("guarded", "own").roles, [Principal::Public]);
        assert_eq!(policy("guarded", "own").command, Operation::known("all"));
        assert_eq!(policy("measured", "adding").check.as_deref(), Some("(value > 0)"));
        assert_eq!(access.policies.len(), 3);
        let mappings: Vec<_> = access.mappings.iter().collect();
        assert_eq!(mappings.len(), 2);
        let options = access
            .mappings
            .iter()
            .find(|(key, _)| key.to == Principal::Role(role("reader")))
            .and_then(|(_, options)| options.as_ref())
            .unwrap();
        assert_eq!(options[&name("password")].expose(), "geheim='x'");
        assert_eq!(options[&name("user")].expose(), "them");
    }
}

#[test]
fn columns_are_listed_where_asked_for() {
    let cluster = worst_case::structure(Version::V16);
    let asked = [["sales", "orders"], ["\"; DROP SCHEMA x; --", "\"; DROP TABLE x; --"]];
    let mut scope = Scope::model([database(HOME)].into());
    scope.columns_of = asked.iter().map(|path| (database(HOME), path.map(name).to_vec())).collect();
    let observed = block_on(async { session(&cluster.url(HOME)).await.inspect(&scope).await.unwrap() });
    let columns = |path: &[&str]| -> Vec<String> {
        observed.catalogue.columns[&object("table", path)].iter().map(ToString::to_string).collect()
    };
    assert_eq!(columns(&asked[0]), ["customer", "id", "note", "paid"], "a dropped column is gone");
    assert_eq!(columns(&asked[1]), ["\"; DROP COLUMN x; --", "id"]);
    assert_eq!(observed.catalogue.columns.len(), 2);
}

#[test]
fn a_login_without_rights_sees_the_same_except_what_is_named() {
    for version in Version::ALL {
        let cluster = worst_case::whole(version);
        cluster.psql(HOME, "CREATE ROLE outsider LOGIN; GRANT CONNECT ON DATABASE shop TO outsider").unwrap();
        let scope = Scope::everything(Databases::These([database(HOME)].into()));
        let [mut ours, theirs] = ["postgres", "outsider"].map(|user| {
            let url = cluster.socket_url_as(user, HOME);
            block_on(async { session(&url).await.inspect(&scope).await.unwrap() })
        });
        assert!(!theirs.executor.superuser);
        assert_eq!(theirs.executor.acts_as, role("outsider"));
        let notes: Vec<&str> = theirs.notes.iter().map(|note| note.about.as_str()).collect();
        let expected = ["foreign server archive (database shop)", "password verifiers"];
        assert_eq!(notes.iter().copied().collect::<BTreeSet<_>>(), expected.into());
        assert!(theirs.access.mappings.values().all(Option::is_none));
        for role in ours.access.roles.values_mut() {
            role.verifier = Verifier::Unknown;
        }
        ours.access.mappings = theirs.access.mappings.clone();
        assert!(ours.access == theirs.access, "{version}");
    }
}

#[test]
fn a_cluster_that_hides_its_identity_is_noted() {
    let cluster = Cluster::start(&Installation::find(Version::V15).unwrap()).unwrap();
    let sql = "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC; CREATE ROLE outsider LOGIN";
    cluster.psql("postgres", sql).unwrap();
    let url = cluster.socket_url_as("outsider", "postgres");
    let scope = Scope { everything: false, ..Scope::everything(Databases::Connected) };
    let observed = block_on(async { session(&url).await.inspect(&scope).await.unwrap() });
    assert_eq!((observed.at.system.as_str(), observed.at.timeline), ("unknown", 0));
    assert_eq!(observed.notes[0].about, "the cluster's identity");
}

#[test]
fn a_login_that_may_become_the_stable_grantor_does() {
    for version in Version::ALL {
        let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
        let how = if version >= Version::V16 { "WITH INHERIT FALSE, SET TRUE" } else { "" };
        let sql = format!(
            "CREATE ROLE rolewright CREATEROLE; CREATE ROLE executor LOGIN NOINHERIT; GRANT rolewright TO executor {how}"
        );
        cluster.psql("postgres", &sql).unwrap();
        let url = cluster.socket_url_as("executor", "postgres");
        let observed = block_on(async {
            session(&url).await.inspect(&Scope::everything(Databases::All)).await.unwrap()
        });
        assert_eq!(observed.executor.login, role("executor"));
        assert_eq!(observed.executor.acts_as, role("rolewright"));
        assert!(!observed.executor.superuser);
    }
}

#[test]
fn an_entry_of_a_role_that_is_gone_is_noted_and_left_out() {
    let cluster = Cluster::start(&Installation::find(Version::V17).unwrap()).unwrap();
    let sql = "CREATE TABLE t (); CREATE ROLE gone; CREATE ROLE stays; GRANT SELECT ON t TO gone, stays;
               DELETE FROM pg_authid WHERE rolname = 'gone'";
    cluster.psql("postgres", sql).unwrap();
    let url = cluster.url("postgres");
    let scope = Scope::everything(Databases::Connected);
    let observed = block_on(async { session(&url).await.inspect(&scope).await.unwrap() });
    let table = Object::new(
        Place::Database(DatabaseName::new("postgres").unwrap()),
        Kind::known("table"),
        vec![name("public"), name("t")],
    );
    assert_eq!(observed.access.entries[&table].len(), 2, "the owner and the role that stays");
    assert_eq!(observed.notes.len(), 1, "{:?}", observed.notes);
    assert!(observed.notes[0].what.contains("no longer exists"));
}

#[test]
fn a_database_that_does_not_exist_is_an_error() {
    let cluster = Cluster::start(&Installation::find(Version::V18).unwrap()).unwrap();
    let error = block_on(async {
        let mut session = session(&cluster.url("postgres")).await;
        let error = session.inspect(&Scope::model([database("nowhere")].into())).await.unwrap_err();
        // The session is still of use.
        session.inspect(&Scope::model([database("postgres")].into())).await.unwrap();
        error
    });
    assert_eq!(error.code, "RW209");
    assert!(error.what.contains("nowhere"));
}

#[test]
fn a_catalogue_that_is_only_half_readable_is_an_error_that_names_the_part() {
    let cluster = Cluster::start(&Installation::find(Version::V18).unwrap()).unwrap();
    let sql = "CREATE ROLE outsider LOGIN; REVOKE SELECT ON pg_catalog.pg_default_acl FROM PUBLIC";
    cluster.psql("postgres", sql).unwrap();
    let error = block_on(async {
        let mut session = session(&cluster.socket_url_as("outsider", "postgres")).await;
        session.inspect(&Scope::everything(Databases::Connected)).await.unwrap_err()
    });
    assert_eq!(error.code, "RW205");
    assert!(
        error.what.contains("default privileges") && error.what.contains("pg_default_acl"),
        "{}",
        error.what
    );
}
