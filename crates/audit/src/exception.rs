//! Exceptions: findings that somebody accepts until a day. Each is bound to what its owner saw: the facts of a finding
//! have a print, and an exception for other facts accepts nothing.

use crate::{About, Finding};
use model::{Cause, Day};

/// A finding that somebody accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The finding's code.
    pub rule: String,
    /// What the finding is about.
    pub about: String,
    /// The print of the facts that were seen. `None` accepts nothing, except about the model itself, whose lines stand
    /// beside it.
    pub saw: Option<String>,
    /// Who accepts it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day.
    pub until: String,
    /// Where the model says so.
    pub line: Cause,
}

/// What becomes of a finding for which there is an exception. Of several, the first of these counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It is accepted.
    Accepted,
    /// It was accepted, and that is over.
    Over,
    /// Something else was accepted: the facts are not those that were seen.
    Otherwise,
    /// The exception does not say what was seen.
    Unbound,
}

impl Exception {
    /// True if the exception is for this rule and for what the finding is about.
    #[must_use]
    pub fn is_for(&self, finding: &Finding) -> bool {
        self.rule == finding.rule && finding.about.is_called(&self.about)
    }

    /// What becomes of a finding that it is for.
    #[must_use]
    pub fn standing(&self, print: &str, today: Option<Day>) -> Standing {
        match &self.saw {
            None => Standing::Unbound,
            Some(saw) if saw != print => Standing::Otherwise,
            Some(_) if self.is_over(today) => Standing::Over,
            Some(_) => Standing::Accepted,
        }
    }

    /// True if its last day is over.
    #[must_use]
    pub fn is_over(&self, today: Option<Day>) -> bool {
        today.zip(Day::of(&self.until)).is_some_and(|(today, until)| until < today)
    }
}

impl About {
    /// True if an exception that says this means it.
    fn is_called(&self, name: &str) -> bool {
        self.name() == name || self.to_string() == name
    }

    /// What an exception calls it, in the shortest way.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            About::Role(role) => role.to_string(),
            other => other.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Exception, Standing};
    use crate::{About, Facts, Finding, Mending, Severity};
    use model::{Cause, Day, RoleName};

    fn exception(about: &str, saw: Option<&str>, until: &str) -> Exception {
        Exception {
            rule: "RW402".to_owned(),
            about: about.to_owned(),
            saw: saw.map(str::to_owned),
            owner: "data@acme.example".to_owned(),
            reason: "Soon.".to_owned(),
            until: until.to_owned(),
            line: Cause::Observed(String::new()),
        }
    }

    fn finding() -> Finding {
        Finding {
            rule: "RW402",
            severity: Severity::High,
            about: About::Role(RoleName::new("night").unwrap()),
            what: "may do much".to_owned(),
            evidence: Vec::new(),
            facts: Facts::new().digest(),
            mending: Mending::default(),
        }
    }

    #[test]
    fn an_exception_names_a_role_with_or_without_the_word() {
        for (name, is) in [("night", true), ("role night", true), ("nights", false), ("role", false)] {
            assert_eq!(exception(name, None, "2027-01-31").is_for(&finding()), is, "{name}");
        }
        let other = Finding { rule: "RW403", ..finding() };
        assert!(!exception("night", None, "2027-01-31").is_for(&other));
    }

    #[test]
    fn an_exception_holds_through_its_last_day_for_what_it_saw() {
        let standing = |saw, today| exception("night", saw, "2027-01-31").standing("aa", today);
        let day = |text| Some(Day::of(text).unwrap());
        assert_eq!(standing(Some("aa"), day("2027-01-31")), Standing::Accepted);
        assert_eq!(standing(Some("aa"), day("2027-02-01")), Standing::Over);
        assert_eq!(standing(Some("bb"), day("2027-01-01")), Standing::Otherwise);
        assert_eq!(standing(None, day("2027-01-01")), Standing::Unbound);
        assert_eq!(
            standing(Some("aa"), None),
            Standing::Accepted,
            "where nobody knows the day nothing is over"
        );
    }
}
