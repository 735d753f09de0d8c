//! Breaking lines between words, so that text is readable at 80 columns.

/// How wide text may be.
const WIDTH: usize = 80;

/// Breaks a text into lines: the first begins with `first`, the others with `rest`. A word that is longer than a line
/// stays whole, because it may be something to copy.
pub(crate) fn wrapped(first: &str, rest: &str, text: &str) -> String {
    let mut lines = String::new();
    let mut line = first.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push_str(line.trim_end());
            lines.push('\n');
            line = rest.to_owned();
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    lines.push_str(line.trim_end());
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn no_line_is_wider_than_it_may_be_unless_one_word_is() {
        let long = "x".repeat(100);
        let text = wrapped("- ", "  ", &format!("{} {long} end", "word ".repeat(30)));
        let wide: Vec<&str> = text.lines().filter(|line| line.len() > 80).collect();
        assert_eq!(wide, [format!("  {long}")]);
        assert!(text.starts_with("- word word") && text.ends_with("  end\n"));
    }
}
