//! Observing calls: number, duration, retries and drift.

use std::time::Duration;

use reqwest::StatusCode;

use crate::error::ErrorKind;

pub use crate::retry::classify::RetryReason;
pub use crate::types::unknown::Drift;

/// Receives the events of a client's calls. Set it with [`observer`](crate::ClientBuilder::observer); clones and derived
/// clients share it. Logins of token sources are calls too; their events come before those of the call that needs the token.
///
/// [`event`](Self::event) runs within the call, so it must be fast and must not block: leave expensive work to another task.
/// If it panics, the call continues. Calls that fail before a request could be sent, for example because of an invalid path
/// parameter, cause no events.
///
/// Events never contain values, credentials, ids or filled-in paths.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
///
/// # use engagement_core::observe::{Event, CallAttributes, Observer};
/// #[derive(Default)]
/// struct Counts {
///     calls: AtomicU64,
///     failures: AtomicU64,
///     requests: AtomicU64,
/// }
///
/// impl Observer for Counts {
///     fn event(&self, _: &CallAttributes<'_>, event: &Event<'_>) {
///         match event {
///             Event::Attempt { .. } => drop(self.requests.fetch_add(1, Relaxed)),
///             Event::Call { outcome, .. } => {
///                 self.calls.fetch_add(1, Relaxed);
///                 self.failures.fetch_add(u64::from(!outcome.is_success()), Relaxed);
///             }
///             _ => {}
///         }
///     }
/// }
///
/// # fn example<C: engagement_core::FromClientCore>(
/// #     builder: engagement_core::ClientBuilder<C>,
/// # ) -> Result<(), engagement_core::Error> {
/// let counts = Arc::new(Counts::default());
/// let client = builder.observer(Arc::clone(&counts)).build()?;
/// # Ok(())
/// # }
/// ```
///
/// With the `metrics` crate and the names of OpenTelemetry's conventions:
///
/// ```
/// # use engagement_core::observe::{Event, CallAttributes, Observer};
/// struct Metrics;
///
/// impl Observer for Metrics {
///     fn event(&self, attributes: &CallAttributes<'_>, event: &Event<'_>) {
///         let operation = attributes.operation;
///         match event {
///             Event::Attempt { outcome, duration, .. } => {
///                 let status = outcome.status().map(|status| status.as_str().to_owned());
///                 let tags = [
///                     ("http.request.method", attributes.method.to_owned()),
///                     ("url.template", attributes.template.unwrap_or_default().to_owned()),
///                     ("server.address", attributes.address.unwrap_or_default().to_owned()),
///                     ("server.port", attributes.port.unwrap_or_default().to_string()),
///                     ("http.response.status_code", status.unwrap_or_default()),
///                     ("error.type", outcome.error_type().unwrap_or_default().to_owned()),
///                 ];
///                 metrics::histogram!("http.client.request.duration", &tags).record(*duration);
///             }
///             Event::Call { attempts, .. } => {
///                 metrics::counter!("engagement.calls", "operation" => operation).increment(1);
///                 metrics::histogram!("engagement.attempts").record(*attempts);
///             }
///             Event::RetryRefused { .. } => {
///                 metrics::counter!("engagement.retries.refused", "operation" => operation).increment(1);
///             }
///             _ => {}
///         }
///     }
/// }
/// ```
pub trait Observer: Send + Sync + 'static {
    /// Called for each event.
    fn event(&self, attributes: &CallAttributes<'_>, event: &Event<'_>);
}

impl<O: Observer + ?Sized> Observer for std::sync::Arc<O> {
    fn event(&self, attributes: &CallAttributes<'_>, event: &Event<'_>) {
        (**self).event(attributes, event);
    }
}

/// The operation and server of an event. All fields have low cardinality, so they can be attributes of metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallAttributes<'a> {
    /// Short name of the provider.
    pub provider: &'static str,
    /// Id of the operation; `request` for raw requests.
    pub operation: &'static str,
    /// HTTP method; `_OTHER` for a non-standard one.
    pub method: &'static str,
    /// Path template; `None` for raw requests, whose path may contain anything.
    pub template: Option<&'static str>,
    /// Host of the server; `None` if it is unknown.
    pub address: Option<&'a str>,
    /// Port of the server.
    pub port: Option<u16>,
}

/// An event of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A request ended: its response was received, it failed, or the call was dropped.
    #[non_exhaustive]
    Attempt {
        /// Number of the request in the call, from 1; a request with a renewed token counts too.
        number: u32,
        /// The outcome.
        outcome: Outcome,
        /// Duration of the request.
        duration: Duration,
    },
    /// The request will be retried after a wait.
    #[non_exhaustive]
    Retry {
        /// Number of the failed request.
        number: u32,
        /// Why it is retried.
        reason: RetryReason,
        /// Status of the response, if there was one.
        status: Option<StatusCode>,
        /// Duration of the wait.
        wait: Duration,
        /// The rest of the [retry budget](crate::RetryPolicy).
        budget_left: u64,
    },
    /// The request is not retried because the [retry budget](crate::RetryPolicy) is exhausted; the call fails.
    #[non_exhaustive]
    RetryRefused {
        /// Number of the failed request.
        number: u32,
        /// Why it would have been retried.
        reason: RetryReason,
        /// Status of the response, if there was one.
        status: Option<StatusCode>,
        /// The rest of the budget.
        budget_left: u64,
    },
    /// The call waits because the provider asked another call for a pause.
    #[non_exhaustive]
    PauseWait {
        /// Expected duration of the wait.
        wait: Duration,
    },
    /// The call waits for the client's own [rate limits](crate::RateLimits).
    #[non_exhaustive]
    LimitWait {
        /// Expected duration of the wait.
        wait: Duration,
    },
    /// A call ended. Reported exactly once for each call, including dropped ones. The response may not be decoded yet.
    #[non_exhaustive]
    Call {
        /// The outcome.
        outcome: Outcome,
        /// Number of requests.
        attempts: u32,
        /// Total duration.
        duration: Duration,
        /// Part of the duration that the call waited before retries, and for pauses and limits.
        waited: Duration,
    },
    /// The response of a successful call could not be decoded, or held more JSON values than the client accepts.
    DecodeFailed,
    /// A response contains a field or value that this version does not know, or a value in a form that the provider does not
    /// document. Each is reported once per client, at most 1,000 in total.
    #[non_exhaustive]
    Drift {
        /// What is unknown or undocumented.
        kind: Drift,
        /// The Rust type that was decoded: an object, an enum or a union; of a value in an undocumented form, the type of the
        /// response.
        type_name: &'static str,
        /// Name of the field. A name that could be data, such as an e-mail address, is `[unprintable]`.
        field: Option<&'a str>,
    },
}

/// The outcome of a call or request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// A successful response, which may not be decoded yet.
    Success(StatusCode),
    /// An error, and the status if there was a response.
    Failure(ErrorKind, Option<StatusCode>),
    /// The future was dropped.
    Cancelled,
}

impl Outcome {
    /// Whether there was a successful response.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Success(_))
    }

    /// HTTP status, if there was a response.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Success(status) => Some(*status),
            Self::Failure(_, status) => *status,
            Self::Cancelled => None,
        }
    }

    /// OpenTelemetry's `error.type`: the status of an error response, such as `404`, or the kind of error, such as `timeout`,
    /// or `cancelled`.
    #[must_use]
    pub fn error_type(&self) -> Option<&str> {
        match self {
            Self::Success(_) => None,
            Self::Failure(ErrorKind::Api, Some(status)) => Some(status.as_str()),
            Self::Failure(kind, _) => Some(kind.as_str()),
            Self::Cancelled => Some("cancelled"),
        }
    }
}
