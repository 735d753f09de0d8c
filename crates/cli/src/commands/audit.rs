//! `rolewright audit`: what is wrong here, worst first.

use crate::arguments::{Audit, AuditFormat, By, FailOn};
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::model_files::{self, Checked, Where};
use crate::render;
use crate::since_file;
use crate::terminal::Terminal;
use crate::url::Target;
use ::audit::{Meant, Rule, Severity, Trace, Undone};
use engine::Databases;
use model::Secret;
use service::{Audited, Subject};
use std::collections::BTreeSet;
use std::path::Path;

/// Looks at the targets and reports. Findings as bad as `--fail-on` says are work; without it, those that are more than
/// information.
pub(crate) async fn run(arguments: Audit, terminal: Terminal) -> Result<Verdict, Failure> {
    if arguments.by == By::Control && !matches!(arguments.format, AuditFormat::Text | AuditFormat::Html) {
        return Err(Failure::new(
            "only a text or HTML report is by control",
            "leave out --by: in the other forms each finding names its controls",
        ));
    }
    // A look can take minutes: whether what it saw can be kept is asked before.
    let before = arguments.since.as_deref().map(since_file::read).transpose()?.unwrap_or_default();
    let Looked { targets, model } = looked_at(&arguments, terminal)?;
    if arguments.format != AuditFormat::Text && targets.len() > 1 {
        return Err(Failure::new(
            format!("the model means {} servers here, and only a text report is of several", targets.len()),
            "give the URL of one of them",
        ));
    }
    let rules = rules_since(before.clone());
    let (mut work, mut seen) = (false, Vec::new());
    let today = model_files::day();
    for (at, LookedAt { url, databases, meant }) in targets.into_iter().enumerate() {
        let databases = if arguments.all_databases { every(databases) } else { databases };
        let progress = terminal.progress("looking at the target");
        let subject = Subject { url: &url, databases, meant, today };
        let audited = service::audit(&postgres::PostgresEngine, subject, &rules).await?;
        drop(progress);
        seen.extend(Trace::of(&audited.observed, &since_file::print));
        let text = written(&arguments, &audited, &rules, model.as_deref(), terminal)?;
        terminal.print(if at > 0 { "\n" } else { "" })?;
        terminal.print(&text)?;
        work |= match arguments.fail_on {
            None => audited.report.needs_action(),
            Some(least) => audited.report.has(severity(least)),
        };
    }
    if let Some(path) = &arguments.since {
        since_file::write(path, before, seen)?;
    }
    Ok(if work { Verdict::Work } else { Verdict::Clean })
}

/// Every database that can be read. Without those of the model there is nothing to hold against it.
fn every(databases: Databases) -> Databases {
    Databases::Readable(match databases {
        Databases::These(needed) | Databases::Readable(needed) => needed,
        Databases::Connected | Databases::All => BTreeSet::new(),
    })
}

/// The report in the form that was asked for.
fn written(
    arguments: &Audit,
    audited: &Audited,
    rules: &[Box<dyn Rule>],
    model: Option<&str>,
    terminal: Terminal,
) -> Result<String, Failure> {
    let by_control = arguments.by == By::Control;
    Ok(match arguments.format {
        AuditFormat::Text => render::audit_text(audited, arguments.verbose, by_control, terminal.out),
        AuditFormat::Html => render::audit_html(audited, by_control),
        AuditFormat::Json => render::audit_json(audited)
            .map_err(|error| Failure::new(format!("the report cannot be written: {error}"), ""))?,
        AuditFormat::Sarif => render::audit_sarif(audited, rules, model),
        AuditFormat::Csv => render::audit_csv(audited),
    })
}

/// What is looked at.
struct Looked {
    /// The URL, or what the model means.
    targets: Vec<LookedAt>,
    /// The first file of the model, if it was a model that was named.
    model: Option<String>,
}

/// One target.
struct LookedAt {
    url: Secret,
    databases: Databases,
    /// What the model says of it.
    meant: Option<Meant>,
}

fn looked_at(arguments: &Audit, terminal: Terminal) -> Result<Looked, Failure> {
    let path = arguments.target.as_deref().filter(|target| !Target::is_url(target)).map(Path::new);
    let url =
        match (arguments.target.as_deref().filter(|target| Target::is_url(target)), arguments.url.as_deref())
        {
            (Some(_), Some(_)) => return Err(Failure::new("two URLs are given", "leave out --url")),
            (Some(url), None) | (None, Some(url)) => Some(Target::given(url)?),
            (None, None) => None,
        };
    if let Some(target) = &url {
        target.warn(terminal);
        // An argument that is a URL asks for no model; --url takes the place of one in it, where there is one.
        if arguments.url.is_none() || !Checked::is_there(path) {
            if arguments.env.is_some() {
                return Err(Failure::new("a URL has no environments", "leave out --env, or name a model"));
            }
            let url = target.url().clone();
            let only = LookedAt { url, databases: Databases::Connected, meant: None };
            return Ok(Looked { targets: vec![only], model: None });
        }
    }
    let loaded = Checked::at(path)?.loaded(terminal.err)?;
    let wanted = Where { environment: arguments.env.as_deref(), url: url.as_ref() };
    let targets = loaded.targets(&wanted, terminal.err)?.into_iter();
    let stated = loaded.stated();
    let looked_at = |target: ::manifest::Target| LookedAt {
        meant: Some(stated.on(&target)),
        databases: Databases::These(target.intent.databases),
        url: target.url,
    };
    Ok(Looked {
        targets: targets.map(looked_at).collect(),
        model: loaded.sources.first().map(|source| source.name.clone()),
    })
}

const fn severity(least: FailOn) -> Severity {
    match least {
        FailOn::Critical => Severity::Critical,
        FailOn::High => Severity::High,
        FailOn::Medium => Severity::Medium,
        FailOn::Low => Severity::Low,
        FailOn::Info => Severity::Info,
    }
}

/// Every rule there is, one of which compares with what earlier audits saw.
fn rules_since(before: Vec<Trace>) -> Vec<Box<dyn Rule>> {
    let undone = Undone::since(before, since_file::print);
    let mut rules = rules();
    rules.retain(|rule| rule.code() != undone.code());
    rules.push(Box::new(undone));
    rules
}

/// Every rule there is.
pub(super) fn rules() -> Vec<Box<dyn Rule>> {
    let mut rules = ::audit::neutral();
    rules.extend(postgres::rules());
    rules
}
