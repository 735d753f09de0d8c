//! Manual pages. A page is written once, as Markdown beside its rule: the documentation of the code includes it, and
//! so does `rolewright explain`. Whatever the page says of the rule (code, title, controls) is read from the page.

/// A manual page.
///
/// Its first line is `# CODE Title`, its headings are `## What`, `## Why`, `## Example`, `## Mending` and
/// `## Controls`, and under the last stands one line `- CONTROL: why` for each control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manual(&'static str);

impl Manual {
    /// The headings of a page, in order.
    pub const HEADINGS: [&'static str; 5] = ["What", "Why", "Example", "Mending", "Controls"];

    /// Takes the page's text.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self(text)
    }

    /// The whole page.
    #[must_use]
    pub const fn text(self) -> &'static str {
        self.0
    }

    /// The code in the first line, or nothing if that line is not as it should be.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.first_line().0
    }

    /// The title in the first line: what is wrong, as a sentence without a full stop.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.first_line().1
    }

    /// The text under a heading.
    #[must_use]
    pub fn section(self, heading: &str) -> Option<&'static str> {
        self.0.split("\n## ").skip(1).find_map(|part| {
            let (title, body) = part.split_once('\n')?;
            (title.trim() == heading).then(|| body.trim())
        })
    }

    /// The controls that the rule answers to, as their catalogues call them.
    #[must_use]
    pub fn controls(self) -> Vec<&'static str> {
        let list = self.section("Controls").unwrap_or_default();
        list.lines().filter_map(|line| line.strip_prefix("- ")?.split_once(": ")).map(|(id, _)| id).collect()
    }

    /// What a page lacks: its first line, headings, or controls. Nothing, if it is whole.
    #[must_use]
    pub fn missing(self) -> Vec<&'static str> {
        let mut missing: Vec<&'static str> = Self::HEADINGS
            .into_iter()
            .filter(|heading| self.section(heading).is_none_or(str::is_empty))
            .collect();
        if self.title().is_empty() {
            missing.push("first line");
        }
        if self.controls().is_empty() {
            missing.push("a control");
        }
        missing
    }

    fn first_line(self) -> (&'static str, &'static str) {
        let line = self.0.lines().next().unwrap_or_default();
        line.strip_prefix("# ").and_then(|line| line.split_once(' ')).unwrap_or_default()
    }
}
