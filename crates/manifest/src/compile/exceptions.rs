//! Exceptions: findings that somebody accepts until a day.

use super::Compiler;
use crate::diagnostic::Diagnostic;

impl Compiler<'_> {
    /// Takes accepted findings out, and reports exceptions that are over.
    pub(super) fn exceptions(&mut self) {
        let manifest = self.manifest;
        for exception in &manifest.exceptions {
            let code = exception.rule.as_str();
            let known = code
                .strip_prefix("RW")
                .is_some_and(|number| number.len() == 3 && number.parse::<u16>().is_ok());
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
                continue;
            }
            self.out.retain(|diagnostic| {
                let accepted = !diagnostic.is_error()
                    && diagnostic.code == code
                    && diagnostic.about.as_deref() == Some(exception.about.as_str());
                !accepted
            });
        }
    }
}
