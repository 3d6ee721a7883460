//! A running sandbox, as tests use it.

mod builder;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tokio::sync::oneshot;

use crate::faults::{Fault, FaultError, FaultInfo};
use crate::handles::{
    self, Engage, EngageBay, EngageOne, Engagespot, Outbox, WebEngage, Webhook, WebhookError,
    WebhookResponse,
};
use crate::http::perform::perform;
use crate::http::server::{Listener, Server};
use crate::http::service::Service;
use crate::http::state::ServerState;
use crate::log::{Requests, Verdicts};
use crate::snapshot::Snapshot;

pub use builder::Builder;

/// A running emulator of all providers. It stops when it is dropped.
pub struct Sandbox {
    state: Arc<ServerState>,
    server: Server,
    notices: Vec<String>,
    /// Dropping it ends the sandbox's own thread, if it has one.
    _thread: Option<oneshot::Sender<()>>,
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
