//! How functions are called: what each reads of a line, and what it is then given.

use super::answer::{Answer, Outcome, names};
use super::call::{Bound, CallError};
use super::reading::Reading;
use super::world::Asked;
use access::rbac::{Kind, Permission, Rbac, Refusal, Separation};
use model::{ConstraintName, Object, Operation, RoleName, SessionName, UserName};
use std::collections::BTreeSet;

pub(super) type Binding = Result<Bound, CallError>;

pub(super) fn alone(_: &mut Reading<'_>, run: fn(&Rbac) -> Outcome) -> Binding {
    Ok(Box::new(move |world, _| run(&world.state)))
}

pub(super) fn user(given: &mut Reading<'_>, run: fn(&mut Rbac, &UserName) -> Outcome) -> Binding {
    let user = given.user()?;
    Ok(Box::new(move |world, _| run(&mut world.state, &world.people.account(&user))))
}

pub(super) fn role(given: &mut Reading<'_>, run: fn(&mut Rbac, &RoleName) -> Outcome) -> Binding {
    let role = given.role()?;
    Ok(Box::new(move |world, _| run(&mut world.state, &role)))
}

pub(super) fn user_role(
    given: &mut Reading<'_>,
    run: fn(&mut Rbac, &UserName, &RoleName) -> Outcome,
) -> Binding {
    let (user, role) = (given.user()?, given.role()?);
    Ok(Box::new(move |world, _| run(&mut world.state, &world.people.account(&user), &role)))
}

pub(super) fn two_roles(
    given: &mut Reading<'_>,
    run: fn(&mut Rbac, &RoleName, &RoleName) -> Outcome,
) -> Binding {
    let (first, second) = (given.role()?, given.role()?);
    Ok(Box::new(move |world, _| run(&mut world.state, &first, &second)))
}

pub(super) fn session(given: &mut Reading<'_>, run: fn(&Rbac, &SessionName) -> Outcome) -> Binding {
    let session = given.session()?;
    Ok(Box::new(move |world, _| run(&world.state, &session)))
}

pub(super) fn user_session(
    given: &mut Reading<'_>,
    run: fn(&mut Rbac, &UserName, &SessionName) -> Outcome,
) -> Binding {
    let (user, session) = (given.user()?, given.session()?);
    Ok(Box::new(move |world, _| run(&mut world.state, &world.people.account(&user), &session)))
}

pub(super) fn user_session_role(
    given: &mut Reading<'_>,
    run: fn(&mut Rbac, &UserName, &SessionName, &RoleName) -> Outcome,
) -> Binding {
    let (user, session, role) = (given.user()?, given.session()?, given.role()?);
    Ok(Box::new(move |world, _| run(&mut world.state, &world.people.account(&user), &session, &role)))
}

pub(super) fn user_session_roles(
    given: &mut Reading<'_>,
    run: fn(&mut Rbac, &UserName, &SessionName, &[RoleName]) -> Outcome,
) -> Binding {
    let (user, session, roles) = (given.user()?, given.session()?, given.roles()?);
    Ok(Box::new(move |world, _| run(&mut world.state, &world.people.account(&user), &session, &roles)))
}

/// Each permission that the phrase means; all of them, or none.
pub(super) fn role_permission(
    given: &mut Reading<'_>,
    run: fn(&mut Rbac, &RoleName, &Permission) -> Result<(), Refusal>,
) -> Binding {
    let role = given.role()?;
    given.permission()?;
    Ok(Box::new(move |world, asked| {
        let mut then = world.state.clone();
        asked.iter().try_for_each(|asked| run(&mut then, &role, &asked.exactly))?;
        world.state = then;
        Ok(Answer::Done)
    }))
}

/// Whether it is so of everything that the phrase means.
pub(super) fn session_permission(
    given: &mut Reading<'_>,
    run: fn(&Rbac, &SessionName, &Permission) -> Result<bool, Refusal>,
) -> Binding {
    let session = given.session()?;
    given.permission()?;
    Ok(Box::new(move |world, asked| {
        let mut all = true;
        for asked in asked {
            let mut any = false;
            for permission in asked.gives() {
                any |= run(&world.state, &session, permission)?;
            }
            all &= any;
        }
        Ok(Answer::Is(all))
    }))
}

/// Of whom it is so for everything that the phrase means.
pub(super) fn permission(
    given: &mut Reading<'_>,
    run: fn(&Rbac, &Permission) -> BTreeSet<String>,
) -> Binding {
    given.permission()?;
    Ok(Box::new(move |world, asked| {
        let of = |asked: &Asked| asked.gives().flat_map(|permission| run(&world.state, permission)).collect();
        let all: Option<BTreeSet<String>> =
            asked.iter().map(of).reduce(|all: BTreeSet<String>, one| &all & &one);
        names(Ok(all.unwrap_or_default()))
    }))
}

pub(super) fn role_object(
    given: &mut Reading<'_>,
    run: fn(&Rbac, &RoleName, &Object) -> Result<BTreeSet<Operation>, Refusal>,
) -> Binding {
    let role = given.role()?;
    given.object()?;
    Ok(Box::new(move |world, asked| on_all(asked, |object| run(&world.state, &role, object))))
}

pub(super) fn user_object(
    given: &mut Reading<'_>,
    run: fn(&Rbac, &UserName, &Object) -> Result<BTreeSet<Operation>, Refusal>,
) -> Binding {
    let user = given.user()?;
    given.object()?;
    Ok(Box::new(move |world, asked| {
        on_all(asked, |object| run(&world.state, &world.people.account(&user), object))
    }))
}

/// What may be done to every object that is asked about.
fn on_all(asked: &[Asked], run: impl Fn(&Object) -> Result<BTreeSet<Operation>, Refusal>) -> Outcome {
    let objects: BTreeSet<&Object> = asked.iter().map(|asked| &*asked.exactly.object).collect();
    let mut all: Option<BTreeSet<Operation>> = None;
    for object in objects {
        let here = run(object)?;
        all = Some(all.map_or_else(|| here.clone(), |all| &all & &here));
    }
    names(Ok(all.unwrap_or_default()))
}

pub(super) fn set(
    given: &mut Reading<'_>,
    kind: Kind,
    run: fn(&mut Rbac, Kind, &ConstraintName) -> Outcome,
) -> Binding {
    let set = given.set()?;
    Ok(Box::new(move |world, _| run(&mut world.state, kind, &set)))
}

pub(super) fn set_role(
    given: &mut Reading<'_>,
    kind: Kind,
    run: fn(&mut Rbac, Kind, &ConstraintName, &RoleName) -> Outcome,
) -> Binding {
    let (set, role) = (given.set()?, given.role()?);
    Ok(Box::new(move |world, _| run(&mut world.state, kind, &set, &role)))
}

pub(super) fn set_number(
    given: &mut Reading<'_>,
    kind: Kind,
    run: fn(&mut Rbac, Kind, &ConstraintName, u32) -> Outcome,
) -> Binding {
    let (set, number) = (given.set()?, given.cardinality()?);
    Ok(Box::new(move |world, _| run(&mut world.state, kind, &set, number)))
}

pub(super) fn set_number_roles(
    given: &mut Reading<'_>,
    kind: Kind,
    run: fn(&mut Rbac, Kind, &ConstraintName, &Separation) -> Outcome,
) -> Binding {
    let (set, cardinality) = (given.set()?, given.cardinality()?);
    let roles = given.roles()?.into_iter().collect();
    let separation = Separation { roles, cardinality };
    Ok(Box::new(move |world, _| run(&mut world.state, kind, &set, &separation)))
}
