//! The example shop, carried in the program so that the tour needs nothing but a server.

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../../../examples/shop/", $path)))),*]
    };
}

/// Every file with its path below `examples/shop`.
pub(super) const FILES: &[(&str, &str)] = files![
    "load.sql",
    "roles.sql",
    "database.sql",
    "grants.sql",
    "model/shop.yaml",
    "model/roles.yaml",
    "model/accounts.yaml",
    "model/rules.yaml",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    #[test]
    fn no_file_of_the_example_is_left_behind() {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop");
        let mut there = BTreeSet::new();
        for folder in ["", "model/"] {
            for entry in fs::read_dir(example.join(folder)).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_file() {
                    there.insert(format!("{folder}{}", entry.file_name().to_str().unwrap()));
                }
            }
        }
        let carried = super::FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(there, carried);
    }
}
