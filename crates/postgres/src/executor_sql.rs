//! The SQL that a superuser runs once so that plans can be carried out without one: the least-privileged
//! executor that this version allows, and the adoption of what superusers granted before.

use crate::ownership::owner;
use crate::phases::sql;
use crate::power::{GRANTOR, is_superuser};
use crate::quote::{identifier, psql_connect};
use crate::words::{attribute, kind};
use model::{
    Attribute, Desired, Grantor, Held, Intent, MemberKey, MemberPowers, Object, Observed, Principal, Problem,
    RoleName, Value,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

/// The login that becomes the grantor.
const LOGIN: &str = "rolewright_executor";

/// The SQL to review and to run as a superuser, with the reasons as comments. What is there already is left
/// out, so that it can be written again when the model has grown.
///
/// # Errors
/// What of the model this target cannot be made to be.
pub fn executor_sql(intent: &Intent, observed: &Observed) -> Result<String, Vec<Problem>> {
    let desired = crate::realise::realise(intent, observed)?;
    let script = Script { intent, observed, desired, newer: observed.at.version >= 160_000 };
    Ok(script.write())
}

struct Script<'a> {
    intent: &'a Intent,
    observed: &'a Observed,
    desired: Desired,
    newer: bool,
}

impl Script<'_> {
    fn write(&self) -> String {
        let parts = [
            self.heading(),
            self.roles(),
            self.memberships(),
            self.options(),
            self.adopted_members(),
            self.connect(),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }

    fn heading(&self) -> Option<String> {
        let warning = if self.newer {
            "-- The executor is part of the trusted base: whoever holds ADMIN on a role can become it. It is no\n\
             -- superuser, reads no table by itself, and every power that it has is listed here.\n"
        } else {
            "-- WARNING: before version 16 CREATEROLE is worth superuser: its holder can make itself a member of\n\
             -- pg_execute_server_program and run programs as the server's account. Guard this login like one.\n"
        };
        Some(format!(
            "-- The executor for PostgreSQL {}: to review, then to run once with psql as a superuser.\n{warning}",
            self.observed.at.version / 10_000
        ))
    }

    fn stands(&self, role: &str) -> bool {
        self.observed.access.roles.contains_key(role)
    }

    fn roles(&self) -> Option<String> {
        let mut text = String::new();
        let mut flags = vec!["CREATEROLE".to_owned()];
        flags.extend(self.flags().into_iter().map(|flag| flag.as_str().to_uppercase()));
        let flags = flags.join(" ");
        let verb = if self.stands(GRANTOR) { "ALTER" } else { "CREATE" };
        let _ = writeln!(text, "-- One grantor that never logs in and never goes: its grants stand on it.");
        let _ = writeln!(text, "{verb} ROLE {GRANTOR} NOLOGIN {flags};");
        if !self.stands(LOGIN) {
            let _ = writeln!(
                text,
                "-- One login that may become it and inherits nothing. Set its password with \\password {LOGIN}"
            );
            let _ = writeln!(text, "CREATE ROLE {LOGIN} LOGIN NOINHERIT CONNECTION LIMIT 5;");
        }
        let becomes = MemberPowers { inherit: false, set: true, admin: false };
        if !self.has(GRANTOR, LOGIN, becomes) {
            let options = if self.newer { " WITH INHERIT FALSE, SET TRUE" } else { "" };
            let _ = writeln!(text, "GRANT {GRANTOR} TO {LOGIN}{options};");
        }
        Some(text)
    }

    /// From 16 on nobody hands out an attribute that it lacks.
    fn flags(&self) -> BTreeSet<Attribute> {
        let beyond = [attribute::CREATEDB, attribute::REPLICATION, attribute::BYPASSRLS];
        let wanted = self.intent.roles.values().flat_map(|role| &role.attributes);
        wanted
            .filter(|(word, value)| self.newer && **value == Value::Flag(true) && beyond.contains(word))
            .map(|(word, _)| word.clone())
            .collect()
    }

    /// What the member has of the role, by these grantors together.
    fn standing(&self, role: &str, member: &str, by: impl Fn(&Grantor) -> bool) -> Option<MemberPowers> {
        let rows = self.observed.access.members.iter();
        rows.filter(|(key, _)| key.role.as_str() == role && key.member.as_str() == member && by(&key.by))
            .map(|(_, powers)| *powers)
            .reduce(together)
    }

    /// True if nothing of this is missing. Before 16 a membership has no options but ADMIN.
    fn has(&self, role: &str, member: &str, needed: MemberPowers) -> bool {
        self.standing(role, member, |_| true).is_some_and(|standing| {
            !self.newer && standing.admin >= needed.admin || together(standing, needed) == standing
        })
    }

    fn is_superuser(&self, role: &RoleName) -> bool {
        is_superuser(&self.observed.access, role)
    }

    /// One statement for each role, whatever it is needed for: a second one would take back the options of the first.
    fn memberships(&self) -> Option<String> {
        let mut needed: BTreeMap<&RoleName, MemberPowers> = BTreeMap::new();
        for (role, powers) in
            self.owners().into_iter().chain(self.administered()).chain(self.leaving_grantors())
        {
            let slot = needed.entry(role).or_insert(powers);
            *slot = together(*slot, powers);
        }
        let signals = RoleName::new("pg_signal_backend").ok()?;
        if !self.intent.absent.is_empty() {
            let slot = needed.entry(&signals).or_insert(INHERITS);
            *slot = together(*slot, INHERITS);
        }
        let mut text = String::new();
        for (role, powers) in needed {
            let beside = role.as_str() == GRANTOR || !self.stands(role.as_str()) || self.is_superuser(role);
            if !beside && !self.has(role.as_str(), GRANTOR, powers) {
                let _ = writeln!(text, "{}", self.membership(role, powers));
            }
        }
        let why = "-- INHERIT: only an owner, or who inherits from it, grants on what it owns. SET: for what changes hands.\n\
                   -- ADMIN: a role that somebody else made is changed only by who has it. pg_signal_backend: roles are to\n\
                   -- be dropped, and their sessions ended first.\n";
        (!text.is_empty()).then(|| format!("{why}{text}"))
    }

    fn membership(&self, role: &RoleName, needed: MemberPowers) -> String {
        let name = identifier(role.as_str());
        if !self.newer {
            let options = if needed.admin { " WITH ADMIN OPTION" } else { "" };
            return format!("GRANT {name} TO {GRANTOR}{options};");
        }
        // A superuser's grant is the root's: what that gave before must stay.
        let root = self.standing(role.as_str(), GRANTOR, |by| *by == Grantor::Owner);
        let powers = root.map_or(needed, |root| together(root, needed));
        format!("GRANT {name} TO {GRANTOR} WITH {};", options(powers))
    }

    /// Owners for whom the executor grants, and creators whose default privileges it changes.
    fn owners(&self) -> BTreeMap<&RoleName, MemberPowers> {
        let access = &self.observed.access;
        let leaves = |principal: &Principal| matches!(principal, Principal::Role(role) if self.intent.absent.contains_key(role));
        let taken = access.entries.iter().filter(|(_, acl)| acl.keys().any(|holder| leaves(&holder.to)));
        let granted = self.desired.access.entries.keys().chain(taken.map(|(on, _)| on));
        let granted = granted.filter_map(|on| owner(access, on));
        let moved = self.desired.access.owners.iter();
        let moved = moved
            .flat_map(|(on, to)| access.owners.get(on).filter(|from| *from != to).into_iter().chain([to]));
        let becomes: BTreeSet<&RoleName> = moved.collect();
        let policies =
            access.policies.keys().filter(|key| self.desired.claims.policy(key)).map(|key| &key.on);
        let mappings =
            access.mappings.keys().filter(|key| self.desired.claims.mapping(key)).map(|key| &key.server);
        let altered = policies.chain(mappings).filter_map(|on| owner(access, on));
        let creators = self.desired.access.future.keys().map(|key| &key.creator);
        let all = granted.chain(altered).chain(creators).chain(becomes.iter().copied());
        all.map(|role| (role, MemberPowers { set: becomes.contains(role), ..INHERITS })).collect()
    }

    /// Roles that are changed or given. From 16 on that takes ADMIN over them, which their maker has.
    fn administered(&self) -> BTreeMap<&RoleName, MemberPowers> {
        if !self.newer {
            return BTreeMap::new();
        }
        let held = self.intent.members.iter().map(|member| &member.role);
        let all = self.intent.roles.keys().chain(self.intent.absent.keys()).chain(held);
        all.map(|role| (role, MemberPowers { inherit: false, set: false, admin: true })).collect()
    }

    /// Roles that are to go and gave something to others: it is taken in their name, when it has been given again.
    fn leaving_grantors(&self) -> BTreeMap<&RoleName, MemberPowers> {
        let (absent, access) = (&self.intent.absent, &self.observed.access);
        if absent.is_empty() {
            return BTreeMap::new();
        }
        let members = access.members.keys().map(|key| &key.by);
        let entries = access.entries.values().flat_map(|acl| acl.keys().map(|holder| &holder.by));
        let leaving = members.chain(entries).filter_map(|by| match by {
            Grantor::Role(role) if absent.contains_key(role) => Some(role),
            _ => None,
        });
        leaving.map(|role| (role, MemberPowers { set: true, ..INHERITS })).collect()
    }

    /// What belongs to a superuser is granted by right of a grant option: nobody should inherit from one.
    fn options(&self) -> Option<String> {
        let mut needed: BTreeMap<&Arc<Object>, Held> = BTreeMap::new();
        for (on, acl) in &self.desired.access.entries {
            if !owner(&self.observed.access, on).is_none_or(|owner| self.is_superuser(owner))
                || on.kind == kind::PARAMETER
            {
                continue;
            }
            let slot = needed.entry(on).or_default();
            for (holder, held) in acl {
                if matches!(&holder.by, Grantor::Owner) {
                    held.iter().for_each(|(operation, _)| slot.insert(operation.clone(), true));
                }
            }
        }
        let own = Principal::Role(RoleName::new(GRANTOR).ok()?);
        let mut text = String::new();
        let mut place = None;
        for (on, held) in needed {
            let standing = self.observed.access.entries.get(on);
            let has = |op: &model::Operation| {
                standing.is_some_and(|acl| {
                    acl.iter().any(|(holder, held)| holder.to == own && held.get(op) == Some(true))
                })
            };
            let missing: Vec<_> = held.iter().map(|(op, _)| op.clone()).filter(|op| !has(op)).collect();
            if missing.is_empty() {
                continue;
            }
            if place != Some(&on.place) {
                place = Some(&on.place);
                if let Some(database) = on.database() {
                    text.push_str(&psql_connect(database.as_str()));
                }
            }
            let what = sql::privileges(&on.kind, &missing, std::slice::from_ref(on));
            let _ = writeln!(
                text,
                "GRANT {what} ON {} {} TO {GRANTOR} WITH GRANT OPTION;",
                sql::grant_word(&on.kind),
                sql::name(on)
            );
        }
        let why = "-- These belong to a superuser, from whom nobody should inherit: a grant option does.\n\
                   -- Better still, give them an owner that is no superuser (`owns:` in the model).\n";
        (!text.is_empty()).then(|| format!("{why}{text}"))
    }

    /// From 16 on a membership can be taken back only by who gave it: those of the model are given again by
    /// the grantor and then taken from whoever gave them.
    fn adopted_members(&self) -> Option<String> {
        if !self.newer {
            return None;
        }
        let rows = self.observed.access.members.iter();
        let foreign = rows.filter(|(key, _)| {
            self.desired.claims.member(key)
                && !matches!(&key.by, Grantor::Role(by) if by.as_str() == GRANTOR)
                && key.member.as_str() != GRANTOR
        });
        let mut text = String::new();
        for (key, powers) in foreign {
            let _ = writeln!(text, "{}", self.readopt(key, *powers));
        }
        (!text.is_empty()).then(|| {
            format!("-- Memberships of the model that others gave: given again by the grantor, which alone can take them back.\n{text}")
        })
    }

    fn readopt(&self, key: &MemberKey, powers: MemberPowers) -> String {
        let (role, member) = (identifier(key.role.as_str()), identifier(key.member.as_str()));
        let by = match &key.by {
            Grantor::Role(by) => identifier(by.as_str()),
            _ => identifier(self.observed.at.root.as_str()),
        };
        format!(
            "GRANT {role} TO {member} WITH {} GRANTED BY {GRANTOR};\n\
             REVOKE {role} FROM {member} GRANTED BY {by};",
            options(powers)
        )
    }

    fn connect(&self) -> Option<String> {
        let mut text = String::new();
        for database in &self.intent.databases {
            let name = identifier(database.as_str());
            let _ = writeln!(text, "GRANT CONNECT ON DATABASE {name} TO {LOGIN};");
        }
        (!text.is_empty())
            .then(|| format!(
                "-- So that it gets in whatever the model says about PUBLIC. This is all that keeps the login, and what it gave\n\
                 -- is {GRANTOR}'s and stays: DROP OWNED BY {LOGIN}; DROP ROLE {LOGIN};\n{text}"
            ))
    }
}

const INHERITS: MemberPowers = MemberPowers { inherit: true, set: false, admin: false };

fn together(one: MemberPowers, other: MemberPowers) -> MemberPowers {
    MemberPowers {
        inherit: one.inherit || other.inherit,
        set: one.set || other.set,
        admin: one.admin || other.admin,
    }
}

/// From 16 on all three are said: what is left out has defaults that depend on the member.
fn options(powers: MemberPowers) -> String {
    let word = |on: bool| if on { "TRUE" } else { "FALSE" };
    format!("ADMIN {}, INHERIT {}, SET {}", word(powers.admin), word(powers.inherit), word(powers.set))
}
