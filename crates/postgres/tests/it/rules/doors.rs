//! Which lines of pg_hba.conf are found, and what a login that may not read the file is told.

use super::{audited, cluster, lines, of_rule};
use sandbox::Version;

const LINES: &str = "\
local   all          all                              peer
local   all          app                              trust
host    all          all        127.0.0.1/32          trust
host    all          all        ::1/128               scram-sha-256
host    all          all        samenet               trust
hostssl all          all        10.0.0.0/8            password
host    shop         +staff     10.0.0.0/8            password
host    all          all        0.0.0.0/0             scram-sha-256
host    all          all        all                   reject
host    all          one        all                   md5
host    all          known      10.1.0.0/16           ident
host    all          broken     10.0.0.0/99           trust
";

#[test]
fn every_open_door_is_told_by_its_line() {
    for version in Version::ALL {
        let cluster = cluster(version);
        let before = of_rule(&cluster, "RW409");
        assert_eq!(
            lines(&before),
            ["medium target: on the server's own machine, whoever comes is believed to be who they say"]
        );
        // The view reads the file as it is, whether or not the server was told to.
        std::fs::write(cluster.data_dir().join("pg_hba.conf"), LINES).unwrap();
        let found = of_rule(&cluster, "RW409");
        let told: Vec<String> =
            found.iter().map(|told| format!("{} [{}]", told.line, told.evidence.join("; "))).collect();
        assert_eq!(
            told,
            [
                "critical target: over the network, whoever comes is believed to be who they say [pg_hba.conf:5: host all all samenet trust; pg_hba.conf:11: host all known 10.1.0.0 255.255.0.0 ident]",
                "high target: passwords are taken in clear over connections that need not be encrypted [pg_hba.conf:7: host shop +staff 10.0.0.0 255.0.0.0 password]",
                "medium target: every role may try to log in from every address [pg_hba.conf:8: host all all 0.0.0.0 0.0.0.0 scram-sha-256]",
                "medium target: on the server's own machine, whoever comes is believed to be who they say [pg_hba.conf:2: local all app trust; pg_hba.conf:3: host all all 127.0.0.1 255.255.255.255 trust]",
            ],
            "{version}"
        );
    }
}

#[test]
fn what_may_not_be_read_is_a_note_and_not_a_clean_bill() {
    for version in Version::ALL {
        let cluster = cluster(version);
        cluster.psql("shop", "CREATE ROLE low LOGIN; CREATE ROLE auditor LOGIN; GRANT pg_monitor TO auditor; GRANT SELECT ON pg_hba_file_rules TO auditor; GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO auditor").unwrap();
        let noted = |user: &str| {
            let (told, notes) = audited(&cluster.socket_url_as(user, "shop"));
            let doors = told.iter().filter(|told| told.rule == "RW409").count();
            (doors, notes.into_iter().map(|note| note.about).collect::<Vec<_>>())
        };
        let (_, notes) = audited(&cluster.socket_url_as("low", "shop"));
        for (rule, who) in [
            ("RW409", "SELECT on pg_hba_file_rules"),
            ("RW415", "members of pg_read_all_settings"),
            ("RW416", "only a superuser"),
        ] {
            let told = notes.iter().any(|note| note.what.contains(rule) && note.what.contains(who));
            assert!(told, "{version}: {rule} does not say who may read it: {notes:?}");
        }
        let (doors, notes) = noted("low");
        assert_eq!(doors, 0, "{version}");
        assert_eq!(
            notes,
            ["modules", "sessions", "stored passwords", "who may connect from where"],
            "{version}"
        );
        assert_eq!(noted("auditor"), (1, vec!["stored passwords".to_owned()]), "{version}");
        assert_eq!(noted("postgres"), (1, Vec::new()), "{version}");
    }
}
