//! A picture for Graphviz: a cluster for each boundary, and in it one for each team.

use super::label;
use crate::terminal::printable;
use service::{Band, Node, Picture, Team};
use std::collections::BTreeMap;

/// The picture as a DOT file.
pub(crate) fn graph_dot(picture: &Picture, title: &str) -> String {
    let mut dot = format!(
        "digraph roles {{\n  label={};\n  labelloc=t;\n  rankdir=LR;\n  fontname=\"sans-serif\";\n  \
         node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\"];\n  \
         edge [color=\"#64748b\"];\n",
        quoted(title)
    );
    for (number, band) in label::bands(picture).iter().enumerate() {
        dot.push_str(&format!(
            "  subgraph cluster_{number} {{\n    label={};\n    style=\"rounded,filled\";\n    fillcolor=\"#f1f5f9\";\n",
            quoted(&label::band(picture, band))
        ));
        dot.push_str(&of_band(picture, band, number));
        dot.push_str("  }\n");
    }
    for edge in &picture.edges {
        let mut told = Vec::new();
        if !edge.inherits {
            told.push("style=dashed".to_owned());
        }
        if edge.admin {
            told.push("color=\"#b91c1c\"".to_owned());
        }
        if edge.count > 1 {
            told.push(format!("label=\"{}\"", edge.count));
        }
        let told = if told.is_empty() { String::new() } else { format!(" [{}]", told.join(", ")) };
        dot.push_str(&format!("  n{} -> n{}{told};\n", edge.member, edge.role));
    }
    dot.push_str("}\n");
    dot
}

fn of_band(picture: &Picture, band: &Band, number: usize) -> String {
    let mut teams: BTreeMap<Option<&Team>, Vec<(usize, &Node)>> = BTreeMap::new();
    for (at, node) in picture.nodes.iter().enumerate().filter(|(_, node)| node.band == *band) {
        teams.entry(node.team.as_ref()).or_default().push((at, node));
    }
    let mut dot = String::new();
    for (place, (team, nodes)) in teams.into_iter().enumerate() {
        let name = match team {
            Some(Team::Owner(name)) => Some(name.clone()),
            Some(Team::Prefix(prefix)) => Some(format!("{prefix}…")),
            None => None,
        };
        // A team of one is told in the box.
        let framed = name.filter(|_| nodes.len() > 1);
        if let Some(name) = &framed {
            dot.push_str(&format!(
                "    subgraph cluster_{number}_{place} {{\n    label={};\n    fillcolor=\"#e2e8f0\";\n",
                quoted(name)
            ));
        }
        for (at, node) in nodes {
            dot.push_str(&format!("    n{at} [label={}{}];\n", quoted(&told(node)), looks(node)));
        }
        if framed.is_some() {
            dot.push_str("    }\n");
        }
    }
    dot
}

fn told(node: &Node) -> String {
    let remark = label::short(&label::remark(node), 48);
    if remark.is_empty() { label::name(node) } else { format!("{}\n{remark}", label::name(node)) }
}

fn looks(node: &Node) -> String {
    let fill = if node.above { ", fillcolor=\"#fecaca\"" } else { "" };
    let line = if node.known { "" } else { ", style=\"rounded,filled,dashed\"" };
    format!(", tooltip={}{fill}{line}", quoted(&label::hint(node)))
}

/// A quoted string, in which a quote and a backslash are escaped, and what would begin an entity of HTML; a line break is
/// written `\n`, which centres the line.
pub(super) fn quoted(text: &str) -> String {
    let lines = text.lines().map(printable).collect::<Vec<_>>();
    let escaped =
        lines.iter().map(|line| line.replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;"));
    format!("\"{}\"", escaped.collect::<Vec<_>>().join("\\n"))
}
