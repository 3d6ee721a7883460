//! How a client is set up.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use crate::auth::credentials::Credential;
use crate::client::core::Runtime;
use crate::client::environment;
use crate::client::settings::Settings;
use crate::client::token_source::TokenSource;
use crate::error::Error;
use crate::provider::Provider;
use crate::rate_limit::RateLimits;
use crate::rate_limit::store::LimitStore;
use crate::retry::policy::RetryPolicy;
use crate::telemetry::observe::Observer;

/// What [`ClientBuilder::build`] makes.
pub trait FromRuntime: Sized {
    /// Wraps a runtime.
    ///
    /// # Errors
    /// If what the client needs besides can't be started: a blocking one has a thread.
    fn from_runtime(runtime: Runtime) -> Result<Self, Error>;
}

/// Sets up a client. Nothing fails before [`build`](Self::build).
#[must_use = "only `build` makes a client"]
pub struct ClientBuilder<C> {
    settings: Settings,
    client: PhantomData<fn() -> C>,
}

impl<C: FromRuntime> ClientBuilder<C> {
    /// A builder without credentials.
    pub fn new(provider: &'static Provider) -> Self {
        Self {
            settings: Settings::new(provider),
            client: PhantomData,
        }
    }

    /// A builder with what the environment holds: the credentials of every scheme whose variables are all set, the
    /// main server's URL from `{PREFIX}_BASE_URL`, any server's from `{PREFIX}_{SERVER}_URL`, the region from
    /// `{PREFIX}_REGION`, and the client's path values from their own variables. Variables that are empty count as not
    /// set.
    ///
    /// # Errors
    /// If the provider needs credentials and none is there, or a variable is not Unicode.
    pub fn from_env(provider: &'static Provider) -> Result<Self, Error> {
        let settings = environment::read(provider, |name| std::env::var_os(name))?;
        Ok(Self {
            settings,
            client: PhantomData,
        })
    }

    /// Sets the credential of a scheme.
    pub fn credential(mut self, scheme: &'static str, credential: Credential) -> Self {
        self.settings.credentials.push((scheme, credential));
        self
    }

    /// Moves the main server, to a sandbox or a region. The provider's other servers cannot be reached then, unless
    /// they are moved as well: a test against a sandbox must never reach the real host.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.settings.base_url(url.into());
        self
    }

    /// Moves one of the provider's servers.
    pub fn server_url(mut self, name: &'static str, url: impl Into<String>) -> Self {
        self.settings.urls.push((name, url.into()));
        self
    }

    /// Chooses a region of the provider: every server that has a host there is reached at it, unless
    /// [`base_url`](Self::base_url) or [`server_url`](Self::server_url) says otherwise.
    pub fn region(mut self, region: impl AsRef<str>) -> Self {
        self.settings.region = Some(region.as_ref().to_owned());
        self
    }

    /// Sets a path value that is the same for every call, such as an account's id. A call's own value goes first.
    pub fn value(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.settings.values.push((name, value.into()));
        self
    }

    /// Lets the client get the tokens of a scheme itself, and renew them. A scheme takes either this or a
    /// [`credential`](Self::credential).
    pub fn token_source(mut self, scheme: &'static str, source: impl TokenSource) -> Self {
        self.settings.sources.push((scheme, Arc::new(source)));
        self
    }

    /// The longest that a call may take in all, retries and waits included; 60 seconds if not set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.call.limits.overall = timeout;
        self
    }

    /// The longest that one request may take, body included; 30 seconds if not set.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.settings.call.limits.attempt = timeout;
        self
    }

    /// The longest that connecting may take, name resolution and TLS included; 5 seconds if not set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// How long the body of an answer may all but stand still, whatever time the request has left;
    /// [`STALLED_AFTER`](crate::CallSettings::STALLED_AFTER) if not set. See
    /// [`CallSettings::stalled_after`](crate::CallSettings::stalled_after).
    pub fn stalled_after(mut self, time: Duration) -> Self {
        self.settings.call.limits.stalled = time;
        self
    }

    /// What is repeated after a failure, and when; [`RetryPolicy::new`] if not set.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.call.retry = policy;
        self
    }

    /// Tells this what becomes of calls, for metrics; nobody if not set. Of several the last counts.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.settings.observer = Some(Arc::new(observer));
        self
    }

    /// How many requests the client sends at most; [`RateLimits::documented`] if not set, and
    /// [`RateLimits::unlimited`] to leave counting to the provider.
    pub fn rate_limits(mut self, limits: RateLimits) -> Self {
        self.settings.rate_limits = limits;
        self
    }

    /// Where requests are counted, to share the limits with other clients and processes, such as a
    /// [`RedisStore`](crate::rate_limit::store); in this client if not set.
    ///
    /// While the store can't be asked, the limits are kept for this client alone, and a warning is traced when that
    /// begins and when it ends. In any case the client waits when the provider answers that there were too many requests.
    pub fn limit_store(mut self, store: impl LimitStore) -> Self {
        self.settings.limit_store = Some(Arc::new(store));
        self
    }

    /// Makes the random parts of waits the same in each run, for tests.
    #[doc(hidden)]
    pub fn jitter_seed(mut self, seed: u64) -> Self {
        self.settings.jitter_seed = Some(seed);
        self
    }

    /// Adds the program's own name to `User-Agent`.
    pub fn user_agent_suffix(mut self, suffix: &str) -> Self {
        self.settings.user_agent_suffix = Some(suffix.to_owned());
        self
    }

    /// Sends a header with every request. Headers that carry credentials are refused: use
    /// [`credential`](Self::credential), which keeps them out of logs and away from other hosts.
    pub fn default_header(mut self, name: &str, value: &str) -> Self {
        self.settings.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Sends requests through an HTTP client of your own, for a proxy, certificates or a resolver.
    ///
    /// Build it with `redirect(reqwest::redirect::Policy::none())`: another policy would carry credentials in custom
    /// headers along to any host, and cannot be detected before it has. An answer from another URL than the one asked
    /// is an error. Its connect timeout is its own too, and what it repeats by itself comes on top of [`retry`](Self::retry).
    /// Which compressed answers it asks for and unpacks is its own choice as well, whatever the feature `gzip` says; limits of
    /// size hold for what comes out of it, and a body that it leaves encoded is an error where JSON is expected.
    ///
    /// With the features `rustls` and `rustls-aws-lc`, reqwest is built without a crypto provider of its own: give it one
    /// with `tls_backend_preconfigured(…)`, or install one for the process before you build the client; otherwise building
    /// it panics.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.settings.http = Some(client);
        self
    }

    /// Lets base URLs be `http` for other machines than this one. Everything is readable on the way then, credentials
    /// too.
    pub fn allow_insecure_http(mut self) -> Self {
        self.settings.allow_insecure_http = true;
        self
    }

    /// The largest response body to accept, in bytes after decompression; 16 MiB if not set. A larger one is an
    /// [`ErrorKind::BodyTooLarge`](crate::ErrorKind::BodyTooLarge).
    pub fn max_body_bytes(mut self, limit: usize) -> Self {
        self.settings.call.limits.body = limit;
        self
    }

    /// The most JSON values to accept in a response body that is decoded; 500,000 if not set. More are an
    /// [`ErrorKind::BodyTooLarge`](crate::ErrorKind::BodyTooLarge), and nothing is decoded.
    ///
    /// Objects, arrays, strings, numbers, booleans and `null` count as one value each; field names do not count. The limit
    /// bounds the memory that decoding takes, because a few bytes such as `{},` can become a struct of a kilobyte: 500,000
    /// values take less than 600 MiB in any type of the clients of this workspace, and mostly far less.
    pub fn max_values(mut self, limit: usize) -> Self {
        self.settings.call.limits.values = limit;
        self
    }

    /// The same settings for another kind of client, such as a blocking one.
    pub fn for_client<D: FromRuntime>(self) -> ClientBuilder<D> {
        ClientBuilder {
            settings: self.settings,
            client: PhantomData,
        }
    }

    /// Checks everything and makes the client.
    ///
    /// # Errors
    /// If a credential, URL, region, value, header or limit is unusable; the error names it and never repeats its value.
    /// A blocking client also needs a thread that can be started.
    pub fn build(self) -> Result<C, Error> {
        self.settings.build().and_then(C::from_runtime)
    }
}

impl<C> Clone for ClientBuilder<C> {
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            client: PhantomData,
        }
    }
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ClientBuilder")
            .field(&self.settings)
            .finish()
    }
}
