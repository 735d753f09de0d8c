//! A draft to files, as a person would lay them out.

use super::flow::{Flow, fill, in_block, in_comment, in_flow};
use super::{Draft, DraftFile, DraftMembership, DraftRole, Form};
use model::{DatabaseName, Name};
use std::collections::BTreeMap;
use std::fmt::Display;

/// Where lines end in files that are read from top to bottom.
const WIDTH: usize = 110;
/// Where they end in files of thousands of roles, which are searched rather than read.
const COMPACT_WIDTH: usize = 200;

const NO_PURPOSE: &str = "# purpose: nobody has written it down yet";

pub(super) fn files(draft: &Draft) -> Vec<(String, String)> {
    let mut files = vec![("databases.yaml".to_owned(), databases(draft))];
    if draft.public.values().any(|phrases| !phrases.is_empty()) {
        files.push(("public.yaml".to_owned(), public(draft)));
    }
    files.extend(draft.files.iter().map(|file| (file.name.clone(), roles(file))));
    files
}

fn comment(lines: &mut Vec<String>, indent: &str, about: &[String]) {
    for line in about {
        let text = in_comment(line);
        lines.push(format!("{indent}# {text}").trim_end().to_owned());
    }
}

fn text(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn databases(draft: &Draft) -> String {
    let mut lines = Vec::new();
    comment(&mut lines, "", &draft.about);
    lines.push("version: 1".to_owned());
    lines.push(String::new());
    let environment =
        |indent: &str| format!("{indent}{}: {{ url: {} }}", in_flow(&draft.environment), in_flow(&draft.url));
    if let Some(cluster) = &draft.cluster {
        lines.push("clusters:".to_owned());
        lines.push(format!("  {}:", in_flow(cluster)));
        lines.push(format!("    engine: {}", in_block(&draft.engine)));
        lines.push("    environments:".to_owned());
        lines.push(environment("      "));
        lines.push(String::new());
    }
    lines.push("databases:".to_owned());
    for database in &draft.databases {
        let name = in_flow(database.as_str());
        match &draft.cluster {
            Some(cluster) => lines.push(format!("  {name}: {{ cluster: {} }}", in_flow(cluster))),
            None => {
                lines.push(format!("  {name}:"));
                lines.push(format!("    engine: {}", in_block(&draft.engine)));
                lines.push("    environments:".to_owned());
                lines.push(environment("      "));
            }
        }
    }
    if !draft.external.is_empty() {
        lines.push(String::new());
        lines.push("# Roles that stay outside: they may be named, and are never changed.".to_owned());
        lines.push("external_roles:".to_owned());
        for (role, why) in &draft.external {
            lines.push(format!("  - {}    # {}", in_flow(role.as_str()), in_comment(why)));
        }
    }
    if !draft.unsaid.is_empty() {
        lines.push(String::new());
        lines.push("# On the target, and not in this model. The model leaves it alone:".to_owned());
        let unsaid: Vec<String> = draft.unsaid.iter().map(|line| format!("- {line}")).collect();
        comment(&mut lines, "", &unsaid);
    }
    text(&lines)
}

fn public(draft: &Draft) -> String {
    let mut lines = vec![
        "# What everybody holds where that is not the engine's default. What these phrases name is claimed for PUBLIC."
            .to_owned(),
        "version: 1".to_owned(),
        String::new(),
        "public:".to_owned(),
    ];
    phrases(&mut lines, "  ", &draft.public);
    text(&lines)
}

fn phrases<P: Display>(lines: &mut Vec<String>, indent: &str, all: &BTreeMap<DatabaseName, Vec<P>>) {
    for (database, phrases) in all.iter().filter(|(_, phrases)| !phrases.is_empty()) {
        lines.push(format!("{indent}{}:", in_flow(database.as_str())));
        lines.extend(phrases.iter().map(|phrase| format!("{indent}  - {}", in_block(&phrase.to_string()))));
    }
}

fn roles(file: &DraftFile) -> String {
    let mut lines = Vec::new();
    comment(&mut lines, "", &file.about);
    lines.push("version: 1".to_owned());
    let of = |wanted: fn(&Form) -> bool| file.roles.iter().filter(move |role| wanted(&role.form));
    let write = if file.compact { compact } else { spacious };
    section(&mut lines, "roles", of(|form| *form == Form::Role), write);
    let accounts: Vec<&DraftRole> = of(|form| matches!(form, Form::ServiceAccount(_))).collect();
    let logins: Vec<&DraftRole> = of(|form| *form == Form::Login).collect();
    if file.compact && accounts.iter().all(|account| account.remarks.is_empty() && account.comment.is_none())
    {
        crowd(&mut lines, "service_accounts", &accounts, |account| Flow::Map(facts(account)));
    } else {
        section(&mut lines, "service_accounts", accounts.into_iter(), write);
    }
    if file.compact {
        crowd(&mut lines, "logins", &logins, inherits);
    } else {
        section(&mut lines, "logins", logins.into_iter(), login);
    }
    text(&lines)
}

fn section<'r>(
    lines: &mut Vec<String>,
    key: &str,
    roles: impl Iterator<Item = &'r DraftRole>,
    write: fn(&mut Vec<String>, &DraftRole),
) {
    for (at, role) in roles.enumerate() {
        if at == 0 {
            lines.extend([String::new(), format!("{key}:")]);
        }
        write(lines, role);
    }
}

/// Many logins, several in a line.
fn crowd(lines: &mut Vec<String>, key: &str, roles: &[&DraftRole], write: fn(&DraftRole) -> Flow) {
    let entry = |role: &&DraftRole| format!("{}: {},", in_flow(role.name.as_str()), write(role).line());
    if !roles.is_empty() {
        lines.extend([String::new(), format!("{key}: {{")]);
        lines.extend(fill("  ", roles.iter().map(entry), 2, COMPACT_WIDTH));
        lines.push("}".to_owned());
    }
}

fn login(lines: &mut Vec<String>, role: &DraftRole) {
    comment(lines, "  ", &role.remarks);
    let start = format!("  {}: ", in_flow(role.name.as_str()));
    lines.extend(inherits(role).lines(&start, 4, WIDTH));
}

/// One entry of one line, or of as many as it takes.
fn compact(lines: &mut Vec<String>, role: &DraftRole) {
    comment(lines, "  ", &role.remarks);
    let mut entries = facts(role);
    entries.extend(what_it_has(role));
    let start = format!("  {}: ", in_flow(role.name.as_str()));
    lines.extend(Flow::Map(entries).lines(&start, 4, COMPACT_WIDTH));
}

/// An entry as a person writes it: a key for each line, unless there is next to nothing to say.
fn spacious(lines: &mut Vec<String>, role: &DraftRole) {
    comment(lines, "  ", &role.remarks);
    let facts = facts(role);
    let has_phrases = role.phrases() > 0;
    let short = Flow::Map(facts.clone()).line();
    let name = in_flow(role.name.as_str());
    if !has_phrases && role.comment.is_none() && name.chars().count() + short.chars().count() < WIDTH - 6 {
        lines.push(format!("  {name}: {short}"));
        return;
    }
    lines.push(format!("  {name}:"));
    if role.comment.is_none() {
        lines.push(format!("    {NO_PURPOSE}"));
    }
    for (key, value) in facts {
        match value {
            Flow::Text(text) => lines.push(format!("    {key}: {}", in_block(&text))),
            value => lines.extend(value.lines(&format!("    {key}: "), 6, WIDTH)),
        }
    }
    block(lines, "owns", &role.owns);
    block(lines, "withhold", &role.withhold);
    block(lines, "grants", &role.grants);
}

fn block<P: Display>(lines: &mut Vec<String>, key: &str, all: &BTreeMap<DatabaseName, Vec<P>>) {
    if all.values().any(|phrases| !phrases.is_empty()) {
        lines.push(format!("    {key}:"));
        phrases(lines, "      ", all);
    }
}

/// All that is said of a role beside its phrases, in the order of the language.
fn facts(role: &DraftRole) -> Vec<(String, Flow)> {
    let mut facts: Vec<(&str, Flow)> = Vec::new();
    if let Some(comment) = &role.comment {
        facts.push(("purpose", Flow::text(&comment.purpose)));
        facts.extend(comment.owner.as_ref().map(|owner| ("owner", Flow::text(owner))));
        facts.extend(comment.boundary.as_ref().map(|boundary| ("boundary", Flow::text(boundary))));
        facts.extend(comment.state.map(|state| ("state", Flow::text(state.word()))));
    }
    let held = if role.form == Form::Role { "inherits" } else { "roles" };
    if !role.inherits.is_empty() {
        facts.push((held, inherits(role)));
    }
    match &role.form {
        Form::ServiceAccount(databases) => facts.push(("login", logs_in_to(databases))),
        Form::Role | Form::Login => facts.extend(role.login.then(|| ("login", Flow::text("true")))),
    }
    facts.extend(role.connection_limit.map(|limit| ("connection_limit", Flow::text(limit.to_string()))));
    facts.extend(role.expires.as_ref().map(|end| ("expires", Flow::text(end))));
    if !role.attributes.is_empty() {
        let all_on = role.attributes.iter().all(|(_, on)| *on);
        let names = || role.attributes.iter().map(|(name, _)| Flow::text(name.as_str()));
        let flags = role.attributes.iter().map(|(name, on)| (name.to_string(), Flow::text(on.to_string())));
        let value = if all_on { Flow::List(names().collect()) } else { Flow::Map(flags.collect()) };
        facts.push(("attributes", value));
    }
    let settings = |settings: &BTreeMap<Name, String>| {
        Flow::Map(settings.iter().map(|(name, value)| (name.to_string(), Flow::text(value))).collect())
    };
    if !role.settings.is_empty() {
        facts.push(("settings", settings(&role.settings)));
    }
    if !role.settings_in.is_empty() {
        let inside = role.settings_in.iter().map(|(database, all)| (database.to_string(), settings(all)));
        facts.push(("settings_in", Flow::Map(inside.collect())));
    }
    facts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn logs_in_to(databases: &[DatabaseName]) -> Flow {
    match databases {
        [only] => Flow::text(only.as_str()),
        several => Flow::List(several.iter().map(|name| Flow::text(name.as_str())).collect()),
    }
}

fn inherits(role: &DraftRole) -> Flow {
    Flow::List(role.inherits.iter().map(membership).collect())
}

fn membership(membership: &DraftMembership) -> Flow {
    let powers = membership.powers;
    let flags =
        [("inherit", powers.inherit, true), ("set", powers.set, true), ("admin", powers.admin, false)];
    let mut said: Vec<(String, Flow)> = flags
        .into_iter()
        .filter(|(_, is, usual)| is != usual)
        .map(|(key, is, _)| (key.to_owned(), Flow::text(is.to_string())))
        .collect();
    said.extend(membership.granted_by.as_ref().map(|by| ("granted_by".to_owned(), Flow::text(by.as_str()))));
    if said.is_empty() {
        return Flow::text(membership.role.as_str());
    }
    said.insert(0, ("role".to_owned(), Flow::text(membership.role.as_str())));
    Flow::Map(said)
}

/// Its phrases, for the compact form.
fn what_it_has(role: &DraftRole) -> Vec<(String, Flow)> {
    fn one<P: Display>(key: &str, all: &BTreeMap<DatabaseName, Vec<P>>) -> Option<(String, Flow)> {
        let list =
            |phrases: &Vec<P>| Flow::List(phrases.iter().map(|one| Flow::text(one.to_string())).collect());
        let entries: Vec<(String, Flow)> = all
            .iter()
            .filter(|(_, phrases)| !phrases.is_empty())
            .map(|(database, phrases)| (database.to_string(), list(phrases)))
            .collect();
        (!entries.is_empty()).then(|| (key.to_owned(), Flow::Map(entries)))
    }
    let all = [one("owns", &role.owns), one("withhold", &role.withhold), one("grants", &role.grants)];
    all.into_iter().flatten().collect()
}
