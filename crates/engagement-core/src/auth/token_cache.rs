//! The cache of tokens, which are renewed when they expire.

use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use tokio::time::Instant;

use crate::auth::token::Token;
use crate::error::Error;
use crate::provider::Scheme;

/// A fetch that no call has continued for this long is dropped: its connection may be closed, and its token old.
const ABANDONED: Duration = Duration::from_secs(30);

/// A fetch that no call polled for this long may have failed because of that.
const INTERRUPTED: Duration = Duration::from_secs(1);

/// A token in the form in which it is sent.
#[derive(Clone)]
pub(crate) struct CachedToken {
    pub(crate) scheme: &'static str,
    pub(crate) name: HeaderName,
    pub(crate) value: HeaderValue,
    pub(crate) until: Instant,
    /// Increases with each fetch: a provider may return the same text for a new token.
    pub(crate) number: u64,
}

/// The token source of one scheme, and its last token.
pub(crate) struct TokenSlot<S> {
    pub(crate) scheme: &'static Scheme,
    pub(crate) source: S,
    /// The fetch in progress, locked by the call that polls it. If that call is dropped, the next one goes on.
    fetching: tokio::sync::Mutex<Option<Fetch>>,
    state: Mutex<SlotState>,
}

pub(crate) type FetchFuture = Pin<Box<dyn Future<Output = Result<Token, Error>> + Send>>;

/// A fetch in progress.
struct Fetch {
    future: FetchFuture,
    /// When the last call that polled it was dropped.
    left: Instant,
    /// How often all tokens had been forgotten when it began.
    forgotten: u64,
}

/// A call that polls a fetch. If the call is dropped, the fetch stays for the next one.
struct Polling<'a>(&'a mut Option<Fetch>);

impl Drop for Polling<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // A future that panicked must not be polled again.
            *self.0 = None;
        } else if let Some(fetch) = self.0 {
            fetch.left = Instant::now();
        }
    }
}

#[derive(Default)]
struct SlotState {
    token: Option<CachedToken>,
    /// Number of completed fetches.
    fetches: u64,
    /// The error and time of the last fetch, if it failed.
    failure: Option<(Error, Instant)>,
    /// How often all tokens were forgotten. A token whose fetch began before is not cached.
    forgotten: u64,
}

impl<S> TokenSlot<S> {
    pub(crate) fn new(scheme: &'static Scheme, source: S) -> Self {
        Self {
            scheme,
            source,
            fetching: tokio::sync::Mutex::default(),
            state: Mutex::default(),
        }
    }

    /// The same source without a token.
    pub(crate) fn without_token(&self) -> Self
    where
        S: Clone,
    {
        Self::new(self.scheme, self.source.clone())
    }

    fn state(&self) -> MutexGuard<'_, SlotState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token for a call that began at `began`: the cached token, or the result of a fetch. `begin` begins one, unless
    /// another call did. `accept` checks a fetched token and prepares it for sending.
    pub(crate) async fn token(
        &self,
        began: Instant,
        begin: impl Fn() -> FetchFuture,
        accept: impl FnOnce(&Token) -> Result<CachedToken, Error>,
    ) -> Result<CachedToken, Error> {
        let before = {
            let state = self.state();
            if let Some(token) = state.valid() {
                return Ok(token);
            }
            // Concurrent calls get a 401 one after the other. If each logged in, the provider could lock the account
            // because of too many failed logins.
            if let Some(failure) = state.failed_since(began) {
                return Err(failure);
            }
            state.fetches
        };
        let mut fetching = self.fetching.lock().await;
        {
            let state = self.state();
            if let Some(token) = state.valid() {
                return Ok(token);
            }
            // A call that waited for another fetch reuses its result: a new fetch would fail too, or return another token
            // that is as short-lived.
            if state.fetches != before {
                if let Some((failure, _)) = &state.failure {
                    return Err(failure.duplicate());
                }
                if let Some(token) = &state.token {
                    return Ok(token.clone());
                }
            }
        }
        let (outcome, forgotten) = self.fetched(&mut fetching, begin).await;
        let outcome = outcome.and_then(|token| accept(&token));
        let mut state = self.state();
        state.fetches += 1;
        match outcome {
            Ok(token) => {
                state.failure = None;
                if state.forgotten == forgotten {
                    state.token = Some(token.clone());
                }
                Ok(token)
            }
            Err(error) => {
                state.failure = Some((error.duplicate(), Instant::now()));
                Err(error)
            }
        }
    }

    /// The result of the fetch in progress, or of a new one, and how often all tokens had been forgotten when it began.
    async fn fetched(
        &self,
        fetching: &mut Option<Fetch>,
        begin: impl Fn() -> FetchFuture,
    ) -> (Result<Token, Error>, u64) {
        fetching.take_if(|fetch| fetch.left.elapsed() > ABANDONED);
        let mut interrupted = fetching
            .as_ref()
            .is_some_and(|fetch| fetch.left.elapsed() > INTERRUPTED);
        loop {
            let polling = Polling(fetching);
            let fetch = polling.0.get_or_insert_with(|| Fetch {
                future: begin(),
                left: Instant::now(),
                forgotten: self.state().forgotten,
            });
            let outcome = fetch.future.as_mut().await;
            let forgotten = fetch.forgotten;
            *polling.0 = None;
            if outcome.is_ok() || !std::mem::take(&mut interrupted) {
                return (outcome, forgotten);
            }
        }
    }

    /// Forgets `refused`, unless it was already replaced.
    pub(crate) fn forget(&self, refused: &CachedToken) {
        let mut state = self.state();
        if state
            .token
            .as_ref()
            .is_some_and(|token| token.number == refused.number)
        {
            state.token = None;
        }
    }

    pub(crate) fn forget_all(&self) {
        let mut state = self.state();
        state.token = None;
        state.forgotten += 1;
    }
}

impl SlotState {
    fn valid(&self) -> Option<CachedToken> {
        self.token
            .clone()
            .filter(|token| Instant::now() < token.until)
    }

    /// The error of the last fetch, if it failed after `began`.
    fn failed_since(&self, began: Instant) -> Option<Error> {
        let (failure, at) = self.failure.as_ref()?;
        (began < *at).then(|| failure.duplicate())
    }
}

impl<S> fmt::Debug for TokenSlot<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSlot")
            .field("scheme", &self.scheme.name)
            .finish_non_exhaustive()
    }
}
