//! Those who act on a target, with those who are alike as one: a hundred thousand accounts with the same roles come to the same.

use super::scope::Scope;
use access::duties::{Subjects, Web};
use manifest::{Account, Holder, How, Target};
use model::{
    Attribute, CauseId, GrantIntent, Intent, MemberIntent, MemberPowers, Principal, Reach, RoleIntent,
    RoleName, Value,
};
use std::collections::{BTreeMap, BTreeSet};

/// What the model wants of a target, but with one login for all accounts that have the same; who has none is given one.
pub(super) struct Folded {
    pub(super) intent: Intent,
    /// The logins, each with those who act as it.
    pub(super) acting: BTreeMap<RoleName, Subjects>,
}

/// What makes two accounts alike: their roles, by where the one list of them lies, and what their logins are granted themselves.
type Alike = (usize, BTreeSet<String>);

impl Folded {
    pub(super) fn of(scope: &Scope<'_>, target: &Target) -> Self {
        let mut folding = Folding { scope, credentials: credentials(scope), intent: target.intent.clone() };
        let accounts = scope.model.accounts(target);
        let kept = folding.accounts(&accounts);
        let logins: BTreeSet<&RoleName> =
            accounts.iter().filter_map(|account| account.login.as_ref()).collect();
        let folded = |role: &RoleName| logins.contains(role) && !kept.contains_key(role);
        let intent = &mut folding.intent;
        intent.roles.retain(|role, _| !folded(role));
        intent.members.retain(|member| !folded(&member.member));
        intent.grants.retain(|grant| !matches!(&grant.to, Principal::Role(role) if folded(role)));
        let mut acting = kept;
        for role in folding.scope.standing.subjects.iter().chain(folding.held_logins()) {
            let Holder::Role(name) = role else { continue };
            acting.insert(scope.model.role_on(target, name), folding.behind(role));
        }
        Self { intent: folding.intent, acting }
    }
}

struct Folding<'a> {
    scope: &'a Scope<'a>,
    credentials: Web<Holder>,
    intent: Intent,
}

impl<'a> Folding<'a> {
    /// One login for each kind of account, with those behind all of them.
    fn accounts(&mut self, accounts: &[Account]) -> BTreeMap<RoleName, Subjects> {
        let own = own_grants(&self.intent, accounts);
        let mut alike: BTreeMap<Alike, (RoleName, Subjects)> = BTreeMap::new();
        for account in accounts {
            let user = account.what == "user";
            // A service account begins sessions where it logs in, and nowhere else.
            if !user && account.login.is_none() {
                continue;
            }
            let own = account.login.as_ref().and_then(|login| own.get(login)).cloned().unwrap_or_default();
            let key = (account.roles.as_ptr().addr(), own);
            let holder = if user {
                Holder::User(account.name.clone())
            } else {
                let Ok(name) = RoleName::new(account.name.as_str()) else { continue };
                Holder::ServiceAccount(name)
            };
            let behind = self.behind(&holder);
            match alike.get_mut(&key) {
                Some((_, who)) => *who |= behind,
                None => {
                    if let Some(login) = account.login.clone().or_else(|| self.supposed(account)) {
                        alike.insert(key, (login, behind));
                    }
                }
            }
        }
        alike.into_values().collect()
    }

    /// A login for an account that has none.
    fn supposed(&mut self, account: &Account) -> Option<RoleName> {
        let mut name = account.name.clone();
        let login = loop {
            let login = RoleName::new(name.as_str()).ok()?;
            if !self.intent.roles.contains_key(&login) {
                break login;
            }
            name.push('_');
        };
        let cause = CauseId(0);
        let role = RoleIntent {
            attributes: BTreeMap::from([(Attribute::known("login"), Value::Flag(true))]),
            comment: None,
            settings: BTreeMap::new(),
            password: None,
            members_exclusive: false,
            cause,
        };
        self.intent.roles.insert(login.clone(), role);
        let member = |(role, powers): &(RoleName, MemberPowers)| MemberIntent {
            role: role.clone(),
            member: login.clone(),
            powers: *powers,
            granted_by: None,
            cause,
        };
        self.intent.members.extend(account.roles.iter().map(member));
        Some(login)
    }

    /// Those who can come to use a credential.
    fn behind(&self, credential: &Holder) -> Subjects {
        self.credentials.reaching(credential).as_ref().clone()
    }

    /// Roles with a login that are somebody's account.
    fn held_logins(&self) -> impl Iterator<Item = &'a Holder> {
        let links = self.scope.standing.links.iter();
        links.filter(|link| matches!(link.how, How::Account | How::Controls)).map(|link| &link.to)
    }
}

/// Who comes to use which account: not what the account has then.
fn credentials(scope: &Scope<'_>) -> Web<Holder> {
    let links = scope.standing.links.iter().filter(|link| !matches!(link.how, How::Has(_)));
    Web::new(&scope.standing.subjects, links.map(|link| (&link.from, &link.to)))
}

/// What logins are granted themselves, in words that are the same for two that are granted the same.
fn own_grants(intent: &Intent, accounts: &[Account]) -> BTreeMap<RoleName, BTreeSet<String>> {
    let logins: BTreeSet<&RoleName> = accounts.iter().filter_map(|account| account.login.as_ref()).collect();
    let mut own: BTreeMap<RoleName, BTreeSet<String>> = BTreeMap::new();
    for grant in &intent.grants {
        let GrantIntent { to: Principal::Role(role), operations, columns, on, reach, delegable, .. } = grant
        else {
            continue;
        };
        if logins.contains(role) {
            let existing = *reach == Reach::Existing;
            let words = format!("{operations:?} {columns:?} {on:?} {existing} {delegable}");
            own.entry(role.clone()).or_default().insert(words);
        }
    }
    own
}
