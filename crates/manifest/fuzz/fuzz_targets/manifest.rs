//! Any text is a model or a list of diagnostics that render, and a model has targets.
//!
//! `cargo fuzz run manifest ../corpus/manifest` in `crates/manifest/fuzz`.

#![no_main]

#[path = "../../tests/it/vocabulary.rs"]
mod vocabulary;

use libfuzzer_sys::fuzz_target;
use manifest::{Source, check, render};

fuzz_target!(|text: &str| {
    let sources = [Source { name: "model.yaml".into(), text: text.into() }];
    let checked = check(&sources, &[vocabulary::words()], Some("2026-11-24"));
    let _ = render(&checked.diagnostics, &sources, false);
    if let Some(model) = checked.model {
        let _ = model.targets(None, &|name| Some(format!("postgres://{name}/db")));
    }
});
