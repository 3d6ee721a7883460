//! Moments in the future.

use std::time::Duration;

use tokio::time::Instant;

/// The moment `wait` from now. Waits of more than a year count as one year, which every clock can express.
pub(crate) fn deadline_in(wait: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365);
    Instant::now() + wait.min(FAR)
}
