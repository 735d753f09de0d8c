//! What SQL allows where a phrase has the kind of object, and how to write it here.

use model::Vocabulary;

/// How to write all of a schema, and a name without its kind. `words` stand where the kind belongs; `dotted` if the first
/// is followed by a dot.
pub(super) fn help(vocabulary: &Vocabulary, words: &[&str], dotted: bool) -> Option<String> {
    let kind = |word: &str| vocabulary.kinds.iter().find(|kind| kind.word == word);
    match words {
        ["all", several, ..] => {
            let one = kind(several.strip_suffix('s')?)?.word;
            Some(format!("all of a schema is written with a star, as in `{one} sales.*`"))
        }
        [_, ..] if dotted => {
            let example = kind("table").or(vocabulary.kinds.first())?.word;
            Some(format!("the kind comes before the name, as in `{example} sales.orders`"))
        }
        _ => None,
    }
}
