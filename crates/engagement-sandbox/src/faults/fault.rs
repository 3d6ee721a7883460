//! What fails, and how often.

use std::time::Duration;

use serde_json::Value;

/// A failure that the sandbox injects into its responses, for
/// [`Sandbox::fail_next`](crate::Sandbox::fail_next).
///
/// A constructor says what happens, and the other methods say when. By default a fault happens once, to the next request.
/// [`rate_limit`](Self::rate_limit) and [`clock_offset`](Self::clock_offset) apply to all requests.
///
/// | fault | is the call executed? |
/// |---|---|
/// | [`status`](Self::status), [`redirect`](Self::redirect), [`expired_token`](Self::expired_token), [`reset`](Self::reset), [`lost`](Self::lost); [`rate_limit`](Self::rate_limit) beyond the limit | no |
/// | all others | yes, if it is valid |
///
/// ```
/// use std::time::Duration;
/// use engagement_sandbox::Fault;
///
/// let busy = Fault::status(429).retry_after(7).times(2);
/// let flaky = Fault::reset().probability(0.1).seed(42);
/// let slow = Fault::delay(Duration::from_millis(200)).jitter(Duration::from_millis(50)).always();
/// assert_eq!(busy.to_string(), "status=429 retry-after=7 times=2");
/// assert_eq!(flaky.to_string(), "reset probability=0.1 seed=42");
/// assert_eq!(slow.to_string(), "delay=200ms jitter=50ms always");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) delay: Option<Duration>,
    pub(crate) jitter: Duration,
    pub(crate) schedule: Schedule,
    /// A setter that doesn't fit the constructor.
    pub(crate) problem: Option<String>,
}

/// What happens.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FaultKind {
    /// Nothing but the delay.
    Delay,
    Status {
        status: u16,
        retry_after: Option<u64>,
        message: Option<String>,
        body: Option<FaultBody>,
    },
    Stall,
    Reset,
    ResetInBody,
    ResetAfterCommit,
    Truncated,
    Garbage,
    Html,
    Empty,
    Oversized(usize),
    UnknownEnum,
    ExtraFields,
    NullFields,
    Redirect(String),
    ExpiredToken,
    /// Milliseconds.
    ClockOffset(i64),
    RateLimit {
        requests: u32,
        window: Duration,
    },
    Lost,
    /// Every how many-th element is dropped.
    DropItems(usize),
}

/// The body of a response with a given status.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FaultBody {
    Json(Value),
    Text(String),
}

/// Which of the matching requests fail.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Schedule {
    pub(crate) which: Which,
    pub(crate) count: Count,
    pub(crate) seed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Which {
    Each,
    Every(u64),
    Probability(f64),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Count {
    /// Once for [`Which::Each`], otherwise always.
    Default,
    Times(u64),
    Always,
}

impl Fault {
    pub(crate) fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            delay: None,
            jitter: Duration::ZERO,
            schedule: Schedule {
                which: Which::Each,
                count: Count::Default,
                seed: 0,
            },
            problem: None,
        }
    }

    /// A response with this status, and an error body in the provider's own form unless
    /// [`body`](Self::body) or [`text`](Self::text) sets one.
    pub fn status(status: u16) -> Self {
        Self::new(FaultKind::Status {
            status,
            retry_after: None,
            message: None,
            body: None,
        })
    }

    /// A response that is sent this much later; the call is executed before. With [`delayed`](Self::delayed), any other
    /// fault can be late too.
    pub fn delay(time: Duration) -> Self {
        Self::new(FaultKind::Delay).delayed(time)
    }

    /// No response, over an open connection: the client runs into its time limit.
    pub fn stall() -> Self {
        Self::new(FaultKind::Stall)
    }

    /// The connection is reset, and the call is not executed.
    pub fn reset() -> Self {
        Self::new(FaultKind::Reset)
    }

    /// The connection is reset in the middle of the response's body.
    pub fn reset_in_body() -> Self {
        Self::new(FaultKind::ResetInBody)
    }

    /// The call is executed, and then the connection is reset, without any byte of a response.
    pub fn reset_after_commit() -> Self {
        Self::new(FaultKind::ResetAfterCommit)
    }

    /// A response whose body is cut in the middle, although it is complete as HTTP. JSON is then invalid.
    pub fn truncated() -> Self {
        Self::new(FaultKind::Truncated)
    }

    /// A response with the documented status and media type whose body is neither JSON nor text.
    pub fn garbage() -> Self {
        Self::new(FaultKind::Garbage)
    }

    /// `200 OK` with an HTML page, as proxies and login pages send it.
    pub fn html() -> Self {
        Self::new(FaultKind::Html)
    }

    /// A response without a body.
    pub fn empty() -> Self {
        Self::new(FaultKind::Empty)
    }

    /// A response whose body has this many bytes: spaces after the JSON.
    pub fn oversized(bytes: usize) -> Self {
        Self::new(FaultKind::Oversized(bytes))
    }

    /// The values of all documented enumerations in the response are replaced by one that the document doesn't list.
    pub fn unknown_enum() -> Self {
        Self::new(FaultKind::UnknownEnum)
    }

    /// All objects in the response have fields that the document doesn't list.
    pub fn extra_fields() -> Self {
        Self::new(FaultKind::ExtraFields)
    }

    /// All fields of the response are null that the document doesn't require.
    pub fn null_fields() -> Self {
        Self::new(FaultKind::NullFields)
    }

    /// A temporary redirect (307), for example to another origin.
    pub fn redirect(url: impl Into<String>) -> Self {
        Self::new(FaultKind::Redirect(url.into()))
    }

    /// 401 in the provider's own form. Tokens that the account has issued expire.
    pub fn expired_token() -> Self {
        Self::new(FaultKind::ExpiredToken)
    }

    /// The provider's clock is this many seconds ahead, or behind if it is negative: in the header `Date`, in tokens, and in
    /// times of records. Applies to all requests unless [`times`](Self::times) limits it.
    pub fn clock_offset(seconds: i64) -> Self {
        Self::new(FaultKind::ClockOffset(seconds.saturating_mul(1000)))
    }

    /// 429 with `Retry-After` for requests beyond this many in a window. All requests that the target matches are counted
    /// together. A window starts with a request. Applies to all requests unless [`times`](Self::times) limits it.
    pub fn rate_limit(requests: u32, window: Duration) -> Self {
        Self::new(FaultKind::RateLimit { requests, window })
    }

    /// The response is that of an accepted call, the documented example, but the call is not executed.
    pub fn lost() -> Self {
        Self::new(FaultKind::Lost)
    }

    /// Every `n`-th element of the list in the body is dropped silently before the call is executed, as providers do with
    /// elements of batches that they can't use.
    pub fn drop_items(n: usize) -> Self {
        Self::new(FaultKind::DropItems(n))
    }

    /// Sets the header `Retry-After` of a [`status`](Self::status), in seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.with_status("retry-after", |kind| {
            if let FaultKind::Status { retry_after, .. } = kind {
                *retry_after = Some(seconds);
            }
        })
    }

    /// Sets the message in the error body of a [`status`](Self::status).
    #[must_use]
    pub fn message(self, text: impl Into<String>) -> Self {
        self.with_status("message", |kind| {
            if let FaultKind::Status { message, .. } = kind {
                *message = Some(text.into());
            }
        })
    }

    /// Sets the body of a [`status`](Self::status) to JSON.
    #[must_use]
    pub fn body(self, json: Value) -> Self {
        self.with_status("body", |kind| {
            if let FaultKind::Status { body, .. } = kind {
                *body = Some(FaultBody::Json(json));
            }
        })
    }

    /// Sets the body of a [`status`](Self::status) to plain text.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        self.with_status("text", |kind| {
            if let FaultKind::Status { body, .. } = kind {
                *body = Some(FaultBody::Text(text.into()));
            }
        })
    }

    fn with_status(mut self, name: &str, set: impl FnOnce(&mut FaultKind)) -> Self {
        if matches!(self.kind, FaultKind::Status { .. }) {
            set(&mut self.kind);
        } else {
            self.problem = Some(format!("`{name}` has an effect only on a `status`"));
        }
        self
    }

    /// Sends the response this much later, by Tokio's clock.
    #[must_use]
    pub fn delayed(mut self, time: Duration) -> Self {
        self.delay = Some(time);
        self
    }

    /// Adds a random time, up to this one, to the delay. The [`seed`](Self::seed) determines it.
    #[must_use]
    pub fn jitter(mut self, most: Duration) -> Self {
        self.jitter = most;
        self
    }

    /// Fails this many times.
    #[must_use]
    pub fn times(mut self, count: u64) -> Self {
        self.schedule.count = Count::Times(count);
        self
    }

    /// Fails until [`Sandbox::clear_faults`](crate::Sandbox::clear_faults).
    #[must_use]
    pub fn always(mut self) -> Self {
        self.schedule.count = Count::Always;
        self
    }

    /// Fails every `k`-th matching request.
    #[must_use]
    pub fn every(mut self, k: u64) -> Self {
        self.schedule.which = Which::Every(k);
        self
    }

    /// Fails each matching request with this probability. The [`seed`](Self::seed) determines which ones.
    #[must_use]
    pub fn probability(mut self, probability: f64) -> Self {
        self.schedule.which = Which::Probability(probability);
        self
    }

    /// Sets the seed of all that is random; 0 if not set.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.schedule.seed = seed;
        self
    }

    /// Why the fault has no meaning.
    pub(crate) fn check(&self) -> Result<(), String> {
        if let Some(problem) = &self.problem {
            return Err(problem.clone());
        }
        match &self.kind {
            FaultKind::Status { status, .. } if !(200..=599).contains(status) => Err(format!(
                "{status} is not the status of a final response: use 200 to 599"
            )),
            FaultKind::RateLimit { requests: 0, .. } => {
                Err("a `rate-limit` of 0 requests has no meaning: use `status=429 always`".into())
            }
            FaultKind::DropItems(0) => Err("`drop-items` must be 1 or more".into()),
            FaultKind::Redirect(url) if url.parse::<http::HeaderValue>().is_err() => {
                Err("the URL of a `redirect` must be visible ASCII".into())
            }
            _ => self.schedule.check(),
        }
    }
}

impl Schedule {
    fn check(&self) -> Result<(), String> {
        match (self.which, self.count) {
            (Which::Every(0), _) => Err("`every` must be 1 or more".into()),
            (Which::Probability(p), _) if !(0.0..=1.0).contains(&p) => {
                Err("`probability` must be between 0 and 1".into())
            }
            (_, Count::Times(0)) => Err("`times` must be 1 or more".into()),
            _ => Ok(()),
        }
    }

    /// How often the fault happens; `None`: always.
    pub(crate) fn limit(&self, kind: &FaultKind) -> Option<u64> {
        let lasting = matches!(
            kind,
            FaultKind::RateLimit { .. } | FaultKind::ClockOffset(_)
        );
        match self.count {
            Count::Times(count) => Some(count),
            Count::Always => None,
            Count::Default => (self.which == Which::Each && !lasting).then_some(1),
        }
    }
}
