//! INSERT, UPDATE, DELETE and MERGE: what they need of their target beside the change itself.

use pg_query::protobuf::{CmdType, OnConflictAction, ReturningOptionKind};

use super::Reader;
use super::query::item;
use super::scope::{Item, Scope};
use crate::does::{Columns, Relation};
use crate::tree::Tree;

/// The relation that a statement changes.
struct Target {
    on: Relation,
    /// Where reads of it are noted.
    read: usize,
}

impl Reader<'_> {
    pub(super) fn insert(&mut self, insert: Tree<'_>, around: &Scope<'_>) {
        let outer = self.with(insert, around);
        let (target, mut scope) = self.target(insert, &outer);
        let columns = match insert.list("cols").len() {
            // Without a list, as many of its first columns as there are values.
            0 if insert.field("select_stmt").is_some() => Columns::whole(),
            _ => set_columns(insert, "cols"),
        };
        self.found.act("insert", &target.on, columns);
        insert.list("cols").for_each(|column| self.indices(column, &scope));
        self.query(insert.field("select_stmt"), &outer);
        let conflict = insert.field("on_conflict_clause");
        if conflict.is_some() {
            self.on_conflict(conflict, &target, &mut scope);
        }
        self.returning(insert, &target, scope);
    }

    pub(super) fn update(&mut self, update: Tree<'_>, around: &Scope<'_>) {
        let outer = self.with(update, around);
        let (target, mut scope) = self.target(update, &outer);
        self.place_all(update.list("from_clause"), &mut scope, &outer);
        self.found.act("update", &target.on, set_columns(update, "target_list"));
        self.expression(update.field("target_list"), &scope);
        self.expression(update.field("where_clause"), &scope);
        self.returning(update, &target, scope);
    }

    pub(super) fn delete(&mut self, delete: Tree<'_>, around: &Scope<'_>) {
        let outer = self.with(delete, around);
        let (target, mut scope) = self.target(delete, &outer);
        self.place_all(delete.list("using_clause"), &mut scope, &outer);
        self.found.act("delete", &target.on, Columns::default());
        self.expression(delete.field("where_clause"), &scope);
        self.returning(delete, &target, scope);
    }

    pub(super) fn merge(&mut self, merge: Tree<'_>, around: &Scope<'_>) {
        let outer = self.with(merge, around);
        let (target, mut scope) = self.target(merge, &outer);
        self.place_all([merge.field("source_relation")].into_iter(), &mut scope, &outer);
        self.expression(merge.field("join_condition"), &scope);
        for when in merge.list("merge_when_clauses").filter_map(|clause| clause.of_kind("MergeWhenClause")) {
            let does = |command: CmdType| when.number("command_type") == i64::from(command as i32);
            let columns = set_columns(when, "target_list");
            if does(CmdType::CmdInsert) {
                let all = when.list("target_list").len() == 0 && when.field("values").is_some();
                self.found.act("insert", &target.on, if all { Columns::whole() } else { columns });
            } else if does(CmdType::CmdUpdate) {
                self.found.act("update", &target.on, columns);
            } else if does(CmdType::CmdDelete) {
                self.found.act("delete", &target.on, Columns::default());
            }
            for part in ["condition", "target_list", "values"] {
                self.expression(when.field(part), &scope);
            }
        }
        self.returning(merge, &target, scope);
    }

    /// The target of a change, and a scope that sees it.
    fn target<'p>(&mut self, change: Tree<'_>, outer: &'p Scope<'p>) -> (Target, Scope<'p>) {
        let range = change.field("relation");
        let read = self.read(range, false);
        let mut scope = Scope::inside(outer);
        scope.items.push(item(range, read));
        let on = self.reads.get(read).map(|read| read.on.clone());
        let on = on.unwrap_or(Relation { schema: None, name: String::new() });
        (Target { on, read }, scope)
    }

    fn on_conflict(&mut self, conflict: Tree<'_>, target: &Target, scope: &mut Scope<'_>) {
        let infer = conflict.field("infer");
        if infer.text("conname").is_some() {
            // The columns of a constraint, which its name does not tell.
            self.see(target.read, Columns::whole());
        }
        for element in infer.list("index_elems").filter_map(|element| element.of_kind("IndexElem")) {
            if let Some(name) = element.text("name") {
                self.see(target.read, Columns::named([name.to_owned()]));
            }
            self.expression(element.field("expr"), scope);
        }
        self.expression(infer.field("where_clause"), scope);
        if conflict.number("action") == i64::from(OnConflictAction::OnconflictUpdate as i32) {
            self.found.act("update", &target.on, set_columns(conflict, "target_list"));
            // Reading the row that could not be inserted needs the right to read the table. Its columns are those of the target,
            // so a bare name that both have is refused, and is no choice between them.
            scope.items.push(Item {
                name: "excluded".to_owned(),
                schema: None,
                reads: vec![target.read],
                open: false,
            });
            self.expression(conflict.field("target_list"), scope);
            self.expression(conflict.field("where_clause"), scope);
            scope.items.pop();
        }
    }

    fn returning(&mut self, change: Tree<'_>, target: &Target, mut scope: Scope<'_>) {
        let returning = change.field("returning_clause");
        // From 18 on, the row before and after has a name, which the statement may choose.
        let (mut old, mut new) = ("old", "new");
        for option in returning.list("options").filter_map(|option| option.of_kind("ReturningOption")) {
            let named = option.text("value").unwrap_or_default();
            if option.number("option") == i64::from(ReturningOptionKind::ReturningOptionOld as i32) {
                old = named;
            } else {
                new = named;
            }
        }
        for name in [old, new] {
            scope.items.push(Item {
                name: name.to_owned(),
                schema: None,
                reads: vec![target.read],
                open: false,
            });
        }
        self.expression(returning.field("exprs"), &scope);
    }

    fn indices(&mut self, target: Tree<'_>, scope: &Scope<'_>) {
        if let Some(target) = target.of_kind("ResTarget") {
            self.expression(target.field("indirection"), scope);
        }
    }
}

/// The columns that a list of targets sets.
fn set_columns(statement: Tree<'_>, list: &str) -> Columns {
    let targets = statement.list(list).filter_map(|target| target.of_kind("ResTarget")?.text("name"));
    Columns::named(targets.map(str::to_owned))
}
