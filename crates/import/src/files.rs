//! Which role stands in which file.

use crate::Under;
use crate::everybody::is_template;
use crate::roles::Model;
use crate::seen::Seen;
use manifest::{DraftFile, DraftRole, Form, Phrase};
use model::DatabaseName;
use std::collections::{BTreeMap, BTreeSet};

/// Up to so many roles one file is enough.
const FEW: usize = 60;
/// Roles whose names begin alike have a file of their own from so many on.
const A_FILE: usize = 8;
/// From so many roles on each is written as short as can be, in files of more than a hundred.
const MANY: usize = 1_000;
const CROWDED: usize = 100;

/// What the first file says at its top.
pub(crate) fn head(seen: &Seen<'_>, databases: &[DatabaseName]) -> Vec<String> {
    let at = &seen.observed.at;
    let databases: Vec<&str> = databases.iter().map(DatabaseName::as_str).collect();
    vec![
        format!("Imported from {} on {} {}, as it was at {}.", databases.join(", "), at.engine, at.version_text, at.instant),
        "This model says what stands there, so the first plan is empty: what nobody decided is in it as well.".to_owned(),
        "Purposes and owners are for people to write: `rolewright check` lists the roles without them.".to_owned(),
        String::new(),
        "  rolewright check    what should be looked at".to_owned(),
        "  rolewright plan     what an edit would change".to_owned(),
    ]
}

/// The databases of the model: all that were looked at, without the engine's templates of which nothing is said.
pub(crate) fn databases(
    seen: &Seen<'_>,
    model: &Model,
    public: &BTreeMap<Under, Vec<Phrase>>,
) -> Vec<DatabaseName> {
    let mut named: BTreeSet<&DatabaseName> = public.keys().collect();
    for role in model.values() {
        named.extend(role.grants.keys().chain(role.owns.keys()).chain(role.withhold.keys()));
        named.extend(role.settings_in.keys());
        if let Form::ServiceAccount(databases) = &role.form {
            named.extend(databases);
        }
    }
    let all = seen.observed.at.databases.keys();
    all.filter(|name| named.contains(name) || !is_template(seen, name.as_str())).cloned().collect()
}

/// The roles by the beginnings of their names, which is how most places say whose they are.
pub(crate) fn arrange(roles: Vec<DraftRole>) -> Vec<DraftFile> {
    let many = roles.len() > MANY;
    let (logins, roles): (Vec<DraftRole>, Vec<DraftRole>) = roles.into_iter().partition(|role| role.login);
    let mut files = split("roles", roles, many);
    files.extend(split("logins", logins, many));
    files
}

fn split(name: &str, roles: Vec<DraftRole>, many: bool) -> Vec<DraftFile> {
    if roles.is_empty() {
        return Vec::new();
    }
    if roles.len() <= FEW {
        return vec![file(name.to_owned(), roles, many)];
    }
    let mut groups: BTreeMap<String, Vec<DraftRole>> = BTreeMap::new();
    for role in roles {
        groups.entry(beginning(role.name.as_str())).or_default().push(role);
    }
    let (large, small): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(_, roles)| roles.len() >= A_FILE);
    let others: Vec<DraftRole> = small.into_iter().flat_map(|(_, roles)| roles).collect();
    let mut files: Vec<DraftFile> =
        large.into_iter().map(|(start, roles)| file(format!("{name}-{start}"), roles, many)).collect();
    if !others.is_empty() {
        files.push(file(name.to_owned(), others, many));
    }
    files
}

fn file(name: String, mut roles: Vec<DraftRole>, many: bool) -> DraftFile {
    let compact = many && roles.len() > CROWDED;
    roles.sort_by(|a, b| a.name.cmp(&b.name));
    let without = roles.iter().filter(|role| role.comment.is_none()).count();
    let about = match (compact, without) {
        (false, _) | (_, 0) => Vec::new(),
        (true, some) if some == roles.len() => {
            vec![format!("Nobody has written down what these {some} roles are for.")]
        }
        (true, some) => {
            vec![format!("Nobody has written down what {some} of these {} roles are for.", roles.len())]
        }
    };
    DraftFile { name: format!("{name}.yaml"), about, roles, compact }
}

/// The name up to the first sign that is no letter: `orders` of `orders_reader`. Fit for the name of a file.
fn beginning(name: &str) -> String {
    let letters: String = name.chars().take_while(char::is_ascii_alphanumeric).collect();
    if letters.is_empty() { "others".to_owned() } else { letters.to_ascii_lowercase() }
}
