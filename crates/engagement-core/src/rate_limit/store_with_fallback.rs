//! A shared store, and the client's own limits while it is unavailable.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

use crate::auth::clock::deadline_in;
use crate::rate_limit::store::{Acquire, Bucket, LimitStore, StoreError};
use crate::telemetry::trace;

/// How long a store is not asked after it failed.
const PAUSE: Duration = Duration::from_secs(2);

pub(crate) struct StoreWithFallback(Arc<Shared>);

struct Shared {
    provider: &'static str,
    store: Arc<dyn LimitStore>,
    timeout: Duration,
    state: watch::Sender<State>,
}

/// Whether the store is asked.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Up,
    /// It failed, and is left alone until then.
    Down(Instant),
    /// It failed, and one request finds out whether it is available again.
    Probed,
}

impl StoreWithFallback {
    pub(crate) fn new(
        provider: &'static str,
        store: Arc<dyn LimitStore>,
        timeout: Duration,
    ) -> Self {
        Self(Arc::new(Shared {
            provider,
            store,
            timeout,
            state: watch::Sender::new(State::Up),
        }))
    }

    /// The response of the store; `None` if it is unavailable.
    pub(crate) async fn acquire(&self, buckets: &[Bucket], deadline: Instant) -> Option<Acquire> {
        let shared = &self.0;
        if *shared.state.borrow() != State::Up {
            shared.probe_if_due(buckets);
            return None;
        }
        let limit = deadline_in(shared.timeout);
        let asking = pin!(timeout_at(limit.min(deadline), shared.ask(buckets)));
        let failed = pin!(shared.failed_for_another_call());
        // Once it failed, no other call waits for it.
        let Either::Left((outcome, _)) = select(asking, failed).await else {
            return None;
        };
        match outcome {
            Ok(outcome) => shared.report(outcome),
            // The call ran out of time: that says nothing about the store.
            Err(_) if limit > deadline => None,
            Err(_) => shared.report(Err(no_response())),
        }
    }
}

impl Shared {
    /// Asks the store. A panic and a response that makes no sense are errors like others.
    async fn ask(&self, buckets: &[Bucket]) -> Result<Acquire, StoreError> {
        let mut asking = pin!(async { self.store.acquire(buckets).await });
        let acquired = poll_fn(|context| {
            let poll = AssertUnwindSafe(|| asking.as_mut().poll(context));
            catch_unwind(poll)
                .unwrap_or_else(|_| Poll::Ready(Err(StoreError::new("the store panicked"))))
        });
        let acquired = acquired.await?;
        let Acquire::RetryIn { wait, bucket } = acquired else {
            return Ok(acquired);
        };
        match buckets.get(bucket) {
            None => Err(StoreError::new(
                "the response names a bucket that does not exist",
            )),
            Some(bucket) if wait > bucket.per().saturating_mul(2) => Err(StoreError::new(
                "the response asks for a wait of more than twice the period of the limit",
            )),
            Some(_) => Ok(acquired),
        }
    }

    /// Finds out whether the store is available again, if it was left alone for long enough. No call waits for that: the
    /// request of the call that is due is counted by the store as soon as it responds.
    fn probe_if_due(self: &Arc<Self>, buckets: &[Bucket]) {
        let is_due = self.state.send_if_modified(|state| match *state {
            State::Down(until) if Instant::now() >= until => {
                *state = State::Probed;
                true
            }
            _ => false,
        });
        if !is_due {
            return;
        }
        let (shared, buckets) = (Arc::clone(self), buckets.to_vec());
        tokio::spawn(async move {
            let probe = Probe(shared);
            let shared = &probe.0;
            let outcome = timeout(shared.timeout, shared.ask(&buckets)).await;
            shared.report(outcome.unwrap_or_else(|_| Err(no_response())));
        });
    }

    fn report(&self, outcome: Result<Acquire, StoreError>) -> Option<Acquire> {
        let (state, reason) = match &outcome {
            Ok(_) => (State::Up, None),
            Err(error) => (State::Down(deadline_in(PAUSE)), Some(error.to_string())),
        };
        let was_up = self.state.send_replace(state) == State::Up;
        match reason {
            Some(reason) if was_up => trace::store_failed(self.provider, &reason),
            None if !was_up => trace::store_recovered(self.provider),
            _ => {}
        }
        outcome.ok()
    }

    async fn failed_for_another_call(&self) {
        let mut changes = self.state.subscribe();
        while *changes.borrow_and_update() == State::Up {
            if changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

/// Lets another call probe if the runtime ends before the store responds.
struct Probe(Arc<Shared>);

impl Drop for Probe {
    fn drop(&mut self) {
        self.0.state.send_if_modified(|state| {
            let unanswered = *state == State::Probed;
            if unanswered {
                *state = State::Down(Instant::now());
            }
            unanswered
        });
    }
}

fn no_response() -> StoreError {
    StoreError::new("no response in time")
}
