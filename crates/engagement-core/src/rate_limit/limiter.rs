//! What lets a client's requests pass, one token each.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use tokio::time::{Instant, sleep_until};

use crate::auth::clock::deadline_in;
use crate::error::call_target::Subject;
use crate::error::{Error, ErrorKind};
use crate::http::base_url::BaseUrl;
use crate::provider::{Provider, RateLimit};
use crate::rate_limit::lane::{Lane, Turn};
use crate::rate_limit::raw_paths;
use crate::rate_limit::shared::Shared;
use crate::rate_limit::store::{Bucket, InProcessStore, LimitStore, Taken};
use crate::retry::retry_after_pause::RetryAfterPause;

/// Timers are no finer, and a store may answer that there is next to nothing to wait for.
const SHORTEST: Duration = Duration::from_millis(1);

/// The limits of a client and of all that were derived from it.
pub(crate) struct Limiter {
    provider: &'static Provider,
    /// By operation id.
    operations: HashMap<&'static str, Limited>,
    /// For what has no limit of its own.
    others: Option<Limited>,
    /// What this client did itself. It is kept to even if a shared store forgets.
    local: InProcessStore,
    shared: Option<Shared>,
}

/// What the limiter needs to know of a request.
#[derive(Clone, Copy)]
pub(crate) struct LimitedRequest<'a> {
    pub(crate) subject: &'a Subject,
    /// Index of the server among those of the provider.
    pub(crate) server: usize,
    pub(crate) base: &'a BaseUrl,
    pub(crate) url: &'a Url,
    /// The pause that the server asked for, if any.
    pub(crate) pause: &'a RetryAfterPause,
}

/// What a call needs a token of: the operation's bucket, the client's, or both.
#[derive(Clone)]
struct Limited {
    lanes: Vec<Arc<Lane>>,
    buckets: Vec<Bucket>,
}

/// There is no token before the call's deadline.
struct Late<'a> {
    lane: &'a Lane,
    token: Option<Instant>,
}

impl Limiter {
    /// Limits by operation, under the names by which they are counted, and one for all calls.
    pub(crate) fn new(
        provider: &'static Provider,
        operations: impl IntoIterator<Item = (&'static str, &'static str, RateLimit)>,
        client: Option<RateLimit>,
        store: Option<(Arc<dyn LimitStore>, Duration)>,
    ) -> Self {
        let lane =
            |key: &str, limit: RateLimit| Arc::new(Lane::new(bucket(provider, key, limit), limit));
        let all = client.map(|limit| lane("*", limit));
        let mut lanes: HashMap<&str, Arc<Lane>> = HashMap::new();
        let operations = operations.into_iter().map(|(id, key, limit)| {
            let own = lanes.entry(key).or_insert_with(|| lane(key, limit));
            (id, Limited::new(Some(&*own).into_iter().chain(&all)))
        });
        Self {
            provider,
            operations: operations.collect(),
            others: all.as_ref().map(|all| Limited::new([all])),
            local: InProcessStore::new(),
            shared: store.map(|(store, timeout)| Shared::new(provider.name, store, timeout)),
        }
    }

    /// Takes what `request` needs before it is sent. `false` if a pause began while it waited: it has taken nothing then. `waiting` is told how long a wait will be, as far as is known, before it begins.
    pub(crate) async fn pass(
        &self,
        request: LimitedRequest<'_>,
        deadline: Instant,
        waiting: &mut (dyn FnMut(Duration) + Send),
    ) -> Result<bool, Error> {
        let Some(limited) = self.limited(request) else {
            return Ok(true);
        };
        let passed = self.queue(limited, request.pause, deadline, waiting).await;
        passed.map_err(|late| late.error(request.subject.clone()))
    }

    /// Whether others are asked for tokens.
    pub(crate) fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    fn limited(&self, request: LimitedRequest<'_>) -> Option<&Limited> {
        if self.operations.is_empty() {
            return self.others.as_ref();
        }
        let operation = match request.subject {
            Subject::Operation(_, operation) => Some(*operation),
            Subject::Raw(_, method) => {
                let (server, base) = (request.server, request.base);
                raw_paths::operation(self.provider, server, base, method, request.url)
            }
            Subject::Client(_) => None,
        };
        operation
            .and_then(|operation| self.operations.get(operation.id))
            .or(self.others.as_ref())
    }

    async fn queue<'a>(
        &self,
        limited: &'a Limited,
        pause: &RetryAfterPause,
        deadline: Instant,
        waiting: &mut (dyn FnMut(Duration) + Send),
    ) -> Result<bool, Late<'a>> {
        let mut turns: Vec<Turn<'_>> = Vec::with_capacity(limited.lanes.len());
        loop {
            // In the order of the lanes, which is the same for all, so that no two wait for each other.
            for lane in limited.lanes.iter().skip(turns.len()) {
                let turn = lane.turn(deadline, waiting).await;
                turns.push(turn.map_err(|token| Late { lane, token })?);
            }
            // Others may have been asked to pause while this one waited.
            if pause.ends_at().is_some() {
                return Ok(false);
            }
            let (wait, at) = match self.take(limited, deadline).await? {
                Taken::Now => {
                    limited
                        .lanes
                        .iter()
                        .for_each(|lane| lane.closed_until(None));
                    return Ok(true);
                }
                Taken::In { wait, bucket } => (wait.max(SHORTEST), bucket),
            };
            let token = deadline_in(wait);
            let Some(lane) = limited.lanes.get(at) else {
                return Ok(true);
            };
            lane.closed_until(Some(token));
            if token >= deadline {
                let token = Some(token);
                return Err(Late { lane, token });
            }
            // Who waits for a token of its own operation must not hold up all calls.
            turns.truncate(at + 1);
            waiting(wait);
            sleep_until(token).await;
        }
    }

    async fn take<'a>(&self, limited: &'a Limited, deadline: Instant) -> Result<Taken, Late<'a>> {
        let buckets = &limited.buckets;
        let missing = self.local.look(buckets, Instant::now());
        if missing != Taken::Now {
            return Ok(missing);
        }
        if let Some(shared) = &self.shared {
            let taken = shared.take(buckets, deadline).await;
            if let Some(missing @ Taken::In { .. }) = taken {
                return Ok(missing);
            }
            if let (Some(lane), true) = (limited.lanes.first(), Instant::now() >= deadline) {
                return Err(Late { lane, token: None });
            }
        }
        // Nothing is awaited from here to the request: a token that is taken here is used.
        self.local.record(buckets, Instant::now());
        Ok(Taken::Now)
    }
}

impl Limited {
    fn new<'a>(lanes: impl IntoIterator<Item = &'a Arc<Lane>>) -> Self {
        let lanes: Vec<_> = lanes.into_iter().cloned().collect();
        let buckets = lanes.iter().map(|lane| lane.bucket.clone()).collect();
        Self { lanes, buckets }
    }
}

/// With a margin for requests that arrive sooner after each other than they were sent: a provider counts those that arrive.
fn bucket(provider: &Provider, key: &str, limit: RateLimit) -> Bucket {
    const MOST: Duration = Duration::from_millis(250);
    let margin = (limit.per / 200).min(MOST);
    let key = format!("{}:{key}", provider.name);
    Bucket::new(key, limit.requests, limit.per.saturating_add(margin))
}

impl Late<'_> {
    fn error(&self, subject: Subject) -> Error {
        let RateLimit { requests, per, .. } = self.lane.limit;
        let plural = if requests == 1 { "" } else { "s" };
        let detail = format!(
            "not sent: this client's own limit of {requests} request{plural} in {per:?} (`{}`) has no room before the call's \
             time limit; see ClientBuilder::rate_limits",
            self.lane.bucket.key()
        );
        let error = Error::new(ErrorKind::RateLimited, subject, detail);
        match self.token {
            Some(token) => error.with_pause(token.saturating_duration_since(Instant::now())),
            None => error,
        }
    }
}
