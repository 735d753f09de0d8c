//! Ways up: what somebody can come to, step by step, with the statement that takes each step.

mod legs;
mod radius;
mod tell;

pub use access::{Step, Told};
pub use legs::{Leg, Legs, Spot};
pub use radius::{Part, Radius};

use crate::ask::{AskError, Asking, Climb, asking, look, misfit, no_role};
use crate::imagined::{ImagineError, imagined};
use access::{Entries, Escalations, Graph};
use engine::Engine;
use manifest::Question;
use model::{Certainty, DatabaseName, Escalation, Gain, Intent, RoleName, Secret};
use std::collections::BTreeSet;

/// What somebody wants to come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// To stand above every check.
    Superuser,
    /// To be a role, or to have code run as it.
    Role(RoleName),
    /// To do what the question asks about.
    Permissions,
}

/// Whether there is a way to one thing.
#[derive(Debug)]
pub struct Found {
    /// What was asked about.
    pub to: Gain,
    /// The best way.
    pub way: Option<Told>,
    /// The same as a picture has it.
    pub drawn: Option<Legs>,
    /// There is none without a victim, and one with a victim.
    pub with_a_victim: bool,
}

impl Found {
    /// `None` if there is no way.
    #[must_use]
    pub fn certainty(&self) -> Option<&Certainty> {
        self.way.as_ref().map(|way| &way.certainty)
    }
}

/// Looks at a target for ways up, and at what a question about an operation means there.
///
/// # Errors
/// If the target cannot be reached or read, does not have what the question names, or cannot be what the model says.
pub async fn look_for_ways(
    engine: &dyn Engine,
    url: &Secret,
    database: Option<DatabaseName>,
    how: Climb<'_>,
    question: Option<&Question>,
) -> Result<Asking, AskError> {
    look(engine, url, database, Some(how), question).await
}

/// The same for a model alone: what it makes of a target that has nothing but what it names. What such a target does by
/// itself is not known.
///
/// # Errors
/// If no target can be what the model says.
pub fn imagine_ways(
    engine: &dyn Engine,
    intent: &Intent,
    database: Option<DatabaseName>,
    question: Option<&Question>,
) -> Result<Asking, AskError> {
    let words = engine.vocabulary();
    let asked = question.map(|question| question.as_intent(words, database.as_ref())).unwrap_or_default();
    let (observed, dialect) = imagined(engine, intent, &asked.grants).map_err(|error| match error {
        ImagineError::Problems(problems) => misfit(&problems),
        error @ ImagineError::Name(_) => AskError::Question {
            code: "RW333",
            what: error.to_string(),
            help: "ask about a target with --url".to_owned(),
        },
    })?;
    let database = database.or_else(|| observed.at.databases.keys().next().cloned());
    asking(observed, dialect, database, question)
}

impl Asking {
    /// The best ways of one person, by these accounts, to what is asked about.
    ///
    /// # Errors
    /// `RW332` if the target has no such role.
    pub fn paths(
        &self,
        accounts: &[RoleName],
        goal: &Goal,
        with_victims: bool,
    ) -> Result<Vec<Found>, AskError> {
        let graph = Graph::of(self.powers());
        let starts = self.starts(&graph, accounts)?;
        let (gains, leading) = self.gains(goal)?;
        let own = self.dialect.escalations(&self.observed);
        let ways = Escalations::of(&graph, leading.iter().chain(&own));
        let enters = self.entered(&graph, &starts);
        let climbed = ways.from(&starts, &enters, with_victims);
        let best = |to: Gain| {
            let way = climbed.way(&to);
            let drawn = way.as_ref().and_then(|way| legs::legs(&to, way));
            let way = way.map(|way| tell::told(self, &to, &way));
            Found { to, way, drawn, with_a_victim: false }
        };
        let found: Vec<Found> = gains.into_iter().map(best).collect();
        let sure = |found: &Found| found.certainty() == Some(&Certainty::Direct);
        let lured = (!with_victims && !found.iter().all(sure)).then(|| ways.from(&starts, &enters, true));
        let with_a_victim = |gain: &Gain| {
            let way = lured.as_ref().and_then(|lured| lured.way(gain));
            way.is_some_and(|way| matches!(way.certainty(), Certainty::Victim(_)))
        };
        let whole =
            |found: Found| Found { with_a_victim: !sure(&found) && with_a_victim(&found.to), ..found };
        Ok(found.into_iter().map(whole).collect())
    }

    /// Everything that one person comes to by these accounts.
    ///
    /// # Errors
    /// `RW332` if the target has no such role.
    pub fn blast_radius(&self, accounts: &[RoleName], with_victims: bool) -> Result<Radius, AskError> {
        let graph = Graph::of(self.powers());
        let starts = self.starts(&graph, accounts)?;
        let own = self.dialect.escalations(&self.observed);
        let ways = Escalations::of(&graph, own.iter());
        let enters = self.entered(&graph, &starts);
        Ok(radius::radius(self, &ways.from(&starts, &enters, with_victims)))
    }

    fn starts<'r>(&self, graph: &Graph, accounts: &'r [RoleName]) -> Result<Vec<&'r RoleName>, AskError> {
        match accounts.iter().find(|role| !graph.knows(role)) {
            Some(unknown) => Err(no_role(unknown, self.powers())),
            None => Ok(accounts.iter().collect()),
        }
    }

    /// What is gained where the goal is reached, and the steps that lead to it from what is held.
    fn gains(&self, goal: &Goal) -> Result<(Vec<Gain>, Vec<Escalation>), AskError> {
        match goal {
            Goal::Superuser => Ok((vec![Gain::Everything], Vec::new())),
            Goal::Role(role) if self.powers().roles.contains(role) => {
                Ok((vec![Gain::Acts(role.clone())], Vec::new()))
            }
            Goal::Role(role) => Err(no_role(role, self.powers())),
            Goal::Permissions => {
                let leading = self
                    .permissions
                    .iter()
                    .flat_map(|asked| self.dialect.reaching(&self.observed, &self.database, asked));
                let gains = self.permissions.iter().cloned().map(Gain::Does);
                Ok((gains.collect(), leading.collect()))
            }
        }
    }

    /// The databases that sessions of the accounts begin in.
    fn entered(&self, graph: &Graph, accounts: &[&RoleName]) -> BTreeSet<DatabaseName> {
        graph.entrances(&Entries::of(&*self.dialect, &self.observed)).entered(accounts)
    }
}
