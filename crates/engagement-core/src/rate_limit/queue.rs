//! The queue in which calls wait for a permit of one bucket, in arrival order.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::MutexGuard;
use tokio::time::{Instant, timeout_at};

use crate::auth::clock::deadline_in;
use crate::provider::RateLimit;
use crate::rate_limit::store::Bucket;

/// Only the first call in the queue asks for a permit. If it is dropped, the next call asks.
pub(crate) struct Queue {
    pub(crate) bucket: Bucket,
    /// The limit as configured. The time of the bucket is longer, by a margin.
    pub(crate) limit: RateLimit,
    front: tokio::sync::Mutex<()>,
    /// Number of calls in the queue, including the first.
    queued: AtomicU32,
    /// The earliest time at which a permit can be available, if known.
    next_permit: Mutex<Option<Instant>>,
}

/// The first position in a queue: the right to ask for a permit of its bucket.
pub(crate) struct QueuePermit<'a> {
    _front: MutexGuard<'a, ()>,
    _position: QueuePosition<'a>,
}

impl Queue {
    pub(crate) fn new(bucket: Bucket, limit: RateLimit) -> Self {
        Self {
            bucket,
            limit,
            front: tokio::sync::Mutex::default(),
            queued: AtomicU32::new(0),
            next_permit: Mutex::default(),
        }
    }

    /// Waits until this call is the first in the queue. `Err` is the time at which it could get a permit, if known; it
    /// returns at once if that time is after `deadline`. Before a wait, it calls `waiting` with the expected duration.
    pub(crate) async fn wait(
        &self,
        deadline: Instant,
        waiting: &mut (dyn FnMut(Duration) + Send),
    ) -> Result<QueuePermit<'_>, Option<Instant>> {
        let position = QueuePosition::join(&self.queued);
        if position.ahead > 0 {
            let wait = self.next_permit().map(|next_permit| {
                // The permits that are released first go to the calls ahead.
                let rounds = position.ahead / self.bucket.requests();
                let first = next_permit.saturating_duration_since(Instant::now());
                first.saturating_add(self.bucket.per().saturating_mul(rounds))
            });
            let permit_at = wait.map(deadline_in);
            if permit_at.is_some_and(|permit_at| permit_at >= deadline) {
                return Err(permit_at);
            }
            waiting(wait.unwrap_or_default());
        }
        match timeout_at(deadline, self.front.lock()).await {
            Ok(front) => Ok(QueuePermit {
                _front: front,
                _position: position,
            }),
            Err(_) => Err(self.next_permit()),
        }
    }

    pub(crate) fn set_next_permit(&self, next_permit: Option<Instant>) {
        *self
            .next_permit
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = next_permit;
    }

    fn next_permit(&self) -> Option<Instant> {
        *self
            .next_permit
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A position in the queue, until it is dropped.
struct QueuePosition<'a> {
    queued: &'a AtomicU32,
    ahead: u32,
}

impl<'a> QueuePosition<'a> {
    fn join(queued: &'a AtomicU32) -> Self {
        let ahead = queued.fetch_add(1, Ordering::Relaxed);
        Self { queued, ahead }
    }
}

impl Drop for QueuePosition<'_> {
    fn drop(&mut self) {
        self.queued.fetch_sub(1, Ordering::Relaxed);
    }
}
