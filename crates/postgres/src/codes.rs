//! The manual pages of what can be wrong with a PostgreSQL target, and between a model and a target.

/// Each code with its page, in order.
pub const PAGES: &[(&str, &str)] = &[
    ("RW200", include_str!("../codes/RW200.md")),
    ("RW201", include_str!("../codes/RW201.md")),
    ("RW202", include_str!("../codes/RW202.md")),
    ("RW203", include_str!("../codes/RW203.md")),
    ("RW204", include_str!("../codes/RW204.md")),
    ("RW205", include_str!("../codes/RW205.md")),
    ("RW206", include_str!("../codes/RW206.md")),
    ("RW207", include_str!("../codes/RW207.md")),
    ("RW208", include_str!("../codes/RW208.md")),
    ("RW209", include_str!("../codes/RW209.md")),
    ("RW210", include_str!("../codes/RW210.md")),
    ("RW211", include_str!("../codes/RW211.md")),
    ("RW301", include_str!("../codes/RW301.md")),
    ("RW302", include_str!("../codes/RW302.md")),
    ("RW303", include_str!("../codes/RW303.md")),
    ("RW304", include_str!("../codes/RW304.md")),
    ("RW305", include_str!("../codes/RW305.md")),
    ("RW306", include_str!("../codes/RW306.md")),
    ("RW307", include_str!("../codes/RW307.md")),
    ("RW308", include_str!("../codes/RW308.md")),
    ("RW309", include_str!("../codes/RW309.md")),
    ("RW310", include_str!("../codes/RW310.md")),
    ("RW311", include_str!("../codes/RW311.md")),
    ("RW312", include_str!("../codes/RW312.md")),
    ("RW313", include_str!("../codes/RW313.md")),
    ("RW321", include_str!("../codes/RW321.md")),
    ("RW322", include_str!("../codes/RW322.md")),
    ("RW323", include_str!("../codes/RW323.md")),
    ("RW324", include_str!("../codes/RW324.md")),
    ("RW325", include_str!("../codes/RW325.md")),
    ("RW326", include_str!("../codes/RW326.md")),
    ("RW327", include_str!("../codes/RW327.md")),
    ("RW328", include_str!("../codes/RW328.md")),
    ("RW329", include_str!("../codes/RW329.md")),
    ("RW330", include_str!("../codes/RW330.md")),
    ("RW331", include_str!("../codes/RW331.md")),
    ("RW332", include_str!("../codes/RW332.md")),
    ("RW333", include_str!("../codes/RW333.md")),
    ("RW334", include_str!("../codes/RW334.md")),
    ("RW335", include_str!("../codes/RW335.md")),
    ("RW341", include_str!("../codes/RW341.md")),
    ("RW342", include_str!("../codes/RW342.md")),
    ("RW343", include_str!("../codes/RW343.md")),
    ("RW344", include_str!("../codes/RW344.md")),
];

/// The manual page of a code: what it means, an example, how to mend it.
#[must_use]
pub fn explain(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)).map(|(_, page)| *page)
}

#[cfg(test)]
mod tests {
    use super::PAGES;

    #[test]
    fn every_code_in_the_source_has_a_page_with_its_parts() {
        let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for after in text.split("\"RW").skip(1) {
                    let code = format!("RW{}", after.split('"').next().unwrap());
                    if code.len() != 5 {
                        continue;
                    }
                    assert!(PAGES.iter().any(|(known, _)| *known == code), "{code} in {}", path.display());
                }
            }
        }
        for (code, page) in PAGES {
            assert!(page.starts_with(&format!("# {code} ")), "{code}");
            for part in ["\n## What\n", "\n## Example\n", "\n## Mending\n"] {
                assert!(page.contains(part), "{code} lacks {part}");
            }
        }
    }
}
