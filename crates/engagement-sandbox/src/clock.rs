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
    /// The time at which one provider's clock is stopped, in microseconds since 1970, plus 1; 0 while it runs.
    stopped: Arc<AtomicU64>,
}

struct Shared {
    /// Time since 1970 at the start.
    start: Duration,
    started: Instant,
    /// What tests have added, in milliseconds.
    advanced: AtomicU64,
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
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
            stopped: Arc::default(),
        }
    }

    /// The same clock with a skew of its own, for one provider.
    pub(crate) fn for_provider(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            skew: Arc::default(),
            stopped: Arc::default(),
        }
    }

    /// Another clock with the same time.
    pub(crate) fn fork(&self) -> Self {
        let shared = &self.shared;
        let advanced = shared.advanced.load(Ordering::SeqCst);
        Self {
            shared: Arc::new(Shared {
                start: shared.start,
                started: shared.started,
                advanced: AtomicU64::new(advanced),
            }),
            skew: Arc::default(),
            stopped: Arc::default(),
        }
    }

    /// Stops this provider's clock at the present, in whole microseconds, and returns that time.
    pub(crate) fn stop(&self) -> Duration {
        let now = self.running();
        self.stop_at(now);
        Duration::from_micros(micros(now))
    }

    /// Stops this provider's clock at a time.
    pub(crate) fn stop_at(&self, time: Duration) {
        let time = micros(time).saturating_add(1);
        self.stopped.store(time, Ordering::SeqCst);
    }

    /// Lets this provider's clock run again, at the time of the others.
    pub(crate) fn resume(&self) {
        self.stopped.store(0, Ordering::SeqCst);
    }

    /// Moves the clock of all providers forward to a time, unless it has passed.
    pub(crate) fn advance_to(&self, time: Duration) {
        let by = time.saturating_sub(self.running());
        if !by.is_zero() {
            self.advance(by.saturating_add(Duration::from_millis(1)));
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

    /// Time since 1970 by the clock of all providers.
    fn running(&self) -> Duration {
        let shared = &self.shared;
        let advanced = Duration::from_millis(shared.advanced.load(Ordering::SeqCst));
        let now = shared.start.saturating_add(shared.started.elapsed());
        now.saturating_add(advanced)
    }

    /// Time since 1970.
    pub(crate) fn now(&self) -> Duration {
        let now = match self.stopped.load(Ordering::SeqCst) {
            0 => self.running(),
            time => Duration::from_micros(time - 1),
        };
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

/// Whole microseconds.
pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
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
        clock.advance_to(start);
        clock.advance_to(start + Duration::from_secs(66));
        assert_eq!(clock.now() - start, Duration::from_millis(66_001));
        clock.advance(Duration::MAX);
        assert_eq!(http_date(clock.now()), "Fri, 31 Dec 9999 23:59:59 GMT");
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_of_a_provider_can_be_stopped() {
        let clock = Clock::new();
        let (provider, other) = (clock.for_provider(), clock.for_provider());
        let stopped = provider.stop();
        clock.advance(Duration::from_secs(60));
        assert_eq!(provider.now(), stopped);
        assert!(other.now() - stopped >= Duration::from_secs(60));
        provider.stop_at(Duration::from_micros(1_234_567));
        provider.set_skew(1);
        assert_eq!(provider.now(), Duration::from_micros(1_235_567));
        provider.set_skew(0);
        provider.resume();
        assert_eq!(provider.now(), other.now());
    }

    #[tokio::test(start_paused = true)]
    async fn a_fork_has_the_same_time_until_one_advances() {
        let clock = Clock::new();
        clock.advance(Duration::from_secs(60));
        let fork = clock.fork();
        assert_eq!(fork.now(), clock.now());
        fork.advance(Duration::from_secs(1));
        assert_eq!(fork.now() - clock.now(), Duration::from_secs(1));
    }
}
