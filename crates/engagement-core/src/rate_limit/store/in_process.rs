//! The store in this process.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{Acquire, Bucket, LimitStore, StoreError};

/// Windows whose permits were all released are removed when there are more than this: each account has its own.
const MANY: usize = 1024;

/// Counts requests in this process: the default. To let several clients of one account share its limits, give each a clone
/// of the same store.
///
/// It keeps one timestamp for each request within the period of the limit, so at most as many as the limit allows.
#[derive(Clone, Default)]
pub struct InProcessStore(Arc<Mutex<HashMap<String, SlidingWindow>>>);

/// When permits were acquired, the earliest first.
#[derive(Debug, Default)]
struct SlidingWindow {
    acquired: VecDeque<Instant>,
    /// The longest period that was asked for: older entries can be removed.
    longest: Duration,
}

impl InProcessStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn windows(&self) -> MutexGuard<'_, HashMap<String, SlidingWindow>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The result of acquiring permits now, without acquiring them.
    pub(crate) fn look(&self, buckets: &[Bucket], now: Instant) -> Acquire {
        look(&self.windows(), buckets, now)
    }

    /// Counts requests without a check.
    pub(crate) fn record(&self, buckets: &[Bucket], now: Instant) {
        record(&mut self.windows(), buckets, now);
    }

    fn acquire_at(&self, buckets: &[Bucket], now: Instant) -> Acquire {
        let mut windows = self.windows();
        let outcome = look(&windows, buckets, now);
        if outcome == Acquire::Granted {
            record(&mut windows, buckets, now);
        }
        outcome
    }
}

impl LimitStore for InProcessStore {
    fn acquire<'a>(
        &'a self,
        buckets: &'a [Bucket],
    ) -> Pin<Box<dyn Future<Output = Result<Acquire, StoreError>> + Send + 'a>> {
        Box::pin(async move { Ok(self.acquire_at(buckets, Instant::now())) })
    }
}

fn look(windows: &HashMap<String, SlidingWindow>, buckets: &[Bucket], now: Instant) -> Acquire {
    let waits = buckets.iter().enumerate().map(|(index, bucket)| {
        let window = windows.get(&bucket.key);
        (
            window.map_or(Duration::ZERO, |window| window.wait(bucket, now)),
            index,
        )
    });
    match waits.max_by_key(|(wait, _)| *wait) {
        Some((wait, bucket)) if !wait.is_zero() => Acquire::RetryIn { wait, bucket },
        _ => Acquire::Granted,
    }
}

fn record(windows: &mut HashMap<String, SlidingWindow>, buckets: &[Bucket], now: Instant) {
    for bucket in buckets {
        if let Some(window) = windows.get_mut(&bucket.key) {
            window.add(bucket, now);
            continue;
        }
        if windows.len() >= MANY && windows.len().is_power_of_two() {
            windows.retain(|_, window| window.is_in_use(now));
        }
        let window = windows.entry(bucket.key.clone()).or_default();
        window.add(bucket, now);
    }
}

impl SlidingWindow {
    /// The time until the next permit is released; zero if one is available.
    fn wait(&self, bucket: &Bucket, now: Instant) -> Duration {
        let requests = usize::try_from(bucket.requests).unwrap_or(usize::MAX);
        let oldest = self.acquired.len().checked_sub(requests);
        let Some(oldest) = oldest.and_then(|at| self.acquired.get(at)) else {
            return Duration::ZERO;
        };
        bucket
            .per
            .saturating_sub(now.saturating_duration_since(*oldest))
    }

    fn add(&mut self, bucket: &Bucket, now: Instant) {
        self.longest = self.longest.max(bucket.per);
        let is_released = |at: &Instant| now.saturating_duration_since(*at) >= self.longest;
        while self.acquired.front().is_some_and(is_released) {
            self.acquired.pop_front();
        }
        self.acquired.push_back(now);
    }

    /// Whether a permit is still to be released.
    fn is_in_use(&self, now: Instant) -> bool {
        let last = self.acquired.back();
        last.is_some_and(|at| now.saturating_duration_since(*at) < self.longest)
    }
}

impl fmt::Debug for InProcessStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcessStore").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn bucket(key: &str, requests: u32, per: Duration) -> Bucket {
        Bucket::new(key, requests, per)
    }

    fn kept(store: &InProcessStore, key: &str) -> usize {
        store
            .windows()
            .get(key)
            .map_or(0, |window| window.acquired.len())
    }

    #[test]
    fn each_permit_is_released_after_its_own_time() {
        let (store, start) = (InProcessStore::new(), Instant::now());
        let pair = [bucket("k", 2, 10 * SECOND)];
        let take = |at: u32| store.acquire_at(&pair, start + at * SECOND);
        let missing = |seconds: u32| Acquire::RetryIn {
            wait: seconds * SECOND,
            bucket: 0,
        };
        assert_eq!(
            [take(0), take(4), take(4)],
            [Acquire::Granted, Acquire::Granted, missing(6)]
        );
        assert_eq!(
            [take(9), take(10), take(10)],
            [missing(1), Acquire::Granted, missing(4)]
        );
        // Unused permits do not accumulate.
        assert_eq!(
            [take(99), take(99), take(99)],
            [Acquire::Granted, Acquire::Granted, missing(10)]
        );
        assert_eq!(kept(&store, "k"), 2);
    }

    #[test]
    fn permits_of_several_buckets_are_acquired_together_or_not_at_all() {
        let (store, start) = (InProcessStore::new(), Instant::now());
        let (one, two) = (bucket("one", 1, SECOND), bucket("two", 2, 10 * SECOND));
        let both = [one.clone(), two.clone()];
        assert_eq!(store.acquire_at(&both, start), Acquire::Granted);
        assert_eq!(
            store.acquire_at(&both, start),
            Acquire::RetryIn {
                wait: SECOND,
                bucket: 0
            }
        );
        assert_eq!((kept(&store, "one"), kept(&store, "two")), (1, 1));
        assert_eq!(store.acquire_at(&[two], start), Acquire::Granted);
        assert_eq!(
            store.acquire_at(&both, start),
            Acquire::RetryIn {
                wait: 10 * SECOND,
                bucket: 1
            }
        );
        assert_eq!(store.acquire_at(&[one], start + SECOND), Acquire::Granted);
    }

    #[test]
    fn a_shorter_limit_on_the_same_bucket_keeps_the_entries_of_the_longer_one() {
        let (store, start) = (InProcessStore::new(), Instant::now());
        let (minute, second) = ([bucket("k", 3, 60 * SECOND)], [bucket("k", 1, SECOND)]);
        assert_eq!(store.acquire_at(&minute, start), Acquire::Granted);
        assert_eq!(
            store.acquire_at(&second, start + 10 * SECOND),
            Acquire::Granted
        );
        assert_eq!(
            store.acquire_at(&second, start + 20 * SECOND),
            Acquire::Granted
        );
        let late = start + 30 * SECOND;
        let missing = Acquire::RetryIn {
            wait: 30 * SECOND,
            bucket: 0,
        };
        assert_eq!(store.acquire_at(&minute, late), missing);
        assert_eq!(store.acquire_at(&second, late), Acquire::Granted);
    }

    #[test]
    fn windows_of_accounts_that_are_no_longer_used_are_removed() {
        let (store, start) = (InProcessStore::new(), Instant::now());
        let take = |account: usize, at: Instant| {
            let bucket = bucket(&format!("k:{account}"), 1, SECOND);
            assert_eq!(store.acquire_at(&[bucket], at), Acquire::Granted);
        };
        (0..MANY).for_each(|account| take(account, start));
        // In use, they stay.
        take(MANY, start + SECOND / 2);
        assert_eq!(store.windows().len(), MANY + 1);
        (MANY + 1..2 * MANY + 1).for_each(|account| take(account, start + SECOND));
        assert_eq!(store.windows().len(), MANY + 1);
        assert_eq!(kept(&store, "k:0"), 0);
        assert_eq!(kept(&store, &format!("k:{MANY}")), 1);
    }

    #[test]
    fn clones_share_their_counts() {
        let (store, now) = (InProcessStore::new(), Instant::now());
        let one = [bucket("k", 1, SECOND)];
        assert_eq!(store.clone().acquire_at(&one, now), Acquire::Granted);
        assert_ne!(store.acquire_at(&one, now), Acquire::Granted);
    }

    proptest! {
        #[test]
        fn no_period_has_more_requests_than_the_limit_allows(
            requests in 1..12_u32,
            per in 1..2_000_u64,
            pauses in prop::collection::vec(prop_oneof![0..5_u64, 0..200_u64, 0..5_000_u64], 1..400),
        ) {
            let (store, start) = (InProcessStore::new(), Instant::now());
            let per = Duration::from_millis(per);
            let buckets = [bucket("k", requests, per)];
            let mut now = start;
            let mut granted: Vec<Instant> = Vec::new();
            for pause in pauses {
                now += Duration::from_millis(pause);
                let recent = granted.iter().filter(|at| now - **at < per).count();
                match store.acquire_at(&buckets, now) {
                    Acquire::Granted => granted.push(now),
                    Acquire::RetryIn { wait, .. } => {
                        // It refuses only at the limit, and the wait is exact.
                        prop_assert_eq!(recent, requests as usize);
                        let before = now + wait - Duration::from_nanos(1);
                        prop_assert_ne!(store.look(&buckets, before), Acquire::Granted);
                        prop_assert_eq!(store.look(&buckets, now + wait), Acquire::Granted);
                    }
                }
                prop_assert!(kept(&store, "k") <= requests as usize);
            }
            for (index, first) in granted.iter().enumerate() {
                let within = granted[index..].iter().take_while(|at| **at - *first < per);
                prop_assert!(within.count() <= requests as usize);
            }
        }
    }
}
