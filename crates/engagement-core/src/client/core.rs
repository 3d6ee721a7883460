//! The core of a client: the state that clones and derived clients share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::auth::credentials::{self, Credential};
#[cfg(feature = "blocking")]
use crate::client::background::Background;
use crate::client::call_settings::CallSettings;
use crate::client::settings;
use crate::client::settings::headers::DefaultHeaders;
use crate::client::token_source::TokenSource;
use crate::error::call_target::CallTarget;
use crate::error::{Error, ErrorKind};
use crate::http::base_url::BaseUrl;
use crate::provider::{Provider, Scheme};
use crate::rate_limit::Limiter;
use crate::retry::budget::RetryBudget;
use crate::retry::jitter::Jitter;
use crate::retry::retry_after_pause::RetryAfterPause;
use crate::telemetry::reporter::Reporter;

/// The core of a client: connections, credentials, limits and settings. Clones share them; cloning is cheap (one `Arc`).
#[derive(Clone)]
pub struct ClientCore(Arc<View>);

/// The settings of one derived client, over the state that it shares with others.
#[derive(Clone)]
struct View {
    state: Arc<ClientState>,
    /// Settings that replace those of `state`.
    changed: Option<CallSettings>,
    /// The thread that runs requests, with a blocking client.
    #[cfg(feature = "blocking")]
    background: Option<Background>,
}

/// The credentials and token sources of a client.
pub(crate) type Credentials = credentials::Credentials<Arc<dyn TokenSource>>;

pub(crate) struct ClientState {
    pub(crate) provider: &'static Provider,
    /// In the order of [`Provider::servers`]; `None` for a server without a URL.
    pub(crate) servers: Arc<[Option<Server>]>,
    pub(crate) credentials: Credentials,
    /// Stands for the account, if it is another one than that of the client that this one is derived from.
    pub(crate) account: Option<u64>,
    /// By name; see [`Provider::client_values`].
    pub(crate) values: Vec<(&'static str, String)>,
    pub(crate) default_headers: DefaultHeaders,
    pub(crate) call: CallSettings,
    pub(crate) jitter: Arc<Jitter>,
    pub(crate) reporter: Arc<Reporter>,
    pub(crate) limiter: Arc<Limiter>,
}

/// One server of the provider, shared by a client and all clients derived from it.
pub(crate) struct Server {
    pub(crate) base: Arc<BaseUrl>,
    pub(crate) http: reqwest::Client,
    pub(crate) budget: RetryBudget,
    pub(crate) pause: RetryAfterPause,
}

/// Time and size limits of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) overall: Duration,
    pub(crate) attempt: Duration,
    /// Time without progress of a response body.
    pub(crate) stall_timeout: Duration,
    /// Bytes of a response body.
    pub(crate) body: usize,
    /// JSON values of a response body.
    pub(crate) values: usize,
}

impl ClientState {
    /// The same state with other credentials.
    fn with(&self, credentials: Credentials) -> Self {
        Self {
            provider: self.provider,
            servers: Arc::clone(&self.servers),
            credentials,
            account: self.account,
            values: self.values.clone(),
            default_headers: self.default_headers.clone(),
            call: self.call.clone(),
            jitter: Arc::clone(&self.jitter),
            reporter: Arc::clone(&self.reporter),
            limiter: Arc::clone(&self.limiter),
        }
    }
}

impl ClientCore {
    pub(crate) fn new(state: ClientState) -> Self {
        Self(Arc::new(View {
            state: Arc::new(state),
            changed: None,
            #[cfg(feature = "blocking")]
            background: None,
        }))
    }

    /// A copy with one change.
    fn derive(&self, change: impl FnOnce(&mut View)) -> Self {
        let mut view = View::clone(&self.0);
        change(&mut view);
        Self(Arc::new(view))
    }

    fn state(&self) -> &ClientState {
        &self.0.state
    }

    /// The provider of this client.
    #[must_use]
    pub fn provider(&self) -> &'static Provider {
        self.state().provider
    }

    /// Base URL of the main server, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.server(0).map_or("", |server| server.base.as_str())
    }

    /// The client's value for a path parameter, if set.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut values = self.state().values.iter();
        values
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A client with other credentials that shares connections, rate limits and values with this one. `Some` sets the
    /// credential of a scheme and replaces a token source; `None` removes both. Other token sources stay, but fetch new
    /// tokens: the current ones may belong to the old credentials.
    ///
    /// If a credential of the client is replaced by another one, the new client calls for another account: its requests do
    /// not count towards the [limits](crate::RateLimits) of operations of the first.
    ///
    /// # Errors
    /// A configuration error if a scheme does not exist or a credential is invalid; it never contains the credential.
    pub fn with_credentials(
        &self,
        changes: impl IntoIterator<Item = (&'static str, Option<Credential>)>,
    ) -> Result<Self, Error> {
        let state = self.state();
        let mut credentials = state.credentials.without_tokens();
        for (name, credential) in changes {
            let scheme = settings::scheme(state.provider, name)?;
            credentials.remove(name);
            if let Some(credential) = credential {
                settings::add_credential(state.provider, &mut credentials, scheme, &credential)?;
            }
        }
        let reporter = Reporter {
            provider: state.provider,
            observer: state.reporter.observer.clone(),
            reported_drift: Arc::clone(&state.reporter.reported_drift),
            secrets: Arc::clone(credentials.mask()),
        };
        let state = ClientState {
            reporter: Arc::new(reporter),
            account: credentials.account(),
            ..state.with(credentials)
        };
        Ok(self.derive(|view| view.state = Arc::new(state)))
    }

    /// A client with other call settings that shares connections, credentials, tokens, rate limits and retry budget with
    /// this one. Logins of [token sources](crate::TokenSource) keep the settings of the original client, because other calls
    /// wait for them too.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # fn example(core: &engagement_core::ClientCore) {
    /// let fast = core.with(|call| call.timeout(Duration::from_secs(2)));
    /// # }
    /// ```
    #[must_use]
    pub fn with(&self, change: impl FnOnce(CallSettings) -> CallSettings) -> Self {
        let settings = change(self.settings().clone());
        self.derive(|view| view.changed = Some(settings))
    }

    /// Forgets the tokens of all [token sources](crate::TokenSource): the next call fetches a new one. Use it after a
    /// password change, or to log out.
    pub fn forget_tokens(&self) {
        self.state().credentials.forget_all();
    }

    /// An error for a [token source](crate::TokenSource) that cannot provide a token. The reason must not contain secrets.
    #[must_use]
    pub fn no_token(&self, reason: impl Into<String>) -> Error {
        let reason = self.reporter().secrets.mask(reason.into());
        Error::new(
            ErrorKind::MissingCredentials,
            CallTarget::Client(self.provider()),
            reason,
        )
    }

    /// The client for a login of the token source of `scheme`, without that source.
    pub(crate) fn for_login(&self, scheme: &Scheme) -> Self {
        let state = self.state();
        let state = state.with(state.credentials.for_login(scheme));
        self.derive(|view| {
            view.state = Arc::new(state);
            view.changed = None;
        })
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn background(&self) -> Option<&Background> {
        self.0.background.as_ref()
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn with_background(&self, background: Background) -> Self {
        self.derive(|view| view.background = Some(background))
    }

    pub(crate) fn server(&self, index: usize) -> Option<&Server> {
        self.state().servers.get(index)?.as_ref()
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.state().credentials
    }

    pub(crate) fn account(&self) -> Option<u64> {
        self.state().account
    }

    pub(crate) fn default_headers(&self) -> &DefaultHeaders {
        &self.state().default_headers
    }

    pub(crate) fn limits(&self) -> Limits {
        self.settings().limits
    }

    pub(crate) fn settings(&self) -> &CallSettings {
        self.0.changed.as_ref().unwrap_or(&self.state().call)
    }

    pub(crate) fn limiter(&self) -> &Limiter {
        &self.state().limiter
    }

    pub(crate) fn jitter(&self) -> &Jitter {
        &self.state().jitter
    }

    pub(crate) fn reporter(&self) -> &Arc<Reporter> {
        &self.state().reporter
    }
}

impl fmt::Debug for ClientCore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCore")
            .field("provider", &self.provider().name)
            .field("base_url", &self.base_url())
            .field(
                "credentials",
                &self.credentials().names().collect::<Vec<_>>(),
            )
            .field("limits", &self.limits())
            .field("retry", &self.settings().retry)
            .finish_non_exhaustive()
    }
}
