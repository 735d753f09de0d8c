//! `rolewright ledger`: a log in a file, and an outsider who believes nobody.

use crate::program::{Ran, command, ran};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A folder with a log, keys and a policy, gone with this.
struct Kept {
    folder: PathBuf,
    log: String,
}

impl Kept {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("rolewright-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut kept = Self { folder, log: String::new() };
        let root = kept.done("key acme.example/root --out root.key").out;
        let witness = kept.done("key w.example --witness --out w.key").out;
        kept.done(&format!("init a.ledger --origin acme.example/ledger --root {}", root.trim()));
        let shown: Value = serde_json::from_str(&kept.done("show a.ledger --format json").out).unwrap();
        let said = shown["entries"][0]["payloads"][0]["content"].as_str().unwrap().to_owned();
        let line = |word: &str| {
            said.lines().find_map(|line| line.strip_prefix(&format!("{word} "))).unwrap().to_owned()
        };
        kept.log = line("log");
        assert_eq!((line("roots"), line("root")), ("1".to_owned(), root.trim().to_owned()));
        let policy = format!(
            "log {}\nnode {}\nwitness w {}\nquorum w\nmax-age 1h\n",
            kept.log,
            line("node"),
            witness.trim()
        );
        fs::write(kept.folder.join("trust.policy"), policy).unwrap();
        kept
    }

    fn run(&self, arguments: &str) -> Ran {
        let words: Vec<&str> = ["ledger"].into_iter().chain(arguments.split(' ')).collect();
        ran(command(&words).current_dir(&self.folder).output().unwrap())
    }

    fn done(&self, arguments: &str) -> Ran {
        let ended = self.run(arguments);
        assert_eq!(ended.status, Some(0), "{arguments}: {ended:?}");
        ended
    }

    /// Signed, exported and cosigned.
    fn publish(&self) {
        self.done("sign a.ledger --key a.ledger.log.key");
        self.done("export a.ledger out");
        self.done(&format!("witness out --key w.key --log {}", self.log));
    }

    fn verified(&self) -> Ran {
        self.run("verify out --policy trust.policy")
    }

    /// Writes so many more entries.
    fn grow(&self, many: u32) {
        for _ in 0..many {
            self.done("erase a.ledger 0 --class nothing --reason ticket/0 --node-key a.ledger.node.key");
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_log_is_signed_witnessed_exported_and_verified_and_one_changed_byte_is_found() {
    let kept = Kept::new("proved");
    for file in ["a.ledger", "a.ledger.log.key", "a.ledger.node.key", "w.key"] {
        assert_eq!(mode(&kept.folder.join(file)), 0o600, "{file}");
    }
    let unsigned = kept.run("export a.ledger out");
    assert!(unsigned.err.contains("no head of the log has been signed yet"), "{unsigned:?}");
    kept.grow(3);
    kept.done("sign a.ledger --key a.ledger.log.key");
    kept.done("export a.ledger out");
    let alone = kept.verified();
    assert_eq!(alone.status, Some(1));
    assert!(
        alone.out.contains("too few witnesses have seen the head: none of those that count"),
        "{alone:?}"
    );
    assert_eq!(mode(&kept.folder.join("out")), 0o700);
    kept.publish();
    let proved = kept.verified();
    assert_eq!(proved.status, Some(0), "{proved:?}");
    assert!(proved.out.starts_with("Proved: 4 entries of acme.example/ledger, root "), "{}", proved.out);
    assert!(
        proved.out.contains("Seen by w.example at ")
            && proved.out.ends_with("4 contents as committed to, 0 erased.\n"),
        "{}",
        proved.out
    );
    let entries = kept.folder.join("out/tile/entries/000.p/4");
    let honest = fs::read(&entries).unwrap();
    for at in [2, 60, honest.len() - 5] {
        let mut bytes = honest.clone();
        bytes[at] ^= 1;
        fs::write(&entries, &bytes).unwrap();
        let wrong = kept.verified();
        assert_eq!(wrong.status, Some(1));
        assert!(wrong.out.starts_with("Not proved:\n  "), "{}", wrong.out);
    }
    let json: Value =
        serde_json::from_str(&kept.run("verify out --policy trust.policy --format json").out).unwrap();
    assert_eq!(json["proved"], false);
    assert_eq!(json["wrong"][0]["at"], "entry 3");
    fs::write(&entries, &honest).unwrap();
    assert_eq!(kept.verified().status, Some(0));
}

#[test]
fn what_is_erased_is_gone_and_said_and_the_log_is_still_proved() {
    let kept = Kept::new("erased");
    kept.publish();
    let erased = kept.done("erase a.ledger 0 --class event --reason ticket/812 --node-key a.ledger.node.key");
    assert!(erased.out.starts_with("Erased 1 content."), "{}", erased.out);
    let shown = kept.done("show a.ledger").out;
    assert!(
        shown.contains("ceremony@1 (event): erased")
            && shown.contains("as ticket/812 allows")
            && shown.contains("    entries 0\n"),
        "{shown}"
    );
    kept.publish();
    let proved = kept.verified();
    assert!(proved.out.ends_with("1 content as committed to, 1 erased.\n"), "{proved:?}");
    let beyond = kept.run("erase a.ledger 9 --class event --reason x --node-key a.ledger.node.key");
    assert!(beyond.err.contains("there is no entry 9; the log has 2"), "{beyond:?}");
    let strange = kept.run("erase a.ledger 0 --class event --reason x --node-key w.key");
    assert!(strange.err.contains("that of a witness"), "{strange:?}");
}

#[test]
fn one_entry_is_proved_to_whoever_has_the_keys() {
    let kept = Kept::new("one");
    kept.grow(2);
    kept.publish();
    kept.done("sign a.ledger --key a.ledger.log.key --witnessed out/checkpoint");
    let proof = kept.done("prove a.ledger 1").out;
    fs::write(kept.folder.join("1.tlog-proof"), &proof).unwrap();
    let verified = kept.run("verify 1.tlog-proof --policy trust.policy");
    assert_eq!(verified.status, Some(0), "{verified:?}");
    assert!(verified.out.contains("Entry 1 by cli, as ticket/0 allows, written at "), "{}", verified.out);
    for (from, to) in [("index 1", "index 2"), ("\n3\n", "\n4\n"), ("extra c", "extra d")] {
        fs::write(kept.folder.join("1.tlog-proof"), proof.replacen(from, to, 1)).unwrap();
        let verified = kept.run("verify 1.tlog-proof --policy trust.policy");
        assert_eq!(verified.status, Some(1), "{from}: {verified:?}");
        assert!(verified.out.starts_with("Not proved:"), "{}", verified.out);
    }
    assert!(
        kept.run("prove a.ledger 3")
            .err
            .contains("entry 3 is not under the last signed head, which has 3 entries")
    );
}

#[test]
fn a_copy_restored_from_yesterday_is_signed_and_witnessed_by_nobody() {
    let kept = Kept::new("restored");
    kept.publish();
    fs::copy(kept.folder.join("a.ledger"), kept.folder.join("yesterday")).unwrap();
    kept.grow(2);
    kept.publish();
    fs::rename(kept.folder.join("yesterday"), kept.folder.join("a.ledger")).unwrap();
    let signed = kept.run("sign a.ledger --key a.ledger.log.key");
    assert_eq!(signed.status, Some(1));
    assert!(signed.err.contains("the log is not the one that was signed before: at 3 entries"), "{signed:?}");
    // Whoever holds the key and forgets what it signed does not get past the witness.
    kept.grow(5);
    kept.done("sign a.ledger --key a.ledger.log.key --signed forgotten");
    kept.done("export a.ledger out");
    let witnessed = kept.run(&format!("witness out --key w.key --log {}", kept.log));
    assert!(
        witnessed.err.contains("the log does not add to the head that was seen before, of 3 entries"),
        "{witnessed:?}"
    );
    assert_eq!(kept.verified().status, Some(1));
}

#[test]
fn an_export_touches_no_folder_but_its_own() {
    let kept = Kept::new("own");
    kept.done("sign a.ledger --key a.ledger.log.key");
    let theirs = kept.folder.join("theirs/payloads");
    fs::create_dir_all(&theirs).unwrap();
    fs::write(theirs.join("dear"), "to somebody").unwrap();
    let refused = kept.run("export a.ledger theirs");
    assert!(refused.err.contains("theirs is not empty, and no export of this log"), "{refused:?}");
    assert_eq!(fs::read_to_string(theirs.join("dear")).unwrap(), "to somebody");
    kept.done("init b.ledger --origin acme.example/other");
    kept.done("sign b.ledger --key b.ledger.log.key");
    kept.done("export a.ledger out");
    kept.done("export a.ledger out");
    let others = kept.run("export b.ledger out");
    assert!(others.err.contains("out is an export of acme.example/ledger"), "{others:?}");
}

#[test]
fn nothing_is_written_over_and_what_is_wrong_is_said() {
    let kept = Kept::new("over");
    let again = kept.run("init a.ledger --origin x");
    assert!(again.err.contains("a.ledger is there already"), "{again:?}");
    let key = kept.run("key x --out w.key");
    assert!(key.err.contains("w.key is there already, and a key is never written over"), "{key:?}");
    assert!(kept.run("show none.ledger").err.contains("there is no log in none.ledger"));
    let quorum = kept.run("init b.ledger --origin x --root k --quorum 2");
    assert!(quorum.err.contains("\"k\" is no public key"), "{quorum:?}");
    assert!(!kept.folder.join("b.ledger").exists());
    fs::write(kept.folder.join("bad.policy"), "quorum w\n").unwrap();
    let policy = kept.run("verify out --policy bad.policy");
    assert!(
        policy.err.contains("bad.policy: line 1 of the policy: no line above it has the name w"),
        "{policy:?}"
    );
    fs::create_dir(kept.folder.join("empty")).unwrap();
    let nothing = kept.run("verify empty --policy trust.policy");
    assert_eq!(
        (nothing.status, nothing.out.as_str()),
        (Some(1), "Not proved:\n  checkpoint: it is missing, so nothing here is proved\n")
    );
    fs::write(kept.folder.join("a.ledger.log.key.signed"), "scrambled").unwrap();
    let scrambled = kept.run("sign a.ledger --key a.ledger.log.key");
    assert!(scrambled.err.contains("without it nobody knows what was signed before"), "{scrambled:?}");
}

#[test]
fn signers_with_one_key_go_one_after_another_and_none_forgets() {
    let kept = Kept::new("signers");
    kept.grow(2);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..3 {
                    kept.grow(1);
                    kept.done("sign a.ledger --key a.ledger.log.key");
                }
            });
        }
    });
    let signed = fs::read_to_string(kept.folder.join("a.ledger.log.key.signed")).unwrap();
    assert_eq!(signed.lines().nth(1), Some("15"), "{signed}");
}
