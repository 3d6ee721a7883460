//! One provider, with one account.

use std::any::Any;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use engagement_document::Operation;
use http::{HeaderMap, StatusCode};

use crate::http::auth::{self, Access};
use crate::http::limits::{Counted, Windows};
use crate::http::response::Rejection;
use crate::provider::{Platform, Provider, Settings};

/// Of an operation whose limit was set but whose document names none.
const MINUTE: Duration = Duration::from_secs(60);

/// Which limits are kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct Limits {
    pub(crate) off: bool,
    /// Requests in a window, by operation, instead of the documented number.
    pub(crate) set: Vec<(String, u32)>,
}

/// A provider with one account.
pub(crate) struct Host {
    pub(crate) provider: &'static Provider,
    pub(crate) settings: Settings,
    limits: Limits,
    windows: Mutex<Windows>,
    state: Mutex<Box<dyn Platform>>,
}

impl Host {
    pub(crate) fn new(provider: &'static Provider, settings: Settings, limits: Limits) -> Self {
        Self {
            provider,
            limits,
            windows: Mutex::default(),
            state: Mutex::new(fresh(provider, &settings)),
            settings,
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, Box<dyn Platform>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks or changes the account in terms of its own type; `None` if it is of another.
    pub(crate) fn ask<S: Platform, T>(&self, ask: impl FnOnce(&mut S) -> T) -> Option<T> {
        let mut state = self.state();
        let state: &mut dyn Any = &mut **state;
        state.downcast_mut().map(ask)
    }

    fn windows(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reset(&self) {
        *self.state() = fresh(self.provider, &self.settings);
        *self.windows() = Windows::default();
    }

    /// Checks a request's credentials and names the schemes that they meet.
    pub(crate) fn access(
        &self,
        operation: &Operation,
        headers: &HeaderMap,
    ) -> Result<(Access, Vec<String>), Box<Rejection>> {
        let state = self.state();
        let credentials = &self.settings.credentials;
        let met = match state.authorise(operation, headers, credentials) {
            Some(own) => own.map(|schemes| (Access::Full, schemes)),
            None => auth::check(&self.provider.document, operation, credentials, headers),
        };
        let met = met.map_err(|why| self.unauthorised(why))?;
        state.permit(operation, headers)?;
        Ok(met)
    }

    /// A refusal in the words that the provider has for wrong credentials.
    pub(crate) fn unauthorised(&self, why: String) -> Box<Rejection> {
        let body = (self.provider.profile.unauthorised)();
        Rejection::new(StatusCode::UNAUTHORIZED, why.clone())
            .body(body)
            .hint(why)
    }

    /// Counts a request to an operation that has a limit.
    pub(crate) fn count(&self, at: usize) -> Option<Counted> {
        if self.limits.off || !self.provider.profile.limits {
            return None;
        }
        let operations = &self.provider.document.operations;
        let documented = operations[at].rate_limit.as_ref();
        // Some are counted together, under the first of them.
        let shared = documented
            .map(|limit| &limit.shared)
            .filter(|name| !name.is_empty());
        let together = |other: &Operation| {
            shared.is_some() && other.rate_limit.as_ref().map(|limit| &limit.shared) == shared
        };
        let set = self.limits.set.iter().rev();
        let set = set
            .filter(|(id, _)| {
                operations[at].id == *id
                    || operations
                        .iter()
                        .any(|other| other.id == *id && together(other))
            })
            .map(|(_, limit)| *limit)
            .next();
        let at = operations.iter().position(together).unwrap_or(at);
        let limit = set.or(documented.map(|limit| limit.requests))?;
        let length = documented.map_or(MINUTE, |limit| Duration::from_secs(limit.seconds));
        Some(self.windows().count(at, limit, length, Instant::now()))
    }
}

fn fresh(provider: &'static Provider, settings: &Settings) -> Box<dyn Platform> {
    let mut state = (provider.profile.state)(provider);
    state.configure(settings);
    state
}
