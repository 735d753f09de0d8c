//! What stands on the target and what the model says, told for each role: what it has too much, and what it lacks.

use crate::{About, Compared, Look, Meant};
use model::{
    Attribute, Change, Day, FutureKey, FutureScope, Held, MemberKey, MemberPowers, Object, Place, Principal,
    RoleName, Value,
};
use std::collections::BTreeMap;

const LOGIN: Attribute = Attribute::known("login");
const INHERIT: Attribute = Attribute::known("inherit");

/// How one role differs from what the model says.
#[derive(Debug, Default)]
pub(crate) struct Sides {
    /// What it has and should not.
    pub(crate) more: Vec<Bit>,
    /// What it should have.
    pub(crate) less: Vec<Bit>,
    /// What is neither more power nor less, such as a comment.
    pub(crate) other: Vec<Bit>,
}

/// One difference.
#[derive(Debug)]
pub(crate) struct Bit {
    /// What stands there, for people.
    pub(crate) fact: String,
    /// What mends it.
    pub(crate) change: Change,
    /// How much it is.
    pub(crate) weight: Weight,
}

/// How much a difference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// Power over something.
    Power,
    /// A limit of a login.
    Limit,
    /// The role itself.
    Existence,
}

/// The differences of each role in the databases that the model speaks of. Attributes that are power of their own have a
/// rule of their own where a role has too many of them.
pub(crate) fn by_holder(look: &Look<'_>) -> BTreeMap<About, Sides> {
    let mut all: BTreeMap<About, Sides> = BTreeMap::new();
    let (Some(meant), Some(Compared::Differs { changes, .. })) = (look.meant, look.compared) else {
        return all;
    };
    for change in changes.iter().filter(|change| is_ours(meant, change)) {
        Sorting { look, all: &mut all }.sort(change);
    }
    all
}

/// True for a change in what the model speaks of.
pub(crate) fn is_ours(meant: &Meant, change: &Change) -> bool {
    match place_of(change) {
        None | Some(Place::Cluster) => true,
        Some(Place::Database(database)) => meant.intent.databases.contains(database),
    }
}

/// True for a login that the model takes away: it is a leaver, which has a rule of its own.
pub(crate) fn leaves(look: &Look<'_>, role: &RoleName) -> bool {
    look.logs_in(role) && look.meant.is_some_and(|meant| meant.intent.absent.contains_key(role))
}

fn place_of(change: &Change) -> Option<&Place> {
    match change {
        Change::Entry { on, .. } | Change::Owner { on, .. } => Some(&on.place),
        Change::Future { key: FutureKey { scope: FutureScope::AddsIn(on), .. }, .. } => Some(&on.place),
        _ => None,
    }
}

struct Sorting<'a> {
    look: &'a Look<'a>,
    all: &'a mut BTreeMap<About, Sides>,
}

impl Sorting<'_> {
    fn of(&mut self, role: &RoleName) -> &mut Sides {
        self.all.entry(About::Role(role.clone())).or_default()
    }

    fn holder(&mut self, to: &Principal) -> &mut Sides {
        match to {
            Principal::Role(role) => self.of(role),
            Principal::Public => self.all.entry(About::Everybody).or_default(),
        }
    }

    fn sort(&mut self, change: &Change) {
        let bit = |fact: String, weight| Bit { fact, change: change.clone(), weight };
        match change {
            Change::CreateRole { role, .. } => {
                self.of(role).less.push(bit("does not exist".to_owned(), Weight::Existence));
            }
            Change::DropRole { role } => {
                let fact = "still exists, and the model retires it".to_owned();
                self.of(role).more.push(bit(fact, Weight::Existence));
            }
            Change::Attribute { role, attribute, from, to } => {
                self.attribute(role, attribute, (from, to), change);
            }
            Change::Comment { role, from, .. } => {
                let stands = from.as_deref().map_or("nothing".to_owned(), |text| format!("{text:?}"));
                let fact = format!("its comment says {stands}");
                self.of(role).other.push(bit(fact, Weight::Limit));
            }
            Change::Setting { key, from, to } => {
                let Some(role) = &key.role else { return };
                let place =
                    key.database.as_ref().map(|name| format!(" in database {name}")).unwrap_or_default();
                let fact = format!(
                    "setting {}{place} is {}, not {}",
                    key.name,
                    said(from.as_ref()),
                    said(to.as_ref())
                );
                self.of(role).other.push(bit(fact, Weight::Limit));
            }
            Change::Member { key, from, to } => self.membership(key, *from, *to, change),
            Change::Owner { on, from, to } => {
                let on = About::Object(on.clone());
                if self.look.is_engines_own(from) {
                    self.of(to).less.push(bit(format!("does not own {on}: {from} does"), Weight::Power));
                } else {
                    self.of(from).more.push(bit(format!("owns {on}, which is to be {to}'s"), Weight::Power));
                }
            }
            Change::Entry { on, to, by, from, into } => {
                let on_words = About::Object(on.clone()).to_string();
                let part = |from: &Held, into: &Held| Change::Entry {
                    on: on.clone(),
                    to: to.clone(),
                    by: by.clone(),
                    from: from.clone(),
                    into: into.clone(),
                };
                self.held(to, (from, into), &format!("on {on_words}"), part);
            }
            Change::Future { key, to, from, into } => {
                let part = |from: &Held, into: &Held| Change::Future {
                    key: key.clone(),
                    to: to.clone(),
                    from: from.clone(),
                    into: into.clone(),
                };
                self.held(to, (from, into), &still_to_be_made(key), part);
            }
            Change::Password { .. }
            | Change::EndSessions { .. }
            | Change::RowSecurity { .. }
            | Change::Policy { .. }
            | Change::Mapping { .. } => {}
        }
    }

    fn attribute(
        &mut self,
        role: &RoleName,
        attribute: &Attribute,
        (from, to): (&Value, &Value),
        change: &Change,
    ) {
        let bit = |fact: String, weight| Bit { fact, change: change.clone(), weight };
        let has = *from == Value::Flag(true);
        let power = self.look.dialect.vocabulary().flags.contains(attribute) && *attribute != INHERIT;
        if *attribute == LOGIN {
            let fact = if has { "can log in" } else { "cannot log in" };
            let sides = self.of(role);
            let side = if has { &mut sides.more } else { &mut sides.less };
            side.push(bit(fact.to_owned(), Weight::Power));
        } else if power {
            if !has {
                self.of(role).less.push(bit(format!("does not have {attribute}"), Weight::Power));
            }
        } else {
            let fact = format!("{attribute} is {from}, not {to}");
            let sides = self.of(role);
            let side = match () {
                () if *attribute == INHERIT => &mut sides.other,
                () if is_wider(from, to) => &mut sides.more,
                () => &mut sides.less,
            };
            side.push(bit(fact, Weight::Limit));
        }
    }

    fn membership(
        &mut self,
        key: &MemberKey,
        from: Option<MemberPowers>,
        to: Option<MemberPowers>,
        change: &Change,
    ) {
        // Temporary access that is over has a rule of its own.
        if to.is_none() && self.look.meant.is_some_and(|meant| meant.ended(&key.member, &key.role).is_some())
        {
            return;
        }
        let none = MemberPowers { inherit: false, set: false, admin: false };
        let (have, want) = (from.unwrap_or(none), to.unwrap_or(none));
        let both = MemberPowers {
            inherit: have.inherit && want.inherit,
            set: have.set && want.set,
            admin: have.admin && want.admin,
        };
        let whole = from.is_none() || to.is_none();
        let role = &key.role;
        let mut put = |more: bool, powers: MemberPowers| {
            let words = if whole { member_of(role, powers) } else { differing(role, powers, both) };
            let fact = if more { words } else { format!("is not given: {words}") };
            let bit = Bit { fact, change: change.clone(), weight: Weight::Power };
            let sides = self.of(&key.member);
            if more { sides.more.push(bit) } else { sides.less.push(bit) }
        };
        if from.is_some() && (to.is_none() || have != both) {
            put(true, have);
        }
        if to.is_some() && (from.is_none() || want != both) {
            put(false, want);
        }
    }

    /// Splits a change into what is too much and what is missing.
    fn held(
        &mut self,
        to: &Principal,
        (from, into): (&Held, &Held),
        on: &str,
        part: impl Fn(&Held, &Held) -> Change,
    ) {
        let lost = into.lost_from(from);
        let gained = into.gained_from(from);
        let kept: Held = from
            .iter()
            .filter_map(|(operation, star)| match lost.iter().find(|(gone, _)| gone == operation) {
                None => Some((operation.clone(), star)),
                Some((_, only_star)) => only_star.then(|| (operation.clone(), false)),
            })
            .collect();
        if !lost.is_empty() {
            let words = lost.iter().map(|(operation, only_star)| match (only_star, from.get(operation)) {
                (true, _) => format!("the grant option of {operation}"),
                (false, Some(true)) => format!("{operation} with grant option"),
                (false, _) => operation.to_string(),
            });
            let fact = format!("holds {} {on}", words.collect::<Vec<_>>().join(", "));
            let bit = Bit { fact, change: part(from, &kept), weight: Weight::Power };
            self.holder(to).more.push(bit);
        }
        if !gained.is_empty() {
            let fact = format!("does not hold {} {on}", operations(&gained));
            let bit = Bit { fact, change: part(&kept, into), weight: Weight::Power };
            self.holder(to).less.push(bit);
        }
    }
}

fn operations(held: &Held) -> String {
    let one = |(operation, star)| format!("{operation}{}", if star { " with grant option" } else { "" });
    held.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn said(value: Option<&String>) -> String {
    value.map_or("not set".to_owned(), |value| format!("{value:?}"))
}

fn member_of(role: &RoleName, powers: MemberPowers) -> String {
    let usual = MemberPowers { inherit: true, set: true, admin: false };
    if powers == usual {
        return format!("member of {role}");
    }
    let none = MemberPowers { inherit: false, set: false, admin: false };
    let words = words(powers, none);
    format!("member of {role} ({})", if words.is_empty() { "without any use" } else { &words })
}

fn differing(role: &RoleName, powers: MemberPowers, both: MemberPowers) -> String {
    format!("as a member of {role}, {}", words(powers, both))
}

fn words(powers: MemberPowers, both: MemberPowers) -> String {
    let all = [
        (powers.inherit && !both.inherit, "uses its privileges"),
        (powers.set && !both.set, "may become it"),
        (powers.admin && !both.admin, "may hand it out"),
    ];
    all.into_iter().filter_map(|(new, words)| new.then_some(words)).collect::<Vec<_>>().join(", ")
}

fn still_to_be_made(key: &FutureKey) -> String {
    let place = match &key.scope {
        FutureScope::Replaces(database) => format!("database {database}"),
        FutureScope::AddsIn(container) => place_words(container),
    };
    format!("on each {} that {} will make in {place}", key.kind, key.creator)
}

fn place_words(container: &Object) -> String {
    match container.database() {
        Some(database) => format!("{container} in database {database}"),
        None => container.to_string(),
    }
}

/// Is the first limit wider than the second?
fn is_wider(from: &Value, to: &Value) -> bool {
    match (from, to) {
        (Value::Number(from), Value::Number(to)) => *from < 0 || (*to >= 0 && from > to),
        (Value::Unset, _) => true,
        (_, Value::Unset) => false,
        (Value::Text(from), Value::Text(to)) => match (Day::of(from), Day::of(to)) {
            (Some(one), Some(other)) if one != other => one > other,
            // What is no day has no end.
            (None, Some(_)) => true,
            (Some(_), None) => false,
            _ => from > to,
        },
        _ => false,
    }
}
