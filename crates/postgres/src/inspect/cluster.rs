//! The cluster-wide half of a look: roles, memberships, settings, and the objects outside any database.

use super::Login;
use super::found::Found;
use super::reading::{FIRST_OWN_OID, ROOT_OID, Reading, Which, class};
use super::rows::{self, take};
use super::survey;
use crate::connect::Link;
use crate::failure;
use crate::words::{attribute, kind, variety};
use engine::{EngineError, Scope};
use model::{
    Access, DatabaseName, Grantor, Kind, MemberKey, MemberPowers, Note, Place, Role, RoleName, Secret,
    SettingKey, Survey, Value, Verifier,
};
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Row;

/// A database as the cluster lists it.
#[derive(Debug)]
pub(super) struct Database {
    pub(super) oid: u32,
    pub(super) connectable: bool,
}

/// What the cluster-wide catalogues say.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) access: Access,
    pub(super) found: Vec<Found>,
    pub(super) databases: BTreeMap<DatabaseName, Database>,
    pub(super) root: RoleName,
    pub(super) system: String,
    pub(super) timeline: u32,
    pub(super) instant: String,
    pub(super) started: String,
    pub(super) open_settings: BTreeSet<String>,
    pub(super) version_text: String,
    pub(super) survey: Option<Survey>,
    pub(super) notes: Vec<Note>,
}

/// Reads it, inside the connection's transaction.
pub(super) async fn read(link: &Link, login: &Login, scope: &Scope) -> Result<Cluster, EngineError> {
    let verifiers_wanted = scope.everything && login.superuser;
    let members = if login.version >= 160_000 {
        include_str!("../../sql/members_16.sql")
    } else {
        include_str!("../../sql/members_14.sql")
    };
    let (
        moment,
        control,
        roles,
        verifiers,
        members,
        settings,
        open,
        databases,
        tablespaces,
        parameters,
        survey,
    ) = tokio::try_join!(
        link.rows("the moment", include_str!("../../sql/moment.sql"), &[]),
        optional(link, login.may_read_control, "the control file", include_str!("../../sql/control.sql")),
        link.rows("roles", include_str!("../../sql/roles.sql"), &[]),
        optional(link, verifiers_wanted, "password verifiers", include_str!("../../sql/verifiers.sql")),
        link.rows("memberships", members, &[]),
        link.rows("settings", include_str!("../../sql/settings.sql"), &[]),
        optional(link, !login.superuser, "open settings", include_str!("../../sql/open_settings.sql")),
        link.rows("databases", include_str!("../../sql/databases.sql"), &[]),
        link.rows("tablespaces", include_str!("../../sql/tablespaces.sql"), &[]),
        optional(link, login.version >= 150_000, "parameters", include_str!("../../sql/parameters.sql")),
        survey::of_cluster(link, scope),
    )?;
    let mut reading = Reading::new(login.version, &roles)?;
    let mut access = Access { roles: read_roles(&roles)?, ..Access::default() };
    read_verifiers(&verifiers, &mut access)?;
    if scope.everything && !login.superuser {
        reading.note("password verifiers", "only a superuser can read them; they are unknown");
    }
    access.members = read_members(&members, &mut reading)?;
    access.settings = read_settings(&settings, scope.everything)?;
    let mut found = Vec::new();
    let databases = read_databases(&databases, &mut reading, &mut found)?;
    read_tablespaces(&tablespaces, &mut reading, scope, &mut found)?;
    read_parameters(&parameters, &mut reading, &mut found)?;
    if let Some(survey) = &survey {
        survey::note_unknown(survey, &mut reading);
    }
    let part = "the moment";
    let moment = moment.first().ok_or_else(|| failure::unreadable(part, "no row"))?;
    let (system, timeline) = read_control(&control, &mut reading)?;
    Ok(Cluster {
        access,
        found,
        databases,
        root: reading.root()?,
        system,
        timeline,
        instant: take(part, moment, 0)?,
        version_text: take(part, moment, 1)?,
        started: take(part, moment, 2)?,
        open_settings: open.iter().map(|row| take(part, row, 0)).collect::<Result<_, _>>()?,
        survey,
        notes: reading.notes,
    })
}

/// The rows of a query that is run only where `ask` says so.
async fn optional(link: &Link, ask: bool, part: &str, sql: &str) -> Result<Vec<Row>, EngineError> {
    if ask { link.rows(part, sql, &[]).await } else { Ok(Vec::new()) }
}

fn read_control(rows: &[Row], reading: &mut Reading) -> Result<(String, u32), EngineError> {
    let part = "the control file";
    let Some(row) = rows.first() else {
        reading.note("the cluster's identity", "EXECUTE on pg_control_system() and pg_control_checkpoint() was revoked: a copy of the cluster cannot be told from it");
        return Ok(("unknown".to_owned(), 0));
    };
    let timeline: i32 = take(part, row, 1)?;
    Ok((take(part, row, 0)?, timeline.cast_unsigned()))
}

fn read_roles(rows: &[Row]) -> Result<BTreeMap<RoleName, Role>, EngineError> {
    let part = "roles";
    let mut roles = Vec::with_capacity(rows.len());
    for row in rows {
        let flag = |at| Ok::<_, EngineError>(Value::Flag(take(part, row, at)?));
        let limit: i32 = take(part, row, 9)?;
        let until = take::<Option<String>>(part, row, 10)?.map_or(Value::Unset, Value::Text);
        let attributes = BTreeMap::from([
            (attribute::SUPERUSER, flag(2)?),
            (attribute::INHERIT, flag(3)?),
            (attribute::CREATEROLE, flag(4)?),
            (attribute::CREATEDB, flag(5)?),
            (attribute::LOGIN, flag(6)?),
            (attribute::REPLICATION, flag(7)?),
            (attribute::BYPASSRLS, flag(8)?),
            (attribute::CONNECTION_LIMIT, Value::Number(limit.into())),
            (attribute::VALID_UNTIL, until),
        ]);
        let role = Role { attributes, comment: take(part, row, 11)?, verifier: Verifier::Unknown };
        roles.push((rows::name(part, take(part, row, 1)?)?, role));
    }
    Ok(roles.into_iter().collect())
}

fn read_verifiers(rows: &[Row], access: &mut Access) -> Result<(), EngineError> {
    let part = "password verifiers";
    for row in rows {
        let verifier = take::<Option<&str>>(part, row, 1)?;
        if let Some(role) = access.roles.get_mut(take::<&str>(part, row, 0)?) {
            role.verifier = verifier.map_or(Verifier::None, |text| Verifier::Known(Secret::new(text)));
        }
    }
    Ok(())
}

fn read_members(
    rows: &[Row],
    reading: &mut Reading,
) -> Result<BTreeMap<MemberKey, MemberPowers>, EngineError> {
    let part = "memberships";
    let mut members = Vec::with_capacity(rows.len());
    for row in rows {
        let role = reading.owner(part, take(part, row, 0)?)?;
        let member = reading.owner(part, take(part, row, 1)?)?;
        let by = match take::<u32>(part, row, 2)? {
            // The bootstrap superuser is the root of every chain, whatever its name.
            ROOT_OID => Grantor::Owner,
            oid => reading.role(oid).map_or_else(
                || {
                    let what = format!("it was granted by role OID {oid}, which no longer exists; it counts as granted by the root");
                    reading.note(format!("membership of {member} in {role}"), what);
                    Grantor::Owner
                },
                Grantor::Role,
            ),
        };
        let powers = MemberPowers {
            inherit: take(part, row, 3)?,
            set: take(part, row, 4)?,
            admin: take(part, row, 5)?,
        };
        members.push((MemberKey { role, member, by }, powers));
    }
    Ok(members.into_iter().collect())
}

fn read_settings(rows: &[Row], for_everybody: bool) -> Result<BTreeMap<SettingKey, String>, EngineError> {
    let part = "settings";
    let mut settings = BTreeMap::new();
    for row in rows {
        let role = take::<Option<&str>>(part, row, 0)?.map(|name| rows::name(part, name)).transpose()?;
        let database = take::<Option<&str>>(part, row, 1)?.map(|name| rows::name(part, name)).transpose()?;
        let Some((name, value)) = rows::pair(take(part, row, 2)?) else {
            return Err(failure::unreadable(part, "a setting is not name=value"));
        };
        if role.is_some() || for_everybody {
            settings.insert(SettingKey { role, database, name: rows::name(part, name)? }, value.to_owned());
        }
    }
    Ok(settings)
}

/// An object outside any database.
fn cluster_object(
    reading: &mut Reading,
    part: &str,
    kind: Kind,
    (oid, name, owner): (u32, &str, u32),
    acl: Option<&str>,
) -> Result<Found, EngineError> {
    let path = vec![rows::name(part, name)?];
    let common = reading.common(part, kind, owner, acl)?;
    let which = Which { class: class::NONE, oid, path, arguments: None, variety: variety::PLAIN };
    reading.found(&Place::Cluster, &common, which)
}

fn read_databases(
    rows: &[Row],
    reading: &mut Reading,
    found: &mut Vec<Found>,
) -> Result<BTreeMap<DatabaseName, Database>, EngineError> {
    let part = "databases";
    let mut databases = BTreeMap::new();
    for row in rows {
        let (oid, name) = (take(part, row, 0)?, take::<&str>(part, row, 1)?);
        let connectable: bool = take(part, row, 4)?;
        let template: bool = take(part, row, 5)?;
        let of = (oid, name, take(part, row, 2)?);
        let mut one = cluster_object(reading, part, kind::DATABASE, of, take(part, row, 3)?)?;
        if let Some(existing) = &mut one.existing {
            existing.system = template && matches!(name, "template0" | "template1");
        }
        found.push(one);
        // template0 is empty by design and takes no connections: it is not missed.
        if connectable || !template {
            databases.insert(rows::name(part, name)?, Database { oid, connectable });
        }
    }
    Ok(databases)
}

fn read_tablespaces(
    rows: &[Row],
    reading: &mut Reading,
    scope: &Scope,
    found: &mut Vec<Found>,
) -> Result<(), EngineError> {
    let part = "tablespaces";
    for row in rows {
        let (oid, acl) = (take(part, row, 0)?, take::<Option<&str>>(part, row, 3)?);
        let (system, owner) = (oid < FIRST_OWN_OID, take(part, row, 2)?);
        let as_made = acl.is_none() && owner == ROOT_OID;
        if system && as_made && !scope.system_objects {
            continue;
        }
        let of = (oid, take(part, row, 1)?, owner);
        let mut one = cluster_object(reading, part, kind::TABLESPACE, of, acl)?;
        if let Some(existing) = &mut one.existing {
            existing.system = system;
        }
        found.push(one);
    }
    Ok(())
}

fn read_parameters(rows: &[Row], reading: &mut Reading, found: &mut Vec<Found>) -> Result<(), EngineError> {
    let part = "parameters";
    for row in rows {
        // A parameter has no owner; the root's entries stand where an owner's would.
        let of = (take(part, row, 0)?, take(part, row, 1)?, ROOT_OID);
        let mut one = cluster_object(reading, part, kind::PARAMETER, of, take(part, row, 2)?)?;
        one.owner = None;
        found.push(one);
    }
    Ok(())
}
