//! What an import made of a target, for people.

use super::counted;
use super::wrap::wrapped;
use crate::terminal::Paint;
use service::ImportedModel;
use std::fmt::Write as _;
use std::path::Path;

/// How many odd things are shown.
const SHOWN: usize = 20;

/// The summary: how much there is, what is odd, what stays outside, what to do next.
pub(crate) fn import_text(model: &ImportedModel, folder: &Path, paint: Paint) -> String {
    let (imported, at) = (&model.imported, &model.observed.at);
    let folder = folder.display().to_string();
    let names: Vec<String> = imported.draft.databases.iter().map(ToString::to_string).collect();
    let lines: usize = model.files.iter().map(|(_, text)| text.lines().count()).sum();
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{} {} on {} {} into {}\n",
        paint.good("Imported"),
        paint.plain(&names.join(", ")),
        at.engine,
        at.version_text,
        paint.plain(&folder)
    );
    let _ = writeln!(
        text,
        "  {}, {} of them with a login, and {}",
        counted(imported.roles, "role"),
        imported.logins,
        counted(imported.memberships, "membership")
    );
    let _ = writeln!(
        text,
        "  {} held by roles, and what everybody holds, in {}",
        if imported.entries == 1 { "1 entry".to_owned() } else { format!("{} entries", imported.entries) },
        counted(imported.phrases, "phrase")
    );
    let _ = writeln!(text, "  {} in {}", counted(lines, "line"), counted(model.files.len(), "file"));
    for (database, why) in &model.observed.unread {
        let line = format!("Without database {database}: {why}");
        text.push_str(&format!("\n{}", paint.warning(&wrapped("", "  ", &line))));
    }
    text.push_str("\nIt was read back and compared with what was seen: the first plan is empty.\n");
    text.push_str(&odd(model, paint));
    let first = model.files.first().map_or("", |(name, _)| name.as_str());
    let unsaid = &imported.draft.unsaid;
    if !unsaid.is_empty() {
        let heading = format!("On the target and not in the model, also listed in {first}");
        let _ = writeln!(text, "\n{}", paint.bold(&heading));
        text.push_str(&list(unsaid, paint));
    }
    let url = &imported.draft.url;
    text.push_str("\nNext:\n");
    if let Some(variable) = url.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
        let _ =
            writeln!(text, "  {}", paint.code(&format!("export {variable}=…   # the URL of this import")));
    }
    for (command, what) in
        [("check", "what should be looked at"), ("plan", "nothing yet; after an edit, what it would change")]
    {
        let _ = writeln!(text, "  {}", paint.code(&format!("rolewright {command} {folder}   # {what}")));
    }
    text
}

fn odd(model: &ImportedModel, paint: Paint) -> String {
    let imported = &model.imported;
    let mut odd: Vec<String> = Vec::new();
    let roles = imported.draft.files.iter().flat_map(|file| &file.roles);
    let without = roles.filter(|role| role.comment.is_none()).count();
    if without > 0 {
        odd.push(format!(
            "nobody has written down what {} for",
            match without {
                1 => "1 role is".to_owned(),
                many => format!("{many} roles are"),
            }
        ));
    }
    odd.extend(imported.remarks.iter().map(|(role, remark)| format!("role {role}: {remark}")));
    let external = imported.draft.external.iter();
    odd.extend(external.map(|(role, why)| format!("role {role} stays outside: {why}")));
    if odd.is_empty() {
        return String::new();
    }
    format!("\n{}\n{}", paint.bold("Odd"), list(&odd, paint))
}

fn list(lines: &[String], paint: Paint) -> String {
    let shown = lines.iter().take(SHOWN);
    let mut text: String =
        shown.map(|line| paint.plain(&wrapped("  - ", "    ", line)).into_owned()).collect();
    if let Some(more) = lines.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(text, "  and {more} more, all of them in the files");
    }
    text
}
