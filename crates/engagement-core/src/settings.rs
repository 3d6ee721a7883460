//! What a client builder collects, and the checks that turn it into a runtime.

use std::fmt;
use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use crate::base_url::BaseUrl;
use crate::credentials::{Credential, Credentials, reserved_header};
use crate::error::{Error, ErrorKind};
use crate::provider::{Provider, Server as ServerEntry};
use crate::runtime::{Limits, Runtime, Server, State};
use crate::secret::Secret;
use crate::subject::Subject;
use crate::text::header_value;
use crate::tls;

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
    pub(crate) limits: Limits,
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
            limits: Limits {
                overall: TIMEOUT,
                attempt: ATTEMPT_TIMEOUT,
                body: MAX_BODY,
            },
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
        let limits = self.checked_limits()?;
        let credentials = self.checked_credentials()?;
        let default_headers = self.default_headers()?;
        let servers = self.connected(self.checked_urls()?)?;
        let provider = self.provider;
        Ok(Runtime::new(State {
            provider,
            servers,
            credentials,
            default_headers,
            limits,
        }))
    }

    fn error(&self, reason: impl fmt::Display) -> Error {
        configuration(self.provider, reason)
    }

    fn checked_limits(&self) -> Result<Limits, Error> {
        let times = [
            ("timeout", self.limits.overall),
            ("attempt_timeout", self.limits.attempt),
            ("connect_timeout", self.connect_timeout),
        ];
        match times.iter().find(|(_, time)| time.is_zero()) {
            Some((name, _)) => Err(self.error(format_args!("{name} must be more than nothing"))),
            None => Ok(self.limits),
        }
    }

    fn checked_credentials(&self) -> Result<Credentials, Error> {
        let mut checked = Credentials::default();
        let unknown = self
            .credentials
            .iter()
            .find(|(name, _)| self.provider.schemes.iter().all(|s| s.name != *name));
        if let Some((name, _)) = unknown {
            return Err(self.error(format_args!("there is no credential scheme named `{name}`")));
        }
        for scheme in self.provider.schemes {
            let given = self
                .credentials
                .iter()
                .rev()
                .find(|(name, _)| *name == scheme.name);
            if let Some((_, credential)) = given {
                checked.add(scheme, credential).map_err(|reason| {
                    self.error(format_args!(
                        "the credential `{}` cannot be used: {reason}",
                        scheme.label
                    ))
                })?;
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

    /// A URL for every server; `None` for one that stays at the provider while the main one was moved.
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
        let given = |server: &ServerEntry| {
            self.urls
                .iter()
                .rev()
                .find(|(name, _)| *name == server.name)
                .map(|(_, url)| url.as_str())
        };
        let moved = self
            .provider
            .servers
            .first()
            .is_some_and(|main| given(main).is_some());
        let urls = self.provider.servers.iter().map(|server| {
            let url = match given(server) {
                None if moved => return Ok(None),
                None => server.url,
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
            Ok(Some(Server { base, http }))
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
            .field("limits", &self.limits)
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
            .field("allow_insecure_http", &self.allow_insecure_http)
            .finish()
    }
}
