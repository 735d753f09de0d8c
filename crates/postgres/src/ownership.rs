//! Who owns what, and what a change of owner does to an object's entries.

use crate::words::kind;
use model::{Access, Acl, Grantor, Holder, Object, Principal, RoleName};

/// The table of a column, whose owner is the column's.
pub(crate) fn owned_with(object: &Object) -> Option<Object> {
    if object.kind != kind::COLUMN {
        return None;
    }
    let (_, table) = object.path.split_last()?;
    Some(Object::new(object.place.clone(), kind::TABLE, table.to_vec()))
}

/// Who owns the object; of a column, who owns its table.
pub(crate) fn owner<'a>(access: &'a Access, object: &Object) -> Option<&'a RoleName> {
    match owned_with(object) {
        Some(table) => access.owners.get(&table),
        None => access.owners.get(object),
    }
}

/// Why only a superuser may own the object, where that is so whoever hands it over (the server's
/// `AlterForeignDataWrapperOwner`, `AlterEventTriggerOwner` and, before 16, `AlterSubscriptionOwner`).
pub(crate) fn superusers_only(object: &Object, version: u32) -> Option<&'static str> {
    match object.kind.as_str() {
        "event trigger" => Some("the server lets only superusers own event triggers"),
        "foreign data wrapper" => Some("the server lets only superusers own foreign data wrappers"),
        "subscription" if version < 160_000 => {
            Some("before version 16 the server lets only superusers own subscriptions")
        }
        _ => None,
    }
}

/// The entries after the owner has changed: the old owner's name is replaced by the new one's wherever it
/// stands, and entries that become one are joined (`aclnewowner()` in the server).
pub(crate) fn after(entries: &Acl, from: &RoleName, to: &RoleName) -> Acl {
    let mut moved = Acl::new();
    for (holder, held) in entries {
        let holder = Holder {
            to: match &holder.to {
                Principal::Role(role) if role == from => Principal::Role(to.clone()),
                other => other.clone(),
            },
            by: match &holder.by {
                Grantor::Role(role) if role == from || role == to => Grantor::Owner,
                other => other.clone(),
            },
        };
        moved.entry(holder).or_default().absorb(held);
    }
    moved
}
