//! The settings of a sandbox, and its start.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread;

use tokio::sync::oneshot;

use super::Sandbox;
use crate::accounts;
use crate::accounts::account::AccountSettings;
use crate::admin;
use crate::clock::Clock;
use crate::faults::suggestion;
use crate::http::server::Listener;
use crate::http::service::{RateLimits, Service};
use crate::http::state::{ServerState, Settings};
use crate::log::{Observer, RecordedRequest};
use crate::provider::credentials::Credentials;
use crate::provider::{self, Provider};
use crate::saved::Saved;
use crate::seed::Seed;

/// The number of requests and messages that are kept by default.
const DEFAULT_LOG_SIZE: usize = 500;

/// The settings of a [`Sandbox`] before it starts.
#[derive(Default)]
pub struct Builder {
    port: u16,
    providers: Vec<String>,
    examples_only: bool,
    credentials: Vec<(String, String)>,
    limits: RateLimits,
    faults: Vec<String>,
    log_size: Option<usize>,
    observer: Option<Observer>,
    seeds: Vec<Seed>,
    data: Option<PathBuf>,
    reset_data: bool,
}

impl Builder {
    /// Listens on this port; 0, the default, selects a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Serves this provider, such as `engagebay`, and the others that are named so. All are served if none is named.
    ///
    /// Paths of other providers are 404, their handles hold nothing, and a fault for one is an error.
    #[must_use]
    pub fn provider(mut self, name: impl Into<String>) -> Self {
        self.providers.push(name.into());
        self
    }

    /// Whether a provider is served.
    fn serves(&self, provider: &Provider) -> bool {
        self.providers.is_empty() || self.providers.iter().any(|name| name == provider.name)
    }

    /// Sets a credential in place of its default. `variable` is the environment variable that clients read it from,
    /// such as `ENGAGEBAY_API_KEY`.
    #[must_use]
    pub fn credential(mut self, variable: impl Into<String>, value: impl Into<String>) -> Self {
        self.credentials.push((variable.into(), value.into()));
        self
    }

    /// Responds to every valid request with the operation's documented example. Requests are authenticated and validated
    /// as usual; the accounts don't change. For tests of the requests that a client sends.
    #[must_use]
    pub fn examples_only(mut self) -> Self {
        self.examples_only = true;
        self
    }

    /// Disables rate limits: no response is 429, and none has the headers of a rate limit.
    #[must_use]
    pub fn without_rate_limits(mut self) -> Self {
        self.limits.disabled = true;
        self
    }

    /// Sets the number of requests to an operation in a window, in place of the published one. This applies to providers
    /// whose limits the sandbox emulates, such as WebEngage.
    #[must_use]
    pub fn rate_limit(mut self, operation: impl Into<String>, requests: u32) -> Self {
        self.limits.overrides.push((operation.into(), requests));
        self
    }

    /// Keeps this many requests and verdicts, and this many messages and events of each provider, and counts the others; 500 if
    /// not set.
    #[must_use]
    pub fn log_size(mut self, entries: usize) -> Self {
        self.log_size = Some(entries);
        self
    }

    /// Sets a fault as [`Sandbox::set_fault`] does.
    #[must_use]
    pub fn fault(mut self, text: impl Into<String>) -> Self {
        self.faults.push(text.into());
        self
    }

    /// Calls a function with every request, immediately before its response is sent.
    #[must_use]
    pub fn on_request(
        mut self,
        observer: impl Fn(&RecordedRequest) + Send + Sync + 'static,
    ) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Executes the calls in a JSON file at the start, for accounts that aren't empty: a list of
    /// `{"provider": "engagebay", "operation": "contacts_create", "parameters": {…}, "body": {…}}`. Each is executed as by
    /// [`Sandbox::perform`]. If one is refused, the sandbox doesn't start.
    ///
    /// It is not applied where the folder of [`data`](Self::data) has accounts already, nor by [`Sandbox::reset`].
    #[must_use]
    pub fn seed(mut self, path: impl Into<PathBuf>) -> Self {
        self.seeds.push(Seed::File(path.into()));
        self
    }

    /// As [`seed`](Self::seed), with the text of such a file.
    #[must_use]
    pub fn seed_text(mut self, json: impl Into<String>) -> Self {
        self.seeds.push(Seed::Text(json.into()));
        self
    }

    /// Keeps the accounts in this folder, which is created if it is missing, so that they survive the end of the process,
    /// however it ends. A response is sent only after the change is on disk. If a change can't be written, its response is 500,
    /// and so are those to all further changes until the next start.
    ///
    /// In the folder are the accounts, with all that callers sent and that handles set; the windows of rate limits, faults and
    /// recorded requests are not. The clock continues at the time of the system, but never before what the accounts have seen.
    ///
    /// One sandbox at a time uses a folder: end the first with [`Sandbox::stop`] before the next one starts.
    #[must_use]
    pub fn data(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data = Some(folder.into());
        self
    }

    /// Starts with new accounts, even where the folder of [`data`](Self::data) has some. Its files are renamed to `….old`, over
    /// those of an earlier time.
    #[must_use]
    pub fn reset_data(mut self) -> Self {
        self.reset_data = true;
        self
    }

    /// Refuses settings that would have no effect.
    fn check(&self, all: &[Provider]) -> Result<(), String> {
        if self.reset_data && self.data.is_none() {
            return Err("there is no data folder to be reset: name one".to_owned());
        }
        let names = all.iter().map(|provider| provider.name);
        let is_unknown = |name: &&String| !names.clone().any(|known| known == *name);
        if let Some(unknown) = self.providers.iter().find(is_unknown) {
            let otherwise = format!(
                "use one of {}",
                names.clone().collect::<Vec<_>>().join(", ")
            );
            let near = suggestion(unknown, names, &otherwise);
            return Err(format!("there is no provider `{unknown}`: {near}"));
        }
        let providers = || all.iter().filter(|provider| self.serves(provider));
        let known = providers().flat_map(|provider| &provider.credentials);
        let known: Vec<&str> = known.map(|(variable, _)| variable.as_str()).collect();
        let mut variables = self.credentials.iter().map(|(variable, _)| variable);
        if let Some(unknown) = variables.find(|variable| !known.contains(&variable.as_str())) {
            return Err(format!(
                "no provider reads a credential from `{unknown}`: use one of {}",
                known.join(", ")
            ));
        }
        let is_limited = |operation: &str| {
            let mut limiting = providers().filter(|one| one.config.rate_limits);
            limiting.any(|provider| provider.document.operation(operation).is_some())
        };
        let mut operations = self.limits.overrides.iter().map(|(operation, _)| operation);
        match operations.find(|operation| !is_limited(operation)) {
            Some(operation) => Err(format!(
                "no provider with rate limits has an operation `{operation}`"
            )),
            None => Ok(()),
        }
    }

    /// Starts the sandbox in tasks of the current Tokio runtime.
    ///
    /// # Errors
    /// If the port is taken, a provider, the variable of a credential or the operation of a rate limit is unknown, a fault
    /// can't be read, a call of a seed is refused, or the data folder can't be used: it can't be written, another sandbox has
    /// it, or both of its files are damaged.
    pub async fn start(self) -> io::Result<Sandbox> {
        let providers =
            provider::all().map_err(|why| io::Error::new(io::ErrorKind::InvalidData, why))?;
        self.check(providers)
            .map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
        let clock = Clock::new();
        let opened = self.data.as_deref();
        let opened = opened.map(|folder| Saved::open(folder, self.reset_data, &clock));
        let mut saved = opened.transpose().map_err(io::Error::other)?;
        let store = saved.as_ref().map(|saved| Arc::clone(&saved.store));
        let log_size = self.log_size.unwrap_or(DEFAULT_LOG_SIZE);
        let mut service = |provider: &'static Provider| {
            let settings = AccountSettings {
                credentials: credentials(provider, &self.credentials),
                examples_only: self.examples_only,
                clock: clock.for_provider(),
                log_size,
            };
            let known = saved.as_mut().and_then(|saved| saved.account(provider));
            let account = known.unwrap_or_else(|| accounts::open(provider, &settings));
            Service::new(
                provider,
                settings,
                self.limits.clone(),
                account,
                store.clone(),
            )
        };
        let served = providers.iter().filter(|provider| self.serves(provider));
        let services = served.map(&mut service).collect();
        let listener = Listener::bind(self.port).await?;
        let address = listener.address;
        let state = ServerState::new(Settings {
            address,
            services,
            examples_only: self.examples_only,
            observer: self.observer,
            providers,
            clock,
            log_size,
            local: admin::respond,
            store: store.clone(),
        });
        for fault in &self.faults {
            let added = state.faults.add_text(fault, providers);
            added.map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
        }
        let mut notices = Vec::new();
        let is_new = saved.as_ref().is_none_or(|saved| saved.is_new);
        if is_new {
            for seed in &self.seeds {
                seed.apply(&state)
                    .map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
            }
        } else if !self.seeds.is_empty() {
            notices.push("the seed is not applied: the folder has accounts already".to_owned());
        }
        let state = Arc::new(state);
        if let Some(saved) = saved {
            notices.splice(..0, saved.start(&state).map_err(io::Error::other)?);
        }
        Ok(Sandbox {
            server: listener.serve(Arc::clone(&state)),
            state,
            notices,
            _thread: None,
        })
    }

    /// Starts the sandbox on a thread of its own, for programs without async. The thread ends with the sandbox.
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
                    // The caller waits for this message, and keeps `alive` until the sandbox is dropped.
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
            .field("providers", &self.providers)
            .field("examples_only", &self.examples_only)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// A provider's credentials: the values that were set, otherwise the defaults.
fn credentials(provider: &Provider, set: &[(String, String)]) -> Credentials {
    let value = |(variable, default): &(String, String)| {
        let last = set.iter().rev().find(|(name, _)| name == variable);
        let value = last.map_or(default, |(_, value)| value);
        (variable.clone(), value.clone())
    };
    Credentials::new(provider.credentials.iter().map(value).collect())
}
