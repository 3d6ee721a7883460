//! Configuration of the rate limits of a client.

use std::sync::Arc;
use std::time::Duration;

use crate::provider::{Operation, Provider, RateLimit};
use crate::rate_limit::limiter::Limiter;
use crate::rate_limit::store::LimitStore;

/// The longest accepted period: clocks cannot represent arbitrary times.
const LONGEST: Duration = Duration::from_secs(60 * 60 * 24 * 366);
const STORE_TIMEOUT: Duration = Duration::from_secs(1);

/// The client-side rate limits: by default, the limits that the provider documents.
///
/// A limit of 100 per minute holds in *any* 60 seconds. Each request uses one of 100 permits; a permit is released one
/// minute later, plus a margin of 0.5 % (at most 250 ms). Up to 100 requests can be sent at once. Retries and logins use
/// permits too.
///
/// Calls without a permit wait in arrival order; [`waited`](crate::Response::waited) includes that time. A call waits only if
/// a whole [`attempt_timeout`](crate::ClientBuilder::attempt_timeout) is left between the wait and the end of its
/// [`timeout`](crate::ClientBuilder::timeout): a request that is sent with less time could be executed although the call times
/// out. Otherwise it fails at once with [`ErrorKind::RateLimited`](crate::ErrorKind::RateLimited). With the defaults, calls wait
/// for up to 30 seconds; to let them wait for a limit per minute, set a timeout of two minutes. A call that is dropped while it
/// waits uses no permit.
///
/// A client shares its limits with its clones and with clients derived from it. Limits of operations count each account by
/// itself: by the account in the path, such as a license code, and by credentials that replace those of the client. Other
/// clients and processes share the limits through a [`LimitStore`]. A raw request counts towards the operation with the same
/// method and path; if there is none, only the limit of [`client`](Self::client) applies.
///
/// ```
/// use std::time::Duration;
///
/// # use engagement_core::{RateLimit, RateLimits};
/// // This account has a higher limit than the documented one; other programs use it too.
/// let limits = RateLimits::documented()
///     .operation("contacts_create", RateLimit::per_minute(10_000))
///     .client(RateLimit::per_second(50));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "limits have no effect until they are set on a client"]
pub struct RateLimits {
    documented: bool,
    /// The last entry for an operation applies.
    operations: Vec<(String, Option<RateLimit>)>,
    client: Option<RateLimit>,
    store_timeout: Duration,
}

impl RateLimits {
    /// The documented limits of the provider, by operation; operations without one are not limited. This is the default.
    pub fn documented() -> Self {
        Self {
            documented: true,
            operations: Vec::new(),
            client: None,
            store_timeout: STORE_TIMEOUT,
        }
    }

    /// No limits except those set with [`operation`](Self::operation) and [`client`](Self::client).
    pub fn unlimited() -> Self {
        Self {
            documented: false,
            ..Self::documented()
        }
    }

    /// Sets the limit of an operation by its id, such as `contacts_create`; `None` removes it. Operations that the provider
    /// counts together share one limit, so setting it for one sets it for all of them.
    pub fn operation(mut self, id: impl Into<String>, limit: impl Into<Option<RateLimit>>) -> Self {
        self.operations.push((id.into(), limit.into()));
        self
    }

    /// Sets a limit for all calls of the client together, for all accounts, in addition to the limits of operations.
    pub fn client(mut self, limit: impl Into<Option<RateLimit>>) -> Self {
        self.client = limit.into();
        self
    }

    /// How long a call waits for a [`LimitStore`] before it continues with the limits of this client alone; 1 second if not
    /// set. While the store is unavailable, no call waits for it.
    pub fn store_timeout(mut self, timeout: Duration) -> Self {
        self.store_timeout = timeout;
        self
    }

    /// The limiter for these limits, or why they are invalid.
    pub(crate) fn limiter(
        &self,
        provider: &'static Provider,
        store: Option<Arc<dyn LimitStore>>,
    ) -> Result<Limiter, String> {
        let find = |id: &str| provider.operations.iter().find(|known| known.id == id);
        let mut changes = Vec::new();
        for (id, limit) in &self.operations {
            let operation =
                find(id).ok_or_else(|| format!("there is no operation `{id}` to limit"))?;
            check(*limit, &format!("`{id}`"))?;
            changes.push((key(operation), *limit));
        }
        check(self.client, "all calls")?;
        if self.store_timeout.is_zero() {
            return Err("store_timeout must be greater than zero".to_owned());
        }
        let limits = provider.operations.iter().filter_map(|operation| {
            let key = key(operation);
            let change = changes.iter().rev().find(|(changed, _)| *changed == key);
            let documented = operation.rate_limit.filter(|_| self.documented);
            let limit = change.map_or(documented, |(_, limit)| *limit)?;
            Some((operation.id, key, limit))
        });
        let store = store.map(|store| (store, self.store_timeout));
        Ok(Limiter::new(provider, limits, self.client, store))
    }
}

impl Default for RateLimits {
    fn default() -> Self {
        Self::documented()
    }
}

/// The key under which the requests of an operation are counted.
fn key(operation: &'static Operation) -> &'static str {
    let shared = operation.rate_limit.and_then(|limit| limit.shared);
    shared.unwrap_or(operation.id)
}

fn check(limit: Option<RateLimit>, of: &str) -> Result<(), String> {
    match limit {
        Some(limit) if limit.requests == 0 || limit.per.is_zero() => Err(format!(
            "the rate limit of {of} must allow at least one request, in a period greater than zero"
        )),
        Some(limit) if limit.per > LONGEST => Err(format!(
            "the period of the rate limit of {of} is longer than a year"
        )),
        _ => Ok(()),
    }
}
