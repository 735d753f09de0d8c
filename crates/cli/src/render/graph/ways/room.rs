//! How much of a text there is room for.

/// The letters of a line, as wide as they may be: many scripts need twice the room of Latin.
pub(super) fn letters(text: &str) -> usize {
    text.chars().map(letter).sum()
}

/// The beginning of a text that has room in so many letters.
pub(super) fn fitted(text: &str, most: usize) -> String {
    let line = text.lines().next().unwrap_or_default();
    if letters(line) <= most {
        return line.to_owned();
    }
    let mut room = most.saturating_sub(1);
    let fits = |c: &char| {
        let wide = letter(*c);
        let fits = wide <= room;
        room = room.saturating_sub(wide);
        fits
    };
    line.chars().take_while(fits).chain(['…']).collect()
}

const fn letter(c: char) -> usize {
    if matches!(c, '\0'..'\u{1100}' | '\u{2000}'..'\u{2100}') { 1 } else { 2 }
}

/// A text in at most two lines.
pub(super) fn two_lines(text: &str, most: usize) -> (String, String) {
    if letters(text) <= most {
        return (text.to_owned(), String::new());
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let fits =
        |count: &usize| letters(&words.iter().take(*count).copied().collect::<Vec<_>>().join(" ")) <= most;
    match (1..words.len()).rev().find(fits) {
        Some(count) => {
            let (first, rest) = words.split_at(count);
            (first.join(" "), fitted(&rest.join(" "), most))
        }
        None => (fitted(text, most), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_never_needs_more_room_than_there_is() {
        for text in [
            "",
            "a",
            "short enough",
            "a word that is one too many",
            "averyveryverylongwordwithoutanyspace",
            "長い役割の名前ですから",
            "two\nlines",
        ] {
            for most in 3..30 {
                assert!(letters(&fitted(text, most)) <= most, "{text} {most}");
                let (first, second) = two_lines(text, most);
                assert!(letters(&first) <= most && letters(&second) <= most, "{text} {most}");
            }
        }
        assert_eq!(
            two_lines("runs text made of what its caller gives", 26),
            ("runs text made of what its".to_owned(), "caller gives".to_owned())
        );
    }
}
