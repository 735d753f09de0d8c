//! An import says what stands: its first plan is empty, and made on a copy of the objects without any privileges it gives
//! the same facts again, but for those that it lists as not said.

use crate::converge::apply;
use crate::generated;
use crate::inspect::block_on;
use crate::round_trip::{difference, look, said, statements};
use crate::worst_case;
use engine::Databases;
use manifest::Source;
use model::{Future, Grantor, Held, Holder, Intent, Observed, Principal, RoleName, Secret, Value};
use postgres::{PostgresEngine, defaults};
use sandbox::{Cluster, Version, identifier};
use service::{ImportError, ImportedModel, Naming, Wishes};
use std::collections::{BTreeMap, BTreeSet};

/// Imports every database of a cluster.
pub(crate) fn imported(cluster: &Cluster) -> Result<ImportedModel, String> {
    let url = Secret::new(cluster.socket_url("postgres"));
    let naming = Naming { environment: "prod".into(), url: None };
    block_on(service::import(&PostgresEngine, &url, Databases::All, &naming)).map_err(|error| match error {
        ImportError::Rejected(diagnostics, sources) => manifest::render(&diagnostics, &sources, false),
        other => format!("{other:?}"),
    })
}

/// The intent of the files, read as any model is.
fn intent(model: &ImportedModel) -> Intent {
    let sources: Vec<Source> =
        model.files.iter().map(|(name, text)| Source { name: name.clone(), text: text.clone() }).collect();
    let checked = manifest::check(&sources, &[postgres::vocabulary()], None);
    checked.model.unwrap().target_at("postgres://h", None).unwrap().intent
}

/// Nothing would change: a plan made by another look at the same cluster.
fn first_plan_is_empty(cluster: &Cluster, intent: &Intent) -> Result<(), String> {
    let url = Secret::new(cluster.socket_url("postgres"));
    let planned = block_on(service::plan(&PostgresEngine, &url, intent, &Wishes::default()))
        .map_err(|error| format!("{error:?}"))?;
    let steps = statements(&planned.plan);
    if steps.is_empty() { Ok(()) } else { Err(format!("the first plan has steps: {steps:#?}")) }
}

/// What of a look a model can say, and what it does not say but lists taken out.
fn sayable(observed: &Observed, model: &ImportedModel) -> BTreeSet<String> {
    let roles: BTreeSet<&RoleName> =
        model.imported.draft.files.iter().flat_map(|file| &file.roles).map(|role| &role.name).collect();
    let access = &observed.access;
    let mut facts = BTreeSet::new();
    for (name, role) in access.roles.iter().filter(|(name, _)| roles.contains(name)) {
        let mut attributes = role.attributes.clone();
        for end in attributes.values_mut().filter(|value| **value == Value::Text("infinity".into())) {
            *end = Value::Unset;
        }
        facts.insert(format!("role {name:?} {attributes:?} {:?}", role.comment));
    }
    for (key, value) in
        access.settings.iter().filter(|(key, _)| key.role.as_ref().is_some_and(|r| roles.contains(r)))
    {
        facts.insert(format!("setting {key:?} {value:?}"));
    }
    for (key, powers) in access.members.iter().filter(|(key, _)| roles.contains(&key.member)) {
        facts.insert(format!(
            "member {:?} of {:?} by {:?} {powers:?}",
            key.member,
            key.role,
            grantor(&key.by, &roles)
        ));
    }
    owners(observed, &roles, &mut facts);
    entries(observed, &roles, &mut facts);
    future(observed, &roles, &mut facts);
    facts
}

/// A grantor outside the model may be any.
fn grantor<'a>(by: &'a Grantor, roles: &BTreeSet<&RoleName>) -> Option<&'a RoleName> {
    match by {
        Grantor::Role(role) if roles.contains(role) => Some(role),
        _ => None,
    }
}

fn owners(observed: &Observed, roles: &BTreeSet<&RoleName>, facts: &mut BTreeSet<String>) {
    for (on, owner) in observed.access.owners.iter().filter(|(_, owner)| roles.contains(owner)) {
        let word = postgres::vocabulary().kinds.iter().find(|word| word.kind == on.kind && word.owned);
        let existing = observed.catalogue.objects.get(on).unwrap();
        let takes = word.is_some_and(|word| word.arguments || on.arguments.is_none());
        if takes && existing.extension.is_none() && !existing.follows_table {
            facts.insert(format!("{owner:?} owns {on:?}"));
        }
    }
}

fn entries(observed: &Observed, roles: &BTreeSet<&RoleName>, facts: &mut BTreeSet<String>) {
    for (on, acl) in &observed.access.entries {
        let column = on.kind.as_str() == "column";
        let table =
            || model::Object::new(on.place.clone(), model::Kind::known("table"), on.path[..2].to_vec());
        let owner =
            if column { observed.access.owners.get(&table()) } else { observed.access.owners.get(on) };
        // Those of several grantors outside the model are one in it.
        let mut together: BTreeMap<(&Principal, Option<&RoleName>), Held> = BTreeMap::new();
        for (Holder { to, by }, held) in acl {
            let said = match to {
                Principal::Public => true,
                // What others gave an owner, and what it holds on its own columns, is listed.
                Principal::Role(role) if owner == Some(role) => !column && *by == Grantor::Owner,
                Principal::Role(role) => roles.contains(role),
            };
            if said && !matches!(to, Principal::Role(role) if !roles.contains(role)) {
                together.entry((to, grantor(by, roles))).or_default().absorb(held);
            }
        }
        for ((to, by), held) in together {
            let own = matches!(to, Principal::Role(role) if owner == Some(role));
            for (operation, option) in held.iter() {
                let option = if option && !own { "*" } else { "" };
                facts.insert(format!("{operation}{option} to {to} by {by:?} on {on:?}"));
            }
        }
    }
}

fn future(observed: &Observed, roles: &BTreeSet<&RoleName>, facts: &mut BTreeSet<String>) {
    for (key, future) in &observed.access.future {
        for (to, held) in future {
            if matches!(to, Principal::Role(role) if *role != key.creator && roles.contains(role)) {
                facts.insert(format!("future {key:?} to {to} {held:?}"));
            }
        }
        // A row that says of everybody what holds without it is as good as none.
        let everybody = |future: &Future| future.get(&Principal::Public).cloned().unwrap_or_default();
        let (has, made) =
            (everybody(future), everybody(&defaults::future(key, observed.at.version / 10_000)));
        if has != made {
            facts.insert(format!("future {key:?} to everybody {has:?}"));
        }
    }
}

/// What one role gave itself with grant option cannot be made again, whoever tries.
fn made_by_itself(observed: &Observed) -> bool {
    observed.access.entries.values().flatten().any(|(holder, held)| {
        matches!((&holder.to, &holder.by), (Principal::Role(to), Grantor::Role(by)) if to == by)
            && held.iter().any(|(_, option)| option)
    })
}

/// Both directions. `empty` has the same objects and no roles.
fn imports_exactly(source: &Cluster, empty: &Cluster) -> Result<ImportedModel, String> {
    let model = imported(source)?;
    let text = || model.files.iter().map(|(name, text)| format!("--- {name}\n{text}")).collect::<String>();
    let intent = intent(&model);
    first_plan_is_empty(source, &intent).map_err(|error| format!("{error}\n{}", text()))?;
    let before = block_on(look(source));
    if made_by_itself(&before) {
        return Ok(model);
    }
    let root = &before.at.root;
    // Nothing that a role has was too much for the language: only its name may be.
    let left_out =
        model.imported.draft.external.iter().filter(|(_, why)| !why.starts_with("its name reads like"));
    let left_out: Vec<_> = left_out.filter(|(role, _)| role != root).collect();
    if !left_out.is_empty() {
        return Err(format!("left out: {left_out:#?}\n{}", text()));
    }
    for (role, _) in model.imported.draft.external.iter().filter(|(role, _)| role != root) {
        empty.psql("postgres", &format!("CREATE ROLE {}", identifier(role.as_str()))).unwrap();
    }
    let url = Secret::new(empty.socket_url("postgres"));
    let planned = block_on(service::plan(&PostgresEngine, &url, &intent, &Wishes::default()))
        .map_err(|error| format!("{error:?}\n{}", text()))?;
    apply(empty, &intent, &planned).map_err(|error| format!("{error}\n{}", text()))?;
    let after = block_on(look(empty));
    difference(&sayable(&before, &model), &sayable(&after, &model))
        .map_err(|error| format!("{error}\n{}", text()))?;
    Ok(model)
}

#[test]
fn the_worst_case_is_imported_exactly_on_every_version() {
    for version in Version::ALL {
        let (source, empty) = (worst_case::whole(version), worst_case::structure(version));
        imports_exactly(&source, &empty).unwrap_or_else(|error| panic!("{version}: {error}"));
        let only = |a: &Cluster, b: &Cluster| -> BTreeSet<String> {
            let databases = ["postgres", worst_case::HOME, worst_case::OTHER];
            let (a, b) = (rows(a, &databases), rows(b, &databases));
            a.difference(&b).cloned().collect()
        };
        // What the server's own rows say and the model does not: all of it is on the list that the import makes.
        let lost: Vec<String> = only(&source, &empty).into_iter().filter(|line| !is_listed(line)).collect();
        let extra: Vec<String> = only(&empty, &source).into_iter().filter(|line| !is_listed(line)).collect();
        assert!(lost.is_empty() && extra.is_empty(), "{version}: lost {lost:#?} extra {extra:#?}");
    }
}

/// What the server says, in rows that it prints itself. Passwords are not in a model.
fn rows(cluster: &Cluster, databases: &[&str]) -> BTreeSet<String> {
    let without_password = |line: String| {
        let parts = line.split_once("\"rolpassword\"").zip(line.split_once(", \"rolreplication\""));
        parts.map_or(line.clone(), |((before, _), (_, after))| format!("{before}{after}"))
    };
    said(cluster, databases).into_iter().map(without_password).collect()
}

/// True for what no model says, and the import of the worst case lists.
fn is_listed(line: &str) -> bool {
    let fact = line.split_once(": ").map_or("", |(_, fact)| fact);
    let starts = [
        "row security ",
        "policy ",
        "mapping ",
        // Settings for everybody.
        "setting - - ",
        "setting shop - ",
        "setting \"; DROP DATABASE x; -- - ",
        // What a creator gives itself, and rows that say nothing else.
        "default row app_owner - S",
        "default row app_owner sales S",
    ];
    let own = fact.starts_with("default ") && fact.ends_with(" to app_owner by app_owner");
    // What an owner outside the model lacks on its own objects.
    own || starts.iter().any(|start| fact.starts_with(start)) || fact.contains(" to postgres by postgres")
}

/// A state, imported, and made again where only its objects are.
fn states_are_imported_exactly(version: Version, cases: u32) {
    generated::for_each(version, cases, &generated::case(), |case| {
        for state in [&case.first, &case.second] {
            let source = generated::cluster(version, &case.structure, Some(state));
            let empty = generated::cluster(version, &case.structure, None);
            imports_exactly(&source, &empty)?;
        }
        Ok(())
    });
}

#[test]
fn generated_states_are_imported_exactly_on_14() {
    states_are_imported_exactly(Version::V14, 3);
}

#[test]
fn generated_states_are_imported_exactly_on_15() {
    states_are_imported_exactly(Version::V15, 3);
}

#[test]
fn generated_states_are_imported_exactly_on_16() {
    states_are_imported_exactly(Version::V16, 3);
}

#[test]
fn generated_states_are_imported_exactly_on_17() {
    states_are_imported_exactly(Version::V17, 3);
}

#[test]
fn generated_states_are_imported_exactly_on_18() {
    states_are_imported_exactly(Version::V18, 3);
}

#[test]
fn routines_are_found_whatever_their_types_are_called() {
    let cluster = Cluster::start(&sandbox::Installation::find(Version::V18).unwrap()).unwrap();
    let sql = "CREATE SCHEMA app; CREATE TYPE app.\"user\" AS (a int); CREATE TYPE app.\"größe\" AS (a int);
        CREATE TYPE app.\"Odd, type\" AS (a int); CREATE ROLE caller;
        CREATE FUNCTION app.f(app.\"user\"[], app.\"größe\", app.\"Odd, type\", \"char\", char, timestamp(3) with time zone)
          RETURNS int LANGUAGE sql AS 'SELECT 1';
        CREATE FUNCTION app.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
        GRANT EXECUTE ON FUNCTION app.f(app.\"user\"[], app.\"größe\", app.\"Odd, type\", \"char\", char, timestamptz) TO caller";
    cluster.psql("postgres", sql).unwrap();
    let model = imported(&cluster).unwrap();
    let outside: Vec<_> = model.imported.draft.external.iter().map(|(role, _)| role.as_str()).collect();
    assert_eq!(outside, ["postgres"]);
    first_plan_is_empty(&cluster, &intent(&model)).unwrap();
}
