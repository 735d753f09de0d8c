//! What stands in a box, and what somebody reads who points at it.

use crate::render::counted;
use service::{Band, Node, Picture, Team, What};

/// The band's heading.
pub(super) fn band(picture: &Picture, band: &Band) -> String {
    match band {
        Band::Accounts => "logins and accounts".to_owned(),
        Band::Boundary(name) => name.clone(),
        Band::Nothing if picture.only_in.is_empty() => "nothing of their own".to_owned(),
        Band::Nothing => format!("nothing of their own in {}", picture.only_in.join(", ")),
        Band::Beyond => "beyond every boundary".to_owned(),
        Band::Engine => "of the engine".to_owned(),
    }
}

/// The bands that the picture has, from the top: accounts first, then the widest boundary.
pub(super) fn bands(picture: &Picture) -> Vec<Band> {
    let order = |band: &Band| match band {
        Band::Accounts => (0, 0),
        Band::Beyond => (1, 0),
        Band::Boundary(name) => {
            // The vocabulary begins with the narrowest.
            let at = picture.boundaries.iter().position(|known| known == name);
            (2, at.map_or(0, |at| picture.boundaries.len() - at))
        }
        Band::Nothing => (3, 0),
        Band::Engine => (4, 0),
    };
    let mut bands: Vec<Band> = picture.nodes.iter().map(|node| node.band.clone()).collect();
    bands.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.cmp(b)));
    bands.dedup();
    bands
}

/// The first line of a box.
pub(super) fn name(node: &Node) -> String {
    match node.names.as_slice() {
        [only] => only.clone(),
        several => {
            let what = match node.what {
                What::Login => "login",
                What::Account => "account",
                What::Role => "role",
            };
            counted(several.len(), what)
        }
    }
}

/// The second line: who answers for it, and what must be known at a glance.
pub(super) fn remark(node: &Node) -> String {
    let team = match &node.team {
        Some(Team::Owner(owner)) => Some(owner.clone()),
        Some(Team::Prefix(prefix)) if node.names.len() > 1 => Some(format!("{prefix}…")),
        Some(Team::Prefix(_)) | None => None,
    };
    let several = (node.names.len() > 1 && team.is_none()).then(|| node.names.join(", "));
    let told = [
        node.above.then(|| "superuser".to_owned()),
        (!node.known).then(|| "not in the model".to_owned()),
        node.deprecated.then(|| "deprecated".to_owned()),
        (node.what == What::Login && node.band != Band::Accounts).then(|| "can log in".to_owned()),
        team,
        several,
    ];
    told.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What somebody reads who points at the box.
pub(super) fn hint(node: &Node) -> String {
    let mut hint = node.names.join("\n");
    for line in [node.purpose.clone(), Some(remark(node))].into_iter().flatten() {
        if !line.is_empty() && line != hint {
            hint.push('\n');
            hint.push_str(&line);
        }
    }
    hint
}

/// At most so many letters.
pub(super) fn short(text: &str, most: usize) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= most {
        return line.to_owned();
    }
    let mut short: String = line.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}
