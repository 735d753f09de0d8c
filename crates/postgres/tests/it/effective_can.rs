//! What a role can is what it can: every login really connects and tries, as every role that it may become.

use crate::generated::{self, DATABASES};
use crate::inspect::{block_on, session};
use crate::worst_case;
use access::{Answer, Fact, Graph};
use engine::{Databases, Scope};
use model::{
    Basis, DatabaseName, Dialect, Kind, Name, Object, Observed, Operation, Permission, Place, Principal,
    RoleName, Way,
};
use postgres::quote;
use sandbox::{Cluster, Version};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A permission, and a statement that needs it and nothing else.
struct Tried {
    permission: Permission,
    statement: String,
    /// It can be prepared.
    prepares: bool,
}

struct Look<'c> {
    cluster: &'c Cluster,
    observed: Observed,
    dialect: Arc<dyn Dialect>,
    database: DatabaseName,
}

impl<'c> Look<'c> {
    fn at(cluster: &'c Cluster, database: &str) -> Self {
        let database = DatabaseName::new(database).unwrap();
        let mut scope = Scope {
            databases: Databases::These(BTreeSet::from([database.clone()])),
            system_objects: false,
            columns_of: BTreeSet::new(),
            leaving: BTreeSet::new(),
            again: BTreeSet::new(),
            everything: false,
            survey: false,
            machinery: false,
            reviews: Vec::new(),
        };
        let (observed, dialect) = block_on(async {
            let mut session = session(&cluster.socket_url("postgres")).await;
            let first = session.inspect(&scope).await.unwrap();
            let tables = first.catalogue.objects.keys().filter(|object| object.kind.as_str() == "table");
            scope.columns_of = tables.map(|table| (database.clone(), table.path.clone())).collect();
            (session.inspect(&scope).await.unwrap(), session.dialect())
        });
        Self { cluster, observed, dialect, database }
    }

    /// Everything that is tried.
    fn tried(&self) -> Vec<Tried> {
        let mut tried = Vec::new();
        for (object, existing) in &self.observed.catalogue.objects {
            let variety = existing.variety.as_str();
            let mut add = |operation: &'static str, prepares: bool, statement: String| {
                let operation = Operation::known(operation);
                let permission = Permission { operation, on: object.clone(), delegable: false };
                tried.push(Tried { permission, statement, prepares });
            };
            let name = name(object);
            match (object.kind.as_str(), variety) {
                ("table", _) if existing.system => {}
                ("table", "table" | "partitioned table") => {
                    self.table(object, &name, &mut add);
                    if self.cluster.version() >= Version::V17 && variety == "table" {
                        add("maintain", false, format!("REINDEX TABLE {name}"));
                    }
                }
                ("table", "materialized view") => {
                    add("select", true, format!("SELECT * FROM {name}"));
                    add("drop", false, format!("DROP MATERIALIZED VIEW {name}"));
                }
                ("sequence", _) => {
                    let number = format!("{}::oid::regclass", existing.id);
                    add("usage", true, format!("SELECT nextval({number}), currval({number})"));
                    add("update", true, format!("SELECT setval({number}, 1)"));
                    add("drop", false, format!("DROP SEQUENCE {name}"));
                }
                ("routine", "function") => {
                    let arguments = object.arguments.clone().unwrap_or_default();
                    let known = |argument: &Name| ["integer", "text"].contains(&argument.as_str());
                    if arguments.iter().all(known) {
                        let nulls = arguments.iter().map(|argument| format!("NULL::{argument}"));
                        let nulls = nulls.collect::<Vec<_>>().join(", ");
                        add("execute", true, format!("SELECT {name}({nulls})"));
                        let types = arguments.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
                        add("drop", false, format!("DROP FUNCTION {name}({types})"));
                    }
                }
                ("schema", _) if !existing.system => {
                    add(
                        "usage",
                        false,
                        format!("SELECT {}::regclass", quote::literal(&format!("{name}.nothing"))),
                    );
                    add("create", false, format!("CREATE TABLE {name}.tried (id int)"));
                    add("drop", false, format!("DROP SCHEMA {name} CASCADE"));
                    add("alter", false, format!("COMMENT ON SCHEMA {name} IS 'tried'"));
                }
                ("large object", _) => {
                    add("select", false, format!("SELECT lo_get({})", object.path[0]));
                    add("update", false, format!("SELECT lo_put({}, 0, 'x')", object.path[0]));
                    add("drop", false, format!("SELECT lo_unlink({})", object.path[0]));
                }
                _ => {}
            }
        }
        self.database(&mut tried);
        tried
    }

    fn database(&self, tried: &mut Vec<Tried>) {
        let database = Object::new(
            Place::Cluster,
            Kind::known("database"),
            vec![Name::new(self.database.as_str()).unwrap()],
        );
        let on = Arc::new(database);
        for (operation, statement) in [
            ("connect", "SELECT".to_owned()),
            ("create", "CREATE SCHEMA tried".to_owned()),
            ("temporary", "CREATE TEMPORARY TABLE tried (id int)".to_owned()),
            (
                "alter",
                format!("COMMENT ON DATABASE {} IS 'tried'", quote::identifier(self.database.as_str())),
            ),
        ] {
            let permission =
                Permission { operation: Operation::known(operation), on: on.clone(), delegable: false };
            tried.push(Tried { permission, statement, prepares: false });
        }
    }

    fn table(&self, object: &Arc<Object>, name: &str, add: &mut dyn FnMut(&'static str, bool, String)) {
        let columns: Vec<String> = self.observed.catalogue.columns[object]
            .iter()
            .map(|column| quote::identifier(column.as_str()))
            .collect();
        let list = columns.join(", ");
        let nulls = columns.iter().map(|_| "NULL").collect::<Vec<_>>().join(", ");
        let set = columns.iter().map(|column| format!("{column} = DEFAULT")).collect::<Vec<_>>().join(", ");
        add("select", true, format!("SELECT {list} FROM {name} LIMIT 0"));
        add(
            "insert",
            true,
            format!("INSERT INTO {name} ({list}) OVERRIDING SYSTEM VALUE SELECT {nulls} WHERE false"),
        );
        add("update", true, format!("UPDATE {name} SET {set} WHERE false"));
        add("delete", true, format!("DELETE FROM {name} WHERE false"));
        add("truncate", false, format!("TRUNCATE {name}"));
        add("drop", false, format!("DROP TABLE {name}"));
        add("alter", false, format!("ALTER TABLE {name} SET (fillfactor = 70)"));
    }

    /// What the login finds that it can, after saying `before`; nothing if it does not get in.
    fn tries(&self, login: &RoleName, tried: &[Tried], before: &str) -> Option<Vec<bool>> {
        let array = |texts: Vec<String>| format!("ARRAY[{}]", texts.join(", "));
        // The login itself first: a superuser need not be anybody else.
        let mut roles: Vec<&RoleName> =
            self.observed.access.roles.keys().filter(|role| *role != login).collect();
        roles.insert(0, login);
        let sql = include_str!("try_everything.sql")
            .replace(":roles", &array(roles.iter().map(|role| quote::literal(role.as_str())).collect()))
            .replace(
                ":statements",
                &array(tried.iter().map(|tried| quote::literal(&tried.statement)).collect()),
            )
            .replace(":prepares", &array(tried.iter().map(|tried| tried.prepares.to_string()).collect()));
        let sql = format!("SET client_min_messages = error;\nBEGIN;\n{before}\n{sql}\nROLLBACK;");
        let said = match self.cluster.psql_as(login.as_str(), self.database.as_str(), &sql) {
            Ok(said) => said,
            Err(error) => {
                let error = error.to_string();
                if error.contains("is a member of role") {
                    // With CREATEROLE, before 16, it could break the circle first: not tried.
                    return Some(Vec::new());
                }
                assert!(error.contains("connection to server"), "{error}\n{before}");
                return None;
            }
        };
        Some(said.lines().last().unwrap().chars().map(|c| c == 't').collect())
    }

    fn answers(&self, login: &RoleName, tried: &[Tried], giving: bool) -> Vec<Answer> {
        let graph = Graph::of(&self.dialect.powers(&self.observed, &self.database));
        let around = graph.around(login);
        let answer = |tried: &Tried| {
            let needs = self.dialect.needs(&self.observed, &self.database, &tried.permission);
            let entered = graph.doors(&needs, giving).enter(login);
            // Somebody else's session is not this login's.
            let own = entered.filter(|entered| {
                !entered.facts.iter().any(|fact| matches!(fact, Fact::LogsIn { role, .. } if role != login))
            });
            around.ask(&needs, giving).answer(login, own.as_ref())
        };
        tried.iter().map(answer).collect()
    }
}

fn name(object: &Object) -> String {
    if object.kind.as_str() == "large object" {
        return object.path[0].to_string();
    }
    object.path.iter().map(|part| quote::identifier(part.as_str())).collect::<Vec<_>>().join(".")
}

fn is_yes(answer: &Answer) -> bool {
    matches!(answer, Answer::Yes { .. })
}

/// Every login tries everything; then what it can only after granting itself something, by granting it.
fn holds(cluster: &Cluster, database: &str) -> Result<BTreeMap<bool, usize>, String> {
    let look = Look::at(cluster, database);
    let tried = look.tried();
    let logins = look.observed.access.roles.iter().filter(|(_, role)| {
        role.attributes.get(&model::Attribute::known("login")) == Some(&model::Value::Flag(true))
    });
    let mut count = BTreeMap::new();
    for (login, _) in logins {
        let says = look.answers(login, &tried, false);
        let does = look.tries(login, &tried, "");
        for (at, answer) in says.iter().enumerate() {
            let does = does.as_ref().is_some_and(|does| does[at]);
            if is_yes(answer) != does {
                let permission = &tried[at].permission;
                return Err(format!(
                    "{} {database}: {login} {permission}: {answer:?}, and the server says {does}",
                    cluster.version()
                ));
            }
            *count.entry(does).or_default() += 1;
        }
        let wider = look.answers(login, &tried, true);
        for (at, answer) in wider.iter().enumerate().filter(|(at, _)| !is_yes(&says[*at])) {
            let Answer::Yes { facts, grants_itself } = answer else { continue };
            assert!(grants_itself);
            let Some(before) = grants(facts, login, cluster.version()) else { continue };
            let does = look.tries(login, &tried[at..=at], &before);
            if does.as_ref().is_some_and(Vec::is_empty) {
                continue;
            }
            if does != Some(vec![true]) {
                return Err(format!(
                    "{} {database}: {login} {}: {facts:#?} by {before}",
                    cluster.version(),
                    tried[at].permission
                ));
            }
            *count.entry(true).or_default() += 1;
        }
    }
    Ok(count)
}

/// The statements by which a login grants itself what it may; nothing if it would have to begin in another database.
fn grants(facts: &[Fact], login: &RoleName, version: Version) -> Option<String> {
    let mut sql = String::new();
    let who = quote::identifier(login.as_str());
    // Whom the session is while it uses the privileges of each role.
    let mut being: BTreeMap<&RoleName, String> = BTreeMap::from([(login, who.clone())]);
    for fact in facts {
        match fact {
            Fact::LogsIn { elsewhere: true, .. } => return None,
            Fact::Step { way: Way::Becomes, to, .. } => {
                being.entry(to).or_insert(quote::identifier(to.as_str()));
            }
            Fact::Step { from, way: Way::Inherits, to } => {
                let as_whom = being[from].clone();
                being.entry(to).or_insert(as_whom);
            }
            Fact::Step { from, way: Way::Administers, to } => {
                let quoted = quote::identifier(to.as_str());
                let options = if version >= Version::V16 { " WITH INHERIT TRUE, SET TRUE" } else { "" };
                sql.push_str(&format!("SET ROLE {};\nGRANT {quoted} TO {who}{options};\n", being[from]));
                being.insert(to, quoted);
            }
            Fact::HandsOut { from, role, to } => {
                let (role, to) = (quote::identifier(role.as_str()), quote::identifier(to.as_str()));
                let options = if version >= Version::V16 { " WITH INHERIT TRUE" } else { "" };
                sql.push_str(&format!("SET ROLE {};\nGRANT {role} TO {to}{options};\n", being[from]));
            }
            Fact::Holds { source, permission } if source.basis == Basis::OwnerMayGrant => {
                let Principal::Role(owner) = &source.who else { continue };
                let on = &source.on;
                let word = match on.kind.as_str() {
                    "routine" => "FUNCTION".to_owned(),
                    kind => kind.to_uppercase(),
                };
                let types = on.arguments.as_ref().map(|arguments| {
                    format!("({})", arguments.iter().map(Name::as_str).collect::<Vec<_>>().join(", "))
                });
                sql.push_str(&format!(
                    "SET ROLE {};\nGRANT {} ON {word} {}{} TO PUBLIC;\n",
                    being[owner],
                    permission.operation,
                    name(on),
                    types.unwrap_or_default()
                ));
            }
            _ => {}
        }
    }
    sql.push_str("RESET ROLE;");
    Some(sql)
}

/// Most roles can log in, so that there is something to try.
fn generated_states_are_told_truly(version: Version, cases: u32) {
    generated::for_each(version, cases, &generated::case(), |case| {
        let cluster = generated::cluster(version, &case.structure, Some(&case.first));
        let roles = case.first.roles();
        let logins = roles.iter().enumerate().filter(|(at, _)| at % 4 != 3);
        let sql = logins.map(|(_, role)| format!("ALTER ROLE {} LOGIN;", quote::identifier(role)));
        cluster.psql("postgres", &sql.collect::<String>()).unwrap();
        for database in DATABASES {
            holds(&cluster, database)?;
        }
        Ok(())
    });
}

#[test]
fn what_every_login_of_the_worst_case_can_is_what_it_can_on_every_version() {
    for version in Version::ALL {
        let cluster = worst_case::whole(version);
        let count = holds(&cluster, worst_case::HOME).unwrap();
        assert!(count[&true] > 50 && count[&false] > 50, "{count:?}");
    }
}

#[test]
fn what_generated_logins_can_is_what_they_can_on_14() {
    generated_states_are_told_truly(Version::V14, 3);
}

#[test]
fn what_generated_logins_can_is_what_they_can_on_15() {
    generated_states_are_told_truly(Version::V15, 2);
}

#[test]
fn what_generated_logins_can_is_what_they_can_on_16() {
    generated_states_are_told_truly(Version::V16, 3);
}

#[test]
fn what_generated_logins_can_is_what_they_can_on_17() {
    generated_states_are_told_truly(Version::V17, 2);
}

#[test]
fn what_generated_logins_can_is_what_they_can_on_18() {
    generated_states_are_told_truly(Version::V18, 3);
}
