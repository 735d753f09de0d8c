//! A hundred thousand roles: chains, teams, logins. The answer is known from how they are made.

use crate::world::{granted, need, role};
use access::{Graph, Through};
use model::{Edge, Needs, Powers, Way};

const ROLES: usize = 100_000;
const TEAMS: usize = 1_000;

/// Roles 0 to 999 are teams, each inheriting from the one ten before it; the others are logins, each in one team. Every
/// third login inherits, every third may become its team, and every third may only hand it out.
pub(crate) fn powers() -> Powers {
    let mut edges = Vec::new();
    for team in 10..TEAMS {
        edges.push(Edge { from: role(team), way: Way::Inherits, to: role(team - 10) });
    }
    for login in TEAMS..ROLES {
        let way = [Way::Inherits, Way::Becomes, Way::Administers][login % 3];
        edges.push(Edge { from: role(login), way, to: role(login % TEAMS) });
    }
    Powers {
        roles: (0..ROLES).map(role).collect(),
        edges,
        above: vec![role(ROLES - 1)],
        logins: (TEAMS..ROLES).map(role).collect(),
        ..Powers::default()
    }
}

/// Everybody connects and uses the schema; team 500 has the operation.
pub(crate) fn needs() -> Needs {
    Needs {
        entry: need("connect", vec![(None, granted())]),
        elsewhere: Vec::new(),
        session: vec![need("usage", vec![(None, granted())]), need("delete", vec![(Some(500), granted())])],
        together: false,
    }
}

#[test]
fn who_can_among_a_hundred_thousand_roles_is_who_was_made_to() {
    let powers = powers();
    let (graph, needs) = (Graph::of(&powers), needs());
    // Teams 500, 510, … 990 have it, and the logins in them.
    let in_team = |login: usize| login % TEAMS >= 500 && login.is_multiple_of(10);
    for giving in [false, true] {
        let doors = graph.doors(&needs, giving);
        let groups = graph.ask(&needs, giving).who(&doors);
        let found: usize = groups.iter().map(|group| group.members.len()).sum();
        let logins = (TEAMS..ROLES)
            .filter(|login| *login == ROLES - 1 || (in_team(*login) && (giving || login % 3 != 2)));
        assert_eq!(found, 50 + logins.count(), "{giving}");
        assert_eq!(groups[0].through, Through::Above);
        assert_eq!(groups.iter().any(|group| group.grants_itself), giving);
        let through = Through::Role(role(500), Box::new(Through::Itself));
        assert!(groups.iter().any(|group| group.through == through && group.members.len() > 900));
    }
}
