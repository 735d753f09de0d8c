//! The databases that demo and tests start from load on every server that we support.

use sandbox::{Cluster, Installation, SandboxError, Version};
use std::path::{Path, PathBuf};

#[test]
fn the_shop_loads_on_every_version_with_all_its_faults() {
    for cluster in one_of_each() {
        let cluster = cluster.unwrap();
        cluster.psql_file("postgres", &root().join("examples/shop/load.sql")).unwrap();
        assert_eq!(cluster.psql("shop", TABLES).unwrap(), "40");
        // What the demo shows first: reporting can drop a table that it was only to read.
        cluster
            .psql_as("reporting", "shop", "BEGIN; DROP TABLE sales.order_lines CASCADE; ROLLBACK")
            .unwrap();
        // A support agent reads bank accounts through a function, and a contractor holds what bob handed on.
        let iban = "SELECT iban FROM crm.find_customer('ada')";
        assert_eq!(cluster.psql_as("carol", "shop", iban).unwrap(), "DE02120300000000202051");
        assert_eq!(cluster.psql_as("mallory", "shop", "SELECT count(*) FROM sales.orders").unwrap(), "4");
        // Row-level security binds the agent and not the owner.
        assert_eq!(cluster.psql_as("carol", "shop", "SELECT count(*) FROM crm.tickets").unwrap(), "2");
        assert_eq!(cluster.psql_as("shop", "shop", "SELECT count(*) FROM crm.tickets").unwrap(), "3");
    }
}

#[test]
fn the_public_sample_schema_loads_on_every_version() {
    for cluster in one_of_each() {
        let cluster = cluster.unwrap();
        cluster.create_database("musicbrainz").unwrap();
        cluster.psql_file("musicbrainz", &root().join(".cache/sample/musicbrainz.sql")).unwrap();
        assert_eq!(cluster.psql("musicbrainz", TABLES).unwrap(), "519");
    }
}

/// Ordinary and partitioned tables that are not PostgreSQL's own.
const TABLES: &str = "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND oid >= 16384";

/// A private server of every version, one after the other.
fn one_of_each() -> impl Iterator<Item = Result<Cluster, SandboxError>> {
    Version::ALL.into_iter().map(|version| Cluster::start(&Installation::find(version)?))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
