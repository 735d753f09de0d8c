//! What each verdict makes of a constraint: who has too much, by membership or step by step, is an error; who could with somebody's
//! help that they do not know of is a finding; and so is whoever nobody can say it of.

use super::coming::{Arrival, Reached};
use super::reach::Reach;
use super::told::Had;
use access::Verdict;
use access::duties::Subjects;

/// The code of somebody who needs a victim.
pub(super) const VICTIM: &str = "RW187";

/// The code of somebody of whom it is unknown.
pub(super) const UNKNOWN: &str = "RW188";

/// How those of one verdict are told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judgement {
    pub(super) sure: Verdict,
    pub(super) code: &'static str,
    /// What stands before somebody's name.
    pub(super) before: &'static str,
    pub(super) can: &'static str,
    pub(super) mend: &'static str,
}

/// The verdicts, the surest first. What is so by membership and what is so step by step are one.
pub(super) const fn judgements(code: &'static str, mend: &'static str) -> [Judgement; 4] {
    let unknown = Judgement {
        sure: Verdict::Unknown,
        code: UNKNOWN,
        before: "nobody can say that ",
        can: "cannot",
        mend: "take away what cannot be judged",
    };
    [
        Judgement { sure: Verdict::Direct, code, before: "", can: "can", mend },
        Judgement {
            sure: Verdict::Victim,
            code: VICTIM,
            before: "if somebody walks into a trap, ",
            can: "can",
            mend: "take away what the trap is made with",
        },
        unknown,
        Judgement { sure: Verdict::Perhaps, ..unknown },
    ]
}

/// Those of each verdict, out of those who have too much by it: whoever has it anyway is told of that alone. What needs a victim
/// does not hide what is unknown.
pub(super) struct Told {
    direct: Subjects,
    all: Subjects,
}

impl Told {
    pub(super) fn new() -> Self {
        Self { direct: Subjects::new(), all: Subjects::new() }
    }

    /// Those who are told by this verdict.
    pub(super) fn of(&mut self, sure: Verdict, broken: Subjects) -> Subjects {
        let told = match sure {
            Verdict::Holds | Verdict::Direct => broken,
            Verdict::Victim | Verdict::Unknown => broken - &self.direct,
            Verdict::Perhaps => broken - &self.all,
        };
        if sure == Verdict::Direct {
            self.direct |= &told;
        }
        self.all |= &told;
        told
    }

    /// Those who break it, whatever somebody else does.
    pub(super) const fn breaking(&self) -> &Subjects {
        &self.direct
    }
}

impl Judgement {
    /// What somebody has, with the ways to it that are more than memberships.
    pub(super) fn had(self, targets: &[Reach<'_>], who: u32, what: String, reached: &Reached) -> Had {
        let upward = |arrival: &Arrival| {
            targets.iter().find_map(|target| target.coming.upward(who, arrival, self.sure))
        };
        let up = reached.ends.iter().filter_map(upward).collect();
        let held = reached.at(Verdict::Holds).contains(who);
        Had { what, from: reached.from.iter().cloned().collect(), held, up }
    }
}
