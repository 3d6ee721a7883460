//! What a client builder collects, and the checks that turn it into a runtime.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use crate::base_url::BaseUrl;
use crate::budget::Budget;
use crate::call_settings::CallSettings;
use crate::credentials::{Credential, Credentials, reserved_header};
use crate::drift::Told;
use crate::error::{Error, ErrorKind};
use crate::gate::Gate;
use crate::jitter::Jitter;
use crate::limit_store::LimitStore;
use crate::observe::Observer;
use crate::path;
use crate::provider::{Provider, Scheme, Server as ServerEntry};
use crate::rate_limit::RateLimits;
use crate::retry_policy::RetryPolicy;
use crate::runtime::{Limits, Runtime, Server, State};
use crate::secret::Secret;
use crate::subject::Subject;
use crate::text::header_value;
use crate::tls;
use crate::token_source::TokenSource;

const TIMEOUT: Duration = Duration::from_secs(60);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const MAX_BODY: usize = 16 * 1024 * 1024;

/// Shorter than the idle timeouts of common load balancers (60 s and more). A request on a connection that the other
/// side is just closing may or may not have arrived, and one that writes must not be repeated then.
const POOL_IDLE: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub(crate) struct Settings {
    provider: &'static Provider,
    pub(crate) credentials: Vec<(&'static str, Credential)>,
    /// By server name; of several for one server the last counts.
    pub(crate) urls: Vec<(&'static str, String)>,
    pub(crate) region: Option<String>,
    /// By name; of several for one name the last counts. So it is with sources.
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
                    stalled: CallSettings::STALLED_AFTER,
                    body: MAX_BODY,
                },
                retry: RetryPolicy::new(),
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

    pub(crate) fn build(self) -> Result<Runtime, Error> {
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
        Ok(Runtime::new(State {
            provider,
            servers,
            credentials,
            values,
            default_headers,
            call: self.call,
            jitter: Arc::new(Jitter::new(self.jitter_seed)),
            observer: self.observer,
            told: Arc::new(Told::default()),
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
            ("stalled_after", self.call.limits.stalled),
            ("connect_timeout", self.connect_timeout),
        ];
        match times.iter().find(|(_, time)| time.is_zero()) {
            Some((name, _)) => Err(self.error(format_args!("{name} must be more than nothing"))),
            None => Ok(()),
        }
    }

    fn checked_credentials(&self) -> Result<Credentials, Error> {
        let mut checked = Credentials::default();
        let sources = self.sources.iter().map(|(name, _)| name);
        for name in self.credentials.iter().map(|(name, _)| name).chain(sources) {
            scheme(self.provider, name)?;
        }
        for scheme in self.provider.schemes {
            let credential = last(&self.credentials, scheme.name);
            let source = last(&self.sources, scheme.name);
            match (credential, source) {
                (Some(_), Some(_)) => {
                    return Err(self.error(format_args!(
                        "`{}` was given both a credential and a token source: give one of them",
                        scheme.name
                    )));
                }
                (Some(credential), None) => {
                    add_credential(self.provider, &mut checked, scheme, credential)?;
                }
                (None, Some(source)) => {
                    checked
                        .add_source(scheme, Arc::clone(source))
                        .map_err(|reason| {
                            self.error(format_args!(
                                "the token source for `{}` cannot be used: {reason}",
                                scheme.label
                            ))
                        })?;
                }
                (None, None) => {}
            }
        }
        Ok(checked)
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
                path::check_value(text).map_err(|reason| {
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

    fn default_headers(&self) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let mut agent = format!("{}-client/{}", self.provider.name, self.provider.version);
        if let Some(suffix) = self
            .user_agent_suffix
            .as_deref()
            .map(str::trim)
            .filter(|suffix| !suffix.is_empty())
        {
            agent.push(' ');
            agent.push_str(suffix);
        }
        let agent = header_value(&agent).ok_or_else(|| {
            self.error("user_agent_suffix holds a character that a header cannot carry")
        })?;
        headers.insert(USER_AGENT, agent);
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| self.error("a default header has a name that is not allowed"))?;
            if let Some(reason) = reserved_header(self.provider, &name) {
                return Err(self.error(format_args!("default header `{name}` {reason}")));
            }
            let mut keys = self.provider.operations.iter();
            if keys.any(|operation| {
                let key = operation.idempotency_key;
                key.is_some_and(|key| key.eq_ignore_ascii_case(name.as_str()))
            }) {
                return Err(self.error(format_args!(
                    "default header `{name}` tells calls apart: with the same value in each, the provider would take in the first only; set it for a call, or leave it to the client"
                )));
            }
            let mut value = header_value(value.expose()).ok_or_else(|| {
                self.error(format_args!(
                    "default header `{name}` has a value that a header cannot carry"
                ))
            })?;
            // Nobody knows what is in it.
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(headers)
    }

    fn checked_region(&self) -> Result<Option<&str>, Error> {
        let Some(region) = self.region.as_deref().map(str::trim) else {
            return Ok(None);
        };
        let known = self.provider.region_names();
        if known.contains(&region) {
            Ok(Some(region))
        } else if known.is_empty() {
            Err(self.error("a region was chosen, but the provider has none"))
        } else {
            let known = known.join("`, `");
            Err(self.error(format_args!(
                "there is no such region: the regions are `{known}`"
            )))
        }
    }

    /// A URL for every server; `None` for one that stays at the provider while the main one was moved, and for one whose
    /// host is not published.
    fn checked_urls(&self) -> Result<Vec<Option<BaseUrl>>, Error> {
        let known = |name: &str| {
            self.provider
                .servers
                .iter()
                .any(|server| server.name == name)
        };
        if self.provider.servers.is_empty() {
            return Err(self.error("the provider has no server"));
        }
        if let Some((name, _)) = self.urls.iter().find(|(name, _)| !known(name)) {
            return Err(self.error(format_args!("there is no server named `{name}`")));
        }
        let region = self.checked_region()?;
        let given = |server: &ServerEntry| last(&self.urls, server.name).map(String::as_str);
        let moved = self
            .provider
            .servers
            .first()
            .is_some_and(|main| given(main).is_some());
        let urls = self.provider.servers.iter().map(|server| {
            let regional = server
                .regions
                .iter()
                .find(|(name, _)| Some(*name) == region)
                .map(|(_, url)| *url);
            let url = match given(server) {
                None if moved => return Ok(None),
                None => match regional.unwrap_or(server.url) {
                    "" => return Ok(None),
                    url => url,
                },
                Some(url) => url,
            };
            BaseUrl::parse(url, self.allow_insecure_http)
                .map(Some)
                .map_err(|reason| {
                    self.error(format_args!(
                        "the URL of the server `{}` cannot be used: {reason}",
                        server.name
                    ))
                })
        });
        urls.collect()
    }

    fn connected(&self, urls: Vec<Option<BaseUrl>>) -> Result<Vec<Option<Server>>, Error> {
        let (mut local, mut remote) = (self.http.clone(), self.http.clone());
        let servers = urls.into_iter().map(|base| {
            let Some(base) = base else { return Ok(None) };
            let local_only = base.is_plain_loopback();
            let shared = if local_only { &mut local } else { &mut remote };
            let http = match shared {
                Some(http) => http.clone(),
                None => shared.insert(self.connect(&base, local_only)?).clone(),
            };
            Ok(Some(Server {
                base,
                http,
                budget: Budget::new(),
                gate: Gate::default(),
            }))
        });
        servers.collect()
    }

    fn connect(&self, base: &BaseUrl, local_only: bool) -> Result<reqwest::Client, Error> {
        if base.is_https() && !tls::AVAILABLE {
            return Err(self.error(
                "https needs TLS: turn on one of the features `rustls`, `rustls-aws-lc` and `native-tls`, or give an http_client(…)",
            ));
        }
        let mut builder = reqwest::Client::builder()
            // A redirect would carry credentials in custom headers along to any host.
            .redirect(reqwest::redirect::Policy::none())
            // Repeating is decided in one place, where it is known what may be repeated.
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(POOL_IDLE);
        if local_only {
            // A proxy from the environment would see requests in clear that were meant to stay on this machine.
            builder = builder.no_proxy();
        }
        let builder = tls::configure(builder, local_only)
            .map_err(|error| self.error("TLS cannot be set up").with_boxed(error))?;
        builder.build().map_err(|error| {
            self.error("the HTTP client cannot be set up")
                .with_source(error.without_url())
        })
    }
}

/// Of several for one name the last counts.
fn last<'a, T>(given: &'a [(&'static str, T)], name: &str) -> Option<&'a T> {
    let mut given = given.iter().rev();
    given
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// The scheme of a name.
pub(crate) fn scheme(provider: &'static Provider, name: &str) -> Result<&'static Scheme, Error> {
    let mut schemes = provider.schemes.iter();
    schemes.find(|scheme| scheme.name == name).ok_or_else(|| {
        let reason = format_args!("there is no credential scheme named `{name}`");
        configuration(provider, reason)
    })
}

/// Checks a credential and adds it.
pub(crate) fn add_credential(
    provider: &'static Provider,
    credentials: &mut Credentials,
    scheme: &'static Scheme,
    credential: &Credential,
) -> Result<(), Error> {
    credentials.add(scheme, credential).map_err(|reason| {
        let label = scheme.label;
        let reason = format_args!("the credential `{label}` cannot be used: {reason}");
        configuration(provider, reason)
    })
}

/// An error about how a client is set up.
pub(crate) fn configuration(provider: &'static Provider, reason: impl fmt::Display) -> Error {
    Error::new(
        ErrorKind::Configuration,
        Subject::Client(provider),
        format!("invalid configuration: {reason}"),
    )
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // URLs are left out: before they are checked they may hold a password. So may the values of headers.
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
                "moved_servers",
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
