#![doc = include_str!("expired_login.md")]

use crate::quote::{identifier, literal};
use crate::words::attribute;
use audit::told::{listed, several};
use audit::{About, Facts, Finding, Holdings, Look, Manual, Mending, Offered, Rule, Severity};
use model::{Role, RoleName, Survey, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub(super) struct ExpiredLogin;

impl Rule for ExpiredLogin {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("expired_login.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let Some(survey) = &look.observed.survey else { return Vec::new() };
        let mut sessions: BTreeMap<&RoleName, u32> = BTreeMap::new();
        for live in &survey.sessions {
            *sessions.entry(&live.login).or_default() += live.count;
        }
        let roles = look.observed.access.roles.iter().filter(|(name, _)| !look.is_engines_own(name));
        let with_state = roles.map(|(name, role)| {
            let state = State {
                can: role.attributes.get(&attribute::LOGIN) == Some(&Value::Flag(true)),
                expired: survey.expired.contains(name),
                sessions: sessions.get(name).copied().unwrap_or_default(),
            };
            (name, role, state)
        });
        let suspect = |state: &State| if state.can { state.expired } else { state.sessions > 0 };
        let suspects: Vec<_> = with_state.filter(|(.., state)| suspect(state)).collect();
        let named = suspects.iter().map(|(name, role, _)| (*name, *role)).collect();
        let holdings = Holdings::of(look, &named);
        suspects
            .into_iter()
            .filter_map(|(name, role, state)| self.of_role((look, survey, &holdings), (name, role), &state))
            .collect()
    }
}

/// What is the matter with a role.
struct State {
    can: bool,
    expired: bool,
    sessions: u32,
}

impl ExpiredLogin {
    /// One that holds nothing and is not connected is tidy enough.
    fn of_role(
        &self,
        (look, survey, holdings): (&Look<'_>, &Survey, &Holdings<'_>),
        (name, role): (&RoleName, &Role),
        state: &State,
    ) -> Option<Finding> {
        let holds = holdings.has_objects(name);
        let mut facts = Facts::new().with("may log in", &[&state.can]);
        holdings.tell(name, look, role, &mut facts);
        let mut evidence = Vec::new();
        if let (true, Some(Value::Text(until))) =
            (state.expired, role.attributes.get(&attribute::VALID_UNTIL))
        {
            facts.add("ended", &[until]);
            evidence.push(format!("its password ended at {until}"));
        }
        if !state.can {
            evidence.push("may not log in any more".to_owned());
        }
        let members = look.observed.access.members.keys().filter(|key| key.member == *name);
        let roles: BTreeSet<&RoleName> = members.map(|key| &key.role).collect();
        if !roles.is_empty() {
            evidence.push(format!("is still a member of {}", listed(&roles)));
        }
        if holds {
            evidence.push("still holds privileges or owns objects".to_owned());
        }
        let mut statements = Vec::new();
        if state.can {
            statements.push(Offered::anywhere(format!("ALTER ROLE {} NOLOGIN", identifier(name.as_str()))));
        }
        let (severity, what) = if state.sessions > 0 {
            let sessions = survey.sessions.iter().filter(|live| live.login == *name);
            // How many there are changes by itself.
            let sessions =
                sessions.inspect(|live| facts.add("connected", &[&live.application, &live.database]));
            evidence.push(format!("is connected: {}", listed(sessions.map(told))));
            statements.push(Offered::anywhere(format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = {}",
                literal(name.as_str())
            )));
            (Severity::High, "its end has passed, and it is still connected")
        } else if holds || !roles.is_empty() {
            (Severity::Medium, "its end has passed, and it still holds power")
        } else {
            return None;
        };
        Some(Finding {
            rule: self.code(),
            severity,
            about: About::Role(name.clone()),
            what: what.to_owned(),
            evidence,
            facts: facts.digest(),
            mending: Mending {
                model: Some(format!("{name}: {{ state: retired }}   # or give it a new end on purpose")),
                before: (state.sessions > 0).then(|| {
                    "what its sessions have not committed is lost: look in pg_stat_activity at what they do".to_owned()
                }),
                ..Mending::with(statements)
            },
        })
    }
}

fn told(live: &model::Live) -> String {
    let program = if live.application.is_empty() { "a program without a name" } else { &live.application };
    let database = live.database.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
    format!("{} of {program}{database}", several(live.count as usize, "sessions"))
}
