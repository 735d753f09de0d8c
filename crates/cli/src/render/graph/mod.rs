//! A picture of roles or of ways up, in the forms in which pictures are kept.

mod dot;
mod label;
mod layout;
mod mermaid;
mod svg;
mod ways;

pub(crate) use dot::graph_dot;
pub(crate) use mermaid::graph_mermaid;
pub(crate) use svg::graph_svg;
pub(crate) use ways::{WaysDrawn, ways_dot, ways_mermaid, ways_svg};
