//! A picture of ways up, in the forms in which pictures are kept.

mod dot;
mod layout;
mod mermaid;
mod order;
mod room;
mod svg;
mod words;

pub(crate) use dot::ways_dot;
pub(crate) use mermaid::ways_mermaid;
pub(crate) use svg::ways_svg;

use service::Ways;

/// A picture with what stands above it.
#[derive(Debug)]
pub(crate) struct WaysDrawn {
    /// The picture.
    pub(crate) ways: Ways,
    /// What it is a picture of.
    pub(crate) title: String,
    /// Who is asked about, where, and the answer; one line each.
    pub(crate) told: Vec<String>,
    /// Several databases were looked at: steps say where they are taken.
    pub(crate) several: bool,
}
