//! What stands in a plan's way, for people: refusals and missing rights.

use super::wrap::wrapped;
use crate::terminal::Paint;
use service::Planned;

/// Nothing, if nothing does.
pub(crate) fn obstacles_text(planned: &Planned, paint: Paint) -> String {
    let mut text = String::new();
    if !planned.refusals.is_empty() {
        text.push_str(&format!("\n{}\n", paint.error("This plan is refused:")));
        for refusal in &planned.refusals {
            text.push_str(&paint.plain(&wrapped(
                "  - ",
                "    ",
                &format!("{} {}", refusal.code, refusal.what),
            )));
            text.push_str(&paint.plain(&wrapped("    help: ", "    ", &refusal.help)));
        }
    }
    if !planned.lacking.is_empty() {
        let login = &planned.plan.executor.login;
        text.push_str(&format!("\n{}\n", paint.error(&format!("{login} has no right to run:"))));
        for lacking in &planned.lacking {
            text.push_str(&format!("  {}\n", paint.code(&lacking.statement)));
            text.push_str(&paint.plain(&wrapped("    lacks: ", "    ", &lacking.right)));
            text.push_str(&paint.plain(&wrapped("    help: ", "    ", &lacking.help)));
        }
    }
    text
}
