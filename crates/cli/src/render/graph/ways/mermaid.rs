//! Ways up for Mermaid, which many pages of repositories and wikis draw by themselves.

use super::{WaysDrawn, words};
use crate::render::graph::label::short;
use crate::render::graph::mermaid::{text, yaml};
use service::Place;
use std::collections::BTreeMap;

/// How much of a name and of a reason is shown.
const NAME: usize = 60;

/// The picture as a flow chart of Mermaid.
pub(crate) fn ways_mermaid(drawn: &WaysDrawn) -> String {
    let title = [std::slice::from_ref(&drawn.title), drawn.told.as_slice()].concat().join("; ");
    let mut chart = format!("---\ntitle: {}\n---\nflowchart LR\n", yaml(&title));
    for (at, place) in drawn.ways.places.iter().enumerate() {
        chart.push_str(&format!("  n{at}[\"{}\"]{}\n", told(place), class(place)));
    }
    // Links are numbered in the order in which they stand.
    let mut styles: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut links = 0;
    let mut style = |style: &'static str| {
        styles.entry(style).or_default().push(links.to_string());
        links += 1;
    };
    for arrow in &drawn.ways.arrows {
        let (number, why) = words::label(arrow);
        let label = text(&short(&format!("{number} {why}"), NAME));
        chart.push_str(&format!("  n{} -->|\"{label}\"| n{}\n", arrow.from, arrow.to));
        style(words::style(&arrow.certainty));
    }
    for (name, told) in words::CERTAINTIES {
        chart.push_str(&format!("  {name}1(( )) -->|\"{}\"| {name}2(( ))\n", text(told)));
        style(name);
    }
    for (name, looks) in [
        ("victim", "stroke:#b45309,stroke-dasharray:8 5"),
        ("unknown", "stroke:#7c3aed,stroke-width:3px,stroke-dasharray:1 5"),
    ] {
        if let Some(numbers) = styles.get(name) {
            chart.push_str(&format!("  linkStyle {} {looks}\n", numbers.join(",")));
        }
    }
    chart.push_str("  classDef begins fill:#dbeafe,stroke:#2563eb,color:#111\n");
    chart.push_str("  classDef object stroke-dasharray:1 3\n");
    chart.push_str("  classDef goal fill:#fecaca,stroke:#b91c1c,color:#111\n");
    chart
}

fn told(place: &Place) -> String {
    let (name, remark) = (short(&words::name(place), NAME), short(&words::remark(place), NAME));
    if remark.is_empty() { text(&name) } else { format!("{}<br/>{}", text(&name), text(&remark)) }
}

fn class(place: &Place) -> &'static str {
    match words::class(place) {
        "begins" => ":::begins",
        "goal" => ":::goal",
        "object" => ":::object",
        _ => "",
    }
}
