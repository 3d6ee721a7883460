//! One provider with one account.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engagement_document::Operation;
use http::{HeaderMap, StatusCode};

use super::account_cell::{AccountCell, AccountRef};
use super::auth::{self, Access};
use super::limits::{RateLimitStatus, Windows};
use super::response::ErrorResponse;
use super::router::Router;
use crate::accounts;
use crate::accounts::account::{Account, AccountSettings};
use crate::clock::Clock;
use crate::provider::Provider;
use crate::store::Store;

/// The window of an operation whose limit was set, but whose document has none.
const DEFAULT_WINDOW: Duration = Duration::from_secs(60);

/// The rate limits of a sandbox.
#[derive(Debug, Clone, Default)]
pub(crate) struct RateLimits {
    pub(crate) disabled: bool,
    /// Requests in a window by operation, instead of the documented number.
    pub(crate) overrides: Vec<(String, u32)>,
}

/// A provider with one account.
pub(crate) struct Service {
    pub(crate) provider: &'static Provider,
    pub(crate) router: Arc<Router>,
    /// The first path segment of each of the document's hosts.
    mounts: Vec<String>,
    pub(crate) settings: AccountSettings,
    limits: RateLimits,
    windows: Mutex<Windows>,
    pub(crate) cell: AccountCell,
}

impl Service {
    pub(crate) fn new(
        provider: &'static Provider,
        settings: AccountSettings,
        limits: RateLimits,
        mut account: Box<dyn Account>,
        store: Option<Arc<Store>>,
    ) -> Self {
        account.attach(&settings);
        Self {
            provider,
            router: Arc::new(Router::new(
                &provider.document,
                provider.config.unversioned,
                provider.config.aliases,
            )),
            mounts: provider
                .document
                .servers
                .iter()
                .map(|server| provider.mount(server))
                .collect(),
            limits,
            windows: Mutex::default(),
            cell: AccountCell::new(provider.name, account, settings.clock.clone(), store),
            settings,
        }
    }

    /// A copy with another clock.
    pub(crate) fn fork(&self, clock: &Clock) -> Self {
        let settings = AccountSettings {
            clock: clock.for_provider(),
            ..self.settings.clone()
        };
        let mut account = self.account().clone_account();
        account.attach(&settings);
        Self {
            provider: self.provider,
            router: Arc::clone(&self.router),
            mounts: self.mounts.clone(),
            limits: self.limits.clone(),
            windows: Mutex::new(self.windows().clone()),
            cell: AccountCell::new(self.provider.name, account, settings.clock.clone(), None),
            settings,
        }
    }

    /// The position of the host that is served under this path segment.
    pub(crate) fn host_at(&self, mount: &str) -> Option<usize> {
        self.mounts.iter().position(|known| known == mount)
    }

    /// The account, after what was due in it.
    pub(crate) fn account(&self) -> AccountRef<'_> {
        self.cell.get()
    }

    /// The provider's clock.
    pub(crate) fn clock(&self) -> &Clock {
        &self.settings.clock
    }

    /// Reads the account while the provider's clock is ahead by this many milliseconds.
    fn with_skew<T>(&self, skew: i64, f: impl FnOnce(&dyn Account) -> T) -> T {
        let account = self.account();
        self.clock().set_skew(skew);
        let result = f(&*account);
        self.clock().set_skew(0);
        result
    }

    fn windows(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the account by a new one, and starts all rate limits anew.
    pub(crate) fn reset(&self) {
        let account = accounts::open(self.provider, &self.settings);
        self.restore(account, Windows::default());
    }

    /// Replaces the account and the windows of the rate limits.
    pub(crate) fn restore(&self, mut account: Box<dyn Account>, windows: Windows) {
        account.attach(&self.settings);
        let ticket = self.cell.replace(account);
        self.cell.wait(ticket);
        *self.windows() = windows;
    }

    /// Copies of the account and of the windows of the rate limits.
    pub(crate) fn snapshot(&self) -> (Box<dyn Account>, Windows) {
        (self.account().clone_account(), self.windows().clone())
    }

    /// Checks a request's credentials and permissions, and names the security schemes that it satisfies. The provider's
    /// clock is ahead by the skew.
    pub(crate) fn authenticate(
        &self,
        operation: &Operation,
        headers: &HeaderMap,
        skew: i64,
    ) -> Result<(Access, Vec<String>), Box<ErrorResponse>> {
        self.with_skew(skew, |account| {
            let satisfied = match account.authenticate(operation, headers) {
                Some(result) => result.map(|schemes| (Access::Full, schemes)),
                None => {
                    let credentials = &self.settings.credentials;
                    auth::check(&self.provider.document, operation, credentials, headers)
                }
            };
            let satisfied = satisfied.map_err(|why| self.unauthorised(why))?;
            account.authorise(operation, headers)?;
            Ok(satisfied)
        })
    }

    /// The provider's response to wrong credentials, with the reason as hint.
    pub(crate) fn unauthorised(&self, why: String) -> Box<ErrorResponse> {
        let body = self.provider.unauthorised_body();
        ErrorResponse::new(StatusCode::UNAUTHORIZED, why.clone())
            .body(body)
            .hint(why)
    }

    /// Counts a request to the operation at a position in the document, if the operation has a rate limit.
    pub(crate) fn count_request(&self, position: usize) -> Option<RateLimitStatus> {
        if self.limits.disabled || !self.provider.config.rate_limits {
            return None;
        }
        let operations = &self.provider.document.operations;
        let documented = operations[position].rate_limit.as_ref();
        // Operations with a shared limit are counted under the first of them.
        let shared = documented
            .map(|limit| &limit.shared)
            .filter(|name| !name.is_empty());
        let shares = |other: &Operation| {
            shared.is_some() && other.rate_limit.as_ref().map(|limit| &limit.shared) == shared
        };
        let applies = |id: &String| {
            operations[position].id == *id
                || operations
                    .iter()
                    .any(|other| other.id == *id && shares(other))
        };
        let mut overrides = self.limits.overrides.iter().rev();
        let limit = overrides.find(|(id, _)| applies(id)).map(|(_, n)| *n);
        let limit = limit.or(documented.map(|limit| limit.requests))?;
        let counted_under = operations.iter().position(shares).unwrap_or(position);
        let length = documented.map_or(DEFAULT_WINDOW, |limit| Duration::from_secs(limit.seconds));
        let now = self.clock().now();
        Some(self.windows().count(counted_under, limit, length, now))
    }
}
