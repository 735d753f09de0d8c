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
        let (from, whose) = match who {
            Principal::Public => (here.has(std::slice::from_ref(&usage)), "everybody".to_owned()),
            // The credential is that of the very role that acts, and of none that inherits from it.
            Principal::Role(role) if here.may(role, &usage) => (From::Runs(role.clone()), role.to_string()),
            Principal::Role(_) => continue,
        };
        let because = format!("{server} keeps a credential for {whose}");
        let name = sql::name(server);
        let statements = vec![
            "CREATE SCHEMA elsewhere".to_owned(),
            format!("IMPORT FOREIGN SCHEMA public FROM SERVER {name} INTO elsewhere"),
        ];
        let gain = Gain::Elsewhere(server.clone());
        all.push(here.step(from, gain.clone(), because, statements));
        let why =
            "it depends on who the stored credential is there; it may lead back to this server".to_owned();
        let back =
            here.step(From::Gained(gain), Gain::Everything, format!("{server} is a server"), Vec::new());
        all.push(Escalation { certainty: Certainty::Unknown(why), ..back });
    }
}
