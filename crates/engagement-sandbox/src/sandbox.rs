//! Starting, asking and stopping.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::thread;

use axum::serve::ListenerExt as _;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::http::auth::Credentials;
use crate::http::handler::Shared;
use crate::http::server::{self, Observer};
use crate::http::service::{Host, Limits};
use crate::provider::{self, Platform, Provider, Settings};
use crate::{Engage, EngageBay, EngageOne, Engagespot, RecordedRequest, WebEngage};

/// A running emulator of all providers. It stops when it is dropped.
pub struct Sandbox {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
    /// Ends the thread of its own, if it has one.
    _thread: Option<oneshot::Sender<()>>,
}

/// How a [`Sandbox`] is to be started.
#[derive(Default)]
pub struct Builder {
    port: u16,
    examples_only: bool,
    credentials: Credentials,
    limits: Limits,
    observer: Option<Observer>,
}

/// What a [`Sandbox`] serves of one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderInfo {
    /// Its short name, such as `engagebay`.
    pub name: &'static str,
    /// Title of its API.
    pub title: &'static str,
    /// How many operations it has.
    pub operations: usize,
    /// Where a client's base URL must point.
    pub base_url: String,
    /// Environment variables that lead a client here.
    pub env: Vec<(String, String)>,
}

impl Sandbox {
    /// Starts on a free port of 127.0.0.1, with default credentials and empty accounts.
    ///
    /// It serves in tasks of the current Tokio runtime and ends with it.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Starts with other settings than the default ones.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The EngageBay side.
    pub fn engagebay(&self) -> EngageBay<'_> {
        EngageBay { sandbox: self }
    }

    /// The Engage side.
    pub fn engage(&self) -> Engage<'_> {
        Engage { sandbox: self }
    }

    /// The Engagespot side.
    pub fn engagespot(&self) -> Engagespot<'_> {
        Engagespot { sandbox: self }
    }

    /// The WebEngage side.
    pub fn webengage(&self) -> WebEngage<'_> {
        WebEngage { sandbox: self }
    }

    /// The EngageOne side.
    pub fn engageone(&self) -> EngageOne<'_> {
        EngageOne { sandbox: self }
    }

    /// Where the base URL of a provider's client must point. Under the URL of an unknown name everything answers 404.
    pub fn url(&self, provider: &str) -> String {
        self.server_url(provider, "api")
            .unwrap_or_else(|| format!("http://{}/{provider}", self.address))
    }

    /// Where the base URL of a named host of a provider's document must point; the main one is `api`.
    pub fn server_url(&self, provider: &str, server: &str) -> Option<String> {
        let provider = self.shared.host(provider)?.provider;
        let mut servers = provider.document.servers.iter();
        let server = servers.find(|known| known.name == server)?;
        Some(format!(
            "http://{}/{}{}",
            self.address,
            provider.mount(server),
            server.path()
        ))
    }

    /// What is served, provider by provider.
    pub fn providers(&self) -> Vec<ProviderInfo> {
        let info = |host: &Host| {
            let name = host.provider.profile.name;
            ProviderInfo {
                name,
                title: &host.provider.document.title,
                operations: host.provider.document.operations.len(),
                base_url: self.url(name),
                env: self.provider_env(name),
            }
        };
        self.shared.hosts.iter().map(info).collect()
    }

    /// Environment variables that lead the clients of all providers here: credentials and URLs.
    pub fn env(&self) -> Vec<(String, String)> {
        self.providers()
            .into_iter()
            .flat_map(|provider| provider.env)
            .collect()
    }

    pub(crate) fn provider_env(&self, provider: &str) -> Vec<(String, String)> {
        let Some(host) = self.shared.host(provider) else {
            return Vec::new();
        };
        let mut found = host.settings.credentials.clone();
        for server in &host.provider.document.servers {
            let name = if server.name == "api" {
                "BASE".to_owned()
            } else {
                let word = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
                server.name.to_uppercase().chars().map(word).collect()
            };
            let variable = format!("{}_{name}_URL", provider.to_uppercase());
            found.extend(
                self.server_url(provider, &server.name)
                    .map(|url| (variable, url)),
            );
        }
        found
    }

    /// The newest requests, oldest of them first; at most 10,000, and 64 MiB of bodies.
    ///
    /// A request stands here before its answer is sent.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.log().all()
    }

    /// How many requests have come since the start or the last [`clear_requests`](Self::clear_requests).
    pub fn request_count(&self) -> u64 {
        self.shared.log().seen()
    }

    /// Forgets all requests.
    pub fn clear_requests(&self) {
        self.shared.log().clear();
    }

    /// Empties all accounts and forgets all requests.
    pub fn reset(&self) {
        self.shared.hosts.iter().for_each(Host::reset);
        self.clear_requests();
    }

    /// Does what an operation does, without HTTP, credentials or a trace in [`requests`](Self::requests): to fill
    /// an account before a test. `parameters` are those of path and query; `body` is JSON for forms too, and
    /// [`Value::Null`] for none. The account is used even under [`Builder::examples_only`].
    ///
    /// # Errors
    /// The provider's words when it refuses.
    pub fn perform(
        &self,
        provider: &str,
        operation: &str,
        parameters: &[(&str, &str)],
        body: Value,
    ) -> Result<Value, String> {
        self.shared.perform(provider, operation, parameters, body)
    }

    /// Stops, and waits until the last answer is out.
    pub async fn stop(mut self) {
        self.stop.take();
        // The task returns nothing and doesn't panic.
        let _ = (&mut self.serving).await;
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Asks or changes a provider's account in terms of its own type.
    pub(crate) fn ask<S: Platform, T: Default>(
        &self,
        provider: &str,
        ask: impl FnOnce(&mut S) -> T,
    ) -> T {
        let host = self.shared.host(provider);
        host.and_then(|host| host.ask(ask)).unwrap_or_default()
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Builder {
    /// Listens on this port; 0, the default, takes a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Takes another credential than the default one. `variable` is the environment variable that clients read it
    /// from, such as `ENGAGEBAY_API_KEY`.
    #[must_use]
    pub fn credential(mut self, variable: impl Into<String>, value: impl Into<String>) -> Self {
        self.credentials.push((variable.into(), value.into()));
        self
    }

    /// Leaves the accounts alone: requests are authenticated and validated as ever, and every operation answers with
    /// its documented example. For tests of what a client puts on the wire.
    #[must_use]
    pub fn examples_only(mut self) -> Self {
        self.examples_only = true;
        self
    }

    /// Counts no requests: no answer is 429, and none tells how many more are taken.
    #[must_use]
    pub fn without_rate_limits(mut self) -> Self {
        self.limits.off = true;
        self
    }

    /// Takes this many requests to an operation in a window, instead of as many as the provider publishes. It holds for
    /// the providers whose limits are kept, such as WebEngage.
    #[must_use]
    pub fn rate_limit(mut self, operation: impl Into<String>, requests: u32) -> Self {
        self.limits.set.push((operation.into(), requests));
        self
    }

    /// Calls a function with every request, right before it is answered.
    #[must_use]
    pub fn on_request(
        mut self,
        observer: impl Fn(&RecordedRequest) + Send + Sync + 'static,
    ) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Finds settings that would have no effect.
    fn check(&self, providers: &[Provider]) -> Result<(), String> {
        let known = providers
            .iter()
            .flat_map(|provider| provider.profile.credentials);
        let known: Vec<&str> = known.map(|(variable, _)| *variable).collect();
        let mut set = self.credentials.iter().map(|(variable, _)| variable);
        if let Some(variable) = set.find(|variable| !known.contains(&variable.as_str())) {
            return Err(format!(
                "no provider reads a credential from `{variable}`: use one of {}",
                known.join(", ")
            ));
        }
        let counted = |operation: &str| {
            let mut limiting = providers.iter().filter(|one| one.profile.limits);
            limiting.any(|provider| provider.document.operation(operation).is_some())
        };
        let mut set = self.limits.set.iter().map(|(operation, _)| operation);
        match set.find(|operation| !counted(operation)) {
            Some(operation) => Err(format!(
                "no provider whose limits are kept has an operation `{operation}`"
            )),
            None => Ok(()),
        }
    }

    /// Starts.
    ///
    /// # Errors
    /// When the port is taken, or a credential's variable or the operation of a rate limit is unknown.
    pub async fn start(self) -> io::Result<Sandbox> {
        let providers =
            provider::all().map_err(|why| io::Error::new(io::ErrorKind::InvalidData, why))?;
        self.check(providers)
            .map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
        let host = |provider: &'static Provider| {
            let settings = Settings {
                credentials: credentials(provider, &self.credentials),
                examples_only: self.examples_only,
            };
            Host::new(provider, settings, self.limits.clone())
        };
        let hosts = providers.iter().map(host).collect();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let address = listener.local_addr()?;
        // Small answers go out at once.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let shared = Arc::new(Shared::new(hosts, self.examples_only, self.observer));
        let app = axum::Router::new()
            .fallback(server::handle)
            .with_state(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(async move {
            // Dropping the sender is the signal too.
            let stopped = async move { drop(stopped.await) };
            // Accepting never fails for good: the listener retries.
            drop(
                axum::serve(listener, app)
                    .with_graceful_shutdown(stopped)
                    .await,
            );
        });
        Ok(Sandbox {
            address,
            shared,
            stop: Some(stop),
            serving,
            _thread: None,
        })
    }

    /// Starts on a thread of its own, for programs without async. The thread ends with the sandbox.
    ///
    /// # Errors
    /// As for [`start`](Self::start), and if the thread can't be started.
    pub fn start_on_thread(self) -> io::Result<Sandbox> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (alive, ended) = oneshot::channel::<()>();
        let (starting, started) = mpsc::channel();
        thread::Builder::new()
            .name("engagement-sandbox".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    // The caller waits for it, and holds the other end of what is waited for here.
                    let _ = starting.send(self.start().await);
                    let _ = ended.await;
                });
            })?;
        let sandbox = started.recv().map_err(io::Error::other)??;
        Ok(Sandbox {
            _thread: Some(alive),
            ..sandbox
        })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("port", &self.port)
            .field("examples_only", &self.examples_only)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// A provider's credentials: those that were set, for the rest the usual ones.
fn credentials(provider: &Provider, set: &Credentials) -> Credentials {
    let value = |(variable, usual): &(&str, &str)| {
        let own = set.iter().rev().find(|(name, _)| name == variable);
        let value = own.map_or_else(|| (*usual).to_owned(), |(_, value)| value.clone());
        ((*variable).to_owned(), value)
    };
    provider.profile.credentials.iter().map(value).collect()
}
