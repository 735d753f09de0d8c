//! A new model for `rolewright init`: it checks clean, and shows what each boundary allows.

use ::model::{Boundary, Operation, Vocabulary};
use std::fmt::Write as _;

/// The files of a new model with their names: one database, a first role, a first test.
#[must_use]
pub fn starter(vocabulary: &Vocabulary) -> Vec<(&'static str, String)> {
    let mut text = String::from(HEAD);
    for (at, boundary) in vocabulary.boundaries.iter().enumerate() {
        let before = vocabulary.boundaries.iter().take(at);
        match before.into_iter().find(|before| alike(before, boundary)) {
            // Writing to a String cannot fail.
            Some(before) => {
                let _ = writeln!(text, "#\n#   {}: {}", boundary.name, boundary.about);
                let _ = writeln!(text, "#     the same as {}", before.name);
            }
            None => table(boundary, vocabulary, &mut text),
        }
    }
    text.push_str(&MODEL.replace("ENGINE", vocabulary.engine));
    vec![("rolewright.yaml", text)]
}

const HEAD: &str = "\
# A Rolewright model: who may do what in which database, and why.
#
#   rolewright check    every error, with file, line and what to do
#   rolewright plan     what would change, and nothing is changed
#   rolewright apply    makes the databases equal to the model
#
# Only what is named here is touched: roles of the model, what they hold, and what `public:` names.
#
# Every role stays inside its boundary, whatever it inherits. What the boundaries allow:
";

const MODEL: &str = r#"
version: 1

databases:
  shop:
    engine: ENGINE
    environments:
      prod: { url: "${SHOP_PROD_URL}" }    # export SHOP_PROD_URL=ENGINE://host:5432/shop

roles:
  orders_reader:
    purpose: Support staff look up a customer's orders.
    owner: commerce@acme.example
    boundary: reader
    grants:
      shop:
        - usage on schema public
        - select on table public.orders

groups:
  support: { roles: [orders_reader] }

users:
  alice@acme.example: { groups: [support] }

tests:
  - name: support sees orders and changes none
    user: alice@acme.example
    can: ["shop: select on table public.orders"]
    cannot: ["shop: insert, update, delete on table public.orders"]
"#;

/// Do two boundaries allow the same?
fn alike(one: &Boundary, other: &Boundary) -> bool {
    (&one.operations, one.may_own, &one.flags) == (&other.operations, other.may_own, &other.flags)
}

fn table(boundary: &Boundary, vocabulary: &Vocabulary, text: &mut String) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "#\n#   {}: {}", boundary.name, boundary.about);
    let mut shown = Vec::new();
    for kind in &vocabulary.kinds {
        let held = boundary.operations.iter().find(|(of, _)| *of == kind.kind);
        let Some((_, operations)) = held.filter(|(_, operations)| !operations.is_empty()) else { continue };
        if shown.contains(&&kind.kind) {
            continue;
        }
        shown.push(&kind.kind);
        let all = kind.operations.iter().all(|operation| operations.contains(operation));
        let words = operations.iter().map(Operation::as_str).collect::<Vec<_>>().join(", ");
        let words = if all && kind.operations.len() > 1 { format!("all ({words})") } else { words };
        let _ = writeln!(text, "#     {:<22}{words}", kind.word);
    }
    if boundary.may_own {
        let _ = writeln!(text, "#     {:<22}yes", "may own objects");
    }
    if !boundary.flags.is_empty() {
        let flags = boundary.flags.iter().map(::model::Attribute::as_str).collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "#     {:<22}{flags}", "attributes");
    }
}
