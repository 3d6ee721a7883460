//! Where all calls to a server wait while it asked for a pause.

use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

/// Only a moment: nobody holds it, and it opens by itself.
#[derive(Debug, Default)]
pub(crate) struct Gate(Mutex<Option<Instant>>);

impl Gate {
    /// Closes it until then, or for longer if it is already.
    pub(crate) fn close(&self, until: Instant) {
        let mut closed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *closed = (*closed).max(Some(until));
    }

    /// When it opens, unless it is open.
    pub(crate) fn opens(&self) -> Option<Instant> {
        let mut closed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *closed = closed.filter(|until| *until > Instant::now());
        *closed
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_opens_by_itself_and_never_earlier_than_was_asked() {
        let gate = Gate::default();
        assert_eq!(gate.opens(), None);
        let (soon, late) = (Duration::from_secs(1), Duration::from_secs(2));
        let began = Instant::now();
        gate.close(began + late);
        gate.close(began + soon);
        assert_eq!(gate.opens(), Some(began + late));
        tokio::time::advance(late - Duration::from_millis(1)).await;
        assert!(gate.opens().is_some());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(gate.opens(), None);
    }
}
