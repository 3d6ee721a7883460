//! Deadlines.

use std::time::Duration;

use tokio::time::Instant;

/// The time `wait` from now. A longer wait than one year counts as one year, which every clock can represent.
pub(crate) fn deadline_in(wait: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365);
    Instant::now() + wait.min(FAR)
}
