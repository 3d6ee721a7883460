//! The rate limiter of a client: each request uses one permit.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::Url;
use tokio::time::{Instant, sleep_until};

use crate::auth::clock::deadline_in;
use crate::error::call_target::CallTarget;
use crate::error::{Error, ErrorKind};
use crate::http::base_url::BaseUrl;
use crate::provider::{Operation, Provider, RateLimit};
use crate::rate_limit::queue::{Queue, QueuePermit, SHORTEST};
use crate::rate_limit::store::{Acquire, Bucket, InProcessStore, LimitStore};
use crate::rate_limit::store_with_fallback::StoreWithFallback;
use crate::rate_limit::{TimeLeft, in_millis, raw_paths};
use crate::retry::retry_after_pause::RetryAfterPause;

/// Accounts without a call in progress are removed when there are more entries than this.
const MANY: usize = 1024;

/// The limits of a client and of all clients derived from it.
pub(crate) struct Limiter {
    provider: &'static Provider,
    /// The key under which requests are counted and the limit, by operation id.
    operations: HashMap<&'static str, (&'static str, RateLimit)>,
    /// The limits of operations, by bucket key: each account has its own.
    accounts: Mutex<HashMap<String, Arc<OperationLimits>>>,
    /// The limit for all calls.
    all: Option<Arc<Queue>>,
    /// For requests without a limit of their own.
    others: Option<Arc<OperationLimits>>,
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
    /// Stands for the credentials of a derived client, if they are those of another account.
    pub(crate) account: Option<u64>,
    /// The pause that the server asked for, if any.
    pub(crate) pause: &'a RetryAfterPause,
}

/// The limits that apply to one operation: its own, the limit for all calls, or both.
struct OperationLimits {
    queues: Vec<Arc<Queue>>,
    buckets: Vec<Bucket>,
}

/// The call cannot wait until a permit is available.
struct NoTime<'a> {
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
        let all = client.map(|limit| {
            let name = format!("{}:*", provider.name);
            Arc::new(Queue::new(bucket(name.clone(), limit), limit, name))
        });
        let operations = operations.into_iter();
        Self {
            provider,
            operations: operations
                .map(|(id, key, limit)| (id, (key, limit)))
                .collect(),
            accounts: Mutex::default(),
            others: all
                .clone()
                .map(|all| Arc::new(OperationLimits::new(vec![all]))),
            all,
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
        time: TimeLeft,
        waiting: &mut (dyn FnMut(Duration) + Send),
    ) -> Result<bool, Error> {
        let Some(limits) = self.limits(request) else {
            return Ok(true);
        };
        let passed = self
            .wait_in_queues(&limits, request.pause, time, waiting)
            .await;
        passed.map_err(|no_time| no_time.error(request.target.clone(), time))
    }

    /// Whether permits come from a store, which takes time to respond.
    pub(crate) fn has_store(&self) -> bool {
        self.store.is_some()
    }

    fn limits(&self, request: LimitedRequest<'_>) -> Option<Arc<OperationLimits>> {
        if self.operations.is_empty() {
            return self.others.clone();
        }
        let operation = match request.target {
            CallTarget::Operation(_, operation) => Some(*operation),
            CallTarget::Raw(_, method) => {
                let (server, base) = (request.server, request.base);
                raw_paths::operation(self.provider, server, base, method, request.url)
            }
            CallTarget::Client(_) => None,
        };
        let limited =
            operation.and_then(|operation| Some((operation, *self.operations.get(operation.id)?)));
        match limited {
            Some((operation, (key, limit))) => {
                Some(self.of_account(request, operation, key, limit))
            }
            None => self.others.clone(),
        }
    }

    /// The limits of an operation for the account of the request: a provider counts the requests of each account.
    fn of_account(
        &self,
        request: LimitedRequest<'_>,
        operation: &Operation,
        key: &str,
        limit: RateLimit,
    ) -> Arc<OperationLimits> {
        let name = format!("{}:{key}", self.provider.name);
        let mut key = name.clone();
        let values = raw_paths::client_values(
            self.provider,
            operation.path,
            request.base.path_of(request.url).unwrap_or_default(),
        );
        for value in values {
            key.push(':');
            key.push_str(&value);
        }
        if let Some(account) = request.account {
            let _ = write!(key, "#{account:016x}");
        }
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(limits) = accounts.get(&key) {
            return Arc::clone(limits);
        }
        if accounts.len() >= MANY && accounts.len().is_power_of_two() {
            // What was counted is kept by the store; without calls, the queue is empty.
            accounts.retain(|_, limits| Arc::strong_count(limits) > 1);
        }
        let own = Arc::new(Queue::new(bucket(key.clone(), limit), limit, name));
        let limits = OperationLimits::new([own].into_iter().chain(self.all.clone()).collect());
        Arc::clone(accounts.entry(key).or_insert(Arc::new(limits)))
    }

    async fn wait_in_queues<'a>(
        &self,
        limits: &'a OperationLimits,
        pause: &RetryAfterPause,
        time: TimeLeft,
        waiting: &mut (dyn FnMut(Duration) + Send),
    ) -> Result<bool, NoTime<'a>> {
        let mut permits: Vec<QueuePermit<'_>> = Vec::with_capacity(limits.queues.len());
        loop {
            // All calls enter the queues in the same order, so that no two wait for each other.
            for queue in limits.queues.iter().skip(permits.len()) {
                let permit = queue.wait(time, waiting).await;
                permits.push(permit.map_err(|permit_at| NoTime { queue, permit_at })?);
            }
            // The provider may have asked another call for a pause meanwhile.
            if pause.ends_at().is_some() {
                return Ok(false);
            }
            let (wait, at) = match self.acquire(limits, time.deadline).await? {
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
            if !time.fits(permit_at) {
                let permit_at = Some(permit_at);
                return Err(NoTime { queue, permit_at });
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
    ) -> Result<Acquire, NoTime<'a>> {
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
                return Err(NoTime {
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
    fn new(queues: Vec<Arc<Queue>>) -> Self {
        let buckets = queues.iter().map(|queue| queue.bucket.clone()).collect();
        Self { queues, buckets }
    }
}

/// The time of a bucket has a margin: requests may arrive closer together than they were sent, and a provider counts
/// arrivals.
fn bucket(key: String, limit: RateLimit) -> Bucket {
    const MOST: Duration = Duration::from_millis(250);
    let margin = (limit.per / 200).min(MOST);
    Bucket::new(key, limit.requests, limit.per.saturating_add(margin))
}

impl NoTime<'_> {
    fn error(&self, target: CallTarget, time: TimeLeft) -> Error {
        let RateLimit { requests, per, .. } = self.queue.limit;
        let plural = if requests == 1 { "" } else { "s" };
        let limit = format!(
            "not sent: the client's rate limit of {requests} request{plural} in {per:?} (`{}`)",
            self.queue.name
        );
        let Some(permit_at) = self.permit_at else {
            let detail = format!(
                "{limit} did not allow it before the call timed out; see ClientBuilder::rate_limits"
            );
            return Error::new(ErrorKind::RateLimited, target, detail);
        };
        let wait = permit_at.saturating_duration_since(Instant::now());
        let detail = format!(
            "{limit} allows it in {:?}, and then less than a whole attempt_timeout would be left; make `timeout` at least {:?} \
             longer, or see ClientBuilder::rate_limits",
            in_millis(wait),
            in_millis(time.missing(permit_at)),
        );
        Error::new(ErrorKind::RateLimited, target, detail).with_pause(wait)
    }
}
