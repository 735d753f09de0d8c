//! A file that is too long does more than one thing. Functions are measured by clippy (`too_many_lines`).

use crate::problem::Problem;
use crate::source::Source;

/// The most lines that a file may have outside its tests.
const LONGEST: usize = 600;

/// Every file that is longer than a reader can hold in mind.
pub(crate) fn check(sources: &[Source], problems: &mut Vec<Problem>) {
    for source in sources.iter().filter(|source| !source.is_test()) {
        let lines = source.lines_outside_tests().count();
        if lines > LONGEST {
            problems.push(Problem {
                file: source.path.clone(),
                line: LONGEST + 1,
                what: format!("{lines} lines outside its tests; {LONGEST} is the most"),
                mend: "split it where a reader would begin a new chapter, and name the parts".to_owned(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, check};
    use crate::source::Source;

    fn count(path: &str, text: String) -> usize {
        let mut problems = Vec::new();
        check(&[Source { path: path.into(), text }], &mut problems);
        problems.len()
    }

    #[test]
    fn a_long_file_is_found_and_a_long_test_is_not() {
        let long = "\n".repeat(LONGEST + 1);
        assert_eq!(count("crates/a/src/lib.rs", long.clone()), 1);
        assert_eq!(count("crates/a/src/lib.rs", "\n".repeat(LONGEST)), 0);
        assert_eq!(count("crates/a/tests/it/main.rs", long.clone()), 0);
        assert_eq!(count("crates/a/src/plan/tests.rs", long.clone()), 0);
        assert_eq!(count("crates/a/src/lib.rs", format!("#[cfg(test)]\nmod tests {{\n{long}}}")), 0);
    }
}
