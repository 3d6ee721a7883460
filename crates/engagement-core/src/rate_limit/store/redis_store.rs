//! The store in Redis.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig};
use redis::{Client, IntoConnectionInfo, RedisError, RedisFuture, Script};
use tokio::sync::OnceCell;

use super::{Acquire, Bucket, LimitStore, StoreError};

/// The time limit for connecting and for a response, if the client allows more.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Counts requests in Redis 5 or newer, or in a compatible server such as Valkey. All processes that use the same name share
/// the limits of one account.
///
/// One script acquires permits atomically, by the clock of the Redis server: the clocks of the processes need not agree. A
/// key is named `{name}:provider:operation`; with Redis Cluster all keys of one name are in the same slot. Its value is a
/// list with one number for each request within the period of the limit, about 12 bytes each (60 KB for a limit of 5,000).
/// It expires when all permits are released. Credentials are never stored in Redis.
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
pub struct RedisStore {
    name: String,
    script: Arc<Script>,
    run: Arc<Run>,
}

/// Runs the script over a connection.
type Run = dyn for<'a> Fn(&'a Script, Vec<String>, Vec<u64>) -> RedisFuture<'a, (u64, usize)>
    + Send
    + Sync;

impl RedisStore {
    /// A store at a URL such as `redis://user:password@host:6379/0`, or at anything else that makes a
    /// [`redis::Client`](Client). It connects at first use, shares the connection between all calls, and reconnects when the
    /// connection breaks.
    ///
    /// `name` identifies the account whose limits are shared, such as `main-account`.
    ///
    /// For TLS (`rediss://`), also enable a TLS feature of the crate `redis`.
    ///
    /// # Errors
    /// If the URL is invalid, or the name is empty or contains braces, white space or control characters.
    pub fn open(at: impl IntoConnectionInfo, name: &str) -> Result<Self, StoreError> {
        let client = Client::open(at)
            .map_err(|_| StoreError::new("the URL of the Redis server cannot be used"))?;
        let manager = Arc::new(OnceCell::new());
        let config = ConnectionManagerConfig::new()
            // The client retries by itself.
            .set_number_of_retries(0)
            .set_connection_timeout(Some(TIMEOUT))
            .set_response_timeout(Some(TIMEOUT));
        Self::new(
            name,
            Arc::new(move |script, keys, arguments| {
                let (manager, client, config) =
                    (Arc::clone(&manager), client.clone(), config.clone());
                Box::pin(async move {
                    // Created here because it needs a Tokio runtime.
                    let connect =
                        || async { ConnectionManager::new_lazy_with_config(client, config) };
                    let mut manager: ConnectionManager =
                        manager.get_or_try_init(connect).await?.clone();
                    run(script, &keys, &arguments, &mut manager).await
                })
            }),
        )
    }

    /// A store over your own connection, such as a `ConnectionManager` with TLS or a cluster connection. The connection
    /// should reconnect by itself.
    ///
    /// # Errors
    /// If the name is empty or contains braces, white space or control characters.
    pub fn with_connection(
        connection: impl ConnectionLike + Clone + Send + Sync + 'static,
        name: &str,
    ) -> Result<Self, StoreError> {
        Self::new(
            name,
            Arc::new(move |script, keys, arguments| {
                let mut connection = connection.clone();
                Box::pin(async move { run(script, &keys, &arguments, &mut connection).await })
            }),
        )
    }

    fn new(name: &str, run: Arc<Run>) -> Result<Self, StoreError> {
        let unusable = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '{' | '}');
        if name.is_empty() || name.contains(unusable) {
            return Err(StoreError::new(
                "the name is empty, or contains braces, white space or control characters",
            ));
        }
        Ok(Self {
            name: name.to_owned(),
            script: Arc::new(Script::new(include_str!("acquire.lua"))),
            run,
        })
    }
}

async fn run(
    script: &Script,
    keys: &[String],
    arguments: &[u64],
    connection: &mut impl ConnectionLike,
) -> Result<(u64, usize), RedisError> {
    let mut invocation = script.prepare_invoke();
    invocation.key(keys).arg(arguments);
    invocation.invoke_async(connection).await
}

impl LimitStore for RedisStore {
    fn acquire<'a>(
        &'a self,
        buckets: &'a [Bucket],
    ) -> Pin<Box<dyn Future<Output = Result<Acquire, StoreError>> + Send + 'a>> {
        // A cluster selects the slot by the text in braces.
        let keys = buckets
            .iter()
            .map(|bucket| format!("{{{}}}:{}", self.name, bucket.key()));
        let arguments = buckets.iter().flat_map(|bucket| {
            let per = u64::try_from(bucket.per().as_micros()).unwrap_or(u64::MAX);
            [u64::from(bucket.requests()), per]
        });
        let reply = (self.run)(&self.script, keys.collect(), arguments.collect());
        Box::pin(async move {
            match reply.await {
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
            .field("name", &self.name)
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
