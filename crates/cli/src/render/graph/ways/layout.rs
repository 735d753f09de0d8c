//! Where each box lies: who begins at the left, each step to the right of the one before, and what comes of one place in
//! one piece beside it.

use super::order::Order;
use super::room::{letters, two_lines};
use super::words;
use service::{Arrow, Place, Ways};
use std::collections::BTreeMap;

/// The height of a box with one arrow, in pixels, and what each further arrow needs for its words.
const BOX: usize = 40;
const ROW: usize = 36;
/// Where an arrow passes a column, and below each box.
const LANE: usize = 4;
const GAP: usize = 16;
/// Left and right of everything.
const MARGIN: usize = 16;
/// Room in which arrows find their rows, before they have words.
const TURN: usize = 60;
const NARROWEST_PAGE: usize = 760;
const NARROWEST: usize = 130;
const WIDEST: usize = 260;
/// At most so many letters stand in a line at an arrow, in two lines.
pub(super) const LABEL: usize = 26;

/// A box with its place, in pixels from the top left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Spread {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// An arrow with its ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) from: (usize, usize),
    /// Columns that it passes, each from here as far as there; and at last where it has its words.
    pub(super) passes: Vec<((usize, usize), usize)>,
}

/// The whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// One for each box, in their order.
    pub(super) boxes: Vec<Spread>,
    /// One for each arrow, in their order.
    pub(super) lines: Vec<Line>,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// Lays the picture out below what is kept free at the top.
pub(super) fn layout(ways: &Ways, top: usize) -> Layout {
    let order = Order::of(ways);
    let mut spreads = vec![Spread::default(); order.columns.len()];
    let right = across(ways, &order, &mut spreads);
    let height = down(ways, &order, top, &mut spreads);
    let lines = lines(ways, &order, &spreads);
    spreads.truncate(ways.places.len());
    Layout { boxes: spreads, lines, width: (right + MARGIN).max(NARROWEST_PAGE), height }
}

/// As wide as its longer line. Names are set in letters of one width.
fn width(place: &Place) -> usize {
    let (name, remark) = (letters(&words::name(place)) * 8 + 26, letters(&words::remark(place)) * 7 + 26);
    name.max(remark).clamp(NARROWEST, WIDEST)
}

/// How much room the words of an arrow need.
fn words_of(arrow: &Arrow) -> usize {
    let (number, why) = words::label(arrow);
    let (first, second) = two_lines(&format!("{number} {why}"), LABEL);
    letters(&first).max(letters(&second)) * 7 + 16
}

/// Says how wide boxes are and where their columns begin, and where the last ends.
fn across(ways: &Ways, order: &Order, spreads: &mut [Spread]) -> usize {
    let columns = order.columns.iter().copied().max().map_or(0, |last| last + 1);
    let (mut room, mut widest) = (vec![0; columns], vec![NARROWEST; columns]);
    for arrow in &ways.arrows {
        if let Some(room) = room.get_mut(order.column(arrow.to)) {
            *room = words_of(arrow).max(*room);
        }
    }
    for (at, place) in ways.places.iter().enumerate() {
        if let Some(widest) = widest.get_mut(order.column(at)) {
            *widest = width(place).max(*widest);
        }
    }
    let mut left = MARGIN;
    let mut lefts = Vec::with_capacity(columns);
    for (column, (room, widest)) in room.iter().zip(&widest).enumerate() {
        left += if column > 0 { room + TURN } else { 0 };
        lefts.push((left, *widest));
        left += widest;
    }
    for (spread, column) in spreads.iter_mut().zip(&order.columns) {
        (spread.left, spread.width) = lefts.get(*column).copied().unwrap_or((MARGIN, NARROWEST));
    }
    left
}

/// Says how high boxes are and how far down, and where the last ends.
fn down(ways: &Ways, order: &Order, top: usize, spreads: &mut [Spread]) -> usize {
    let count = spreads.len();
    let mut arrows = vec![0_usize; count];
    for arrow in &ways.arrows {
        if let Some(slot) = arrows.get_mut(arrow.to) {
            *slot += 1;
        }
    }
    for (at, (slot, arrows)) in spreads.iter_mut().zip(&arrows).enumerate() {
        slot.height = if at < ways.places.len() { BOX.max(arrows * ROW) } else { LANE };
    }
    let mut by_column = order.met.clone();
    by_column.sort_by_key(|at| order.column(*at));
    let parent = |at: usize| order.parents.get(at).copied().flatten();
    // How much each needs together with what comes after it, and the part of it that this is.
    let (mut needs, mut after) = (vec![0_usize; count], vec![0_usize; count]);
    for at in by_column.iter().rev() {
        let own = spreads.get(*at).map_or(BOX, |spread| spread.height) + GAP;
        let need = own.max(after.get(*at).copied().unwrap_or_default());
        if let Some(slot) = needs.get_mut(*at) {
            *slot = need;
        }
        if let Some(slot) = parent(*at).and_then(|parent| after.get_mut(parent)) {
            *slot += need;
        }
    }
    let mut next = vec![0_usize; count];
    let mut bottom = top;
    for at in by_column {
        let need = needs.get(at).copied().unwrap_or_default();
        let free = match parent(at) {
            Some(parent) => next.get_mut(parent),
            None => Some(&mut bottom),
        };
        let Some(free) = free else { continue };
        let start = *free;
        *free += need;
        if let Some(slot) = next.get_mut(at) {
            *slot = start + need.saturating_sub(after.get(at).copied().unwrap_or_default()) / 2;
        }
        if let Some(slot) = spreads.get_mut(at) {
            slot.top = start + need.saturating_sub(slot.height + GAP) / 2;
        }
    }
    bottom
}

/// Arrows of one box end below each other, in the order of where they come from.
fn lines(ways: &Ways, order: &Order, spreads: &[Spread]) -> Vec<Line> {
    let spread = |at: usize| spreads.get(at).copied().unwrap_or_default();
    let middle = |at: usize| spread(at).top + spread(at).height / 2;
    let lanes = |number: usize| order.lanes.get(number).map_or(&[][..], Vec::as_slice);
    // From how far down each comes at last.
    let mut into: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for (number, arrow) in ways.arrows.iter().enumerate() {
        let last = lanes(number).last().copied().unwrap_or(arrow.from);
        into.entry(arrow.to).or_default().push((middle(last), number));
    }
    let mut lines = vec![Line::default(); ways.arrows.len()];
    for (to, mut into) in into {
        into.sort_unstable();
        let (end, count) = (spread(to), into.len());
        for (nth, (_, number)) in into.into_iter().enumerate() {
            let Some((arrow, slot)) = ways.arrows.get(number).zip(lines.get_mut(number)) else { continue };
            let passed = lanes(number).iter().map(|lane| {
                let Spread { left, width, .. } = spread(*lane);
                ((left, middle(*lane)), left + width)
            });
            let row = end.top + (2 * nth + 1) * end.height / (2 * count.max(1));
            let last = ((end.left.saturating_sub(words_of(arrow)), row), end.left);
            let start = spread(arrow.from);
            let from = (start.left + start.width, middle(arrow.from));
            *slot = Line { from, passes: passed.chain([last]).collect() };
        }
    }
    lines
}
