//! Exceptions: findings that somebody accepts until a day.

use super::Compiler;
use crate::codes::explain;
use crate::diagnostic::Diagnostic;
use crate::manifest::{ExceptionEntry, Text};

impl<'a> Compiler<'a> {
    /// Reports exceptions that are over, those for what is no finding, and those that bind to nothing.
    pub(super) fn exceptions(&mut self) {
        let manifest = self.manifest;
        for exception in &manifest.exceptions {
            let code = exception.rule.as_str();
            let number = |number: &str| number.len() == 3 && number.parse::<u16>().is_ok();
            // The codes of a model are all known here; those of a target's audit are the engine's.
            let known =
                code.strip_prefix("RW").is_some_and(number) && (!of_a_model(code) || explain(code).is_some());
            if !known {
                let message = format!("`{code}` is not the code of a finding");
                let help = "it stands in brackets behind the word `warning`, such as `RW146`";
                self.say(Diagnostic::error("RW165", message).at(exception.rule.span, "here").help(help));
                continue;
            }
            self.bound(exception);
            if self.today.is_some_and(|today| exception.until.as_str() < today) {
                let message = format!("the exception for {code} about `{}` is over", exception.about.value);
                let help = format!("mend the finding, or let {} accept it anew", exception.owner.value);
                let over = Diagnostic::finding("RW165", exception.about.as_str(), message);
                self.say(over.at(exception.until.span, "in the past").help(help));
            }
        }
    }

    /// What is accepted about a target is bound to what was seen there; a line of the model stands beside what it accepts.
    fn bound(&mut self, exception: &'a ExceptionEntry) {
        let (code, about) = (exception.rule.as_str(), exception.about.as_str());
        if of_a_model(code) {
            for text in [&exception.saw, &exception.environment].into_iter().flatten() {
                let message = format!("{code} is about the model, which this says nothing of");
                let help = "leave it out: it is for findings about a target";
                self.say(Diagnostic::error("RW165", message).at(text.span, "here").help(help));
            }
            return;
        }
        if let Some(environment) = &exception.environment {
            self.known_environment(environment);
        }
        let shown = if is_judged(code) { "rolewright check" } else { "rolewright audit --verbose" };
        if is_judged(code) && exception.environment.is_none() && !self.model.sites.is_empty() {
            let message =
                format!("the exception for {code} about `{about}` accepts nothing: it does not say where");
            let help = "write `environment:`; what holds in one need not hold in another";
            self.say(Diagnostic::finding("RW165", about, message).at(exception.rule.span, "here").help(help));
        }
        match &exception.saw {
            None => {
                let message = format!(
                    "the exception for {code} about `{about}` accepts nothing: it does not say what was seen"
                );
                let help = format!("write `saw:` with what `{shown}` shows beside the finding");
                let finding = Diagnostic::finding("RW165", about, message);
                self.say(finding.at(exception.rule.span, "here").help(help));
            }
            Some(saw) if !is_print(saw.as_str()) => {
                let message = format!("`{}` is not what is shown beside a finding", saw.value);
                let help = "it is 32 letters, from 0 to 9 and from a to f";
                self.say(Diagnostic::error("RW165", message).at(saw.span, "here").help(help));
            }
            Some(_) => {}
        }
    }
}

/// Takes out the findings that somebody accepted, those of failed proofs among them, and gives each with its exception. An
/// exception that accepts nothing is a finding itself: its name is misspelt, or what it was for has been mended. Beside
/// errors that cannot be told.
pub(crate) fn accept(
    exceptions: &[ExceptionEntry],
    today: Option<&str>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(Diagnostic, ExceptionEntry)> {
    let broken = diagnostics.iter().any(Diagnostic::is_error);
    let in_force = |exception: &&ExceptionEntry| today.is_none_or(|today| exception.until.as_str() >= today);
    let mut accepted = Vec::new();
    for exception in exceptions.iter().filter(in_force).filter(|one| of_a_model(one.rule.as_str())) {
        let (code, about) = (exception.rule.as_str(), exception.about.as_str());
        let meant = |found: &mut Diagnostic| {
            !found.is_error() && found.code == code && found.about.as_deref() == Some(about)
        };
        let before = accepted.len();
        accepted.extend(diagnostics.extract_if(.., meant).map(|found| (found, exception.clone())));
        if accepted.len() == before && !broken {
            let message =
                format!("the exception accepts nothing: there is no finding {code} about `{about}`");
            let help = "check the name, or take the exception out if the finding is mended";
            let finding = Diagnostic::finding("RW165", about, message);
            diagnostics.push(finding.at(exception.about.span, "not found").help(help));
        }
    }
    accepted
}

/// The same for what is judged on the whole model and is accepted for what was seen, errors among it. An exception says who is
/// meant by what, in which environment, and the print of all that was seen.
pub(crate) fn accept_seen(
    exceptions: &[ExceptionEntry],
    today: Option<&str>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(Diagnostic, ExceptionEntry)> {
    let in_force = |exception: &&ExceptionEntry| today.is_none_or(|today| exception.until.as_str() >= today);
    let mut accepted = Vec::new();
    for exception in exceptions.iter().filter(in_force).filter(|one| is_judged(one.rule.as_str())) {
        let Some(saw) = &exception.saw else { continue };
        let (code, about) = (exception.rule.as_str(), exception.about.as_str());
        let here = exception.environment.as_ref().map_or("", Text::as_str);
        let is_for = |found: &Diagnostic| {
            let there = found.bound.as_ref().is_some_and(|bound| bound.environment == here);
            found.code == code && found.about.as_deref() == Some(about) && there
        };
        let seen = |found: &mut Diagnostic| {
            is_for(found) && found.bound.as_ref().is_some_and(|bound| bound.saw == saw.value)
        };
        let before = accepted.len();
        accepted.extend(diagnostics.extract_if(.., seen).map(|found| (found, exception.clone())));
        if accepted.len() > before {
            continue;
        }
        let (what, help) = if diagnostics.iter().any(is_for) {
            (
                "something else was accepted: the facts are not those that were seen",
                "let its owner accept it anew, or mend it",
            )
        } else {
            (
                "there is no such finding",
                "check the names, or take the exception out if the finding is mended",
            )
        };
        let message = format!("the exception for {code} about `{about}` accepts nothing: {what}");
        diagnostics.push(Diagnostic::finding("RW165", about, message).at(saw.span, "not found").help(help));
    }
    accepted
}

/// Is this a finding about a model, accepted beside its lines, and not one that is accepted for what was seen?
fn of_a_model(code: &str) -> bool {
    code.strip_prefix("RW").is_some_and(|number| number.starts_with('1')) && !is_judged(code)
}

/// Is it judged on the whole model, such as a separation of duties?
fn is_judged(code: &str) -> bool {
    code.strip_prefix("RW").is_some_and(|number| number.starts_with("18"))
}

/// Does the text have the form of what an audit shows beside a finding?
fn is_print(text: &str) -> bool {
    text.len() == 32 && text.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
}
