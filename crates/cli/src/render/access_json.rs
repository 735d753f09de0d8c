//! Answers about access for programs. The format is versioned: within a version fields are only added.

use super::Answered;
use super::answer_text::missing;
use super::who_text::{through, users};
use access::{Answer, Fact, Group, Through};
use manifest::Account;
use model::{Permission, Way};
use serde::Serialize;
use service::{Asking, Judged, Origin, Origins};

#[derive(Serialize)]
struct Header<'a> {
    version: u32,
    engine: &'a str,
    engine_version: &'a str,
    system: &'a str,
    looked_at: &'a str,
    database: &'a str,
}

impl<'a> Header<'a> {
    fn of(asking: &'a Asking) -> Self {
        let at = &asking.observed.at;
        Self {
            version: 1,
            engine: at.engine,
            engine_version: &at.version_text,
            system: &at.system,
            looked_at: &at.instant,
            database: asking.database.as_str(),
        }
    }
}

#[derive(Serialize)]
struct AnswerDocument<'a> {
    #[serde(flatten)]
    header: Header<'a>,
    judged: &'static str,
    can: bool,
    subjects: Vec<SubjectDocument<'a>>,
}

#[derive(Serialize)]
struct SubjectDocument<'a> {
    role: &'a str,
    can: bool,
    permissions: Vec<PermissionDocument>,
}

#[derive(Serialize)]
struct PermissionDocument {
    permission: String,
    can: bool,
    grants_itself: bool,
    way: Vec<FactDocument>,
    missing: Vec<String>,
}

#[derive(Serialize)]
struct FactDocument {
    #[serde(rename = "type")]
    kind: &'static str,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<OriginDocument>,
}

#[derive(Serialize)]
struct OriginDocument {
    #[serde(rename = "type")]
    kind: &'static str,
    lines: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
}

/// The answer as JSON, with a line break at its end.
///
/// # Errors
/// Never in practice: the format has no map whose keys are not texts.
pub(crate) fn answer_json(
    asking: &Asking,
    answered: &[Answered],
    judged: Judged,
    origins: Option<Origins<'_>>,
) -> serde_json::Result<String> {
    let permission = |(permission, answer): &(Permission, Answer)| {
        let (can, grants_itself, way, lacking) = match answer {
            Answer::Yes { facts, grants_itself } => (true, *grants_itself, facts.as_slice(), &[][..]),
            Answer::No(lacking) => (false, false, &[][..], lacking.as_slice()),
        };
        PermissionDocument {
            permission: permission.to_string(),
            can,
            grants_itself,
            way: way.iter().map(|fact| of_fact(fact, origins.as_ref())).collect(),
            missing: lacking.iter().map(|lacking| missing(lacking, &asking.database)).collect(),
        }
    };
    let subject = |one: &'_ Answered| one.answers.iter().map(permission).collect();
    let document = AnswerDocument {
        header: Header::of(asking),
        judged: match judged {
            Judged::Reachable => "reachable",
            Judged::AsItStands => "as it stands",
            Judged::Privilege => "privilege",
        },
        can: answered.iter().any(Answered::is_yes),
        subjects: answered
            .iter()
            .map(|one| SubjectDocument {
                role: one.role.as_str(),
                can: one.is_yes(),
                permissions: subject(one),
            })
            .collect(),
    };
    written(&document)
}

fn of_fact(fact: &Fact, origins: Option<&Origins<'_>>) -> FactDocument {
    let kind = match fact {
        Fact::LogsIn { .. } => "logs in",
        Fact::Step { way: Way::Inherits, .. } => "inherits",
        Fact::Step { way: Way::Becomes, .. } => "becomes",
        Fact::Step { way: Way::Administers, .. } | Fact::HandsOut { .. } => "grants",
        Fact::Above { .. } => "superuser",
        Fact::Holds { .. } => "holds",
        Fact::Prepares { .. } => "prepares",
    };
    FactDocument { kind, text: fact.to_string(), origin: origins.map(|origins| of_origin(fact, origins)) }
}

fn of_origin(fact: &Fact, origins: &Origins<'_>) -> OriginDocument {
    let (kind, lines) = match origins.of(fact) {
        Origin::Lines(lines) => ("model", lines.iter().map(ToString::to_string).collect()),
        Origin::BuiltIn(what) => ("engine", vec![what.to_owned()]),
        Origin::Unwanted => ("unwanted", Vec::new()),
        Origin::Unknown => ("unknown", Vec::new()),
    };
    let answerable = origins.about(fact).map(|role| origins.answerable(role)).unwrap_or_default();
    OriginDocument { kind, lines, purpose: answerable.purpose, owner: answerable.owner }
}

#[derive(Serialize)]
struct WhoDocument<'a> {
    #[serde(flatten)]
    header: Header<'a>,
    permissions: Vec<WhoPermission<'a>>,
}

#[derive(Serialize)]
struct WhoPermission<'a> {
    permission: String,
    groups: Vec<WhoGroup<'a>>,
}

#[derive(Serialize)]
struct WhoGroup<'a> {
    way: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<&'a str>,
    grants_itself: bool,
    logins: Vec<&'a str>,
    roles: Vec<&'a str>,
    users: Vec<String>,
}

/// Who can, as JSON, with a line break at its end.
///
/// # Errors
/// Never in practice: the format has no map whose keys are not texts.
pub(crate) fn who_json(
    asking: &Asking,
    found: &[(&Permission, Vec<Group>)],
    accounts: &[Account],
) -> serde_json::Result<String> {
    let document = WhoDocument {
        header: Header::of(asking),
        permissions: found
            .iter()
            .map(|(permission, groups)| WhoPermission {
                permission: permission.to_string(),
                groups: groups.iter().map(|group| of_group(group, accounts)).collect(),
            })
            .collect(),
    };
    written(&document)
}

fn of_group<'a>(group: &'a Group, accounts: &[Account]) -> WhoGroup<'a> {
    let named = |login: bool| {
        let members = group.members.iter().filter(|member| member.login == login);
        members.map(|member| member.role.as_str()).collect()
    };
    WhoGroup {
        way: through(&group.through),
        through: match &group.through {
            Through::Role(role, _) => Some(role.as_str()),
            _ => None,
        },
        grants_itself: group.grants_itself,
        logins: named(true),
        roles: named(false),
        users: users(group, accounts),
    }
}

fn written(document: &impl Serialize) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    Ok(text)
}
