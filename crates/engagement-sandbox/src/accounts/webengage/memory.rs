//! What is remembered for a while.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// Values that are forgotten once their time is up.
pub(super) struct Memory<K, V>(HashMap<K, (Instant, V)>);

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash, V> Memory<K, V> {
    /// What stands under a key and isn't over yet.
    pub(super) fn get(&self, key: &K, now: Instant) -> Option<&V> {
        let (end, value) = self.0.get(key)?;
        (now < *end).then_some(value)
    }

    /// Remembers a value, and forgets all that is over.
    pub(super) fn put(&mut self, key: K, value: V, now: Instant, span: Duration) {
        self.0.retain(|_, (end, _)| now < *end);
        self.0.insert(key, (now + span, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_forgotten_when_their_time_is_up() {
        let (start, span) = (Instant::now(), Duration::from_secs(5));
        let mut memory = Memory::default();
        memory.put("a", 1, start, span);
        assert_eq!(memory.get(&"a", start), Some(&1));
        assert_eq!(
            memory.get(&"a", start + span - Duration::from_millis(1)),
            Some(&1)
        );
        assert_eq!(memory.get(&"a", start + span), None);
        memory.put("b", 2, start + span, span);
        assert_eq!(memory.0.len(), 1, "the first one is gone for good");
    }
}
