//! The queue in which calls wait for a permit of one bucket, in arrival order.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::sync::{MutexGuard, watch};
use tokio::time::{Instant, timeout_at};

use crate::auth::clock::deadline_in;
use crate::provider::RateLimit;
use crate::rate_limit::TimeLeft;
use crate::rate_limit::store::Bucket;

/// The shortest wait: timers have no finer resolution, and a store may ask for less.
pub(crate) const SHORTEST: Duration = Duration::from_millis(1);

/// Only the first call in the queue asks for a permit. If it is dropped, the next call asks.
pub(crate) struct Queue {
    pub(crate) bucket: Bucket,
    /// The limit as configured. The time of the bucket is longer, by a margin.
    pub(crate) limit: RateLimit,
    /// The bucket's key without the account.
    pub(crate) name: String,
    front: tokio::sync::Mutex<()>,
    /// Number of calls that joined so far.
    joined: AtomicU64,
    /// Number of those that left again.
    left: AtomicU64,
    /// The earliest time at which a permit can be available, if known.
    next_permit: watch::Sender<Option<Instant>>,
}

/// The first position in a queue: the right to ask for a permit of its bucket.
pub(crate) struct QueuePermit<'a> {
    _front: MutexGuard<'a, ()>,
    _position: QueuePosition<'a>,
}

impl Queue {
    pub(crate) fn new(bucket: Bucket, limit: RateLimit, name: String) -> Self {
        Self {
            bucket,
            limit,
            name,
            front: tokio::sync::Mutex::default(),
            joined: AtomicU64::new(0),
            left: AtomicU64::new(0),
            next_permit: watch::Sender::new(None),
        }
    }

    /// Waits until this call is the first in the queue. `Err` is the time at which it could get a permit, if known; it
    /// returns as soon as it is known that this time is too late. Before a wait of known duration, it calls `waiting`.
    pub(crate) async fn wait(
        &self,
        time: TimeLeft,
        waiting: &mut (dyn FnMut(Duration) + Send),
    ) -> Result<QueuePermit<'_>, Option<Instant>> {
        let position = QueuePosition::join(self);
        let mut front = pin!(self.front.lock());
        let mut end = time.deadline;
        if position.ahead() > 0 {
            // The calls ahead may all get a permit at once; then nobody waits for one.
            let next_permit = pin!(self.known_next_permit());
            match timeout_at(end, select(front.as_mut(), next_permit)).await {
                Ok(Either::Left((front, _))) => {
                    return Ok(QueuePermit {
                        _front: front,
                        _position: position,
                    });
                }
                Ok(Either::Right((next_permit, _))) => {
                    let wait = self.wait_behind(position.ahead(), next_permit);
                    let permit_at = deadline_in(wait);
                    if !time.fits(permit_at) {
                        return Err(Some(permit_at));
                    }
                    waiting(wait);
                    // The estimate may have been too low.
                    end = end.min(time.latest() + SHORTEST);
                }
                Err(_) => return Err(None),
            }
        }
        match timeout_at(end, front).await {
            Ok(front) => Ok(QueuePermit {
                _front: front,
                _position: position,
            }),
            Err(_) => Err(*self.next_permit.borrow()),
        }
    }

    /// The time until a call with so many calls ahead can get a permit: those that are released first go to the calls ahead.
    fn wait_behind(&self, ahead: u64, next_permit: Instant) -> Duration {
        let rounds = u32::try_from(ahead / u64::from(self.bucket.requests())).unwrap_or(u32::MAX);
        let first = next_permit.saturating_duration_since(Instant::now());
        first.saturating_add(self.bucket.per().saturating_mul(rounds))
    }

    /// The next permit, as soon as the call at the front knows that it has to wait for one.
    async fn known_next_permit(&self) -> Instant {
        let mut changes = self.next_permit.subscribe();
        loop {
            if let Some(next_permit) = *changes.borrow_and_update() {
                return next_permit;
            }
            if changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    pub(crate) fn set_next_permit(&self, next_permit: Option<Instant>) {
        self.next_permit.send_replace(next_permit);
    }
}

/// A position in the queue, until it is dropped.
struct QueuePosition<'a> {
    queue: &'a Queue,
    /// Number of calls that had joined before, and of those that had left.
    joined: u64,
}

impl<'a> QueuePosition<'a> {
    fn join(queue: &'a Queue) -> Self {
        let joined = queue.joined.fetch_add(1, Ordering::Relaxed);
        Self { queue, joined }
    }

    /// Number of calls ahead. It is too low if calls behind were dropped.
    fn ahead(&self) -> u64 {
        let left = self.queue.left.load(Ordering::Relaxed);
        self.joined.saturating_sub(left)
    }
}

impl Drop for QueuePosition<'_> {
    fn drop(&mut self) {
        self.queue.left.fetch_add(1, Ordering::Relaxed);
    }
}
