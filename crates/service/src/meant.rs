//! What is meant on a target, for the audit: out of a checked model, as the plain data that rules read.

use crate::codes::explain;
use audit::{Exception, Manual, Meant, Remark, Severity, Temporary};
use manifest::{Diagnostic, ExceptionEntry, Model, Source, Target};
use model::{Cause, Day};
use std::collections::BTreeMap;

/// A checked model with what it was read from.
#[derive(Debug, Clone, Copy)]
pub struct Stated<'a> {
    /// The model.
    pub model: &'a Model,
    /// What it was read from.
    pub sources: &'a [Source],
    /// What is to be looked at in it.
    pub findings: &'a [Diagnostic],
    /// What is to be looked at in it and somebody accepts.
    pub accepted: &'a [(Diagnostic, ExceptionEntry)],
}

impl Stated<'_> {
    /// What the model says of one of its targets.
    #[must_use]
    pub fn on(&self, target: &Target) -> Meant {
        let model = self.model;
        let temporary = model.temporary_on(target).into_iter().filter_map(|one| {
            let manifest::Temporary { member, role, until, ended, cause } = one;
            Some(Temporary { member, role, until: Day::of(&until)?, ended, cause })
        });
        let here = |entry: &&ExceptionEntry| {
            let environment = entry.environment.as_ref();
            !is_of_a_model(entry.rule.as_str())
                && environment.is_none_or(|environment| environment.value == target.environment)
        };
        let open = self.findings.iter().map(|diagnostic| self.remark(diagnostic, None));
        let accepted = self.accepted.iter().map(|(diagnostic, entry)| self.remark(diagnostic, Some(entry)));
        Meant {
            environment: target.environment.clone(),
            alone: model.servers_in(&target.environment) == 1,
            intent: target.intent.clone(),
            boundaries: model.boundaries_on(target),
            people: model.logins_of_people(target),
            external: model.external_roles().clone(),
            temporary: temporary.collect(),
            duties: self.duties(),
            exceptions: model.exceptions().iter().filter(here).map(|entry| self.exception(entry)).collect(),
            remarks: open.chain(accepted).collect(),
        }
    }

    /// The lines of what is kept from people.
    fn duties(&self) -> BTreeMap<String, Cause> {
        let separations = self.model.separation_of_duties().iter().map(|one| &one.name);
        let names = separations.chain(self.model.dual_control().iter().map(|control| &control.name));
        names
            .map(|name| (name.value.clone(), manifest::place(self.sources, name.span, name.value.clone())))
            .collect()
    }

    fn exception(&self, entry: &ExceptionEntry) -> Exception {
        let text = format!("exception for {}", entry.rule.value);
        Exception {
            rule: entry.rule.value.clone(),
            about: entry.about.value.clone(),
            saw: entry.saw.as_ref().map(|saw| saw.value.clone()),
            owner: entry.owner.value.clone(),
            reason: entry.reason.value.clone(),
            until: entry.until.value.clone(),
            line: manifest::place(self.sources, entry.rule.span, text),
        }
    }

    fn remark(&self, diagnostic: &Diagnostic, accepted: Option<&ExceptionEntry>) -> Remark {
        let span = diagnostic.labels.first().map(|label| label.span).unwrap_or_default();
        Remark {
            manual: Manual::new(explain(diagnostic.code).unwrap_or_default()),
            severity: severity(diagnostic.code),
            place: manifest::place(self.sources, span, diagnostic.about.as_deref().unwrap_or_default()),
            about: diagnostic.about.as_deref().map(str::to_owned),
            what: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
            says_exception: diagnostic.bound.is_some(),
            accepted: accepted.map(|entry| self.exception(entry)),
        }
    }
}

/// How bad a finding about a model is in the report of an audit: an end that passed, power that nobody answers for or that
/// goes around the roles is a missing wall, the rest is untidy.
fn severity(code: &str) -> Severity {
    match code {
        "RW145" | "RW146" | "RW147" | "RW148" | "RW150" | "RW151" | "RW153" | "RW163" => Severity::Medium,
        "RW180" | "RW181" | "RW182" | "RW183" | "RW186" | "RW188" => Severity::High,
        "RW184" | "RW185" | "RW187" => Severity::Medium,
        _ => Severity::Low,
    }
}

fn is_of_a_model(code: &str) -> bool {
    explain(code).is_some()
}
