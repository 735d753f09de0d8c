//! An answer about one role or user, for people: yes or no first, then the way, step by step.

use super::counted;
use super::wrap::wrapped;
use crate::terminal::Paint;
use access::{Answer, Fact, Lacking};
use model::{Permission, RoleName};
use service::{Answers, Asking, Judged, Origin, Origins};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// How many permissions are told one by one when nobody asked for all.
const SHOWN: usize = 10;

/// What was answered about one subject.
pub(crate) struct Answered {
    /// As people know it.
    pub(crate) who: String,
    /// The role that was judged.
    pub(crate) role: RoleName,
    /// The answers.
    pub(crate) answers: Answers,
}

impl Answered {
    /// True if every permission is there.
    pub(crate) fn is_yes(&self) -> bool {
        self.answers.iter().all(|(_, answer)| matches!(answer, Answer::Yes { .. }))
    }
}

/// The whole answer.
pub(crate) fn answer_text(
    asking: &Asking,
    answered: &[Answered],
    judged: Judged,
    origins: Option<Origins<'_>>,
    all: bool,
    paint: Paint,
) -> String {
    let words = Words { asking, judged, origins, all, paint };
    let mut text = answered.iter().map(|one| words.of(one)).collect::<Vec<_>>().join("\n");
    for table in asking.row_security() {
        let line = format!("note: row security is on for {table}: policies decide which rows");
        text.push_str(&paint.plain(&wrapped("", "  ", &line)));
    }
    if words.origins.is_some_and(|origins| origins.intent.is_none()) {
        text.push_str(&paint.dim("No model was given: lines of a model cannot be named.\n"));
    }
    text
}

struct Words<'a> {
    asking: &'a Asking,
    judged: Judged,
    origins: Option<Origins<'a>>,
    all: bool,
    paint: Paint,
}

impl Words<'_> {
    fn of(&self, answered: &Answered) -> String {
        match answered.answers.as_slice() {
            [(permission, answer)] => self.one(&answered.who, permission, answer),
            several => self.several(&answered.who, several),
        }
    }

    fn one(&self, who: &str, permission: &Permission, answer: &Answer) -> String {
        let mut text = self.headline(who, permission, answer);
        text.push_str(&self.body(answer));
        text
    }

    fn headline(&self, who: &str, permission: &Permission, answer: &Answer) -> String {
        let paint = self.paint;
        let (says, cannot) = match self.judged {
            Judged::Privilege => ("holds", "does not hold"),
            _ => ("can", "cannot"),
        };
        let (word, verb) = match answer {
            Answer::Yes { grants_itself: false, .. } => (paint.good("yes:"), says),
            Answer::Yes { grants_itself: true, .. } => {
                (paint.warning("yes, by a grant that it may make itself:"), "can come to")
            }
            Answer::No(_) => (paint.error("no:"), cannot),
        };
        let have = if self.judged != Judged::Privilege && is_noun(permission) { " have" } else { "" };
        format!("{word} {} {verb}{have} {}\n", paint.plain(who), paint.bold(&permission.to_string()))
    }

    fn body(&self, answer: &Answer) -> String {
        match answer {
            Answer::Yes { facts, .. } => self.facts(facts),
            Answer::No(lacking) => {
                let line = |one: &Lacking| wrapped("  ", "    ", &missing(one, &self.asking.database));
                self.paint.plain(&lacking.iter().map(line).collect::<String>()).into_owned()
            }
        }
    }

    fn facts(&self, facts: &[Fact]) -> String {
        let mut text = String::new();
        let mut introduced = BTreeSet::new();
        for (at, fact) in facts.iter().enumerate() {
            let number = format!("{:3}  ", at + 1);
            text.push_str(&self.paint.plain(&wrapped(&number, "     ", &fact.to_string())));
            if let Some(origins) = &self.origins {
                text.push_str(&self.origin(origins, fact, &mut introduced));
            }
        }
        text
    }

    fn origin<'f>(
        &self,
        origins: &Origins<'_>,
        fact: &'f Fact,
        introduced: &mut BTreeSet<&'f RoleName>,
    ) -> String {
        let paint = self.paint;
        let mut text = match origins.of(fact) {
            Origin::Lines(lines) => {
                lines.iter().map(|line| wrapped("       ", "         ", &line.to_string())).collect()
            }
            Origin::BuiltIn(what) => {
                wrapped("       ", "         ", &format!("{}: {what}", self.asking.observed.at.engine))
            }
            Origin::Unwanted => wrapped(
                "       ",
                "         ",
                "not in the model, which speaks of it: the next plan takes it away",
            ),
            Origin::Unknown if origins.intent.is_some() => {
                "       unknown: it predates Rolewright\n".to_owned()
            }
            Origin::Unknown => String::new(),
        };
        if let Some(role) = origins.about(fact).filter(|role| introduced.insert(role)) {
            let answerable = origins.answerable(role);
            let about = [("purpose", answerable.purpose), ("owner", answerable.owner)];
            for (what, said) in about.into_iter().filter_map(|(what, said)| Some((what, said?))) {
                text.push_str(&wrapped("       ", "         ", &format!("{what} of {role}: {said}")));
            }
        }
        paint.dim(&text)
    }

    fn several(&self, who: &str, answers: &[(Permission, Answer)]) -> String {
        let is_yes = |answer: &Answer| matches!(answer, Answer::Yes { .. });
        let yes = answers.iter().filter(|(_, answer)| is_yes(answer)).count();
        let total = answers.len();
        let paint = self.paint;
        let mut text = String::new();
        if yes == total {
            let _ = writeln!(text, "{} {} can do all {total}", paint.good("yes:"), paint.plain(who));
        } else {
            let _ = writeln!(text, "{} {} can do {yes} of {total}", paint.error("no:"), paint.plain(who));
        }
        // Those that fail, or where none does, all of them.
        let told: Vec<_> = answers.iter().filter(|(_, answer)| yes == total || !is_yes(answer)).collect();
        if self.all {
            for (permission, answer) in told {
                let _ = write!(text, "\n{}", self.headline(who, permission, answer));
                text.push_str(&self.body(answer));
            }
            return text;
        }
        let groups = alike(&told);
        for (first, permissions) in groups.iter().take(SHOWN) {
            let (permission, answer) = first;
            let _ = write!(text, "\n{}", self.headline(who, permission, answer));
            text.push_str(&self.body(answer));
            text.push_str(&self.others(permissions));
        }
        if groups.len() > SHOWN {
            let more = counted(groups.len() - SHOWN, "more way");
            let _ = writeln!(text, "\n{}", paint.dim(&format!("and {more}; --verbose shows them all")));
        }
        text
    }

    /// The other permissions of a group, by name.
    fn others(&self, permissions: &[&Permission]) -> String {
        let (first, rest) = match permissions {
            [] => return String::new(),
            [first, rest @ ..] => (first, rest),
        };
        let mut line = format!("and so it is with {first}");
        for permission in rest.iter().take(SHOWN) {
            let _ = write!(line, ", {permission}");
        }
        if rest.len() > SHOWN {
            let _ = write!(line, " and {} more; --verbose shows them all", rest.len() - SHOWN);
        }
        self.paint.dim(&wrapped("     ", "     ", &line))
    }
}

type One = (Permission, Answer);

/// Answers that differ in nothing but the object, each group with its first one and the permissions of the others.
fn alike<'a>(told: &[&'a One]) -> Vec<(&'a One, Vec<&'a Permission>)> {
    let mut groups: Vec<(String, &One, Vec<&Permission>)> = Vec::new();
    for one in told {
        let (permission, answer) = *one;
        let shape = match answer {
            Answer::Yes { facts, .. } => facts.iter().map(|fact| format!("{fact}\n")).collect::<String>(),
            Answer::No(lacking) => format!("{lacking:?}"),
        };
        let name = permission.on.to_string();
        let shape = format!("{} {}", permission.operation, shape.replace(&name, ""));
        match groups.iter_mut().find(|(known, ..)| *known == shape) {
            Some((.., others)) => others.push(permission),
            None => groups.push((shape, one, Vec::new())),
        }
    }
    groups.into_iter().map(|(_, first, others)| (first, others)).collect()
}

/// True for a privilege that nobody can be said to do.
fn is_noun(permission: &Permission) -> bool {
    ["usage", "temporary", "trigger", "references"].contains(&permission.operation.as_str())
}

/// What is missing, as a sentence.
pub(super) fn missing(lacking: &Lacking, database: &model::DatabaseName) -> String {
    match lacking {
        Lacking::Entry => {
            format!("it may not connect to database {database}, nor does anybody who gets to it")
        }
        Lacking::Login => format!(
            "it cannot log in, and nobody gets to it who may connect to database {database} (--privilege judges what it \
             holds all the same)"
        ),
        Lacking::Need(permission) => match permission.operation.as_str() {
            "drop" if permission.on.path.len() > 1 => {
                format!("it gets to no owner: neither that of {} nor that of its schema", permission.on)
            }
            "drop" | "alter" => format!("it does not get to the owner of {}", permission.on),
            _ => format!("nothing gives it {permission}"),
        },
        Lacking::OneRole(all) => {
            let all = all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
            format!("it gets to {all}, but never as one role")
        }
    }
}
