//! The report of an audit for programs. The format is versioned: within a version fields are only added.

use super::exceptions::accept_line;
use super::offer::statements;
use audit::{About, Found, Group, Standing};
use model::Cause;
use serde::Serialize;
use service::Audited;
use std::collections::BTreeMap;

/// The whole report as JSON, with a line break at its end.
///
/// # Errors
/// Never in practice: the format has no map whose keys are not texts.
pub(crate) fn audit_json(audited: &Audited) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(&Document::of(audited))?;
    text.push('\n');
    Ok(text)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    engine: &'a str,
    engine_version: &'a str,
    system: &'a str,
    looked_at: &'a str,
    databases: Vec<&'a str>,
    not_looked_at: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<&'a str>,
    seen_as: &'a str,
    superuser: bool,
    counts: BTreeMap<&'static str, usize>,
    findings: Vec<FindingDocument<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accepted: Vec<FindingDocument<'a>>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct FindingDocument<'a> {
    rule: &'a str,
    title: &'a str,
    severity: &'static str,
    about: AboutDocument<'a>,
    what: &'a str,
    evidence: &'a [String],
    sql: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    statements: Vec<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    withheld: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    controls: &'a [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<LineDocument<'a>>,
    saw: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<ExceptionDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accept: Option<String>,
}

#[derive(Serialize)]
struct LineDocument<'a> {
    file: &'a str,
    line: u32,
}

#[derive(Serialize)]
struct ExceptionDocument<'a> {
    standing: &'static str,
    owner: &'a str,
    reason: &'a str,
    until: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<LineDocument<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum AboutDocument<'a> {
    Role {
        name: &'a str,
    },
    Public,
    Target,
    Model {
        name: &'a str,
    },
    Object {
        kind: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        database: Option<&'a str>,
        path: Vec<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        arguments: Option<Vec<&'a str>>,
    },
}

impl<'a> Document<'a> {
    fn of(audited: &'a Audited) -> Self {
        let counts = audited.report.counts();
        let documents = |groups: &'a [Group]| -> Vec<FindingDocument<'a>> {
            let of =
                |group: &'a Group| group.findings.iter().map(move |found| document(audited, group, found));
            groups.iter().flat_map(of).collect()
        };
        Self {
            version: 1,
            engine: audited.observed.at.engine,
            engine_version: &audited.observed.at.version_text,
            system: &audited.observed.at.system,
            looked_at: &audited.observed.at.instant,
            databases: audited.observed.at.databases.keys().map(|name| name.as_str()).collect(),
            not_looked_at: audited.observed.not_looked_at.iter().map(|name| name.as_str()).collect(),
            environment: audited.meant.as_ref().map(|meant| meant.environment.as_str()),
            seen_as: audited.observed.executor.login.as_str(),
            superuser: audited.observed.executor.superuser,
            counts: counts.into_iter().map(|(severity, count)| (severity.word(), count)).collect(),
            findings: documents(&audited.report.groups),
            accepted: documents(&audited.report.accepted),
            notes: audited
                .observed
                .notes
                .iter()
                .map(|note| format!("{}: {}", note.about, note.what))
                .collect(),
        }
    }
}

fn document<'a>(audited: &Audited, group: &'a Group, finding: &'a Found) -> FindingDocument<'a> {
    let about = match &finding.about {
        About::Role(role) => AboutDocument::Role { name: role.as_str() },
        About::Object(object) => AboutDocument::Object {
            kind: object.kind.as_str(),
            database: object.database().map(|name| name.as_str()),
            path: object.path.iter().map(|name| name.as_str()).collect(),
            arguments: object.arguments.as_ref().map(|types| types.iter().map(|t| t.as_str()).collect()),
        },
        About::Everybody => AboutDocument::Public,
        About::Target => AboutDocument::Target,
        About::Model { name, .. } => AboutDocument::Model { name },
    };
    let offer = audited.offer(finding);
    FindingDocument {
        rule: finding.rule,
        title: group.title,
        severity: finding.severity.word(),
        about,
        what: &finding.what,
        evidence: &finding.evidence,
        statements: statements(&offer),
        sql: offer.statements.into_iter().map(|one| one.text).collect(),
        before: finding.mending.before.as_deref(),
        withheld: offer.withheld,
        model: finding.mending.model.as_deref(),
        controls: &group.controls,
        line: finding.line.as_ref().and_then(line),
        saw: &finding.saw,
        exception: finding.exception.as_ref().map(|(exception, standing)| ExceptionDocument {
            standing: match standing {
                Standing::Accepted => "accepted",
                Standing::Over => "over",
                Standing::Otherwise => "for something else",
                Standing::Unbound => "without what was seen",
            },
            owner: &exception.owner,
            reason: &exception.reason,
            until: &exception.until,
            line: line(&exception.line),
        }),
        accept: accept_line(audited, finding),
    }
}

fn line(cause: &Cause) -> Option<LineDocument<'_>> {
    match cause {
        Cause::Line { file, line, .. } => Some(LineDocument { file, line: *line }),
        Cause::Observed(_) => None,
    }
}
