//! Paint: colour where it can be seen, and never anything that steers the terminal.

use anstyle::{AnsiColor, Style};
use audit::Severity;
use model::Risk;
use std::borrow::Cow;

/// How text is painted: with colour, or as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paint {
    color: bool,
}

impl Paint {
    pub(crate) const fn new(color: bool) -> Self {
        Self { color }
    }

    pub(crate) const fn color(self) -> bool {
        self.color
    }

    /// Text from outside, without colour.
    pub(crate) fn plain(self, text: &str) -> Cow<'_, str> {
        printable(text)
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.style(Style::new().bold(), text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.style(Style::new().dimmed(), text)
    }

    pub(crate) fn code(self, text: &str) -> String {
        self.style(AnsiColor::Cyan.on_default(), text)
    }

    pub(crate) fn error(self, text: &str) -> String {
        self.style(AnsiColor::Red.on_default().bold(), text)
    }

    pub(crate) fn good(self, text: &str) -> String {
        self.style(AnsiColor::Green.on_default().bold(), text)
    }

    pub(crate) fn warning(self, text: &str) -> String {
        self.style(AnsiColor::Yellow.on_default().bold(), text)
    }

    /// A text in the colour of a severity.
    pub(crate) fn severity(self, severity: Severity, text: &str) -> String {
        let style = match severity {
            Severity::Critical => AnsiColor::Red.on_default().bold().invert(),
            Severity::High => AnsiColor::Red.on_default().bold(),
            Severity::Medium => AnsiColor::Yellow.on_default().bold(),
            Severity::Low => AnsiColor::Blue.on_default().bold(),
            Severity::Info => Style::new().bold(),
        };
        self.style(style, text)
    }

    /// A text in the colour of a risk.
    pub(crate) fn risk(self, risk: Risk, text: &str) -> String {
        let style = match risk {
            Risk::Routine => Style::new(),
            Risk::Widening => AnsiColor::Yellow.on_default(),
            Risk::Sensitive => AnsiColor::Magenta.on_default().bold(),
            Risk::Destructive => AnsiColor::Red.on_default().bold(),
        };
        self.style(style, text)
    }

    fn style(self, style: Style, text: &str) -> String {
        let text = printable(text);
        if self.color { format!("{style}{text}{style:#}") } else { text.into_owned() }
    }
}

/// Names come from databases and files, and a name may hold what clears a screen or turns text around. Such
/// characters are written out; line breaks and tabs stay.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let steers = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            // No XML document may have these.
            || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if steers(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(printable("\u{202e}etanimret"), "\\u{202e}etanimret");
        assert_eq!(printable("Ärger\n\tok"), "Ärger\n\tok");
        assert_eq!(Paint::new(false).bold("x\u{7}"), "x\\u{7}");
        assert_eq!(Paint::new(true).bold("x"), "\u{1b}[1mx\u{1b}[0m");
    }
}
