//! Memberships: options and grantors where they are not what a model means without saying.

use crate::roles::Model;
use crate::seen::Seen;
use crate::unsaid::Unsaid;
use manifest::DraftMembership;
use model::{Grantor, MemberPowers, RoleName};
use std::collections::BTreeMap;

const NONE: MemberPowers = MemberPowers { inherit: false, set: false, admin: false };

pub(crate) fn add(seen: &Seen<'_>, model: &mut Model, unsaid: &mut Unsaid) {
    let mut said: BTreeMap<(&RoleName, &RoleName, Option<RoleName>), MemberPowers> = BTreeMap::new();
    for (key, powers) in &seen.observed.access.members {
        if !seen.is_inside(&key.member) {
            if seen.is_inside(&key.role) {
                unsaid.note(
                    "members of the model's roles that stay outside themselves",
                    format!("{} in {}", key.member, key.role),
                );
            }
            continue;
        }
        let by = seen.grantor(&key.by);
        if let (Grantor::Role(grantor), None) = (&key.by, &by) {
            unsaid.note(
                "memberships given by a role that stays outside: in the model any grantor will do",
                format!("{} in {} by {grantor}", key.member, key.role),
            );
        }
        let slot = said.entry((&key.member, &key.role, by)).or_insert(NONE);
        *slot = MemberPowers {
            inherit: slot.inherit || powers.inherit,
            set: slot.set || powers.set,
            admin: slot.admin || powers.admin,
        };
    }
    for ((member, role, granted_by), powers) in said {
        let Some(entry) = model.get_mut(member) else { continue };
        entry.inherits.push(DraftMembership { role: role.clone(), powers, granted_by });
    }
}
