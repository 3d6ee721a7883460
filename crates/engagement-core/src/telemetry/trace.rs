//! All spans and events of this crate.
//!
//! Field names follow OpenTelemetry's conventions for HTTP clients, or begin with `engagement.`. Integers are `i64`, the only
//! type that bridges export as numbers. Fields never contain values of the caller: no filled-in paths (ids can identify
//! people), queries, headers or bodies, and for raw requests no path.

use std::fmt::Display;
use std::time::Duration;

use tracing::field::Empty;
use tracing::{Level, Span};

use crate::error::call_target::CallTarget;
use crate::http::base_url::BaseUrl;
use crate::telemetry::observe::{Event, Outcome};

/// The span of a call with all of its requests.
pub(crate) fn call(target: &CallTarget) -> Span {
    let (provider, operation) = (target.provider().name, target.id());
    tracing::debug_span!(
        "call",
        otel.name = %format_args!("{provider} {operation}"),
        otel.status_code = Empty,
        engagement.provider = provider,
        engagement.operation = operation,
        engagement.attempts = Empty,
        engagement.waited_ms = Empty,
        "error.type" = Empty,
    )
}

/// Completes the span of a call.
pub(crate) fn call_over(span: &Span, outcome: &Outcome, attempts: u32, waited: Duration) {
    span.record("engagement.attempts", i64::from(attempts));
    span.record("engagement.waited_ms", millis(waited));
    failed(span, outcome);
}

/// The span of one request.
pub(crate) fn attempt(target: &CallTarget, base: &BaseUrl, number: u32) -> Span {
    tracing::debug_span!(
        "request",
        otel.name = %RequestName(target),
        otel.kind = "client",
        otel.status_code = Empty,
        http.request.method = method(target),
        http.request.resend_count = (number > 1).then(|| i64::from(number) - 1),
        http.response.status_code = Empty,
        url.template = target.template(),
        server.address = base.host(),
        server.port = base.port().map(i64::from),
        "error.type" = Empty,
    )
}

/// Completes the span of a request.
pub(crate) fn attempt_over(span: &Span, outcome: &Outcome) {
    if let Some(status) = outcome.status() {
        span.record("http.response.status_code", i64::from(status.as_u16()));
    }
    failed(span, outcome);
}

fn failed(span: &Span, outcome: &Outcome) {
    if let Some(error) = outcome.error_type() {
        span.record("error.type", error);
        span.record("otel.status_code", "error");
    }
}

/// Longer waits are traced at level INFO: a call that takes a minute should be no riddle.
const LONG_WAIT: Duration = Duration::from_secs(5);

/// An event about a wait, at the level for its duration.
macro_rules! waiting {
    ($wait:expr, $($fields:tt)*) => {
        if $wait > LONG_WAIT {
            tracing::info!($($fields)*);
        } else {
            tracing::debug!($($fields)*);
        }
    };
}

/// Traces an event, except for those that a span records.
pub(crate) fn event(provider: &str, operation: &str, event: &Event<'_>) {
    match event {
        // Their spans record them.
        Event::Attempt { .. } | Event::Call { .. } => {}
        Event::Retry {
            number,
            reason,
            status,
            wait,
            budget_left,
        } => waiting!(
            *wait,
            engagement.provider = provider,
            engagement.operation = operation,
            engagement.attempt = i64::from(*number),
            engagement.retry.reason = reason.as_str(),
            engagement.retry.budget_left = number_of(*budget_left),
            engagement.wait_ms = millis(*wait),
            http.response.status_code = status.map(|status| i64::from(status.as_u16())),
            "retrying"
        ),
        Event::RetryRefused {
            number,
            reason,
            status,
            budget_left,
        } => tracing::debug!(
            engagement.provider = provider,
            engagement.operation = operation,
            engagement.attempt = i64::from(*number),
            engagement.retry.reason = reason.as_str(),
            engagement.retry.budget_left = number_of(*budget_left),
            http.response.status_code = status.map(|status| i64::from(status.as_u16())),
            "not retrying: the retry budget is exhausted"
        ),
        Event::PauseWait { wait } => waiting!(
            *wait,
            engagement.provider = provider,
            engagement.operation = operation,
            engagement.wait_ms = millis(*wait),
            "waiting for the end of a pause"
        ),
        Event::LimitWait { wait } => waiting!(
            *wait,
            engagement.provider = provider,
            engagement.operation = operation,
            engagement.wait_ms = millis(*wait),
            "waiting for the rate limit"
        ),
        Event::DecodeFailed => tracing::debug!(
            engagement.provider = provider,
            engagement.operation = operation,
            "the response cannot be decoded"
        ),
        Event::Drift {
            kind,
            type_name,
            field,
        } => tracing::debug!(
            engagement.provider = provider,
            engagement.operation = operation,
            engagement.drift.kind = kind.as_str(),
            engagement.drift.type_name = type_name,
            engagement.drift.field = field,
            "drift: the response contains an undocumented field or value"
        ),
    }
}

/// A store of rate limits is unavailable; the reason is the text of the store.
pub(crate) fn store_failed(provider: &str, reason: &str) {
    tracing::warn!(
        engagement.provider = provider,
        engagement.limit_store.reason = reason,
        "the rate limit store is unavailable: until it recovers, the limits apply to this client alone"
    );
}

/// The store is available again.
pub(crate) fn store_recovered(provider: &str) {
    tracing::warn!(
        engagement.provider = provider,
        "the rate limit store is available again"
    );
}

/// Whether a subscriber receives drift events.
pub(crate) fn shows_drift() -> bool {
    tracing::event_enabled!(Level::DEBUG)
}

/// The HTTP method, or `_OTHER` for one that is not standard: it could contain anything.
pub(crate) fn method(target: &CallTarget) -> &'static str {
    const KNOWN: &[&str] = &[
        "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY", "TRACE", "CONNECT",
    ];
    let method = target.method();
    let known = KNOWN.iter().find(|known| Some(**known) == method);
    known.copied().unwrap_or("_OTHER")
}

/// `GET /contacts/{id}`, or the method alone.
struct RequestName<'a>(&'a CallTarget);

impl Display for RequestName<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match method(self.0) {
            "_OTHER" => "HTTP",
            method => method,
        })?;
        self.0
            .template()
            .map_or(Ok(()), |template| write!(f, " {template}"))
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

fn number_of(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
