//! What a name in an expression can mean: the relations of the queries around it.

use super::Reader;
use crate::does::Columns;
use crate::names::Bare;
use crate::tree::Tree;

/// The relations and common table expressions that one level of a query sees, and the level around it.
#[derive(Debug, Default)]
pub(super) struct Scope<'p> {
    pub(super) around: Option<&'p Scope<'p>>,
    pub(super) items: Vec<Item>,
    pub(super) common: Vec<String>,
}

/// Something in a FROM.
#[derive(Debug)]
pub(super) struct Item {
    /// The name under which expressions know it.
    pub(super) name: String,
    /// Its schema, if expressions may say that too.
    pub(super) schema: Option<String>,
    /// The relations whose columns it has: none for a sub-select or a function, several for a join with a name.
    pub(super) reads: Vec<usize>,
    /// Whether a bare name can mean one of its columns.
    pub(super) open: bool,
}

impl<'p> Scope<'p> {
    /// A level inside this one.
    pub(super) fn inside(around: &'p Scope<'p>) -> Self {
        Self { around: Some(around), ..Self::default() }
    }

    /// Whether this is the name of a common table expression here.
    pub(super) fn has_common(&self, name: &str) -> bool {
        self.levels().any(|level| level.common.iter().any(|common| common == name))
    }

    /// How many things a name in here is held against.
    pub(super) fn width(&self) -> usize {
        self.levels().map(|level| level.items.len() + level.common.len() + 1).sum()
    }

    fn levels(&self) -> impl Iterator<Item = &Scope<'p>> {
        std::iter::successors(Some(self), |level| level.around)
    }

    fn items(&self) -> impl Iterator<Item = &Item> {
        self.levels().flat_map(|level| &level.items)
    }

    fn named(&self, schema: Option<&str>, name: &str) -> Option<&Item> {
        self.items().find(|item| {
            item.name == name && schema.is_none_or(|schema| item.schema.as_deref() == Some(schema))
        })
    }
}

impl Reader<'_> {
    /// A column, or whatever else a name in an expression means.
    pub(super) fn column(&mut self, fields: Tree<'_>, scope: &Scope<'_>) {
        if !self.may_look(scope.width()) {
            return;
        }
        let names = fields.names("fields");
        let star = fields.list("fields").next_back().is_some_and(|last| last.of_kind("AStar").is_some());
        match (names.as_slice(), star) {
            ([], true) => scope.items.iter().for_each(|item| self.whole(item)),
            ([name], false) => self.bare(name, scope),
            ([name], true) => self.of_item(scope.named(None, name), None),
            ([name, column], false) => self.of_item(scope.named(None, name), Some(column)),
            ([.., schema, name], true) => self.of_item(scope.named(Some(schema), name), None),
            ([.., schema, name, column], false) => {
                self.of_item(scope.named(Some(schema), name), Some(column));
            }
            ([], false) => {}
        }
    }

    /// All columns of what stands there.
    pub(super) fn whole(&mut self, item: &Item) {
        item.reads.iter().for_each(|&read| self.see(read, Columns::whole()));
    }

    /// Marks that columns of a relation are read.
    pub(super) fn see(&mut self, read: usize, columns: Columns) {
        if let Some(read) = self.reads.get_mut(read) {
            read.columns.join(columns);
        }
    }

    fn of_item(&mut self, item: Option<&Item>, column: Option<&str>) {
        match (item, column) {
            (Some(item), Some(column)) => self.see_in(item, column, item.reads.len() == 1),
            (Some(item), None) => self.whole(item),
            // A record of PL/pgSQL, or a parameter with the routine's name before it.
            (None, _) => {}
        }
    }

    /// A column of what stands there, for sure or perhaps.
    fn see_in(&mut self, item: &Item, column: &str, sure: bool) {
        for &read in &item.reads {
            let name = [column.to_owned()];
            self.see(read, if sure { Columns::named(name) } else { Columns::perhaps(name) });
        }
    }

    /// A name alone: a variable, a whole row, or a column of whichever relation around has it. The grammar knows which only
    /// where there is no choice.
    fn bare(&mut self, name: &str, scope: &Scope<'_>) {
        if self.names.always.contains(name) && self.names.bare == Bare::Variable {
            return;
        }
        let variable = self.names.has(name);
        // A row, unless it has a column of that name.
        if let Some(row) = scope.named(None, name) {
            self.of_item(Some(row), Some(name));
        }
        let mut open = scope.items().filter(|item| item.open);
        match (open.next(), open.next()) {
            (Some(only), None) if !variable => self.of_item(Some(only), Some(name)),
            _ => scope.items().filter(|item| item.open).for_each(|item| self.see_in(item, name, false)),
        }
    }
}
