//! What only an audit asks for. No other look runs any of this.

mod kept;

use super::reading::Reading;
use super::rows::{self, take};
use crate::connect::Link;
use crate::settings;
use crate::words::kind;
use engine::{EngineError, Scope};
use model::{
    Catalogue, DatabaseName, Definer, Door, Fired, Follower, Kind, Live, Name, Object, Place, Proof,
    Register, RoleName, Stored, Survey, View, Whence, Writes,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio_postgres::Row;

/// What was asked of one database, with the objects' numbers in place of their names.
#[derive(Debug)]
pub(super) struct Surveyed {
    database: DatabaseName,
    definers: Vec<(u32, Definer)>,
    views: Vec<(u32, bool, bool, Vec<u32>)>,
    parts: Vec<(u32, u32)>,
    idle_policies: Vec<(u32, BTreeSet<Name>)>,
    unconfined: Vec<Name>,
    verifiers: Vec<(u32, BTreeSet<Name>)>,
    triggers: Vec<kept::Trigger>,
}

/// The lists whose writes are counted, each by the catalogue that keeps it.
const REGISTERS: [(&str, &str); 3] =
    [("pg_authid", "roles"), ("pg_auth_members", "memberships"), ("pg_db_role_setting", "settings")];

/// Asks one database; nothing where no survey is wanted.
pub(super) async fn inside(
    link: &Link,
    scope: &Scope,
    database: &DatabaseName,
) -> Result<Vec<Surveyed>, EngineError> {
    if !scope.survey {
        return Ok(Vec::new());
    }
    let (definers, views, parts, idle, languages, verifiers, triggers) = tokio::try_join!(
        link.rows("definers", include_str!("../../sql/definers.sql"), &[]),
        link.rows("views", include_str!("../../sql/views.sql"), &[]),
        link.rows("partitions", include_str!("../../sql/parts.sql"), &[]),
        link.rows("policies", include_str!("../../sql/idle_policies.sql"), &[]),
        link.rows("languages", include_str!("../../sql/unconfined_languages.sql"), &[]),
        link.rows("verifiers", include_str!("../../sql/verifier_views.sql"), &[]),
        link.rows("triggers", include_str!("../../sql/triggers.sql"), &[]),
    )?;
    Ok(vec![Surveyed {
        database: database.clone(),
        definers: definers.iter().map(definer).collect::<Result<_, _>>()?,
        views: views.iter().map(view).collect::<Result<_, _>>()?,
        parts: parts
            .iter()
            .map(|row| Ok((take("partitions", row, 0)?, take("partitions", row, 1)?)))
            .collect::<Result<_, EngineError>>()?,
        idle_policies: idle.iter().map(|row| named("policies", row)).collect::<Result<_, _>>()?,
        unconfined: names("languages", &languages)?,
        triggers: triggers.iter().map(kept::trigger).collect::<Result<_, _>>()?,
        verifiers: verifiers.iter().map(|row| named("verifiers", row)).collect::<Result<_, _>>()?,
    }])
}

fn definer(row: &Row) -> Result<(u32, Definer), EngineError> {
    let part = "definers";
    let path = take::<Option<&str>>(part, row, 1)?.map(|path| {
        // An empty name stands for no schema at all.
        settings::split(path, false).into_iter().filter_map(|name| Name::new(name).ok()).collect()
    });
    Ok((take(part, row, 0)?, Definer { path, settled: take(part, row, 2)? }))
}

fn view(row: &Row) -> Result<(u32, bool, bool, Vec<u32>), EngineError> {
    let part = "views";
    Ok((take(part, row, 0)?, take(part, row, 1)?, take(part, row, 2)?, take(part, row, 3)?))
}

/// Names of what belongs to a table: its policies, its columns.
fn named(part: &str, row: &Row) -> Result<(u32, BTreeSet<Name>), EngineError> {
    let names = take::<Vec<&str>>(part, row, 1)?.into_iter().map(|name| rows::name(part, name));
    Ok((take(part, row, 0)?, names.collect::<Result<_, _>>()?))
}

fn names<T>(part: &str, rows: &[Row]) -> Result<T, EngineError>
where
    T: FromIterator<Name>,
{
    rows.iter().map(|row| rows::name(part, take(part, row, 0)?)).collect()
}

fn roles(part: &str, rows: &[Row]) -> Result<BTreeSet<RoleName>, EngineError> {
    rows.iter().map(|row| rows::name(part, take(part, row, 0)?)).collect()
}

/// Asks what belongs to the whole cluster.
pub(super) async fn of_cluster(link: &Link, scope: &Scope) -> Result<Option<Survey>, EngineError> {
    if !scope.survey {
        return Ok(None);
    }
    let part = "what may be read";
    let rights = link.rows(part, include_str!("../../sql/survey_rights.sql"), &[]).await?;
    let right = |at| rights.first().map_or(Ok(false), |row| take::<bool>(part, row, at));
    let (may_passwords, may_doors) = (right(0)?, right(1)?);
    let ask = async |may: bool, part: &str, sql: &str| {
        if may { link.rows(part, sql, &[]).await.map(Some) } else { Ok(None) }
    };
    let (expired, referred, passwords, sessions, doors, settings, followers, registers, register_rows, slots) =
        tokio::try_join!(
            link.rows("expired", include_str!("../../sql/expired.sql"), &[]),
            link.rows("referred", include_str!("../../sql/referred.sql"), &[]),
            ask(may_passwords, "passwords", include_str!("../../sql/stored_passwords.sql")),
            link.rows("sessions", include_str!("../../sql/sessions.sql"), &[]),
            ask(may_doors, "the rules for connections", include_str!("../../sql/doors.sql")),
            link.rows("settings", include_str!("../../sql/server_settings.sql"), &[]),
            link.rows("followers", include_str!("../../sql/followers.sql"), &[]),
            link.rows("counters", include_str!("../../sql/registers.sql"), &[]),
            link.rows("lists", include_str!("../../sql/register_rows.sql"), &[]),
            link.rows("replication slots", include_str!("../../sql/idle_slots.sql"), &[]),
        )?;
    let mut survey = Survey {
        expired: roles("expired", &expired)?,
        referred: roles("referred", &referred)?,
        passwords: passwords.as_ref().map(|rows| rows.iter().map(stored).collect()).transpose()?,
        sessions: sessions.iter().map(live).collect::<Result<_, _>>()?,
        addresses_known: right(2)?,
        doors: doors.map(|rows| rows.iter().map(door).collect()).transpose()?,
        bookmarks: slots.iter().map(kept::bookmark).collect::<Result<_, _>>()?,
        copies: followers.iter().map(follower).collect::<Result<_, _>>()?,
        ..Survey::default()
    };
    for row in &settings {
        survey.settings.insert(rows::name("settings", take("settings", row, 0)?)?, take("settings", row, 1)?);
    }
    read_registers(&registers, &register_rows, &mut survey)?;
    if let Some(prints) = passwords {
        add_prints(&prints, &mut survey)?;
    }
    Ok(Some(survey))
}

fn stored(row: &Row) -> Result<(RoleName, Stored), EngineError> {
    let part = "passwords";
    let stored = match take::<&str>(part, row, 1)? {
        "nothing" => Stored::Nothing,
        "strong" => Stored::Strong,
        _ => Stored::Weak,
    };
    Ok((rows::name(part, take(part, row, 0)?)?, stored))
}

fn live(row: &Row) -> Result<Live, EngineError> {
    let part = "sessions";
    let database = take::<Option<&str>>(part, row, 1)?;
    Ok(Live {
        login: rows::name(part, take(part, row, 0)?)?,
        database: database.map(|name| rows::name(part, name)).transpose()?,
        application: take(part, row, 2)?,
        address: take(part, row, 3)?,
        count: take::<i32>(part, row, 4)?.unsigned_abs(),
    })
}

fn follower(row: &Row) -> Result<Follower, EngineError> {
    Ok(Follower { name: take("followers", row, 0)?, address: take("followers", row, 1)? })
}

fn read_registers(counts: &[Row], rows: &[Row], survey: &mut Survey) -> Result<(), EngineError> {
    let part = "counters";
    for row in counts {
        let of: &str = take(part, row, 0)?;
        let count = |at| take::<i64>(part, row, at).map(i64::unsigned_abs);
        let writes = Writes { made: count(1)?, changed: count(2)?, removed: count(3)? };
        if let Some((_, name)) = REGISTERS.iter().find(|(catalogue, _)| *catalogue == of) {
            survey.registers.insert(name, Register { writes, ..Register::default() });
        }
        survey.counts_reset = take(part, row, 4)?;
    }
    let part = "lists";
    for row in rows {
        if let Some(register) = survey.registers.get_mut(take::<&str>(part, row, 0)?) {
            register.rows.insert(take(part, row, 1)?, take(part, row, 2)?);
        }
    }
    Ok(())
}

/// A role's password is a part of what its row says, where it may be read.
fn add_prints(rows: &[Row], survey: &mut Survey) -> Result<(), EngineError> {
    let part = "passwords";
    let Some(roles) = survey.registers.get_mut("roles") else { return Ok(()) };
    for row in rows {
        if let Some(content) = roles.rows.get_mut(take::<&str>(part, row, 0)?) {
            content.push(' ');
            content.push_str(take(part, row, 2)?);
        }
    }
    Ok(())
}

/// A rule of the server's file. What could not be understood lets nobody in.
fn door(row: &Row) -> Result<Door, EngineError> {
    let part = "the rules for connections";
    let (file, line): (&str, i32) = (take(part, row, 0)?, take(part, row, 1)?);
    let kind: &str = take(part, row, 2)?;
    let list = |at| take::<Option<Vec<String>>>(part, row, at).map(Option::unwrap_or_default);
    let (databases, users) = (list(3)?, list(4)?);
    let (address, mask): (Option<&str>, Option<&str>) = (take(part, row, 5)?, take(part, row, 6)?);
    let (method, error): (&str, Option<&str>) = (take(part, row, 7)?, take(part, row, 8)?);
    let from = from(kind, address, mask);
    let proof = if error.is_some() { Proof::Refused } else { proof(method, from) };
    let file = file.rsplit('/').next().unwrap_or(file);
    let address = address.map(|address| format!(" {address}")).unwrap_or_default();
    let mask = mask.map(|mask| format!(" {mask}")).unwrap_or_default();
    let text = format!("{kind} {} {}{address}{mask} {method}", databases.join(","), users.join(","));
    let everybody = users.iter().any(|user| user == "all");
    let roles = users.iter().filter_map(|user| RoleName::new(user.trim_start_matches('+')).ok()).collect();
    let plain = matches!(kind, "host" | "hostnossl" | "hostnogssenc");
    Ok(Door { place: format!("{file}:{line}"), text, from, plain, proof, everybody, roles })
}

fn from(kind: &str, address: Option<&str>, mask: Option<&str>) -> Whence {
    let here = |address: &str| address == "::1" || address.starts_with("127.") || address == "localhost";
    match (kind, address) {
        ("local", _) => Whence::Here,
        (_, Some("all")) => Whence::Anywhere,
        (_, Some(_)) if matches!(mask, Some("0.0.0.0" | "::")) => Whence::Anywhere,
        (_, Some("samehost")) => Whence::Here,
        (_, Some(address)) if here(address) => Whence::Here,
        _ => Whence::Some,
    }
}

/// LDAP, RADIUS, PAM and BSD authentication are told the password itself. `ident` asks the other machine who it is that comes:
/// whoever has that machine says what it likes.
fn proof(method: &str, from: Whence) -> Proof {
    match method {
        "ident" if from != Whence::Here => Proof::None,
        "trust" => Proof::None,
        "reject" => Proof::Refused,
        "password" | "ldap" | "radius" | "pam" | "bsd" => Proof::Password,
        "md5" => Proof::Weak,
        _ => Proof::Strong,
    }
}

/// Says what of the cluster's part nobody could read.
pub(super) fn note_unknown(survey: &Survey, reading: &mut Reading) {
    if survey.passwords.is_none() {
        reading.note(
            "stored passwords",
            "only a superuser may read what kind they are; whether there are weak ones or none is unknown, and RW416 says nothing of them",
        );
    }
    if survey.doors.is_none() {
        let how = "pg_hba.conf is shown to superusers and to whoever was granted SELECT on pg_hba_file_rules and EXECUTE on pg_hba_file_rules(); whom it lets in without a password is unknown, and RW409 says nothing of it";
        reading.note("who may connect from where", how);
    }
    if !survey.addresses_known {
        reading.note("sessions", "from where they came is shown to members of pg_read_all_stats, which pg_monitor is; whether several people share a login is known from the names of their programs alone (RW429)");
    }
    if !survey.settings.keys().any(|name| name.as_str() == "shared_preload_libraries") {
        reading.note("modules", "which ones the server loads is shown to members of pg_read_all_settings, which pg_monitor is; whether pgaudit is among them is unknown, and RW415 does not say whether grants and changes of roles leave a trace");
    }
}

/// Puts names in the place of numbers, when all objects are known.
pub(super) fn whole(mut survey: Survey, databases: Vec<Surveyed>, catalogue: &Catalogue) -> Survey {
    let mut known: BTreeMap<(&DatabaseName, &str, u32), &Arc<Object>> = BTreeMap::new();
    for (object, existing) in &catalogue.objects {
        let asked = [kind::TABLE, kind::ROUTINE].contains(&object.kind);
        if let (true, Some(database)) = (asked, object.database()) {
            known.insert((database, object.kind.as_str(), existing.id), object);
        }
    }
    for one in &databases {
        let find =
            |kind: &Kind, oid: u32| known.get(&(&one.database, kind_text(kind), oid)).copied().cloned();
        for (oid, definer) in &one.definers {
            if let Some(routine) = find(&kind::ROUTINE, *oid) {
                survey.definers.insert(routine, definer.clone());
            }
        }
        for (oid, stored, as_caller, reads) in &one.views {
            let reads = reads.iter().filter_map(|oid| find(&kind::TABLE, *oid)).collect();
            if let Some(view) = find(&kind::TABLE, *oid) {
                survey.views.insert(view, View { as_caller: *as_caller, stored: *stored, reads });
            }
        }
        for (part, above) in &one.parts {
            if let (Some(part), Some(above)) = (find(&kind::TABLE, *part), find(&kind::TABLE, *above)) {
                survey.parts.insert(part, above);
            }
        }
        for (oid, policies) in &one.idle_policies {
            if let Some(table) = find(&kind::TABLE, *oid) {
                survey.idle_policies.insert(table, policies.clone());
            }
        }
        for (oid, columns) in &one.verifiers {
            if let Some(view) = find(&kind::TABLE, *oid) {
                survey.verifiers.insert(view, columns.clone());
            }
        }
        for (routine, relation, fired) in &one.triggers {
            // A table that is not known is not somebody's in this look; a trigger without one is the database's.
            let on = relation.map(|oid| find(&kind::TABLE, oid));
            if let (Some(routine), true) = (find(&kind::ROUTINE, *routine), on != Some(None)) {
                let fired = Fired { on: on.flatten(), ..fired.clone() };
                survey.triggers.entry(routine).or_default().insert(fired);
            }
        }
        for language in &one.unconfined {
            let place = Place::Database(one.database.clone());
            survey.unconfined.insert(Arc::new(Object::new(place, kind::LANGUAGE, vec![language.clone()])));
        }
    }
    survey
}

/// The kinds asked for are known at compile time, so that no text of theirs has to be borrowed from an object.
fn kind_text(of: &Kind) -> &'static str {
    if *of == kind::ROUTINE { "routine" } else { "table" }
}
