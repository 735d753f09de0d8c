//! Every function of the standard, under its own name.

use super::answer::{Answer, Outcome, done, names, permissions, set_cardinality, set_roles, users};
use super::forms::{
    Binding, alone, permission, role, role_object, role_permission, session, session_permission, set,
    set_number, set_number_roles, set_role, two_roles, user, user_object, user_role, user_session,
    user_session_role, user_session_roles,
};
use super::reading::Reading;
use Kind::{Dynamic, Static};
use access::rbac::{Kind, Rbac};
use model::{RoleName, UserName};

/// A function.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Its name: `assign-user` for AssignUser.
    pub name: &'static str,
    /// What it takes, in order.
    pub takes: &'static str,
    pub(super) bind: fn(&mut Reading<'_>) -> Binding,
}

const fn function(
    name: &'static str,
    takes: &'static str,
    bind: fn(&mut Reading<'_>) -> Binding,
) -> Function {
    Function { name, takes, bind }
}

/// All of them, in the order of the standard: administration, system, review; then the hierarchy, and separation of duties.
pub const FUNCTIONS: [Function; 47] = [
    function("add-user", "USER", |given| user(given, |state, user| done(state.add_user(user)))),
    function("delete-user", "USER", |given| user(given, |state, user| done(state.delete_user(user)))),
    function("add-role", "ROLE", |given| role(given, |state, role| done(state.add_role(role)))),
    function("delete-role", "ROLE", |given| role(given, |state, role| done(state.delete_role(role)))),
    function("assign-user", "USER ROLE", |given| {
        user_role(given, |state, user, role| done(state.assign_user(user, role)))
    }),
    function("deassign-user", "USER ROLE", |given| {
        user_role(given, |state, user, role| done(state.deassign_user(user, role)))
    }),
    function("grant-permission", "ROLE PERMISSION", |given| {
        role_permission(given, |state, role, what| state.grant_permission(what, role))
    }),
    function("revoke-permission", "ROLE PERMISSION", |given| {
        role_permission(given, |state, role, what| state.revoke_permission(what, role))
    }),
    function("create-session", "USER SESSION [ROLE]...", |given| {
        user_session_roles(given, |state, user, session, roles| {
            done(state.create_session(user, session, roles))
        })
    }),
    function("delete-session", "USER SESSION", |given| {
        user_session(given, |state, user, session| done(state.delete_session(user, session)))
    }),
    function("add-active-role", "USER SESSION ROLE", |given| {
        user_session_role(given, |state, user, session, role| {
            done(state.add_active_role(user, session, role))
        })
    }),
    function("drop-active-role", "USER SESSION ROLE", |given| {
        user_session_role(given, |state, user, session, role| {
            done(state.drop_active_role(user, session, role))
        })
    }),
    function("check-access", "SESSION PERMISSION", |given| {
        session_permission(given, |state, session, what| state.check_access(session, what))
    }),
    function("assigned-users", "ROLE", |given| role(given, |state, role| users(state.assigned_users(role)))),
    function("assigned-roles", "USER", |given| user(given, |state, user| names(state.assigned_roles(user)))),
    function("role-permissions", "ROLE", |given| {
        role(given, |state, role| permissions(state.role_permissions(role)))
    }),
    function("user-permissions", "USER", |given| {
        user(given, |state, user| permissions(state.user_permissions(user)))
    }),
    function("session-roles", "SESSION", |given| {
        session(given, |state, session| names(state.session_roles(session)))
    }),
    function("session-permissions", "SESSION", |given| {
        session(given, |state, session| permissions(state.session_permissions(session)))
    }),
    function("role-operations-on-object", "ROLE OBJECT", |given| {
        role_object(given, |state, role, object| state.role_operations_on_object(role, object))
    }),
    function("user-operations-on-object", "USER OBJECT", |given| {
        user_object(given, |state, user, object| state.user_operations_on_object(user, object))
    }),
    function("who-can", "PERMISSION", |given| {
        permission(given, |state, what| state.who_can(what).iter().map(ToString::to_string).collect())
    }),
    function("add-inheritance", "SENIOR JUNIOR", |given| {
        two_roles(given, |state, senior, junior| done(state.add_inheritance(senior, junior)))
    }),
    function("delete-inheritance", "SENIOR JUNIOR", |given| {
        two_roles(given, |state, senior, junior| done(state.delete_inheritance(senior, junior)))
    }),
    function("add-ascendant", "NEW JUNIOR", |given| {
        two_roles(given, |state, new, junior| done(state.add_ascendant(new, junior)))
    }),
    function("add-descendant", "SENIOR NEW", |given| {
        two_roles(given, |state, senior, new| done(state.add_descendant(new, senior)))
    }),
    function("authorized-users", "ROLE", |given| {
        role(given, |state, role| users(state.authorized_users(role)))
    }),
    function("authorized-roles", "USER", |given| {
        user(given, |state, user| names(state.authorized_roles(user)))
    }),
    function("create-ssd-set", "SET CARDINALITY ROLE...", |given| {
        set_number_roles(given, Static, |state, kind, name, set| done(state.create_set(kind, name, set)))
    }),
    function("delete-ssd-set", "SET", |given| {
        set(given, Static, |state, kind, name| done(state.delete_set(kind, name)))
    }),
    function("add-ssd-role-member", "SET ROLE", |given| {
        set_role(given, Static, |state, kind, name, role| done(state.add_set_role(kind, name, role)))
    }),
    function("delete-ssd-role-member", "SET ROLE", |given| {
        set_role(given, Static, |state, kind, name, role| done(state.delete_set_role(kind, name, role)))
    }),
    function("set-ssd-set-cardinality", "SET CARDINALITY", |given| {
        set_number(given, Static, |state, kind, name, number| done(state.set_cardinality(kind, name, number)))
    }),
    function("ssd-role-sets", "", |given| alone(given, |state| sets(state, Static))),
    function("ssd-role-set-roles", "SET", |given| {
        set(given, Static, |state, kind, name| set_roles(state.role_set(kind, name)))
    }),
    function("ssd-role-set-cardinality", "SET", |given| {
        set(given, Static, |state, kind, name| set_cardinality(state.role_set(kind, name)))
    }),
    function("ssd-violations", "", |given| {
        alone(given, |state| Ok(Answer::Are(state.violations().map(|broken| broken.to_string()).collect())))
    }),
    function("would-violate", "USER ROLE", |given| user_role(given, would_violate)),
    function("create-dsd-set", "SET CARDINALITY ROLE...", |given| {
        set_number_roles(given, Dynamic, |state, kind, name, set| done(state.create_set(kind, name, set)))
    }),
    function("delete-dsd-set", "SET", |given| {
        set(given, Dynamic, |state, kind, name| done(state.delete_set(kind, name)))
    }),
    function("add-dsd-role-member", "SET ROLE", |given| {
        set_role(given, Dynamic, |state, kind, name, role| done(state.add_set_role(kind, name, role)))
    }),
    function("delete-dsd-role-member", "SET ROLE", |given| {
        set_role(given, Dynamic, |state, kind, name, role| done(state.delete_set_role(kind, name, role)))
    }),
    function("set-dsd-set-cardinality", "SET CARDINALITY", |given| {
        set_number(given, Dynamic, |state, kind, name, number| {
            done(state.set_cardinality(kind, name, number))
        })
    }),
    function("dsd-role-sets", "", |given| alone(given, |state| sets(state, Dynamic))),
    function("dsd-role-set-roles", "SET", |given| {
        set(given, Dynamic, |state, kind, name| set_roles(state.role_set(kind, name)))
    }),
    function("dsd-role-set-cardinality", "SET", |given| {
        set(given, Dynamic, |state, kind, name| set_cardinality(state.role_set(kind, name)))
    }),
    function("juniors", "ROLE", |given| role(given, |state, role| names(state.juniors(role)))),
];

fn sets(state: &Rbac, kind: Kind) -> Outcome {
    Ok(Answer::Are(state.role_sets(kind).map(ToString::to_string).collect()))
}

fn would_violate(state: &mut Rbac, user: &UserName, role: &RoleName) -> Outcome {
    let broken = state.would_violate(user, role)?;
    Ok(Answer::Are(broken.iter().map(ToString::to_string).collect()))
}
