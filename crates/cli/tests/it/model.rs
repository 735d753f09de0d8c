//! `rolewright init`, `check` and `schema`: a model without a server.

use crate::folder::Folder;
use crate::program::{Ran, command, ran, rolewright};

fn inside(folder: &Folder, arguments: &[&str]) -> Ran {
    ran(command(arguments).current_dir(folder.path()).output().unwrap())
}

#[test]
fn a_first_model_is_sound_and_never_overwrites() {
    let folder = Folder::new();
    let init = inside(&folder, &["init"]);
    assert_eq!(init.status, Some(0));
    assert!(init.out.starts_with("Wrote rolewright.yaml\n"), "{}", init.out);
    let check = inside(&folder, &["check"]);
    assert_eq!((check.status, check.err.as_str()), (Some(0), ""), "{}", check.out);
    insta::assert_snapshot!(check.out);
    folder.write("rolewright.yaml", "mine");
    let again = inside(&folder, &["init"]);
    assert_eq!(again.status, Some(1));
    assert!(again.err.contains("exists already"), "{}", again.err);
    assert_eq!(std::fs::read_to_string(folder.file("rolewright.yaml")).unwrap(), "mine");
    assert_eq!(inside(&folder, &["init", "elsewhere/model"]).status, Some(0));
    assert_eq!(inside(&folder, &["check", "elsewhere/model"]).status, Some(0));
}

#[test]
fn every_error_of_a_folder_is_told_in_one_go() {
    let folder = Folder::new();
    folder.write(
        "model/a.yaml",
        "version: 1\nroles:\n  reader: { purpose: Looks, owner: x@acme.example, inherits: [gost] }\n",
    );
    folder.write("model/deep/b.yml", "roles: { writer: { purpse: Writes } }\n");
    folder.write("model/notes.txt", "not a model");
    let check = inside(&folder, &["check"]);
    assert_eq!(check.status, Some(1));
    insta::assert_snapshot!(check.out);
}

#[test]
fn no_model_and_bad_files_say_what_to_do() {
    let folder = Folder::new();
    let none = inside(&folder, &["check"]);
    assert_eq!(none.status, Some(1));
    assert!(
        none.err.contains("there is no model here") && none.err.contains("rolewright init"),
        "{}",
        none.err
    );
    std::fs::create_dir(folder.file("empty")).unwrap();
    let path = folder.file("latin1.yaml");
    std::fs::write(&path, b"version: 1 # \xe9").unwrap();
    for (path, about) in
        [("empty", "no .yaml file"), ("latin1.yaml", "not text in UTF-8"), ("nowhere", "cannot read nowhere")]
    {
        let ran = inside(&folder, &["check", path]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{path}");
        assert!(ran.err.contains(about) && ran.err.contains("help:"), "{}", ran.err);
    }
}

#[test]
fn a_server_where_a_path_belongs_is_refused_and_its_password_is_not_shown() {
    let folder = Folder::new();
    for command in ["check", "plan", "apply", "executor-sql", "audit"] {
        for text in [
            "postgres://app:hunter2@127.0.0.1:1/shop.json",
            "app:hunter2@127.0.0.1/shop",
            "host=127.0.0.1 password=hunter2",
        ] {
            let ran = inside(&folder, &[command, text]);
            assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{command} {text}");
            assert!(!ran.err.contains("hunter2") && ran.err.contains("help:"), "{}", ran.err);
        }
    }
}

#[test]
fn the_schema_is_json() {
    let schema: serde_json::Value = serde_json::from_str(&rolewright(&["schema"]).out).unwrap();
    assert!(schema["$schema"].is_string());
}

#[test]
fn the_command_that_explains_the_only_code_can_be_run_as_it_is_printed() {
    let folder = Folder::new();
    folder.write("rolewright.yaml", "roles: {}\n");
    for command in ["check", "plan"] {
        let ran = inside(&folder, &[command]);
        assert!((ran.out + &ran.err).contains("rolewright explain RW106 says more"), "{command}");
    }
    folder.write("rolewright.yaml", "roles: { r: { porpose: x } }\n");
    assert!(inside(&folder, &["check"]).out.contains("rolewright explain CODE says more about each."));
}

#[test]
fn a_url_of_the_model_that_cannot_be_read_is_said_to_be_of_which_target() {
    let folder = Folder::new();
    folder.write(
        "rolewright.yaml",
        "version: 1\ndatabases: { shop: { engine: postgres, environments: { prod: { url: \"${SHOP_URL}\" } } } }\n",
    );
    for arguments in [["plan"], ["apply"], ["executor-sql"]] {
        let mut command = command(&arguments);
        let ran =
            ran(command.current_dir(folder.path()).env("SHOP_URL", "shop:hunter2@db").output().unwrap());
        assert_eq!(ran.status, Some(1));
        assert!(ran.err.contains("error[RW200]: shop in prod: the database URL"), "{}", ran.err);
        assert!(!ran.err.contains("hunter2"), "{}", ran.err);
    }
}

#[test]
fn what_giving_a_role_would_break_is_answered_without_a_server() {
    let folder = Folder::new();
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/shop/model");
    let ask = |rest: &[&str]| inside(&folder, &[&["can-assign"], rest].concat());
    let broken = ask(&["carol@acme.example", "refund_approval", model]);
    assert_eq!(broken.status, Some(3), "{}{}", broken.out, broken.err);
    assert!(
        broken.out.contains("error[RW180]") && broken.out.contains("1 violation would be there"),
        "{}",
        broken.out
    );
    let fine = ask(&["carol@acme.example", "orders_reader", model, "--env", "prod"]);
    assert_eq!((fine.status, fine.err.as_str()), (Some(0), ""));
    assert_eq!(fine.out, "Nothing would be broken if carol@acme.example were given orders_reader.\n");
    let json = ask(&["carol", "refund_approval", model, "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&json["allowed"], &json["causes"][0]["verdict"]), (&false.into(), &"direct".into()));
    let unknown = ask(&["carlo", "refund_approval", model]);
    assert_eq!(unknown.status, Some(1));
    assert!(unknown.err.contains("did you mean carol?"), "{}", unknown.err);
}
