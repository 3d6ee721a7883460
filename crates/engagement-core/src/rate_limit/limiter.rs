//! The rate limiter of a client: each request uses one permit.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use tokio::time::{Instant, sleep_until};

use crate::auth::clock::deadline_in;
use crate::error::call_target::CallTarget;
use crate::error::{Error, ErrorKind};
use crate::http::base_url::BaseUrl;
use crate::provider::{Provider, RateLimit};
use crate::rate_limit::queue::{Queue, QueuePermit};
use crate::rate_limit::raw_paths;
use crate::rate_limit::store::{Acquire, Bucket, InProcessStore, LimitStore};
use crate::rate_limit::store_with_fallback::StoreWithFallback;
use crate::retry::retry_after_pause::RetryAfterPause;

/// The shortest wait: timers have no finer resolution, and a store may ask for less.
const SHORTEST: Duration = Duration::from_millis(1);

/// The limits of a client and of all clients derived from it.
pub(crate) struct Limiter {
    provider: &'static Provider,
    /// By operation id.
    operations: HashMap<&'static str, OperationLimits>,
    /// For requests without a limit of their own.
    others: Option<OperationLimits>,
    /// Counts the requests of this client, so that its limits hold even if a shared store loses its data.
    local: InProcessStore,
    store: Option<StoreWithFallback>,
}

/// The facts about a request that the limiter needs.
#[derive(Clone, Copy)]
pub(crate) struct LimitedRequest<'a> {
    pub(crate) target: &'a CallTarget,
    /// Index of the server among those of the provider.
    pub(crate) server: usize,
    pub(crate) base: &'a BaseUrl,
    pub(crate) url: &'a Url,
    /// The pause that the server asked for, if any.
    pub(crate) pause: &'a RetryAfterPause,
}

/// The limits that apply to one operation: its own, the limit for all calls, or both.
#[derive(Clone)]
struct OperationLimits {
    queues: Vec<Arc<Queue>>,
    buckets: Vec<Bucket>,
}

/// No permit is available before the deadline of the call.
struct DeadlineExceeded<'a> {
    queue: &'a Queue,
    permit_at: Option<Instant>,
}

impl Limiter {
    /// `operations` has the id of each limited operation, the key under which its requests are counted, and its limit.
    /// `client` is the limit for all calls.
    pub(crate) fn new(
        provider: &'static Provider,
        operations: impl IntoIterator<Item = (&'static str, &'static str, RateLimit)>,
        client: Option<RateLimit>,
        store: Option<(Arc<dyn LimitStore>, Duration)>,
    ) -> Self {
        let queue =
            |key: &str, limit: RateLimit| Arc::new(Queue::new(bucket(provider, key, limit), limit));
        let all = client.map(|limit| queue("*", limit));
        let mut queues: HashMap<&str, Arc<Queue>> = HashMap::new();
        let operations = operations.into_iter().map(|(id, key, limit)| {
            let own = queues.entry(key).or_insert_with(|| queue(key, limit));
            (
                id,
                OperationLimits::new(Some(&*own).into_iter().chain(&all)),
            )
        });
        Self {
            provider,
            operations: operations.collect(),
            others: all.as_ref().map(|all| OperationLimits::new([all])),
            local: InProcessStore::new(),
            store: store
                .map(|(store, timeout)| StoreWithFallback::new(provider.name, store, timeout)),
        }
    }

    /// Acquires the permits of `request`, or returns `false` without any if a pause began meanwhile. Before a wait, it
    /// calls `waiting` with the expected duration.
    pub(crate) async fn pass(
        &self,
        request: LimitedRequest<'_>,
        deadline: Instant,
        waiting: &mut (dyn FnMut(Duration) + Send),
    ) -> Result<bool, Error> {
        let Some(limits) = self.limits(request) else {
            return Ok(true);
        };
        let passed = self
            .wait_in_queues(limits, request.pause, deadline, waiting)
            .await;
        passed.map_err(|exceeded| exceeded.error(request.target.clone()))
    }

    /// Whether permits come from a store, which takes time to respond.
    pub(crate) fn has_store(&self) -> bool {
        self.store.is_some()
    }

    fn limits(&self, request: LimitedRequest<'_>) -> Option<&OperationLimits> {
        if self.operations.is_empty() {
            return self.others.as_ref();
        }
        let operation = match request.target {
            CallTarget::Operation(_, operation) => Some(*operation),
            CallTarget::Raw(_, method) => {
                let (server, base) = (request.server, request.base);
                raw_paths::operation(self.provider, server, base, method, request.url)
            }
            CallTarget::Client(_) => None,
        };
        operation
            .and_then(|operation| self.operations.get(operation.id))
            .or(self.others.as_ref())
    }

    async fn wait_in_queues<'a>(
        &self,
        limits: &'a OperationLimits,
        pause: &RetryAfterPause,
        deadline: Instant,
        waiting: &mut (dyn FnMut(Duration) + Send),
    ) -> Result<bool, DeadlineExceeded<'a>> {
        let mut permits: Vec<QueuePermit<'_>> = Vec::with_capacity(limits.queues.len());
        loop {
            // All calls enter the queues in the same order, so that no two wait for each other.
            for queue in limits.queues.iter().skip(permits.len()) {
                let permit = queue.wait(deadline, waiting).await;
                permits.push(permit.map_err(|permit_at| DeadlineExceeded { queue, permit_at })?);
            }
            // The provider may have asked another call for a pause meanwhile.
            if pause.ends_at().is_some() {
                return Ok(false);
            }
            let (wait, at) = match self.acquire(limits, deadline).await? {
                Acquire::Granted => {
                    limits
                        .queues
                        .iter()
                        .for_each(|queue| queue.set_next_permit(None));
                    return Ok(true);
                }
                Acquire::RetryIn { wait, bucket } => (wait.max(SHORTEST), bucket),
            };
            let permit_at = deadline_in(wait);
            let Some(queue) = limits.queues.get(at) else {
                return Ok(true);
            };
            queue.set_next_permit(Some(permit_at));
            if permit_at >= deadline {
                let permit_at = Some(permit_at);
                return Err(DeadlineExceeded { queue, permit_at });
            }
            // Leave the later queues: a call that waits for its operation must not block all other calls.
            permits.truncate(at + 1);
            waiting(wait);
            sleep_until(permit_at).await;
        }
    }

    async fn acquire<'a>(
        &self,
        limits: &'a OperationLimits,
        deadline: Instant,
    ) -> Result<Acquire, DeadlineExceeded<'a>> {
        let buckets = &limits.buckets;
        let missing = self.local.look(buckets, Instant::now());
        if missing != Acquire::Granted {
            return Ok(missing);
        }
        if let Some(store) = &self.store {
            let acquired = store.acquire(buckets, deadline).await;
            if let Some(missing @ Acquire::RetryIn { .. }) = acquired {
                return Ok(missing);
            }
            if let (Some(queue), true) = (limits.queues.first(), Instant::now() >= deadline) {
                return Err(DeadlineExceeded {
                    queue,
                    permit_at: None,
                });
            }
        }
        // Nothing is awaited between here and the request, so the permit is used.
        self.local.record(buckets, Instant::now());
        Ok(Acquire::Granted)
    }
}

impl OperationLimits {
    fn new<'a>(queues: impl IntoIterator<Item = &'a Arc<Queue>>) -> Self {
        let queues: Vec<_> = queues.into_iter().cloned().collect();
        let buckets = queues.iter().map(|queue| queue.bucket.clone()).collect();
        Self { queues, buckets }
    }
}

/// The time of a bucket has a margin: requests may arrive closer together than they were sent, and a provider counts
/// arrivals.
fn bucket(provider: &Provider, key: &str, limit: RateLimit) -> Bucket {
    const MOST: Duration = Duration::from_millis(250);
    let margin = (limit.per / 200).min(MOST);
    let key = format!("{}:{key}", provider.name);
    Bucket::new(key, limit.requests, limit.per.saturating_add(margin))
}

impl DeadlineExceeded<'_> {
    fn error(&self, target: CallTarget) -> Error {
        let RateLimit { requests, per, .. } = self.queue.limit;
        let plural = if requests == 1 { "" } else { "s" };
        let detail = format!(
            "not sent: the client's rate limit of {requests} request{plural} in {per:?} (`{}`) allows no request before the \
             call times out; see ClientBuilder::rate_limits",
            self.queue.bucket.key()
        );
        let error = Error::new(ErrorKind::RateLimited, target, detail);
        match self.permit_at {
            Some(permit_at) => {
                error.with_pause(permit_at.saturating_duration_since(Instant::now()))
            }
            None => error,
        }
    }
}
