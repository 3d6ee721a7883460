//! A map whose entries expire.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::accounts::pairs;
use crate::accounts::shared::Shared;

/// A map whose entries expire.
#[derive(Clone, Serialize, Deserialize)]
#[serde(bound(
    serialize = "K: Serialize, V: Serialize",
    deserialize = "K: Deserialize<'de> + Ord, V: Deserialize<'de>"
))]
pub(super) struct ExpiringMap<K, V>(#[serde(with = "pairs")] Shared<BTreeMap<K, (Duration, V)>>);

impl<K, V> Default for ExpiringMap<K, V> {
    fn default() -> Self {
        Self(Shared::default())
    }
}

impl<K: Ord + Clone, V: Clone> ExpiringMap<K, V> {
    /// The value of a key, unless it has expired.
    pub(super) fn get(&self, key: &K, now: Duration) -> Option<&V> {
        let (end, value) = self.0.get(key)?;
        (now < *end).then_some(value)
    }

    /// Inserts a value, and removes all expired ones.
    pub(super) fn insert(&mut self, key: K, value: V, now: Duration, lifetime: Duration) {
        self.0.retain(|_, (end, _)| now < *end);
        self.0.insert(key, (now.saturating_add(lifetime), value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_expire() {
        let (start, lifetime) = (Duration::from_secs(1_000), Duration::from_secs(5));
        let mut map = ExpiringMap::default();
        map.insert("a", 1, start, lifetime);
        assert_eq!(map.get(&"a", start), Some(&1));
        assert_eq!(
            map.get(&"a", start + lifetime - Duration::from_millis(1)),
            Some(&1)
        );
        assert_eq!(map.get(&"a", start + lifetime), None);
        map.insert("b", 2, start + lifetime, lifetime);
        assert_eq!(map.0.len(), 1, "the expired entry is removed");
    }
}
