//! The shape of a model, written once: files are checked against it, the JSON Schema is made from it.

/// What may stand at a place.
#[derive(Debug)]
pub(crate) enum Shape {
    /// Any text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number from 0.
    Count,
    /// A count, or -1.
    Limit,
    /// A day, `2027-01-31`.
    Day,
    /// A day or an instant, `2027-01-31T18:00:00Z`.
    Instant,
    /// A number of days, `90d`.
    Days,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of it.
    List(&'static Shape),
    /// One of it, or a list.
    OneOrMore(&'static Shape),
    /// Named by the user.
    Map(&'static Shape),
    /// A text, or the longer form.
    Short(&'static Object),
    /// A list of names, or names with `true` or `false`.
    Flags,
    /// With these keys.
    Object(&'static Object),
}

/// A mapping whose keys the language defines.
#[derive(Debug)]
pub(crate) struct Object {
    /// What it is, with its article: `a role`.
    pub(crate) name: &'static str,
    /// Its keys, in the order in which they are best written.
    pub(crate) keys: &'static [Key],
}

/// A key of the language.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) required: bool,
    /// An empty list says something as well.
    pub(crate) empty: bool,
    pub(crate) shape: Shape,
}

const fn key(name: &'static str, about: &'static str, shape: Shape) -> Key {
    Key { name, about, required: false, empty: false, shape }
}

const fn must(name: &'static str, about: &'static str, shape: Shape) -> Key {
    Key { name, about, required: true, empty: false, shape }
}

const fn must_or_none(name: &'static str, about: &'static str, shape: Shape) -> Key {
    Key { name, about, required: true, empty: true, shape }
}

use Shape::{Count, Day, Days, Flag, Flags, Instant, Limit, List, Map, OneOrMore, Short, Text, Word};

const fn object(object: &'static Object) -> Shape {
    Shape::Object(object)
}

const TEXTS: Shape = List(&Text);
const PHRASES: Shape = OneOrMore(&Text);

/// A whole model, or one file of it.
pub(crate) static MODEL: Object = Object {
    name: "a model",
    keys: &[
        key("version", "The version of the language: 1.", Word(&["1"])),
        key("clusters", "Servers with their environments, by name.", Map(&object(&CLUSTER))),
        key("databases", "The databases that the model speaks of, by name.", Map(&object(&DATABASE))),
        key(
            "boundaries",
            "The organisation's own boundaries, beside the built-in ones.",
            Map(&object(&BOUNDARY)),
        ),
        key("roles", "The roles, by name.", Map(&object(&ROLE))),
        key(
            "external_roles",
            "Roles that exist on the targets and are managed elsewhere: they may be named, and are never changed.",
            TEXTS,
        ),
        key(
            "public",
            "What everybody holds, for each database. What these phrases name is claimed, the rest is left alone.",
            Map(&PHRASES),
        ),
        key(
            "applications",
            "Applications and their functions, each of which maps to roles.",
            Map(&object(&APPLICATION)),
        ),
        key(
            "separation_of_duties",
            "Roles or permissions that nobody may hold together.",
            List(&object(&SEPARATION)),
        ),
        key("dual_control", "Operations that need approval by others.", List(&object(&DUAL_CONTROL))),
        key("people", "People and the accounts that are theirs.", Map(&object(&PERSON))),
        key("groups", "Groups of users and the roles that come with them.", Map(&object(&GROUP))),
        key("users", "Users, their groups and roles.", Map(&object(&USER))),
        key("service_accounts", "Logins of programs.", Map(&object(&SERVICE_ACCOUNT))),
        key(
            "logins",
            "Roles of which only this is to be said: one can log in as them, and they inherit these roles.",
            Map(&List(&Short(&MEMBERSHIP))),
        ),
        key("policy", "Terms that hold for the whole model.", object(&POLICY)),
        key("exceptions", "Findings that somebody accepts until a day.", List(&object(&EXCEPTION))),
        key(
            "reviewed_routines",
            "What routines do whose bodies are not understood, as somebody says who has read them.",
            List(&object(&REVIEW)),
        ),
        key("tests", "What users and roles must be able to do, and must not.", List(&object(&TEST))),
    ],
};

static ENVIRONMENT: Object = Object {
    name: "an environment",
    keys: &[
        must("url", "How to reach it; `${NAME}` stands for an environment variable.", Text),
        key(
            "role_names",
            "How roles are named here, such as `{role}_staging`, where two environments share a server.",
            Text,
        ),
        key(
            "database",
            "The database's real name here, where it is neither in the URL nor the model's own.",
            Text,
        ),
    ],
};

static CLUSTER: Object = Object {
    name: "a cluster",
    keys: &[
        must("engine", "The kind of database.", Text),
        must("environments", "Where it runs.", Map(&object(&ENVIRONMENT))),
    ],
};

static DATABASE: Object = Object {
    name: "a database",
    keys: &[
        key("engine", "The kind of database, where it has environments of its own.", Text),
        key("cluster", "The cluster that it is in, in place of environments of its own.", Text),
        key("name", "Its real name, where the model calls it something else.", Text),
        key("environments", "Where it runs, where it names no cluster.", Map(&object(&ENVIRONMENT))),
    ],
};

static BOUNDARY: Object = Object {
    name: "a boundary",
    keys: &[
        must("about", "What the class of role is for.", Text),
        key("like", "The boundary that it starts from.", Text),
        key("operations", "Operations that may be held, for each kind of object.", Map(&OneOrMore(&Text))),
        key("may_own", "Whether its roles may own objects.", Flag),
        key("attributes", "Attributes that its roles may have.", TEXTS),
    ],
};

static ROLE: Object = Object {
    name: "a role",
    keys: &[
        key("purpose", "Why the role exists, in a sentence. It is stored with the role.", Text),
        key("owner", "The team that answers for it.", Text),
        key(
            "boundary",
            "The most that it may ever hold: reader, writer, owner, admin, auditor or one of the model's own.",
            Text,
        ),
        key("state", "Where it is in its life.", Word(&["draft", "active", "deprecated", "retired"])),
        key("replaced_by", "The role to use in place of a deprecated or retired one.", Text),
        key("sunset", "The day on which a deprecated role is to go.", Day),
        key(
            "reassign_to",
            "The role that gets what a retired one owns, in every database of the cluster.",
            Text,
        ),
        key("inherits", "The roles that it is senior to.", List(&Short(&MEMBERSHIP))),
        key(
            "members",
            "Whether members that the model does not name are left alone (open) or removed (exclusive).",
            Word(&["open", "exclusive"]),
        ),
        key("serves", "The application functions that it serves, as application/function.", OneOrMore(&Text)),
        key("grants", "What it may do, for each database.", Map(&PHRASES)),
        key("owns", "What it owns, for each database, as `kind name, name …`.", Map(&PHRASES)),
        key("withhold", "What it is not to hold on what it owns, for each database.", Map(&PHRASES)),
        key("login", "Whether one can log in as it.", Flag),
        key("connection_limit", "How many sessions it may have at once; -1 for no limit.", Limit),
        key("expires", "When its password stops working.", Instant),
        key("attributes", "Attributes that are power of their own, such as createdb.", Flags),
        key("settings", "Settings that its sessions start with.", Map(&Text)),
        key("settings_in", "Settings that its sessions in one database start with.", Map(&Map(&Text))),
        key("password", "Where its password comes from; never the password itself.", object(&PASSWORD)),
        key("creates_as", "For each database, the role that owns what its logins make.", Map(&Text)),
    ],
};

static MEMBERSHIP: Object = Object {
    name: "a membership",
    keys: &[
        must("role", "The role that is held.", Text),
        key("inherit", "Its privileges are used without doing anything (true unless said).", Flag),
        key("set", "The member may become the role (true unless said).", Flag),
        key("admin", "The member may make others members (false unless said).", Flag),
        key("granted_by", "Who is to be the grantor.", Text),
        key("until", "The last day, where it is temporary: from the next day on it is taken away.", Day),
    ],
};

pub(crate) static PASSWORD: Object = Object {
    name: "a password's origin",
    keys: &[
        key("env", "The environment variable that holds it.", Text),
        key("file", "The file whose first line it is.", Text),
    ],
};

static APPLICATION: Object = Object {
    name: "an application",
    keys: &[
        key("level", "Where its roles live.", Word(&["database", "application", "both"])),
        key("owner", "The team that answers for it.", Text),
        must("functions", "What it does, by name.", Map(&object(&FUNCTION))),
    ],
};

static FUNCTION: Object = Object {
    name: "a function",
    keys: &[
        key("roles", "The roles that it needs.", OneOrMore(&Text)),
        key("risk", "How much harm it can do.", Word(&["low", "medium", "high"])),
        key("about", "What it does.", Text),
    ],
};

static DUTIES: Object = Object {
    name: "a set of duties",
    keys: &[
        key("roles", "The roles.", TEXTS),
        key("permissions", "The permissions, as `database: phrase`.", TEXTS),
        must("cardinality", "How many of them are too many: from 2 to all.", Count),
        key("within", "Who has had a role in so many days counts as if they had it still.", Days),
    ],
};

static SEPARATION: Object = Object {
    name: "a separation of duties",
    keys: &[
        must("name", "Its name.", Text),
        key("why", "What it prevents.", Text),
        key("static", "Nobody may be assigned so many of them.", object(&DUTIES)),
        key("dynamic", "Nobody may use so many of them in one session.", object(&DUTIES)),
    ],
};

static DUAL_CONTROL: Object = Object {
    name: "a dual control",
    keys: &[
        must("name", "Its name.", Text),
        must("on", "Where it holds, as database/environment or database.", OneOrMore(&Text)),
        must("operations", "The operations that need approval.", OneOrMore(&Text)),
        must("approvers", "The roles or groups that may approve.", OneOrMore(&Text)),
        key("approvals", "How many approvals are needed (1 unless said).", Count),
        key("why", "What it prevents.", Text),
    ],
};

static PERSON: Object = Object {
    name: "a person",
    keys: &[must("accounts", "The accounts that are this person's.", OneOrMore(&Text))],
};

static GROUP: Object = Object {
    name: "a group",
    keys: &[
        key("roles", "The roles that come with it.", OneOrMore(&Text)),
        key("groups", "Groups that its members are in as well.", OneOrMore(&Text)),
        key("owner", "The team that answers for it.", Text),
        key("environments", "How it differs from one environment to another.", Map(&object(&GROUP_HERE))),
    ],
};

static GROUP_HERE: Object = Object {
    name: "a group's difference",
    keys: &[
        key("also", "Roles that come on top.", OneOrMore(&Text)),
        key("without", "Roles that do not come.", OneOrMore(&Text)),
        key("why", "Why it differs.", Text),
    ],
};

static USER: Object = Object {
    name: "a user",
    keys: &[
        key("groups", "The groups that the user is in.", OneOrMore(&Text)),
        key("roles", "Roles beside those of the groups.", OneOrMore(&Short(&MEMBERSHIP))),
        key(
            "login",
            "The databases to log in to. A user without it gets no login of its own.",
            OneOrMore(&Text),
        ),
        key("as", "The login's name, where it is not the user's.", Text),
        key("connection_limit", "How many sessions at once.", Limit),
        key("expires", "When the login's password stops working.", Instant),
        key("password", "Where the login's password comes from.", object(&PASSWORD)),
        key("settings", "Settings that sessions start with.", Map(&Text)),
    ],
};

static SERVICE_ACCOUNT: Object = Object {
    name: "a service account",
    keys: &[
        key("purpose", "Why it exists, in a sentence.", Text),
        key("owner", "The team that answers for it.", Text),
        key("roles", "The roles that it has.", OneOrMore(&Short(&MEMBERSHIP))),
        must("login", "The databases that it logs in to.", OneOrMore(&Text)),
        key("connection_limit", "How many sessions at once.", Limit),
        key("expires", "When its password stops working.", Instant),
        key("password", "Where its password comes from.", object(&PASSWORD)),
        key("settings", "Settings that its sessions start with.", Map(&Text)),
        key("settings_in", "Settings that its sessions in one database start with.", Map(&Map(&Text))),
    ],
};

static POLICY: Object = Object {
    name: "a policy",
    keys: &[
        key("inactive_after", "A login unused for so long is inactive.", Days),
        key("review_every", "Every assignment is reviewed so often.", Days),
        key("longest_temporary", "Temporary access never lasts longer.", Days),
    ],
};

static EXCEPTION: Object = Object {
    name: "an exception",
    keys: &[
        must("rule", "The code of the finding.", Text),
        must("about", "What the finding is about, as it says.", Text),
        must("owner", "The team that accepts it.", Text),
        must("reason", "Why.", Text),
        must("until", "The last day on which it is accepted.", Day),
        key("saw", "The print of what was seen, as the audit of a target shows it beside the finding.", Text),
        key(
            "environment",
            "Where a finding about a target is accepted; in every environment unless said.",
            Text,
        ),
    ],
};

static REVIEW: Object = Object {
    name: "a review of a routine",
    keys: &[
        must("database", "The database that the routine is in.", Text),
        must("on", "The routine with its input types, as in `routine crm.find(text)`.", Text),
        must("digest", "The digest of the body that was read, as `rolewright path` shows it.", Text),
        must_or_none("does", "All that the body does, as grant phrases; an empty list for nothing.", PHRASES),
        must("reviewed_by", "Who has read it.", Text),
        must("reason", "How that is known.", Text),
        key("until", "The last day on which it counts.", Day),
    ],
};

static TEST: Object = Object {
    name: "a test",
    keys: &[
        must("name", "What it claims.", Text),
        key("user", "The user who is asked about.", Text),
        key("role", "The role that is asked about.", Text),
        key("service_account", "The service account that is asked about.", Text),
        key("env", "The environment; every one unless said.", Text),
        key("can", "Permissions that must be there, as `database: phrase`.", OneOrMore(&Text)),
        key("cannot", "Permissions of which no part may be there.", OneOrMore(&Text)),
    ],
};
