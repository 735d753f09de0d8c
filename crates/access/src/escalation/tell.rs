//! A way up as people and programs read it: what is done, why it works, and the statements.

use super::{Taken, WayUp};
use model::{
    Certainty, DatabaseName, Dialect, Escalation, From, Gain, LOGIN, QUOTE, RoleName, STATEMENT, Way,
};

/// One step of a way up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What happens.
    pub what: String,
    /// Why that works: what the one who takes the step holds.
    pub holding: Vec<String>,
    /// The statements that take it, as they are run.
    pub statements: Vec<String>,
    /// Where, if it matters.
    pub database: Option<DatabaseName>,
    /// Whether it needs somebody else.
    pub certainty: Certainty,
}

/// A way up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The steps from the beginning.
    pub steps: Vec<Step>,
    /// The worst of its steps.
    pub certainty: Certainty,
    /// Where it ends, which may be above what was asked for.
    pub end: Gain,
}

impl WayUp<'_> {
    /// Tells the way. A goal that is reached by standing above it, and the statements that then do what was asked about, come
    /// last.
    #[must_use]
    pub fn told(&self, dialect: &dyn Dialect, above: Option<(&Gain, Vec<String>)>) -> Told {
        let mut telling = Telling {
            dialect,
            login: None,
            current: None,
            wraps: Vec::new(),
            before: Vec::new(),
            steps: Vec::new(),
        };
        self.steps.iter().for_each(|taken| telling.step(taken));
        if let Some((goal, statements)) = above {
            telling.add(goal.to_string(), Vec::new(), statements, None, Certainty::Direct);
        }
        telling.fill(&["SELECT current_user".to_owned()]);
        Told { steps: telling.steps, certainty: self.certainty().clone(), end: self.end.clone() }
    }
}

struct Telling<'a> {
    dialect: &'a dyn Dialect,
    login: Option<RoleName>,
    /// The role that the session is.
    current: Option<RoleName>,
    /// Steps whose statements run another statement as somebody else, the outermost first: what they run is not known yet.
    wraps: Vec<usize>,
    /// What these run before it: somebody else's session becomes another role.
    before: Vec<String>,
    steps: Vec<Step>,
}

impl Telling<'_> {
    fn step(&mut self, taken: &Taken<'_>) {
        match taken {
            Taken::Begins(role) => {
                self.login = Some(role.clone());
                self.current = self.login.clone();
                self.add(format!("{role} begins a session"), Vec::new(), Vec::new(), None, Certainty::Direct);
            }
            Taken::Member { from, way, to, any } => self.member(from, *way, to, *any),
            Taken::Escalates { by, acting, facts, grants } => {
                let mut holding: Vec<String> = facts.iter().map(ToString::to_string).collect();
                holding.retain(|fact| *fact != by.because);
                let mut statements: Vec<String> = Vec::new();
                if *acting == self.login && self.current != self.login && self.wraps.is_empty() {
                    statements.extend(acting.iter().map(|login| self.dialect.becoming(login)));
                    self.current.clone_from(acting);
                }
                if let Some(acting) = acting {
                    statements.extend(grants.iter().map(|grant| self.dialect.granting(grant, acting)));
                }
                // Who stands there has nothing to do.
                let itself = self.login.clone().map(From::Runs);
                let there = by.gain == Gain::Everything && itself.is_some_and(|itself| by.from == itself);
                statements.extend(by.statements.iter().filter(|_| !there).cloned());
                self.escalates(by, holding, statements);
            }
        }
    }

    fn member(&mut self, from: &RoleName, way: Way, to: &RoleName, any: bool) {
        let what = match way {
            Way::Administers if any => format!("{from} may hand out every role, so also {to}"),
            _ => format!("{from} {way} {to}"),
        };
        let statements = match way {
            Way::Inherits => Vec::new(),
            Way::Becomes => vec![self.dialect.becoming(to)],
            Way::Administers => vec![self.dialect.handing_out(to)],
        };
        let others_session = way == Way::Becomes && !self.wraps.is_empty();
        let mut statements = if others_session {
            self.before.extend(statements);
            Vec::new()
        } else {
            self.run(self.said(&statements))
        };
        let back = way != Way::Becomes && self.login.as_ref() == Some(from) && self.current != self.login;
        if back && self.wraps.is_empty() {
            statements.insert(0, self.dialect.becoming(from));
            self.current = Some(from.clone());
        }
        if way != Way::Inherits && !others_session {
            self.current = Some(to.clone());
        }
        if way == Way::Administers {
            statements.push(self.dialect.becoming(to));
        }
        self.steps.push(Step {
            what,
            holding: Vec::new(),
            statements,
            database: None,
            certainty: Certainty::Direct,
        });
    }

    fn escalates(&mut self, by: &Escalation, holding: Vec<String>, statements: Vec<String>) {
        let statements = self.said(&statements);
        let wraps = statements.iter().any(|statement| statement.contains(STATEMENT));
        let database = by.database.clone();
        let what = if by.because.is_empty() { by.gain.to_string() } else { by.because.clone() };
        let begins = matches!((&by.from, &by.gain), (From::Runs(_), Gain::Acts(_)));
        let statements = match (wraps, begins) {
            (true, _) => statements,
            (false, false) => self.run(statements),
            // A session is begun from outside.
            (false, true) => self.run_but_the_last(statements),
        };
        if let (true, Gain::Acts(role)) = (begins, &by.gain) {
            self.current = Some(role.clone());
        }
        self.add(what, holding, statements, database, by.certainty.clone());
        if wraps {
            self.wraps.push(self.steps.len().saturating_sub(1));
        }
    }

    fn add(
        &mut self,
        what: String,
        holding: Vec<String>,
        statements: Vec<String>,
        database: Option<DatabaseName>,
        certainty: Certainty,
    ) {
        self.steps.push(Step { what, holding, statements, database, certainty });
    }

    /// Statements as they are run here: none are left where an earlier step runs them as somebody else.
    fn run(&mut self, statements: Vec<String>) -> Vec<String> {
        if self.wraps.is_empty() || statements.is_empty() {
            return statements;
        }
        self.fill(&statements);
        Vec::new()
    }

    fn run_but_the_last(&mut self, mut statements: Vec<String>) -> Vec<String> {
        let last = statements.pop();
        let mut left = self.run(statements);
        left.extend(last);
        left
    }

    /// Statements with the name of who began.
    fn said(&self, statements: &[String]) -> Vec<String> {
        let login = self.login.as_ref().map(|login| self.dialect.quoted(login)).unwrap_or_default();
        statements.iter().map(|statement| statement.replace(LOGIN, &login)).collect()
    }

    /// Puts statements into those that run them, innermost first.
    fn fill(&mut self, statements: &[String]) {
        let before = std::mem::take(&mut self.before);
        let mut inner = before.iter().chain(statements).cloned().collect::<Vec<_>>().join("; ");
        for (depth, at) in std::mem::take(&mut self.wraps).into_iter().enumerate().rev() {
            let Some(step) = self.steps.get_mut(at) else { continue };
            let quoted = self.dialect.literal(&inner);
            let tag = format!("$code{depth}$");
            for statement in &mut step.statements {
                *statement = statement.replace(QUOTE, &tag).replace(STATEMENT, &quoted);
            }
            inner = step.statements.join("; ");
            if depth > 0 {
                // The one before runs them.
                step.statements.clear();
            }
        }
    }
}
