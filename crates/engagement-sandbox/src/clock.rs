//! The clock of a sandbox, which tests can advance.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::civil::{self, DateTime};
use tokio::time::Instant;

const EPOCH: DateTime = civil::date(1970, 1, 1).at(0, 0, 0, 0);

/// The time of a sandbox: that of the system at its start, and what has passed since by Tokio's clock and by
/// [`advance`](Self::advance). A test that pauses Tokio's clock pauses this one too. Clones share the time.
#[derive(Clone)]
pub(crate) struct Clock {
    shared: Arc<Shared>,
    /// How far one provider's clock is ahead, in milliseconds.
    skew: Arc<AtomicI64>,
}

struct Shared {
    /// Time since 1970 at the start.
    start: Duration,
    started: Instant,
    /// What tests have added, in milliseconds.
    advanced: AtomicU64,
}

impl Clock {
    /// A clock that starts with the time of the system.
    pub(crate) fn new() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            shared: Arc::new(Shared {
                start: since_epoch.unwrap_or_default(),
                started: Instant::now(),
                advanced: AtomicU64::new(0),
            }),
            skew: Arc::default(),
        }
    }

    /// The same clock with a skew of its own, for one provider.
    pub(crate) fn for_provider(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            skew: Arc::default(),
        }
    }

    /// Moves the clock of all providers forward.
    pub(crate) fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        let add = |advanced: u64| Some(advanced.saturating_add(by));
        let shared = &self.shared.advanced;
        // The function always returns a value.
        let _ = shared.fetch_update(Ordering::SeqCst, Ordering::SeqCst, add);
    }

    /// Sets how far this provider's clock is ahead of the others, or behind them.
    pub(crate) fn set_skew(&self, milliseconds: i64) {
        self.skew.store(milliseconds, Ordering::SeqCst);
    }

    /// Time since 1970.
    pub(crate) fn now(&self) -> Duration {
        let advanced = Duration::from_millis(self.shared.advanced.load(Ordering::SeqCst));
        let now = self
            .shared
            .start
            .saturating_add(self.shared.started.elapsed());
        let now = now.saturating_add(advanced);
        let skew = self.skew.load(Ordering::SeqCst);
        let by = Duration::from_millis(skew.unsigned_abs());
        if skew < 0 {
            now.saturating_sub(by)
        } else {
            now.saturating_add(by)
        }
    }

    /// Whole seconds since 1970.
    pub(crate) fn seconds(&self) -> i64 {
        i64::try_from(self.now().as_secs()).unwrap_or(i64::MAX)
    }

    /// Now, as `2024-03-01T09:15:00.000` without a zone.
    pub(crate) fn iso(&self) -> String {
        iso(self.now())
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.iso()).finish()
    }
}

fn iso(since_epoch: Duration) -> String {
    format!("{:.3}", EPOCH.saturating_add(since_epoch))
}

/// A time as in the header `Date`; of times after the year 9999, the last one that it can hold.
pub(crate) fn http_date(since_epoch: Duration) -> String {
    const LAST: Duration = Duration::from_secs(253_402_300_799);
    httpdate::fmt_http_date(UNIX_EPOCH + since_epoch.min(LAST))
}

/// Seconds since 1970 of a time in UTC.
pub(crate) fn unix_seconds(time: DateTime) -> i64 {
    time.duration_since(EPOCH).as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_iso_8601() {
        assert_eq!(iso(Duration::from_millis(0)), "1970-01-01T00:00:00.000");
        assert_eq!(
            iso(Duration::from_millis(951_827_696_789)),
            "2000-02-29T12:34:56.789"
        );
        assert_eq!(
            iso(Duration::from_secs(1_709_284_500)),
            "2024-03-01T09:15:00.000"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn it_follows_tests_tokio_and_the_skew_of_one_provider() {
        let clock = Clock::new();
        let (start, provider) = (clock.now(), clock.for_provider());
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.now() - start, Duration::from_secs(60));
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(provider.now() - start, Duration::from_secs(65));
        provider.set_skew(-65_000);
        assert_eq!(provider.now(), start);
        assert_eq!(clock.now() - start, Duration::from_secs(65));
        clock.advance(Duration::MAX);
        assert_eq!(http_date(clock.now()), "Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
