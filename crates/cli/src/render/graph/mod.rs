//! A picture of roles, in the forms in which pictures are kept.

mod dot;
mod label;
mod layout;
mod mermaid;
mod svg;

pub(crate) use dot::graph_dot;
pub(crate) use mermaid::graph_mermaid;
pub(crate) use svg::graph_svg;
