//! Memberships with an end. From the day after it they are not wanted any more, and a plan takes them away.

use super::Compiler;
use crate::diagnostic::Diagnostic;
use crate::manifest::MembershipEntry;
use crate::model::TemporaryFacts;
use ::model::{CauseId, Day, RoleName};

impl<'a> Compiler<'a> {
    /// Notes down the end of a membership, if it has one; true if it is over.
    pub(super) fn is_over(
        &mut self,
        entry: &'a MembershipEntry,
        holder: &str,
        role: &RoleName,
        cause: CauseId,
    ) -> bool {
        let Some(until) = &entry.until else { return false };
        let ended = self.today.is_some_and(|today| until.as_str() < today);
        self.model.temporary.push(TemporaryFacts {
            holder: holder.to_owned(),
            role: role.clone(),
            until: until.value.clone(),
            ended,
            days_ago: self.days_until(until.as_str()).and_then(|days| u32::try_from(-days).ok()),
            cause,
        });
        if ended {
            let message = format!("`{holder}` was to have `{role}` until {}", until.value);
            let help = "take the line out; the next plan takes the role away";
            self.say(Diagnostic::finding("RW145", holder, message).at(until.span, "in the past").help(help));
        } else if let (Some(longest), Some(days)) = (self.longest(), self.days_until(until.as_str()))
            && days > i64::from(longest)
        {
            let message = format!(
                "`{holder}` has `{role}` for {days} more days and no longer than {longest} is temporary"
            );
            let help = format!(
                "let it end within {longest} days, or leave `until` out and have it reviewed as permanent"
            );
            self.say(Diagnostic::finding("RW153", holder, message).at(until.span, "the end").help(help));
        }
        ended
    }

    fn longest(&self) -> Option<u32> {
        self.manifest.policy.get("longest_temporary").copied()
    }

    fn days_until(&self, day: &str) -> Option<i64> {
        Some(Day::of(day)?.days_after(Day::of(self.today?)?))
    }
}
