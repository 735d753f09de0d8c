//! What effective access means, said as sets without any thought of speed; the crate must agree with it.

use crate::world::{World, world};
use access::{Answer, Fact, Graph};
use model::{Need, Needs, Powers, Principal, RoleName, Source, Way};
use proptest::prelude::*;
use std::collections::BTreeSet;

type Roles = BTreeSet<RoleName>;

struct Naive<'a> {
    powers: &'a Powers,
    needs: &'a Needs,
    giving: bool,
}

impl Naive<'_> {
    fn next<'a>(&'a self, from: &'a RoleName, way: Way) -> impl Iterator<Item = RoleName> + 'a {
        let edges = self.powers.edges.iter().filter(move |edge| edge.from == *from && edge.way == way);
        edges.map(|edge| edge.to.clone())
    }

    fn above(&self, role: &RoleName) -> bool {
        self.powers.above.contains(role)
    }

    fn inherited(&self, role: &RoleName) -> Roles {
        closure(role, |role| self.next(role, Way::Inherits).collect())
    }

    /// What one that uses these privileges hands out.
    fn handed_out(&self, role: &RoleName) -> Roles {
        let mut given: Roles = self
            .inherited(role)
            .iter()
            .flat_map(|role| self.next(role, Way::Administers).collect::<Vec<_>>())
            .collect();
        if self.powers.give_any.contains(role) {
            let any = self.powers.roles.iter();
            given.extend(any.filter(|to| !self.above(to) && !self.powers.never_given.contains(to)).cloned());
        }
        given
    }

    /// Whom a session of the role can be. `through_above`: a superuser gets anywhere, which says nothing about where.
    fn identities(&self, role: &RoleName, giving: bool, through_above: bool) -> Roles {
        closure(role, |at| {
            if self.above(at) && !through_above {
                return Vec::new();
            }
            let mut next: Vec<RoleName> = self.next(at, Way::Becomes).collect();
            if giving {
                next.extend(self.handed_out(at));
            }
            next
        })
    }

    fn holds(&self, role: &RoleName, sources: &[Source], counts: &dyn Fn(&Source) -> bool) -> bool {
        let inherited = self.inherited(role);
        sources.iter().filter(|source| counts(source)).any(|source| match &source.who {
            Principal::Public => true,
            Principal::Role(who) => inherited.contains(who),
        })
    }

    /// Without standing above.
    fn has_plainly(&self, role: &RoleName, need: &Need, giving: bool) -> bool {
        let counts = |source: &Source| giving || !source.basis.grants_itself();
        let parts =
            !need.parts.is_empty() && need.parts.iter().all(|part| self.holds(role, &part.sources, &counts));
        self.holds(role, &need.sources, &counts) || parts
    }

    fn has(&self, role: &RoleName, need: &Need, giving: bool) -> bool {
        self.above(role) || self.has_plainly(role, need, giving)
    }

    fn logs_in(&self, role: &RoleName) -> bool {
        if !self.powers.logins.contains(role) {
            return false;
        }
        let entry = &self.needs.entry;
        if self.has(role, entry, false) {
            return true;
        }
        let elsewhere = self.holds(role, &self.needs.elsewhere, &|_| true);
        self.giving
            && elsewhere
            && self.identities(role, true, true).iter().any(|at| {
                self.above(at)
                    || self.holds(at, &entry.sources, &|source| source.basis.grants_itself())
                    || self.handed_out(at).iter().any(|given| self.has(given, entry, false))
            })
    }

    /// These are all that the session can be. What can be handed on, can be handed to any of them.
    fn can_giving(&self, given: &Roles) -> bool {
        let session = &self.needs.session;
        let reached = |need: &Need| given.iter().any(|at| self.has(at, need, true));
        let handed = |need: &Need| {
            given.iter().any(|at| {
                self.above(at)
                    || self.holds(at, &need.sources, &|source| source.basis.grants_itself())
                    || self
                        .handed_out(at)
                        .iter()
                        .any(|to| !self.above(to) && self.has_plainly(to, need, false))
            })
        };
        let beside =
            |anchor: usize| session.iter().enumerate().all(|(at, need)| at == anchor || handed(need));
        given.iter().any(|at| session.iter().all(|need| self.has(at, need, true)))
            || (session.iter().all(reached) && (!self.needs.together || (0..session.len()).any(beside)))
    }

    fn can(&self, role: &RoleName) -> bool {
        let entering: Vec<&RoleName> =
            self.powers.logins.iter().filter(|login| self.logs_in(login)).collect();
        let others = entering.iter().filter(|login| !self.above(login));
        let sessions: Roles = others.flat_map(|login| self.identities(login, self.giving, false)).collect();
        let session = &self.needs.session;
        if entering.contains(&role) || sessions.contains(role) {
            let identities = self.identities(role, false, true);
            let given = self.identities(role, true, true);
            return identities.iter().any(|at| session.iter().all(|need| self.has(at, need, false)))
                || (!self.needs.together
                    && session.iter().all(|need| identities.iter().any(|at| self.has(at, need, false))))
                || (self.giving && self.can_giving(&given));
        }
        let used = sessions.iter().filter(|at| !self.above(at)).any(|at| self.inherited(at).contains(role));
        used && !self.above(role) && session.iter().all(|need| self.has_plainly(role, need, self.giving))
    }
}

fn closure(from: &RoleName, next: impl Fn(&RoleName) -> Vec<RoleName>) -> Roles {
    let mut reached = Roles::from([from.clone()]);
    let mut waiting = vec![from.clone()];
    while let Some(role) = waiting.pop() {
        waiting.extend(next(&role).into_iter().filter(|role| reached.insert(role.clone())));
    }
    reached
}

/// Every step that is told is a step that there is, and who only grants itself something says so.
fn is_told_truly(world: &World, answer: &Answer, giving: bool) -> Result<(), TestCaseError> {
    let Answer::Yes { facts, grants_itself } = answer else { return Ok(()) };
    prop_assert!(giving || !grants_itself, "{facts:?}");
    for fact in facts {
        match fact {
            Fact::Step { from, way, to } => {
                let edge = world
                    .powers
                    .edges
                    .iter()
                    .any(|edge| edge.from == *from && edge.way == *way && edge.to == *to);
                let any = *way == Way::Administers && world.powers.give_any.contains(from);
                prop_assert!(edge || any, "{fact}");
            }
            Fact::Above { role } => prop_assert!(world.powers.above.contains(role)),
            Fact::LogsIn { role, .. } => prop_assert!(world.powers.logins.contains(role)),
            Fact::Holds { .. } | Fact::HandsOut { .. } | Fact::Prepares { .. } => {}
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_answer_is_that_of_the_definition(world in world(), giving in any::<bool>()) {
        let naive = Naive { powers: &world.powers, needs: &world.needs, giving };
        let graph = Graph::of(&world.powers);
        let doors = graph.doors(&world.needs, giving);
        let asked = graph.ask(&world.needs, giving);
        let mut can = BTreeSet::new();
        for role in &world.powers.roles {
            let entered = doors.enter(role);
            let answer = asked.answer(role, entered.as_ref());
            let yes = matches!(answer, Answer::Yes { .. });
            prop_assert_eq!(yes, naive.can(role), "{}", role);
            is_told_truly(&world, &answer, giving)?;
            let around = graph.around(role);
            let alone = around.ask(&world.needs, giving).answer(role, entered.as_ref());
            prop_assert_eq!(matches!(alone, Answer::Yes { .. }), yes, "{} alone", role);
            can.extend(yes.then(|| role.clone()));
        }
        let groups = asked.who(&doors);
        let who: Vec<RoleName> = groups.iter().flat_map(|group| &group.members).map(|member| member.role.clone()).collect();
        prop_assert_eq!(who.len(), can.len(), "each once");
        prop_assert_eq!(who.into_iter().collect::<BTreeSet<_>>(), can);
    }
}
