//! A picture for Mermaid, which many pages of repositories and wikis draw by themselves.

use super::label;
use crate::terminal::printable;
use service::{Node, Picture};

/// The picture as a flow chart of Mermaid.
pub(crate) fn graph_mermaid(picture: &Picture, title: &str) -> String {
    let mut chart = format!("---\ntitle: {}\n---\nflowchart LR\n", yaml(title));
    for (number, band) in label::bands(picture).iter().enumerate() {
        chart.push_str(&format!("  subgraph b{number}[\"{}\"]\n", text(&label::band(picture, band))));
        for (at, node) in picture.nodes.iter().enumerate().filter(|(_, node)| node.band == *band) {
            chart.push_str(&format!("    n{at}[\"{}\"]{}\n", told(node), class(node)));
        }
        chart.push_str("  end\n");
    }
    for edge in &picture.edges {
        let line = match (edge.inherits, edge.admin) {
            (true, false) => "-->",
            (true, true) => "==>",
            (false, _) => "-.->",
        };
        let count = if edge.count > 1 { format!("|{}|", edge.count) } else { String::new() };
        chart.push_str(&format!("  n{} {line}{count} n{}\n", edge.member, edge.role));
    }
    chart.push_str("  classDef superuser fill:#fecaca,stroke:#b91c1c,color:#111\n");
    chart.push_str("  classDef outside stroke-dasharray:4 3\n");
    chart
}

fn told(node: &Node) -> String {
    let remark = label::short(&label::remark(node), 48);
    let name = text(&label::name(node));
    if remark.is_empty() { name } else { format!("{name}<br/>{}", text(&remark)) }
}

fn class(node: &Node) -> &'static str {
    match (node.above, node.known) {
        (true, _) => ":::superuser",
        (false, false) => ":::outside",
        (false, true) => "",
    }
}

/// A text in a quoted label. Whatever is more than a letter, a digit or plain punctuation is written as its number, so
/// that nothing in a name is taken for Mermaid or for HTML.
pub(super) fn text(text: &str) -> String {
    let mut safe = String::new();
    for c in printable(text).chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | ',' | ':' | '@' | '/' | '…' | '·') {
            safe.push(c);
        } else {
            safe.push_str(&format!("#{};", u32::from(c)));
        }
    }
    safe
}

pub(super) fn yaml(text: &str) -> String {
    format!("\"{}\"", printable(text).replace('\\', "\\\\").replace('"', "\\\""))
}
