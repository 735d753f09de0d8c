//! Connections that are refused say why, to whom, and what to do; none shows a password.

use crate::inspect::{block_on, session};
use crate::worst_case;
use engine::{Engine, EngineError};
use model::Secret;
use postgres::PostgresEngine;
use sandbox::{Cluster, Installation, Version};
use std::net::TcpListener;

fn refused(url: &str) -> EngineError {
    let error = block_on(async { PostgresEngine.connect(&Secret::new(url)).await.err() });
    let error = error.expect("the connection must be refused");
    assert!(!format!("{error:?}").contains("geheim"), "{error:?}");
    assert!(!error.help.is_empty());
    error
}

fn cluster() -> Cluster {
    Cluster::start(&Installation::find(Version::V17).unwrap()).unwrap()
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = refused(&format!("postgres://u:geheim@127.0.0.1:{port}/shop"));
    assert_eq!(error.code, "RW201");
    assert!(error.what.contains(&format!("u@127.0.0.1:{port}/shop")), "{}", error.what);
    assert!(error.what.contains("refused"), "{}", error.what);
    assert_eq!(refused("postgres://u:geheim@no-such-host.invalid/shop").code, "RW201");
}

#[test]
fn a_server_that_does_not_answer_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let error =
        refused(&format!("postgres://u:geheim@127.0.0.1:{port}/shop?connect_timeout=1&sslmode=disable"));
    assert_eq!(error.code, "RW201");
    assert!(error.what.contains("within 1 s"), "{}", error.what);
}

#[test]
fn a_wrong_password_user_or_database_is_told_apart() {
    let cluster = cluster();
    let error = refused(&cluster.url_as("postgres", "geheim", "postgres"));
    assert_eq!(error.code, "RW202");
    assert!(error.what.contains("password authentication failed"), "{}", error.what);
    let error = refused(&cluster.url("nowhere"));
    assert!(error.code == "RW202" && error.what.contains("\"nowhere\" does not exist"), "{}", error.what);
    let error = refused(&cluster.socket_url_as("nobody_here", "postgres"));
    assert!(error.code == "RW202" && error.what.contains("\"nobody_here\" does not exist"), "{}", error.what);
    let error = refused(&format!("postgres://postgres@127.0.0.1:{}/postgres", cluster.port()));
    assert!(error.code == "RW202" && error.what.contains("none was given"), "{}", error.what);
}

#[test]
fn a_server_without_tls_is_used_plain_or_refused_as_the_mode_says() {
    let cluster = cluster();
    let url = cluster.url("postgres");
    block_on(async { session(&format!("{url}?sslmode=prefer")).await });
    for mode in ["require", "verify-ca", "verify-full"] {
        let error = refused(&format!("{url}?sslmode={mode}"));
        assert_eq!(error.code, "RW201");
        assert!(error.what.contains("TLS"), "{}", error.what);
    }
}

#[test]
fn a_certificate_is_checked_as_far_as_the_mode_says() {
    let Some((cluster, authority)) = encrypted() else { return };
    let url = |mode: &str, root: Option<&str>| {
        let base = cluster.url("postgres").replace("127.0.0.1", "localhost");
        let root = root.map_or(String::new(), |file| format!("&sslrootcert={file}"));
        format!("{base}?sslmode={mode}{root}")
    };
    let encrypted = |url: &str| {
        block_on(async { session(url).await });
    };
    encrypted(&url("prefer", None));
    encrypted(&url("require", None));
    encrypted(&url("verify-ca", Some(&authority)));
    // The certificate names another host than `localhost`.
    let error = refused(&url("verify-full", Some(&authority)));
    assert!(error.code == "RW201" && error.what.contains("certificate"), "{}", error.what);
    // And nobody but its own authority knows it.
    for mode in ["verify-ca", "verify-full"] {
        let error = refused(&url(mode, None));
        assert!(error.code == "RW201" && error.what.contains("certificate"), "{}", error.what);
    }
    assert_eq!(refused(&url("verify-full", Some("/nowhere/root.crt"))).code, "RW201");
}

/// A server with a certificate for `db.acme.example`, signed by itself; `None` where there is no openssl or the server was
/// built without TLS.
fn encrypted() -> Option<(Cluster, String)> {
    let cluster = Cluster::start(&Installation::find(Version::V15).ok()?).ok()?;
    let folder = cluster.data_dir();
    let script = format!(
        "cd '{}' && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=db.acme.example \
         -addext subjectAltName=DNS:db.acme.example -keyout server.key -out server.crt 2>/dev/null && \
         chmod 600 server.key && chown --reference=. server.key server.crt",
        folder.display()
    );
    let made = std::process::Command::new("sh").arg("-c").arg(script).status().ok()?;
    let sql = "ALTER SYSTEM SET ssl = on; SELECT pg_reload_conf(); SELECT pg_sleep(0.5)";
    if !made.success() || cluster.psql("postgres", sql).is_err() {
        return None;
    }
    (cluster.psql("postgres", "SHOW ssl").ok()? == "on")
        .then(|| (cluster, folder.join("server.crt").to_string_lossy().into_owned()))
}

#[test]
fn settings_of_a_role_do_not_change_what_is_read() {
    let cluster = worst_case::structure(Version::V16);
    cluster
        .psql(
            worst_case::HOME,
            "ALTER ROLE ALL SET search_path = sales; ALTER ROLE ALL SET quote_all_identifiers = on;
             ALTER ROLE ALL SET DateStyle = 'German'; ALTER ROLE ALL SET statement_timeout = 1;
             ALTER ROLE ALL SET TimeZone = 'Asia/Tokyo'",
        )
        .unwrap();
    let observed = crate::inspect::look(&cluster, engine::Databases::Connected);
    let spelled = |text: &str| observed.catalogue.objects.keys().any(|object| object.to_string() == text);
    assert!(spelled("routine sales.price(integer, text[])"));
    assert!(observed.at.instant.ends_with("+00"), "{}", observed.at.instant);
}
