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
/// `Display` starts with provider and operation, and contains the provider's message:
/// `engagebay contacts_get: 404 Not Found: There is no contact with this id`. It contains no URLs and no
/// credentials, and nothing that the call sent, unless the provider's message repeats it. `Debug` begins with the same text,
/// and contains no headers and no body.
///
/// In all that `Display`, `Debug` and [`message`](Self::message) show,
/// * `[REDACTED]` replaces the client's credentials, in every form in which a provider may repeat them;
/// * `[e-mail]` replaces words that contain an e-mail address: as it is, percent-encoded, escaped as in JSON or HTML, or in base64;
/// * `[phone]` replaces telephone numbers of a plus sign and at least eight digits;
/// * `*` replaces names in JSON objects that do not look like the name of a field.
///
/// Names of people and other text are not recognised. [`body`](Self::body) and [`headers`](Self::headers) are as received:
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
    /// A retry was possible, and the retry budget did not allow it.
    exhausted: bool,
    /// Another attempt would fail in the same way.
    permanent: bool,
    /// The rest of a pause that the provider asked for, or the wait for a rate limit, known before sending.
    pause: Option<Duration>,
    /// Whether the login for the call failed.
    login: bool,
    /// Shared, because all calls that wait for one login get its failure.
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
