//! Where each box lies: accounts at the left, seniors left of what they hold, boundaries one above the other.

use super::label;
use service::{Band, Picture};
use std::collections::BTreeMap;

/// The height of a box, in pixels; the gaps between boxes, and around a band.
pub(super) const BOX: usize = 38;
const GAP: usize = 10;
const PADDING: usize = 16;
/// Room for a band's heading.
const HEADING: usize = 26;
/// Room for lines between two columns.
const BETWEEN: usize = 90;
/// A column of one band that is longer than this goes on beside itself.
const LONGEST: usize = 16;
/// Left and right of everything.
const MARGIN: usize = 8;
const NARROWEST_PAGE: usize = 760;
const WIDEST: usize = 250;
const NARROWEST: usize = 120;
/// Deeper hierarchies share the last column.
const MOST_COLUMNS: usize = 12;
/// How often boxes are moved towards those that they are connected with.
const ROUNDS: usize = 6;

/// A box with its place, in pixels from the top left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
}

/// A band with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Strip {
    pub(super) band: Band,
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// The whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// One for each box, in their order.
    pub(super) places: Vec<Place>,
    pub(super) strips: Vec<Strip>,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// Lays the picture out below what is kept free at the top.
pub(super) fn layout(picture: &Picture, top: usize) -> Layout {
    let bands = label::bands(picture);
    let columns = columns(picture);
    // The boxes of each band and column, from the top.
    let mut cells: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (at, node) in picture.nodes.iter().enumerate() {
        let band = bands.iter().position(|band| *band == node.band).unwrap_or_default();
        cells.entry((band, columns.get(at).copied().unwrap_or_default())).or_default().push(at);
    }
    order(picture, &mut cells);
    place(picture, bands, &cells, top)
}

/// The column of each box: one to the right of whoever holds it, accounts at the very left.
fn columns(picture: &Picture) -> Vec<usize> {
    let accounts = |at: usize| picture.nodes.get(at).is_some_and(|node| node.band == Band::Accounts);
    let mut columns: Vec<usize> = (0..picture.nodes.len()).map(|at| usize::from(!accounts(at))).collect();
    // Folded boxes can hold each other; so many rounds are enough wherever they do not.
    for _ in 0..picture.nodes.len().min(MOST_COLUMNS) {
        let mut moved = false;
        for edge in &picture.edges {
            let (Some(member), Some(role)) =
                (columns.get(edge.member).copied(), columns.get(edge.role).copied())
            else {
                continue;
            };
            let back =
                picture.edges.iter().any(|other| other.member == edge.role && other.role == edge.member);
            if role <= member
                && !back
                && member < MOST_COLUMNS
                && let Some(slot) = columns.get_mut(edge.role)
            {
                *slot = member + 1;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    columns
}

/// Puts boxes near those that they are connected with, within their cells; a team stays together.
fn order(picture: &Picture, cells: &mut BTreeMap<(usize, usize), Vec<usize>>) {
    for cell in cells.values_mut() {
        cell.sort_by_key(|at| picture.nodes.get(*at).map(|node| (node.team.clone(), node.names.clone())));
    }
    for _ in 0..ROUNDS {
        // How far down each box is, over all bands.
        let mut height = vec![0.0_f64; picture.nodes.len()];
        let mut down: BTreeMap<usize, f64> = BTreeMap::new();
        for ((_, column), cell) in cells.iter() {
            let next = down.entry(*column).or_default();
            for at in cell {
                if let Some(slot) = height.get_mut(*at) {
                    *slot = *next;
                }
                *next += 1.0;
            }
        }
        let pull = |at: usize| {
            let near = picture.edges.iter().filter_map(|edge| match at {
                at if at == edge.member => height.get(edge.role),
                at if at == edge.role => height.get(edge.member),
                _ => None,
            });
            let (sum, count) = near.fold((0.0, 0.0), |(sum, count), next| (sum + next, count + 1.0));
            if count > 0.0 { sum / count } else { height.get(at).copied().unwrap_or_default() }
        };
        for cell in cells.values_mut() {
            let mut teams: BTreeMap<_, (f64, f64)> = BTreeMap::new();
            let pulls: BTreeMap<usize, f64> = cell.iter().map(|at| (*at, pull(*at))).collect();
            let team = |at: &usize| picture.nodes.get(*at).and_then(|node| node.team.clone());
            for at in cell.iter() {
                let (sum, count) = teams.entry(team(at)).or_default();
                *sum += pulls.get(at).copied().unwrap_or_default();
                *count += 1.0;
            }
            let key = |at: &usize| {
                let (sum, count) = teams.get(&team(at)).copied().unwrap_or((0.0, 1.0));
                (sum / count, pulls.get(at).copied().unwrap_or_default())
            };
            cell.sort_by(|a, b| {
                let (one, other) = (key(a), key(b));
                one.0.total_cmp(&other.0).then(team(a).cmp(&team(b))).then(one.1.total_cmp(&other.1))
            });
        }
    }
}

fn place(
    picture: &Picture,
    bands: Vec<Band>,
    cells: &BTreeMap<(usize, usize), Vec<usize>>,
    top: usize,
) -> Layout {
    let mut layout = Layout { places: vec![Place::default(); picture.nodes.len()], ..Layout::default() };
    let accounts: Vec<usize> = bands
        .iter()
        .position(|band| *band == Band::Accounts)
        .and_then(|band| cells.get(&(band, 0)).cloned())
        .unwrap_or_default();
    let widest = widest(picture, &accounts);
    let tall = cells.values().map(Vec::len).max().unwrap_or(1).min(LONGEST) * bands.len().min(3);
    let beside = accounts.len().div_ceil(tall.max(LONGEST)).max(1);
    let aside = if accounts.is_empty() { 0 } else { (widest + GAP) * beside + 2 * PADDING };
    let left = if accounts.is_empty() { MARGIN } else { MARGIN + aside + BETWEEN };
    boundaries(picture, &bands, cells, (left, top), &mut layout);
    if !accounts.is_empty() {
        let spread = Spread { widest, beside, top, bottom: layout.height.saturating_sub(2 * GAP) };
        let bottom = spread.place(picture, &accounts, &mut layout);
        layout.height = layout.height.max(bottom + PADDING + GAP);
        let height = layout.height - GAP - top;
        layout.strips.push(Strip { band: Band::Accounts, left: MARGIN, top, width: aside, height });
        layout.width = layout.width.max(left);
    }
    layout.width = layout.width.max(NARROWEST_PAGE);
    layout
}

/// Lays out everything but the accounts: a band for each boundary, one above the other.
fn boundaries(
    picture: &Picture,
    bands: &[Band],
    cells: &BTreeMap<(usize, usize), Vec<usize>>,
    (left, top): (usize, usize),
    layout: &mut Layout,
) {
    let accounts = |band: usize| bands.get(band) == Some(&Band::Accounts);
    let cells = || cells.iter().filter(|((band, _), _)| !accounts(*band));
    // Each column is as wide as its widest box, times as often as its longest cell goes on beside itself.
    let mut columns: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for ((_, column), cell) in cells() {
        let (width, times) = columns.entry(*column).or_default();
        *width = (*width).max(widest(picture, cell));
        *times = (*times).max(cell.len().div_ceil(LONGEST));
    }
    let mut lefts: BTreeMap<usize, usize> = BTreeMap::new();
    let mut right = left + PADDING;
    for (column, (width, times)) in &columns {
        lefts.insert(*column, right);
        right += (width + GAP) * times + BETWEEN;
    }
    let right = if columns.is_empty() { left } else { right - BETWEEN + PADDING };
    layout.width = (right + MARGIN).max(NARROWEST_PAGE);
    let mut next = top;
    for (number, band) in bands.iter().enumerate().filter(|(number, _)| !accounts(*number)) {
        let mut tallest = 1;
        for ((_, column), cell) in cells().filter(|((band, _), _)| *band == number) {
            let width = columns.get(column).map_or(NARROWEST, |(width, _)| *width);
            let left = lefts.get(column).copied().unwrap_or_default();
            let rows = cell.len().div_ceil(cell.len().div_ceil(LONGEST).max(1)).max(1);
            tallest = tallest.max(rows);
            for (place, at) in cell.iter().enumerate() {
                let (beside, down) = (place / rows, place % rows);
                if let Some(slot) = layout.places.get_mut(*at) {
                    let top = next + HEADING + down * (BOX + GAP);
                    *slot = Place { left: left + beside * (width + GAP), top, width };
                }
            }
        }
        let height = HEADING + tallest * (BOX + GAP) + PADDING - GAP;
        let width = layout.width - MARGIN - left;
        layout.strips.push(Strip { band: band.clone(), left, top: next, width, height });
        next += height + GAP;
    }
    layout.height = next;
}

/// The accounts, left of everything: each as near to what it holds as the others let it be.
struct Spread {
    widest: usize,
    beside: usize,
    top: usize,
    bottom: usize,
}

impl Spread {
    /// Places them and says where they end.
    fn place(&self, picture: &Picture, accounts: &[usize], layout: &mut Layout) -> usize {
        let wanted = |at: usize| {
            let held = picture.edges.iter().filter(|edge| edge.member == at);
            let tops: Vec<usize> =
                held.filter_map(|edge| layout.places.get(edge.role)).map(|place| place.top).collect();
            tops.iter().sum::<usize>().checked_div(tops.len()).unwrap_or(usize::MAX)
        };
        let mut order: Vec<(usize, usize)> = accounts.iter().map(|at| (wanted(*at), *at)).collect();
        order.sort_by_key(|(wanted, at)| (*wanted, picture.nodes.get(*at).map(|node| node.names.clone())));
        let rows: Vec<&[(usize, usize)]> = order.chunks(self.beside).collect();
        let (first, step) = (self.top + HEADING, BOX + GAP);
        let mut tops: Vec<usize> = Vec::with_capacity(rows.len());
        for (number, row) in rows.iter().enumerate() {
            // Whoever comes after must find room as well.
            let after = (rows.len() - number) * step;
            let latest = self.bottom.saturating_sub(after).max(first + number * step);
            let wanted = row.first().map_or(first, |(wanted, _)| *wanted);
            let free = tops.last().map_or(first, |top| top + step);
            tops.push(wanted.min(latest).max(free));
        }
        for (row, top) in rows.iter().zip(&tops) {
            for (column, (_, at)) in row.iter().enumerate() {
                if let Some(slot) = layout.places.get_mut(*at) {
                    let left = MARGIN + PADDING + column * (self.widest + GAP);
                    *slot = Place { left, top: *top, width: self.widest };
                }
            }
        }
        tops.last().map_or(first, |top| top + BOX)
    }
}

fn widest(picture: &Picture, cell: &[usize]) -> usize {
    cell.iter().filter_map(|at| picture.nodes.get(*at)).map(width).max().unwrap_or(NARROWEST)
}

/// As wide as its longer line. Names are set in letters of one width.
fn width(node: &service::Node) -> usize {
    let name = label::name(node).chars().count() * 8 + 30;
    let remark = label::remark(node).chars().count() * 7 + 26;
    name.max(remark).clamp(NARROWEST, WIDEST)
}

/// How many letters of a box's two lines there is room for.
pub(super) const fn room(width: usize) -> (usize, usize) {
    ((width - 26) / 8, (width - 22) / 7)
}
