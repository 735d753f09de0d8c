//! What was judged of the duties that a model separates, and who stands outside of that.

use super::counted;
use crate::terminal::Paint;
use service::Duties;

/// How many names are said of those who come to one role.
const NAMED: usize = 5;

/// One or two lines below the counts of `check`.
pub(crate) fn duties_text(duties: &Duties, paint: Paint) -> String {
    let judged = [
        (duties.separations, "separation of duties", "separations of duties"),
        (duties.controls, "dual control", "dual controls"),
    ];
    let judged: Vec<String> = judged
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
        .collect();
    let mut text = format!(
        "{} judged. The trusted base stands outside: the target's superusers, whoever applies plans",
        judged.join(" and ")
    );
    for (role, who) in &duties.trusted {
        text.push_str(&format!("; {role} ({})", named(who.iter(), who.len())));
    }
    if !duties.trapping.is_empty() {
        let who = named(duties.trapping.iter(), duties.trapping.len());
        text.push_str(&format!(". A trap for a superuser could be set by {who}"));
    }
    format!("{}.\n", paint.plain(&text))
}

/// Some of these, and how many more there are.
fn named<'a>(who: impl Iterator<Item = &'a String>, all: usize) -> String {
    let named: Vec<&str> = who.take(NAMED).map(String::as_str).collect();
    let more = all.saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {}", counted(more, "other")) };
    let named = if named.is_empty() { "nobody".to_owned() } else { named.join(", ") };
    format!("{named}{more}")
}
