//! The one error type.

pub(crate) mod call_target;
mod display;
pub(crate) mod error_in_success;
mod kind;
mod make;
pub(crate) mod message;
pub(crate) mod near;
mod read;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::error::call_target::CallTarget;

pub use kind::ErrorKind;

/// How much of a body an error keeps.
pub(crate) const KEPT_BODY: usize = 64 * 1024;

/// Why a call failed.
///
/// `Display` starts with provider and operation and gives the provider's own words:
/// `engagebay contacts_get: 404 Not Found: There is no contact with this id`. It never holds URLs, credentials, or what the call
/// sent, unless the provider's message repeats the latter. `Debug` begins with the same text, and holds no
/// headers and no body.
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
    target: CallTarget,
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
    permanent: bool,
    /// For how long the provider wants nothing, where that was known before sending.
    pause: Option<Duration>,
    /// ReportedDrift by a login that had to come before.
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
