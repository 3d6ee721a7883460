//! Which limits a client keeps.

use std::sync::Arc;
use std::time::Duration;

use crate::limit_store::LimitStore;
use crate::provider::{Operation, Provider, RateLimit};
use crate::rate_limit::limiter::Limiter;

/// Longer ones make no sense, and clocks have an end.
const LONGEST: Duration = Duration::from_secs(60 * 60 * 24 * 366);
const STORE_TIMEOUT: Duration = Duration::from_secs(1);

/// How many requests a client sends at most: what the provider documents, unless you know better.
///
/// A limit of 100 in a minute means that there are never more than 100 in *any* 60 seconds: each request takes one of 100
/// tokens, which comes back a minute and a little (0.5 %, at most 250 ms) later. Up to 100 can go at once. Retries and logins
/// take tokens too.
///
/// Without a token a call waits, in the order in which calls came, and counts that into
/// [`waited`](crate::Response::waited). If it is known that its overall
/// [`timeout`](crate::ClientBuilder::timeout) is over before, it fails at once with
/// [`ErrorKind::RateLimited`](crate::ErrorKind::RateLimited): give a call more than a minute if it is to wait for a limit per
/// minute. A call that is dropped takes no token.
///
/// Limits are the client's, its clones' and those of clients derived from it. Several clients or processes share them
/// through a [`LimitStore`]. Raw requests count where their method and path are those of an operation; others are bound
/// by [`client`](Self::client) only.
///
/// ```
/// use std::time::Duration;
///
/// # use engagement_core::{RateLimit, RateLimits};
/// // The account was given more than usual, and this program is to leave something for others.
/// let limits = RateLimits::documented()
///     .operation("contacts_create", RateLimit::per_minute(10_000))
///     .client(RateLimit::per_second(50));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "they are used by giving them to a client"]
pub struct RateLimits {
    documented: bool,
    /// Of several for one operation the last counts.
    operations: Vec<(String, Option<RateLimit>)>,
    client: Option<RateLimit>,
    store_timeout: Duration,
}

impl RateLimits {
    /// The provider's documented limits, by operation; those without are not limited. This is what a client has if
    /// nothing else is said.
    pub fn documented() -> Self {
        Self {
            documented: true,
            operations: Vec::new(),
            client: None,
            store_timeout: STORE_TIMEOUT,
        }
    }

    /// No limits but those that are set with [`operation`](Self::operation) and [`client`](Self::client).
    pub fn unlimited() -> Self {
        Self {
            documented: false,
            ..Self::documented()
        }
    }

    /// Sets the limit of an operation by its id, such as `contacts_create`, or lifts it with `None`. Operations which
    /// the provider counts together keep one limit: what is set for one is set for all of them.
    pub fn operation(mut self, id: impl Into<String>, limit: impl Into<Option<RateLimit>>) -> Self {
        self.operations.push((id.into(), limit.into()));
        self
    }

    /// Sets a limit for all calls of the client together, on top of those of operations.
    pub fn client(mut self, limit: impl Into<Option<RateLimit>>) -> Self {
        self.client = limit.into();
        self
    }

    /// How long a [`LimitStore`] may take to answer before a call does without it; 1 second if not set.
    pub fn store_timeout(mut self, timeout: Duration) -> Self {
        self.store_timeout = timeout;
        self
    }

    /// What keeps these limits, or why they make no sense.
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
            return Err("store_timeout must be more than nothing".to_owned());
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

/// The name under which an operation's requests are counted.
fn key(operation: &'static Operation) -> &'static str {
    let shared = operation.rate_limit.and_then(|limit| limit.shared);
    shared.unwrap_or(operation.id)
}

fn check(limit: Option<RateLimit>, of: &str) -> Result<(), String> {
    match limit {
        Some(limit) if limit.requests == 0 || limit.per.is_zero() => Err(format!(
            "the rate limit of {of} must be more than nothing, in more than no time"
        )),
        Some(limit) if limit.per > LONGEST => {
            Err(format!("the rate limit of {of} is for more than a year"))
        }
        _ => Ok(()),
    }
}
