//! A picture as one SVG file, which needs nothing from elsewhere and runs nothing. Who points at a box sees its
//! lines and the whole of what is said about it.

use super::label;
use super::layout::{BOX, Layout, Place, layout, room};
use crate::render::counted;
use crate::render::html::escaped;
use service::{Edge, Node, Picture, Team, What};
use std::collections::BTreeSet;

const STYLE: &str = include_str!("graph.css");

/// Room for the title; and for the legend.
const TITLE: usize = 64;
const LEGEND: usize = 56;

/// Colours that tell teams apart, again from the start where there are more.
const COLORS: [&str; 10] = [
    "#2563eb", "#d97706", "#059669", "#db2777", "#7c3aed", "#0891b2", "#65a30d", "#c2410c", "#4f46e5",
    "#a16207",
];

/// The picture as an SVG file.
pub(crate) fn graph_svg(picture: &Picture, title: &str) -> String {
    let layout = layout(picture, TITLE);
    let (width, height) = (layout.width, layout.height + LEGEND);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"title\">\n\
         <title id=\"title\">{}</title>\n<style>\n{STYLE}{}</style>\n\
         <rect class=\"page\" width=\"{width}\" height=\"{height}\"/>\n\
         <text class=\"title\" x=\"16\" y=\"30\">{}</text>\n\
         <text class=\"subtitle\" x=\"16\" y=\"50\">{}</text>\n",
        escaped(title),
        pointed(picture),
        escaped(title),
        escaped(&subtitle(picture))
    );
    for strip in &layout.strips {
        svg.push_str(&format!(
            "<rect class=\"band\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n\
             <text class=\"heading\" x=\"{}\" y=\"{}\">{}</text>\n",
            strip.left,
            strip.top,
            strip.width,
            strip.height,
            strip.left + 14,
            strip.top + 18,
            escaped(&label::band(picture, &strip.band))
        ));
    }
    for (number, edge) in picture.edges.iter().enumerate() {
        svg.push_str(&line(&layout, number, edge));
    }
    let teams = teams(picture);
    for (at, node) in picture.nodes.iter().enumerate() {
        let place = layout.places.get(at).copied().unwrap_or_default();
        svg.push_str(&shape(at, node, place, &teams));
    }
    svg.push_str(&legend(layout.height));
    svg.push_str("</svg>\n");
    svg
}

fn subtitle(picture: &Picture) -> String {
    let (roles, accounts) = picture.counts();
    let told = format!("{}, {}", counted(roles, "role"), counted(accounts, "account"));
    let boxes = picture.nodes.len();
    if boxes < roles + accounts {
        format!("{told}, in {boxes} boxes: those that are alike share one")
    } else {
        told
    }
}

/// The teams that have a colour: owners that somebody has named.
fn teams(picture: &Picture) -> Vec<&Team> {
    let teams: BTreeSet<&Team> = picture.nodes.iter().filter_map(|node| node.team.as_ref()).collect();
    teams.into_iter().collect()
}

/// Who points at a box sees its lines before all others.
fn pointed(picture: &Picture) -> String {
    let mut css = String::new();
    for at in 0..picture.nodes.len() {
        let touched = picture.edges.iter().any(|edge| edge.member == at || edge.role == at);
        if touched {
            css.push_str(&format!(
                "svg:has(#n{at}:hover) .f{at},svg:has(#n{at}:hover) .t{at}{{stroke:var(--near);opacity:1}}\n"
            ));
        }
    }
    css
}

fn line(layout: &Layout, number: usize, edge: &Edge) -> String {
    let place = |at: usize| layout.places.get(at).copied().unwrap_or_default();
    let (from, to) = (place(edge.member), place(edge.role));
    let (x1, y1) = (from.left + from.width, from.top + BOX / 2);
    let y2 = to.top + BOX / 2;
    let ahead = to.left > x1;
    let (x2, bend) = if ahead { (to.left, (to.left - x1) / 2) } else { (to.left + to.width, 60) };
    let last = if ahead { x2 - bend } else { x2 + bend };
    let mut classes = format!("line f{} t{}", edge.member, edge.role);
    if !edge.inherits {
        classes.push_str(" becomes");
    }
    if edge.admin {
        classes.push_str(" admin");
    }
    let count = if edge.count > 1 { format!(" ({} memberships)", edge.count) } else { String::new() };
    let how = match (edge.inherits, edge.admin) {
        (true, false) => "inherits",
        (true, true) => "inherits and may hand on",
        (false, false) => "may become",
        (false, true) => "may hand on",
    };
    format!(
        "<path id=\"e{number}\" class=\"{classes}\" d=\"M{x1} {y1}C{} {y1} {last} {y2} {x2} {y2}\"><title>{how}{count}</title></path>\n",
        x1 + bend
    )
}

fn shape(at: usize, node: &Node, place: Place, teams: &[&Team]) -> String {
    let Place { left, top, width } = place;
    let mut classes = "box".to_owned();
    for (is, class) in [
        (node.above, " above"),
        (!node.known, " outside"),
        (node.deprecated, " deprecated"),
        (node.what != What::Role, " account"),
        (node.names.len() > 1, " several"),
    ] {
        if is {
            classes.push_str(class);
        }
    }
    let color = node.team.as_ref().and_then(|team| teams.iter().position(|known| *known == team));
    let stripe = color.map(|at| {
        let color = COLORS.get(at % COLORS.len()).copied().unwrap_or("#64748b");
        format!("<rect x=\"{left}\" y=\"{top}\" width=\"5\" height=\"{BOX}\" rx=\"2\" fill=\"{color}\"/>")
    });
    let (letters, small) = room(width);
    let remark = label::remark(node);
    let middle = if remark.is_empty() { 24 } else { 17 };
    let behind = (node.names.len() > 1).then(|| {
        format!(
            "<rect class=\"{classes}\" x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{BOX}\" rx=\"6\"/>",
            left + 3,
            top + 3
        )
    });
    format!(
        "<g id=\"n{at}\"><title>{}</title>{}<rect class=\"{classes}\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{BOX}\" rx=\"6\"/>{}\
         <text class=\"name\" x=\"{}\" y=\"{}\">{}</text><text class=\"remark\" x=\"{}\" y=\"{}\">{}</text></g>\n",
        escaped(&label::hint(node)),
        behind.unwrap_or_default(),
        stripe.unwrap_or_default(),
        left + 13,
        top + middle,
        escaped(&label::short(&label::name(node), letters)),
        left + 13,
        top + 31,
        escaped(&label::short(&remark, small))
    )
}

fn legend(top: usize) -> String {
    let y = top + 24;
    let mut x = 20;
    let mut legend = String::new();
    for (class, text) in [
        ("line", "has the role's privileges without doing anything"),
        ("line becomes", "has to become the role first"),
        ("line admin", "may hand the role on"),
    ] {
        legend.push_str(&format!(
            "<path class=\"{class}\" d=\"M{x} {y}h36\"/><text class=\"remark\" x=\"{}\" y=\"{}\">{text}</text>\n",
            x + 44,
            y + 4
        ));
        x += 60 + text.chars().count() * 6;
    }
    legend
}
