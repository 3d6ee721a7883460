//! Lists that keep their most recent elements and count the others.

use std::collections::VecDeque;
use std::collections::vec_deque;

use serde::{Deserialize, Serialize};

/// The most recent elements, oldest first, and the number of all elements.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Recent<T> {
    kept: VecDeque<T>,
    limit: usize,
    count: u64,
}

impl<T> Recent<T> {
    /// An empty list that keeps at most this many elements.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            kept: VecDeque::new(),
            limit,
            count: 0,
        }
    }

    /// Keeps at most this many elements from the next one on.
    pub(crate) fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// Adds an element, and removes the oldest ones beyond the limit.
    pub(crate) fn push(&mut self, element: T) {
        self.count += 1;
        self.kept.push_back(element);
        while self.kept.len() > self.limit {
            self.kept.pop_front();
        }
    }

    /// As [`push`](Self::push), but elements that are `pinned` are not removed.
    pub(crate) fn push_unless(&mut self, element: T, pinned: impl Fn(&T) -> bool) {
        self.count += 1;
        self.kept.push_back(element);
        while self.kept.len() > self.limit {
            let Some(oldest) = self.kept.iter().position(|element| !pinned(element)) else {
                break;
            };
            self.kept.remove(oldest);
        }
    }

    /// The element at a position among those that are kept.
    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        self.kept.get_mut(index)
    }

    /// Removes all elements for which the function is false, as if they had never been there.
    pub(crate) fn retain(&mut self, f: impl Fn(&T) -> bool) {
        let before = self.kept.len();
        self.kept.retain(f);
        self.count -= (before - self.kept.len()) as u64;
    }

    /// Removes the oldest element.
    pub(crate) fn remove_oldest(&mut self) -> Option<T> {
        self.kept.pop_front()
    }

    /// The number of all elements, including those that are no longer kept.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Whether the next element replaces one.
    pub(crate) fn is_full(&self) -> bool {
        self.kept.len() >= self.limit
    }

    /// The number of elements that are kept.
    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }

    /// The elements that are kept, oldest first.
    pub(crate) fn iter(&self) -> vec_deque::Iter<'_, T> {
        self.kept.iter()
    }

    /// The elements that are kept, oldest first, to be changed.
    pub(crate) fn iter_mut(&mut self) -> vec_deque::IterMut<'_, T> {
        self.kept.iter_mut()
    }

    /// Removes all elements, and counts from 0.
    pub(crate) fn clear(&mut self) {
        self.kept.clear();
        self.count = 0;
    }
}

impl<T: Clone> Recent<T> {
    /// Copies of the elements that are kept, oldest first.
    pub(crate) fn to_vec(&self) -> Vec<T> {
        self.kept.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_elements_are_removed_and_counted() {
        let mut recent = Recent::new(2);
        for number in 0..5 {
            recent.push(number);
        }
        assert_eq!((recent.to_vec(), recent.count()), (vec![3, 4], 5));
        recent.retain(|number| *number != 3);
        assert_eq!((recent.to_vec(), recent.count()), (vec![4], 4));
        recent.clear();
        assert_eq!((recent.len(), recent.count()), (0, 0));
    }
}
