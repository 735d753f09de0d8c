//! What a plan leaves alone, for people.

use super::counted;
use super::wrap::wrapped;
use crate::terminal::Paint;
use model::Left;

/// What was seen and is not the model's to change, counted; with a listing one by one. Empty if there is nothing.
pub(crate) fn left_text(left: &Left, paint: Paint) -> String {
    if left.is_nothing() {
        return String::new();
    }
    let counts = counts(left);
    let only_databases = counts.len() == usize::from(!left.databases.is_empty());
    let more = if left.listing.is_empty() && !only_databases { " (--verbose lists it)" } else { "" };
    let heading = format!("Left alone, because the model does not claim it{more}");
    let mut text = format!("\n{}\n", paint.bold(&heading));
    for line in counts {
        text.push_str(&paint.plain(&wrapped("  - ", "    ", &line)));
    }
    for one in &left.listing {
        text.push_str(&paint.dim(&wrapped("      ", "        ", &one.what)));
    }
    text
}

fn counts(left: &Left) -> Vec<String> {
    let mut lines = Vec::new();
    if !left.databases.is_empty() {
        let names = left.databases.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let word = if left.databases.len() == 1 { "database" } else { "databases" };
        lines.push(format!("{word} not looked at: {names}"));
    }
    if left.roles > 0 {
        let logins = if left.logins == 0 { String::new() } else { format!(" ({} can log in)", left.logins) };
        lines.push(format!("{} that the model does not have{logins}", counted(left.roles, "role")));
    }
    if left.memberships > 0 {
        let ours = match left.in_model {
            0 => String::new(),
            some => format!(", {some} of them in roles of the model"),
        };
        lines.push(format!("{} of such roles{ours}", counted(left.memberships, "membership")));
    }
    if left.entries + left.future > 0 {
        let future = match left.future {
            0 => String::new(),
            some => format!(", and {some} in default privileges"),
        };
        let entries =
            if left.entries == 1 { "1 entry".to_owned() } else { format!("{} entries", left.entries) };
        lines.push(format!("{entries} that such roles hold on objects{future}"));
    }
    if left.public > 0 {
        let entries =
            if left.public == 1 { "1 entry".to_owned() } else { format!("{} entries", left.public) };
        lines.push(format!("{entries} of PUBLIC that `public:` does not name"));
    }
    if left.owned > 0 {
        lines.push(format!("{} that roles of the model own beyond `owns:`", counted(left.owned, "object")));
    }
    lines
}
