//! Other servers, reached with a credential that is stored here.

use super::{Here, on};
use crate::phases::sql;
use crate::words::operation;
use model::{Certainty, Escalation, From, Gain, Principal};

/// Whoever may use a foreign server reaches it as the credential that is stored for them.
pub(super) fn mapped(here: &Here<'_>, all: &mut Vec<Escalation>) {
    let mappings = here.observed.machinery.iter().flat_map(|machinery| &machinery.mappings);
    for (server, who) in mappings.filter(|(server, _)| here.holds(server)) {
        let usage = on(operation::USAGE, server);
        let temporary = super::lures::temporary(here);
        let name = sql::name(server);
        let statements = vec![format!("IMPORT FOREIGN SCHEMA public FROM SERVER {name} INTO pg_temp")];
        let (from, whose, sure) = match who {
            Principal::Public => (here.has(&[usage, temporary]), "everybody".to_owned(), true),
            // The credential is that of the very role that acts, and of none that inherits from it.
            Principal::Role(role) if here.may(role, &usage) => {
                (From::Runs(role.clone()), role.to_string(), here.may(role, &temporary))
            }
            Principal::Role(_) => continue,
        };
        let because = format!("{server} keeps a credential for {whose}");
        let certainty = match sure {
            true => Certainty::Direct,
            false => Certainty::Unknown("a foreign table has to be made in some schema".to_owned()),
        };
        let gain = Gain::Elsewhere(server.clone());
        let step = here.step(from, gain.clone(), because, statements);
        all.push(Escalation { certainty, ..step });
        let why =
            "it depends on who the stored credential is there; it may lead back to this server".to_owned();
        let back =
            here.step(From::Gained(gain), Gain::Everything, format!("{server} is a server"), Vec::new());
        all.push(Escalation { certainty: Certainty::Unknown(why), ..back });
    }
}
