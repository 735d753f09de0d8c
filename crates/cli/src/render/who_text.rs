//! Who can, for people: groups by the way, the most powerful first.

use super::counted;
use super::wrap::wrapped;
use crate::terminal::Paint;
use access::{Group, Member, Through};
use manifest::Account;
use model::{Permission, RoleName};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// How many names of one kind are shown when nobody asked for all.
const SHOWN: usize = 40;

/// The answers, one for each permission.
pub(crate) fn who_text(
    found: &[(&Permission, Vec<Group>)],
    accounts: &[Account],
    all: bool,
    paint: Paint,
) -> String {
    let one = |(permission, groups): &(&Permission, Vec<Group>)| {
        let mut text = headline(permission, groups, paint);
        for group in groups {
            text.push_str(&of_group(group, accounts, all, paint));
        }
        text
    };
    found.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn headline(permission: &Permission, groups: &[Group], paint: Paint) -> String {
    let members = || groups.iter().flat_map(|group| &group.members);
    let (all, logins) = (members().count(), members().filter(|member| member.login).count());
    let permission = paint.bold(&permission.to_string());
    match all {
        0 => format!("{} can {permission}\n", paint.good("nobody")),
        _ => format!("{permission}: {}, {} of which can log in\n", counted(all, "role"), logins),
    }
}

fn of_group(group: &Group, accounts: &[Account], all: bool, paint: Paint) -> String {
    let title = title(group);
    let title = if group.grants_itself { paint.warning(&title) } else { paint.bold(&title) };
    let mut text = format!("\n{title}\n");
    let named = |login: bool| {
        let members = group.members.iter().filter(|member| member.login == login);
        members.map(|member| member.role.to_string()).collect::<Vec<_>>()
    };
    let users = users(group, accounts);
    for (what, names) in [("logins", named(true)), ("roles", named(false)), ("users", users)] {
        if !names.is_empty() {
            let _ = write!(text, "{}", paint.plain(&list(what, &names, all)));
        }
    }
    text
}

fn list(what: &str, names: &[String], all: bool) -> String {
    let shown = if all { names.len() } else { SHOWN };
    let mut line = names.iter().take(shown).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > shown {
        line.push_str(&format!(" and {} more; --verbose shows them all", names.len() - shown));
    }
    wrapped(&format!("  {what:6}  "), "          ", &line)
}

fn title(group: &Group) -> String {
    let through = through(&group.through);
    if group.grants_itself { format!("{through}, by a grant that they may make themselves") } else { through }
}

/// The way as a heading.
pub(super) fn through(through: &Through) -> String {
    match through {
        Through::Above => "superusers".to_owned(),
        Through::Owner => "as owner".to_owned(),
        Through::Itself => "granted directly".to_owned(),
        Through::MasterKey => "standing for it on every object".to_owned(),
        Through::Parts => "granted part by part".to_owned(),
        Through::Session => "by logging in".to_owned(),
        Through::Everybody => "everybody (PUBLIC)".to_owned(),
        Through::Role(role, how) => match &**how {
            Through::Above => format!("through {role}, a superuser"),
            Through::Owner => format!("through {role}, the owner"),
            Through::MasterKey => format!("through {role}, which stands for it on every object"),
            _ => format!("through {role}"),
        },
    }
}

/// The users of the model behind a group: by their login, or where they have none by a role that they are assigned.
pub(super) fn users(group: &Group, accounts: &[Account]) -> Vec<String> {
    let members: BTreeSet<&RoleName> = group.members.iter().map(|Member { role, .. }| role).collect();
    let behind = |account: &&Account| match &account.login {
        Some(login) => account.name != login.as_str() && members.contains(login),
        None => account
            .roles
            .iter()
            .any(|(role, powers)| (powers.inherit || powers.set) && members.contains(role)),
    };
    let told = |account: &Account| match &account.login {
        Some(login) => format!("{} ({login})", account.name),
        None => account.name.clone(),
    };
    accounts.iter().filter(behind).map(told).collect()
}
