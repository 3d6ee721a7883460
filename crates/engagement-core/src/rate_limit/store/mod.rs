//! Where requests are counted that count towards a limit: in this process, in Redis, or in what you write yourself.

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

/// Counts requests for all who share a limit, for [`ClientBuilder::limit_store`](crate::ClientBuilder::limit_store).
///
/// A bucket holds as many tokens as its limit has requests. A request takes a token, which comes back when the limit's time
/// has passed since it was taken: so there are never more requests than the limit says in *any* stretch of that
/// length, not only in those that begin on the minute. Tokens must not come back any faster after a pause.
///
/// A store needs no queue: a client asks for one call of an operation at a time, those that came first first, and asks again
/// when the wait is over. It can be asked for several operations at once.
///
/// ```
/// use std::pin::Pin;
///
/// # use engagement_core::limit_store::{Bucket, InProcessStore, LimitStore, StoreError, Taken};
/// /// Counts in this process, and tells whenever there is no token.
/// struct Telling(InProcessStore);
///
/// impl LimitStore for Telling {
///     fn take<'a>(
///         &'a self,
///         buckets: &'a [Bucket],
///     ) -> Pin<Box<dyn Future<Output = Result<Taken, StoreError>> + Send + 'a>> {
///         Box::pin(async move {
///             let taken = self.0.take(buckets).await?;
///             if let Taken::In { wait, bucket } = taken {
///                 println!("nothing in {} for {wait:?}", buckets[bucket].key());
///             }
///             Ok(taken)
///         })
///     }
/// }
/// ```
pub trait LimitStore: Send + Sync + 'static {
    /// Takes a token from each of the buckets, or from none. There is one bucket or more, and they have different keys.
    ///
    /// The client waits for this no longer than [`RateLimits::store_timeout`](crate::RateLimits::store_timeout); the future
    /// is dropped then, and with a call that is.
    ///
    /// # Errors
    /// If the store cannot be asked. The client goes on by itself then, and asks again after a while.
    fn take<'a>(
        &'a self,
        buckets: &'a [Bucket],
    ) -> Pin<Box<dyn Future<Output = Result<Taken, StoreError>> + Send + 'a>>;
}

/// What came of asking for tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// All were there, and are taken.
    Now,
    /// One was missing, and none is taken.
    In {
        /// The time until the missing one is there, if nobody else takes it.
        wait: Duration,
        /// The bucket, by its place among those that were asked for; of several empty ones the one that takes longest.
        bucket: usize,
    },
}

/// A limit, and the name under which it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    key: String,
    requests: u32,
    per: Duration,
}

impl Bucket {
    /// A bucket of at least one token.
    pub fn new(key: impl Into<String>, requests: u32, per: Duration) -> Self {
        Self {
            key: key.into(),
            requests: requests.max(1),
            per,
        }
    }

    /// The provider and the operation, such as `acme:contacts_list`; `acme:*` for all of a client's calls.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// How many tokens there are.
    #[must_use]
    pub fn requests(&self) -> u32 {
        self.requests
    }

    /// After how long a token comes back: the limit's time and a little more, because requests don't all take equally long to
    /// arrive.
    #[must_use]
    pub fn per(&self) -> Duration {
        self.per
    }
}

/// Why a store could not be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError(Cow<'static, str>);

impl StoreError {
    /// The reason is logged: it must not hold secrets.
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
