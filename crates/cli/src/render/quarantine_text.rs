//! Roles in quarantine, for people: retired, still there, and shut off.

use super::wrap::wrapped;
use crate::terminal::Paint;
use model::{DatabaseName, RoleName, Tie};
use std::collections::{BTreeMap, BTreeSet};

/// How many reasons are shown of one role.
const SHOWN: usize = 5;

/// Which roles the target does not let go, and why. Nothing, if there is none.
pub(crate) fn quarantine_text(quarantined: &BTreeMap<RoleName, BTreeSet<Tie>>, paint: Paint) -> String {
    if quarantined.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "\n{}\n",
        paint.warning("In quarantine until the server lets go of them (rolewright explain RW327):")
    );
    for (role, ties) in quarantined {
        let line = format!("{role} is retired and cannot be dropped: {}", reasons(ties));
        text.push_str(&paint.plain(&wrapped("  - ", "    ", &line)));
    }
    text.push_str(&wrapped(
        "    ",
        "    ",
        "Nobody can log in as such a role. The first plan that finds nothing keeping it drops it.",
    ));
    text
}

/// What keeps a role, database by database.
pub(crate) fn reasons(ties: &BTreeSet<Tie>) -> String {
    let mut place: Option<&DatabaseName> = None;
    let mut list = Vec::new();
    for tie in ties.iter().take(SHOWN) {
        let database = (place != Some(&tie.database)).then(|| format!("in database {} it ", tie.database));
        list.push(format!("{}{}", database.unwrap_or_default(), tie.what));
        place = Some(&tie.database);
    }
    if ties.len() > SHOWN {
        list.push(format!("and there are {} more", ties.len() - SHOWN));
    }
    list.join("; ")
}
