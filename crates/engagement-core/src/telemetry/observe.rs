//! Watching calls: how many, how long, how often again, and what in their answers is new.

use std::time::Duration;

use reqwest::StatusCode;

use crate::error::ErrorKind;

pub use crate::retry::classify::RetryReason;

/// Is told what becomes of a client's calls: set with [`observer`](crate::ClientBuilder::observer), and shared by clones
/// and derived clients. Logins of token sources are calls too, and are told before the call that needs them goes on.
///
/// [`event`](Self::event) runs within the call, so it must be quick and must not block: count, and leave the rest to
/// another task. If it panics, the call goes on as if it had not. Calls that are refused before anything could be sent,
/// such as for an unusable path parameter, are not told.
///
/// Nothing that it is told holds values, credentials, ids or filled-in paths.
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
    /// Something happened.
    fn event(&self, attributes: &CallAttributes<'_>, event: &Event<'_>);
}

impl<O: Observer + ?Sized> Observer for std::sync::Arc<O> {
    fn event(&self, attributes: &CallAttributes<'_>, event: &Event<'_>) {
        (**self).event(attributes, event);
    }
}

/// What an event is about. There are few different values of each, so that all can be attributes of metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallAttributes<'a> {
    /// Short name of the provider.
    pub provider: &'static str,
    /// Id of the operation; `request` for raw requests.
    pub operation: &'static str,
    /// HTTP method; `_OTHER` for one that is not in common use.
    pub method: &'static str,
    /// Path template; `None` for raw requests, because the caller's own may hold anything.
    pub template: Option<&'static str>,
    /// Host of the server; `None` where only the answer to a raw request is there.
    pub address: Option<&'a str>,
    /// Port of the server.
    pub port: Option<u16>,
}

/// What happened in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A request is over: the body has arrived, it failed, or the call was dropped.
    #[non_exhaustive]
    Attempt {
        /// Which request of the call it was, from 1 on; one with a renewed token counts too.
        number: u32,
        /// What came of it.
        outcome: Outcome,
        /// How long it took.
        duration: Duration,
    },
    /// There will be another request, after a wait.
    #[non_exhaustive]
    Retry {
        /// The request that failed.
        number: u32,
        /// Why.
        reason: RetryReason,
        /// Status of the answer, if there was one.
        status: Option<StatusCode>,
        /// How long the call waits for it.
        wait: Duration,
        /// What is left of the client's [budget](crate::RetryPolicy).
        budget_left: u64,
    },
    /// There would be another request, had the client not spent its [budget](crate::RetryPolicy); the call fails.
    #[non_exhaustive]
    RetryRefused {
        /// The request that failed.
        number: u32,
        /// Why it would be repeated.
        reason: RetryReason,
        /// Status of the answer, if there was one.
        status: Option<StatusCode>,
        /// What is left of the budget.
        budget_left: u64,
    },
    /// The call waits because the provider asked another one for a pause.
    #[non_exhaustive]
    PauseWait {
        /// How long it will wait, as far as is known by now.
        wait: Duration,
    },
    /// The call waits because the client limits its own rate.
    #[non_exhaustive]
    LimitWait {
        /// How long it will wait, as far as is known by now.
        wait: Duration,
    },
    /// A call is over. Each is told exactly once, a dropped one too. What it answered may be yet to decode.
    #[non_exhaustive]
    Call {
        /// What came of it.
        outcome: Outcome,
        /// How many requests it made.
        attempts: u32,
        /// How long it took in all.
        duration: Duration,
        /// How much of that it waited between requests, and for pauses and limits.
        waited: Duration,
    },
    /// The answer of a successful call is something else than expected.
    DecodeFailed,
    /// An answer holds something that this version does not know. Each place is told once in a client's life, and at
    /// most 1,000 places are.
    #[non_exhaustive]
    Drift {
        /// What is not known.
        kind: Drift,
        /// The Rust type that met it: an object's, an enum's or a union's.
        type_name: &'static str,
        /// Name of an unknown field. One that could be data, such as an e-mail address, is `[unprintable]`.
        field: Option<&'a str>,
    },
}

/// What came of a call or request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// An answer, which may be yet to decode.
    Success(StatusCode),
    /// An error, and the status if an answer began to arrive.
    Failure(ErrorKind, Option<StatusCode>),
    /// Nobody waited for it any longer.
    Cancelled,
}

impl Outcome {
    /// Whether there was an answer to decode.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Success(_))
    }

    /// HTTP status, if an answer began to arrive.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Success(status) => Some(*status),
            Self::Failure(_, status) => *status,
            Self::Cancelled => None,
        }
    }

    /// OpenTelemetry's `error.type`: the status of a refusal, such as `404`; else the kind of error, such as `timeout`,
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

/// What an answer holds that this version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Drift {
    /// A field of an object.
    Field,
    /// A value of an enum, or of the field that selects the member of a union.
    EnumValue,
}

impl Drift {
    /// A word for logs and metrics, such as `field`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::EnumValue => "enum_value",
        }
    }
}
