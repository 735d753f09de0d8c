//! The ground that the contestants run on: a private server with the fixture's objects, made fresh when needed.

use crate::error::BenchError;
use crate::files::Files;
use crate::structure::OWNER;
use sandbox::{Cluster, Installation, Version};
use std::env;
use std::fs;
use std::path::PathBuf;

/// The database that is never touched; the others are copies of it.
const PRISTINE: &str = "pristine";
/// The database that the contestants work on.
const WORK: &str = "work";

/// What a server has as it is installed, rather than the sandbox's quick and careless settings; without
/// autovacuum, which would start in the middle of somebody's turn.
const SETTINGS: [(&str, &str); 6] = [
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    ("shared_buffers", "128MB"),
    ("max_wal_size", "1GB"),
    ("autovacuum", "off"),
];

/// A private server with the objects of a fixture.
#[derive(Debug)]
pub(crate) struct Ground {
    cluster: Cluster,
    psql: PathBuf,
}

impl Ground {
    /// Starts a server and creates the fixture's objects in it.
    pub(crate) fn lay(installation: &Installation, files: &Files) -> Result<Self, BenchError> {
        let psql = find_psql(installation).ok_or(BenchError::NoPsql)?;
        let builder =
            SETTINGS.iter().fold(Cluster::builder(), |builder, (name, value)| builder.setting(*name, *value));
        let cluster = builder.start(installation)?;
        cluster.create_database(PRISTINE)?;
        cluster.psql_file(PRISTINE, &files.structure)?;
        cluster.psql(PRISTINE, "VACUUM ANALYZE")?;
        Ok(Self { cluster, psql })
    }

    /// Brings back the state before the first apply: a new copy of the objects, and no role but their owner.
    pub(crate) fn reset(&self) -> Result<(), BenchError> {
        // A copy has tens of thousands of files; to sync each takes most of a minute and is not what is measured.
        self.sync_writes(false)?;
        self.cluster.psql("postgres", &format!("DROP DATABASE IF EXISTS {WORK}"))?;
        // By hundreds: one by one takes a commit each, and all in one takes more locks than there are.
        self.cluster.psql(
            "postgres",
            &format!(
                "SELECT 'DROP ROLE ' || string_agg(quote_ident(rolname), ', ')
                 FROM (SELECT rolname, row_number() OVER () / 500 AS batch FROM pg_roles
                       WHERE oid >= 16384 AND rolname <> '{OWNER}') AS roles GROUP BY batch \\gexec"
            ),
        )?;
        // Copying files beats writing every page to the log; before 15 it was the only way.
        let strategy = if self.cluster.version() >= Version::V15 { "STRATEGY file_copy" } else { "" };
        self.cluster.psql("postgres", &format!("CREATE DATABASE {WORK} TEMPLATE {PRISTINE} {strategy}"))?;
        self.cluster.psql("postgres", "VACUUM pg_authid, pg_auth_members, pg_shdepend; CHECKPOINT")?;
        self.sync_writes(true)
    }

    fn sync_writes(&self, on: bool) -> Result<(), BenchError> {
        let sql = format!("ALTER SYSTEM SET fsync = {on}; SELECT pg_reload_conf()");
        self.cluster.psql("postgres", &sql).map(drop).map_err(BenchError::from)
    }

    /// Lets the dust of an apply settle, as autovacuum would have done by the time anyone plans again.
    pub(crate) fn settle(&self) -> Result<(), BenchError> {
        self.cluster.psql(WORK, "VACUUM ANALYZE; CHECKPOINT").map(drop).map_err(BenchError::from)
    }

    /// The power in the working database, one fact per line.
    pub(crate) fn state(&self) -> Result<String, BenchError> {
        self.cluster.psql(WORK, include_str!("state.sql")).map_err(BenchError::from)
    }

    /// Where both contestants reach the working database: the Unix socket, as its superuser.
    pub(crate) fn url(&self) -> String {
        self.cluster.socket_url(WORK)
    }

    /// The client that runs the floors.
    pub(crate) fn psql(&self) -> String {
        self.psql.to_string_lossy().into_owned()
    }

    /// `15.18`
    pub(crate) fn server_version(&self) -> Result<String, BenchError> {
        let version = self.cluster.psql("postgres", "SHOW server_version")?;
        Ok(version.split(' ').next().unwrap_or_default().to_owned())
    }
}

/// A psql that is the program itself: Debian's `/usr/bin/psql` is a Perl script that chooses one, which takes longer
/// than all that a no-op fetches.
fn find_psql(installation: &Installation) -> Option<PathBuf> {
    let beside = installation.bin().to_owned();
    let mut debian: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    let path = env::var_os("PATH").unwrap_or_default();
    std::iter::once(beside)
        .chain(debian.into_iter().rev())
        .chain(env::split_paths(&path))
        .map(|folder| folder.join("psql"))
        .find(|psql| psql.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, Size};
    use std::path::Path;

    #[test]
    fn psql_leaves_exactly_the_entries_and_memberships_that_were_asked() {
        let fixture = Fixture::generate(Size::at(1));
        let folder = env::temp_dir().join(format!("rolewright-bench-test-{}", std::process::id()));
        let files = Files::write(&fixture, Path::new(&folder)).unwrap();
        let ground = Ground::lay(&Installation::any().unwrap(), &files).unwrap();
        ground.reset().unwrap();
        ground.cluster.psql_file(WORK, &files.apply).unwrap();
        let entries = "SELECT count(DISTINCT (object, grantee)) FROM (
            SELECT c.tableoid, c.oid, a.grantee, c.relowner FROM pg_class c, aclexplode(relacl) a
            UNION ALL SELECT c.tableoid, c.oid, a.grantee, c.nspowner FROM pg_namespace c, aclexplode(nspacl) a
            UNION ALL SELECT c.tableoid, c.oid, a.grantee, c.proowner FROM pg_proc c, aclexplode(proacl) a
          ) AS held (class, object, grantee, owner) WHERE object >= 16384 AND grantee NOT IN (0, owner)";
        assert_eq!(ground.cluster.psql(WORK, entries).unwrap(), "10000");
        let members = "SELECT count(*) FROM pg_auth_members WHERE roleid >= 16384";
        assert_eq!(ground.cluster.psql(WORK, members).unwrap(), "900");
        fs::remove_dir_all(folder).unwrap();
    }

    /// 5,000 roles and 100,000 entries, in a model that somebody can still read.
    #[test]
    fn ten_times_the_fixture_is_imported_in_fewer_lines_than_it_has_roles() {
        let folder = env::temp_dir().join(format!("rolewright-bench-import-{}", std::process::id()));
        let files = Files::write(&Fixture::generate(Size::at(10)), Path::new(&folder)).unwrap();
        let cluster = Cluster::start(&Installation::find(Version::V17).unwrap()).unwrap();
        cluster.create_database(WORK).unwrap();
        cluster.psql_file(WORK, &files.structure).unwrap();
        cluster.psql_file(WORK, &files.apply).unwrap();
        let url = model::Secret::new(cluster.socket_url(WORK));
        let naming = service::Naming { environment: "prod".to_owned(), url: None };
        let import = service::import(&postgres::PostgresEngine, &url, engine::Databases::Connected, &naming);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let model = runtime.block_on(import).map_err(|error| error.to_string()).unwrap();
        let lines: usize = model.files.iter().map(|(_, text)| text.lines().count()).sum();
        assert!(lines < 5000, "{lines} lines");
        fs::remove_dir_all(folder).unwrap();
    }
}
