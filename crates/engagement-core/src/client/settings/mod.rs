//! The settings of a client builder, and the checks that turn them into a client.

mod credentials;
pub(crate) mod headers;
mod servers;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::auth::credentials::Credential;
use crate::client::call_settings::CallSettings;
use crate::client::core::{ClientCore, ClientState, Limits};
use crate::client::token_source::TokenSource;
use crate::error::call_target::CallTarget;
use crate::error::{Error, ErrorKind};
use crate::http::path;
use crate::provider::Provider;
use crate::rate_limit::RateLimits;
use crate::rate_limit::store::LimitStore;
use crate::retry::jitter::Jitter;
use crate::retry::policy::RetryPolicy;
use crate::secret::Secret;
use crate::telemetry::drift::ReportedDrift;
use crate::telemetry::observe::Observer;
use crate::telemetry::reporter::Reporter;

pub(crate) use credentials::{add_credential, scheme};

const TIMEOUT: Duration = Duration::from_secs(60);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const MAX_BODY: usize = 16 * 1024 * 1024;
const MAX_VALUES: usize = 500_000;

#[derive(Clone)]
pub(crate) struct Settings {
    provider: &'static Provider,
    pub(crate) credentials: Vec<(&'static str, Credential)>,
    /// By server name; the last entry for a server applies.
    pub(crate) urls: Vec<(&'static str, String)>,
    pub(crate) region: Option<String>,
    /// By name; the last entry for a name applies, here and in `sources`.
    pub(crate) values: Vec<(&'static str, String)>,
    pub(crate) sources: Vec<(&'static str, Arc<dyn TokenSource>)>,
    pub(crate) call: CallSettings,
    pub(crate) jitter_seed: Option<u64>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) rate_limits: RateLimits,
    pub(crate) limit_store: Option<Arc<dyn LimitStore>>,
    pub(crate) connect_timeout: Duration,
    pub(crate) user_agent_suffix: Option<String>,
    pub(crate) headers: Vec<(String, Secret)>,
    pub(crate) http: Option<reqwest::Client>,
    pub(crate) allow_insecure_http: bool,
}

impl Settings {
    pub(crate) fn new(provider: &'static Provider) -> Self {
        Self {
            provider,
            credentials: Vec::new(),
            urls: Vec::new(),
            region: None,
            values: Vec::new(),
            sources: Vec::new(),
            call: CallSettings {
                limits: Limits {
                    overall: TIMEOUT,
                    attempt: ATTEMPT_TIMEOUT,
                    stall_timeout: CallSettings::STALL_TIMEOUT,
                    body: MAX_BODY,
                    values: MAX_VALUES,
                },
                retry: RetryPolicy::new(),
                idempotent: false,
            },
            jitter_seed: None,
            observer: None,
            rate_limits: RateLimits::documented(),
            limit_store: None,
            connect_timeout: CONNECT_TIMEOUT,
            user_agent_suffix: None,
            headers: Vec::new(),
            http: None,
            allow_insecure_http: false,
        }
    }

    pub(crate) fn base_url(&mut self, url: String) {
        let main = self
            .provider
            .servers
            .first()
            .map_or("", |server| server.name);
        self.urls.push((main, url));
    }

    pub(crate) fn build(self) -> Result<ClientCore, Error> {
        self.check_limits()?;
        let credentials = self.checked_credentials()?;
        let values = self.checked_values()?;
        let default_headers = self.default_headers()?;
        let limiter = self
            .rate_limits
            .limiter(self.provider, self.limit_store.clone())
            .map_err(|reason| self.error(reason))?;
        let servers = self.connected(self.checked_urls()?)?.into();
        let provider = self.provider;
        let reporter = Reporter {
            provider,
            observer: self.observer,
            reported_drift: Arc::new(ReportedDrift::default()),
            secrets: Arc::clone(credentials.mask()),
        };
        Ok(ClientCore::new(ClientState {
            provider,
            reporter: Arc::new(reporter),
            servers,
            credentials,
            account: None,
            values,
            default_headers,
            call: self.call,
            jitter: Arc::new(Jitter::new(self.jitter_seed)),
            limiter: Arc::new(limiter),
        }))
    }

    fn error(&self, reason: impl fmt::Display) -> Error {
        configuration(self.provider, reason)
    }

    fn check_limits(&self) -> Result<(), Error> {
        let times = [
            ("timeout", self.call.limits.overall),
            ("attempt_timeout", self.call.limits.attempt),
            ("stall_timeout", self.call.limits.stall_timeout),
            ("connect_timeout", self.connect_timeout),
        ];
        match times.iter().find(|(_, time)| time.is_zero()) {
            Some((name, _)) => Err(self.error(format_args!("{name} must be greater than zero"))),
            None => Ok(()),
        }
    }

    fn checked_values(&self) -> Result<Vec<(&'static str, String)>, Error> {
        let known = self.provider.client_values;
        let unknown = |name: &str| known.iter().all(|value| value.name != name);
        if let Some((name, _)) = self.values.iter().find(|(name, _)| unknown(name)) {
            return Err(self.error(format_args!("there is no client value named `{name}`")));
        }
        let mut checked = Vec::new();
        for value in known {
            if let Some(text) = last(&self.values, value.name) {
                let valid = if text.trim().is_empty() {
                    Err("empty; a typical cause is an unset environment variable")
                } else {
                    path::check_value(text)
                };
                valid.map_err(|reason| {
                    self.error(format_args!(
                        "the client value `{}` is {reason}",
                        value.name
                    ))
                })?;
                checked.push((value.name, text.clone()));
            }
        }
        Ok(checked)
    }
}

/// The last entry for a name.
fn last<'a, T>(values: &'a [(&'static str, T)], name: &str) -> Option<&'a T> {
    let mut values = values.iter().rev();
    values
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// An error about the configuration of a client.
pub(crate) fn configuration(provider: &'static Provider, reason: impl fmt::Display) -> Error {
    Error::new(
        ErrorKind::Configuration,
        CallTarget::Client(provider),
        format!("invalid configuration: {reason}"),
    )
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without URLs and header values: before they are checked, they may contain a password.
        f.debug_struct("Settings")
            .field("provider", &self.provider.name)
            .field(
                "credentials",
                &self
                    .credentials
                    .iter()
                    .map(|(name, _)| name)
                    .collect::<Vec<_>>(),
            )
            .field(
                "server_urls",
                &self.urls.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            )
            .field("region", &self.region.is_some())
            .field(
                "values",
                &self.values.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            )
            .field(
                "token_sources",
                &self
                    .sources
                    .iter()
                    .map(|(name, _)| name)
                    .collect::<Vec<_>>(),
            )
            .field("limits", &self.call.limits)
            .field("retry", &self.call.retry)
            .field("rate_limits", &self.rate_limits)
            .field("limit_store", &self.limit_store.is_some())
            .field("connect_timeout", &self.connect_timeout)
            .field("user_agent_suffix", &self.user_agent_suffix)
            .field(
                "default_headers",
                &self
                    .headers
                    .iter()
                    .map(|(name, _)| name)
                    .collect::<Vec<_>>(),
            )
            .field("own_http_client", &self.http.is_some())
            .field("observer", &self.observer.is_some())
            .field("allow_insecure_http", &self.allow_insecure_http)
            .finish()
    }
}
