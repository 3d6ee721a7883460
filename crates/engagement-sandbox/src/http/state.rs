//! The state that all connections of a sandbox share.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::Notify;

use super::account_cell::{downcast, downcast_mut};
use super::limits::Windows;
use super::local::LocalHandler;
use super::service::Service;
use crate::accounts::account::Account;
use crate::clock::{Clock, http_date};
use crate::faults::engine::Faults;
use crate::log::verdicts::Judge;
use crate::log::{Observer, RequestLog};
use crate::provider::Provider;
use crate::store::{Entry, Store};

/// The providers of a sandbox, and the requests to them.
pub(crate) struct ServerState {
    pub(crate) address: SocketAddr,
    pub(crate) services: Vec<Service>,
    pub(crate) examples_only: bool,
    pub(crate) observer: Option<Observer>,
    pub(crate) providers: &'static [Provider],
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    /// Notified after each request, and whenever an account, the faults or the clock is changed by other means.
    pub(crate) changed: Notify,
    /// The number of times that this was notified, for those who were not waiting then.
    changes: AtomicU64,
    /// Responds to requests for the sandbox itself.
    pub(crate) local: LocalHandler,
    /// Where changes of accounts are saved, if they are.
    pub(crate) store: Option<Arc<Store>>,
    /// The number of requests and messages that are kept.
    pub(crate) log_size: usize,
    log: Mutex<Log>,
    /// The latest second of a header `Date`, with its text.
    date: Mutex<(u64, HeaderValue)>,
}

/// What a state is made of.
pub(crate) struct Settings {
    pub(crate) address: SocketAddr,
    pub(crate) services: Vec<Service>,
    pub(crate) examples_only: bool,
    pub(crate) observer: Option<Observer>,
    pub(crate) providers: &'static [Provider],
    pub(crate) clock: Clock,
    pub(crate) log_size: usize,
    pub(crate) local: LocalHandler,
    pub(crate) store: Option<Arc<Store>>,
}

/// What is kept of requests.
pub(crate) struct Log {
    pub(crate) requests: RequestLog,
    pub(crate) judge: Judge,
}

impl Log {
    pub(crate) fn clear(&mut self) {
        self.requests.clear();
        self.judge.clear();
    }
}

impl ServerState {
    pub(crate) fn new(settings: Settings) -> Self {
        let served = settings.services.iter().map(|one| one.provider.name);
        Self {
            address: settings.address,
            faults: Faults::new(served.collect()),
            services: settings.services,
            examples_only: settings.examples_only,
            observer: settings.observer,
            providers: settings.providers,
            clock: settings.clock,
            changed: Notify::new(),
            changes: AtomicU64::new(0),
            date: Mutex::new((u64::MAX, HeaderValue::from_static(""))),
            local: settings.local,
            store: settings.store,
            log_size: settings.log_size,
            log: Mutex::new(Log {
                requests: RequestLog::new(settings.log_size),
                judge: Judge::new(settings.log_size),
            }),
        }
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The header `Date` of a time since 1970.
    pub(crate) fn date(&self, time: Duration) -> HeaderValue {
        let mut latest = self.date.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.0 != time.as_secs() {
            // The text of a date is ASCII.
            if let Ok(text) = HeaderValue::try_from(http_date(time)) {
                *latest = (time.as_secs(), text);
            }
        }
        latest.1.clone()
    }

    pub(crate) fn service(&self, provider: &str) -> Option<&Service> {
        self.services
            .iter()
            .find(|service| service.provider.name == provider)
    }

    /// Wakes those who wait for a change.
    pub(crate) fn notify_changed(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    /// The number of changes so far.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    /// Moves the clock of all providers forward, and does what is due then.
    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
        for service in &self.services {
            // Opening an account does what is due in it.
            drop(service.account());
        }
        if let Some(store) = &self.store {
            let ticket = store.push(Entry::Clock(self.clock.now()));
            // The store reports why it can't be written.
            let _ = store.wait(ticket);
        }
        self.notify_changed();
    }

    /// Replaces every account by a new one, and deletes the recorded requests, the verdicts and the faults. The clock stays.
    pub(crate) fn reset(&self) {
        self.services.iter().for_each(Service::reset);
        self.faults.clear();
        self.log().clear();
        self.notify_changed();
    }

    /// Copies of all accounts at one moment, at which it calls a function.
    pub(crate) fn copy_accounts(
        &self,
        f: &mut dyn FnMut(),
    ) -> Vec<(&'static str, Box<dyn Account>)> {
        // Nobody else takes a second account.
        let services = self.services.iter();
        let used: Vec<_> = services
            .map(|one| (one.provider.name, one.account()))
            .collect();
        f();
        let copies = used.iter();
        copies
            .map(|(name, account)| (*name, account.clone_account()))
            .collect()
    }

    /// Copies of the accounts and of the windows of the rate limits, by provider.
    pub(crate) fn snapshot(&self) -> Vec<(&'static str, Box<dyn Account>, Windows)> {
        let services = self.services.iter();
        let copy = |service: &Service| {
            let (account, windows) = service.snapshot();
            (service.provider.name, account, windows)
        };
        services.map(copy).collect()
    }

    /// Replaces the accounts and the windows of the rate limits by those of a snapshot.
    pub(crate) fn restore(&self, snapshot: &[(&'static str, Box<dyn Account>, Windows)]) {
        for (provider, account, windows) in snapshot {
            if let Some(service) = self.service(provider) {
                service.restore(account.clone_account(), windows.clone());
            }
        }
        self.notify_changed();
    }

    /// The state of another sandbox at this address, with copies of the accounts, and the same settings and time.
    pub(crate) fn fork(&self, address: SocketAddr) -> Self {
        let clock = self.clock.fork();
        let services = self.services.iter();
        Self::new(Settings {
            address,
            services: services.map(|service| service.fork(&clock)).collect(),
            examples_only: self.examples_only,
            observer: None,
            providers: self.providers,
            clock,
            log_size: self.log_size,
            local: self.local,
            store: None,
        })
    }

    /// Reads a provider's account through its own type.
    pub(crate) fn read_account<A: Account, T: Default>(
        &self,
        provider: &str,
        f: impl FnOnce(&A) -> T,
    ) -> T {
        let account = self.service(provider).map(Service::account);
        let account = account.as_deref().and_then(downcast);
        account.map(f).unwrap_or_default()
    }

    /// Changes a provider's account through its own type.
    pub(crate) fn change_account<A: Account, T: Default>(
        &self,
        provider: &str,
        f: impl FnOnce(&mut A) -> T,
    ) -> T {
        let service = self.service(provider);
        let change = |service: &Service| {
            let (result, ticket) = service.cell.change(|one| downcast_mut(one).map(f));
            service.cell.wait(ticket);
            result
        };
        let result = service.and_then(change).unwrap_or_default();
        self.notify_changed();
        result
    }

    /// The base URL for a provider's client. An unknown provider has one too, where every path is 404.
    pub(crate) fn base_url(&self, provider: &str) -> String {
        self.server_url(provider, "api")
            .unwrap_or_else(|| format!("http://{}/{provider}", self.address))
    }

    /// The base URL for a named host of a provider's document; the main one is `api`.
    pub(crate) fn server_url(&self, provider: &str, server: &str) -> Option<String> {
        let provider = self.service(provider)?.provider;
        let mut servers = provider.document.servers.iter();
        let server = servers.find(|known| known.name == server)?;
        Some(format!(
            "http://{}/{}{}",
            self.address,
            provider.mount(server),
            server.path()
        ))
    }

    /// The names and base URLs of a provider's hosts.
    pub(crate) fn servers(&self, provider: &str) -> Vec<(&'static str, String)> {
        let Some(service) = self.service(provider) else {
            return Vec::new();
        };
        let servers = service.provider.document.servers.iter();
        let url = |server: &'static engagement_document::Server| {
            let name = server.name.as_str();
            Some((name, self.server_url(provider, name)?))
        };
        servers.filter_map(url).collect()
    }

    /// The environment variables for a provider's client: credentials and base URLs.
    pub(crate) fn env(&self, provider: &str) -> Vec<(String, String)> {
        let Some(service) = self.service(provider) else {
            return Vec::new();
        };
        let mut variables = service.settings.credentials.variables().to_vec();
        for server in &service.provider.document.servers {
            let name = if server.name == "api" {
                "BASE".to_owned()
            } else {
                let to_word = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
                server.name.to_uppercase().chars().map(to_word).collect()
            };
            let variable = format!("{}_{name}_URL", provider.to_uppercase());
            let url = self.server_url(provider, &server.name);
            variables.extend(url.map(|url| (variable, url)));
        }
        variables
    }
}

impl fmt::Debug for ServerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerState")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
