//! Repeatable random numbers: the fixture must be the same on every machine and in every year.

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): small, seedable, and good enough to spread grants.
#[derive(Debug, Clone)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    /// Numbers that follow from the seed alone.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A number in `0..bound`; 0 when `bound` is 0. The bias of the remainder is below 2⁻⁴⁰ for our bounds.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = bound.max(1) as u64;
        (self.next() % bound) as usize
    }

    /// True in `percent` of 100 calls.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Between `least` and `most` different numbers in `0..bound`, ascending, and never more than there are.
    pub(crate) fn distinct(&mut self, least: usize, most: usize, bound: usize) -> Vec<usize> {
        let count = least + self.below(most + 1 - least);
        let mut chosen = std::collections::BTreeSet::new();
        while chosen.len() < count.min(bound) {
            chosen.insert(self.below(bound));
        }
        chosen.into_iter().collect()
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let mut a = Random::seeded(7);
        let mut b = Random::seeded(7);
        assert_eq!(
            (0..50).map(|_| a.below(1000)).collect::<Vec<_>>(),
            (0..50).map(|_| b.below(1000)).collect::<Vec<_>>()
        );
    }

    #[test]
    fn distinct_numbers_are_ascending_and_within_the_bound() {
        let numbers = Random::seeded(1).distinct(20, 20, 30);
        assert_eq!(numbers.len(), 20);
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(numbers.iter().all(|n| *n < 30));
    }
}
