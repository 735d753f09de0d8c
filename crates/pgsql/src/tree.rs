//! A parse tree to walk through.
//!
//! The grammar has some 270 kinds of nodes. The readers know a few of them by name and go through every field of all others,
//! so that nothing in a tree can be forgotten. Field names are those of the grammar's own description.

use serde_json::Value;

/// One place in a parse tree; `Null` where there is nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tree<'a>(&'a Value);

static NOTHING: Value = Value::Null;

impl<'a> Tree<'a> {
    pub(crate) fn new(value: &'a Value) -> Self {
        Self(value)
    }

    /// The kind of a node and what is in it.
    pub(crate) fn node(self) -> Option<(&'a str, Tree<'a>)> {
        let inner = self.0.get("node")?.as_object()?;
        let (kind, inside) = inner.iter().next()?;
        Some((kind, Tree(inside)))
    }

    /// What is in it, if it is of this kind.
    pub(crate) fn of_kind(self, kind: &str) -> Option<Tree<'a>> {
        self.node().filter(|(found, _)| *found == kind).map(|(_, inside)| inside)
    }

    /// A field; nothing if there is none.
    pub(crate) fn field(self, name: &str) -> Tree<'a> {
        Tree(self.0.get(name).unwrap_or(&NOTHING))
    }

    /// The items of a list.
    pub(crate) fn list(
        self,
        name: &str,
    ) -> impl DoubleEndedIterator<Item = Tree<'a>> + ExactSizeIterator + Clone + use<'a> {
        self.0.get(name).and_then(Value::as_array).map_or([].iter(), |items| items.iter()).map(Tree)
    }

    /// The strings in a list of names, empty ones and other nodes left out.
    pub(crate) fn names(self, name: &str) -> Vec<&'a str> {
        self.list(name).filter_map(Tree::string).collect()
    }

    /// The text of a node that is a string.
    pub(crate) fn string(self) -> Option<&'a str> {
        self.of_kind("String").and_then(|inside| inside.0.get("sval")).and_then(Value::as_str)
    }

    /// A field that is a text; an empty one is none.
    pub(crate) fn text(self, name: &str) -> Option<&'a str> {
        self.0.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// A field that is a number, or one of the grammar's constants.
    pub(crate) fn number(self, name: &str) -> i64 {
        self.0.get(name).and_then(Value::as_i64).unwrap_or_default()
    }

    /// A field that is true or not.
    pub(crate) fn flag(self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// Whether anything is here.
    pub(crate) fn is_some(self) -> bool {
        match self.0 {
            Value::Null => false,
            Value::Array(items) => !items.is_empty(),
            _ => true,
        }
    }

    /// Everything directly inside, whatever its name.
    pub(crate) fn children(self) -> Vec<Tree<'a>> {
        match self.0 {
            Value::Array(items) => items.iter().map(Tree).collect(),
            Value::Object(fields) => fields.values().map(Tree).collect(),
            _ => Vec::new(),
        }
    }

    /// The whole as text or number, where it is one.
    pub(crate) fn value(self) -> &'a Value {
        self.0
    }
}
