#![doc = include_str!("login_owns.md")]

use crate::{About, Digest, Facts, Finding, Look, Manual, Mending, Path, Reach, Rule, Severity};
use model::{Kind, Object, RoleName};
use std::collections::BTreeMap;
use std::sync::Arc;

const TABLE: Kind = Kind::known("table");

/// The rule.
pub(super) struct LoginOwns;

impl Rule for LoginOwns {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("login_owns.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Medium
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let mut owned: BTreeMap<&RoleName, Vec<&Arc<Object>>> = BTreeMap::new();
        for (object, owner) in &look.observed.access.owners {
            if object.kind == TABLE && !look.is_engines_own(owner) {
                owned.entry(owner).or_default().push(object);
            }
        }
        // Many logins get to one owner: what it owns is gone through once.
        let of_owner = |(owner, tables): (_, Vec<_>)| {
            let mut facts = Facts::new();
            facts.each("owns", &tables);
            (owner, Owned { tables, all: facts.digest() })
        };
        let tables = owned.into_iter().map(of_owner).collect();
        let reach = Reach::of(&look.observed.access);
        look.logins().flat_map(|(login, _)| self.of_login(look, login, &reach, &tables)).collect()
    }
}

/// The tables of one owner.
struct Owned<'a> {
    tables: Vec<&'a Arc<Object>>,
    all: Digest,
}

impl LoginOwns {
    /// A finding for each owner that the login is or gets to.
    fn of_login<'a>(
        &self,
        look: &Look<'a>,
        login: &'a RoleName,
        reach: &Reach<'a>,
        tables: &BTreeMap<&RoleName, Owned<'_>>,
    ) -> Vec<Finding> {
        let mut paths = reach.privileges(login);
        paths.insert(login, Path::here(login));
        let owners = paths.into_iter().filter_map(|(owner, path)| Some((owner, path, tables.get(owner)?)));
        owners.map(|(owner, path, owned)| self.finding(look, login, owner, &path, owned)).collect()
    }

    fn finding(
        &self,
        look: &Look<'_>,
        login: &RoleName,
        owner: &RoleName,
        path: &Path<'_>,
        owned: &Owned<'_>,
    ) -> Finding {
        let count = owned.tables.len();
        let tables = format!("{count} table{}", if count == 1 { "" } else { "s" });
        let example = owned
            .tables
            .first()
            .map(|object| format!(", such as {}", look.named(object)))
            .unwrap_or_default();
        let mut evidence = vec![format!("{owner} owns {tables}{example}")];
        if !path.is_empty() {
            evidence.insert(0, path.to_string());
        }
        let step = format!(
            "let a role own them that nobody logs in as, such as {owner}_owner; grant {owner} what it uses;\n\
             hand them over last, and let migrations run as that role"
        );
        let (what, mending) = if path.is_empty() {
            (
                format!("is the owner of {tables}, so it can drop and change every one"),
                Mending { model: Some(step), ..Mending::default() },
            )
        } else {
            (format!("can drop and change {tables}, because it gets to the owner {owner}"), look.close(path))
        };
        Finding {
            rule: self.code(),
            severity: Severity::Medium,
            about: About::Role(login.clone()),
            what,
            evidence,
            facts: Facts::new().with("gets to", &[path]).with("owner", &[owner, &owned.all]).digest(),
            mending,
        }
    }
}
