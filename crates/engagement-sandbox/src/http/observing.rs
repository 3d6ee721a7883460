//! What is recorded of a request and its response.

use std::time::{Duration, Instant, UNIX_EPOCH};

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::request::Parts;

use super::body::BodyResult;
use super::exchange::Exchange;
use super::response::Connection;
use super::state::ServerState;
use crate::log::RecordedRequest;
use crate::log::verdicts::Outcome;

/// When a request came.
pub(super) struct Arrival {
    /// By the sandbox's clock, when its body was complete.
    pub(super) received: Duration,
    /// When its head had come.
    pub(super) started: Instant,
}

/// Records a request: in the log, for the verdicts, and by calling the observer.
pub(super) fn record(
    state: &ServerState,
    parts: Parts,
    body: BodyResult,
    arrival: &Arrival,
    exchange: &Exchange,
) {
    let received = arrival.received;
    let matched = &exchange.matched;
    let response = &exchange.response;
    let not_sent = response.connection == Connection::Reset && !exchange.executed;
    let mut request = RecordedRequest {
        provider: matched.provider(),
        operation: matched.operation.map(|operation| operation.id.as_str()),
        template: matched.operation.map(|operation| operation.path.as_str()),
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        body: if let BodyResult::Complete(body) = body {
            body.bytes
        } else {
            Bytes::new()
        },
        status: if not_sent {
            0
        } else {
            response.status.as_u16()
        },
        received_at: UNIX_EPOCH.checked_add(received).unwrap_or(UNIX_EPOCH),
        duration: arrival.started.elapsed(),
        number: 0,
        fault: exchange.injection.as_ref().map(|one| one.text.clone()),
        refusal: exchange.refusal.clone(),
    };
    let retry_after = response.header(&RETRY_AFTER);
    let retry_after = retry_after.and_then(|text| text.parse().ok());
    let outcome = Outcome {
        request: &request,
        operation: matched.operation,
        executed: exchange.executed,
        retry_after: retry_after.map(Duration::from_secs),
        limit_exceeded: exchange.limit_exceeded,
        now: received,
    };
    let mut log = state.log();
    let number = log.requests.count() + 1;
    log.judge.judge(&outcome, number);
    request.number = number;
    // The observer must not wait for the log, which it may read.
    let observed = state.observer.as_ref().map(|_| request.clone());
    log.requests.push(request);
    drop(log);
    if let (Some(observer), Some(request)) = (&state.observer, observed) {
        observer(&request);
    }
    state.notify_changed();
}
