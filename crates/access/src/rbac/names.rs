//! Names as numbers. A number is used again when its name is gone; whoever takes a name away takes it out of all sets.

use foldhash::HashMap;
use std::hash::Hash;

/// Names of one kind.
#[derive(Debug, Clone)]
pub(super) struct Names<T> {
    numbers: HashMap<T, u32>,
    names: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self { numbers: HashMap::default(), names: Vec::new(), free: Vec::new() }
    }
}

impl<T: Clone + Eq + Hash> Names<T> {
    pub(super) fn number(&self, name: &T) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    pub(super) fn name(&self, number: u32) -> Option<&T> {
        self.names.get(number as usize)?.as_ref()
    }

    /// The number of a new name; `None` if it is there already, or there are as many as can be counted.
    pub(super) fn add(&mut self, name: &T) -> Option<u32> {
        if self.numbers.contains_key(name) {
            return None;
        }
        let number = match self.free.pop() {
            Some(number) => number,
            None => u32::try_from(self.names.len()).ok()?,
        };
        match self.names.get_mut(number as usize) {
            Some(slot) => *slot = Some(name.clone()),
            None => self.names.push(Some(name.clone())),
        }
        self.numbers.insert(name.clone(), number);
        Some(number)
    }

    pub(super) fn remove(&mut self, name: &T) -> Option<u32> {
        let number = self.numbers.remove(name)?;
        if let Some(slot) = self.names.get_mut(number as usize) {
            *slot = None;
        }
        self.free.push(number);
        Some(number)
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }
}
