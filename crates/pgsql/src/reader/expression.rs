//! Expressions: every name, call and query in them.

use super::Reader;
use super::scope::Scope;
use crate::tree::Tree;

/// Functions of PostgreSQL that run the text which is their argument, and which argument that is.
const RUN_A_TEXT: [(&str, usize); 5] = [
    ("query_to_xml", 0),
    ("query_to_xmlschema", 0),
    ("query_to_xml_and_xmlschema", 0),
    ("ts_stat", 0),
    ("ts_rewrite", 1),
];

impl Reader<'_> {
    /// An expression, or anything else that stands inside a statement. The tree is as deep as the grammar could carry over, a
    /// hundred nodes at the most, so that this may call itself.
    pub(super) fn expression(&mut self, tree: Tree<'_>, scope: &Scope<'_>) {
        let Some((kind, inside)) = tree.node() else {
            // A field that is no node of its own: a list, a window, a type.
            if tree.field("typmods").is_some() || tree.field("names").is_some() {
                self.type_name(tree);
            }
            tree.children().into_iter().for_each(|child| self.expression(child, scope));
            return;
        };
        match kind {
            "ColumnRef" => return self.column(inside, scope),
            "SelectStmt" | "InsertStmt" | "UpdateStmt" | "DeleteStmt" | "MergeStmt" => {
                return self.query(tree, scope);
            }
            "FuncCall" => self.call(inside),
            "AExpr" => self.operator(inside.list("name").len()),
            "SubLink" if inside.field("testexpr").is_some() => {
                self.operator(inside.list("oper_name").len());
            }
            // `CASE x WHEN y` compares with `=`.
            "CaseExpr" if inside.field("arg").is_some() => self.operator(1),
            "SortBy" => self.order(inside),
            "TypeName" => self.type_name(inside),
            "CollateClause" if inside.list("collname").len() < 2 => self.loose_collation(),
            _ => {}
        }
        inside.children().into_iter().for_each(|child| self.expression(child, scope));
    }

    /// `ORDER BY … USING <`.
    pub(super) fn order(&mut self, sort: Tree<'_>) {
        if sort.field("use_op").is_some() {
            self.operator(sort.list("use_op").len());
        }
    }

    fn call(&mut self, call: Tree<'_>) {
        let names = call.names("funcname");
        self.called(&names, call.list("args").len());
        let (schema, name) = match names.as_slice() {
            [name] => (None, *name),
            [.., schema, name] => (Some(*schema), *name),
            [] => return,
        };
        if schema.is_some_and(|schema| schema != "pg_catalog") {
            return;
        }
        let runs = RUN_A_TEXT.iter().find(|(known, _)| *known == name);
        // `ts_rewrite` runs a text only where it has two arguments.
        if let Some((_, which)) =
            runs.filter(|(known, _)| *known != "ts_rewrite" || call.list("args").len() == 2)
        {
            match call.list("args").nth(*which).filter(|argument| argument.of_kind("NamedArgExpr").is_none())
            {
                Some(text) => self.run(text),
                None => self.is_dynamic(format!("{name} runs a text that is given to it by name")),
            }
        }
    }

    fn type_name(&mut self, name: Tree<'_>) {
        let parts = name.names("names");
        match parts.as_slice() {
            [of] | [of, _] if name.flag("pct_type") => self.loose_type(of, false),
            [only] => self.loose_type(only, !name.field("array_bounds").is_some()),
            _ => {}
        }
    }
}
