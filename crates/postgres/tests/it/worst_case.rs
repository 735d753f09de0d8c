//! The worst case: one database that has everything that can carry a privilege, under names that break naive quoting.

use sandbox::{Cluster, Installation, Version};
use std::path::PathBuf;

/// The name of its first database; the second is made by `structure.sql`.
pub(crate) const HOME: &str = "shop";
/// The second database.
pub(crate) const OTHER: &str = "\"; DROP DATABASE x; --";

/// A cluster with the objects of the worst case and no privileges.
pub(crate) fn structure(version: Version) -> Cluster {
    // Several tests run at once, each with a look that opens connections of its own.
    let cluster = Cluster::builder()
        .setting("wal_level", "logical")
        .start(&Installation::find(version).unwrap())
        .unwrap();
    cluster.create_database(HOME).unwrap();
    cluster.psql_file(HOME, &file("structure.sql")).unwrap();
    cluster
}

/// The same with its roles and privileges.
pub(crate) fn whole(version: Version) -> Cluster {
    let cluster = structure(version);
    cluster.psql_file(HOME, &file("privileges.sql")).unwrap();
    cluster
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/worst_case").join(name)
}
