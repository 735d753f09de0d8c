//! Ways up as one SVG file, which needs nothing from elsewhere and runs nothing. Who points at an arrow sees its steps with
//! their statements.

use super::layout::{LABEL, Layout, Line, Spread, layout};
use super::room::{fitted, letters, two_lines};
use super::{WaysDrawn, words};
use crate::render::html::escaped;
use service::{Arrow, Place};

const STYLE: &str = include_str!("ways.css");

/// Room for the title and each line below it; for the legend; and for each line of the steps.
const TITLE: usize = 44;
const LINE: usize = 18;
const LEGEND: usize = 40;
/// As many steps are told below the picture. Of more, who points at their arrows reads them.
const TOLD: usize = 30;

/// The picture as an SVG file.
pub(crate) fn ways_svg(drawn: &WaysDrawn) -> String {
    let layout = layout(&drawn.ways, TITLE + drawn.told.len() * LINE + 10);
    let steps = steps(drawn, layout.width);
    let (width, height) = (layout.width, layout.height + LEGEND + steps.len() * LINE + 12);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"title\">\n\
         <title id=\"title\">{}</title>\n<style>\n{STYLE}</style>\n{}\
         <rect class=\"page\" width=\"{width}\" height=\"{height}\"/>\n",
        escaped(&drawn.title),
        heads()
    );
    svg.push_str(&above(drawn, width));
    for (arrow, line) in drawn.ways.arrows.iter().zip(&layout.lines) {
        svg.push_str(&arrow_of(drawn, arrow, line));
    }
    for (at, (place, spread)) in drawn.ways.places.iter().zip(&layout.boxes).enumerate() {
        svg.push_str(&box_of(at, place, *spread));
    }
    svg.push_str(&below(&layout, &steps));
    svg.push_str("</svg>\n");
    svg
}

/// The heads of arrows, one for each kind.
fn heads() -> String {
    let head = |(style, _): &(&str, &str)| {
        format!(
            "<marker id=\"{style}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"9\" markerHeight=\"9\" \
             markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"head-{style}\" d=\"M0 1L10 5L0 9z\"/></marker>"
        )
    };
    format!("<defs>{}</defs>\n", words::CERTAINTIES.iter().map(head).collect::<String>())
}

/// What stands above the picture.
fn above(drawn: &WaysDrawn, width: usize) -> String {
    let title = escaped(&fitted(&drawn.title, (width - 32) / 11));
    let mut text = format!("<text class=\"title\" x=\"16\" y=\"30\">{title}</text>\n");
    for (at, line) in drawn.told.iter().enumerate() {
        text.push_str(&format!(
            "<text class=\"subtitle\" x=\"16\" y=\"{}\">{}<title>{}</title></text>\n",
            TITLE + 6 + at * LINE,
            escaped(&fitted(line, (width - 32) / 8)),
            escaped(line)
        ));
    }
    text
}

fn arrow_of(drawn: &WaysDrawn, arrow: &Arrow, line: &Line) -> String {
    let style = words::style(&arrow.certainty);
    let path = path(line);
    let (x2, y2) = line.passes.last().map_or(line.from, |((_, row), end)| (*end, *row));
    let (number, why) = words::label(arrow);
    let (above, below) = two_lines(&format!("{number} {why}"), LABEL);
    // The numbers come first, and are bold.
    let above = match above.strip_prefix(&number) {
        Some(rest) => format!("<tspan class=\"number\">{}</tspan>{}", escaped(&number), escaped(rest)),
        None => escaped(&above),
    };
    let text = |y: usize, text: &str| {
        let x = x2.saturating_sub(13);
        format!("<text class=\"label\" text-anchor=\"end\" x=\"{x}\" y=\"{y}\">{text}</text>")
    };
    let below = if below.is_empty() { String::new() } else { text(y2 + 13, &escaped(&below)) };
    format!(
        "<g><title>{}</title><path class=\"hit\" d=\"{path}\"/><path class=\"line {style}\" marker-end=\"url(#{style})\" \
         d=\"{path}\"/>{}{below}</g>\n",
        escaped(&words::arrow_hint(drawn, arrow)),
        text(y2.saturating_sub(5), &above)
    )
}

/// Bends between columns, and is straight where it passes one and where it has its words.
fn path(line: &Line) -> String {
    let (mut x, mut y) = line.from;
    let mut path = format!("M{x} {y}");
    for ((left, row), right) in &line.passes {
        // Where it leads back, it goes around.
        let (first, then) = if *left > x {
            (x + (left - x) / 2, x + (left - x) / 2)
        } else {
            (x + 60, left.saturating_sub(60))
        };
        path.push_str(&format!("C{first} {y} {then} {row} {left} {row}H{right}"));
        (x, y) = (*right, *row);
    }
    path
}

/// How many letters of a box's two lines there is room for.
const fn room(width: usize) -> (usize, usize) {
    ((width - 24) / 8, (width - 24) / 7)
}

/// A box. Its text has a window of its own, out of which nothing gets however wide its letters are.
fn box_of(at: usize, place: &Place, spread: Spread) -> String {
    let Spread { left, top, width, height } = spread;
    let (long, small) = room(width);
    let remark = words::remark(place);
    let middle = height / 2;
    let name = if remark.is_empty() { middle + 5 } else { middle - 3 };
    let several = if place.spots.len() > 1 { " several" } else { "" };
    format!(
        "<g id=\"n{at}\"><title>{}</title><rect class=\"box {}{several}\" x=\"{left}\" y=\"{top}\" width=\"{width}\" \
         height=\"{height}\" rx=\"6\"/><svg x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\">\
         <text class=\"name\" x=\"12\" y=\"{name}\">{}</text><text class=\"remark\" x=\"12\" y=\"{}\">{}</text></svg></g>\n",
        escaped(&words::hint(place)),
        words::class(place),
        escaped(&fitted(&words::name(place), long)),
        middle + 12,
        escaped(&fitted(&remark, small))
    )
}

/// The legend, and the steps.
fn below(layout: &Layout, steps: &[(Option<usize>, String)]) -> String {
    let y = layout.height + 16;
    let mut x = 20;
    let mut text = String::new();
    for (style, told) in words::CERTAINTIES {
        text.push_str(&format!(
            "<path class=\"line {style}\" marker-end=\"url(#{style})\" d=\"M{x} {y}h40\"/>\
             <text class=\"remark\" x=\"{}\" y=\"{}\">{told}</text>\n",
            x + 48,
            y + 4
        ));
        x += 76 + told.chars().count() * 6;
    }
    for (at, (number, line)) in steps.iter().enumerate() {
        let y = layout.height + LEGEND + 12 + at * LINE;
        if let Some(number) = number {
            text.push_str(&format!("<text class=\"step number\" x=\"20\" y=\"{y}\">{number}</text>"));
        }
        text.push_str(&format!("<text class=\"step\" x=\"48\" y=\"{y}\">{}</text>\n", escaped(line)));
    }
    text
}

/// The steps line by line, as the page is wide; the first line of each has its number.
fn steps(drawn: &WaysDrawn, width: usize) -> Vec<(Option<usize>, String)> {
    let all = &drawn.ways.steps;
    if all.len() > TOLD {
        let told = format!("{} steps: point at an arrow to read its own", all.len());
        return vec![(None, told)];
    }
    let most = (width - 64) / 7;
    let mut lines = Vec::new();
    for (at, walked) in all.iter().enumerate() {
        let mut number = Some(at + 1);
        let mut line = String::new();
        for word in words::told(drawn, walked).split_whitespace() {
            if !line.is_empty() && letters(&line) + 1 + letters(word) > most {
                lines.push((number.take(), std::mem::take(&mut line)));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&fitted(word, most));
        }
        lines.push((number, line));
    }
    lines
}
