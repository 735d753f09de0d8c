//! What the benchmark's database holds, as a value; the SQL and the model are both written from it.

use crate::random::Random;
use std::collections::{BTreeMap, BTreeSet};

/// How large a fixture is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// Schemas, each with [`Size::TABLES`] tables, [`Size::SEQUENCES`] sequences and [`Size::FUNCTIONS`] functions.
    pub(crate) schemas: usize,
    /// Roles in the model: two in five are NOLOGIN roles that hold the grants, the others log in.
    pub(crate) roles: usize,
    /// Memberships, without a cycle.
    pub(crate) memberships: usize,
    /// ACL entries: pairs of an object and a grantee. What owners and PUBLIC hold by default is not counted.
    pub(crate) entries: usize,
}

impl Size {
    /// Tables in each schema.
    pub(crate) const TABLES: usize = 100;
    /// Sequences in each schema.
    pub(crate) const SEQUENCES: usize = 10;
    /// Functions in each schema.
    pub(crate) const FUNCTIONS: usize = 10;

    /// 20 schemas, 500 roles, 900 memberships and 10,000 entries, times `scale`.
    pub(crate) fn at(scale: usize) -> Self {
        Self { schemas: 20 * scale, roles: 500 * scale, memberships: 900 * scale, entries: 10_000 * scale }
    }
}

/// What a role is for; a reader inherits from readers only, so that no boundary is overstepped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Holds grants that read.
    Reader,
    /// Holds grants that read and write.
    Writer,
    /// Logs in; holds nothing but memberships.
    Login,
}

/// One role of the model.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The roles it is a member of, as indices into [`Fixture::roles`].
    pub(crate) member_of: BTreeSet<usize>,
    pub(crate) grants: Vec<Grant>,
}

/// Some privileges on some objects of one schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Grant {
    pub(crate) privileges: &'static str,
    /// Index of the schema; its name is [`schema_name`].
    pub(crate) schema: usize,
    pub(crate) objects: Objects,
}

/// The objects of a grant; numbers count from 0 within the schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Objects {
    Schema,
    AllTables,
    Tables(Vec<usize>),
    AllSequences,
    Sequences(Vec<usize>),
    Functions(Vec<usize>),
}

impl Grant {
    /// How many pairs of an object and this grantee it makes.
    pub(crate) fn entries(&self) -> usize {
        match &self.objects {
            Objects::Schema => 1,
            Objects::AllTables => Size::TABLES,
            Objects::AllSequences => Size::SEQUENCES,
            Objects::Tables(list) | Objects::Sequences(list) | Objects::Functions(list) => list.len(),
        }
    }
}

/// The roles of a benchmark database, with all that they hold.
#[derive(Debug, Clone)]
pub(crate) struct Fixture {
    pub(crate) size: Size,
    pub(crate) roles: Vec<Role>,
}

impl Fixture {
    /// The fixture of that size: always the same one.
    pub(crate) fn generate(size: Size) -> Self {
        let mut random = Random::seeded(0x5eed_0001);
        let mut roles = roles(size, &mut random);
        join(&mut roles, size.memberships, &mut random);
        grant(&mut roles, size, &mut random);
        Self { size, roles }
    }

    /// The roles that stand for these indices, in their order.
    pub(crate) fn names<'a>(&'a self, of: &'a BTreeSet<usize>) -> impl Iterator<Item = &'a str> {
        of.iter().filter_map(|index| self.roles.get(*index)).map(|role| role.name.as_str())
    }

    /// Pairs of an object and a grantee.
    pub(crate) fn entries(&self) -> usize {
        self.roles.iter().flat_map(|role| &role.grants).map(Grant::entries).sum()
    }

    /// Pairs of a role and a member.
    pub(crate) fn memberships(&self) -> usize {
        self.roles.iter().map(|role| role.member_of.len()).sum()
    }
}

/// `s001`, `s002`, …
pub(crate) fn schema_name(index: usize) -> String {
    format!("s{:03}", index + 1)
}

/// `t001` to `t100` in every schema.
pub(crate) fn table_name(index: usize) -> String {
    format!("t{:03}", index + 1)
}

/// `q01` to `q10` in every schema.
pub(crate) fn sequence_name(index: usize) -> String {
    format!("q{:02}", index + 1)
}

/// `f01` to `f10` in every schema; each takes one integer.
pub(crate) fn function_name(index: usize) -> String {
    format!("f{:02}", index + 1)
}

fn roles(size: Size, random: &mut Random) -> Vec<Role> {
    let holders = size.roles * 2 / 5;
    (0..size.roles)
        .map(|index| {
            let kind = match index {
                login if login >= holders => Kind::Login,
                _ if random.chance(60) => Kind::Reader,
                _ => Kind::Writer,
            };
            let name = match kind {
                Kind::Reader => format!("reader_{:04}", index + 1),
                Kind::Writer => format!("writer_{:04}", index + 1),
                Kind::Login => format!("service_{:04}", index + 1 - holders),
            };
            Role { name, kind, member_of: BTreeSet::new(), grants: Vec::new() }
        })
        .collect()
}

/// Two memberships for every login; the rest is inheritance among the roles before them, always from a later
/// role to an earlier one, which excludes a cycle.
fn join(roles: &mut [Role], memberships: usize, random: &mut Random) {
    let kinds: Vec<Kind> = roles.iter().map(|role| role.kind).collect();
    let holders = kinds.iter().filter(|kind| **kind != Kind::Login).count();
    let mut left = memberships;
    for role in roles.iter_mut().filter(|role| role.kind == Kind::Login) {
        role.member_of.extend(random.distinct(2.min(left), 2.min(left), holders));
        left = left.saturating_sub(2);
    }
    while left > 0 {
        let junior = random.below(holders);
        let senior = junior + 1 + random.below(holders - junior - 1);
        let reads_only = kinds.get(junior) == Some(&Kind::Reader);
        if let Some(role) = roles.get_mut(senior).filter(|role| senior != junior && role.kind != Kind::Login)
            && (reads_only || role.kind == Kind::Writer)
            && role.member_of.len() < 6
            && role.member_of.insert(junior)
        {
            left -= 1;
        }
    }
}

/// Six entries of ten come from roles that work on whole schemas; the others from lists of a few tables, most
/// of which several roles share, and from single sequences and functions.
fn grant(roles: &mut [Role], size: Size, random: &mut Random) {
    let holders = roles.iter().filter(|role| role.kind != Kind::Login).count();
    let topics = topics(size.schemas, random);
    let mut used: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut left = size.entries;
    while left > 0 {
        let holder = random.below(holders);
        let schema = random.below(size.schemas);
        let Some(role) = roles.get_mut(holder) else { continue };
        if !used.entry(holder).or_default().insert(schema) {
            continue;
        }
        let whole = left > size.entries * 4 / 10;
        let grants = if whole {
            whole_schema(role.kind, schema, random)
        } else {
            single_objects(role.kind, schema, &topics, random)
        };
        for grant in grants {
            if let Some(grant) = cut(grant, left) {
                left -= grant.entries();
                role.grants.push(grant);
            }
        }
    }
}

/// Per schema, the lists of tables that belong to one subject.
fn topics(schemas: usize, random: &mut Random) -> Vec<Vec<Vec<usize>>> {
    (0..schemas).map(|_| (0..6).map(|_| random.distinct(2, 10, Size::TABLES)).collect()).collect()
}

fn whole_schema(kind: Kind, schema: usize, random: &mut Random) -> Vec<Grant> {
    let usage = Grant { privileges: "usage", schema, objects: Objects::Schema };
    if kind != Kind::Writer || random.chance(30) {
        return vec![usage, Grant { privileges: "select", schema, objects: Objects::AllTables }];
    }
    vec![
        usage,
        Grant { privileges: "select, insert, update, delete", schema, objects: Objects::AllTables },
        Grant { privileges: "usage", schema, objects: Objects::AllSequences },
    ]
}

fn single_objects(kind: Kind, schema: usize, topics: &[Vec<Vec<usize>>], random: &mut Random) -> Vec<Grant> {
    let mut grants = vec![Grant { privileges: "usage", schema, objects: Objects::Schema }];
    let shared = topics.get(schema).and_then(|lists| lists.get(random.below(lists.len())));
    let tables = match shared.filter(|_| random.chance(85)) {
        Some(list) => list.clone(),
        None => random.distinct(1, 4, Size::TABLES),
    };
    let privileges = match kind {
        Kind::Writer if random.chance(50) => "select, insert, update",
        Kind::Writer => "select, insert, update, delete",
        _ => "select",
    };
    grants.push(Grant { privileges, schema, objects: Objects::Tables(tables) });
    if kind == Kind::Writer && random.chance(40) {
        let sequences = random.distinct(1, 2, Size::SEQUENCES);
        grants.push(Grant { privileges: "usage", schema, objects: Objects::Sequences(sequences) });
    }
    if kind == Kind::Writer && random.chance(30) {
        let functions = random.distinct(1, 2, Size::FUNCTIONS);
        grants.push(Grant { privileges: "execute", schema, objects: Objects::Functions(functions) });
    }
    grants
}

/// The grant with no more than `left` entries, so that the last one ends exactly at the size that was asked.
fn cut(grant: Grant, left: usize) -> Option<Grant> {
    if grant.entries() <= left {
        return Some(grant);
    }
    let Grant { privileges, schema, objects } = grant;
    let objects = match objects {
        Objects::Tables(mut list) => {
            list.truncate(left);
            Objects::Tables(list)
        }
        _ => return None,
    };
    Some(Grant { privileges, schema, objects }).filter(|grant| grant.entries() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixture_has_exactly_the_size_that_was_asked() {
        for scale in [1, 10] {
            let size = Size::at(scale);
            let fixture = Fixture::generate(size);
            assert_eq!(fixture.roles.len(), size.roles);
            assert_eq!(fixture.memberships(), size.memberships);
            assert_eq!(fixture.entries(), size.entries);
        }
    }

    #[test]
    fn most_entries_come_from_whole_schemas() {
        let fixture = Fixture::generate(Size::at(1));
        let whole: usize = fixture
            .roles
            .iter()
            .flat_map(|role| &role.grants)
            .filter(|grant| matches!(grant.objects, Objects::AllTables | Objects::AllSequences))
            .map(Grant::entries)
            .sum();
        assert!((5_500..=6_500).contains(&whole), "{whole}");
    }

    #[test]
    fn memberships_lead_to_earlier_roles_only_and_readers_inherit_from_readers() {
        let fixture = Fixture::generate(Size::at(1));
        for (index, role) in fixture.roles.iter().enumerate() {
            for junior in &role.member_of {
                assert!(*junior < index);
                let kind = fixture.roles[*junior].kind;
                assert!(role.kind != Kind::Reader || kind == Kind::Reader);
            }
        }
    }

    #[test]
    fn no_object_has_more_grantees_than_a_row_can_hold() {
        let fixture = Fixture::generate(Size::at(10));
        let mut grantees: BTreeMap<usize, usize> = BTreeMap::new();
        for grant in fixture.roles.iter().flat_map(|role| &role.grants) {
            *grantees.entry(grant.schema).or_default() += 1;
        }
        assert!(grantees.values().all(|count| *count < 500), "{grantees:?}");
    }
}
