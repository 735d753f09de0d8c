//! The report of an audit as SARIF 2.1.0, which viewers of code scanning open.
//!
//! A finding is about a role or an object of a database, which SARIF calls a logical location. GitHub's viewer drops a
//! result that has no file, so each result has one too: the model's file where there is a model, because that is where
//! it is mended; otherwise a name made of engine and database, which no repository has and which says where to look.

use crate::terminal::printable;
use audit::{About, Finding, Group, Rule, Severity};
use serde_json::{Value, json};
use service::Audited;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The whole report, with a line break at its end. `model` is the file of the model, if there is one.
pub(crate) fn audit_sarif(audited: &Audited, rules: &[Box<dyn Rule>], model: Option<&str>) -> String {
    let at = &audited.observed.at;
    let databases = at.databases.keys().map(ToString::to_string).collect::<Vec<_>>();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Rolewright",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|rule| descriptor(&**rule)).collect::<Vec<_>>(),
            }},
            // Without a name of its own, an upload for one database would close the findings of another.
            "automationDetails": { "id": format!("rolewright-audit/{}/{}/", at.system, encoded(&databases.join("+"))) },
            "columnKind": "unicodeCodePoints",
            "results": results(audited, rules, model),
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

fn descriptor(rule: &dyn Rule) -> Value {
    let manual = rule.manual();
    let section = |heading| manual.section(heading).unwrap_or_default();
    let help = ["What", "Why", "Example", "Mending", "Controls"]
        .map(|heading| format!("## {heading}\n\n{}", section(heading)))
        .join("\n\n");
    let mut tags = vec!["security"];
    tags.extend(rule.controls());
    json!({
        "id": rule.code(),
        "name": name(rule.title()),
        "shortDescription": { "text": rule.title() },
        "fullDescription": { "text": flowing(section("What")) },
        "help": { "text": help, "markdown": help },
        "defaultConfiguration": { "level": level(rule.worst()) },
        "properties": { "tags": tags, "security-severity": score(rule.worst()), "precision": "very-high" },
    })
}

fn results(audited: &Audited, rules: &[Box<dyn Rule>], model: Option<&str>) -> Vec<Value> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut results = Vec::new();
    for group in &audited.report.groups {
        let rule = rules.iter().position(|rule| rule.code() == group.rule);
        for finding in &group.findings {
            let print = fingerprint(finding);
            let nth = seen.entry(print.clone()).or_default();
            *nth += 1;
            results.push(result(audited, (group, finding), (rule, &format!("{print}:{nth}")), model));
        }
    }
    results
}

fn result(
    audited: &Audited,
    (group, finding): (&Group, &Finding),
    (rule, print): (Option<usize>, &str),
    model: Option<&str>,
) -> Value {
    let uri = model.map_or_else(|| stand_in(audited, finding), encoded);
    json!({
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": level(finding.severity),
        "message": { "text": message(finding) },
        "locations": [{
            "physicalLocation": { "artifactLocation": { "uri": uri }, "region": { "startLine": 1 } },
            "logicalLocations": [logical(&finding.about)],
        }],
        // GitHub knows a result again by the second.
        "partialFingerprints": { "rolewrightFinding/v1": print, "primaryLocationLineHash": print },
        "properties": {
            "severity": finding.severity.word(),
            "security-severity": score(finding.severity),
            "evidence": finding.evidence,
            "sql": audited.sql(finding),
            "controls": group.controls,
        },
    })
}

/// What is wrong, and the facts that show it. `](` would be taken for a link.
fn message(finding: &Finding) -> String {
    let mut text = format!("{}: {}.", finding.about, finding.what);
    for fact in &finding.evidence {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n- {fact}");
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
fn stand_in(audited: &Audited, finding: &Finding) -> String {
    let at = &audited.observed.at;
    let database = match &finding.about {
        About::Role(_) | About::Target => None,
        About::Object(object) => object.database(),
    };
    let name = database.or_else(|| at.databases.keys().next()).map(ToString::to_string).unwrap_or_default();
    format!("{}/{}", encoded(&at.engine.to_lowercase()), encoded(&name).replace('/', "%2F"))
}

/// The same for the same rule, the same role or object and the same accusation in every run. Counts in its sentence
/// change from day to day, so they are left out with what they count.
fn fingerprint(finding: &Finding) -> String {
    let about = match &finding.about {
        About::Role(role) => json!(["role", role.as_str()]),
        About::Object(object) => json!([
            object.kind.as_str(),
            object.database().map(|name| name.as_str()),
            object.path.iter().map(|name| name.as_str()).collect::<Vec<_>>(),
            object.arguments.as_ref().map(|types| types.iter().map(|name| name.as_str()).collect::<Vec<_>>()),
        ]),
        About::Target => json!(["target"]),
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
