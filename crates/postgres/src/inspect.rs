//! One look at a cluster: set-based queries, each database in one snapshot, several databases at once.

mod cluster;
mod database;
mod found;
mod leaving;
mod machinery;
mod reading;
mod rows;
mod survey;
mod ties;
mod under_way;

use crate::connect::{Connector, Link};
use crate::failure;
use crate::words::attribute;
use database::Seen;
use engine::{Databases, EngineError, Scope};
use model::{Access, At, Catalogue, DatabaseName, Executor, Note, Observed, RoleName, Value};
use rows::take;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use tokio::task::JoinSet;

/// How many further databases are read at once: each costs the server a process.
const DATABASES_AT_ONCE: usize = 4;

/// What a session learns about itself when it begins.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    /// The server's version as a number, such as 170010.
    pub(crate) version: u32,
    /// The role that logged in.
    pub(crate) login: RoleName,
    /// The role whose power is used.
    pub(crate) acts_as: RoleName,
    /// The login is a superuser.
    pub(crate) superuser: bool,
    /// The database of the URL.
    pub(crate) database: DatabaseName,
    /// The server follows another one.
    pub(crate) standby: bool,
    /// How many entries the server's lock table has room for.
    pub(crate) locks: usize,
    may_read_control: bool,
}

/// The role that, where it exists and the login may become it, stands as grantor behind all that is granted.
const GRANTOR: &str = "rolewright";

impl Login {
    /// Asks the server.
    ///
    /// # Errors
    /// If the session cannot read even that.
    pub(crate) async fn read(link: &Link) -> Result<Self, EngineError> {
        let part = "the session";
        let rows = link.rows(part, include_str!("../sql/login.sql"), &[]).await?;
        let row = rows.first().ok_or_else(|| failure::unreadable(part, "no row"))?;
        let login: RoleName = rows::name(part, take(part, row, 1)?)?;
        let superuser = take::<Option<bool>>(part, row, 2)?.unwrap_or(false);
        let may_become_grantor: bool = take(part, row, 6)?;
        let acts_as =
            if may_become_grantor && !superuser { rows::name(part, GRANTOR)? } else { login.clone() };
        let version: i32 = take(part, row, 0)?;
        Ok(Self {
            version: u32::try_from(version).map_err(|error| failure::unreadable(part, error))?,
            login,
            acts_as,
            superuser,
            database: rows::name(part, take(part, row, 3)?)?,
            standby: take(part, row, 4)?,
            may_read_control: take(part, row, 5)?,
            locks: usize::try_from(take::<i64>(part, row, 7)?)
                .map_err(|error| failure::unreadable(part, error))?,
        })
    }
}

/// Looks at the cluster and at the databases in scope.
///
/// # Errors
/// `RW205` if a part cannot be read, `RW209` if a database of the scope does not exist, and those of connecting.
pub(crate) async fn inspect(
    connector: &Connector,
    link: &Link,
    login: &Login,
    scope: &Scope,
) -> Result<Observed, EngineError> {
    rows::begin(link).await?;
    let own = async {
        if wants(&scope.databases, &login.database) {
            return database::read(link, login, scope, login.database.clone()).await;
        }
        Ok(Seen::default())
    };
    let rest = async {
        let cluster = cluster::read(link, login, scope).await?;
        let mut chosen = choose(&cluster.databases, login, &scope.databases)?;
        let Others { seen: mut others, mut unread } = read_others(connector, login, scope, &chosen).await?;
        unread.extend(closed(&scope.databases, &cluster.databases));
        chosen.retain(|name, _| !unread.contains_key(name));
        let leaving =
            leaving::read((connector, link, login), scope, &mut chosen, &cluster.databases, &mut others)
                .await?;
        // What somebody is to leave was read after all, or keeps the role and says why.
        unread.retain(|name, _| !chosen.contains_key(name));
        Ok((cluster, chosen, unread, leaving, others))
    };
    let ((mut cluster, chosen, unread, leaving, others), mut seen) = tokio::try_join!(rest, own)?;
    rows::end(link).await?;
    seen.absorb(others);
    seen.notes.append(&mut cluster.notes);
    seen.notes.extend(unread.iter().map(note_unread));
    seen.found.append(&mut cluster.found);
    let executor = executor(login, &cluster.access, cluster.open_settings);
    let mut access = cluster.access;
    // A role's settings are the role's in whatever database they hold.
    access.settings.retain(|key, _| {
        key.role.is_some() || key.database.as_ref().is_none_or(|name| chosen.contains_key(name))
    });
    let surveyed = (cluster.survey, seen.surveyed);
    let mut catalogue = Catalogue { columns: seen.columns, ..Catalogue::default() };
    access.future = seen.future;
    access.row_security = seen.row_security;
    access.policies = seen.policies;
    access.mappings = seen.mappings;
    found::sort_into(seen.found, &mut catalogue, &mut access);
    seen.notes.sort();
    seen.notes.dedup();
    let machinery =
        scope.machinery.then(|| machinery::whole(seen.machinery, &catalogue, &scope.reviews, login.version));
    let survey = surveyed.0.map(|survey| survey::whole(survey, surveyed.1, &catalogue));
    Ok(Observed {
        at: At {
            engine: "PostgreSQL",
            version: login.version,
            version_text: cluster.version_text,
            system: cluster.system,
            root: cluster.root,
            timeline: cluster.timeline,
            databases: chosen.clone(),
            standby: login.standby,
            instant: cluster.instant,
            started: cluster.started,
        },
        executor,
        catalogue,
        access,
        ties: seen.ties,
        survey,
        machinery,
        beyond: leaving.beyond,
        under_way: leaving.under_way,
        held: seen.held.into_iter().collect(),
        not_looked_at: cluster.databases.keys().filter(|name| !chosen.contains_key(*name)).cloned().collect(),
        unread,
        notes: seen.notes,
    })
}

fn executor(login: &Login, access: &Access, open_settings: BTreeSet<String>) -> Executor {
    let role = access.roles.get(&login.acts_as);
    let flag = role.and_then(|role| role.attributes.get(&attribute::SUPERUSER));
    Executor {
        login: login.login.clone(),
        acts_as: login.acts_as.clone(),
        superuser: flag == Some(&Value::Flag(true)),
        open_settings,
    }
}

/// The databases of the scope with their OIDs.
fn choose(
    all: &BTreeMap<DatabaseName, cluster::Database>,
    login: &Login,
    wanted: &Databases,
) -> Result<BTreeMap<DatabaseName, u32>, EngineError> {
    let oid = |name: &DatabaseName| match all.get(name) {
        Some(database) => Ok((name.clone(), database.oid)),
        None => Err(EngineError::new(
            "RW209",
            format!("the cluster has no database named {name}"),
            "create it first, or correct the name in the model; psql -l lists the databases",
        )),
    };
    match wanted {
        Databases::Connected => oid(&login.database).map(|one| BTreeMap::from([one])),
        Databases::These(names) => names.iter().map(oid).collect(),
        Databases::Readable(needed) => {
            let mut chosen: BTreeMap<_, _> = needed.iter().map(oid).collect::<Result<_, _>>()?;
            let open = all.iter().filter(|(_, database)| database.connectable);
            chosen.extend(open.map(|(name, database)| (name.clone(), database.oid)));
            Ok(chosen)
        }
        Databases::All => {
            let open = all.iter().filter(|(_, database)| database.connectable);
            Ok(open.map(|(name, database)| (name.clone(), database.oid)).collect())
        }
    }
}

/// True if the scope covers this database.
fn wants(wanted: &Databases, database: &DatabaseName) -> bool {
    match wanted {
        Databases::Connected | Databases::All | Databases::Readable(_) => true,
        Databases::These(names) => names.contains(database),
    }
}

/// True if a look at this database may fail without ending the whole.
fn may_fail(wanted: &Databases, database: &DatabaseName) -> bool {
    matches!(wanted, Databases::Readable(needed) if !needed.contains(database))
}

/// Databases that would be looked at if they took connections.
fn closed<'a>(
    wanted: &'a Databases,
    all: &'a BTreeMap<DatabaseName, cluster::Database>,
) -> impl Iterator<Item = (DatabaseName, String)> + 'a {
    let closed = all.iter().filter(move |(name, database)| !database.connectable && may_fail(wanted, name));
    closed.map(|(name, _)| (name.clone(), "it takes no connections".to_owned()))
}

fn note_unread((database, why): (&DatabaseName, &String)) -> Note {
    Note {
        about: format!("database {database}"),
        what: format!("not looked at, because {why}; what is wrong in it is unknown"),
    }
}

/// What was seen of the databases other than the session's own, and which could not be read, with the reason.
#[derive(Default)]
struct Others {
    seen: Seen,
    unread: BTreeMap<DatabaseName, String>,
}

/// Reads the databases other than the session's own, on connections of their own.
async fn read_others(
    connector: &Connector,
    login: &Login,
    scope: &Scope,
    chosen: &BTreeMap<DatabaseName, u32>,
) -> Result<Others, EngineError> {
    let mut waiting: VecDeque<DatabaseName> =
        chosen.keys().filter(|name| **name != login.database).cloned().collect();
    let mut running = JoinSet::new();
    let start = |running: &mut JoinSet<(DatabaseName, Result<Seen, EngineError>)>, name: DatabaseName| {
        let (connector, login, scope) = (connector.clone(), login.clone(), scope.clone());
        running.spawn(async move {
            let read = read_one(&connector, &login, &scope, name.clone()).await;
            (name, read)
        });
    };
    for name in waiting.drain(..waiting.len().min(DATABASES_AT_ONCE)) {
        start(&mut running, name);
    }
    let mut others = Others::default();
    while let Some(ended) = running.join_next().await {
        match ended.map_err(|error| failure::unreadable("a database", error))? {
            (_, Ok(seen)) => others.seen.absorb(seen),
            (name, Err(error)) if may_fail(&scope.databases, &name) => {
                others.unread.insert(name, error.what);
            }
            (_, Err(error)) => return Err(error),
        }
        if let Some(name) = waiting.pop_front() {
            start(&mut running, name);
        }
    }
    Ok(others)
}

/// Reads one database on a connection of its own.
async fn read_one(
    connector: &Connector,
    login: &Login,
    scope: &Scope,
    name: DatabaseName,
) -> Result<Seen, EngineError> {
    let link = connector.open(Some(&name)).await?;
    rows::begin(&link).await?;
    let seen = database::read(&link, login, scope, name).await?;
    rows::end(&link).await.map(|()| seen)
}
