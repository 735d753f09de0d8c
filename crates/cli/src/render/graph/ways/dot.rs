//! Ways up for Graphviz.

use super::{WaysDrawn, words};
use crate::render::graph::dot::quoted;
use crate::render::graph::label::short;
use service::Place;

/// How much of a name and of a reason is shown.
const NAME: usize = 60;

/// The picture as a DOT file.
pub(crate) fn ways_dot(drawn: &WaysDrawn) -> String {
    let told = [std::slice::from_ref(&drawn.title), drawn.told.as_slice()].concat().join("\n");
    let mut dot = format!(
        "digraph ways {{\n  label={};\n  labelloc=t;\n  rankdir=LR;\n  fontname=\"sans-serif\";\n  \
         node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\"];\n  \
         edge [fontname=\"sans-serif\", fontsize=10];\n",
        quoted(&told)
    );
    for (at, place) in drawn.ways.places.iter().enumerate() {
        dot.push_str(&format!(
            "  n{at} [label={}, tooltip={}{}];\n",
            quoted(&format!("{}\n{}", short(&words::name(place), NAME), short(&words::remark(place), NAME))),
            quoted(&words::hint(place)),
            looks(place)
        ));
    }
    for arrow in &drawn.ways.arrows {
        let (number, why) = words::label(arrow);
        let hint = quoted(&words::arrow_hint(drawn, arrow));
        dot.push_str(&format!(
            "  n{} -> n{} [label={}, tooltip={hint}, labeltooltip={hint}, {}];\n",
            arrow.from,
            arrow.to,
            quoted(&short(&format!("{number} {why}"), NAME)),
            line(words::style(&arrow.certainty))
        ));
    }
    dot.push_str(
        "  subgraph cluster_legend {\n    label=\"\";\n    color=\"#cbd5e1\";\n    node [shape=point];\n",
    );
    for (style, told) in words::CERTAINTIES {
        dot.push_str(&format!("    {style}_from -> {style}_to [label={}, {}];\n", quoted(told), line(style)));
    }
    dot.push_str("  }\n}\n");
    dot
}

fn looks(place: &Place) -> &'static str {
    match words::class(place) {
        "begins" => ", fillcolor=\"#dbeafe\"",
        "goal" => ", fillcolor=\"#fee2e2\"",
        "object" => ", fillcolor=\"#f1f5f9\", style=filled",
        _ => "",
    }
}

fn line(style: &str) -> &'static str {
    match style {
        "victim" => "style=dashed, color=\"#b45309\"",
        "unknown" => "style=dotted, color=\"#7c3aed\"",
        _ => "style=solid, color=\"#334155\"",
    }
}
