//! Default privileges, policies and user mappings of one database.

use super::{Begun, Objects, begun_with};
use crate::connect::Link;
use crate::failure;
use crate::inspect::Login;
use crate::inspect::rows::{self, letter, take};
use crate::inspect::ties;
use crate::words::kind;
use engine::{EngineError, Scope};
use model::{
    Future, FutureKey, FutureScope, Kind, MappingKey, Name, Operation, Policy, PolicyKey, Principal, Secret,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

/// Reads them; policies and mappings only where everything is asked for, or for the roles that are to go.
pub(super) async fn read(
    link: &Link,
    login: &Login,
    scope: &Scope,
    objects: &Begun,
) -> Result<(), EngineError> {
    let future = async {
        let sql = include_str!("../../../sql/default_privileges.sql");
        let rows = link.rows("default privileges", sql, &[]).await?;
        begun_with(objects).await.default_privileges(&rows)
    };
    let nobody = !scope.everything && scope.leaving.is_empty();
    let of_whom = (!scope.everything).then(|| ties::names(&scope.leaving));
    let policies = async {
        if nobody {
            return Ok(());
        }
        let sql = include_str!("../../../sql/policies.sql");
        let rows = link.rows("policies", sql, &[(&of_whom, Type::TEXT_ARRAY)]).await?;
        begun_with(objects).await.policies(&rows)
    };
    let mappings = async {
        if nobody {
            return Ok(());
        }
        let (sql, leaving) = match &of_whom {
            Some(_) => (include_str!("../../../sql/user_mappings_leaving.sql"), Some(&of_whom)),
            None if login.superuser => (include_str!("../../../sql/user_mappings.sql"), None),
            None => (include_str!("../../../sql/user_mappings_visible.sql"), None),
        };
        let parameters: Vec<(&(dyn ToSql + Sync), Type)> =
            leaving.into_iter().map(|leaving| (leaving as _, Type::TEXT_ARRAY)).collect();
        let rows = link.rows("user mappings", sql, &parameters).await?;
        begun_with(objects).await.mappings(&rows, scope.everything)
    };
    tokio::try_join!(future, policies, mappings).map(drop)
}

impl Objects {
    fn default_privileges(&mut self, rows: &[Row]) -> Result<(), EngineError> {
        let part = "default privileges";
        for row in rows {
            let creator = take::<u32>(part, row, 0)?;
            let Some(creator) = self.reading.role(creator) else {
                self.reading.note(
                    part,
                    format!("they name role OID {creator}, which no longer exists; they are left out"),
                );
                continue;
            };
            let kind = future_kind(letter(part, row, 2)?)
                .ok_or_else(|| failure::unreadable(part, "they are for an unknown kind of object"))?;
            let scope = match take::<Option<&str>>(part, row, 1)? {
                None => FutureScope::Replaces(self.database().clone()),
                Some(schema) => FutureScope::AddsIn(Arc::new(self.object(part, kind::SCHEMA, &[schema])?)),
            };
            // The creator is the grantor of all of them; nobody else can be.
            let listed = self.reading.list(take(part, row, 3)?, &creator)?;
            for oid in &listed.dangling {
                let about = format!("default privileges of {creator} for each {kind}");
                self.reading
                    .note(about, format!("they name role OID {oid}, which no longer exists; it is left out"));
            }
            let mut future = Future::new();
            for (holder, held) in listed.entries {
                future.entry(holder.to).or_default().absorb(&held);
            }
            self.seen.future.insert(FutureKey { creator, scope, kind }, future);
        }
        Ok(())
    }

    fn policies(&mut self, rows: &[Row]) -> Result<(), EngineError> {
        let part = "policies";
        for row in rows {
            let on = Arc::new(self.object(part, kind::TABLE, &[take(part, row, 0)?, take(part, row, 1)?])?);
            let name = self.reading.name(part, take(part, row, 2)?)?;
            let command = match letter(part, row, 4)? {
                'r' => "select",
                'a' => "insert",
                'w' => "update",
                'd' => "delete",
                '*' => "all",
                other => return Err(failure::unreadable(part, format!("unknown command {other:?}"))),
            };
            let mut roles = Vec::new();
            for oid in take::<Vec<u32>>(part, row, 5)? {
                match self.principal(oid) {
                    Some(principal) => roles.push(principal),
                    None => {
                        let what = format!(
                            "policy {name} names role OID {oid}, which no longer exists; it is left out"
                        );
                        self.reading.note(&on, what);
                    }
                }
            }
            roles.sort();
            let policy = Policy {
                permissive: take(part, row, 3)?,
                command: Operation::known(command),
                roles,
                using: take(part, row, 6)?,
                check: take(part, row, 7)?,
            };
            self.seen.policies.insert(PolicyKey { on, name }, policy);
        }
        Ok(())
    }

    fn mappings(&mut self, rows: &[Row], with_options: bool) -> Result<(), EngineError> {
        let part = "user mappings";
        for row in rows {
            let server = Arc::new(self.object(part, kind::FOREIGN_SERVER, &[take(part, row, 0)?])?);
            let oid: u32 = take(part, row, 1)?;
            let Some(to) = self.principal(oid) else {
                self.reading.note(
                    &server,
                    format!("a user mapping names role OID {oid}, which no longer exists; it is left out"),
                );
                continue;
            };
            let mut options = BTreeMap::new();
            for option in take::<Option<Vec<&str>>>(part, row, 2)?.unwrap_or_default() {
                let (name, value) = rows::pair(option)
                    .ok_or_else(|| failure::unreadable(part, "an option is not name=value"))?;
                options.insert(rows::name::<Name>(part, name)?, Secret::new(value));
            }
            let readable: bool = take(part, row, 3)?;
            if !readable && with_options {
                self.reading.note(
                    &server,
                    format!("the options of the user mapping of {to} are hidden from this login"),
                );
            }
            self.seen.mappings.insert(MappingKey { server, to }, Some(options).filter(|_| readable));
        }
        Ok(())
    }

    /// The role behind an OID, where 0 stands for everybody.
    fn principal(&self, oid: u32) -> Option<Principal> {
        if oid == 0 { Some(Principal::Public) } else { self.reading.role(oid).map(Principal::Role) }
    }
}

fn future_kind(letter: char) -> Option<Kind> {
    match letter {
        'r' => Some(kind::TABLE),
        'S' => Some(kind::SEQUENCE),
        'f' => Some(kind::ROUTINE),
        'T' => Some(kind::TYPE),
        'n' => Some(kind::SCHEMA),
        'L' => Some(kind::LARGE_OBJECT),
        _ => None,
    }
}
