//! What one database holds, read in one snapshot on one connection.

mod objects;
mod rules;

use super::found::Found;
use super::reading::Reading;
use super::rows::take;
use super::survey::{self, Surveyed};
use super::{Login, machinery, ties};
use crate::connect::Link;
use engine::{EngineError, Scope};
use foldhash::HashMap;
use model::{
    DatabaseName, Future, FutureKey, HeldKey, MappingKey, Name, Note, Object, Policy, PolicyKey, RowSecurity,
    Secret, Tie,
};
use objects::Objects;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::SetOnce;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

/// What was seen in one or several databases.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) found: Vec<Found>,
    pub(super) columns: BTreeMap<Arc<Object>, BTreeSet<Name>>,
    pub(super) future: BTreeMap<FutureKey, Future>,
    pub(super) row_security: BTreeMap<Arc<Object>, RowSecurity>,
    pub(super) policies: BTreeMap<PolicyKey, Policy>,
    pub(super) mappings: BTreeMap<MappingKey, Option<BTreeMap<Name, Secret>>>,
    pub(super) ties: Vec<Tie>,
    pub(super) held: Vec<(HeldKey, String)>,
    pub(super) surveyed: Vec<Surveyed>,
    pub(super) machinery: Vec<machinery::Parts>,
    pub(super) notes: Vec<Note>,
}

impl Seen {
    /// Adds what was seen in another database.
    pub(super) fn absorb(&mut self, mut other: Seen) {
        self.found.append(&mut other.found);
        self.columns.append(&mut other.columns);
        self.future.append(&mut other.future);
        self.row_security.append(&mut other.row_security);
        self.policies.append(&mut other.policies);
        self.mappings.append(&mut other.mappings);
        self.ties.append(&mut other.ties);
        self.held.append(&mut other.held);
        self.surveyed.append(&mut other.surveyed);
        self.machinery.append(&mut other.machinery);
        self.notes.append(&mut other.notes);
    }
}

/// What is read of one database, there as soon as the names are known that everything else points to.
type Begun = SetOnce<Mutex<Objects>>;

/// Reads the database that the connection leads to, inside the connection's transaction. All queries are sent at once and
/// answered in order; only the types wait for what the tables say of them. The tables, by far the most work for both
/// sides, come first: they are worked through while the server is busy with the rest.
pub(super) async fn read(
    link: &Link,
    login: &Login,
    scope: &Scope,
    database: DatabaseName,
) -> Result<Seen, EngineError> {
    let system: (&(dyn tokio_postgres::types::ToSql + Sync), Type) = (&scope.system_objects, Type::BOOL);
    let system = [system];
    let (objects, composites) = (Begun::new(), SetOnce::new());
    let asked = Asked::of(scope, &database);
    let tables = async {
        let (begun, tables) = begin(link, login, scope, database.clone(), &system).await?;
        // Each is set here and nowhere else.
        let _ = composites.set(objects::composites(&tables)?);
        let _ = objects.set(Mutex::new(begun));
        // Lets the query for the types be sent first.
        tokio::task::yield_now().await;
        begun_with(&objects).await.relations(&tables)
    };
    // In this order, so that what follows the tables is asked for before they are worked through.
    let ((), (), (), (), ties, held, surveyed, machinery) = tokio::try_join!(
        biased;
        tables,
        others(link, scope, &system, &composites, &objects),
        rules::read(link, login, scope, &objects),
        columns_of(link, &asked, &objects),
        ties::inside(link, scope, &database),
        ties::held(link, scope, &database),
        survey::inside(link, scope, &database),
        machinery::inside(link, scope, &database),
    )?;
    let read =
        objects.into_inner().map(|objects| objects.into_inner().unwrap_or_else(PoisonError::into_inner));
    Ok(Seen { ties, held, surveyed, machinery, ..read.map(Objects::seen).unwrap_or_default() })
}

/// Reads the names that everything else points to, and the tables.
async fn begin(
    link: &Link,
    login: &Login,
    scope: &Scope,
    database: DatabaseName,
    system: &Parameters<'_>,
) -> Result<(Objects, Vec<Row>), EngineError> {
    let (names, extensions, initial, spellings, tables) = tokio::try_join!(
        link.rows("role names", include_str!("../../sql/role_names.sql"), &[]),
        link.rows("extensions", include_str!("../../sql/extensions.sql"), &[]),
        link.rows("initial privileges", include_str!("../../sql/initial_privileges.sql"), &[]),
        link.rows("type names", include_str!("../../sql/type_names.sql"), system),
        link.rows("tables", include_str!("../../sql/relations.sql"), system),
    )?;
    let mut reading = Reading::new(login.version, &names)?;
    reading.learn_origins(&extensions, &initial)?;
    let mut spelled = HashMap::default();
    for row in &spellings {
        let spelling = reading.name("type names", take("type names", row, 1)?)?;
        spelled.insert(take::<u32>("type names", row, 0)?, spelling);
    }
    Ok((Objects::new(database, scope.system_objects, reading, spelled), tables))
}

type Parameters<'a> = [(&'a (dyn tokio_postgres::types::ToSql + Sync), Type); 1];

/// What has been read so far, once there is something.
async fn begun_with(objects: &Begun) -> MutexGuard<'_, Objects> {
    objects.wait().await.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn others(
    link: &Link,
    scope: &Scope,
    system: &Parameters<'_>,
    composites: &SetOnce<Vec<u32>>,
    objects: &Begun,
) -> Result<(), EngineError> {
    let columns = async {
        let rows = link.rows("columns", include_str!("../../sql/column_privileges.sql"), system).await?;
        begun_with(objects).await.column_privileges(&rows)
    };
    let schemas = async {
        let rows = link.rows("schemas", include_str!("../../sql/schemas.sql"), system).await?;
        begun_with(objects).await.schemas(&rows)
    };
    let routines = async {
        let rows = link.rows("routines", include_str!("../../sql/routines.sql"), system).await?;
        begun_with(objects).await.routines(&rows)
    };
    let types = async {
        let [whether] = system;
        let composites = composites.wait().await;
        let parameters = [whether.clone(), (composites as _, Type::OID_ARRAY)];
        let rows = link.rows("types", include_str!("../../sql/types.sql"), &parameters).await?;
        begun_with(objects).await.types(&rows)
    };
    let whole = async {
        let sql = include_str!("../../sql/whole_database_objects.sql");
        let rows = link.rows("languages and foreign servers", sql, system).await?;
        begun_with(objects).await.whole_database_objects(&rows)
    };
    let large = async {
        let rows = link.rows("large objects", include_str!("../../sql/large_objects.sql"), &[]).await?;
        begun_with(objects).await.large_objects(&rows)
    };
    let owner_only = async {
        let leaving = ties::names(&scope.leaving);
        let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 1] =
            [(&leaving, Type::TEXT_ARRAY)];
        let rows = link.rows("owners", include_str!("../../sql/owner_only.sql"), &parameters).await?;
        begun_with(objects).await.owner_only(&rows)
    };
    tokio::try_join!(columns, schemas, routines, types, whole, large, owner_only).map(drop)
}

/// The tables whose columns the scope asks for.
#[derive(Debug)]
struct Asked {
    schemas: Vec<String>,
    names: Vec<String>,
}

impl Asked {
    fn of(scope: &Scope, database: &DatabaseName) -> Self {
        let mut asked = Self { schemas: Vec::new(), names: Vec::new() };
        for (_, path) in scope.columns_of.iter().filter(|(of, _)| of == database) {
            if let [schema, name] = path.as_slice() {
                asked.schemas.push(schema.as_str().to_owned());
                asked.names.push(name.as_str().to_owned());
            }
        }
        asked
    }
}

async fn columns_of(link: &Link, asked: &Asked, objects: &Begun) -> Result<(), EngineError> {
    if asked.names.is_empty() {
        return Ok(());
    }
    let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 2] =
        [(&asked.schemas, Type::TEXT_ARRAY), (&asked.names, Type::TEXT_ARRAY)];
    let rows = link.rows("columns", include_str!("../../sql/columns_of.sql"), &parameters).await?;
    begun_with(objects).await.columns_of(&rows)
}
