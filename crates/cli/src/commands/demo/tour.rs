//! The steps of the tour, and how each must end for the tour to be true.

use super::command::{Ended, Program, typed};
use super::excerpt::{Shown, excerpt};
use super::stage::Stage;
use crate::failure::Failure;
use crate::terminal::{Paint, Terminal};

/// One step: what it is about in plain words, and the command that shows it.
#[derive(Debug)]
struct Step {
    heading: &'static str,
    words: &'static str,
    program: Program,
    arguments: &'static [&'static str],
    shown: Shown,
    /// The exit status without which the tour would not show what it says.
    status: i32,
    /// What the output must say, besides.
    says: &'static str,
}

/// A session of the over-privileged account that would drop a table, and takes it back.
const DROP: &[&str] = &[
    "-X",
    "-v",
    "ON_ERROR_STOP=1",
    "-U",
    "reporting",
    "-d",
    "shop",
    "-c",
    "BEGIN",
    "-c",
    "DROP TABLE finance.bookings",
    "-c",
    "ROLLBACK",
];

const STEPS: [Step; 20] = [
    Step {
        heading: "A shop whose roles nobody planned",
        words: "Ten years of roles and grants, each with its reason on the day it was made.",
        program: Program::Psql,
        arguments: &["-X", "-d", "postgres", "-f", "load.sql"],
        shown: Shown::WHOLE,
        status: 0,
        says: "",
    },
    Step {
        heading: "What is wrong here? The audit needs a URL and nothing else",
        words: "It only looks. The worst comes first, with what shows it and what mends it.",
        program: Program::Rolewright,
        arguments: &["audit", "${SHOP_PROD_URL}"],
        shown: Shown { first: 32, around: Some(("role reporting: can drop", 0, 6)), last: 4 },
        status: 2,
        says: "CRITICAL RW402",
    },
    Step {
        heading: "Before: the account that writes the reports can drop the company's books",
        words: "In 2017 `reporting` was made a member of the owner, \"for now\".",
        program: Program::Psql,
        arguments: DROP,
        shown: Shown::WHOLE,
        status: 0,
        says: "DROP TABLE",
    },
    Step {
        heading: "Who else can do that?",
        words: "Every role, by the way in which it can: on the database as it is.",
        program: Program::Rolewright,
        arguments: &["who-can", "drop on table finance.bookings"],
        shown: Shown::WHOLE,
        status: 0,
        says: "through shop, the owner",
    },
    Step {
        heading: "And why can it?",
        words: "Step by step; under each the line of the model that wants it, or that none does.",
        program: Program::Rolewright,
        arguments: &["why", "reporting", "drop on table finance.bookings"],
        shown: Shown::WHOLE,
        status: 0,
        says: "the next plan takes it away",
    },
    Step {
        heading: "Who gets there without anybody having granted it?",
        words: "Ways that no membership shows: code that runs as its owner, views, files of the server. Each step with its SQL.",
        program: Program::Rolewright,
        arguments: &["path", "dashboards", "drop on table finance.bookings"],
        shown: Shown::WHOLE,
        status: 0,
        says: "crm.find_customer",
    },
    Step {
        heading: "The same way as a picture",
        words: "Arrows are numbered like the steps; dashed ones need somebody. As an SVG, pointing at one shows its statements.",
        program: Program::Rolewright,
        arguments: &[
            "graph",
            "--from",
            "dashboards",
            "--to",
            "drop on table finance.bookings",
            "--format",
            "mermaid",
        ],
        shown: Shown::WHOLE,
        status: 0,
        says: "finance",
    },
    Step {
        heading: "And what else does that account come to?",
        words: "Its blast radius: everything, with the way to each.",
        program: Program::Rolewright,
        arguments: &["blast-radius", "dashboards"],
        shown: Shown { first: 16, around: None, last: 4 },
        status: 0,
        says: "code that runs as shop",
    },
    Step {
        heading: "Who holds whom around the owner, as a picture",
        words: "As text for pages that draw Mermaid; without --format it is an SVG to open and print.",
        program: Program::Rolewright,
        arguments: &["graph", "--url", "${SHOP_PROD_URL}", "--around", "shop", "--format", "mermaid"],
        shown: Shown::WHOLE,
        status: 0,
        says: "reporting",
    },
    Step {
        heading: "All that stands there as a model, to begin with",
        words: "Written as a person would write it, and read back: it says exactly what stands.",
        program: Program::Rolewright,
        arguments: &["import", "${SHOP_PROD_URL}", "--out", "imported"],
        shown: Shown { first: 7, around: None, last: 4 },
        status: 0,
        says: "the first plan is empty",
    },
    Step {
        heading: "So its first plan has nothing to do",
        words: "From here on each edit is a change that somebody reviews.",
        program: Program::Rolewright,
        arguments: &["plan", "imported"],
        shown: Shown::WHOLE,
        status: 0,
        says: "Nothing to do",
    },
    Step {
        heading: "The same shop as a model that people can read and review",
        words: "Four files in model/ say who may do what, and why. The check needs no server.",
        program: Program::Rolewright,
        arguments: &["check"],
        shown: Shown::WHOLE,
        status: 0,
        says: "sound",
    },
    Step {
        heading: "May erin approve payouts as well? She enters them",
        words: "Every separation of duties that an assignment would break, before anybody asks for it.",
        program: Program::Rolewright,
        arguments: &["can-assign", "erin@acme.example", "payout_approval"],
        shown: Shown::WHOLE,
        status: 3,
        says: "payout",
    },
    Step {
        heading: "The model in the words of the RBAC standard: users, roles, sessions",
        words: "Every function of ANSI INCITS 359, each on what those before it made. Nothing is kept.",
        program: Program::Rolewright,
        arguments: &[
            "rbac",
            "authorized-users refund_approval",
            "create-session carol desk refund_entry",
            "check-access desk insert (amount) on table sales.refunds",
            "check-access desk update (approved_by) on table sales.refunds",
            "add-inheritance refund_entry refund_approval",
        ],
        shown: Shown::WHOLE,
        status: 3,
        says: "refused:",
    },
    Step {
        heading: "What would have to change? Each step with its cause, its SQL and its risk",
        words: "Nothing is changed yet. + widens, ! is sensitive, x destroys.",
        program: Program::Rolewright,
        arguments: &["plan", "--out", "plan.json"],
        shown: Shown { first: 9, around: Some(("REVOKE shop FROM", 1, 0)), last: 9 },
        status: 2,
        says: "steps:",
    },
    Step {
        heading: "Carry out exactly that plan",
        words: "Lock, look again, refuse if anything has moved, run, look once more, and keep evidence of both looks.",
        program: Program::Rolewright,
        arguments: &["apply", "plan.json", "--yes", "--evidence", "evidence.json"],
        shown: Shown { first: 3, around: None, last: 5 },
        status: 0,
        says: "A second look finds the target as the model wants it.",
    },
    Step {
        heading: "Plan again: nothing is left to do",
        words: "Exit status 0 says so to a pipeline; 2 would mean that somebody changed something by hand.",
        program: Program::Rolewright,
        arguments: &["plan"],
        shown: Shown::WHOLE,
        status: 0,
        says: "Nothing to do",
    },
    Step {
        heading: "After: the same account, the same command",
        words: "It reads what its reports need. The table belongs to a role that nobody logs in as.",
        program: Program::Psql,
        arguments: DROP,
        shown: Shown::WHOLE,
        status: 1,
        says: "must be owner of table bookings",
    },
    Step {
        heading: "What the audit says now",
        words: "Less, and what is left is what the model means or leaves to others.",
        program: Program::Rolewright,
        arguments: &["audit", "${SHOP_PROD_URL}"],
        shown: Shown { first: 12, around: None, last: 2 },
        status: 2,
        says: "findings:",
    },
    Step {
        heading: "And held against the model, for a pipeline",
        words: "With the lines of the model; what is left is for people to mend, or to accept until a day.",
        program: Program::Rolewright,
        arguments: &["audit", "model", "--env", "prod", "--fail-on", "critical"],
        shown: Shown { first: 15, around: None, last: 3 },
        status: 0,
        says: "RW444",
    },
];

const NEXT: &str = "That was the tour. On your own:\n\n  \
    rolewright audit postgres://YOU@HOST/DATABASE    looks at a database and changes nothing\n  \
    rolewright init                                  writes a first model\n";

/// Walks through all steps.
///
/// # Errors
/// If a command cannot be started, or does not end as the tour says.
pub(super) fn walk(stage: &Stage, terminal: Terminal) -> Result<(), Failure> {
    let paint = terminal.out;
    terminal.print(&format!(
        "{}\n\nA private PostgreSQL {} runs for it. The commands run as they are printed, in\n{}, after\n{}\n",
        paint.bold("Rolewright in two minutes"),
        stage.version(),
        stage.folder().display(),
        paint.plain(&stage.exports()),
    ))?;
    for (at, step) in STEPS.iter().enumerate() {
        terminal.print(&opening(at + 1, step, paint))?;
        let progress = terminal.progress("running");
        let ended = stage.run(step.program, step.arguments)?;
        drop(progress);
        terminal.print(&closing(step, &ended, paint))?;
        if ended.status != Some(step.status) || !ended.output.contains(step.says) {
            return Err(untrue(step, &ended));
        }
    }
    terminal.print(&format!("\n{NEXT}"))?;
    Ok(())
}

fn opening(number: usize, step: &Step, paint: Paint) -> String {
    let heading = paint.bold(&format!("{number}. {}", step.heading));
    let line = paint.code(&format!("$ {}", typed(step.program, step.arguments)));
    format!("\n{heading}\n   {}\n\n{line}\n", step.words)
}

fn closing(step: &Step, ended: &Ended, paint: Paint) -> String {
    let mut text =
        if ended.output.is_empty() { String::new() } else { excerpt(&ended.output, step.shown, paint) };
    let end = match ended.status {
        Some(0) => return text,
        Some(status) => format!("(exit status {status})"),
        None => "(ended by a signal)".to_owned(),
    };
    text.push_str(&paint.dim(&end));
    text.push('\n');
    text
}

fn untrue(step: &Step, ended: &Ended) -> Failure {
    let status = ended.status.map_or_else(|| "a signal".to_owned(), |status| format!("exit status {status}"));
    let says = if step.says.is_empty() { String::new() } else { format!(" and {:?}", step.says) };
    Failure::new(
        format!(
            "`{}` ended with {status}, and the tour expects exit status {}{says}",
            typed(step.program, step.arguments),
            step.status
        ),
        "this is a fault of the demo or of Rolewright; please report it with the output above",
    )
}
