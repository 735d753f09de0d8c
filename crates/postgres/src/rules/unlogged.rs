#![doc = include_str!("unlogged.md")]

use audit::{About, Facts, Finding, Look, Manual, Mending, Offered, Rule, Severity};
use model::Survey;

/// The rule.
pub(super) struct Unlogged;

impl Rule for Unlogged {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("unlogged.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Low
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let Some(survey) = &look.observed.survey else { return Vec::new() };
        self.of_changes(survey).into_iter().chain(self.of_connections(survey)).collect()
    }
}

impl Unlogged {
    fn of_changes(&self, survey: &Survey) -> Option<Finding> {
        let statement = setting(survey, "log_statement")?;
        if matches!(statement, "ddl" | "mod" | "all") {
            return None;
        }
        let mut facts = Facts::new().with("log_statement", &[&statement]);
        facts.add("pgaudit.log", &[&setting(survey, "pgaudit.log")]);
        let mut evidence = vec![format!("log_statement is {statement}")];
        match (setting(survey, "shared_preload_libraries"), setting(survey, "pgaudit.log")) {
            (_, Some(classes)) if audits(classes) => return None,
            (_, Some(classes)) => {
                evidence.push(format!("pgaudit.log is '{classes}': role and ddl are not both in it"))
            }
            // Whether pgaudit is there is unknown, and said so in the notes.
            (None, None) => return None,
            (Some(_), None) => evidence.push("pgaudit is not loaded".to_owned()),
        }
        let what = "grants and changes of roles leave no trace in the log";
        Some(self.finding(what, evidence, facts, (
            "ALTER SYSTEM SET log_statement = 'ddl'",
            "a statement that sets a password then stands in the log as it was typed: see that people use \\password of psql",
        )))
    }

    fn of_connections(&self, survey: &Survey) -> Option<Finding> {
        let connections = setting(survey, "log_connections")?;
        let parts: Vec<&str> = connections.split(',').map(str::trim).collect();
        // From 18 on it is a list of moments; before, on or off.
        let logged = ["on", "all", "authorization", "authentication"].iter().any(|word| parts.contains(word));
        (!logged).then(|| {
            let told = if connections.is_empty() { "not set" } else { connections };
            let evidence = vec![format!("log_connections is {told}")];
            self.finding(
                "who logs in leaves no trace in the log",
                evidence,
                Facts::new().with("log_connections", &[&connections]),
                (
                    "ALTER SYSTEM SET log_connections = 'on'",
                    "the log has a line for each connection: see that there is room",
                ),
            )
        })
    }

    fn finding(
        &self,
        what: &str,
        evidence: Vec<String>,
        facts: Facts,
        (statement, before): (&str, &str),
    ) -> Finding {
        let statements = vec![Offered::anywhere(statement), Offered::anywhere("SELECT pg_reload_conf()")];
        Finding {
            rule: self.code(),
            severity: Severity::Low,
            about: About::Target,
            what: what.to_owned(),
            evidence,
            facts: facts.digest(),
            mending: Mending::with(statements).but_first(before),
        }
    }
}

fn setting<'a>(survey: &'a Survey, name: &str) -> Option<&'a str> {
    survey.settings.iter().find(|(known, _)| known.as_str() == name).map(|(_, value)| value.as_str())
}

/// True if pgaudit logs what changes roles and privileges. Its classes can be taken out again with a minus.
fn audits(classes: &str) -> bool {
    let classes: Vec<String> = classes.split(',').map(|class| class.trim().to_lowercase()).collect();
    let has = |class: &str| classes.iter().any(|one| one == class);
    ["role", "ddl"].iter().all(|class| (has("all") || has(class)) && !has(&format!("-{class}")))
}

#[cfg(test)]
mod tests {
    use super::audits;

    #[test]
    fn pgaudit_counts_if_it_logs_roles_and_definitions() {
        assert!(audits("role, ddl") && audits("ALL") && audits("all, -misc"));
        assert!(
            !audits("none")
                && !audits("role")
                && !audits("all, -role")
                && !audits("ddl, write")
                && !audits("")
        );
    }
}
