//! A digest of what a plan was made from: the facts that are claimed, as desired and as observed, and which
//! target they belong to. What is not claimed may change without making a plan stale.

use model::{Acl, Desired, Dialect, Grantor, Holder, Intent, Observed, Principal};
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};

/// The digest as 64 hexadecimal letters.
#[must_use]
pub(crate) fn fingerprint(
    dialect: &dyn Dialect,
    intent: &Intent,
    desired: &Desired,
    observed: &Observed,
) -> String {
    let mut lines = Lines(Sha256::new());
    // Writing to a digest cannot fail.
    let _ = write_facts(&mut lines, dialect, desired, observed);
    // No step shows where a password comes from, so it is told here.
    for (name, role) in intent.roles.iter().filter(|(_, role)| role.password.is_some()) {
        let _ = writeln!(lines, "password {name:?} {:?}", role.password);
    }
    lines.0.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

struct Lines(Sha256);

impl Write for Lines {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}

fn write_facts(
    lines: &mut Lines,
    dialect: &dyn Dialect,
    desired: &Desired,
    observed: &Observed,
) -> fmt::Result {
    let at = &observed.at;
    writeln!(lines, "rolewright fingerprint 1\n{} {} {} {}", at.engine, at.system, at.timeline, at.version)?;
    writeln!(lines, "{:?} as {:?}", at.databases, observed.executor.acts_as)?;
    let claims = &desired.claims;
    for (side, access) in [("desired", &desired.access), ("observed", &observed.access)] {
        writeln!(lines, "{side}")?;
        for (name, role) in access.roles.iter().filter(|(name, _)| claims.role(name)) {
            let comment = role.comment.as_ref().filter(|_| claims.comment(name));
            writeln!(lines, "role {name:?} {:?} {comment:?}", role.attributes)?;
        }
        for (key, value) in access.settings.iter().filter(|(key, _)| claims.setting(key)) {
            writeln!(lines, "setting {key:?} {value:?}")?;
        }
        for (key, powers) in access.members.iter().filter(|(key, _)| claims.member(key)) {
            writeln!(lines, "member {key:?} {powers:?}")?;
        }
        for (on, owner) in access.owners.iter().filter(|(on, _)| claims.owner(on)) {
            writeln!(lines, "owner {on:?} {owner:?}")?;
        }
        for (on, acl) in &access.entries {
            let with = dialect.owned_with(on);
            let owned = with.as_ref().unwrap_or(on);
            let owner = desired.access.owners.get(owned).or_else(|| observed.access.owners.get(owned));
            write_entries(lines, acl, |holder| claims.entry(on, &holder.to, &holder.by, owner), on)?;
        }
        for (key, future) in &access.future {
            for (to, held) in future.iter().filter(|(to, _)| claims.future(key, to)) {
                writeln!(lines, "future {key:?} {to} {held:?}")?;
            }
        }
        if claims.everything() {
            writeln!(lines, "{:?}", access.row_security)?;
        }
        for (key, policy) in access.policies.iter().filter(|(key, _)| claims.policy(key)) {
            writeln!(lines, "policy {key:?} {policy:?}")?;
        }
        for key in access.mappings.keys().filter(|key| claims.mapping(key)) {
            writeln!(lines, "mapping {key:?}")?;
        }
    }
    for (role, ties) in &desired.quarantined {
        writeln!(lines, "quarantine {role:?} {ties:?}")?;
    }
    Ok(())
}

fn write_entries(
    lines: &mut Lines,
    acl: &Acl,
    claimed: impl Fn(&Holder) -> bool,
    on: &impl fmt::Debug,
) -> fmt::Result {
    let mut said = false;
    for (holder, held) in acl.iter().filter(|(holder, _)| claimed(holder)) {
        if !said {
            writeln!(lines, "on {on:?}")?;
            said = true;
        }
        let by = match &holder.by {
            Grantor::Owner => "owner",
            Grantor::Role(role) => role.as_str(),
            Grantor::Untracked => "",
        };
        match &holder.to {
            Principal::Public => writeln!(lines, "PUBLIC {held:?} {by:?}")?,
            Principal::Role(role) => writeln!(lines, "{role:?} {held:?} {by:?}")?,
        }
    }
    Ok(())
}
