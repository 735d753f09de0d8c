//! Reads trees: what a statement does, with every query and expression inside it.

mod change;
mod expression;
mod other;
mod query;
mod scope;

use crate::does::{Call, Columns, Does, Found, Given, Relation};
use crate::fixed;
use crate::grammar::{Mode, parse};
use crate::names::Names;
use crate::tree::Tree;
use crate::unread::Unread;
use scope::Scope;

/// How many texts may be run inside one another. Each has been a literal in the one around it.
const MOST_TEXTS: usize = 8;

/// How often something may be held against a name. Many names with many relations around them would take forever.
const MOST_LOOKS: usize = 5_000_000;

/// Reads statements, and gathers what they do.
#[derive(Debug)]
pub(crate) struct Reader<'n> {
    found: Found,
    names: &'n Names,
    reads: Vec<Read>,
    /// Why not all of it is fixed, the first of the reasons.
    dynamic: Option<String>,
    given: Option<Given>,
    /// How many texts are being run inside one another.
    texts: usize,
    /// How often something has been held against a name.
    looks: usize,
    /// What is being read describes columns, which may never hold anything.
    columns: bool,
}

/// A relation in a query, and which of its columns have been seen.
#[derive(Debug)]
struct Read {
    on: Relation,
    /// Whether it is in a FROM, and so is read whichever columns are seen.
    needed: bool,
    columns: Columns,
}

/// What the reading came to.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) does: Does,
    pub(crate) dynamic: Option<String>,
    /// What the caller gives that becomes a part of such a text as it is.
    pub(crate) given: Option<Given>,
}

impl<'n> Reader<'n> {
    pub(crate) fn new(names: &'n Names) -> Self {
        Self::inside(names, 0)
    }

    /// A reader for a text that is run inside as many others.
    pub(crate) fn inside(names: &'n Names, texts: usize) -> Self {
        Self {
            found: Found::default(),
            names,
            reads: Vec::new(),
            dynamic: None,
            given: None,
            texts,
            looks: 0,
            columns: false,
        }
    }

    /// Reads every statement of a text.
    pub(crate) fn text(&mut self, text: &str, mode: Mode) -> Result<(), Unread> {
        for statement in parse(text, mode)? {
            self.statement(Tree::new(&statement.tree), &statement.text);
        }
        Ok(())
    }

    /// Reads one statement.
    pub(crate) fn statement(&mut self, tree: Tree<'_>, text: &str) {
        self.any_statement(tree, text, &Scope::default());
    }

    /// Reads the text that an expression makes, if it always makes the same; else that is why the whole is dynamic.
    pub(crate) fn run(&mut self, expression: Tree<'_>) {
        if let Err(why) = fixed::text(expression, self.names).and_then(|text| self.run_text(&text)) {
            self.is_dynamic(why);
            self.given =
                self.given.filter(|given| given.whole).or_else(|| fixed::given(expression, self.names));
        }
    }

    /// Adds what another reader found.
    pub(crate) fn absorb(&mut self, Reading { does, dynamic, given }: Reading) {
        self.given = self.given.or(given);
        self.found.absorb(does);
        dynamic.into_iter().for_each(|why| self.is_dynamic(why));
    }

    /// Says that not all of it is fixed.
    pub(crate) fn is_dynamic(&mut self, why: String) {
        self.dynamic.get_or_insert(why);
    }

    /// A collation that is named without its schema.
    fn loose_collation(&mut self) {
        self.found.loose.types = true;
    }

    /// A type that is named without its schema; `sure`, if a value becomes one of it.
    pub(crate) fn loose_type(&mut self, name: &str, sure: bool) {
        self.found.loose_type(name, sure && !self.columns);
    }

    /// Everything that was found.
    ///
    /// # Errors
    /// The names in it may mean too many things.
    pub(crate) fn finish(mut self) -> Result<Reading, Unread> {
        if self.looks > MOST_LOOKS {
            return Err(Unread::TooWide);
        }
        for Read { on, needed, columns } in self.reads {
            let certain = needed || columns.is_certain();
            if certain || !columns.perhaps.is_empty() {
                self.found.act_if("select", &on, columns, certain);
            }
        }
        Ok(Reading { does: self.found.finish(), dynamic: self.dynamic, given: self.given })
    }

    fn run_text(&mut self, text: &str) -> Result<(), String> {
        self.may_run()?;
        self.texts += 1;
        // The text does not see the variables of the routine that runs it.
        let outside = std::mem::replace(&mut self.names, Names::none());
        let read = self.text(text, Mode::Statements);
        self.names = outside;
        self.texts -= 1;
        read.map_err(|why| format!("a text that is run cannot be read: {why}"))
    }

    fn may_run(&self) -> Result<(), String> {
        match self.texts {
            MOST_TEXTS.. => Err(format!("more than {MOST_TEXTS} texts are run inside one another")),
            _ => Ok(()),
        }
    }

    /// A statement where a statement may stand.
    fn any_statement(&mut self, tree: Tree<'_>, text: &str, scope: &Scope<'_>) {
        match tree.node() {
            Some(("SelectStmt", select)) => {
                if select.field("into_clause").is_some() {
                    self.found.other("CREATE TABLE AS", text);
                }
                self.select(select, scope);
            }
            Some(("InsertStmt" | "UpdateStmt" | "DeleteStmt" | "MergeStmt", _)) => self.query(tree, scope),
            Some(("PlassignStmt", assign)) => {
                assign.list("indirection").for_each(|index| self.expression(index, scope));
                self.select(assign.field("val"), scope);
            }
            Some(("ReturnStmt", returned)) => self.expression(returned.field("returnval"), scope),
            Some((kind, inside)) => self.other(kind, inside, text, scope),
            None => {}
        }
    }

    /// Whether there is still time to hold a name against this many things.
    fn may_look(&mut self, things: usize) -> bool {
        self.looks = self.looks.saturating_add(things);
        self.looks <= MOST_LOOKS
    }

    /// The relation that a name in a text means, which the search path decides if it has no schema.
    fn relation(&mut self, range: Tree<'_>) -> Relation {
        let schema = range.text("schemaname").map(str::to_owned);
        self.found.loose.relations |= schema.is_none();
        Relation { schema, name: range.text("relname").unwrap_or_default().to_owned() }
    }

    fn called(&mut self, names: &[&str], arguments: usize) {
        if let [.., name] = names {
            let schema = names.iter().rev().nth(1).map(|schema| (*schema).to_owned());
            self.found.call(Call { schema, name: (*name).to_owned(), arguments });
        }
    }

    /// An operator under this name, in parts.
    fn operator(&mut self, parts: usize) {
        self.found.loose.operators |= parts < 2;
    }
}
