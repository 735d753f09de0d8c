//! How large the tree of a text becomes, told before it is made.
//!
//! `SET (a, b) = (…)` puts what is on the right into the tree once for each column on the left, so that a short text with such
//! assignments inside one another would fill any memory. The words on the right count as often as they will be there.

use super::Word;

/// How many words the tree of a text is as large as, or more than any limit.
pub(super) fn weigh(text: &str, words: &[Word]) -> usize {
    let mut groups = vec![Group { around: 1, here: 1, commas: 0 }];
    let mut columns = None;
    let mut weight = 0_usize;
    for word in words {
        let is = |mark: &str| text.get(word.start..word.end) == Some(mark);
        let closed = columns.take();
        let Some(group) = groups.last_mut() else { return usize::MAX };
        weight = weight.saturating_add(group.here);
        if is("(") {
            let around = group.here;
            groups.push(Group { around, here: around, commas: 0 });
        } else if is(")") {
            columns = Some(group.commas + 1);
            groups.pop();
            if groups.is_empty() {
                groups.push(Group { around: 1, here: 1, commas: 0 });
            }
        } else if is(",") || is(";") {
            group.commas += 1;
            group.here = group.around;
        } else if let Some(columns) = closed.filter(|_| is("=")) {
            group.here = group.around.saturating_mul(columns);
        }
    }
    weight
}

/// What is between two parentheses.
struct Group {
    /// How often the group itself is in the tree.
    around: usize,
    /// How often the word that comes next is.
    here: usize,
    commas: usize,
}
