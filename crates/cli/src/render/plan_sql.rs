//! A plan as a script for psql: for reviewers and for those who carry it out by hand.

use super::{reasons, target};
use model::{DatabaseName, Part, Phase, Place, Plan, RoleName, Statement};
use postgres::quote::{identifier, psql_connect};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The script. Secrets are psql's variables; the head of the script says which.
pub(crate) fn plan_sql(plan: &Plan) -> String {
    let variables = Variables::of(plan);
    let mut text = head(plan, &variables);
    let mut connected: Option<&DatabaseName> = None;
    let mut secret = 0;
    for (at, phase) in plan.phases.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\n-- Phase {} of {}: {}", at + 1, plan.phases.len(), comment(&name(phase)));
        if let Place::Database(name) = &phase.place
            && connected != Some(name)
        {
            text.push_str(&psql_connect(name.as_str()));
            text.push_str(&become_actor(plan));
            connected = Some(name);
        }
        text.push_str(&of_phase(phase, &variables, &mut secret));
    }
    text
}

fn head(plan: &Plan, variables: &Variables) -> String {
    let mut text = format!("-- Plan for {}\n", comment(&target(&plan.at)));
    let _ = writeln!(
        text,
        "-- made from {} by {}",
        comment(&plan.at.instant),
        comment(plan.executor.login.as_str())
    );
    let _ = writeln!(text, "-- fingerprint {}", comment(&plan.fingerprint));
    for (role, variable) in &variables.verifiers {
        let _ = writeln!(
            text,
            "-- needs: psql -v {variable}=…  the SCRAM verifier of {}",
            comment(role.as_str())
        );
    }
    for at in 1..=variables.secrets {
        let _ = writeln!(text, "-- needs: psql -v secret_{at}=…");
    }
    for note in &plan.notes {
        let _ = writeln!(text, "-- note: {}: {}", comment(&note.about), comment(&note.what));
    }
    for (role, ties) in &plan.quarantined {
        let _ =
            writeln!(text, "-- stays in quarantine: {}: {}", comment(role.as_str()), comment(&reasons(ties)));
    }
    text.push_str("\\set ON_ERROR_STOP on\n");
    text.push_str(&become_actor(plan));
    text
}

/// A session of the login's becomes the role whose power the plan counts on; each connection anew.
fn become_actor(plan: &Plan) -> String {
    let executor = &plan.executor;
    if executor.acts_as == executor.login {
        return String::new();
    }
    format!("SET ROLE {};\n", identifier(executor.acts_as.as_str()))
}

fn of_phase(phase: &Phase, variables: &Variables, secret: &mut usize) -> String {
    let mut text = String::new();
    if phase.atomic {
        text.push_str("BEGIN;\n");
    }
    for step in &phase.steps {
        let _ = writeln!(text, "-- {}: because {}", step.risk, comment(&step.cause.to_string()));
        for statement in &step.statements {
            let written = variables.write(statement, secret);
            let end = if written.trim_end().ends_with(';') { "" } else { ";" };
            let _ = writeln!(text, "{written}{end}");
        }
    }
    if phase.atomic {
        text.push_str("COMMIT;\n");
    }
    text
}

fn name(phase: &Phase) -> String {
    match &phase.place {
        Place::Cluster => phase.kind.to_string(),
        Place::Database(name) => format!("database {name}"),
    }
}

/// A comment ends with its line, so a text in it must have only one.
fn comment(text: &str) -> String {
    let one_line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    one_line.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The variables that stand for secrets.
#[derive(Default)]
struct Variables {
    verifiers: BTreeMap<RoleName, String>,
    secrets: usize,
}

impl Variables {
    fn of(plan: &Plan) -> Self {
        let mut variables = Self::default();
        let mut taken = BTreeSet::new();
        let statements = plan.steps().flat_map(|(_, step)| &step.statements);
        for part in statements.flat_map(|statement| statement.parts()) {
            match part {
                Part::Text(_) => {}
                Part::Secret(_) => variables.secrets += 1,
                Part::VerifierOf(role) if !variables.verifiers.contains_key(role) => {
                    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
                    let base: String = role.as_str().chars().map(plain).collect();
                    let mut variable = format!("verifier_{base}");
                    while !taken.insert(variable.clone()) {
                        variable.push('_');
                    }
                    variables.verifiers.insert(role.clone(), variable);
                }
                Part::VerifierOf(_) => {}
            }
        }
        variables
    }

    fn write(&self, statement: &Statement, secret: &mut usize) -> String {
        let mut text = String::new();
        for part in statement.parts() {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::VerifierOf(role) => {
                    let variable = self.verifiers.get(role).map_or("verifier", String::as_str);
                    let _ = write!(text, ":'{variable}'");
                }
                Part::Secret(_) => {
                    *secret += 1;
                    let _ = write!(text, ":'secret_{secret}'");
                }
            }
        }
        text
    }
}
