//! Where logins come to, by whatever way: memberships, code that runs as others, what waits for somebody. Walked once for an
//! audit, and once for all logins that are alike.

mod beyond;
mod cut;
mod followed;
mod gathering;
mod radius;
mod words;

pub(crate) use beyond::{Beyond, Gained, Manner};
pub(crate) use cut::Cut;
pub(crate) use gathering::{Entry, Link, Shared};
pub(crate) use radius::{Counts, Radius};
pub(crate) use words::steps;

use crate::Look;
use access::{Alike, Climbed, Entries, Escalations, Graph};
use followed::Followed;
use gathering::Sharing;
use model::{Gain, RoleName};

/// Where logins come to. Superusers are left out, and what is the provider's: they are told as the trusted base.
#[derive(Debug, Clone, Default)]
pub struct Ways {
    /// The shortest ways to standing above every check, where no other rule tells them.
    pub(crate) up: Vec<Shared>,
    /// What logins come to that nothing gives them, short of that.
    pub(crate) beyond: Vec<Beyond>,
    /// How much those come to that come to more than they hold, the farthest first.
    pub(crate) radius: Vec<Radius>,
}

impl Ways {
    /// Walks. Without a look at what a target does by itself nothing is known.
    pub(crate) fn of(look: &Look<'_>) -> Self {
        if look.observed.machinery.is_none() {
            return Self::default();
        }
        let followed = Followed::of(look);
        let graph = Graph::of(&followed.powers);
        let walks = Escalations::of(&graph, &followed.steps);
        let entries = Entries::of(look.dialect, look.observed);
        let entrances = graph.entrances(&entries);
        let logins = look.logins().map(|(login, _)| login);
        let logins = logins
            .filter(|login| graph.logs_in(login) && !look.is_managed(login) && !followed.is_above(login));
        let members = Escalations::of(&graph, []);
        let (mut up, mut beyond) = (Sharing::default(), beyond::Gathering::of(look));
        let mut radius = radius::Gathering::default();
        let classes = walks.alike(logins, |login| entrances.entered(&[login]));
        for class in classes.iter().filter(|class| !class.entered.is_empty()) {
            let Some(climbed) = climbed(&walks, class) else { continue };
            up.add(look, class, &Gain::Everything, &climbed);
            let Some(plain) = self::climbed(&members, class) else { continue };
            let gains = beyond.add(class, &climbed, &plain);
            radius.add(class, (&climbed, &plain), gains);
        }
        let up = up.whole(|shared| cut::cut(look, &followed, &graph, shared));
        Self { up, beyond: beyond.whole(), radius: radius.counted(look) }
    }
}

/// What the first of them comes to, also with a victim: the surest ways come first anyway.
fn climbed<'e>(walks: &'e Escalations<'e>, class: &Alike<'_>) -> Option<Climbed<'e>> {
    let first: &RoleName = class.roles.first()?;
    Some(walks.from(&[first], &class.entered, true))
}
