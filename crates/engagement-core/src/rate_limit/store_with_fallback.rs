//! A shared store, and the client's own limits while it is unavailable.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::auth::clock::deadline_in;
use crate::rate_limit::store::{Acquire, Bucket, LimitStore};
use crate::telemetry::trace;

/// How long a store is not asked after it failed.
const PAUSE: Duration = Duration::from_secs(2);

pub(crate) struct StoreWithFallback {
    provider: &'static str,
    store: Arc<dyn LimitStore>,
    timeout: Duration,
    /// When to ask again, if the store failed.
    down: Mutex<Option<Instant>>,
}

impl StoreWithFallback {
    pub(crate) fn new(
        provider: &'static str,
        store: Arc<dyn LimitStore>,
        timeout: Duration,
    ) -> Self {
        Self {
            provider,
            store,
            timeout,
            down: Mutex::default(),
        }
    }

    /// The response of the store; `None` if it is unavailable.
    pub(crate) async fn acquire(&self, buckets: &[Bucket], deadline: Instant) -> Option<Acquire> {
        if !self.is_due() {
            return None;
        }
        let limit = deadline_in(self.timeout);
        match timeout_at(limit.min(deadline), self.store.acquire(buckets)).await {
            Ok(Ok(acquired)) => {
                self.succeeded();
                Some(acquired)
            }
            Ok(Err(error)) => {
                self.failed(&error.to_string());
                None
            }
            // The call ran out of time: that says nothing about the store.
            Err(_) if limit > deadline => None,
            Err(_) => {
                self.failed("no response in time");
                None
            }
        }
    }

    /// Whether to ask the store. After a failure, one call tries again when the pause is over; the others continue without.
    fn is_due(&self) -> bool {
        let mut down = self.down();
        match *down {
            None => true,
            Some(until) if Instant::now() < until => false,
            Some(_) => {
                *down = Some(deadline_in(self.timeout.saturating_add(PAUSE)));
                true
            }
        }
    }

    fn succeeded(&self) {
        if self.down().take().is_some() {
            trace::store_recovered(self.provider);
        }
    }

    fn failed(&self, reason: &str) {
        if self.down().replace(deadline_in(PAUSE)).is_none() {
            trace::store_failed(self.provider, reason);
        }
    }

    fn down(&self) -> MutexGuard<'_, Option<Instant>> {
        self.down.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
