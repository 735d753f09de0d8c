//! As much of a long output as a tour has room for.

use crate::render::counted;
use crate::terminal::Paint;

/// Output up to this many lines is shown whole, whatever a step asks for.
const SHORT: usize = 24;

/// Which lines of a long output are shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    /// How many from the beginning.
    pub(super) first: usize,
    /// The first line that holds the text, with so many lines before and after it.
    pub(super) around: Option<(&'static str, usize, usize)>,
    /// How many from the end.
    pub(super) last: usize,
}

impl Shown {
    /// Every line.
    pub(super) const WHOLE: Shown = Shown { first: usize::MAX, around: None, last: 0 };
}

/// The text, or the lines of it that are to be shown with the number of those left out between them. Always ends a line.
pub(super) fn excerpt(text: &str, shown: Shown, paint: Paint) -> String {
    let lines = text.trim_matches('\n').lines().collect::<Vec<_>>();
    let end = lines.len().saturating_sub(shown.last);
    let around = shown.around.and_then(|(text, before, after)| {
        let found = lines.iter().position(|line| line.contains(text))?;
        Some(found.saturating_sub(before)..=found + after)
    });
    let chosen = |at: usize| {
        let near = around.as_ref().is_some_and(|range| range.contains(&at));
        lines.len() <= SHORT || at < shown.first || at >= end || near
    };
    let mut text = String::new();
    let mut out = 0;
    for (at, line) in lines.iter().enumerate() {
        if !chosen(at) {
            out += 1;
            if !chosen(at + 1) {
                continue;
            }
            text.push_str(&paint.dim(&format!("… {} left out …", counted(out, "line"))));
            text.push('\n');
            out = 0;
        } else {
            text.extend([paint.plain(line).as_ref(), "\n"]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(count: usize) -> String {
        (1..=count).map(|number| format!("line {number}\n")).collect()
    }

    #[test]
    fn a_short_output_is_whole_and_a_long_one_says_what_is_left_out() {
        let plain = Paint::new(false);
        let shown = Shown { first: 2, around: None, last: 1 };
        assert_eq!(excerpt(&numbered(SHORT), shown, plain), numbered(SHORT));
        let ends = "line 1\nline 2\n… 27 lines left out …\nline 30\n";
        assert_eq!(excerpt(&numbered(30), shown, plain), ends);
        assert_eq!(excerpt(&numbered(30), Shown { around: Some(("not there", 0, 0)), ..shown }, plain), ends);
        let middle =
            "line 1\nline 2\n… 6 lines left out …\nline 9\nline 10\n… 19 lines left out …\nline 30\n";
        assert_eq!(excerpt(&numbered(30), Shown { around: Some(("line 10", 1, 0)), ..shown }, plain), middle);
        assert_eq!(excerpt(&numbered(30), Shown::WHOLE, plain), numbered(30));
        assert_eq!(excerpt("no newline", shown, plain), "no newline\n");
    }
}
