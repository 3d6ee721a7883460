//! A store that others count in too, and that may be out of reach.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::auth::clock::deadline_in;
use crate::rate_limit::store::{Bucket, LimitStore, Taken};
use crate::telemetry::trace;

/// How long a store that failed is left alone.
const PAUSE: Duration = Duration::from_secs(2);

pub(crate) struct Shared {
    provider: &'static str,
    store: Arc<dyn LimitStore>,
    timeout: Duration,
    /// When to ask a store again that failed.
    down: Mutex<Option<Instant>>,
}

impl Shared {
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

    /// What came of asking the store; `None` if it has no answer.
    pub(crate) async fn take(&self, buckets: &[Bucket], deadline: Instant) -> Option<Taken> {
        if !self.may_be_asked() {
            return None;
        }
        let limit = deadline_in(self.timeout);
        match timeout_at(limit.min(deadline), self.store.take(buckets)).await {
            Ok(Ok(taken)) => {
                self.answered();
                Some(taken)
            }
            Ok(Err(error)) => {
                self.failed(&error.to_string());
                None
            }
            // That a call has no more time says nothing about the store.
            Err(_) if limit > deadline => None,
            Err(_) => {
                self.failed("no response in time");
                None
            }
        }
    }

    /// Whether it is not known to be down. If it is, one call asks after a while, and the others do without.
    fn may_be_asked(&self) -> bool {
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

    fn answered(&self) {
        if self.down().take().is_some() {
            trace::store_answers(self.provider);
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
