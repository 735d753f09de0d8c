//! The model's tests, answered from the model alone.

use crate::diagnostic::Diagnostic;
use crate::model::{Assigned, Claim, GroupFacts, Held, In, InGroup, Model, RoleFacts, Subject, TestFacts};
use ::model::{
    Cause, GrantIntent, NamedObjects, Operation, OwnerIntent, Pattern, Principal, Reach, RoleName, Segment,
};
use std::collections::{BTreeMap, BTreeSet};

/// What became of a test.
#[derive(Debug, Clone)]
pub struct TestOutcome {
    /// What it claims.
    pub name: String,
    /// What is wrong: errors for claims that do not hold, findings for claims that the model cannot prove.
    /// None means that the test holds.
    pub diagnostics: Vec<Diagnostic>,
}

impl TestOutcome {
    /// True if every claim holds as far as the model can tell.
    #[must_use]
    pub fn holds(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Whether a permission is there.
enum Answer {
    /// All of it, and the line that gives the last part.
    Yes(Option<String>),
    /// A part of it.
    Partly(String),
    No,
}

impl Model {
    /// Runs every test.
    #[must_use]
    pub fn run_tests(&self) -> Vec<TestOutcome> {
        if self.tests.is_empty() {
            return Vec::new();
        }
        let index = Index::of(self);
        self.tests.iter().map(|test| self.run(test, &index)).collect()
    }

    fn run(&self, test: &TestFacts, index: &Index<'_>) -> TestOutcome {
        let mut diagnostics = Vec::new();
        let every = self.environments();
        let environments: Vec<&str> = match &test.environment {
            Some(only) => vec![only.as_str()],
            // A model without environments still has an answer.
            None if every.is_empty() => vec![""],
            None => every,
        };
        for claim in &test.claims {
            let mut failed = environments
                .iter()
                .filter_map(|environment| self.judge(test, claim, environment, index))
                .collect::<Vec<_>>();
            // One diagnostic for a claim: the first environment in which it fails says enough.
            let everywhere = failed.len() == environments.len();
            failed.truncate(1);
            diagnostics.extend(failed.into_iter().map(|failed| match everywhere {
                true => failed,
                false => failed.also("a test asks every environment; `env:` asks one"),
            }));
        }
        TestOutcome { name: test.name.value.clone(), diagnostics }
    }

    fn judge(
        &self,
        test: &TestFacts,
        claim: &Claim,
        environment: &str,
        index: &Index<'_>,
    ) -> Option<Diagnostic> {
        let roles = self.authorised(&test.subject, environment);
        let answer = self.answer(&roles, claim, index);
        let place = if environment.is_empty() { String::new() } else { format!(" in {environment}") };
        let permission = &claim.text.value;
        let failed = |message: String| Diagnostic::error("RW170", message).at(claim.text.span, "this claim");
        match (claim.allowed, answer) {
            (true, Answer::Yes(_)) => None,
            (true, Answer::Partly(line)) => {
                let message = format!(
                    "test failed: {}: only a part of `{permission}` is possible{place}",
                    test.name.value
                );
                Some(failed(message).help(format!("that part comes from {line}")))
            }
            (true, Answer::No) => {
                let message =
                    format!("test failed: {}: `{permission}` is not possible{place}", test.name.value);
                Some(failed(message).help(format!("{} has {}", subject(&test.subject), listed(&roles))))
            }
            (false, Answer::Yes(line)) => {
                let message = format!("test failed: {}: `{permission}` is possible{place}", test.name.value);
                let line = line.map_or_else(
                    || "a superuser may do everything".to_owned(),
                    |line| format!("it comes from {line}"),
                );
                Some(failed(message).help(line))
            }
            (false, Answer::Partly(line)) => {
                let message =
                    format!("test failed: {}: a part of `{permission}` is possible{place}", test.name.value);
                Some(failed(message).help(format!("it comes from {line}")))
            }
            (false, Answer::No) => self.unknown(&roles).map(|role| {
                let message =
                    format!("{}: the model cannot tell what `{role}` may do{place}", test.name.value);
                Diagnostic::finding("RW171", test.name.value.clone(), message)
                    .at(claim.text.span, "not proven")
                    .help(format!("`{role}` is managed elsewhere; the audit of the target sees what it has"))
            }),
        }
    }

    /// A role that is reached and whose privileges the model does not know.
    fn unknown<'m>(&self, roles: &BTreeSet<&'m RoleName>) -> Option<&'m RoleName> {
        let known = |role: &RoleName| self.roles.contains_key(role) || self.logins.contains_key(role);
        roles.iter().find(|role| !known(role)).copied()
    }

    /// Everything that a subject is authorised for: its own login, its roles, their juniors.
    fn authorised<'m>(&'m self, subject: &'m Subject, environment: &'m str) -> BTreeSet<&'m RoleName> {
        let assigned = match subject {
            Subject::User(user) => self.users.get(user),
            Subject::Login(login) => self.logins.get(login).map(|login| &login.assigned),
            Subject::Role(role) => return self.reached(std::iter::once(role)),
        };
        let Some(assigned) = assigned else { return BTreeSet::new() };
        let held = self.assigned(assigned, environment);
        let usable =
            held.into_iter().filter(|held| held.powers.inherit || held.powers.set).map(|held| &held.role);
        self.reached(usable.chain(assigned.login.as_ref()))
    }

    /// What an account has in an environment, directly and through its groups.
    pub(crate) fn assigned<'m>(&'m self, assigned: &'m Assigned, environment: &'m str) -> Vec<&'m Held> {
        let groups = self.groups_of(assigned);
        assigned
            .roles
            .iter()
            .chain(groups.into_iter().flat_map(|(_, group)| group.roles(environment)))
            .collect()
    }

    /// The groups that an account is in, itself and through other groups, each once.
    pub(crate) fn groups_of<'m>(&'m self, assigned: &'m Assigned) -> Vec<(&'m str, &'m GroupFacts)> {
        let (mut found, mut seen) = (Vec::with_capacity(assigned.groups.len()), BTreeSet::new());
        let mut waiting: Vec<&InGroup> = assigned.groups.iter().rev().collect();
        while let Some(group) = waiting.pop() {
            let known = self.groups.get_key_value(&group.name);
            if let Some((name, facts)) = known.filter(|(name, _)| seen.insert(name.as_str())) {
                found.push((name.as_str(), facts));
                waiting.extend(facts.groups.iter().rev());
            }
        }
        found
    }

    /// These roles and all that they are senior to, as far as a membership lets one use it.
    pub(crate) fn reached<'m>(&'m self, start: impl Iterator<Item = &'m RoleName>) -> BTreeSet<&'m RoleName> {
        let mut reached = BTreeSet::new();
        // A retired or draft role gives nothing.
        let mut queue: Vec<&RoleName> =
            start.filter(|role| self.roles.get(*role).is_none_or(RoleFacts::is_real)).collect();
        while let Some(role) = queue.pop() {
            if reached.insert(role)
                && let Some(facts) = self.roles.get(role)
            {
                let usable = facts.juniors.iter().filter(|held| held.powers.inherit || held.powers.set);
                queue.extend(usable.map(|held| &held.role));
            }
        }
        reached
    }

    /// True if some role says who owns what its logins make.
    pub(crate) fn says_owners(&self) -> bool {
        self.roles.values().any(|facts| !facts.creates_as.is_empty())
    }

    fn answer(&self, roles: &BTreeSet<&RoleName>, claim: &Claim, index: &Index<'_>) -> Answer {
        if roles.iter().any(|role| self.roles.get(*role).is_some_and(|facts| facts.superuser)) {
            return Answer::Yes(None);
        }
        let mut lines: Vec<String> = Vec::new();
        let (mut all, mut some) = (true, false);
        for wanted in &claim.grants {
            for operation in &wanted.operations {
                for name in wanted.on.names.iter() {
                    let one = One { database: claim.database, wanted, operation, name };
                    match self.one(roles, &one, index) {
                        Answer::Yes(line) => {
                            some = true;
                            lines.extend(line);
                        }
                        Answer::Partly(line) => {
                            (all, some) = (false, true);
                            lines.push(line);
                        }
                        Answer::No => all = false,
                    }
                }
            }
        }
        let line = lines.into_iter().next();
        match (all, some) {
            (true, _) => Answer::Yes(line),
            (false, true) => Answer::Partly(line.unwrap_or_default()),
            (false, false) => Answer::No,
        }
    }

    /// One operation on one name.
    fn one(&self, roles: &BTreeSet<&RoleName>, one: &One<'_>, index: &Index<'_>) -> Answer {
        let mut part: Option<String> = None;
        let mut columns: BTreeSet<&str> = one.wanted.columns.iter().map(::model::Name::as_str).collect();
        let on_columns = !columns.is_empty();
        for owns in roles.iter().flat_map(|role| index.owns(role)) {
            match one.meets(owns.database, &owns.what.on) {
                Meets::All => return Answer::Yes(self.line(owns.what.cause)),
                Meets::Part => part = part.or_else(|| self.line(owns.what.cause)),
                Meets::Not => {}
            }
        }
        for grant in roles.iter().flat_map(|role| index.grants(role)).chain(&index.public) {
            let what = &grant.what;
            if !what.operations.iter().any(|held| {
                held == one.operation || held.as_str() == "all" || one.operation.as_str() == "all"
            }) {
                continue;
            }
            let whole_operation =
                what.operations.iter().any(|held| held == one.operation || held.as_str() == "all");
            let existing = !matches!(what.reach, Reach::Future(_));
            let meets = one.meets(grant.database, &what.on);
            if matches!(meets, Meets::Not) {
                continue;
            }
            let all = matches!(meets, Meets::All) && existing && whole_operation;
            if all && what.columns.is_empty() {
                return Answer::Yes(self.line(what.cause));
            }
            let hits = what.columns.is_empty()
                || !on_columns
                || what.columns.iter().any(|column| one.wanted.columns.contains(column));
            if all && on_columns {
                what.columns.iter().for_each(|column| {
                    columns.remove(column.as_str());
                });
            }
            if hits {
                part = part.or_else(|| self.line(what.cause));
            }
        }
        match part {
            Some(line) if on_columns && columns.is_empty() => Answer::Yes(Some(line)),
            Some(line) => Answer::Partly(line),
            None => Answer::No,
        }
    }

    fn line(&self, cause: ::model::CauseId) -> Option<String> {
        let at = usize::try_from(cause.0).ok()?;
        self.causes.get(at).map(Cause::to_string)
    }
}

fn subject(subject: &Subject) -> String {
    match subject {
        Subject::User(name) => format!("user `{name}`"),
        Subject::Login(name) => format!("service account `{name}`"),
        Subject::Role(name) => format!("role `{name}`"),
    }
}

fn listed(roles: &BTreeSet<&RoleName>) -> String {
    match roles.len() {
        0 => "no role".to_owned(),
        1..=8 => roles.iter().map(|role| format!("`{role}`")).collect::<Vec<_>>().join(", "),
        many => format!("{many} roles"),
    }
}

/// Grants and ownerships by who has them.
struct Index<'m> {
    public: Vec<&'m In<GrantIntent>>,
    grants: BTreeMap<&'m RoleName, Vec<&'m In<GrantIntent>>>,
    owns: BTreeMap<&'m RoleName, Vec<&'m In<OwnerIntent>>>,
}

impl<'m> Index<'m> {
    fn of(model: &'m Model) -> Self {
        let mut index = Self { public: Vec::new(), grants: BTreeMap::new(), owns: BTreeMap::new() };
        for grant in &model.grants {
            match &grant.what.to {
                Principal::Public => index.public.push(grant),
                Principal::Role(role) => index.grants.entry(role).or_default().push(grant),
            }
        }
        for owns in &model.owns {
            index.owns.entry(&owns.what.owner).or_default().push(owns);
        }
        index
    }

    fn grants(&self, to: &RoleName) -> &[&'m In<GrantIntent>] {
        self.grants.get(to).map(Vec::as_slice).unwrap_or_default()
    }

    fn owns(&self, owner: &RoleName) -> &[&'m In<OwnerIntent>] {
        self.owns.get(owner).map(Vec::as_slice).unwrap_or_default()
    }
}

struct One<'a> {
    database: usize,
    wanted: &'a GrantIntent,
    operation: &'a Operation,
    name: &'a Pattern,
}

enum Meets {
    All,
    Part,
    Not,
}

impl One<'_> {
    /// How much of the wanted name do these objects cover?
    fn meets(&self, database: usize, on: &NamedObjects) -> Meets {
        let wanted = &self.wanted.on;
        let elsewhere = wanted.database.is_some() && database != self.database;
        if elsewhere || on.kind != wanted.kind {
            return Meets::Not;
        }
        let shared = |variety| on.varieties.contains(variety);
        let (all_kinds, some_kinds) = match (on.varieties.is_empty(), wanted.varieties.is_empty()) {
            (true, _) => (true, true),
            (false, true) => (false, true),
            (false, false) => (wanted.varieties.iter().all(shared), wanted.varieties.iter().any(shared)),
        };
        if !some_kinds || on.except.iter().any(|except| covers(except, self.name)) {
            return Meets::Not;
        }
        let touched = on.except.iter().any(|except| overlaps(except, self.name));
        if all_kinds && !touched && on.names.iter().any(|held| covers(held, self.name)) {
            Meets::All
        } else if on.names.iter().any(|held| overlaps(held, self.name)) {
            Meets::Part
        } else {
            Meets::Not
        }
    }
}

/// Does `wide` stand for everything that `narrow` stands for?
fn covers(wide: &Pattern, narrow: &Pattern) -> bool {
    wide.path.len() == narrow.path.len()
        && wide.path.iter().zip(&narrow.path).all(|(wide, narrow)| covers_part(wide, narrow))
        && (wide.arguments.is_none() || wide.arguments == narrow.arguments)
}

fn covers_part(wide: &Segment, narrow: &Segment) -> bool {
    match narrow {
        Segment::Exactly(name) => wide.matches(name.as_str()),
        // A wildcard of the narrow one is a character that no name has: only a wildcard of the wide one takes it.
        Segment::Like(texts) => wide.matches(&texts.join("\0")),
    }
}

/// Is there something that both stand for?
fn overlaps(a: &Pattern, b: &Pattern) -> bool {
    let arguments = a.arguments.is_none() || b.arguments.is_none() || a.arguments == b.arguments;
    a.path.len() == b.path.len() && arguments && a.path.iter().zip(&b.path).all(|(a, b)| overlaps_part(a, b))
}

fn overlaps_part(a: &Segment, b: &Segment) -> bool {
    match (a, b) {
        (_, Segment::Exactly(name)) => a.matches(name.as_str()),
        (Segment::Exactly(name), _) => b.matches(name.as_str()),
        (Segment::Like(a), Segment::Like(b)) => meet(&steps(a), &steps(b)),
    }
}

/// A wildcard is `None`.
fn steps(texts: &[String]) -> Vec<Option<char>> {
    let mut steps = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        if at > 0 {
            steps.push(None);
        }
        steps.extend(text.chars().map(Some));
    }
    steps
}

/// Do two patterns with wildcards have a text in common? Row by row, as for an edit distance.
fn meet(a: &[Option<char>], b: &[Option<char>]) -> bool {
    let mut row = vec![true];
    row.extend(b.iter().scan(true, |open, step| {
        *open &= step.is_none();
        Some(*open)
    }));
    for step in a {
        let mut next = vec![row.first().copied().unwrap_or(false) && step.is_none()];
        for (at, other) in b.iter().enumerate() {
            let get = |row: &[bool], at: usize| row.get(at).copied().unwrap_or(false);
            let met = match (step, other) {
                (Some(x), Some(y)) => x == y && get(&row, at),
                // A wildcard takes one more character of the other, or ends.
                _ => {
                    get(&row, at)
                        || (step.is_none() && get(&next, at))
                        || (other.is_none() && get(&row, at + 1))
                        || (step.is_none() && get(&row, at + 1))
                        || (other.is_none() && get(&next, at))
                }
            };
            next.push(met);
        }
        row = next;
    }
    row.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str) -> Segment {
        Segment::Like(text.split('*').map(str::to_owned).collect())
    }

    #[test]
    fn wildcards_meet_where_one_text_fits_both() {
        let meets = |a: &str, b: &str| overlaps_part(&part(a), &part(b));
        assert!(meets("a*", "*b") && meets("*", "x*y") && meets("order_*", "*_lines") && meets("*", "*"));
        assert!(!meets("a*", "b*") && !meets("*x", "*y") && !meets("a*c", "a*d") && !meets("ab*", "ac*"));
    }

    #[test]
    fn a_wildcard_covers_a_narrower_one_and_not_the_other_way_round() {
        let covers = |a: &str, b: &str| covers_part(&part(a), &part(b));
        assert!(covers("*", "order_*") && covers("order_*", "order_x*") && covers("a*b", "a*b"));
        assert!(!covers("order_*", "*") && !covers("a*b", "a*"));
    }
}
