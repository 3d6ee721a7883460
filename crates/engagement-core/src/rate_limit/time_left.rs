//! The time that a call has left to wait for a permit, or for the end of a pause.

use std::time::Duration;

use tokio::time::Instant;

/// Clocks cannot represent arbitrary times.
const YEAR: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// When a call times out, and how long one of its attempts may take.
#[derive(Clone, Copy)]
pub(crate) struct TimeLeft {
    pub(crate) deadline: Instant,
    pub(crate) attempt: Duration,
}

impl TimeLeft {
    /// Whether a whole attempt fits between `start` and the deadline. A request that is sent with less time left could be
    /// executed although the call times out.
    pub(crate) fn fits(self, start: Instant) -> bool {
        start
            .checked_add(self.attempt)
            .is_some_and(|end| end <= self.deadline)
    }

    /// The latest start of an attempt that fits.
    pub(crate) fn latest(self) -> Instant {
        self.deadline
            .checked_sub(self.attempt)
            .unwrap_or_else(Instant::now)
    }

    /// How much longer the call's time limit would have to be for an attempt from `start`.
    pub(crate) fn missing(self, start: Instant) -> Duration {
        let end = start + self.attempt.min(YEAR);
        end.saturating_duration_since(self.deadline)
    }
}

/// Rounded up to milliseconds.
pub(crate) fn in_millis(time: Duration) -> Duration {
    let part = time.subsec_nanos() % 1_000_000;
    let up = if part == 0 { 0 } else { 1_000_000 - part };
    time.saturating_add(Duration::from_nanos(up.into()))
}
