//! The count behind a constraint.

use roaring::RoaringBitmap;

/// Those who are in so many of the sets, or in more.
///
/// `INVARIANT:` after each set, `at_least[n]` are those who are in more than `n` of the sets read so far.
#[must_use]
pub fn too_many<'a>(sets: impl IntoIterator<Item = &'a RoaringBitmap>, cardinality: usize) -> RoaringBitmap {
    let mut at_least: Vec<RoaringBitmap> = vec![RoaringBitmap::new(); cardinality.max(1)];
    for set in sets {
        // From the top, so that one set counts once.
        for level in (1..at_least.len()).rev() {
            let risen = at_least.get(level - 1).map(|below| below & set).unwrap_or_default();
            if let Some(here) = at_least.get_mut(level) {
                *here |= risen;
            }
        }
        if let Some(first) = at_least.first_mut() {
            *first |= set;
        }
    }
    at_least.pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn two_of_three_are_not_too_many_where_three_are() {
        let sets = [[1, 2], [2, 3], [2, 1]].map(RoaringBitmap::from_iter);
        assert_eq!(too_many(&sets, 2), RoaringBitmap::from_iter([1, 2]));
        assert_eq!(too_many(&sets, 3), RoaringBitmap::from_iter([2]));
        assert_eq!(too_many(&sets, 4), RoaringBitmap::new());
    }

    proptest! {
        #[test]
        fn the_count_is_that_of_counting(sets in prop::collection::vec(prop::collection::btree_set(0u32..12, 0..8), 0..7), cardinality in 1usize..5) {
            let bitmaps: Vec<RoaringBitmap> = sets.iter().map(|set| set.iter().copied().collect()).collect();
            let counted = |who: &u32| sets.iter().filter(|set: &&BTreeSet<u32>| set.contains(who)).count() >= cardinality;
            let expected: Vec<u32> = (0..12).filter(counted).collect();
            prop_assert_eq!(too_many(&bitmaps, cardinality).iter().collect::<Vec<_>>(), expected);
        }
    }
}
