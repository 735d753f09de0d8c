//! Sets of roles of which nobody may have so many.

use super::coming::From;
use super::scope::Scope;
use super::told::{Broken, Had, Unproven, each, listed};
use access::duties::{Subjects, Web, too_many};
use audit::Facts;
use manifest::{Diagnostic, DutiesEntry, Holder, SeparationEntry, Text};
use model::RoleName;

/// The code of somebody who has too much of what is kept apart.
pub(super) const BROKEN: &str = "RW180";

/// The code of somebody who has one and had another until lately.
const ALTERNATING: &str = "RW186";

/// How it is mended.
pub(super) const TAKE_ONE: &str = "take one away";

/// The code of a separation that nobody can prove.
pub(super) const UNPROVEN: &str = "RW181";

/// Whom these separations do not keep apart, and of whom nobody can say that they do.
pub(super) fn judge(scope: &Scope<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for separation in scope.model.separation_of_duties() {
        let duties = separation.on_assignment.as_ref().filter(|duties| !duties.roles.is_empty());
        let Some(duties) = duties else { continue };
        let set = Set { scope, separation, duties, roles: roles(duties), cardinality: cardinality(duties) };
        let broken = set.broken();
        found.extend(set.told(&broken));
        found.extend(set.alternating(&broken));
        found.extend(unknown(scope, UNPROVEN, &separation.name, &set.terms(), &broken));
    }
    found
}

/// A role that is managed elsewhere may give anything: whoever has it is not proven to be without.
pub(super) fn unknown(
    scope: &Scope<'_>,
    code: &'static str,
    name: &Text,
    terms: &Facts,
    broken: &Subjects,
) -> Vec<Diagnostic> {
    let unproven = scope.outside.iter().map(|(role, having)| (role, &**having - broken));
    let unproven = unproven.filter(|(_, who)| !who.is_empty());
    unproven
        .map(|(role, who)| Unproven { code, name, role, who, terms: terms.clone() }.diagnostic(scope))
        .collect()
}

/// How many are too many: all of them unless said.
pub(crate) fn cardinality(duties: &DutiesEntry) -> usize {
    let all = duties.roles.len().max(duties.permissions.len());
    duties.cardinality.as_ref().map_or(all, |said| usize::try_from(said.value).unwrap_or(usize::MAX))
}

/// The roles of a set.
pub(super) fn roles(duties: &DutiesEntry) -> Vec<Holder> {
    duties.roles.iter().filter_map(|role| Some(Holder::Role(RoleName::new(role.as_str()).ok()?))).collect()
}

fn had(role: &Holder) -> Had {
    let from = From { whose: Some(role.clone()), why: String::new(), on: String::new() };
    Had { what: format!("`{}`", role.name()), from: vec![from], held: true, up: Vec::new() }
}

struct Set<'a> {
    scope: &'a Scope<'a>,
    separation: &'a SeparationEntry,
    duties: &'a DutiesEntry,
    roles: Vec<Holder>,
    cardinality: usize,
}

impl Set<'_> {
    fn broken(&self) -> Subjects {
        let reaching: Vec<_> = self.roles.iter().map(|role| self.scope.web.reaching(role)).collect();
        too_many(reaching.iter().map(AsRef::as_ref), self.cardinality)
    }

    fn told(&self, broken: &Subjects) -> Vec<Diagnostic> {
        let name = &self.separation.name;
        each(self.scope, BROKEN, name, broken, |number, who| {
            let has = self.roles.iter().filter(|role| self.scope.web.reaching(role).contains(number));
            let has: Vec<Had> = has.map(had).collect();
            let what = listed(has.iter().map(|had| had.what.as_str()));
            let message =
                format!("{who} has {what}{}, which `{}` keeps apart", self.scope.place(), name.value);
            Broken { code: BROKEN, name, who, has, terms: self.terms(), mend: TAKE_ONE }
                .diagnostic(self.scope, &message)
        })
    }

    /// Who has one and had another until lately.
    fn alternating(&self, broken: &Subjects) -> Vec<Diagnostic> {
        let Some(within) = &self.duties.within else { return Vec::new() };
        let scope = self.scope;
        let ended = scope.model.ended_within(within.value);
        let ended: Vec<(Holder, Holder, &str)> =
            ended.into_iter().map(|(who, role, until)| (who, Holder::Role(role), until)).collect();
        let links = scope.standing.links.iter().map(|link| (&link.from, &link.to));
        let web =
            Web::new(&scope.standing.subjects, links.chain(ended.iter().map(|(who, role, _)| (who, role))));
        let reaching: Vec<_> = self.roles.iter().map(|role| web.reaching(role)).collect();
        let lately = too_many(reaching.iter().map(AsRef::as_ref), self.cardinality) - broken;
        let name = &self.separation.name;
        each(scope, ALTERNATING, name, &lately, |number, who| {
            let mut has = Vec::new();
            for role in self.roles.iter().filter(|role| web.reaching(role).contains(number)) {
                if scope.web.reaching(role).contains(number) {
                    has.push(had(role));
                    continue;
                }
                let leads = |from: &Holder, to: &Holder| from == to || scope.way(from, to).is_some();
                let by = ended.iter().filter(|(holder, ended, _)| leads(who, holder) && leads(ended, role));
                let until = by.map(|(.., until)| *until).max().unwrap_or_default();
                let what = format!("`{}` (until {until})", role.name());
                has.push(Had { what, from: Vec::new(), held: true, up: Vec::new() });
            }
            let what = listed(has.iter().map(|had| had.what.as_str()));
            let message = format!(
                "{who} has had {what}{} within {} days, which `{}` keeps apart",
                scope.place(),
                within.value,
                name.value
            );
            let mend = "wait until that is over";
            Broken { code: ALTERNATING, name, who, has, terms: self.terms(), mend }
                .diagnostic(scope, &message)
        })
    }

    fn terms(&self) -> Facts {
        let mut facts = Facts::new().with("cardinality", &[&(self.cardinality as u64)]);
        if let Some(within) = &self.duties.within {
            facts.add("within", &[&u64::from(within.value)]);
        }
        facts.each("role", self.duties.roles.iter().map(|role| role.as_str()));
        facts
    }
}
