//! The pause that a provider asks for with `Retry-After`: all calls to that server wait until it ends.

use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

/// The end of the pause, if there is one.
#[derive(Debug, Default)]
pub(crate) struct RetryAfterPause(Mutex<Option<Instant>>);

impl RetryAfterPause {
    /// Pauses until then, unless the current pause ends later.
    pub(crate) fn pause_until(&self, until: Instant) {
        let mut pause_end = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *pause_end = (*pause_end).max(Some(until));
    }

    /// The end of the current pause, if there is one.
    pub(crate) fn ends_at(&self) -> Option<Instant> {
        let mut pause_end = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *pause_end = pause_end.filter(|until| *until > Instant::now());
        *pause_end
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_ends_by_itself_and_never_early() {
        let pause = RetryAfterPause::default();
        assert_eq!(pause.ends_at(), None);
        let (soon, late) = (Duration::from_secs(1), Duration::from_secs(2));
        let began = Instant::now();
        pause.pause_until(began + late);
        pause.pause_until(began + soon);
        assert_eq!(pause.ends_at(), Some(began + late));
        tokio::time::advance(late - Duration::from_millis(1)).await;
        assert!(pause.ends_at().is_some());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(pause.ends_at(), None);
    }
}
