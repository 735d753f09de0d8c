//! Generated intents: what a model could want of a generated cluster.

use super::{DATABASES, Raw, pick};
use crate::generated::privileges::ROLES;
use model::{
    Attribute, Cause, CauseId, DatabaseName, GrantIntent, Intent, Kind, MemberIntent, MemberPowers, Name,
    NamedObjects, Object, Observed, Operation, OwnerIntent, Pattern, Place, Principal, Reach, RoleIntent,
    RoleName, Segment, Value,
};
use proptest::prelude::any;
use proptest::strategy::Strategy;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is wanted, as numbers.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    roles: u16,
    /// The model speaks of every role.
    pub(crate) all: bool,
    /// The model also says who owns what.
    pub(crate) owns: bool,
    lines: Vec<Raw>,
}

/// Anything that can be wanted.
pub(crate) fn wanted() -> impl Strategy<Value = Wanted> {
    let raw = (0..24u8, any::<[u16; 6]>());
    (any::<u16>(), any::<[bool; 2]>(), proptest::collection::vec(raw, 5..40))
        .prop_map(|(roles, [all, owns], lines)| Wanted { roles, all, owns, lines })
}

impl Wanted {
    /// The roles of the model; one that no state has is always among them.
    pub(crate) fn roles(&self) -> Vec<RoleName> {
        let some = ROLES.iter().enumerate().filter(|(at, _)| self.all || self.roles & (1 << at) != 0);
        let some = some.take(if self.all { ROLES.len() } else { 4 });
        some.map(|(_, name)| *name)
            .chain(["from_the_model"])
            .map(|name| RoleName::new(name).unwrap())
            .collect()
    }

    /// The intent on a cluster as it is.
    pub(crate) fn intent(&self, observed: &Observed) -> Intent {
        let mut writing = Writing {
            observed,
            roles: self.roles(),
            objects: observed
                .catalogue
                .objects
                .iter()
                .filter(|(object, existing)| {
                    let inside = object.database().is_none_or(|name| DATABASES.contains(&name.as_str()));
                    let known = !postgres::operations(&object.kind, observed.at.version / 10_000).is_empty();
                    inside && known && !existing.system && !existing.follows_table
                })
                .map(|(object, _)| (**object).clone())
                .collect(),
            intent: Intent {
                databases: DATABASES.map(|name| DatabaseName::new(name).unwrap()).into(),
                ..Intent::default()
            },
        };
        for role in self.roles() {
            let cause = writing.cause(format!("role {role}"));
            let wanted = RoleIntent {
                attributes: BTreeMap::new(),
                comment: None,
                settings: BTreeMap::new(),
                password: None,
                members_exclusive: false,
                cause,
            };
            writing.intent.roles.insert(role, wanted);
        }
        for raw in &self.lines {
            writing.line(raw, self.owns);
        }
        writing.intent
    }
}

struct Writing<'a> {
    observed: &'a Observed,
    roles: Vec<RoleName>,
    objects: Vec<Object>,
    intent: Intent,
}

impl Writing<'_> {
    fn cause(&mut self, text: String) -> CauseId {
        let line = u32::try_from(self.intent.causes.len()).unwrap();
        Arc::make_mut(&mut self.intent.causes).push(Cause::Line {
            file: "model.yaml".into(),
            line: line + 1,
            text,
        });
        CauseId(line)
    }

    fn line(&mut self, (kind, n): &Raw, owns: bool) {
        match kind {
            0..=8 => self.grant_on_one(n),
            9..=11 => self.grant_on_all(n),
            12..=13 => self.grant_on_a_column(n),
            14..=16 => self.member(n),
            17 => self.role(n),
            18 if owns => self.owner(n),
            18..=20 => self.handed_on(n),
            _ => self.public(n),
        }
    }

    fn some(&self, of: &Kind, number: u16) -> Vec<Operation> {
        let all = postgres::operations(of, self.observed.at.version / 10_000);
        if number.is_multiple_of(5) {
            vec![Operation::known("all")]
        } else {
            vec![pick(&all, number / 5).clone()]
        }
    }

    fn exactly(&self, object: &Object) -> NamedObjects {
        NamedObjects {
            database: object.database().cloned(),
            kind: object.kind.clone(),
            varieties: Vec::new(),
            names: Arc::from([Pattern {
                path: object.path.iter().cloned().map(Segment::Exactly).collect(),
                arguments: object.arguments.clone(),
            }]),
            except: Vec::new(),
        }
    }

    fn grant(&mut self, to: Principal, operations: Vec<Operation>, on: NamedObjects) -> &mut GrantIntent {
        let cause = self.cause(format!("grant to {to}"));
        self.intent.grants.push(GrantIntent {
            to,
            operations,
            columns: Vec::new(),
            on,
            reach: Reach::Existing,
            delegable: false,
            granted_by: None,
            cause,
        });
        self.intent.grants.last_mut().unwrap()
    }

    fn grant_on_one(&mut self, n: &[u16; 6]) {
        let object = pick(&self.objects, n[0]).clone();
        let to = Principal::Role(pick(&self.roles, n[1]).clone());
        let (operations, on) = (self.some(&object.kind, n[2]), self.exactly(&object));
        self.grant(to, operations, on).delegable = n[3].is_multiple_of(4);
    }

    /// One role holds the grant option, and hands the privilege on to another.
    fn handed_on(&mut self, n: &[u16; 6]) {
        let object = pick(&self.objects, n[0]).clone();
        let (by, to) = (pick(&self.roles, n[1]).clone(), pick(&self.roles, n[2]).clone());
        let owner = self.observed.access.owners.get(&object);
        if by == to || owner == Some(&by) || owner == Some(&to) {
            return;
        }
        let (operations, on) = (self.some(&object.kind, n[3]), self.exactly(&object));
        self.grant(Principal::Role(by.clone()), operations.clone(), on.clone()).delegable = true;
        self.grant(Principal::Role(to), operations, on).granted_by = Some(by);
    }

    fn grant_on_all(&mut self, n: &[u16; 6]) {
        let schemas: Vec<&Object> = self.objects.iter().filter(|o| o.kind.as_str() == "schema").collect();
        let schema = (*pick(&schemas, n[0])).clone();
        let kind = Kind::known(pick::<&str>(&["table", "sequence", "routine"], n[1]));
        let path = vec![Segment::Exactly(schema.path[0].clone()), Segment::any()];
        let on = NamedObjects {
            database: schema.database().cloned(),
            kind: kind.clone(),
            varieties: Vec::new(),
            names: Arc::from([Pattern { path, arguments: None }]),
            except: Vec::new(),
        };
        let creator = pick(&self.roles, n[5]).clone();
        let reach = match n[4] % 3 {
            0 => Reach::Existing,
            1 => Reach::Future(vec![creator]),
            _ => Reach::Both(vec![creator]),
        };
        let to = Principal::Role(pick(&self.roles, n[2]).clone());
        let operations = self.some(&kind, n[3]);
        self.grant(to, operations, on).reach = reach;
    }

    fn grant_on_a_column(&mut self, n: &[u16; 6]) {
        let tables: Vec<&Object> = self.objects.iter().filter(|o| o.kind.as_str() == "table").collect();
        if tables.is_empty() {
            return;
        }
        let table = (*pick(&tables, n[0])).clone();
        let to = Principal::Role(pick(&self.roles, n[1]).clone());
        let operation = Operation::known(pick::<&str>(&["select", "insert", "update", "references"], n[2]));
        let on = self.exactly(&table);
        self.grant(to, vec![operation], on).columns = vec![Name::new("Co, l").unwrap()];
    }

    fn public(&mut self, n: &[u16; 6]) {
        let object = pick(&self.objects, n[0]).clone();
        let operations = if n[1].is_multiple_of(2) { Vec::new() } else { self.some(&object.kind, n[2]) };
        let on = self.exactly(&object);
        self.grant(Principal::Public, operations, on);
    }

    /// Roles hold only those that come after them: never in a circle.
    fn member(&mut self, n: &[u16; 6]) {
        let (one, other) = (usize::from(n[0]) % self.roles.len(), usize::from(n[1]) % self.roles.len());
        if one == other {
            return;
        }
        let (member, role) = (self.roles[one.min(other)].clone(), self.roles[one.max(other)].clone());
        let newer = self.observed.at.version >= 160_000;
        let powers = MemberPowers {
            inherit: !(newer && n[2].is_multiple_of(3)),
            set: !(newer && n[3].is_multiple_of(3)),
            admin: n[4].is_multiple_of(4),
        };
        let cause = self.cause(format!("{member} inherits {role}"));
        self.intent.members.push(MemberIntent { role, member, powers, granted_by: None, cause });
    }

    fn role(&mut self, n: &[u16; 6]) {
        let role = pick(&self.roles, n[0]).clone();
        let Some(wanted) = self.intent.roles.get_mut(&role) else { return };
        match n[1] % 4 {
            0 => drop(wanted.attributes.insert(Attribute::known("login"), Value::Flag(true))),
            1 => drop(wanted.attributes.insert(Attribute::known("connection limit"), Value::Number(7))),
            2 => wanted.comment = Some("Reads; it's \\ \"fine\".".into()),
            _ => drop(wanted.settings.insert((None, Name::new("work_mem").unwrap()), "6MB".into())),
        }
    }

    fn owner(&mut self, n: &[u16; 6]) {
        let object = pick(&self.objects, n[0]).clone();
        if object.place == Place::Cluster || object.kind.as_str().starts_with("foreign data") {
            return;
        }
        let said = self.intent.owns.iter().any(|owns| owns.on == self.exactly(&object));
        if !said {
            let owner = pick(&self.roles, n[1]).clone();
            let cause = self.cause(format!("{owner} owns {object}"));
            let on = self.exactly(&object);
            self.intent.owns.push(OwnerIntent { owner, on, cause });
        }
    }
}
