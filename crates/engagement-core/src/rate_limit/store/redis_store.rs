//! The store in Redis.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError, Script};
use tokio::sync::OnceCell;

use super::{Acquire, Bucket, LimitStore, StoreError};

/// The time limit for connecting and for a response, if the client allows more.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Counts requests in Redis 5 or newer, or in a compatible server such as Valkey. All processes that use the same name share
/// the limits of one account.
///
/// One script acquires permits atomically, by the clock of the Redis server: the clocks of the processes need not agree. A
/// key is named `{name}:provider:operation`, followed by the account that the path of the request names; with Redis Cluster
/// all keys of one name are in the same slot. Its value is a list with one number for each request within the period of the
/// limit, about 12 bytes each (60 KB for a limit of 5,000). It expires when all permits are released. Credentials are never
/// stored in Redis: accounts that differ by their credentials only are counted by each process alone.
///
/// Processes may set different limits for the same operation: each process applies its own limit to the requests of all.
///
/// If a call is dropped while it waits for Redis, a permit may be used without a request; it is released after the period of
/// the limit.
///
/// ```
/// # use engagement_core::limit_store::RedisStore;
/// let store = RedisStore::open("redis://127.0.0.1/", "main-account")?;
/// // and then: Client::builder(…).limit_store(store)
/// # Ok::<(), engagement_core::limit_store::StoreError>(())
/// ```
#[derive(Clone)]
pub struct RedisStore(Arc<Inner>);

struct Inner {
    name: String,
    script: Script,
    client: Client,
    connection: OnceCell<ConnectionManager>,
}

impl RedisStore {
    /// A store at a URL such as `redis://user:password@host:6379/0`. The connection is made when it is first needed, shared
    /// by all calls, and made again when it breaks.
    ///
    /// `name` identifies the account whose limits are shared, such as `main-account`.
    ///
    /// For TLS (`rediss://`), let the program depend on the crate `redis` 1 with one of its TLS features. For what a URL
    /// cannot say, such as a cluster or certificates of your own, write a [`LimitStore`].
    ///
    /// # Errors
    /// If the URL is unusable, or the name is empty or holds braces, white space or control characters.
    pub fn open(url: &str, name: &str) -> Result<Self, StoreError> {
        let client = Client::open(url)
            .map_err(|_| StoreError::new("the URL of the Redis server cannot be used"))?;
        let unusable = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '{' | '}');
        if name.is_empty() || name.contains(unusable) {
            return Err(StoreError::new(
                "the name is empty, or contains braces, white space or control characters",
            ));
        }
        Ok(Self(Arc::new(Inner {
            name: name.to_owned(),
            script: Script::new(include_str!("acquire.lua")),
            client,
            connection: OnceCell::new(),
        })))
    }
}

impl Inner {
    /// Made here and not when the store is opened, because it needs a runtime.
    async fn connection(&self) -> Result<ConnectionManager, RedisError> {
        let connect = || async {
            let config = ConnectionManagerConfig::new()
                // The client asks again by itself.
                .set_number_of_retries(0)
                .set_connection_timeout(Some(TIMEOUT))
                .set_response_timeout(Some(TIMEOUT));
            ConnectionManager::new_lazy_with_config(self.client.clone(), config)
        };
        self.connection.get_or_try_init(connect).await.cloned()
    }

    async fn run(&self, keys: &[String], arguments: &[u64]) -> Result<(u64, usize), RedisError> {
        let mut connection = self.connection().await?;
        let mut invocation = self.script.prepare_invoke();
        invocation.key(keys).arg(arguments);
        invocation.invoke_async(&mut connection).await
    }
}

impl LimitStore for RedisStore {
    fn acquire<'a>(
        &'a self,
        buckets: &'a [Bucket],
    ) -> Pin<Box<dyn Future<Output = Result<Acquire, StoreError>> + Send + 'a>> {
        // In braces, so that behind a proxy of a cluster all keys of one name are in the same slot.
        let keys = buckets
            .iter()
            .map(|bucket| format!("{{{}}}:{}", self.0.name, bucket.key()));
        let arguments = buckets.iter().flat_map(|bucket| {
            let per = u64::try_from(bucket.per().as_micros()).unwrap_or(u64::MAX);
            [u64::from(bucket.requests()), per]
        });
        let (keys, arguments): (Vec<_>, Vec<_>) = (keys.collect(), arguments.collect());
        Box::pin(async move {
            match self.0.run(&keys, &arguments).await {
                Ok((0, _)) => Ok(Acquire::Granted),
                Ok((wait, bucket)) => Ok(Acquire::RetryIn {
                    wait: Duration::from_micros(wait),
                    bucket,
                }),
                Err(error) => Err(failed(&error)),
            }
        })
    }
}

/// The error without the texts of the server and the system, which may name hosts and users.
fn failed(error: &RedisError) -> StoreError {
    StoreError::new(match error.code() {
        Some(code) => format!("Redis responded with {code}"),
        None if error.is_timeout() => "Redis did not respond in time".to_owned(),
        None if error.is_connection_refusal() => "Redis refused the connection".to_owned(),
        None => format!("Redis: {}", error.category()),
    })
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("name", &self.0.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_break_keys_are_rejected() {
        for name in ["", "a b", "a}", "{a", "a\n"] {
            let refused = RedisStore::open("redis://127.0.0.1/", name).unwrap_err();
            assert!(
                refused.to_string().starts_with("the name is empty"),
                "{name:?}"
            );
        }
        RedisStore::open("redis://127.0.0.1/", "main-account.2").unwrap();
    }

    #[test]
    fn neither_errors_nor_debug_show_the_url() {
        let refused = RedisStore::open("http://me:canary@host", "main").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the URL of the Redis server cannot be used"
        );
        let store = RedisStore::open("redis://me:canary@127.0.0.1/", "main").unwrap();
        assert_eq!(format!("{store:?}"), r#"RedisStore { name: "main", .. }"#);
    }
}
