//! Stores that count requests for rate limits: in this process, in Redis, or your own.

mod in_process;
#[cfg(feature = "redis")]
mod redis_store;

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;

pub use in_process::InProcessStore;
#[cfg(feature = "redis")]
#[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
pub use redis_store::RedisStore;

/// Counts requests for all clients that share a limit. Set it with
/// [`ClientBuilder::limit_store`](crate::ClientBuilder::limit_store).
///
/// A [`Bucket`] has as many permits as its limit allows requests. A request acquires a permit, which is released when the
/// bucket's time has passed since then. So the limit holds in *any* period of that length (a sliding window). Unused permits
/// do not accumulate.
///
/// A store does not need a queue: a client queues the calls of an operation in arrival order, asks for the first of them
/// only, and asks again when the wait is over. It may ask for several operations at the same time.
///
/// ```
/// use std::pin::Pin;
///
/// # use engagement_core::limit_store::{Acquire, Bucket, InProcessStore, LimitStore, StoreError};
/// /// Counts in this process, and prints each wait.
/// struct Printing(InProcessStore);
///
/// impl LimitStore for Printing {
///     fn acquire<'a>(
///         &'a self,
///         buckets: &'a [Bucket],
///     ) -> Pin<Box<dyn Future<Output = Result<Acquire, StoreError>> + Send + 'a>> {
///         Box::pin(async move {
///             let acquired = self.0.acquire(buckets).await?;
///             if let Acquire::RetryIn { wait, bucket } = acquired {
///                 println!("{}: no permit for {wait:?}", buckets[bucket].key());
///             }
///             Ok(acquired)
///         })
///     }
/// }
/// ```
pub trait LimitStore: Send + Sync + 'static {
    /// Acquires one permit from each of the buckets, or none at all. `buckets` is not empty, and the keys differ.
    ///
    /// The future is dropped after [`RateLimits::store_timeout`](crate::RateLimits::store_timeout), and when the call is
    /// dropped.
    ///
    /// A response that names a bucket that does not exist or a wait of more than twice the period of its bucket, and a panic,
    /// count as errors.
    ///
    /// # Errors
    /// If the store is unavailable. The client then keeps the limits for itself alone. 2 seconds later it asks the store again,
    /// in a task of its own: no call waits for that.
    fn acquire<'a>(
        &'a self,
        buckets: &'a [Bucket],
    ) -> Pin<Box<dyn Future<Output = Result<Acquire, StoreError>> + Send + 'a>>;
}

/// The result of [`LimitStore::acquire`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acquire {
    /// All permits were acquired.
    Granted,
    /// A bucket had no permit; none was acquired.
    RetryIn {
        /// How long to wait before asking again.
        wait: Duration,
        /// Index of the bucket without a permit; of several, the one with the longest wait.
        bucket: usize,
    },
}

/// A limit, and the key under which its requests are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    key: String,
    requests: u32,
    per: Duration,
}

impl Bucket {
    /// A bucket with at least one permit.
    pub fn new(key: impl Into<String>, requests: u32, per: Duration) -> Self {
        Self {
            key: key.into(),
            requests: requests.max(1),
            per,
        }
    }

    /// The provider and the operation, such as `acme:contacts_list`; `acme:*` for all of a client's calls. An account that the
    /// path names follows: `acme:contacts_list:account-7`. For credentials that replace those of the client, a number follows
    /// that is the same within this process only, such as `#00c0ffee00c0ffee`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Number of permits.
    #[must_use]
    pub fn requests(&self) -> u32 {
        self.requests
    }

    /// The time after which a permit is released: the period of the limit plus a margin, because requests do not all take
    /// equally long to arrive.
    #[must_use]
    pub fn per(&self) -> Duration {
        self.per
    }
}

/// Why a store is unavailable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError(Cow<'static, str>);

impl StoreError {
    /// The reason is logged: it must not contain secrets.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StoreError {}
