//! The report of an audit as SARIF 2.1.0, which viewers of code scanning open.
//!
//! A finding is about a role or an object of a database, which SARIF calls a logical location. GitHub's viewer drops a
//! result that has no file, so each result has one too: the line of the model where the model speaks of it, else the
//! model's first file where there is a model, because that is where it is mended; otherwise a name made of engine and database, which no repository has and which says where to look.

use super::exceptions::remark;
use super::offer::statements;
use crate::terminal::printable;
use audit::{About, Found, Group, Manual, Rule, Severity, Standing};
use model::Cause;
use serde_json::{Value, json};
use service::Audited;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// How many results GitHub takes of one run; of more it takes none.
const MOST: usize = 25_000;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The whole report, with a line break at its end. `model` is the file of the model, if there is one.
pub(crate) fn audit_sarif(audited: &Audited, rules: &[Box<dyn Rule>], model: Option<&str>) -> String {
    let at = &audited.observed.at;
    let databases = at.databases.keys().map(ToString::to_string).collect::<Vec<_>>();
    let manuals = manuals(audited, rules);
    let (results, left_out) = results(audited, &manuals, model);
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Rolewright",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": manuals.iter().map(|(manual, worst)| descriptor(*manual, *worst)).collect::<Vec<_>>(),
            }},
            // Without a name of its own, an upload for one database would close the findings of another.
            "automationDetails": { "id": format!("rolewright-audit/{}/{}/", at.system, encoded(&databases.join("+"))) },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications(audited, left_out),
            }],
            "results": results,
            "properties": {
                "engine": at.engine,
                "engineVersion": at.version_text,
                "lookedAt": at.instant,
                "databases": databases,
            },
        }],
    });
    // `{:#}` of a JSON value is JSON with line breaks.
    format!("{document:#}\n")
}

/// The page of each rule with the worst that it finds; those of the model's findings where they occur.
fn manuals(audited: &Audited, rules: &[Box<dyn Rule>]) -> Vec<(Manual, Severity)> {
    let mut manuals: Vec<_> = rules.iter().map(|rule| (rule.manual(), rule.worst())).collect();
    for group in audited.report.groups.iter().chain(&audited.report.accepted) {
        if !manuals.iter().any(|(manual, _)| manual.code() == group.rule) {
            manuals.push((group.manual, group.severity));
        }
    }
    manuals
}

fn descriptor(manual: Manual, worst: Severity) -> Value {
    let section = |heading| manual.section(heading).unwrap_or_default();
    let help = ["What", "Why", "Example", "Mending", "Controls"]
        .into_iter()
        .filter_map(|heading| Some(format!("## {heading}\n\n{}", manual.section(heading)?)))
        .collect::<Vec<_>>()
        .join("\n\n");
    let mut tags = vec!["security"];
    tags.extend(manual.controls());
    json!({
        "id": manual.code(),
        "name": name(manual.title()),
        "shortDescription": { "text": manual.title() },
        "fullDescription": { "text": flowing(section("What")) },
        "help": { "text": help, "markdown": help },
        "defaultConfiguration": { "level": level(worst) },
        "properties": { "tags": tags, "security-severity": score(worst), "precision": "very-high" },
    })
}

/// What a viewer should know beside the results: how many there are no results of, and what the look could not see.
fn notifications(audited: &Audited, left_out: usize) -> Vec<Value> {
    let notification =
        |level: &str, text: &str| json!({ "level": level, "message": { "text": printable(text) } });
    let folded = (left_out > 0).then(|| {
        let text = format!(
            "{left_out} findings are left out, none of them worse than those shown: viewers take {MOST} at most. The reports in CSV and JSON have every one."
        );
        notification("warning", &text)
    });
    let notes = audited.observed.notes.iter().map(|note| {
        let level = if audited.observed.unread.keys().any(|name| note.about == format!("database {name}")) {
            "warning"
        } else {
            "note"
        };
        notification(level, &format!("Not seen: {}: {}", note.about, note.what))
    });
    folded.into_iter().chain(notes).collect()
}

/// The results, the worst first and the accepted last, and how many findings there is no room for.
fn results(audited: &Audited, manuals: &[(Manual, Severity)], model: Option<&str>) -> (Vec<Value>, usize) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let (mut results, mut left_out) = (Vec::new(), 0);
    for group in audited.report.groups.iter().chain(&audited.report.accepted) {
        let rule = manuals.iter().position(|(manual, _)| manual.code() == group.rule);
        for finding in &group.findings {
            let print = fingerprint(finding);
            let nth = seen.entry(print.clone()).or_default();
            *nth += 1;
            if results.len() == MOST {
                left_out += 1;
                continue;
            }
            results.push(result(audited, (group, finding), (rule, &format!("{print}:{nth}")), model));
        }
    }
    (results, left_out)
}

fn result(
    audited: &Audited,
    (group, finding): (&Group, &Found),
    (rule, print): (Option<usize>, &str),
    model: Option<&str>,
) -> Value {
    let (uri, line) = match (&finding.line, model) {
        (Some(Cause::Line { file, line, .. }), _) => (encoded(&from_here(file)), (*line).max(1)),
        (_, Some(model)) => (encoded(&from_here(model)), 1),
        (_, None) => (stand_in(audited, finding), 1),
    };
    let offer = audited.offer(finding);
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": level(finding.severity),
        "message": { "text": message(finding) },
        "locations": [{
            "physicalLocation": { "artifactLocation": { "uri": uri }, "region": { "startLine": line } },
            "logicalLocations": [logical(&finding.about)],
        }],
        // GitHub knows a result again by the second.
        "partialFingerprints": { "rolewrightFinding/v1": print, "primaryLocationLineHash": print },
        "properties": {
            "severity": finding.severity.word(),
            "security-severity": score(finding.severity),
            "evidence": finding.evidence,
            "sql": offer.statements.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(),
            "statements": statements(&offer),
            "controls": group.controls,
            "saw": finding.saw,
        },
    });
    if let Some(properties) = result.get_mut("properties").and_then(Value::as_object_mut) {
        properties.extend(finding.mending.before.iter().map(|before| ("before".to_owned(), json!(before))));
        let withheld = (!offer.withheld.is_empty()).then(|| ("withheld".to_owned(), json!(offer.withheld)));
        properties.extend(withheld);
    }
    if let (Some((exception, Standing::Accepted)), Some(result)) =
        (&finding.exception, result.as_object_mut())
    {
        let why = format!("{} until {}: {}", exception.owner, exception.until, exception.reason);
        let suppression =
            json!([{ "kind": "external", "status": "accepted", "justification": printable(&why) }]);
        result.insert("suppressions".to_owned(), suppression);
    }
    result
}

/// What is wrong, and the facts that show it. `](` would be taken for a link.
fn message(finding: &Found) -> String {
    let mut text = format!("{}: {}.", finding.about, finding.what);
    for fact in &finding.evidence {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n- {fact}");
    }
    if let Some(remark) = remark(finding) {
        let _ = write!(text, "\n- {remark}");
    }
    let text = printable(&text);
    if text.contains("](") {
        return text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
    }
    text.into_owned()
}

fn logical(about: &About) -> Value {
    match about {
        About::Role(role) => json!({
            "name": role.as_str(),
            "fullyQualifiedName": role.as_str(),
            "kind": "role",
        }),
        About::Everybody => json!({ "name": "PUBLIC", "fullyQualifiedName": "PUBLIC", "kind": "role" }),
        About::Model { name, .. } => {
            json!({ "name": name, "fullyQualifiedName": format!("model/{name}"), "kind": "object" })
        }
        About::Object(object) => {
            let shown = object.to_string();
            let path = shown.strip_prefix(object.kind.as_str()).unwrap_or(&shown).trim_start();
            let database = object.database().map(|name| format!("{name}.")).unwrap_or_default();
            json!({
                "name": object.path.last().map(|name| name.as_str()).unwrap_or_default(),
                "fullyQualifiedName": format!("{database}{path}"),
                "kind": object.kind.as_str(),
            })
        }
        About::Target => json!({ "name": "target", "fullyQualifiedName": "target", "kind": "target" }),
    }
}

/// The file that stands for a database where no model is known: see the beginning of this file.
fn stand_in(audited: &Audited, finding: &Found) -> String {
    let at = &audited.observed.at;
    let database = match &finding.about {
        About::Object(object) => object.database(),
        About::Role(_) | About::Everybody | About::Target | About::Model { .. } => None,
    };
    let name = database.or_else(|| at.databases.keys().next()).map(ToString::to_string).unwrap_or_default();
    format!("{}/{}", encoded(&at.engine.to_lowercase()), encoded(&name).replace('/', "%2F"))
}

/// The same for the same rule, the same role or object and the same accusation in every run. Counts in its sentence
/// change from day to day, so they are left out with what they count.
fn fingerprint(finding: &Found) -> String {
    let about = match &finding.about {
        About::Role(role) => json!(["role", role.as_str()]),
        About::Everybody => json!(["everybody"]),
        About::Target => json!(["target"]),
        About::Model { name, .. } => json!(["model", name]),
        About::Object(object) => json!([
            object.kind.as_str(),
            object.database().map(|name| name.as_str()),
            object.path.iter().map(|name| name.as_str()).collect::<Vec<_>>(),
            object.arguments.as_ref().map(|types| types.iter().map(|name| name.as_str()).collect::<Vec<_>>()),
        ]),
    };
    let mut words = finding.what.split_whitespace();
    let mut accusation = Vec::new();
    while let Some(word) = words.next() {
        if word.chars().all(|c| c.is_ascii_digit()) {
            words.next();
        } else {
            accusation.push(word);
        }
    }
    let digest = Sha256::digest(json!([finding.rule, about, accusation]).to_string());
    digest.iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// In the middle of what GitHub takes for the same word: from 9.0 critical, from 7.0 high, from 4.0 medium.
const fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    }
}

/// A title as the name of a rule: `ALoginCanDropTheTables`.
fn name(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<Vec<_>>()
        })
        .collect()
}

/// A text without the line breaks that it was written with; paragraphs stay.
fn flowing(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// A path as seen from the working folder, which is how viewers know the files of a repository.
fn from_here(path: &str) -> String {
    let here = std::env::current_dir().ok();
    let below =
        here.and_then(|here| Some(Path::new(path).strip_prefix(here).ok()?.to_string_lossy().into_owned()));
    below.unwrap_or_else(|| path.to_owned())
}

/// A path as a URI has it.
fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                text.push(char::from(byte))
            }
            _ => {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}
