//! The log in one file.

use crate::conformance;
use crate::wanted::{Folder, new, node, run, word};
use ledger::sqlite::Sqlite;
use ledger::{Store, StoreError};

#[test]
fn it_does_what_a_store_has_to_do() {
    let mut folders = Vec::new();
    conformance::all(|| {
        let folder = Folder::new();
        let store = Sqlite::create(&folder.file(), "example.com/log").unwrap();
        folders.push(folder);
        Box::new(store)
    });
}

#[test]
fn a_file_that_is_no_log_or_another_ones_is_left_alone() {
    let folder = Folder::new();
    assert!(matches!(Sqlite::open(&folder.file()), Err(StoreError::None)));
    assert!(!folder.file().exists());
    drop(Sqlite::create(&folder.file(), "example.com/log").unwrap());
    let again = Sqlite::create(&folder.file(), "example.com/other");
    assert!(matches!(again, Err(StoreError::Exists(ref origin)) if origin == "example.com/log"), "{again:?}");
    assert_eq!(run(Sqlite::open(&folder.file()).unwrap().head()).unwrap().origin, "example.com/log");
    let text = folder.path().join("text");
    std::fs::write(&text, "no database".repeat(100)).unwrap();
    assert!(Sqlite::open(&text).is_err());
    assert!(Sqlite::create(&text, "x").is_err());
    assert!(std::fs::read_to_string(&text).unwrap().starts_with("no database"));
    let newer = rusqlite::Connection::open(folder.file()).unwrap();
    newer.pragma_update(None, "user_version", 2).unwrap();
    assert!(matches!(Sqlite::open(&folder.file()), Err(StoreError::Format(2))));
}

#[test]
fn what_is_erased_is_in_no_file_any_more() {
    let folder = Folder::new();
    let mut store = Sqlite::create(&folder.file(), "example.com/log").unwrap();
    let name = |at: u32| format!("Nobody Special c{at}.");
    let found = |text: &str| {
        let files = std::fs::read_dir(folder.path()).unwrap();
        let bytes = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
        bytes.filter(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes())).count()
    };
    run(async {
        for at in 0..50 {
            store.record(vec![new(&format!("c{at}."))], &node(), 1).await.unwrap();
        }
        assert!(found(&name(30)) > 0);
        assert_eq!(store.erase(30, &[word("person")]).await.unwrap(), 1);
        assert_eq!(found(&name(30)), 0);
        assert!(found(&name(31)) > 0);
    });
}
