//! A row of things of which there are mostly few: up to `N` lie where the row is, so that they are not fetched from elsewhere in memory.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};

#[derive(Debug, Clone)]
pub(super) enum Few<T, const N: usize> {
    Here { count: u8, all: [T; N] },
    There(Vec<T>),
}

impl<T: Copy + Default, const N: usize> From<Vec<T>> for Few<T, N> {
    fn from(row: Vec<T>) -> Self {
        let mut all = [T::default(); N];
        match (u8::try_from(row.len()), all.get_mut(..row.len())) {
            (Ok(count), Some(here)) => {
                here.copy_from_slice(&row);
                Self::Here { count, all }
            }
            _ => Self::There(row),
        }
    }
}

impl<T, const N: usize> Borrow<[T]> for Few<T, N> {
    fn borrow(&self) -> &[T] {
        match self {
            Self::Here { count, all } => all.get(..usize::from(*count)).unwrap_or_default(),
            Self::There(row) => row,
        }
    }
}

impl<T: Copy + Default, const N: usize> Few<T, N> {
    /// Puts another row in its place, made from this one.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut Vec<T>)) {
        let mut row = match self {
            Self::Here { .. } => Borrow::<[T]>::borrow(self).to_vec(),
            Self::There(row) => std::mem::take(row),
        };
        change(&mut row);
        *self = row.into();
    }
}

impl<T: PartialEq, const N: usize> PartialEq for Few<T, N> {
    fn eq(&self, other: &Self) -> bool {
        Borrow::<[T]>::borrow(self) == Borrow::<[T]>::borrow(other)
    }
}

impl<T: Eq, const N: usize> Eq for Few<T, N> {}

impl<T: Hash, const N: usize> Hash for Few<T, N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Borrow::<[T]>::borrow(self).hash(state);
    }
}
