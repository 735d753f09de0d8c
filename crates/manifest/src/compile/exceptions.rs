//! Exceptions: findings that somebody accepts until a day.

use super::Compiler;
use crate::codes::explain;
use crate::diagnostic::Diagnostic;
use crate::manifest::ExceptionEntry;

impl Compiler<'_> {
    /// Reports exceptions that are over, and those for what is no finding.
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
            if self.today.is_some_and(|today| exception.until.as_str() < today) {
                let message = format!("the exception for {code} about `{}` is over", exception.about.value);
                let help = format!("mend the finding, or let {} accept it anew", exception.owner.value);
                let over = Diagnostic::finding("RW165", exception.about.as_str(), message);
                self.say(over.at(exception.until.span, "in the past").help(help));
            }
        }
    }
}

/// Takes out the findings that somebody accepted, those of failed proofs among them. An exception that accepts nothing is
/// a finding itself: its name is misspelt, or what it was for has been mended. Beside errors that cannot be told.
pub(crate) fn accept(exceptions: &[ExceptionEntry], today: Option<&str>, diagnostics: &mut Vec<Diagnostic>) {
    let broken = diagnostics.iter().any(Diagnostic::is_error);
    let in_force = |exception: &&ExceptionEntry| today.is_none_or(|today| exception.until.as_str() >= today);
    for exception in exceptions.iter().filter(in_force) {
        let (code, about) = (exception.rule.as_str(), exception.about.as_str());
        let before = diagnostics.len();
        diagnostics
            .retain(|found| found.is_error() || found.code != code || found.about.as_deref() != Some(about));
        if diagnostics.len() == before && of_a_model(code) && !broken {
            let message =
                format!("the exception accepts nothing: there is no finding {code} about `{about}`");
            let help = "check the name, or take the exception out if the finding is mended";
            let finding = Diagnostic::finding("RW165", about, message);
            diagnostics.push(finding.at(exception.about.span, "not found").help(help));
        }
    }
}

/// Is this a finding about a model, and not one about a target?
fn of_a_model(code: &str) -> bool {
    code.strip_prefix("RW").is_some_and(|number| number.starts_with('1'))
}
