//! The curated model of the example shop.

use crate::check_files;
use std::path::Path;

#[test]
fn the_shop_of_the_examples_checks_clean() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop/model");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("model/{}", path.file_name().unwrap().to_str().unwrap());
        files.push((name, std::fs::read_to_string(path).unwrap()));
    }
    files.sort();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (model, diagnostics, rendered) = check_files(&files);
    assert!(diagnostics.is_empty(), "{rendered}");
    let targets = model.unwrap().targets(None, &|_| Some("postgres://localhost/shop".into())).unwrap();
    assert_eq!(targets.len(), 1);
}
