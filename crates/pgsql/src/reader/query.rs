//! Queries: SELECT with everything that can stand in it.

use std::collections::BTreeSet;

use super::scope::{Item, Scope};
use super::{Read, Reader};
use crate::does::Columns;
use crate::tree::Tree;

impl Reader<'_> {
    /// A query, or a change, where a query may stand.
    pub(super) fn query(&mut self, tree: Tree<'_>, scope: &Scope<'_>) {
        match tree.node() {
            Some(("SelectStmt", inside)) => self.select(inside, scope),
            Some(("InsertStmt", inside)) => self.insert(inside, scope),
            Some(("UpdateStmt", inside)) => self.update(inside, scope),
            Some(("DeleteStmt", inside)) => self.delete(inside, scope),
            Some(("MergeStmt", inside)) => self.merge(inside, scope),
            Some((_, inside)) => self.expression(inside, scope),
            None => {}
        }
    }

    pub(super) fn select(&mut self, select: Tree<'_>, around: &Scope<'_>) {
        let outer = self.with(select, around);
        if select.field("larg").is_some() {
            self.select(select.field("larg"), &outer);
            self.select(select.field("rarg"), &outer);
            // What both sides are ordered by is a column of the result; there is nothing else to see.
            for part in ["sort_clause", "limit_offset", "limit_count"] {
                self.expression(select.field(part), &Scope::default());
            }
            return;
        }
        let mut scope = Scope::inside(&outer);
        self.place_all(select.list("from_clause"), &mut scope, &outer);
        let results: BTreeSet<&str> = select.list("target_list").filter_map(result_name).collect();
        for sort in select.list("sort_clause") {
            let by = sort.of_kind("SortBy").map_or(sort, |inside| inside.field("node"));
            if only_name(by).is_some_and(|name| results.contains(name)) {
                // A column of the result, and nothing of its own but how it is ordered.
                sort.of_kind("SortBy").into_iter().for_each(|inside| self.order(inside));
            } else {
                self.expression(sort, &scope);
            }
        }
        for part in [
            "distinct_clause",
            "target_list",
            "where_clause",
            "group_clause",
            "having_clause",
            "window_clause",
            "values_lists",
            "limit_offset",
            "limit_count",
        ] {
            self.expression(select.field(part), &scope);
        }
        for locking in select.list("locking_clause").filter_map(|clause| clause.of_kind("LockingClause")) {
            self.lock_rows(locking, select, &scope);
        }
    }

    /// The common table expressions before a statement, as a scope in which the statement stands.
    pub(super) fn with<'p>(&mut self, statement: Tree<'_>, around: &'p Scope<'p>) -> Scope<'p> {
        let mut scope = Scope::inside(around);
        let clause = statement.field("with_clause");
        let all = clause.list("ctes").filter_map(|common| common.of_kind("CommonTableExpr"));
        if clause.flag("recursive") {
            scope.common.extend(all.clone().filter_map(|common| common.text("ctename")).map(str::to_owned));
        }
        for common in all {
            self.query(common.field("ctequery"), &scope);
            self.expression(common.field("cycle_clause"), &scope);
            scope.common.extend(common.text("ctename").map(str::to_owned));
        }
        scope
    }

    /// Everything in a FROM or USING: `scope` is where it is added, `outer` what is around it.
    pub(super) fn place_all<'t>(
        &mut self,
        list: impl Iterator<Item = Tree<'t>>,
        scope: &mut Scope<'_>,
        outer: &Scope<'_>,
    ) {
        let mut conditions = Vec::new();
        for item in list {
            self.place(item, scope, outer, &mut conditions);
        }
        conditions.into_iter().for_each(|condition| self.expression(condition, scope));
    }

    fn place<'t>(
        &mut self,
        item: Tree<'t>,
        scope: &mut Scope<'_>,
        outer: &Scope<'_>,
        conditions: &mut Vec<Tree<'t>>,
    ) {
        let Some((kind, inside)) = item.node() else { return };
        match kind {
            "RangeVar" => self.place_relation(inside, scope),
            "JoinExpr" => self.place_join(inside, scope, outer, conditions),
            "RangeSubselect" => {
                let sees = if inside.flag("lateral") { &*scope } else { outer };
                self.query(inside.field("subquery"), sees);
                push_result(inside, scope);
            }
            "RangeTableSample" => {
                let method = inside.names("method");
                self.found.loose.routines |= method.len() < 2;
                self.place(inside.field("relation"), scope, outer, conditions);
                conditions.extend(inside.list("args"));
                conditions.push(inside.field("repeatable"));
            }
            // Functions, XMLTABLE, JSON_TABLE: they may name what stands before them.
            _ => {
                self.expression(item, scope);
                push_result(inside, scope);
            }
        }
    }

    fn place_relation(&mut self, range: Tree<'_>, scope: &mut Scope<'_>) {
        let name = range.text("relname").unwrap_or_default();
        if !self.may_look(scope.width()) {
            return;
        }
        let unqualified = range.text("schemaname").is_none();
        if unqualified && (scope.has_common(name) || self.names.transition.contains(name)) {
            push_result_named(range, name, scope);
            return;
        }
        let read = self.read(range, true);
        let renamed = range.field("alias").list("colnames").len() > 0;
        if renamed {
            self.see(read, Columns::whole());
        }
        scope.items.push(item(range, read));
    }

    fn place_join<'t>(
        &mut self,
        join: Tree<'t>,
        scope: &mut Scope<'_>,
        outer: &Scope<'_>,
        conditions: &mut Vec<Tree<'t>>,
    ) {
        let before = scope.items.len();
        self.place(join.field("larg"), scope, outer, conditions);
        let middle = scope.items.len();
        self.place(join.field("rarg"), scope, outer, conditions);
        conditions.push(join.field("quals"));
        let using = join.names("using_clause");
        let equal = join.flag("is_natural") || !using.is_empty();
        if equal {
            self.operator(1);
            let (left, right) = scope.items.get(before..).unwrap_or_default().split_at(middle - before);
            let names = || using.iter().map(|&name| name.to_owned());
            for side in [left, right] {
                let reads: Vec<usize> = side.iter().flat_map(|item| &item.reads).copied().collect();
                let seen = match reads.as_slice() {
                    _ if using.is_empty() => Columns::whole(),
                    [_] => Columns::named(names()),
                    // Of several relations on a side, one has the column.
                    _ => Columns::perhaps(names()),
                };
                reads.into_iter().for_each(|read| self.see(read, seen.clone()));
            }
        }
        if let Some(name) = join.field("alias").text("aliasname") {
            let reads = scope.items.drain(before..).flat_map(|item| item.reads).collect();
            scope.items.push(Item { name: name.to_owned(), schema: None, reads, open: true });
        }
        if let Some(name) = join.field("join_using_alias").text("aliasname") {
            scope.items.push(Item { name: name.to_owned(), schema: None, reads: Vec::new(), open: false });
        }
    }

    /// `FOR UPDATE` and its kin need the right to update some column, also of what is inside sub-selects.
    fn lock_rows(&mut self, locking: Tree<'_>, select: Tree<'_>, scope: &Scope<'_>) {
        let only: Vec<&str> = locking
            .list("locked_rels")
            .filter_map(|range| range.of_kind("RangeVar")?.text("relname"))
            .collect();
        if !self.may_look((scope.width() + select.list("from_clause").len()).saturating_mul(only.len() + 1)) {
            return;
        }
        let chosen = scope.items.iter().filter(|item| only.is_empty() || only.contains(&item.name.as_str()));
        for read in chosen.flat_map(|item| &item.reads) {
            if let Some(on) = self.reads.get(*read).map(|read| read.on.clone()) {
                self.found.act("update", &on, Columns::default());
            }
        }
        for item in select.list("from_clause") {
            self.lock_inside(item, &only, scope);
        }
    }

    fn lock_inside(&mut self, item: Tree<'_>, only: &[&str], scope: &Scope<'_>) {
        match item.node() {
            Some(("JoinExpr", join)) => {
                // A join with a name is one thing to lock.
                let named = join.field("alias").text("aliasname").is_some_and(|name| only.contains(&name));
                let only = if named { &[] } else { only };
                self.lock_inside(join.field("larg"), only, scope);
                self.lock_inside(join.field("rarg"), only, scope);
            }
            Some(("RangeSubselect", inside)) => {
                let name = inside.field("alias").text("aliasname").unwrap_or_default();
                if only.is_empty() || only.contains(&name) {
                    self.lock_query(inside.field("subquery"), scope);
                }
            }
            _ => {}
        }
    }

    /// Everything that a sub-select which is locked as a whole reads from.
    fn lock_query(&mut self, query: Tree<'_>, scope: &Scope<'_>) {
        let Some(select) = query.of_kind("SelectStmt") else { return };
        let common = |name: &str| scope.has_common(name) || has_common(select, name);
        let mut ranges: Vec<Tree<'_>> = select.list("from_clause").collect();
        while let Some(range) = ranges.pop() {
            match range.node() {
                Some(("RangeVar", inside)) => {
                    let name = inside.text("relname").unwrap_or_default();
                    let passing = common(name) || self.names.transition.contains(name);
                    if inside.text("schemaname").is_some() || !passing {
                        let on = self.relation(inside);
                        self.found.act("update", &on, Columns::default());
                    }
                }
                Some(("JoinExpr", join)) => ranges.extend([join.field("larg"), join.field("rarg")]),
                Some(("RangeTableSample", sample)) => ranges.push(sample.field("relation")),
                Some(("RangeSubselect", inside)) => self.lock_query(inside.field("subquery"), scope),
                _ => {}
            }
        }
    }

    /// Notes a relation; `needed`, if it is read whatever the rest of the statement says.
    pub(super) fn read(&mut self, range: Tree<'_>, needed: bool) -> usize {
        let on = self.relation(range);
        self.reads.push(Read { on, needed, columns: Columns::default() });
        self.reads.len() - 1
    }
}

/// How expressions know a relation.
pub(super) fn item(range: Tree<'_>, read: usize) -> Item {
    let alias = range.field("alias").text("aliasname");
    let schema = range.text("schemaname").filter(|_| alias.is_none());
    let name = alias.or(range.text("relname")).unwrap_or_default();
    Item { name: name.to_owned(), schema: schema.map(str::to_owned), reads: vec![read], open: true }
}

fn push_result(inside: Tree<'_>, scope: &mut Scope<'_>) {
    push_result_named(inside, "", scope);
}

/// Something with columns that are of no relation.
fn push_result_named(inside: Tree<'_>, name: &str, scope: &mut Scope<'_>) {
    let name = inside.field("alias").text("aliasname").unwrap_or(name);
    scope.items.push(Item { name: name.to_owned(), schema: None, reads: Vec::new(), open: true });
}

fn has_common(select: Tree<'_>, name: &str) -> bool {
    let mut all =
        select.field("with_clause").list("ctes").filter_map(|common| common.of_kind("CommonTableExpr"));
    all.any(|common| common.text("ctename") == Some(name))
}

/// The name under which ORDER BY knows a result, as far as it is told from the text.
fn result_name(target: Tree<'_>) -> Option<&str> {
    let target = target.of_kind("ResTarget")?;
    target.text("name").or_else(|| match target.field("val").node()? {
        ("ColumnRef", column) => column.names("fields").last().copied(),
        ("FuncCall", call) => call.names("funcname").last().copied(),
        _ => None,
    })
}

/// The name, if an expression is nothing but one.
fn only_name(tree: Tree<'_>) -> Option<&str> {
    match tree.of_kind("ColumnRef")?.names("fields").as_slice() {
        [name] => Some(name),
        _ => None,
    }
}
