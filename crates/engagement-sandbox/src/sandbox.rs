//! Starting, using and stopping a sandbox.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tokio::sync::oneshot;

use crate::accounts;
use crate::accounts::account::AccountSettings;
use crate::admin;
use crate::clock::Clock;
use crate::faults::{Fault, FaultError, FaultInfo, suggestion};
use crate::handles::{
    self, Engage, EngageBay, EngageOne, Engagespot, Outbox, WebEngage, Webhook, WebhookError,
    WebhookResponse,
};
use crate::http::perform::perform;
use crate::http::server::{Listener, Server};
use crate::http::service::{RateLimits, Service};
use crate::http::state::{ServerState, Settings};
use crate::log::{Observer, RecordedRequest, Requests, Verdicts};
use crate::provider::credentials::Credentials;
use crate::provider::{self, Provider};
use crate::saved::Saved;
use crate::seed::Seed;
use crate::snapshot::Snapshot;

/// The number of requests and messages that are kept by default.
const DEFAULT_LOG_SIZE: usize = 500;

/// A running emulator of all providers. It stops when it is dropped.
pub struct Sandbox {
    state: Arc<ServerState>,
    server: Server,
    notices: Vec<String>,
    /// Dropping it ends the sandbox's own thread, if it has one.
    _thread: Option<oneshot::Sender<()>>,
}

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

/// A provider that a [`Sandbox`] serves.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderInfo {
    /// Its short name, such as `engagebay`.
    pub name: &'static str,
    /// Title of its API.
    pub title: &'static str,
    /// Number of its operations.
    pub operations: usize,
    /// The base URL for its client.
    pub base_url: String,
    /// The environment variables for its client: credentials and base URLs.
    pub env: Vec<(String, String)>,
}

impl Sandbox {
    /// Starts on a free port of 127.0.0.1, with default credentials and empty accounts.
    ///
    /// It runs in tasks of the current Tokio runtime and ends with it.
    ///
    /// # Errors
    /// If no port can be bound.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Returns a builder, for settings other than the defaults.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.state.address
    }

    /// Inspects and controls the EngageBay account.
    pub fn engagebay(&self) -> EngageBay<'_> {
        EngageBay { state: &self.state }
    }

    /// Inspects and controls the Engage workspace.
    pub fn engage(&self) -> Engage<'_> {
        Engage { state: &self.state }
    }

    /// Inspects and controls the Engagespot app.
    pub fn engagespot(&self) -> Engagespot<'_> {
        Engagespot { state: &self.state }
    }

    /// Inspects and controls the WebEngage account.
    pub fn webengage(&self) -> WebEngage<'_> {
        WebEngage { state: &self.state }
    }

    /// Inspects and controls the EngageOne account.
    pub fn engageone(&self) -> EngageOne<'_> {
        EngageOne { state: &self.state }
    }

    /// The base URL for a provider's client. An unknown provider has one too, where every path is 404.
    pub fn url(&self, provider: &str) -> String {
        self.state.base_url(provider)
    }

    /// The base URL for a named host of a provider's document; the main one is `api`. `None` for an unknown name.
    pub fn server_url(&self, provider: &str, server: &str) -> Option<String> {
        self.state.server_url(provider, server)
    }

    /// The providers that it serves.
    pub fn providers(&self) -> Vec<ProviderInfo> {
        let info = |service: &Service| {
            let name = service.provider.name;
            ProviderInfo {
                name,
                title: &service.provider.document.title,
                operations: service.provider.document.operations.len(),
                base_url: self.state.base_url(name),
                env: self.state.env(name),
            }
        };
        self.state.services.iter().map(info).collect()
    }

    /// The environment variables for the clients of all providers: credentials and base URLs.
    pub fn env(&self) -> Vec<(String, String)> {
        self.providers()
            .into_iter()
            .flat_map(|provider| provider.env)
            .collect()
    }

    /// The most recent requests, oldest first: at most 500 unless [`Builder::log_size`] says otherwise, and at most 64 MiB of
    /// heads and bodies.
    ///
    /// A request is recorded before its response is sent.
    pub fn requests(&self) -> Requests {
        let requests = self.state.log().requests.all();
        Requests::new(requests, self.state.providers)
    }

    /// What callers did wrong although the provider may have accepted it, such as sending a message twice. At most as many
    /// verdicts as requests are kept.
    pub fn verdicts(&self) -> Verdicts {
        self.state.log().judge.verdicts()
    }

    /// The messages that would have reached people, of all providers. Each provider keeps at most 500 sends, unless
    /// [`Builder::log_size`] says otherwise.
    pub fn outbox(&self) -> Outbox<'_> {
        Outbox::new(&self.state)
    }

    /// Sets a fault of future requests to a target: the id of an operation, `provider.operation` where several providers have
    /// it, a provider's name, a path as sent or as a template, which may end in `*`, or `any`.
    ///
    /// Of several faults for a request, the one that was set first happens.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use engagement_sandbox::{Fault, Sandbox};
    ///
    /// let sandbox = Sandbox::start().await?;
    /// sandbox.fail_next("contacts_add_tags", Fault::status(429).retry_after(7));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    /// If there is no such operation or provider, or if the fault has no meaning. The message says what is possible. Programs
    /// use [`try_fail_next`](Self::try_fail_next).
    #[track_caller]
    pub fn fail_next(&self, target: &str, fault: Fault) {
        if let Err(error) = self.try_fail_next(target, fault) {
            panic!("{error}");
        }
    }

    /// Sets a fault as [`fail_next`](Self::fail_next) does, and returns its number.
    ///
    /// # Errors
    /// If there is no such operation or provider, or if the fault has no meaning.
    pub fn try_fail_next(&self, target: &str, fault: Fault) -> Result<u64, FaultError> {
        let added = self.state.faults.add(target, fault, self.state.providers);
        self.state.notify_changed();
        added
    }

    /// Sets a fault that is written as text, such as `contacts_add_tags: status=429 retry-after=7 times=2`, and returns its
    /// number. The documentation of this crate lists the words.
    ///
    /// # Errors
    /// If the text can't be read, or as for [`try_fail_next`](Self::try_fail_next).
    pub fn set_fault(&self, text: &str) -> Result<u64, FaultError> {
        let added = self.state.faults.add_text(text, self.state.providers);
        self.state.notify_changed();
        added
    }

    /// The faults that can still happen, in the order in which they were set.
    pub fn faults(&self) -> Vec<FaultInfo> {
        self.state.faults.all()
    }

    /// Removes a fault. Returns whether there was one of this number.
    pub fn remove_fault(&self, id: u64) -> bool {
        let removed = self.state.faults.remove(id);
        self.state.notify_changed();
        removed
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.state.faults.clear();
        self.state.notify_changed();
    }

    /// Moves the sandbox's clock forward: windows of rate limits and of deduplication, lifetimes of tokens, and the times of
    /// records and responses follow it, and what is due by then, such as a scheduled send, is done before this returns.
    ///
    /// The clock also follows Tokio's, which tests can pause and advance.
    pub fn advance(&self, by: Duration) {
        self.state.advance(by);
    }

    /// The time by the sandbox's clock.
    pub fn now(&self) -> SystemTime {
        UNIX_EPOCH
            .checked_add(self.state.clock.now())
            .unwrap_or(UNIX_EPOCH)
    }

    /// Posts a documented webhook to a URL of this machine, once: no provider documents when it repeats a delivery.
    ///
    /// # Errors
    /// If the provider documents no such webhook, the body is not as documented, the URL is not one of this machine, or
    /// nothing responds there.
    pub async fn deliver(
        &self,
        webhook: &Webhook,
        url: &str,
    ) -> Result<WebhookResponse, WebhookError> {
        handles::deliver(webhook, url, self.state.providers).await
    }

    /// The number of requests since the start or the last [`clear_requests`](Self::clear_requests).
    pub fn request_count(&self) -> u64 {
        self.state.log().requests.count()
    }

    /// Deletes the recorded requests and the verdicts, and sets their number to 0.
    pub fn clear_requests(&self) {
        self.state.log().clear();
        self.state.notify_changed();
    }

    /// Replaces every account by a new one, and deletes the recorded requests, the verdicts and the faults. The clock stays.
    pub fn reset(&self) {
        self.state.reset();
    }

    /// Copies what the accounts hold, for [`restore`](Self::restore). [`Snapshot`] says what is in it.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use engagement_sandbox::Sandbox;
    /// use serde_json::json;
    ///
    /// let sandbox = Sandbox::start().await?;
    /// let empty = sandbox.snapshot();
    /// let ada = json!({ "properties": [{ "name": "name", "value": "Ada" }] });
    /// sandbox.perform("engagebay", "contacts_create", &[], ada).expect("a valid contact");
    /// sandbox.restore(&empty);
    /// # Ok(())
    /// # }
    /// ```
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            accounts: self.state.snapshot(),
        }
    }

    /// Replaces what the accounts hold by a snapshot of this sandbox or of another. Clock, faults and recorded requests stay.
    pub fn restore(&self, snapshot: &Snapshot) {
        self.state.restore(&snapshot.accounts);
    }

    /// Starts another sandbox on a free port, with copies of the accounts and of the windows of the rate limits, the same
    /// settings and the same time. Changes of one don't show in the other, and their clocks advance apart.
    ///
    /// It takes less than a millisecond: both share records until one changes them. The copy has no faults, no recorded
    /// requests and no function of [`Builder::on_request`], and is not saved if this sandbox is. It runs in tasks of the current
    /// Tokio runtime and ends with it.
    ///
    /// # Errors
    /// If no port can be bound.
    pub async fn fork(&self) -> io::Result<Self> {
        let listener = Listener::bind(0).await?;
        let state = Arc::new(self.state.fork(listener.address));
        Ok(Self {
            server: listener.serve(Arc::clone(&state)),
            state,
            notices: Vec::new(),
            _thread: None,
        })
    }

    /// What should be known about the start: a file of the folder of [`Builder::data`] that was damaged, or a seed that was not
    /// applied because the folder has accounts. The program prints it.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Calls an operation directly, for example to fill an account before a test.
    ///
    /// There is no HTTP, no check of credentials, and no entry in [`requests`](Self::requests). `parameters` are those
    /// of path and query. `body` is JSON for forms too, and [`Value::Null`] for none. The account is used even under
    /// [`Builder::examples_only`].
    ///
    /// # Errors
    /// The provider's error message if the call is refused, and a message for an unknown provider or operation.
    pub fn perform(
        &self,
        provider: &str,
        operation: &str,
        parameters: &[(&str, &str)],
        body: Value,
    ) -> Result<Value, String> {
        perform(&self.state, provider, operation, parameters, body, true)
    }

    /// Stops. Requests that have begun are completed within two seconds; then all connections are closed.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("address", &self.state.address)
            .finish_non_exhaustive()
    }
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

    /// Keeps this many requests, verdicts, and messages of each provider, and counts the others; 500 if not set.
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
