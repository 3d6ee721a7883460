//! The builder of a client.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use crate::auth::credentials::Credential;
use crate::client::core::ClientCore;
use crate::client::environment;
use crate::client::settings::Settings;
use crate::client::token_source::TokenSource;
use crate::error::Error;
use crate::provider::Provider;
use crate::rate_limit::RateLimits;
use crate::rate_limit::store::LimitStore;
use crate::retry::policy::RetryPolicy;
use crate::telemetry::observe::Observer;

/// A client that [`ClientBuilder::build`] can create.
pub trait FromClientCore: Sized {
    /// Wraps the core of the client.
    ///
    /// # Errors
    /// A configuration error if the background thread of a blocking client cannot be started.
    fn from_client_core(core: ClientCore) -> Result<Self, Error>;
}

/// Configures a client. Setters never fail; [`build`](Self::build) reports invalid values.
#[must_use = "call `build` to create the client"]
pub struct ClientBuilder<C> {
    settings: Settings,
    client: PhantomData<fn() -> C>,
}

impl<C: FromClientCore> ClientBuilder<C> {
    /// A builder without credentials.
    pub fn new(provider: &'static Provider) -> Self {
        Self {
            settings: Settings::new(provider),
            client: PhantomData,
        }
    }

    /// A builder with values from environment variables: the credentials of every scheme whose variables are all set, the
    /// URL of the main server from `{PREFIX}_BASE_URL`, the URL of any server from `{PREFIX}_{SERVER}_URL`, the region from
    /// `{PREFIX}_REGION`, and the client's path values from their own variables. Empty variables count as not set.
    ///
    /// # Errors
    /// A missing-credentials error if the provider needs credentials and none are set; a configuration error if a variable is
    /// not Unicode.
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

    /// Sets the URL of the main server, such as a sandbox. The provider's other servers are then unreachable unless
    /// [`server_url`](Self::server_url) sets them too, so that a test against a sandbox never reaches the real hosts.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.settings.base_url(url.into());
        self
    }

    /// Sets the URL of one of the provider's servers.
    pub fn server_url(mut self, name: &'static str, url: impl Into<String>) -> Self {
        self.settings.urls.push((name, url.into()));
        self
    }

    /// Sets the URLs of several of the provider's servers, by their names: `builder.servers(sandbox.webengage().servers())`.
    pub fn servers<U: Into<String>>(
        mut self,
        urls: impl IntoIterator<Item = (&'static str, U)>,
    ) -> Self {
        let urls = urls.into_iter().map(|(name, url)| (name, url.into()));
        self.settings.urls.extend(urls);
        self
    }

    /// Selects a region of the provider: the client uses the regional host of every server that has one, unless
    /// [`base_url`](Self::base_url) or [`server_url`](Self::server_url) sets its URL.
    pub fn region(mut self, region: impl AsRef<str>) -> Self {
        self.settings.region = Some(region.as_ref().to_owned());
        self
    }

    /// Sets a path value for all calls, such as an account id. A value set on a call takes precedence.
    pub fn value(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.settings.values.push((name, value.into()));
        self
    }

    /// Sets the source from which the client fetches and renews the tokens of a scheme. A scheme has either a token source
    /// or a [`credential`](Self::credential).
    pub fn token_source(mut self, scheme: &'static str, source: impl TokenSource) -> Self {
        self.settings.sources.push((scheme, Arc::new(source)));
        self
    }

    /// Time limit of a call, including retries and waits; 60 seconds if not set. A call waits for
    /// [rate limits](crate::RateLimits) and pauses only as long as an [`attempt_timeout`](Self::attempt_timeout) is left.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.call.limits.overall = timeout;
        self
    }

    /// Time limit of one request, including the response body; 30 seconds if not set.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.settings.call.limits.attempt = timeout;
        self
    }

    /// Time limit for connecting, including name resolution and TLS; 5 seconds if not set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// A response body without progress for this time fails with a timeout; 20 seconds if not set. See
    /// [`CallSettings::stall_timeout`](crate::CallSettings::stall_timeout).
    pub fn stall_timeout(mut self, time: Duration) -> Self {
        self.settings.call.limits.stall_timeout = time;
        self
    }

    /// Which failures are retried, and when; [`RetryPolicy::new`] if not set.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.call.retry = policy;
        self
    }

    /// Reports the events of all calls to an observer, for metrics. A second call replaces the observer.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.settings.observer = Some(Arc::new(observer));
        self
    }

    /// The client-side rate limits; [`RateLimits::documented`] if not set. [`RateLimits::unlimited`] turns them off.
    pub fn rate_limits(mut self, limits: RateLimits) -> Self {
        self.settings.rate_limits = limits;
        self
    }

    /// The store that counts requests, to share the rate limits with other clients and processes, such as a
    /// [`RedisStore`](crate::rate_limit::store). If not set, the client counts its own requests.
    ///
    /// While the store is unavailable, the limits apply to this client alone; a warning is traced when that begins and when
    /// it ends. The client always waits after a 429, whatever the store counts.
    pub fn limit_store(mut self, store: impl LimitStore) -> Self {
        self.settings.limit_store = Some(Arc::new(store));
        self
    }

    /// Makes jitter reproducible, for tests.
    #[doc(hidden)]
    pub fn jitter_seed(mut self, seed: u64) -> Self {
        self.settings.jitter_seed = Some(seed);
        self
    }

    /// Appends text to the header `User-Agent`, such as the name of the program.
    pub fn user_agent_suffix(mut self, suffix: &str) -> Self {
        self.settings.user_agent_suffix = Some(suffix.to_owned());
        self
    }

    /// Sends a header with every request. `build` rejects headers that carry credentials: use
    /// [`credential`](Self::credential), which keeps them out of logs and away from other hosts.
    pub fn default_header(mut self, name: &str, value: &str) -> Self {
        self.settings.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Sends requests through your own HTTP client, for a proxy, certificates or a resolver.
    ///
    /// Build it with `redirect(reqwest::redirect::Policy::none())`: another policy sends credentials in custom headers to any
    /// host, which cannot be detected before it happens. A response from a URL other than the requested one is an error.
    /// The HTTP client keeps its own settings:
    ///
    /// * Its connect timeout replaces [`connect_timeout`](Self::connect_timeout).
    /// * Its retries are made in addition to [`retry`](Self::retry).
    /// * Its decompression applies, whatever the feature `gzip` says. Size limits apply to the decompressed body; a body that
    ///   is still encoded is an error where JSON is expected.
    ///
    /// With the features `rustls` and `rustls-aws-lc`, reqwest is built without a crypto provider. Set one with
    /// `tls_backend_preconfigured(…)`, or install one for the process before you build the HTTP client; otherwise building
    /// it panics.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.settings.http = Some(client);
        self
    }

    /// Allows base URLs with `http` for other hosts than this machine. Then everything is sent unencrypted, including
    /// credentials.
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
    pub fn for_client<D: FromClientCore>(self) -> ClientBuilder<D> {
        ClientBuilder {
            settings: self.settings,
            client: PhantomData,
        }
    }

    /// Checks the settings and creates the client.
    ///
    /// # Errors
    /// A configuration error if a credential, URL, region, value, header or limit is invalid; it names the setting and never
    /// contains its value. A configuration error if the thread of a blocking client cannot be started.
    pub fn build(self) -> Result<C, Error> {
        self.settings.build().and_then(C::from_client_core)
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
