//! Tokens that a client gets for itself, keeps, and renews.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderName, HeaderValue};
use tokio::time::Instant;

use crate::auth::credentials::{Credential, ready};
use crate::client::core::Runtime;
use crate::error::call_target::Subject;
use crate::error::{Error, ErrorKind};
use crate::provider::Scheme;
use crate::secret::Secret;

/// A token is renewed this long before it expires, so that none expires on its way.
const MARGIN: Duration = Duration::from_secs(60);

/// How long a token of unknown expiry is used; most live for an hour.
const UNKNOWN: Duration = Duration::from_secs(50 * 60);

/// Gets the tokens that a client sends, such as by logging in.
///
/// The client keeps a token until 60 seconds before its expiry, or for 50 minutes if that is not known, and forgets it
/// when the provider answers 401 to it; the request is then made once more with a new one. However many calls need a
/// token, it is fetched once, and if that fails, all of them are told.
///
/// ```
/// use std::pin::Pin;
///
/// use engagement_core::{Error, Method, Runtime, Secret, Token, TokenSource};
///
/// struct Login {
///     user: String,
///     password: Secret,
/// }
///
/// impl TokenSource for Login {
///     fn fetch<'a>(
///         &'a self,
///         runtime: &'a Runtime,
///     ) -> Pin<Box<dyn Future<Output = Result<Token, Error>> + Send + 'a>> {
///         Box::pin(async move {
///             let login = serde_json::json!({"user": self.user, "password": self.password});
///             let request = runtime.request(Method::POST, "/login").without_credentials();
///             let token: Secret = request.json(&login).send().await?.json()?;
///             Ok(Token::new(token))
///         })
///     }
///
///     fn secrets(&self) -> Vec<Secret> {
///         vec![self.password.clone()]
///     }
/// }
/// ```
pub trait TokenSource: Send + Sync + 'static {
    /// Gets a new token. `runtime` is the client's own, except that it has no tokens of this source: an operation that
    /// needs one fails instead of waiting for itself. The time it takes counts towards the call that needs the token,
    /// and it is dropped with that call.
    ///
    /// An error of your own is made with [`Runtime::no_token`].
    fn fetch<'a>(
        &'a self,
        runtime: &'a Runtime,
    ) -> Pin<Box<dyn Future<Output = Result<Token, Error>> + Send + 'a>>;

    /// Secrets that errors must mask besides the tokens, such as a password. Asked for once, when the client is built.
    fn secrets(&self) -> Vec<Secret> {
        Vec::new()
    }
}

/// A token that a [`TokenSource`] got, and until when it is good.
#[derive(Debug, Clone)]
pub struct Token {
    text: Secret,
    expiry: Expiry,
}

#[derive(Debug, Clone, Copy)]
enum Expiry {
    Unknown,
    At(SystemTime),
    Steady(Instant),
}

impl Token {
    /// A token of unknown expiry.
    pub fn new(text: impl Into<Secret>) -> Self {
        Self {
            text: text.into(),
            expiry: Expiry::Unknown,
        }
    }

    /// Says when it expires.
    #[must_use]
    pub fn expires_at(mut self, time: SystemTime) -> Self {
        self.expiry = Expiry::At(time);
        self
    }

    /// Says how long it is good from now on.
    #[must_use]
    pub fn expires_in(mut self, life: Duration) -> Self {
        self.expiry = Expiry::Steady(after(life));
        self
    }

    /// Until when it is used, by a clock that nobody sets.
    fn use_until(&self) -> Instant {
        let now = Instant::now();
        let life = match self.expiry {
            Expiry::Unknown => return now + UNKNOWN,
            Expiry::At(time) => time.duration_since(SystemTime::now()).unwrap_or_default(),
            Expiry::Steady(end) => end.saturating_duration_since(now),
        };
        // One that lives for a minute or less would never be used.
        let margin = MARGIN.min(life / 2);
        after(life - margin)
    }
}

/// The moment `wait` from now; waits beyond what the clock can express are as good as endless.
pub(crate) fn after(wait: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365);
    Instant::now() + wait.min(FAR)
}

/// A token as it is sent.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) scheme: &'static str,
    pub(crate) name: HeaderName,
    pub(crate) value: HeaderValue,
    until: Instant,
    /// Counted up: a provider may give the same text again, which is a new token all the same.
    number: u64,
}

/// The tokens of one scheme: at most one at a time.
pub(crate) struct Slot {
    pub(crate) scheme: &'static Scheme,
    source: Arc<dyn TokenSource>,
    /// Held while fetching. Whoever is dropped gives the turn to the next.
    turn: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Held>,
    /// How many fetches were completed.
    fetches: u64,
    /// How and when the last one failed, if it did.
    failure: Option<(Error, Instant)>,
    /// How often everything was forgotten. What was fetched before that is not kept after it.
    forgotten: u64,
}

impl Slot {
    pub(crate) fn new(scheme: &'static Scheme, source: Arc<dyn TokenSource>) -> Self {
        Self {
            scheme,
            source,
            turn: tokio::sync::Mutex::default(),
            state: Mutex::default(),
        }
    }

    /// The same source with no token yet.
    pub(crate) fn fresh(&self) -> Self {
        Self::new(self.scheme, Arc::clone(&self.source))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token, fetched if need be through `runtime`, which must not wait for this very slot, for a call that began at
    /// `began`.
    pub(crate) async fn token(&self, runtime: &Runtime, began: Instant) -> Result<Held, Error> {
        let before = {
            let state = self.state();
            if let Some(token) = state.good() {
                return Ok(token);
            }
            // Calls that run side by side learn one after the other that their token was refused. Were each to log in
            // for itself, an account could be locked for too many failed logins.
            if let Some(failure) = state.failed_since(began) {
                return Err(failure);
            }
            state.fetches
        };
        let _turn = self.turn.lock().await;
        let forgotten = {
            let state = self.state();
            if let Some(token) = state.good() {
                return Ok(token);
            }
            // What came of a fetch while this one waited is its own too: fetching again would fail again, or bring one
            // more token that is as short-lived.
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
        let outcome = match self.source.fetch(runtime).await {
            Ok(token) => self.held(&token, runtime),
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

    fn held(&self, token: &Token, runtime: &Runtime) -> Result<Held, Error> {
        // Before anything can go wrong with it.
        let credentials = runtime.credentials();
        let number = credentials.next_token();
        credentials.remember_token(&token.text, number);
        let unusable = |reason: String| {
            let detail = format!("the token cannot be used: {reason}");
            Error::new(
                ErrorKind::Decode,
                Subject::Client(runtime.provider()),
                detail,
            )
        };
        let credential = Credential::from_values(self.scheme, std::iter::once(token.text.clone()))
            .ok_or_else(|| unusable("it takes a user and a password".to_owned()))?;
        let entry = ready(self.scheme, &credential).map_err(unusable)?;
        for echo in &entry.echoes {
            credentials.remember_token(echo, number);
        }
        Ok(Held {
            scheme: self.scheme.name,
            name: entry.name,
            value: entry.value,
            until: token.use_until(),
            number,
        })
    }

    /// Forgets `refused`, unless it has been replaced already.
    pub(crate) fn forget(&self, refused: &Held) {
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

impl State {
    fn good(&self) -> Option<Held> {
        self.token
            .clone()
            .filter(|token| Instant::now() < token.until)
    }

    /// The last fetch's failure, if that was after `began`.
    fn failed_since(&self, began: Instant) -> Option<Error> {
        let (failure, at) = self.failure.as_ref()?;
        (began < *at).then(|| failure.duplicate())
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot")
            .field("scheme", &self.scheme.name)
            .finish_non_exhaustive()
    }
}
