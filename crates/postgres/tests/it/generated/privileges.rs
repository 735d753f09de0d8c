//! Who may do what: generated roles and statements, run as superuser and as the roles themselves.

use super::structure::{DATABASES, Structure, Thing};
use super::{Raw, pick};
use proptest::prelude::any;
use proptest::strategy::Strategy;
use sandbox::{Version, identifier};
use std::collections::BTreeSet;

/// The roles there can be; each state has some of them.
pub(crate) const ROLES: [&str; 9] = [
    "reader",
    "app_owner",
    "Ober \"Rolle\"",
    "\"; DROP TABLE x; --",
    "ääääääääääääääääääääääääääääääx",
    "PUBLIC",
    "it's \\ me",
    "a,b{c}=*/d",
    "authorization",
];

const SETTINGS: [&str; 7] = [
    "work_mem = '5MB'",
    "search_path = \"$user\", public, 'We ird'",
    "search_path = ''",
    "app.text = ' it''s \\ '",
    "datestyle = 'ISO, DMY'",
    "temp_tablespaces = 'pg_default'",
    "app.empty = ''",
];

const ATTRIBUTES: [&str; 14] = [
    "LOGIN",
    "NOLOGIN",
    "CREATEROLE",
    "CREATEDB",
    "NOCREATEDB",
    "REPLICATION",
    "BYPASSRLS",
    "NOINHERIT",
    "INHERIT",
    "CONNECTION LIMIT 3",
    "VALID UNTIL '2031-01-01 10:00+02'",
    "VALID UNTIL 'infinity'",
    "PASSWORD 'secret'",
    "SUPERUSER",
];

/// Which roles exist, and what is said to the server.
#[derive(Debug, Clone)]
pub(crate) struct State {
    roles: u16,
    statements: Vec<Raw>,
}

/// Any state.
pub(crate) fn state() -> impl Strategy<Value = State> {
    let raw = (0..40u8, any::<[u16; 6]>());
    (any::<u16>(), proptest::collection::vec(raw, 10..90))
        .prop_map(|(roles, statements)| State { roles, statements })
}

impl State {
    /// The roles of the state.
    pub(crate) fn roles(&self) -> Vec<&'static str> {
        let some = ROLES.iter().enumerate().filter(|(at, _)| self.roles & (1 << at) != 0);
        let some: Vec<_> = some.map(|(_, name)| *name).collect();
        if some.len() < 3 { ROLES[..3].to_vec() } else { some }
    }

    /// The same without what is handed on: a model that speaks of some of the roles may not take a grant option on
    /// which others live, and is refused.
    pub(crate) fn without_chains(&self) -> State {
        let plain = |(kind, n): &Raw| (!matches!(kind, 11..=16 | 37..)).then(|| (*kind, unoptioned(n)));
        State { roles: self.roles, statements: self.statements.iter().filter_map(plain).collect() }
    }

    /// Psql's script that makes it; what the server refuses is passed over.
    pub(crate) fn sql(&self, structure: &Structure, version: Version) -> String {
        let names = self.roles();
        let made: String = names.iter().map(|name| format!("CREATE ROLE {};\n", identifier(name))).collect();
        format!("\\set ON_ERROR_STOP 0\n{made}{}", self.damage(structure, version, names))
    }

    /// The same with the roles that are there.
    pub(crate) fn damage(&self, structure: &Structure, version: Version, names: Vec<&str>) -> String {
        let roles: Vec<String> = names.iter().map(|name| identifier(name)).collect();
        let mut sql = String::from("\\set ON_ERROR_STOP 0\nSET client_min_messages = fatal;\n");
        let said = Said { structure, things: structure.things(), roles, version };
        let mut at = "postgres";
        for raw in &self.statements {
            let (database, text) = said.statement(raw);
            if text.is_empty() {
                continue;
            }
            if database != at {
                sql.push_str(&format!(
                    "\\connect {}\nSET client_min_messages = fatal;\n",
                    identifier(database)
                ));
                at = database;
            }
            sql.push_str(&text);
            sql.push('\n');
        }
        sql
    }
}

/// The numbers of a statement that is said by the superuser and without the right to hand on.
fn unoptioned(n: &[u16; 6]) -> [u16; 6] {
    let off = |number: u16| number - number % 3 + 1;
    [n[0], n[1], n[2], off(n[3]), n[4], off(n[5])]
}

struct Said<'a> {
    structure: &'a Structure,
    things: Vec<Thing>,
    roles: Vec<String>,
    version: Version,
}

impl Said<'_> {
    /// The database to run in, and the text.
    fn statement(&self, (kind, n): &Raw) -> (&'static str, String) {
        let thing = pick(&self.things, n[0]);
        let here = |text: String| (thing.database, text);
        match kind {
            0..=5 => here(self.grant(thing, n)),
            6..=7 => here(self.column(thing, n)),
            8..=10 => here(self.revoke(thing, n)),
            11..=16 => here(self.chain(thing, n)),
            17..=20 => here(self.owner(thing, n)),
            21..=24 => self.default_privileges(n),
            25..=29 => ("postgres", self.membership(n)),
            30..=32 => ("postgres", self.role(n)),
            33 => here(self.policy(thing, n)),
            34 => self.mapping(n),
            35..=36 => self.all_in_schema(n),
            _ => self.column_chain(n),
        }
    }

    fn role_at(&self, number: u16) -> &str {
        pick::<String>(&self.roles, number)
    }

    /// A role, or now and then everybody.
    fn holder(&self, number: u16) -> &str {
        if number.is_multiple_of(7) { "PUBLIC" } else { self.role_at(number / 7) }
    }

    /// The statement as it is, or said by a role.
    fn said_by(&self, number: u16, text: &str) -> String {
        if number.is_multiple_of(3) {
            format!("SET ROLE {}; {text}; RESET ROLE;", self.role_at(number / 3))
        } else {
            format!("{text};")
        }
    }

    fn privileges(&self, thing: &Thing, number: u16) -> String {
        let all: Vec<&str> = thing
            .privileges
            .iter()
            .copied()
            .filter(|word| *word != "MAINTAIN" || self.version.major() >= 17)
            .collect();
        if number.is_multiple_of(5) {
            return "ALL".to_owned();
        }
        let some: BTreeSet<&str> = [number / 5, number / 64].iter().map(|n| *pick(&all, *n)).collect();
        some.into_iter().collect::<Vec<_>>().join(", ")
    }

    fn grant(&self, thing: &Thing, n: &[u16; 6]) -> String {
        if thing.grant.is_empty() {
            return String::new();
        }
        let option = if n[3].is_multiple_of(3) { " WITH GRANT OPTION" } else { "" };
        let to = format!("{}, {}", self.holder(n[2]), self.role_at(n[4]));
        self.said_by(
            n[5],
            &format!("GRANT {} ON {} TO {to}{option}", self.privileges(thing, n[1]), thing.grant),
        )
    }

    fn column(&self, thing: &Thing, n: &[u16; 6]) -> String {
        let Some(column) = &thing.column else { return self.grant(thing, n) };
        let privilege = pick(&["SELECT", "INSERT", "UPDATE", "REFERENCES", "ALL"], n[1]);
        let option = if n[3].is_multiple_of(3) { " WITH GRANT OPTION" } else { "" };
        let text =
            format!("GRANT {privilege} ({column}) ON {} TO {}{option}", thing.grant, self.holder(n[2]));
        self.said_by(n[5], &text)
    }

    fn revoke(&self, thing: &Thing, n: &[u16; 6]) -> String {
        if thing.grant.is_empty() {
            return String::new();
        }
        let only = if n[3].is_multiple_of(4) { "GRANT OPTION FOR " } else { "" };
        let cascade = if n[3].is_multiple_of(2) { " CASCADE" } else { "" };
        let from = if n[2].is_multiple_of(5) { "postgres" } else { self.holder(n[4]) };
        self.said_by(
            n[5],
            &format!("REVOKE {only}{} ON {} FROM {from}{cascade}", self.privileges(thing, n[1]), thing.grant),
        )
    }

    /// A chain of grant options: the first role hands on to the second, the second to the third and fourth.
    fn chain(&self, thing: &Thing, n: &[u16; 6]) -> String {
        if thing.grant.is_empty() {
            return String::new();
        }
        let privileges = self.privileges(thing, n[1]);
        let links = [n[2], n[3], n[4], n[5]].map(|number| self.role_at(number));
        let mut text = format!("GRANT {privileges} ON {} TO {} WITH GRANT OPTION;", thing.grant, links[0]);
        let blind = n[0].is_multiple_of(4);
        for pair in links.windows(2).filter(|pair| pair[0] != pair[1]) {
            if let (Some(schema), false) = (&thing.schema, blind) {
                text.push_str(&format!(" GRANT USAGE ON SCHEMA {schema} TO {};", pair[0]));
            }
            let lent = match (&thing.schema, blind) {
                (Some(schema), true) => (
                    format!("GRANT USAGE ON SCHEMA {schema} TO {}; ", pair[0]),
                    format!(" REVOKE USAGE ON SCHEMA {schema} FROM {};", pair[0]),
                ),
                _ => (String::new(), String::new()),
            };
            text.push_str(&format!(
                " {}SET ROLE {}; GRANT {privileges} ON {} TO {} WITH GRANT OPTION; RESET ROLE;{}",
                lent.0, pair[0], thing.grant, pair[1], lent.1
            ));
        }
        text
    }

    /// A chain over a column, begun on the table or on the column itself.
    fn column_chain(&self, n: &[u16; 6]) -> (&'static str, String) {
        let tables: Vec<&Thing> = self.things.iter().filter(|thing| thing.column.is_some()).collect();
        if tables.is_empty() {
            return ("postgres", String::new());
        }
        let table = *pick(&tables, n[0]);
        let (Some(column), Some(schema)) = (&table.column, &table.schema) else {
            return ("postgres", String::new());
        };
        let privilege = *pick(&["SELECT", "INSERT", "UPDATE", "REFERENCES"], n[1]);
        let begin =
            if n[5].is_multiple_of(2) { privilege.to_owned() } else { format!("{privilege} ({column})") };
        let links = [n[2], n[3], n[4]].map(|number| self.role_at(number));
        let mut text = format!("GRANT {begin} ON {} TO {} WITH GRANT OPTION;", table.grant, links[0]);
        for pair in links.windows(2).filter(|pair| pair[0] != pair[1]) {
            text.push_str(&format!(
                " GRANT USAGE ON SCHEMA {schema} TO {0}; SET ROLE {0}; GRANT {privilege} ({column}) ON {1} TO {2} WITH GRANT OPTION; RESET ROLE;",
                pair[0], table.grant, pair[1]
            ));
        }
        (table.database, text)
    }

    fn owner(&self, thing: &Thing, n: &[u16; 6]) -> String {
        if thing.alter.is_empty() {
            return String::new();
        }
        format!("ALTER {} OWNER TO {};", thing.alter, self.role_at(n[1]))
    }

    fn default_privileges(&self, n: &[u16; 6]) -> (&'static str, String) {
        let database = usize::from(n[0]) % DATABASES.len();
        let schemas = self.structure.schemas(database);
        let (kinds, privileges) = pick(
            &[
                ("TABLES", "SELECT, INSERT"),
                ("TABLES", "ALL"),
                ("SEQUENCES", "USAGE"),
                ("FUNCTIONS", "EXECUTE"),
                ("TYPES", "USAGE"),
                ("SCHEMAS", "USAGE"),
                ("LARGE OBJECTS", "SELECT"),
            ],
            n[1],
        );
        let within = if n[2].is_multiple_of(2) && *kinds != "SCHEMAS" && *kinds != "LARGE OBJECTS" {
            format!(" IN SCHEMA {}", pick(&schemas, n[2] / 2))
        } else {
            String::new()
        };
        let creator = if n[3].is_multiple_of(5) { "postgres" } else { self.role_at(n[3] / 5) };
        let holder = if n[4].is_multiple_of(5) { creator } else { self.holder(n[4] / 5) };
        let act = match n[5] % 5 {
            0 | 1 => format!("GRANT {privileges} ON {kinds} TO {holder}"),
            2 => format!("GRANT {privileges} ON {kinds} TO {holder} WITH GRANT OPTION"),
            3 => format!("REVOKE {privileges} ON {kinds} FROM {holder}"),
            _ => format!("REVOKE {privileges} ON {kinds} FROM PUBLIC"),
        };
        (DATABASES[database], format!("ALTER DEFAULT PRIVILEGES FOR ROLE {creator}{within} {act};"))
    }

    fn membership(&self, n: &[u16; 6]) -> String {
        let role = if n[0].is_multiple_of(9) {
            *pick(&["pg_monitor", "pg_read_all_data"], n[0] / 9)
        } else {
            self.role_at(n[0] / 9)
        };
        let member = self.role_at(n[1]);
        let newer = self.version.major() >= 16;
        let options = match (n[2] % 6, newer) {
            (0, _) => " WITH ADMIN OPTION",
            (1, true) => " WITH INHERIT FALSE",
            (2, true) => " WITH SET FALSE, ADMIN TRUE",
            (3, true) => " WITH INHERIT TRUE, SET FALSE",
            _ => "",
        };
        let by = match n[3] % 4 {
            0 => format!(" GRANTED BY {}", self.role_at(n[3] / 4)),
            _ => String::new(),
        };
        if n[4].is_multiple_of(8) {
            let only = if n[5].is_multiple_of(2) { "ADMIN OPTION FOR " } else { "" };
            return format!("REVOKE {only}{role} FROM {member}{by} CASCADE;");
        }
        if n[4].is_multiple_of(3) {
            // A chain of admins, each the grantor of the next.
            let links = [member, self.role_at(n[4] / 8), self.role_at(n[5])];
            let mut text = format!("GRANT {role} TO {member} WITH ADMIN OPTION;");
            for pair in links.windows(2) {
                text.push_str(&format!(
                    " GRANT {role} TO {} WITH ADMIN OPTION GRANTED BY {};",
                    pair[1], pair[0]
                ));
            }
            return text;
        }
        self.said_by(n[5], &format!("GRANT {role} TO {member}{options}{by}"))
    }

    fn role(&self, n: &[u16; 6]) -> String {
        let role = self.role_at(n[0]);
        let database = identifier(pick::<&str>(&DATABASES, n[3]));
        let setting = pick(&SETTINGS, n[2]);
        match n[1] % 9 {
            0..=3 => format!("ALTER ROLE {role} {};", pick(&ATTRIBUTES, n[2])),
            4 => format!(
                "COMMENT ON ROLE {role} IS {};",
                pick(&["'Reads.'", "E'it''s \\\\ \"odd\"\\n2'", "'ä'"], n[2])
            ),
            5 => format!("ALTER ROLE {role} SET {setting};"),
            6 => format!("ALTER ROLE {role} IN DATABASE {database} SET {setting};"),
            7 => format!("ALTER DATABASE {database} SET {setting};"),
            _ => format!("ALTER ROLE {} SET {setting};", if n[3].is_multiple_of(3) { "ALL" } else { role }),
        }
    }

    fn policy(&self, thing: &Thing, n: &[u16; 6]) -> String {
        if !thing.table {
            return String::new();
        }
        let table = thing.grant.trim_start_matches("TABLE ");
        match n[1] % 4 {
            0 => format!("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"),
            1 => format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"),
            _ => {
                let kind = pick(&["PERMISSIVE", "RESTRICTIVE"], n[2]);
                let (command, body) = pick(
                    &[
                        ("ALL", "USING (\"Co, l\" = current_user) WITH CHECK (true)"),
                        ("SELECT", "USING (\"Co, l\" IS NOT NULL)"),
                        ("INSERT", "WITH CHECK (\"Co, l\" <> 'it''s')"),
                    ],
                    n[3],
                );
                let name = identifier(pick::<&str>(&["p", "P \"2\"; --"], n[4]));
                format!(
                    "CREATE POLICY {name} ON {table} AS {kind} FOR {command} TO {}, {} {body};",
                    self.holder(n[5]),
                    self.role_at(n[0])
                )
            }
        }
    }

    fn mapping(&self, n: &[u16; 6]) -> (&'static str, String) {
        let options = pick(&["", " OPTIONS (\"user\" 'x', password 'it''s \\ secret')"], n[1]);
        (
            *pick(&DATABASES, n[0]),
            format!("CREATE USER MAPPING FOR {} SERVER \"s;S\"{options};", self.holder(n[2])),
        )
    }

    fn all_in_schema(&self, n: &[u16; 6]) -> (&'static str, String) {
        let database = usize::from(n[0]) % DATABASES.len();
        let schema = pick(&self.structure.schemas(database), n[1]).clone();
        let (privilege, kind) = pick(
            &[("SELECT", "TABLES"), ("ALL", "TABLES"), ("EXECUTE", "ROUTINES"), ("USAGE", "SEQUENCES")],
            n[2],
        );
        let option = if n[4].is_multiple_of(3) { " WITH GRANT OPTION" } else { "" };
        let text = match n[5] % 4 {
            0 => format!(
                "REVOKE {privilege} ON ALL {kind} IN SCHEMA {schema} FROM {} CASCADE;",
                self.holder(n[3])
            ),
            _ => format!(
                "GRANT {privilege} ON ALL {kind} IN SCHEMA {schema} TO {}{};",
                self.holder(n[3]),
                if n[3].is_multiple_of(7) { "" } else { option }
            ),
        };
        (DATABASES[database], text)
    }
}
