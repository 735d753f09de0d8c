//! A look at a server says what the server itself says.

use engine::{Databases, Engine, Scope, Session};
use model::Secret;
use postgres::PostgresEngine;
use sandbox::{Cluster, Installation, Version};

/// Runs a test's async part.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A session at this URL.
pub(crate) async fn session(url: &str) -> Box<dyn Session> {
    PostgresEngine.connect(&Secret::new(url)).await.unwrap()
}

#[test]
fn an_empty_cluster_is_read_on_every_version() {
    for version in Version::ALL {
        let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
        let observed = block_on(async {
            session(&cluster.url("postgres")).await.inspect(&Scope::everything(Databases::All)).await.unwrap()
        });
        assert_eq!(observed.at.version / 10_000, version.major());
        assert!(observed.executor.superuser);
        assert!(observed.notes.is_empty(), "{:?}", observed.notes);
        println!("{:#?}", observed);
    }
}
