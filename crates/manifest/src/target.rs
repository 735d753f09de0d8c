//! From a model to its targets: the intent for each server in each environment.

use crate::diagnostic::Diagnostic;
use crate::manifest::Text;
use crate::model::{Assigned, Held, In, Model, RoleFacts, Site};
use crate::source::Span;
use crate::url;
use ::model::{
    AbsentIntent, DatabaseName, GrantIntent, HeirIntent, Intent, MemberIntent, MemberPowers, Name,
    NamedObjects, OwnerIntent, Pattern, Principal, Reach, Review, ReviewedUse, RoleIntent, RoleName, Secret,
    Segment, WithholdIntent,
};
use foldhash::{HashMap, HashSet};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One server in one environment, and what the model wants of it.
#[derive(Debug, Clone)]
pub struct Target {
    /// The cluster's name in the model.
    pub cluster: String,
    /// The environment.
    pub environment: String,
    /// The engine's name.
    pub engine: String,
    /// The URL with its variables filled in; it may hold a password.
    pub url: Secret,
    /// The URL as the model writes it.
    pub template: String,
    /// Where the model writes it.
    pub span: Span,
    /// How roles are named here: `{role}` unless the environment says otherwise.
    pub role_names: String,
    /// What is wanted.
    pub intent: Intent,
    /// The databases here: the model's name for each, and the real one.
    pub databases: BTreeMap<String, DatabaseName>,
}

/// A user or a service account, and what it has on a target.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its name in the model.
    pub name: String,
    /// `user` or `service account`.
    pub what: &'static str,
    /// The login that stands for it here, if it has one.
    pub login: Option<RoleName>,
    /// The roles that it is assigned, directly and through its groups. Accounts of which the model says the same share them.
    pub roles: Arc<[(RoleName, MemberPowers)]>,
}

impl Model {
    /// The targets of one environment, or of all.
    ///
    /// `lookup` gives the value of an environment variable.
    ///
    /// # Errors
    /// An environment that the model does not have, variables that are not set, two environments that turn out
    /// to be one server.
    pub fn targets(
        &self,
        environment: Option<&str>,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Vec<Target>, Vec<Diagnostic>> {
        if let Some(asked) = environment
            && !self.environments().contains(&asked)
        {
            return Err(vec![self.no_environment(asked)]);
        }
        let (mut targets, mut problems) = (Vec::new(), Vec::new());
        for site in self.sites.iter().filter(|site| environment.is_none_or(|asked| site.environment == asked))
        {
            match self.target(site, lookup) {
                Ok(target) => targets.push(target),
                Err(problem) => problems.push(problem),
            }
        }
        problems.extend(self.same_servers(lookup));
        if problems.is_empty() { Ok(targets) } else { Err(problems) }
    }

    /// The targets of one environment for whoever reaches none of them: variables stay as they are written.
    ///
    /// # Errors
    /// An environment that the model does not have.
    pub fn unreached_targets(&self, environment: &str) -> Result<Vec<Target>, Diagnostic> {
        if !self.environments().contains(&environment) {
            return Err(self.no_environment(environment));
        }
        let sites = self.sites.iter().filter(|site| site.environment == environment);
        Ok(sites.map(|site| self.build(site, site.url.value.clone())).collect())
    }

    /// The target at a URL that the caller gives in place of the model's, for the cluster and environment it
    /// belongs to: those asked for, or the only ones that there are.
    ///
    /// # Errors
    /// An environment that the model does not have, or more than one cluster to choose from.
    pub fn target_at(&self, url: &str, environment: Option<&str>) -> Result<Target, Diagnostic> {
        if let Some(asked) = environment
            && !self.environments().contains(&asked)
        {
            return Err(self.no_environment(asked));
        }
        let meant = |site: &&Site| environment.is_none_or(|asked| site.environment == asked);
        let mut sites: Vec<&Site> = self.sites.iter().filter(meant).collect();
        if sites.len() > 1 {
            let named = url::database(url);
            let has = |site: &&Site| site.databases.iter().any(|one| named.is_some() && one.name == named);
            let by_name: Vec<&Site> = sites.iter().copied().filter(has).collect();
            if !by_name.is_empty() {
                sites = by_name;
            }
        }
        let alike = |a: &Site, b: &Site| a.cluster == b.cluster && a.template() == b.template();
        match sites.split_first() {
            None => Err(Diagnostic::error("RW122", "the model has no database")
                .help("write `databases: { shop: { engine: postgres, environments: { prod: { url: \"${SHOP_PROD_URL}\" } } } }`")),
            Some((first, rest)) if rest.iter().all(|other| alike(first, other)) && !self.differ(first, rest) => {
                Ok(self.build(first, url.to_owned()))
            }
            Some((first, rest)) => {
                let names: Vec<String> = std::iter::once(first)
                    .chain(rest)
                    .map(|site| format!("{}/{}", site.cluster, site.environment))
                    .collect();
                let message = format!("the URL could stand for any of {}", names.join(", "));
                Err(Diagnostic::error("RW124", message).help("say which with `--env`"))
            }
        }
    }

    /// Would one of these environments want something else than another?
    fn differ(&self, first: &Site, rest: &[&Site]) -> bool {
        let differs =
            |site: &Site| self.groups.values().any(|group| group.differs.contains_key(&site.environment));
        !rest.is_empty() && (differs(first) || rest.iter().any(|site| differs(site)))
    }

    fn no_environment(&self, asked: &str) -> Diagnostic {
        let known = self.environments();
        let help = crate::nearest::did_you_mean(asked, known.iter().copied()).unwrap_or_else(|| {
            if known.is_empty() {
                "the model has no environment".to_owned()
            } else {
                crate::nearest::there_are(known.iter().copied())
            }
        });
        Diagnostic::error("RW124", format!("there is no environment `{asked}`")).help(help)
    }

    fn target(&self, site: &Site, lookup: &dyn Fn(&str) -> Option<String>) -> Result<Target, Diagnostic> {
        for database in &site.databases {
            if let Some(own) = &database.url {
                url::resolve(own.as_str(), lookup).map_err(|name| unset(&name, own.span))?;
            }
        }
        let url = url::resolve(site.url.as_str(), lookup).map_err(|name| unset(&name, site.url.span))?;
        let mut target = self.build_named(site, url, lookup);
        target.template.clone_from(&site.url.value);
        Ok(target)
    }

    fn build(&self, site: &Site, url: String) -> Target {
        // A URL from outside stands for the site's own: it says the name of the site's only database.
        let lookup = |_: &str| None;
        self.build_named(site, url, &lookup)
    }

    fn build_named(&self, site: &Site, url: String, lookup: &dyn Fn(&str) -> Option<String>) -> Target {
        let alone = site.databases.len() == 1;
        let mut names = BTreeMap::new();
        for database in &site.databases {
            let own = database.url.as_ref().filter(|_| !alone);
            let resolved = own.and_then(|own| url::resolve(own.as_str(), lookup).ok());
            let said = || match (&database.url, resolved) {
                (Some(_), Some(own)) => url::database(&own),
                (Some(_), None) => url::database(&url),
                (None, _) => None,
            };
            let key = self
                .databases
                .get(database.database)
                .map(|database| database.key.clone())
                .unwrap_or_default();
            let real = database.name.clone().or_else(said).unwrap_or_else(|| key.clone());
            if let Ok(real) = DatabaseName::new(real) {
                names.insert(database.database, (key, real));
            }
        }
        let says_owners = self.says_owners();
        let builder = Builder { model: self, site, names, template: site.template(), says_owners };
        let intent = builder.intent();
        Target {
            databases: builder.names.into_values().collect(),
            cluster: site.cluster.clone(),
            environment: site.environment.clone(),
            engine: site.engine.clone(),
            template: site.url.value.clone(),
            span: site.url.span,
            role_names: site.template().to_owned(),
            url: Secret::new(url),
            intent,
        }
    }

    /// Users and service accounts, and what each has on a target.
    #[must_use]
    pub fn accounts(&self, target: &Target) -> Vec<Account> {
        self.builder(target).map(|builder| builder.accounts()).unwrap_or_default()
    }

    /// What a permission of a separation means on a target; nothing where its database is elsewhere. To whom it is given does not
    /// matter.
    #[must_use]
    pub fn permission_on(&self, target: &Target, text: &Text) -> Vec<GrantIntent> {
        self.builder(target).map(|builder| builder.permission(text)).unwrap_or_default()
    }

    /// A role's name on a target.
    #[must_use]
    pub fn role_on(&self, target: &Target, role: &RoleName) -> RoleName {
        self.named(&target.role_names, role)
    }

    /// A role's name where roles are named so. Roles that the model does not make keep theirs.
    fn named(&self, template: &str, name: &RoleName) -> RoleName {
        let ours = || self.roles.contains_key(name) || self.logins.contains_key(name);
        if template == "{role}" || !ours() {
            return name.clone();
        }
        let text: Cow<'_, str> = template.replace("{role}", name.as_str()).into();
        RoleName::new(text.as_ref()).unwrap_or_else(|_| name.clone())
    }

    fn builder(&self, target: &Target) -> Option<Builder<'_>> {
        let here = |site: &&Site| site.cluster == target.cluster && site.environment == target.environment;
        let site = self.sites.iter().find(here)?;
        let name = |at: usize| {
            let key = &self.databases.get(at)?.key;
            Some((at, (key.clone(), target.databases.get(key)?.clone())))
        };
        let names = site.databases.iter().filter_map(|database| name(database.database)).collect();
        let says_owners = self.says_owners();
        Some(Builder { model: self, site, names, template: site.template(), says_owners })
    }

    /// The accounts of each person.
    #[must_use]
    pub fn people(&self) -> &BTreeMap<String, Vec<String>> {
        &self.people
    }

    /// Servers that turn out to be one when their variables are filled in, as far as these are set.
    fn same_servers(&self, lookup: &dyn Fn(&str) -> Option<String>) -> Vec<Diagnostic> {
        let server =
            |site: &Site| url::resolve(site.url.as_str(), lookup).ok().map(|url| url::Server::of(&url));
        let known: Vec<(&Site, url::Server)> =
            self.sites.iter().filter_map(|site| Some((site, server(site)?))).collect();
        let mut problems = Vec::new();
        for (at, (one, server)) in known.iter().enumerate() {
            for (other, _) in known.iter().skip(at + 1).filter(|(_, its)| its == server) {
                if one.template() == other.template() {
                    problems.push(url::shared(one, other));
                }
            }
        }
        problems
    }
}

fn unset(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error("RW123", format!("the environment variable `{name}` is not set"))
        .at(span, "needed here")
        .help(format!("set {name} to the URL, or to the part of it that stands here"))
}

struct Builder<'a> {
    model: &'a Model,
    site: &'a Site,
    /// The databases here: the model's name and the real one.
    names: BTreeMap<usize, (String, DatabaseName)>,
    template: &'a str,
    /// See [`Model::says_owners`].
    says_owners: bool,
}

/// What a model says of an account: its groups, and its roles with what the memberships give.
type Said<'m> = (Vec<&'m str>, Vec<(&'m RoleName, MemberPowers)>);

fn said(assigned: &Assigned) -> Said<'_> {
    let groups = assigned.groups.iter().map(|group| group.name.as_str()).collect();
    (groups, assigned.roles.iter().map(|held| (&held.role, held.powers)).collect())
}

impl<'m> Builder<'m> {
    fn intent(&self) -> Intent {
        let model = self.model;
        let placed = self.placed();
        let mut intent = Intent {
            databases: self.names.values().map(|(_, real)| real.clone()).collect(),
            causes: model.causes.clone(),
            grants: Vec::with_capacity(model.grants.len()),
            ..Intent::default()
        };
        for (name, facts) in &model.roles {
            if facts.state == crate::State::Retired {
                let heir = facts.heir.as_ref();
                let heir = heir.map(|heir| HeirIntent { role: self.role(&heir.role), cause: heir.cause });
                intent.absent.insert(self.role(name), AbsentIntent { heir, cause: facts.cause });
            } else if placed.contains(name) {
                self.one_role(name, facts, &placed, &mut intent);
            }
        }
        self.logins(&placed, &mut intent);
        let tolerated = model.tolerated().map(|role| self.role(role)).collect();
        intent.deprecated = model.deprecated_as(&|role| self.role(role), tolerated);
        let named = |role: &RoleName| self.role(role);
        intent.separations = model.separations_as(&self.site.environment, &named);
        let databases = self.names.values().map(|(key, real)| (key.as_str(), real)).collect();
        intent.guarded = model.guarded_as(&self.site.environment, &|text| self.permission(text), &databases);
        if !intent.separations.is_empty() || !intent.guarded.is_empty() {
            intent.people = model.logins_behind(&named);
        }
        let here = |role: &RoleName| placed.contains(role) || self.login_is_here(role);
        let grants = model.grants.iter().filter(|grant| self.names.contains_key(&grant.database));
        // A role's grants follow each other, so each role is asked about once.
        let mut last: Option<(&Principal, bool)> = None;
        for grant in grants {
            let to = &grant.what.to;
            let real = match (last, to) {
                (Some((known, real)), to) if known == to => real,
                (_, Principal::Public) => true,
                (_, Principal::Role(role)) => here(role),
            };
            last = Some((to, real));
            if real {
                intent.grants.push(self.grant(grant));
            }
        }
        for owns in model.owns.iter().filter(|owns| self.names.contains_key(&owns.database)) {
            if here(&owns.what.owner) {
                let OwnerIntent { owner, on, cause } = &owns.what;
                intent.owns.push(OwnerIntent {
                    owner: self.role(owner),
                    on: self.objects(owns.database, on),
                    cause: *cause,
                });
            }
        }
        for withhold in model.withhold.iter().filter(|withhold| self.names.contains_key(&withhold.database)) {
            if here(&withhold.what.owner) {
                let WithholdIntent { owner, operations, on, cause } = withhold.what.clone();
                let on = self.objects(withhold.database, &on);
                intent.withhold.push(WithholdIntent { owner: self.role(&owner), operations, on, cause });
            }
        }
        let reviews = model.reviews.iter().filter(|review| self.names.contains_key(&review.database));
        intent.reviews = reviews.map(|review| self.review(review)).collect();
        intent
    }

    fn review(&self, review: &In<Review>) -> Review {
        let Review { on, does, .. } = &review.what;
        let here = |on: &NamedObjects| self.objects(review.database, on);
        let does = does.iter().map(|does| ReviewedUse { on: here(&does.on), ..does.clone() });
        Review { on: here(on), does: does.collect(), ..review.what.clone() }
    }

    fn accounts(&self) -> Vec<Account> {
        let model = self.model;
        let placed = self.placed();
        let mut known: BTreeMap<Said<'_>, Arc<[(RoleName, MemberPowers)]>> = BTreeMap::new();
        let mut of = |name: &str, what: &'static str, login: Option<&RoleName>, assigned: &'m Assigned| {
            let roles = known.entry(said(assigned)).or_insert_with(|| {
                let held = model.assigned(assigned, &self.site.environment).into_iter();
                held.filter(|held| placed.contains(&held.role) || !model.roles.contains_key(&held.role))
                    .map(|held| (self.role(&held.role), held.powers))
                    .collect()
            });
            let login = login.filter(|login| self.login_is_here(login)).map(|login| self.role(login));
            Account { name: name.to_owned(), what, login, roles: roles.clone() }
        };
        let users = model.users.iter();
        let users: Vec<Account> =
            users.map(|(name, assigned)| of(name, "user", assigned.login.as_ref(), assigned)).collect();
        let of_users: BTreeSet<&RoleName> =
            model.users.values().filter_map(|assigned| assigned.login.as_ref()).collect();
        let programs = model.logins.iter().filter(|(name, _)| !of_users.contains(name));
        let programs =
            programs.map(|(name, login)| of(name.as_str(), "service account", Some(name), &login.assigned));
        users.into_iter().chain(programs).collect()
    }

    /// The roles that this server needs: those with something in one of its databases, their seniors, and
    /// those that have nothing anywhere.
    fn placed(&self) -> HashSet<RoleName> {
        let real = || self.model.roles.iter().filter(|(_, facts)| facts.is_real());
        let mut seniors: HashMap<&RoleName, Vec<&RoleName>> = HashMap::default();
        for (name, facts) in real() {
            for junior in &facts.juniors {
                seniors.entry(&junior.role).or_default().push(name);
            }
        }
        let upwards = |start: Vec<&RoleName>| {
            let mut reached: HashSet<RoleName> = HashSet::default();
            let mut left = start;
            while let Some(role) = left.pop() {
                if reached.insert(role.clone()) {
                    left.extend(seniors.get(role).into_iter().flatten());
                }
            }
            reached
        };
        let touching = |wanted: &dyn Fn(&usize) -> bool| -> Vec<&RoleName> {
            real().filter(|(_, facts)| facts.touches.iter().any(wanted)).map(|(name, _)| name).collect()
        };
        let mut here = upwards(touching(&|database| self.names.contains_key(database)));
        let anywhere = upwards(touching(&|_| true));
        here.extend(real().map(|(name, _)| name).filter(|name| !anywhere.contains(*name)).cloned());
        here
    }

    fn login_is_here(&self, login: &RoleName) -> bool {
        let databases = self.model.logins.get(login).map(|login| &login.databases);
        databases.is_some_and(|databases| databases.iter().any(|database| self.names.contains_key(database)))
    }

    fn one_role(&self, name: &RoleName, facts: &RoleFacts, placed: &HashSet<RoleName>, intent: &mut Intent) {
        let mut role = facts.intent.clone();
        self.settings_in(&facts.settings_in, &mut role);
        if facts.login {
            self.made_as(std::iter::once(name), &mut role);
        }
        intent.roles.insert(self.role(name), role);
        self.members(name, facts.juniors.iter(), placed, intent);
    }

    fn logins(&self, placed: &HashSet<RoleName>, intent: &mut Intent) {
        for (name, login) in &self.model.logins {
            if !self.login_is_here(name) {
                continue;
            }
            let mut role = login.intent.clone();
            self.settings_in(&login.settings_in, &mut role);
            let held = self.model.assigned(&login.assigned, &self.site.environment);
            self.made_as(held.iter().map(|held| &held.role), &mut role);
            intent.roles.insert(self.role(name), role);
            self.members(name, held.into_iter(), placed, intent);
        }
    }

    fn members<'h>(
        &self,
        member: &RoleName,
        held: impl Iterator<Item = &'h Held>,
        placed: &HashSet<RoleName>,
        intent: &mut Intent,
    ) {
        let mut seen = BTreeSet::new();
        for held in held {
            let own = self.model.roles.contains_key(&held.role);
            if (own && !placed.contains(&held.role)) || !seen.insert((&held.role, &held.granted_by)) {
                continue;
            }
            let MemberIntent { role, member, powers, granted_by, cause } = held.by(member);
            intent.members.push(MemberIntent {
                role: self.role(&role),
                member: self.role(&member),
                powers,
                granted_by: granted_by.map(|grantor| self.role(&grantor)),
                cause,
            });
        }
    }

    fn settings_in(&self, settings: &[In<(Name, String)>], role: &mut RoleIntent) {
        for setting in settings {
            if let Some((_, real)) = self.names.get(&setting.database) {
                let (name, value) = &setting.what;
                role.settings.insert((Some(real.clone()), name.clone()), value.clone());
            }
        }
    }

    /// What a login makes in a database belongs to the role that the model names: its sessions begin as it.
    fn made_as<'r>(&'r self, held: impl Iterator<Item = &'r RoleName>, role: &mut RoleIntent) {
        let (true, Ok(setting)) = (self.says_owners, Name::new("role")) else { return };
        for reached in self.model.reached(held) {
            let creates = self.model.roles.get(reached).filter(|facts| facts.is_real());
            for (database, (owner, _)) in creates.into_iter().flat_map(|facts| &facts.creates_as) {
                if let Some((_, real)) = self.names.get(database) {
                    let value = self.role(owner).as_str().to_owned();
                    role.settings.insert((Some(real.clone()), setting.clone()), value);
                }
            }
        }
    }

    /// What a permission of a separation means here.
    fn permission(&self, text: &Text) -> Vec<GrantIntent> {
        let claim = self.model.permissions.get(&text.span);
        let Some(claim) = claim.filter(|claim| self.names.contains_key(&claim.database)) else {
            return Vec::new();
        };
        let here = |what: &GrantIntent| self.grant(&In { database: claim.database, what: what.clone() });
        claim.grants.iter().map(here).collect()
    }

    fn grant(&self, grant: &In<GrantIntent>) -> GrantIntent {
        let what = &grant.what;
        let roles = |roles: &[RoleName]| roles.iter().map(|role| self.role(role)).collect();
        GrantIntent {
            to: match &what.to {
                Principal::Public => Principal::Public,
                Principal::Role(role) => Principal::Role(self.role(role)),
            },
            operations: what.operations.clone(),
            columns: what.columns.clone(),
            on: self.objects(grant.database, &what.on),
            reach: match &what.reach {
                Reach::Existing => Reach::Existing,
                Reach::Future(creators) => Reach::Future(roles(creators)),
                Reach::Both(creators) => Reach::Both(roles(creators)),
            },
            delegable: what.delegable,
            granted_by: what.granted_by.as_ref().map(|grantor| self.role(grantor)),
            cause: what.cause,
        }
    }

    fn objects(&self, database: usize, on: &NamedObjects) -> NamedObjects {
        let mut on = on.clone();
        if on.database.is_some() {
            on.database = self.names.get(&database).map(|(_, real)| real.clone());
        } else if on.kind.as_str() == "database" {
            on.names = on.names.iter().map(|pattern| self.real_database(pattern)).collect();
            on.except = on.except.iter().map(|pattern| self.real_database(pattern)).collect();
        }
        on
    }

    /// A phrase may call a database as the model does.
    fn real_database(&self, pattern: &Pattern) -> Pattern {
        let mut pattern = pattern.clone();
        for segment in &mut pattern.path {
            let Segment::Exactly(name) = segment else { continue };
            let real =
                self.names.values().find(|(key, _)| key == name.as_str()).map(|(_, real)| real.as_str());
            if let Some(Ok(real)) = real.map(Name::new) {
                *name = real;
            }
        }
        pattern
    }

    /// A role's name here.
    fn role(&self, name: &RoleName) -> RoleName {
        self.model.named(self.template, name)
    }
}
