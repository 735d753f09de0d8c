//! Asking about access: connect, look, and find which permissions the question means. Nothing is changed.

use access::{Answer, Entered, Graph, Group};
use engine::{Databases, Engine, EngineError, Scope};
use manifest::Question;
use model::{
    DatabaseName, Dialect, Edge, Intent, Kind, Name, NamedObjects, Object, Observed, Operation, Pattern,
    Permission, Place, Powers, Problem, Review, RoleName, Secret, Segment, Way, carried_out, diff,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How a question is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// What a session can come to do, also after granting itself what it may.
    Reachable,
    /// What a session can come to do without granting anything.
    AsItStands,
    /// What the role holds, and nothing else.
    Privilege,
}

/// How ways up are looked for.
#[derive(Debug, Clone)]
pub struct Climb<'a> {
    /// In which databases.
    pub databases: Databases,
    /// In which state of the target.
    pub state: State<'a>,
    /// What somebody says that routines do.
    pub reviews: &'a [Review],
}

/// In which state a target is asked about.
#[derive(Debug, Clone, Copy)]
pub enum State<'a> {
    /// As it stands.
    Standing,
    /// As it would stand if this were carried out.
    Planned(&'a Intent),
}

/// What was seen for a question, and what the question means there.
pub struct Asking {
    /// What was seen.
    pub observed: Observed,
    /// What the engine knows.
    pub dialect: Arc<dyn Dialect>,
    /// The database that a session would be in.
    pub database: DatabaseName,
    /// What is asked about, one by one.
    pub permissions: Vec<Permission>,
    powers: Powers,
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The target could not be reached or read.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The question does not fit the target.
    #[error("{what}")]
    Question {
        /// A code with a manual page.
        code: &'static str,
        /// What is wrong.
        what: String,
        /// What to do.
        help: String,
    },
}

/// The answers about one subject, one for each permission, in their order.
pub type Answers = Vec<(Permission, Answer)>;

/// Looks at the target behind the URL as far as the question needs it. `database` is where a session would be, if it is
/// known before the look; otherwise the one that the URL leads to.
///
/// # Errors
/// If the target cannot be reached or read, or does not have what the question names.
pub async fn ask(
    engine: &dyn Engine,
    url: &Secret,
    database: Option<DatabaseName>,
    question: &Question,
) -> Result<Asking, AskError> {
    look(engine, url, database, None, Some(question)).await
}

/// The same, also without a question. Where ways up are looked for, `for_ways` says in which state of which databases: what
/// the target does by itself is asked for as well then.
pub(crate) async fn look(
    engine: &dyn Engine,
    url: &Secret,
    database: Option<DatabaseName>,
    for_ways: Option<Climb<'_>>,
    question: Option<&Question>,
) -> Result<Asking, AskError> {
    let mut session = engine.connect(url).await?;
    let words = engine.vocabulary();
    let mut intent =
        question.map(|question| question.as_intent(words, database.as_ref())).unwrap_or_default();
    let planned = match &for_ways {
        Some(Climb { state: State::Planned(planned), .. }) => Some(*planned),
        _ => None,
    };
    if let Some(planned) = planned {
        intent = Intent { grants: [planned.grants.as_slice(), &intent.grants].concat(), ..planned.clone() };
    }
    if let Some(how) = &for_ways {
        intent.reviews = how.reviews.to_vec();
    }
    let mut scope = engine.scope(&intent);
    scope.machinery = for_ways.is_some();
    scope.databases = match (for_ways, &database) {
        (Some(how), _) => how.databases,
        (None, Some(name)) => Databases::These(BTreeSet::from([name.clone()])),
        (None, None) => Databases::Connected,
    };
    let named = |scope: &mut Scope, database: Option<&DatabaseName>| {
        question.is_some_and(|question| columns(scope, question, database))
    };
    named(&mut scope, database.as_ref());
    let mut observed = session.inspect(&scope).await?;
    let found = database.clone().or_else(|| observed.at.databases.keys().next().cloned());
    if database.is_none() && named(&mut scope, found.as_ref()) {
        observed = session.inspect(&scope).await?;
    }
    let dialect = session.dialect();
    if let Some(planned) = planned {
        let desired = dialect.realise(planned, &observed).map_err(|problems| misfit(&problems))?;
        let changes = diff(dialect.as_ref(), &desired, &observed);
        observed.access = carried_out(dialect.as_ref(), &changes, &observed);
    }
    asking(observed, dialect, found, question)
}

/// What a question means on a target that was seen, or imagined.
pub(crate) fn asking(
    observed: Observed,
    dialect: Arc<dyn Dialect>,
    database: Option<DatabaseName>,
    question: Option<&Question>,
) -> Result<Asking, AskError> {
    let Some(found) = database else {
        return Err(refusal("RW333", "the URL leads to no database", "name the database in the URL"));
    };
    let permissions = match question {
        Some(question) => Meant { observed: &observed, dialect: &*dialect, question }.permissions(&found)?,
        None => Vec::new(),
    };
    let database = inside(&permissions).unwrap_or(found);
    let powers = dialect.powers(&observed, &database);
    Ok(Asking { observed, dialect, database, permissions, powers })
}

/// The first reason why a target cannot be what the model says.
pub(crate) fn misfit(problems: &[Problem]) -> AskError {
    match problems.first() {
        Some(problem) => refusal(problem.code, problem.what.clone(), problem.help.clone()),
        None => refusal("RW333", "the model fits no target", "rolewright plan says why"),
    }
}

/// Asks for the columns of the tables that the question names.
fn columns(scope: &mut Scope, question: &Question, database: Option<&DatabaseName>) -> bool {
    let Some(database) = database else { return false };
    let exact = question.names().iter().filter_map(exact_path).filter(|path| path.len() == 2);
    scope.columns_of.extend(exact.map(|path| (database.clone(), path)));
    !scope.columns_of.is_empty()
}

fn exact_path(pattern: &Pattern) -> Option<Vec<Name>> {
    let exact = |segment: &Segment| match segment {
        Segment::Exactly(name) => Some(name.clone()),
        Segment::Like(_) => None,
    };
    pattern.path.iter().map(exact).collect()
}

/// What is done to a database is done from inside it.
fn inside(permissions: &[Permission]) -> Option<DatabaseName> {
    match permissions {
        [only] if only.on.kind.as_str() == "database" => {
            DatabaseName::new(only.on.path.first()?.as_str()).ok()
        }
        _ => None,
    }
}

fn refusal(code: &'static str, what: impl Into<String>, help: impl Into<String>) -> AskError {
    AskError::Question { code, what: what.into(), help: help.into() }
}

/// What a question means on a target.
pub(crate) struct Meant<'a> {
    pub(crate) observed: &'a Observed,
    pub(crate) dialect: &'a dyn Dialect,
    pub(crate) question: &'a Question,
}

impl Meant<'_> {
    pub(crate) fn permissions(&self, database: &DatabaseName) -> Result<Vec<Permission>, AskError> {
        let words = self.dialect.vocabulary();
        let Some(on) = self.question.objects(words, Some(database)) else { return Ok(Vec::new()) };
        let objects = self.objects(&on)?;
        let mut permissions = Vec::new();
        for object in &objects {
            for privilege in &self.question.phrase.privileges {
                for operation in self.operations(&privilege.operation, &on, !privilege.columns.is_empty())? {
                    let columns = self.columns(object, &privilege.columns)?;
                    let on = if privilege.columns.is_empty() { vec![object.clone()] } else { columns };
                    let delegable = self.question.phrase.delegable;
                    permissions.extend(on.into_iter().map(|on| Permission {
                        operation: operation.clone(),
                        on,
                        delegable,
                    }));
                }
            }
        }
        Ok(permissions)
    }

    fn operations(
        &self,
        asked: &Operation,
        on: &NamedObjects,
        on_columns: bool,
    ) -> Result<Vec<Operation>, AskError> {
        let known = self.dialect.operations(&on.kind);
        if asked.as_str() == "all" {
            let words = self.dialect.vocabulary().kinds.iter().find(|word| word.kind == on.kind);
            let fits = |operation: &Operation| {
                !on_columns || words.is_some_and(|word| word.column_operations.contains(operation))
            };
            return Ok(known.into_iter().filter(fits).collect());
        }
        if Question::is_owners_only(asked) || known.contains(asked) {
            return Ok(vec![asked.clone()]);
        }
        let version = &self.observed.at.version_text;
        let what =
            format!("{} {version} has no privilege `{asked}` on a {}", self.observed.at.engine, on.kind);
        let has = known.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let help = if has.is_empty() {
            "it came with a newer version".to_owned()
        } else {
            format!("it has {has}; `alter` asks about what only the owner may do")
        };
        Err(refusal("RW333", what, help))
    }

    fn objects(&self, on: &NamedObjects) -> Result<Vec<Arc<Object>>, AskError> {
        let mut found = BTreeSet::new();
        for pattern in on.names.iter() {
            let of_pattern = self.matching(on, pattern);
            if of_pattern.is_empty() {
                return Err(self.missing(on, pattern));
            }
            found.extend(of_pattern);
        }
        Ok(found.into_iter().collect())
    }

    fn matching(&self, on: &NamedObjects, pattern: &Pattern) -> Vec<Arc<Object>> {
        let place = place(on);
        if on.kind.as_str() == "parameter" {
            // Which parameters there are is not looked at: each exists as soon as it is named.
            let name =
                pattern.is_exact().then(|| Name::new(pattern.to_string().to_lowercase()).ok()).flatten();
            return name
                .map(|name| Arc::new(Object::new(place, on.kind.clone(), vec![name])))
                .into_iter()
                .collect();
        }
        let by_schema = matches!(pattern.path.first(), Some(Segment::Exactly(_)));
        let all =
            self.observed.catalogue.objects.iter().filter(|(object, _)| {
                object.place == place && object.kind == on.kind && pattern.matches(object)
            });
        let meant = all.filter(|(object, existing)| {
            (on.varieties.is_empty() || on.varieties.contains(&existing.variety))
                && (by_schema || !existing.system)
                && (pattern.is_exact() || existing.extension.is_none())
                && !on.except.iter().any(|except| except.matches(object))
        });
        meant.map(|(object, _)| object.clone()).collect()
    }

    fn missing(&self, on: &NamedObjects, pattern: &Pattern) -> AskError {
        let place = place(on);
        let what = match &place {
            Place::Cluster => format!("the cluster has no {} {pattern}", on.kind),
            Place::Database(name) => format!("database {name} has no {} {pattern}", on.kind),
        };
        let known = self.observed.catalogue.objects.keys();
        let known = known.filter(|object| object.place == place && object.kind == on.kind);
        let names: BTreeSet<String> = known.map(|object| dotted(object)).collect();
        refusal(
            "RW331",
            what,
            near(&pattern.to_string(), &names, "look at the spelling; psql's \\d lists what there is"),
        )
    }

    fn columns(&self, table: &Arc<Object>, names: &[Name]) -> Result<Vec<Arc<Object>>, AskError> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let Some(known) = self.observed.catalogue.columns.get(table) else {
            let help = "name the table without a wildcard";
            return Err(refusal("RW333", "columns are asked about for one table at a time", help));
        };
        let column = |name: &Name| {
            if !known.contains(name) {
                let names = known.iter().map(ToString::to_string).collect();
                let what = format!("{table} has no column {name}");
                let all = known.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
                return Err(refusal("RW331", what, near(name.as_str(), &names, &format!("it has {all}"))));
            }
            let mut path = table.path.clone();
            path.push(name.clone());
            let kind = Kind::known("column");
            Ok(Arc::new(Object::new(table.place.clone(), kind, path)))
        };
        names.iter().map(column).collect()
    }
}

fn place(on: &NamedObjects) -> Place {
    on.database.clone().map_or(Place::Cluster, Place::Database)
}

fn dotted(object: &Object) -> String {
    object.path.iter().map(ToString::to_string).collect::<Vec<_>>().join(".")
}

/// Did you mean, or else the help given.
fn near(word: &str, known: &BTreeSet<String>, otherwise: &str) -> String {
    match manifest::nearest(word, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean {near}?"),
        None => otherwise.to_owned(),
    }
}

impl Asking {
    /// Adds a login that does not exist and would have these roles: what an account can that has no login of its own.
    ///
    /// # Errors
    /// `RW332` if a role of that name exists.
    pub fn suppose(
        &mut self,
        name: &RoleName,
        roles: &[(RoleName, model::MemberPowers)],
    ) -> Result<(), AskError> {
        if self.powers.roles.contains(name) {
            let what = format!("{name} is a role of the target and not what the model means by it");
            return Err(refusal("RW332", what, "give the account a login, or ask about one of its roles"));
        }
        self.powers.roles.push(name.clone());
        self.powers.logins.push(name.clone());
        for (role, powers) in roles {
            let open = [
                (powers.inherit, Way::Inherits),
                (powers.set, Way::Becomes),
                (powers.admin, Way::Administers),
            ];
            let edge = |way| Edge { from: name.clone(), way, to: role.clone() };
            self.powers.edges.extend(open.into_iter().filter(|(open, _)| *open).map(|(_, way)| edge(way)));
        }
        Ok(())
    }

    pub(crate) const fn powers(&self) -> &Powers {
        &self.powers
    }

    /// Whether the role can, permission by permission.
    ///
    /// # Errors
    /// `RW332` if there is no such role, `RW333` if a privilege is asked for and the operation is none.
    pub fn can(&self, role: &RoleName, judged: Judged) -> Result<Answers, AskError> {
        let graph = Graph::of(&self.powers);
        if !graph.knows(role) {
            return Err(no_role(role, &self.powers));
        }
        let around = graph.around(role);
        let mut doors: Option<(model::Need, Option<Entered>)> = None;
        let mut answers = Vec::with_capacity(self.permissions.len());
        for permission in &self.permissions {
            let needs = self.dialect.needs(&self.observed, &self.database, permission);
            if judged == Judged::Privilege {
                refuse_ownership(permission)?;
                let lacking = || vec![access::Lacking::Need(permission.clone())];
                let answer = match around.privilege(needs.own()).of(role) {
                    Some(facts) => Answer::Yes { facts, grants_itself: false },
                    None => Answer::No(lacking()),
                };
                answers.push((permission.clone(), answer));
                continue;
            }
            let giving = judged == Judged::Reachable;
            // Most permissions are asked about in one database: its doors are looked at once.
            let entered = match &doors {
                Some((entry, entered)) if *entry == needs.entry => entered.clone(),
                _ => graph.doors(&needs, giving).enter(role),
            };
            answers.push((permission.clone(), around.ask(&needs, giving).answer(role, entered.as_ref())));
            doors = Some((needs.entry, entered));
        }
        Ok(answers)
    }

    /// Who can, permission by permission, in groups.
    #[must_use]
    pub fn who(&self, giving: bool) -> Vec<(&Permission, Vec<Group>)> {
        let graph = Graph::of(&self.powers);
        let of = |permission| {
            let needs = self.dialect.needs(&self.observed, &self.database, permission);
            let doors = graph.doors(&needs, giving);
            (permission, graph.ask(&needs, giving).who(&doors))
        };
        self.permissions.iter().map(of).collect()
    }

    /// Tables of the question on which row security is on: a permission is not yet a row.
    #[must_use]
    pub fn row_security(&self) -> Vec<&Arc<Object>> {
        let rows = ["select", "insert", "update", "delete"];
        let asked = self.permissions.iter().filter(|asked| rows.contains(&asked.operation.as_str()));
        let table =
            |asked: &Permission| self.dialect.owned_with(&asked.on).unwrap_or_else(|| (*asked.on).clone());
        let tables: BTreeSet<Object> = asked.map(table).collect();
        let on = self.observed.access.row_security.iter();
        on.filter(|(on, security)| security.enabled && tables.contains(&***on)).map(|(on, _)| on).collect()
    }
}

pub(crate) fn no_role(role: &RoleName, powers: &Powers) -> AskError {
    let names = powers.roles.iter().map(ToString::to_string).collect();
    let what = format!("the target has no role {role}");
    refusal("RW332", what, near(role.as_str(), &names, "rolewright audit lists what there is"))
}

fn refuse_ownership(permission: &Permission) -> Result<(), AskError> {
    if !Question::is_owners_only(&permission.operation) {
        return Ok(());
    }
    let what = format!("`{}` is no privilege: it belongs to the owner", permission.operation);
    Err(refusal("RW333", what, "leave --privilege out"))
}
