//! What a change of owner does to an object's entries.

use model::{Acl, Grantor, Holder, Principal, RoleName};

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
