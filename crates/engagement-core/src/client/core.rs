//! The state of one client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;

use crate::auth::credentials::{self, Credential, ExcludedSchemes};
#[cfg(feature = "blocking")]
use crate::client::background::Background;
use crate::client::call_settings::CallSettings;
use crate::client::settings;
use crate::client::token_source::TokenSource;
use crate::error::call_target::Subject;
use crate::error::{Error, ErrorKind};
use crate::http::base_url::BaseUrl;
use crate::provider::Provider;
use crate::rate_limit::Limiter;
use crate::retry::budget::RetryBudget;
use crate::retry::jitter::Jitter;
use crate::retry::retry_after_pause::RetryAfterPause;
use crate::telemetry::reporter::Reporter;

/// What all clones of one client share: connections, credentials and limits. Cheap to clone: it is one `Arc`.
#[derive(Clone)]
pub struct Runtime(Arc<View>);

/// One client's view of what all that were derived from it share.
#[derive(Clone)]
struct View {
    state: Arc<State>,
    /// For the runtime that a token source gets.
    excluded: ExcludedSchemes,
    /// Instead of the client's own.
    changed: Option<CallSettings>,
    /// Where requests are made, if not where they are awaited.
    #[cfg(feature = "blocking")]
    background: Option<Background>,
}

/// The credentials of a client with its token sources.
pub(crate) type Credentials = credentials::Credentials<Arc<dyn TokenSource>>;

pub(crate) struct State {
    pub(crate) provider: &'static Provider,
    /// As [`Provider::servers`]; `None` for one that must not be reached.
    pub(crate) servers: Arc<[Option<Server>]>,
    pub(crate) credentials: Credentials,
    /// By name; see [`Provider::client_values`].
    pub(crate) values: Vec<(&'static str, String)>,
    pub(crate) default_headers: HeaderMap,
    pub(crate) call: CallSettings,
    pub(crate) jitter: Arc<Jitter>,
    pub(crate) reporter: Arc<Reporter>,
    pub(crate) limiter: Arc<Limiter>,
}

/// What is the same for all that was derived from one client.
pub(crate) struct Server {
    pub(crate) base: Arc<BaseUrl>,
    pub(crate) http: reqwest::Client,
    pub(crate) budget: RetryBudget,
    pub(crate) pause: RetryAfterPause,
}

/// How much a call may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) overall: Duration,
    pub(crate) attempt: Duration,
    /// How long a body may all but stand still.
    pub(crate) stalled: Duration,
    /// Bytes of a response body.
    pub(crate) body: usize,
    /// JSON values of a response body.
    pub(crate) values: usize,
}

impl Runtime {
    pub(crate) fn new(state: State) -> Self {
        Self(Arc::new(View {
            state: Arc::new(state),
            excluded: ExcludedSchemes::default(),
            changed: None,
            #[cfg(feature = "blocking")]
            background: None,
        }))
    }

    /// The same view but for a change.
    fn derive(&self, change: impl FnOnce(&mut View)) -> Self {
        let mut view = View::clone(&self.0);
        change(&mut view);
        Self(Arc::new(view))
    }

    fn state(&self) -> &State {
        &self.0.state
    }

    /// The provider that this client talks to.
    #[must_use]
    pub fn provider(&self) -> &'static Provider {
        self.state().provider
    }

    /// Base URL of the main server, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.server(0).map_or("", |server| server.base.as_str())
    }

    /// The client's value of a name, for path parameters that are the same in every call.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut values = self.state().values.iter();
        values
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A runtime with other credentials over the same connections, limits, counted requests and values: `Some` sets the credential of a
    /// scheme, in place of a token source too, and `None` removes it. Other token sources stay but fetch anew, because
    /// what they have may belong to the old credentials.
    ///
    /// # Errors
    /// If there is no such scheme, or a credential is unusable; the error names it and never repeats its value.
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
            told: Arc::clone(&state.reporter.told),
            secrets: Arc::clone(credentials.mask()),
        };
        let state = State {
            reporter: Arc::new(reporter),
            provider: state.provider,
            servers: Arc::clone(&state.servers),
            credentials,
            values: state.values.clone(),
            default_headers: state.default_headers.clone(),
            call: state.call.clone(),
            jitter: Arc::clone(&state.jitter),
            limiter: Arc::clone(&state.limiter),
        };
        Ok(self.derive(|view| view.state = Arc::new(state)))
    }

    /// A runtime with other settings for its calls, over the same connections, credentials, tokens, rate limits and retry
    /// budget.
    /// Logins of [token sources](crate::TokenSource) keep the client's own settings, since others wait for them too.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # fn example(runtime: &engagement_core::Runtime) {
    /// let hurried = runtime.with(|call| call.timeout(Duration::from_secs(2)));
    /// # }
    /// ```
    #[must_use]
    pub fn with(&self, change: impl FnOnce(CallSettings) -> CallSettings) -> Self {
        let settings = change(self.settings().clone());
        self.derive(|view| view.changed = Some(settings))
    }

    /// Drops the tokens that [token sources](crate::TokenSource) gave, so that the next call fetches a new one: after a
    /// password was changed, or to log out.
    pub fn forget_tokens(&self) {
        self.state().credentials.forget_all();
    }

    /// An error for a [token source](crate::TokenSource) that has no token to give. The reason must not hold secrets.
    #[must_use]
    pub fn no_token(&self, reason: impl Into<String>) -> Error {
        let reason = self.reporter().secrets.mask(reason.into());
        Error::new(
            ErrorKind::MissingCredentials,
            Subject::Client(self.provider()),
            reason,
        )
    }

    pub(crate) fn excluded(&self) -> ExcludedSchemes {
        self.0.excluded
    }

    /// The same runtime for a login, which must not use the tokens that it is to bring.
    pub(crate) fn excluding(&self, excluded: ExcludedSchemes) -> Self {
        self.derive(|view| {
            view.excluded = excluded;
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

    pub(crate) fn default_headers(&self) -> &HeaderMap {
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

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
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
