//! Statements that are neither queries nor changes of rows.

use pg_query::protobuf::{DropBehavior, ObjectType};

use super::Reader;
use super::scope::Scope;
use crate::does::{Columns, Relation};
use crate::plpgsql;
use crate::tree::Tree;

impl Reader<'_> {
    pub(super) fn other(&mut self, kind: &str, inside: Tree<'_>, text: &str, scope: &Scope<'_>) {
        match kind {
            // They give nobody anything: the rest of the transaction is read like the rest of the text.
            "TransactionStmt" | "FetchStmt" | "ClosePortalStmt" => {}
            "ExplainStmt" | "DeclareCursorStmt" => {
                self.any_statement(inside.field("query"), text, scope);
            }
            "PrepareStmt" => {
                self.any_statement(inside.field("query"), text, scope);
                self.found.other("PREPARE", text);
            }
            "CreateTableAsStmt" => {
                self.any_statement(inside.field("query"), text, scope);
                self.found.other("CREATE TABLE AS", text);
            }
            "CallStmt" => {
                let call = inside.field("funccall");
                self.called(&call.names("funcname"), call.list("args").len());
                self.expression(call.field("args"), scope);
            }
            "ExecuteStmt" => {
                self.expression(inside.field("params"), scope);
                self.found.other("EXECUTE", text);
            }
            "CopyStmt" => self.copy(inside, text, scope),
            "TruncateStmt" => self.truncate(inside, text),
            "VacuumStmt" => self.vacuum(inside, text),
            "ClusterStmt" | "ReindexStmt" | "RefreshMatViewStmt" if inside.field("relation").is_some() => {
                let on = self.relation(inside.field("relation"));
                self.found.act("maintain", &on, Columns::whole());
            }
            "CreateStmt" => {
                self.found.other("CREATE TABLE", text);
                self.columns = true;
                inside.list("table_elts").for_each(|column| self.expression(column, scope));
                self.columns = false;
            }
            "VariableSetStmt" => {
                // `RESET ALL` names none.
                let names = inside.text("name").is_none_or(decides_names);
                self.found.other(if names { "SET search_path" } else { "SET" }, text);
            }
            "DoStmt" => self.block(inside, text),
            "LockStmt" => self.each_relation(inside, "lock"),
            "DropStmt" => self.drop(inside, text),
            "AlterTableStmt" => {
                let on = self.relation(inside.field("relation"));
                self.found.act("alter", &on, Columns::whole());
                self.found.other("ALTER TABLE", text);
            }
            _ => self.found.other(words_of(kind), text),
        }
    }

    /// `DO` with a block, which is read like the body of a routine.
    fn block(&mut self, block: Tree<'_>, text: &str) {
        let option = |name: &str| {
            let mut options = block.list("args").filter_map(|option| option.of_kind("DefElem"));
            options.find(|option| option.text("defname") == Some(name))?.field("arg").string()
        };
        let source = option("as").filter(|_| option("language").is_none_or(|language| language == "plpgsql"));
        let read =
            source.filter(|_| self.may_run().is_ok()).map(|source| plpgsql::block(source, self.texts + 1));
        match read {
            Some(Ok(reading)) => self.absorb(reading),
            _ => self.found.other("DO", text),
        }
    }

    fn each_relation(&mut self, statement: Tree<'_>, operation: &'static str) {
        for range in statement.list("relations").filter_map(|range| range.of_kind("RangeVar")) {
            let on = self.relation(range);
            self.found.act(operation, &on, Columns::whole());
        }
    }

    fn copy(&mut self, copy: Tree<'_>, text: &str, scope: &Scope<'_>) {
        // A file or a program of the server, which needs rights of its own.
        self.found.other("COPY", text);
        self.any_statement(copy.field("query"), text, scope);
        let range = copy.field("relation");
        if range.is_some() {
            let columns = copy.names("attlist");
            let columns = match columns.len() {
                0 => Columns::whole(),
                _ => Columns::named(columns.into_iter().map(str::to_owned)),
            };
            let operation = if copy.flag("is_from") { "insert" } else { "select" };
            let on = self.relation(range);
            self.found.act(operation, &on, columns);
            self.expression(copy.field("where_clause"), scope);
        }
    }

    fn truncate(&mut self, truncate: Tree<'_>, text: &str) {
        self.each_relation(truncate, "truncate");
        if cascades(truncate) {
            self.found.other("TRUNCATE CASCADE", text);
        }
        if truncate.flag("restart_seqs") {
            self.found.other("TRUNCATE RESTART IDENTITY", text);
        }
    }

    fn vacuum(&mut self, vacuum: Tree<'_>, text: &str) {
        let relations = vacuum.list("rels").filter_map(|one| one.of_kind("VacuumRelation"));
        for one in relations.clone() {
            let on = self.relation(one.field("relation"));
            self.found.act("maintain", &on, Columns::whole());
        }
        if relations.count() == 0 {
            self.found.other(if vacuum.flag("is_vacuumcmd") { "VACUUM" } else { "ANALYZE" }, text);
        }
    }

    fn drop(&mut self, drop: Tree<'_>, text: &str) {
        let of = |kind: ObjectType| drop.number("remove_type") == i64::from(kind as i32);
        let relations = [
            ObjectType::ObjectTable,
            ObjectType::ObjectView,
            ObjectType::ObjectMatview,
            ObjectType::ObjectForeignTable,
            ObjectType::ObjectSequence,
            ObjectType::ObjectIndex,
        ];
        if !relations.into_iter().any(of) {
            self.found.other("DROP", text);
            return;
        }
        for object in drop.list("objects").filter_map(|object| object.of_kind("List")) {
            if let [.., name] = object.names("items").as_slice() {
                let schema = object.names("items").into_iter().rev().nth(1).map(str::to_owned);
                self.found.loose.relations |= schema.is_none();
                let on = Relation { schema, name: (*name).to_owned() };
                self.found.act("drop", &on, Columns::whole());
            }
        }
        if cascades(drop) {
            self.found.other("DROP CASCADE", text);
        }
    }
}

/// True for the setting that says where names are looked up.
fn decides_names(setting: &str) -> bool {
    setting.eq_ignore_ascii_case("search_path")
}

fn cascades(statement: Tree<'_>) -> bool {
    statement.number("behavior") == i64::from(DropBehavior::DropCascade as i32)
}

/// The first words of a statement of this kind.
fn words_of(kind: &str) -> &'static str {
    match kind {
        "GrantStmt" => "GRANT or REVOKE",
        "GrantRoleStmt" => "GRANT or REVOKE of a role",
        "CreateRoleStmt" => "CREATE ROLE",
        "AlterRoleStmt" => "ALTER ROLE",
        "AlterRoleSetStmt" => "ALTER ROLE SET",
        "DropRoleStmt" => "DROP ROLE",
        "ReassignOwnedStmt" => "REASSIGN OWNED",
        "DropOwnedStmt" => "DROP OWNED",
        "AlterDefaultPrivilegesStmt" => "ALTER DEFAULT PRIVILEGES",
        "AlterOwnerStmt" => "ALTER … OWNER TO",
        "RenameStmt" => "ALTER … RENAME",
        "AlterObjectSchemaStmt" => "ALTER … SET SCHEMA",
        "VariableShowStmt" => "SHOW",
        "AlterSystemStmt" => "ALTER SYSTEM",
        "AlterDatabaseSetStmt" => "ALTER DATABASE SET",
        "CreateFunctionStmt" => "CREATE FUNCTION or PROCEDURE",
        "AlterFunctionStmt" => "ALTER FUNCTION or PROCEDURE",
        "CreateTrigStmt" => "CREATE TRIGGER",
        "CreateEventTrigStmt" => "CREATE EVENT TRIGGER",
        "RuleStmt" => "CREATE RULE",
        "CreatePolicyStmt" => "CREATE POLICY",
        "AlterPolicyStmt" => "ALTER POLICY",
        "CreateForeignTableStmt" => "CREATE FOREIGN TABLE",
        "ViewStmt" => "CREATE VIEW",
        "IndexStmt" => "CREATE INDEX",
        "CreateSeqStmt" => "CREATE SEQUENCE",
        "AlterSeqStmt" => "ALTER SEQUENCE",
        "CreateSchemaStmt" => "CREATE SCHEMA",
        "CreateExtensionStmt" => "CREATE EXTENSION",
        "AlterExtensionStmt" | "AlterExtensionContentsStmt" => "ALTER EXTENSION",
        "CreateDomainStmt" => "CREATE DOMAIN",
        "CreateEnumStmt" | "CompositeTypeStmt" | "CreateRangeStmt" => "CREATE TYPE",
        "DefineStmt" => "CREATE",
        "CreateCastStmt" => "CREATE CAST",
        "CreateFdwStmt" => "CREATE FOREIGN DATA WRAPPER",
        "CreateForeignServerStmt" => "CREATE SERVER",
        "CreateUserMappingStmt" => "CREATE USER MAPPING",
        "AlterUserMappingStmt" => "ALTER USER MAPPING",
        "CreateSubscriptionStmt" => "CREATE SUBSCRIPTION",
        "CreatePublicationStmt" => "CREATE PUBLICATION",
        "CommentStmt" => "COMMENT",
        "SecLabelStmt" => "SECURITY LABEL",
        "NotifyStmt" => "NOTIFY",
        "ListenStmt" => "LISTEN",
        "UnlistenStmt" => "UNLISTEN",
        "DeallocateStmt" => "DEALLOCATE",
        "DiscardStmt" => "DISCARD",
        "ConstraintsSetStmt" => "SET CONSTRAINTS",
        "CheckPointStmt" => "CHECKPOINT",
        "LoadStmt" => "LOAD",
        "CreatedbStmt" => "CREATE DATABASE",
        "DropdbStmt" => "DROP DATABASE",
        "ClusterStmt" => "CLUSTER",
        "ReindexStmt" => "REINDEX",
        "ImportForeignSchemaStmt" => "IMPORT FOREIGN SCHEMA",
        _ => "another statement",
    }
}
