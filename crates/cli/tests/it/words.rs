//! What needs no server: help, errors of the command line, pages, pipes.

use crate::program::{command, ran, rolewright};
use std::process::Stdio;

#[test]
fn a_wrong_argument_is_an_error_like_any_other_and_help_is_none() {
    for arguments in [&["bogus"][..], &["audit"], &["audit", "--colour"], &["explain", "RW999x"], &[]] {
        let ran = rolewright(arguments);
        assert_eq!(ran.status, Some(1), "{arguments:?}");
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{arguments:?}");
    }
    for arguments in [&["--help"][..], &["--version"], &["audit", "--help"], &["help", "audit"]] {
        let ran = rolewright(arguments);
        assert_eq!(ran.status, Some(0), "{arguments:?}");
        assert!(ran.err.is_empty() && !ran.out.is_empty(), "{arguments:?}");
    }
}

#[test]
fn the_help_says_what_there_is() {
    insta::assert_snapshot!(rolewright(&["--help"]).out);
}

#[test]
fn help_and_pages_are_readable_at_80_columns() {
    for arguments in
        [&["--help"][..], &["audit", "--help"], &["explain"], &["explain", "rw402"], &["explain", "RW404"]]
    {
        let ran = rolewright(arguments);
        let wide: Vec<&str> = ran.out.lines().filter(|line| line.chars().count() > 80).collect();
        assert_eq!(wide, Vec::<&str>::new(), "{arguments:?}");
    }
}

#[test]
fn every_code_has_a_page_and_an_unknown_one_is_told_its_neighbours() {
    let list = rolewright(&["explain"]);
    assert_eq!(list.status, Some(0));
    for line in list.out.lines() {
        let (code, title) = line.split_once("  ").unwrap();
        let page = rolewright(&["explain", &code.to_lowercase()]);
        assert_eq!(page.status, Some(0), "{code}");
        assert!(page.out.starts_with(&format!("{code} {title}\n")), "{code}");
    }
    let unknown = rolewright(&["explain", "RW499"]);
    assert_eq!(unknown.status, Some(1));
    assert!(
        unknown.err.contains("there is no code RW499") && unknown.err.contains("RW401"),
        "{}",
        unknown.err
    );
}

#[test]
fn a_page_reads_well() {
    insta::assert_snapshot!(rolewright(&["explain", "RW404"]).out);
}

#[test]
fn a_closed_pipe_ends_the_program_quietly() {
    for arguments in [&["explain"][..], &["completions", "bash"], &["man"], &["--help"]] {
        let mut child = command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ran = ran(child.wait_with_output().unwrap());
        assert!(matches!(ran.status, Some(0 | 141)), "{arguments:?}: {ran:?}");
        assert_eq!(ran.err, "", "{arguments:?}");
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ran = ran(command(&["explain"]).stdout(full).stderr(Stdio::piped()).output().unwrap());
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("cannot write the output"), "{}", ran.err);
}

#[test]
fn completions_and_manual_pages_are_made_of_the_command_line() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = rolewright(&["completions", shell]);
        assert_eq!(ran.status, Some(0));
        assert!(ran.out.contains("all-databases"), "{shell}");
    }
    let page = rolewright(&["man", "audit"]);
    assert!(
        page.out.contains("\"rolewright 0.") && page.out.contains(".SH NOTES\nExit status"),
        "{}",
        page.out
    );
    assert!(page.out.contains(".TH rolewright-audit 1") && page.out.contains("Exit status"), "{}", page.out);
    assert_eq!(rolewright(&["man", "nothing"]).status, Some(1));
}

#[test]
fn a_variable_that_is_not_set_is_named() {
    let ran = rolewright(&["audit", "${SHOP_URL_THAT_IS_NOT_SET}"]);
    assert_eq!(ran.status, Some(1));
    insta::assert_snapshot!(ran.err);
}
