//! Counting in this process.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{Bucket, LimitStore, StoreError, Taken};

/// Counts in this process: what a client has by itself. Give a clone of one to several clients of the same account to
/// make them share its limits.
///
/// It keeps a time for each request of the last limit's time, at most as many as the limit has requests.
#[derive(Clone, Default)]
pub struct InProcessStore(Arc<Mutex<HashMap<String, Log>>>);

/// When tokens were taken, the earliest first.
#[derive(Debug, Default)]
struct Log {
    taken: VecDeque<Instant>,
    /// The longest time that anybody asked about: what is older matters to nobody.
    longest: Duration,
}

impl InProcessStore {
    /// A store in which nothing was counted yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn logs(&self) -> MutexGuard<'_, HashMap<String, Log>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What would come of asking now.
    pub(crate) fn look(&self, buckets: &[Bucket], now: Instant) -> Taken {
        look(&self.logs(), buckets, now)
    }

    /// Takes tokens without asking.
    pub(crate) fn record(&self, buckets: &[Bucket], now: Instant) {
        record(&mut self.logs(), buckets, now);
    }

    fn take_at(&self, buckets: &[Bucket], now: Instant) -> Taken {
        let mut logs = self.logs();
        let taken = look(&logs, buckets, now);
        if taken == Taken::Now {
            record(&mut logs, buckets, now);
        }
        taken
    }
}

impl LimitStore for InProcessStore {
    fn take<'a>(
        &'a self,
        buckets: &'a [Bucket],
    ) -> Pin<Box<dyn Future<Output = Result<Taken, StoreError>> + Send + 'a>> {
        Box::pin(async move { Ok(self.take_at(buckets, Instant::now())) })
    }
}

fn look(logs: &HashMap<String, Log>, buckets: &[Bucket], now: Instant) -> Taken {
    let waits = buckets.iter().enumerate().map(|(index, bucket)| {
        let log = logs.get(&bucket.key);
        (
            log.map_or(Duration::ZERO, |log| log.wait(bucket, now)),
            index,
        )
    });
    match waits.max_by_key(|(wait, _)| *wait) {
        Some((wait, bucket)) if !wait.is_zero() => Taken::In { wait, bucket },
        _ => Taken::Now,
    }
}

fn record(logs: &mut HashMap<String, Log>, buckets: &[Bucket], now: Instant) {
    for bucket in buckets {
        match logs.get_mut(&bucket.key) {
            Some(log) => log.add(bucket, now),
            None => logs.entry(bucket.key.clone()).or_default().add(bucket, now),
        }
    }
}

impl Log {
    /// How long until the oldest of the last so many tokens is back.
    fn wait(&self, bucket: &Bucket, now: Instant) -> Duration {
        let requests = usize::try_from(bucket.requests).unwrap_or(usize::MAX);
        let oldest = self.taken.len().checked_sub(requests);
        let Some(oldest) = oldest.and_then(|at| self.taken.get(at)) else {
            return Duration::ZERO;
        };
        bucket
            .per
            .saturating_sub(now.saturating_duration_since(*oldest))
    }

    fn add(&mut self, bucket: &Bucket, now: Instant) {
        self.longest = self.longest.max(bucket.per);
        let is_back = |taken: &Instant| now.saturating_duration_since(*taken) >= self.longest;
        while self.taken.front().is_some_and(is_back) {
            self.taken.pop_front();
        }
        self.taken.push_back(now);
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
        store.logs().get(key).map_or(0, |log| log.taken.len())
    }

    #[test]
    fn each_token_comes_back_when_its_own_time_is_over() {
        let (store, start) = (InProcessStore::new(), Instant::now());
        let pair = [bucket("k", 2, 10 * SECOND)];
        let take = |at: u32| store.take_at(&pair, start + at * SECOND);
        let missing = |seconds: u32| Taken::In {
            wait: seconds * SECOND,
            bucket: 0,
        };
        assert_eq!(
            [take(0), take(4), take(4)],
            [Taken::Now, Taken::Now, missing(6)]
        );
        assert_eq!(
            [take(9), take(10), take(10)],
            [missing(1), Taken::Now, missing(4)]
        );
        // A pause brings no more than all tokens.
        assert_eq!(
            [take(99), take(99), take(99)],
            [Taken::Now, Taken::Now, missing(10)]
        );
        assert_eq!(kept(&store, "k"), 2);
    }

    #[test]
    fn of_several_buckets_all_or_none_are_taken() {
        let (store, start) = (InProcessStore::new(), Instant::now());
        let (one, two) = (bucket("one", 1, SECOND), bucket("two", 2, 10 * SECOND));
        let both = [one.clone(), two.clone()];
        assert_eq!(store.take_at(&both, start), Taken::Now);
        assert_eq!(
            store.take_at(&both, start),
            Taken::In {
                wait: SECOND,
                bucket: 0
            }
        );
        assert_eq!((kept(&store, "one"), kept(&store, "two")), (1, 1));
        assert_eq!(store.take_at(&[two], start), Taken::Now);
        assert_eq!(
            store.take_at(&both, start),
            Taken::In {
                wait: 10 * SECOND,
                bucket: 1
            }
        );
        assert_eq!(store.take_at(&[one], start + SECOND), Taken::Now);
    }

    #[test]
    fn who_shares_a_bucket_under_a_shorter_limit_forgets_nothing_of_the_longer_one() {
        let (store, start) = (InProcessStore::new(), Instant::now());
        let (minute, second) = ([bucket("k", 3, 60 * SECOND)], [bucket("k", 1, SECOND)]);
        assert_eq!(store.take_at(&minute, start), Taken::Now);
        assert_eq!(store.take_at(&second, start + 10 * SECOND), Taken::Now);
        assert_eq!(store.take_at(&second, start + 20 * SECOND), Taken::Now);
        let late = start + 30 * SECOND;
        let missing = Taken::In {
            wait: 30 * SECOND,
            bucket: 0,
        };
        assert_eq!(store.take_at(&minute, late), missing);
        assert_eq!(store.take_at(&second, late), Taken::Now);
    }

    #[test]
    fn clones_count_together() {
        let (store, now) = (InProcessStore::new(), Instant::now());
        let one = [bucket("k", 1, SECOND)];
        assert_eq!(store.clone().take_at(&one, now), Taken::Now);
        assert_ne!(store.take_at(&one, now), Taken::Now);
    }

    proptest! {
        #[test]
        fn no_stretch_of_time_has_more_requests_than_the_limit_says(
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
                match store.take_at(&buckets, now) {
                    Taken::Now => granted.push(now),
                    Taken::In { wait, .. } => {
                        // Nobody is refused for nothing, and the wait is exact.
                        prop_assert_eq!(recent, requests as usize);
                        let before = now + wait - Duration::from_nanos(1);
                        prop_assert_ne!(store.look(&buckets, before), Taken::Now);
                        prop_assert_eq!(store.look(&buckets, now + wait), Taken::Now);
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
