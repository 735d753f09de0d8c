//! The manual page of every code that a use case gives, written once as Markdown. Those of the model language are in
//! `manifest`.

macro_rules! pages {
    ($($code:literal),+ $(,)?) => {
        &[$(($code, include_str!(concat!("../codes/", $code, ".md")))),+]
    };
}

/// Every code of this crate with its manual page, in order.
pub const PAGES: &[(&str, &str)] =
    pages!["RW180", "RW181", "RW182", "RW183", "RW184", "RW185", "RW186", "RW187", "RW188"];

/// The manual page of a code about a model, of the language's or of what is judged on the whole model.
#[must_use]
pub fn explain(code: &str) -> Option<&'static str> {
    let own = PAGES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)).map(|(_, page)| *page);
    own.or_else(|| manifest::explain(code))
}
