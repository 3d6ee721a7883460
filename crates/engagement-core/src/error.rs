//! The one error type.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use crate::credentials::Credentials;
use crate::decode;
use crate::mask::mask;
use crate::provider::Operation;
use crate::rate_limit::RateLimitStatus;
use crate::response::request_id;
use crate::retry_after::retry_after;
use crate::subject::Subject;

/// How much of a body an error keeps.
pub(crate) const KEPT_BODY: usize = 64 * 1024;

/// Why a call failed.
///
/// `Display` starts with the operation and gives the provider's own words:
/// `contacts_get: 404 Not Found: There is no contact with this id`. It never holds URLs, credentials, or what the call
/// sent, unless the provider's message repeats the latter. `Debug` holds no headers and no body.
///
/// In all that `Display`, `Debug` and [`message`](Self::message) show,
/// * `[REDACTED]` stands for the client's credentials, in every form in which a provider may repeat them;
/// * `[e-mail]` for words that hold an e-mail address: as it is, percent-encoded, escaped as in JSON or HTML, or in base64;
/// * `[phone]` for telephone numbers of a plus sign and at least eight digits;
/// * `*` for keys of JSON objects that don't look like the name of a field.
///
/// Names of people and other words are not recognised. [`body`](Self::body) and [`headers`](Self::headers) are as received:
/// keep them out of logs.
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    subject: Subject,
    detail: String,
    message: Option<String>,
    response: Option<Parts>,
    sent: bool,
    timed_out: bool,
    not_found: bool,
    attempts: u32,
    waited: Duration,
    /// A retry was wanted and could not be afforded.
    exhausted: bool,
    /// Another attempt would fail in the same way.
    for_good: bool,
    /// An earlier attempt of the same call may have deleted it.
    gone: bool,
    /// For how long the provider wants nothing, where that was known before sending.
    pause: Option<Duration>,
    /// Told by a login that had to come before.
    login: bool,
    /// Shared, so that all who wait for one login can be told of its failure.
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// What is kept of the response.
#[derive(Clone)]
struct Parts {
    status: StatusCode,
    headers: HeaderMap,
    body: Option<Bytes>,
    retry_after: Option<Duration>,
    request_id: Option<String>,
}

/// What went wrong, in the large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A parameter or the body cannot be sent as it is.
    InvalidRequest,
    /// The operation needs a credential that the client does not have.
    MissingCredentials,
    /// The client is not set up for this.
    Configuration,
    /// No connection came about: name resolution, refusal, TLS.
    Connect,
    /// No answer in time.
    Timeout,
    /// The connection broke after the request may have been sent.
    Transport,
    /// The provider redirected, which is never followed.
    Redirect,
    /// The provider refused, or there is no such thing.
    Api,
    /// The provider answered with something else than documented.
    Decode,
    /// The answer is larger than the client's limit.
    BodyTooLarge,
    /// The provider asked for a pause that ends too late for this call, or the client's own
    /// [limits](crate::RateLimits) have no room before, so that nothing was sent.
    RateLimited,
    /// A list cannot be continued.
    Pagination,
}

impl ErrorKind {
    /// A word for logs and metrics, such as `body_too_large`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::MissingCredentials => "missing_credentials",
            Self::Configuration => "configuration",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Transport => "transport",
            Self::Redirect => "redirect",
            Self::Api => "api",
            Self::Decode => "decode",
            Self::BodyTooLarge => "body_too_large",
            Self::RateLimited => "rate_limited",
            Self::Pagination => "pagination",
        }
    }
}

impl Error {
    /// An error about something that was not sent.
    pub(crate) fn new(kind: ErrorKind, subject: Subject, detail: impl AsRef<str>) -> Self {
        Self(Box::new(Inner {
            kind,
            subject,
            detail: mask(detail.as_ref()),
            message: None,
            response: None,
            sent: false,
            timed_out: kind == ErrorKind::Timeout,
            not_found: false,
            attempts: 0,
            waited: Duration::ZERO,
            exhausted: false,
            for_good: false,
            gone: false,
            pause: None,
            login: false,
            source: None,
        }))
    }

    pub(crate) fn sent(mut self, attempts: u32) -> Self {
        self.0.sent = true;
        self.0.attempts = attempts;
        self
    }

    /// What became of the call up to its failure.
    pub(crate) fn after(mut self, sent: bool, attempts: u32, waited: Duration) -> Self {
        self.0.sent |= sent;
        self.0.attempts = attempts;
        self.0.waited = waited;
        self
    }

    pub(crate) fn exhausted(mut self) -> Self {
        self.0.exhausted = true;
        self
    }

    /// Another attempt would fail in the same way.
    #[cfg(feature = "multipart")]
    pub(crate) fn for_good(mut self) -> Self {
        self.0.for_good = true;
        self
    }

    pub(crate) fn is_for_good(&self) -> bool {
        self.0.for_good
    }

    pub(crate) fn already_gone(mut self) -> Self {
        self.0.gone = true;
        self
    }

    pub(crate) fn with_pause(mut self, pause: Duration) -> Self {
        self.0.pause = Some(pause);
        self
    }

    /// The request was tried but certainly never left.
    pub(crate) fn tried(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn timed_out(mut self, timed_out: bool) -> Self {
        self.0.timed_out = timed_out;
        self
    }

    pub(crate) fn not_found(mut self) -> Self {
        self.0.not_found = true;
        self
    }

    pub(crate) fn with_message(mut self, message: Option<String>) -> Self {
        self.0.message = message;
        self
    }

    pub(crate) fn with_response(
        mut self,
        status: StatusCode,
        headers: HeaderMap,
        body: Option<Bytes>,
        credentials: &Credentials,
    ) -> Self {
        // A slice would keep the whole answer in memory.
        let body = body.map(|body| match body.get(..KEPT_BODY) {
            Some(start) if body.len() > KEPT_BODY => Bytes::copy_from_slice(start),
            _ => body,
        });
        let retry_after = retry_after(&headers, SystemTime::now());
        let request_id = request_id(&headers).map(|id| mask(&credentials.mask(id.to_owned())));
        self.0.response = Some(Parts {
            status,
            headers,
            body,
            retry_after,
            request_id,
        });
        self
    }

    pub(crate) fn with_boxed(mut self, source: Box<dyn std::error::Error + Send + Sync>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// The same error once more.
    pub(crate) fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }

    /// The error of a call that could not be made because its login failed: with what the login's own error knows,
    /// and that one as its source.
    pub(crate) fn login_failed(
        subject: Subject,
        mut login: Self,
        sent: bool,
        credentials: &Credentials,
    ) -> Self {
        // The login may have gone through another client, which did not know what to mask.
        let Inner {
            detail,
            message,
            response,
            ..
        } = &mut *login.0;
        let request_id = response.as_mut().and_then(|it| it.request_id.as_mut());
        for text in [Some(detail), message.as_mut(), request_id]
            .into_iter()
            .flatten()
        {
            *text = credentials.mask(std::mem::take(text));
        }
        let mut error = login.duplicate();
        error.0.subject = subject;
        error.0.login = true;
        error.0.not_found = false;
        error.0.sent = sent;
        error.with_source(login)
    }

    pub(crate) fn subject(&self) -> &Subject {
        &self.0.subject
    }

    /// What went wrong, in the large.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation that failed; `None` for raw requests and when building a client.
    #[must_use]
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.subject.operation()
    }

    /// HTTP status, whenever an answer began to arrive.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.response.as_ref().map(|response| response.status)
    }

    /// The provider's own words, with credentials, e-mail addresses and telephone numbers masked.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// Response headers.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.response.as_ref().map(|response| &response.headers)
    }

    /// The first 64 KiB of the body as received. Nothing is masked in it.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.0.response.as_ref()?.body.as_deref()
    }

    /// The body as a type of your own.
    ///
    /// # Errors
    /// If there is no body, or it is not such JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let json = decode::without_bom(self.body().unwrap_or_default());
        // At most the first part of a body is kept, so its values can't take much.
        decode::from_slice(json, usize::MAX).map_err(|error| {
            let detail = decode::describe(json, &error);
            let mut error = Error::new(ErrorKind::Decode, self.0.subject.clone(), detail).after(
                self.0.sent,
                self.0.attempts,
                self.0.waited,
            );
            error.0.response.clone_from(&self.0.response);
            error
        })
    }

    /// Whether there is no such thing: status 404, or what the operation documents for it.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        let documented = |status: StatusCode| {
            self.operation()
                .is_some_and(|operation| operation.not_found_statuses.contains(&status.as_u16()))
        };
        self.0.not_found
            || self.kind() == ErrorKind::Api
                && !self.0.login
                && self
                    .status()
                    .is_some_and(|status| status == StatusCode::NOT_FOUND || documented(status))
    }

    /// Whether a retry found nothing left to delete, because an earlier attempt of the same call, whose answer was lost or a
    /// failure, may have deleted it. Deleting what answers with nothing succeeds then; this error comes of calls which
    /// promise more, and of raw requests.
    #[must_use]
    pub fn was_already_gone(&self) -> bool {
        self.0.gone
    }

    /// Whether the credentials were refused (401).
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.is_status(StatusCode::UNAUTHORIZED)
    }

    /// Whether the credentials do not allow this (403).
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.is_status(StatusCode::FORBIDDEN)
    }

    /// Whether there are too many requests: status 429, a pause that the provider asked for and that is not over in time,
    /// or the client's own [limits](crate::RateLimits).
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.kind() == ErrorKind::RateLimited || self.is_status(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether it conflicts with what the provider has (409).
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.is_status(StatusCode::CONFLICT)
    }

    /// Whether the provider itself failed (5xx).
    #[must_use]
    pub fn is_server_error(&self) -> bool {
        self.kind() == ErrorKind::Api
            && self.status().is_some_and(|status| status.is_server_error())
    }

    /// Whether time ran out, while connecting or later.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.timed_out
    }

    /// Whether no connection came about.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.kind() == ErrorKind::Connect
    }

    /// Whether the request may have reached the provider. `false` is certain: nothing did.
    #[must_use]
    pub fn was_sent(&self) -> bool {
        self.0.sent
    }

    /// How many times the request was tried, renewals of a token included.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the call waited between its attempts, for a pause that the provider asked for, and for the
    /// client's own [limits](crate::RateLimits).
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.0.waited
    }

    /// Whether the request would have been tried once more, had the client not spent its
    /// [budget](crate::RetryPolicy) for retries. More successes than failures fill it up again.
    #[must_use]
    pub fn retries_exhausted(&self) -> bool {
        self.0.exhausted
    }

    /// What the provider says of its limit in the answer's headers, if there was an answer and it does.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimitStatus> {
        RateLimitStatus::read(self.headers()?, SystemTime::now())
    }

    /// How long the provider asked to wait; what is left of it, if nothing was sent because of that. If nothing was sent
    /// because of the client's own [limits](crate::RateLimits), how long it is until they have room.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let response = self.0.response.as_ref();
        let asked = response.and_then(|response| response.retry_after);
        self.0.pause.or(asked)
    }

    /// The provider's name for this request, for its support desk.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.response.as_ref()?.request_id.as_deref()
    }

    fn is_status(&self, status: StatusCode) -> bool {
        self.kind() == ErrorKind::Api && self.status() == Some(status)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        write!(f, "{}: ", inner.subject)?;
        if inner.login {
            f.write_str("login failed: ")?;
        }
        match (inner.kind, &inner.response) {
            // The status says it all; the detail is only there when it does not.
            (ErrorKind::Api, Some(response)) => {
                write!(f, "{}", StatusText(response.status))?;
                let words = inner.message.as_deref().filter(|words| !words.is_empty());
                match words
                    .or(Some(&inner.detail))
                    .filter(|words| !words.is_empty())
                {
                    Some(words) => write!(f, ": {words}"),
                    None => Ok(()),
                }
            }
            (_, Some(response)) => write!(f, "{} ({})", inner.detail, StatusText(response.status)),
            (_, None) => f.write_str(&inner.detail),
        }
    }
}

/// `404 Not Found`, or only the number when it has no name.
struct StatusText(StatusCode);

impl fmt::Display for StatusText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())?;
        self.0
            .canonical_reason()
            .map_or(Ok(()), |reason| write!(f, " {reason}"))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("subject", &format_args!("{}", inner.subject))
            .field("method", &inner.subject.method())
            .field("path", &inner.subject.template())
            .field("status", &self.status().map(|status| status.as_u16()))
            .field("detail", &inner.detail)
            .field("message", &inner.message)
            .field("request_id", &self.request_id())
            .field("sent", &inner.sent)
            .field("attempts", &inner.attempts)
            .field("source", &inner.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
