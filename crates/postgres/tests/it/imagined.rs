//! What a model gives on a target that is imagined is what it gives on one that is there.

use crate::converge::{apply, plan};
use crate::inspect::block_on;
use crate::models::intent;
use crate::round_trip::look;
use access::Graph;
use model::{Access, DatabaseName, Kind, Observed, Operation, Permission};
use postgres::PostgresEngine;
use sandbox::{Cluster, Installation, Version};
use std::collections::BTreeSet;

fn own(access: &Access) -> BTreeSet<String> {
    let own = |name: &str| name.starts_with("pg_");
    let roles = access.roles.iter().filter(|(name, _)| own(name.as_str()));
    let roles = roles.map(|(name, role)| format!("{name} {:?}", role.attributes));
    let members = access.members.iter().filter(|(key, _)| own(key.member.as_str()));
    roles.chain(members.map(|(key, powers)| format!("{key:?} {powers:?}"))).collect()
}

#[test]
fn the_servers_own_roles_are_those_of_the_newest_server() {
    let cluster = Cluster::start(&Installation::find(Version::V18).unwrap()).unwrap();
    let observed = block_on(look(&cluster));
    let (imagined, _) = service::imagined(&PostgresEngine, &intent("roles: {}"), &[]).unwrap();
    assert_eq!(own(&imagined.access), own(&observed.access));
}

const MODEL: &str = r#"
roles:
  owner: { purpose: p, owner: o, owns: { shop: [ "schema s", "table s.orders" ] } }
  reader: { purpose: p, owner: o, grants: { shop: [ "usage on schema s", "select on table s.*", "select (id) on table s.secrets" ] } }
  writer: { purpose: p, owner: o, inherits: [reader], grants: { shop: [ "insert (id), update on table s.orders", "all on sequence s.numbers", "execute on function s.f(integer)" ] } }
  setter: { purpose: p, owner: o, login: true, inherits: [{ role: owner, inherit: false }] }
  keys: { purpose: p, owner: o, login: true, inherits: [pg_write_all_data] }
  lead: { purpose: p, owner: o, login: true, inherits: [{ role: writer, admin: true, inherit: false, set: false }] }
public: { shop: [ "usage on schema s", "execute on function s.g()" ] }
service_accounts:
  app: { purpose: p, owner: o, roles: [writer], login: shop }
"#;

const OBJECTS: &str = "CREATE SCHEMA s; CREATE TABLE s.orders (id int, v int); CREATE TABLE s.secrets (id int, v int); \
    CREATE SEQUENCE s.numbers; CREATE FUNCTION s.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; \
    CREATE FUNCTION s.g() RETURNS int LANGUAGE sql AS 'SELECT 1'";

/// Who can do what with the objects that both have.
fn can(observed: &Observed, dialect: &dyn model::Dialect) -> BTreeSet<String> {
    let database = DatabaseName::new("shop").unwrap();
    let powers = dialect.powers(observed, &database);
    let graph = Graph::of(&powers);
    let mut can = BTreeSet::new();
    let named = |object: &model::Object| {
        let schema = object.path.first().is_some_and(|name| name.as_str() == "s");
        (schema && object.path.iter().all(|name| !name.as_str().contains('*')))
            || (object.kind == Kind::known("database") && object.path[0].as_str() == "shop")
    };
    for object in observed.catalogue.objects.keys().filter(|object| named(object)) {
        let asked = dialect
            .operations(&object.kind)
            .into_iter()
            .chain([Operation::known("drop"), Operation::known("alter")]);
        for operation in asked {
            let permission = Permission { operation, on: object.clone(), delegable: false };
            let needs = dialect.needs(observed, &database, &permission);
            let doors = graph.doors(&needs, true);
            for group in graph.ask(&needs, true).who(&doors) {
                let through = format!("{:?} {}", group.through, group.grants_itself);
                can.extend(
                    group.members.iter().map(|member| format!("{permission}: {} {through}", member.role)),
                );
            }
        }
    }
    can
}

#[test]
fn who_can_do_what_on_an_imagined_target_is_who_can_on_a_real_one() {
    let cluster = Cluster::start(&Installation::find(Version::V18).unwrap()).unwrap();
    cluster.psql("postgres", "CREATE DATABASE shop").unwrap();
    cluster.psql("postgres", "CREATE DATABASE other").unwrap();
    cluster.psql("shop", OBJECTS).unwrap();
    let intent = intent(MODEL);
    let planned = plan(&cluster, &intent).unwrap();
    apply(&cluster, &intent, &planned).unwrap();
    let real = plan(&cluster, &intent).unwrap().observed;
    let (imagined, dialect) = service::imagined(&PostgresEngine, &intent, &[]).unwrap();
    let (imagined, real) = (can(&imagined, &*dialect), can(&real, &*dialect));
    assert!(real.len() > 120, "{real:#?}");
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
    assert_eq!((only(&imagined, &real), only(&real, &imagined)), (vec![], vec![]));
}
