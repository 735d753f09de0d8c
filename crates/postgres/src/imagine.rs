//! A target that does not exist: an empty one with what somebody names, for whoever asks what a model means without a
//! server.
//!
//! A wildcard stands there as one object under its own spelling (`sales.*`), so that what holds for whatever it means can be asked
//! about like anything else. Beside the columns that are named each table has one more, `*`, for all the others.

use crate::dialect::Postgres;
use crate::realise;
use crate::words::{attribute, kind, variety};
use model::{
    Access, Acl, At, Catalogue, DatabaseName, Dialect, Executor, Existing, GrantIntent, Grantor, Held,
    Holder, Intent, Kind, MemberKey, MemberPowers, Name, NameError, NamedObjects, Object, Observed, Pattern,
    Place, Principal, Reach, Role, RoleName, Segment, Value, Variety, Verifier,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The newest version that is known.
const NEWEST: u32 = 180_000;
/// Nothing is carried out there, so it never runs out of locks.
const LOCKS: usize = usize::MAX;
/// The role that it was born with.
const ROOT: &str = "postgres";

/// Roles that come with the server (its `pg_authid.dat`).
const OWN: [&str; 16] = [
    "pg_checkpoint",
    "pg_create_subscription",
    "pg_database_owner",
    "pg_execute_server_program",
    "pg_maintain",
    "pg_monitor",
    "pg_read_all_data",
    "pg_read_all_settings",
    "pg_read_all_stats",
    "pg_read_server_files",
    "pg_signal_autovacuum_worker",
    "pg_signal_backend",
    "pg_stat_scan_tables",
    "pg_use_reserved_connections",
    "pg_write_all_data",
    "pg_write_server_files",
];
/// What `pg_monitor` is a member of from the beginning.
const OF_MONITOR: [&str; 3] = ["pg_read_all_settings", "pg_read_all_stats", "pg_stat_scan_tables"];

/// The target, and the rules of its version.
pub(crate) fn imagine(named: &Intent) -> Result<(Observed, Arc<dyn Dialect>), NameError> {
    let root = root(named)?;
    let mut imagined =
        Imagined { root: root.clone(), catalogue: Catalogue::default(), access: Access::default() };
    imagined.roles(named);
    named.databases.iter().for_each(|database| imagined.database(database));
    for grant in &named.grants {
        imagined.named(&grant.on);
        imagined.columns(grant);
    }
    let others = named.owns.iter().map(|owns| &owns.on);
    others.chain(named.withhold.iter().map(|withhold| &withhold.on)).for_each(|on| imagined.named(on));
    let Imagined { catalogue, access, .. } = imagined;
    let observed = Observed {
        at: At {
            engine: "PostgreSQL",
            version: NEWEST,
            version_text: (NEWEST / 10_000).to_string(),
            system: "imagined".to_owned(),
            root: root.clone(),
            timeline: 1,
            databases: named.databases.iter().map(|database| (database.clone(), 0)).collect(),
            standby: false,
            instant: String::new(),
            started: String::new(),
        },
        executor: Executor {
            login: root.clone(),
            acts_as: root,
            superuser: true,
            open_settings: BTreeSet::new(),
        },
        catalogue,
        access,
        beyond: BTreeSet::new(),
        not_looked_at: BTreeSet::new(),
        unread: BTreeMap::new(),
        ties: Vec::new(),
        survey: None,
        machinery: None,
        held: BTreeMap::new(),
        under_way: BTreeMap::new(),
        notes: Vec::new(),
    };
    Ok((observed, Arc::new(Postgres::new(NEWEST, LOCKS))))
}

/// The role that the target was born with, under a name that the model does not use for another.
fn root(named: &Intent) -> Result<RoleName, NameError> {
    let mut name = ROOT.to_owned();
    loop {
        let root = RoleName::new(name.as_str())?;
        if !named.roles.contains_key(&root) {
            return Ok(root);
        }
        name.push('_');
    }
}

struct Imagined {
    root: RoleName,
    catalogue: Catalogue,
    access: Access,
}

impl Imagined {
    /// The server's own, and those that the model names and leaves to others.
    fn roles(&mut self, named: &Intent) {
        let held = named.members.iter().flat_map(|member| [Some(&member.role), member.granted_by.as_ref()]);
        let holder = |to| match to {
            &Principal::Public => None,
            Principal::Role(role) => Some(role),
        };
        let creators = named.grants.iter().flat_map(|grant| match &grant.reach {
            Reach::Existing => &[][..],
            Reach::Future(creators) | Reach::Both(creators) => creators.as_slice(),
        });
        let granting = named.grants.iter().flat_map(|grant| [holder(&grant.to), grant.granted_by.as_ref()]);
        let owning = named.owns.iter().map(|owns| &owns.owner);
        let all = held.chain(granting).flatten().chain(creators).chain(owning);
        let others: Vec<RoleName> = all.filter(|role| !named.roles.contains_key(*role)).cloned().collect();
        let own = OWN.iter().filter_map(|name| RoleName::new(*name).ok());
        for role in own.chain(others) {
            self.role(role, false);
        }
        self.role(self.root.clone(), true);
        let monitor = RoleName::new("pg_monitor").ok();
        for (member, role) in
            OF_MONITOR.iter().filter_map(|name| Some((monitor.clone()?, RoleName::new(*name).ok()?)))
        {
            let powers = MemberPowers { inherit: true, set: true, admin: false };
            self.access.members.insert(MemberKey { role, member, by: Grantor::Owner }, powers);
        }
    }

    fn role(&mut self, name: RoleName, superuser: bool) {
        let mut attributes = realise::least();
        for word in [attribute::SUPERUSER, attribute::LOGIN] {
            attributes.insert(word, Value::Flag(superuser));
        }
        let role = Role { attributes, comment: None, verifier: Verifier::Unknown };
        self.access.roles.entry(name).or_insert(role);
    }

    fn database(&mut self, name: &DatabaseName) {
        if let Ok(name) = Name::new(name.as_str()) {
            self.object(Object::new(Place::Cluster, kind::DATABASE, vec![name]), None);
        }
    }

    fn named(&mut self, on: &NamedObjects) {
        for pattern in on.names.iter().chain(&on.except) {
            for variety in on.varieties.iter().map(Some).chain(on.varieties.is_empty().then_some(None)) {
                let Some(object) = standing_for(on, pattern, variety) else { continue };
                if in_a_schema(&on.kind) {
                    self.schema(&object);
                }
                self.object(object, variety);
            }
        }
    }

    /// The schema of an object, but for those of the server, which are open from birth.
    fn schema(&mut self, of: &Object) {
        let own = |name: &Name| ["pg_catalog", "information_schema"].contains(&name.as_str());
        if let Some(name) = of.path.first().filter(|name| !own(name)) {
            self.object(Object::new(of.place.clone(), kind::SCHEMA, vec![name.clone()]), None);
        }
    }

    fn object(&mut self, object: Object, of: Option<&Variety>) {
        if let Some(known) = self.catalogue.objects.get_mut(&object) {
            if let Some(said) = of.filter(|_| known.variety == unsaid(&object.kind)) {
                known.variety = said.clone();
            }
            return;
        }
        let object = Arc::new(object);
        let variety = of.cloned().unwrap_or_else(|| unsaid(&object.kind));
        let existing = Existing {
            variety,
            id: 0,
            extension: None,
            system: false,
            partition: false,
            follows_table: false,
        };
        let owner = if is_public_schema(&object) { self.open_to_all(&object) } else { self.root.clone() };
        self.access.owners.insert(object.clone(), owner);
        self.catalogue.objects.insert(object, existing);
    }

    /// The schema that every database is born with: its owner is whoever owns the database, and everybody may use it.
    fn open_to_all(&mut self, schema: &Arc<Object>) -> RoleName {
        let Ok(owner) = RoleName::new("pg_database_owner") else { return self.root.clone() };
        let mut acl: Acl = crate::defaults::entries(&schema.kind, &owner, NEWEST / 10_000);
        let usage: Held = [(crate::words::operation::USAGE, false)].into_iter().collect();
        acl.extend([(Holder { to: Principal::Public, by: Grantor::Owner }, usage)]);
        self.access.entries.insert(schema.clone(), acl);
        owner
    }

    fn columns(&mut self, grant: &GrantIntent) {
        if grant.columns.is_empty() {
            return;
        }
        let tables: Vec<Object> =
            grant.on.names.iter().filter_map(|pattern| standing_for(&grant.on, pattern, None)).collect();
        for table in tables {
            let known = self.catalogue.columns.entry(Arc::new(table)).or_default();
            known.extend(grant.columns.iter().cloned().chain(Name::new("*").ok()));
        }
    }
}

/// The object that a pattern stands for: itself, or the wildcard as if it were a name.
fn standing_for(on: &NamedObjects, pattern: &Pattern, variety: Option<&Variety>) -> Option<Object> {
    let place = on.database.clone().map_or(Place::Cluster, Place::Database);
    // Wildcards of two varieties are two objects.
    let star = variety.map_or("*".to_owned(), |variety| format!("*{variety}*"));
    let name = |segment: &Segment| match segment {
        Segment::Exactly(name) => Some(name.clone()),
        Segment::Like(parts) => Name::new(parts.join(&star)).ok(),
    };
    let path = pattern.path.iter().map(name).collect::<Option<Vec<_>>>()?;
    let path = if on.kind == kind::PARAMETER {
        vec![Name::new(pattern.to_string().to_lowercase()).ok()?]
    } else {
        path
    };
    let arguments = (on.kind == kind::ROUTINE).then(|| pattern.arguments.clone().unwrap_or_default());
    Some(Object { place, kind: on.kind.clone(), path, arguments })
}

/// The variety of what is named without one.
fn unsaid(of: &Kind) -> Variety {
    match of.as_str() {
        "table" => variety::TABLE,
        "routine" => variety::FUNCTION,
        "type" => variety::BASE_TYPE,
        _ => variety::PLAIN,
    }
}

fn in_a_schema(of: &Kind) -> bool {
    let outside = [
        kind::DATABASE,
        kind::SCHEMA,
        kind::LANGUAGE,
        kind::FOREIGN_DATA_WRAPPER,
        kind::FOREIGN_SERVER,
        kind::LARGE_OBJECT,
        kind::TABLESPACE,
        kind::PARAMETER,
        kind::PUBLICATION,
        kind::SUBSCRIPTION,
        kind::EVENT_TRIGGER,
        kind::EXTENSION,
    ];
    !outside.contains(of)
}

fn is_public_schema(object: &Object) -> bool {
    object.kind == kind::SCHEMA && object.path.first().is_some_and(|name| name.as_str() == "public")
}
