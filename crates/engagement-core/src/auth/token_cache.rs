//! The cache of tokens, which are renewed when they expire.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use reqwest::header::{HeaderName, HeaderValue};
use tokio::time::Instant;

use crate::auth::token::Token;
use crate::error::Error;
use crate::provider::Scheme;

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
    /// Locked by the call that fetches.
    fetching: tokio::sync::Mutex<()>,
    state: Mutex<SlotState>,
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

    /// The token for a call that began at `began`: the cached token, or the result of `fetch`. `accept` checks a fetched token
    /// and prepares it for sending.
    pub(crate) async fn token(
        &self,
        began: Instant,
        fetch: impl Future<Output = Result<Token, Error>>,
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
        let _fetching = self.fetching.lock().await;
        let forgotten = {
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
            state.forgotten
        };
        let outcome = match fetch.await {
            Ok(token) => accept(&token),
            Err(error) => Err(error),
        };
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
