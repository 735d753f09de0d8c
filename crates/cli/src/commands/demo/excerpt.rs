//! As much of a long output as a tour has room for.

use crate::render::counted;
use crate::terminal::Paint;

/// Output up to this many lines is shown whole, whatever a step asks for.
const SHORT: usize = 24;

/// How many lines of a long output are shown: from its beginning and from its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    pub(super) first: usize,
    pub(super) last: usize,
}

/// The text, or its first and last lines with the number of those left out between them. Always ends a line.
pub(super) fn excerpt(text: &str, shown: Shown, paint: Paint) -> String {
    let lines = text.trim_matches('\n').lines().collect::<Vec<_>>();
    let out = lines.len().saturating_sub(shown.first + shown.last);
    let mut chosen = String::new();
    let mut add = |lines: &mut dyn Iterator<Item = &&str>| {
        lines.for_each(|line| chosen.extend([paint.plain(line).as_ref(), "\n"]));
    };
    if lines.len() <= SHORT || out < 2 {
        add(&mut lines.iter());
        return chosen;
    }
    add(&mut lines.iter().take(shown.first));
    add(&mut std::iter::once(&paint.dim(&format!("… {} left out …", counted(out, "line"))).as_str()));
    add(&mut lines.iter().skip(shown.first + out));
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(count: usize) -> String {
        (1..=count).map(|number| format!("{number}\n")).collect()
    }

    #[test]
    fn a_short_output_is_whole_and_a_long_one_says_what_is_left_out() {
        let shown = Shown { first: 2, last: 1 };
        assert_eq!(excerpt(&numbered(SHORT), shown, Paint::new(false)), numbered(SHORT));
        assert_eq!(excerpt(&numbered(30), shown, Paint::new(false)), "1\n2\n… 27 lines left out …\n30\n");
        assert_eq!(excerpt("no newline", shown, Paint::new(false)), "no newline\n");
    }
}
