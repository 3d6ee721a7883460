//! What is shown of a request.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::curl::curl;
use super::masks::Masks;
use super::rust_call::rust_call;
use crate::http::state::ServerState;
use crate::log::{NearMiss, RecordedRequest, Refusal, Verdict};

/// Of longer bodies, only the start is shown.
const MAX_SHOWN: usize = 256 << 10;

/// A time as in RFC 3339, in UTC.
pub(super) fn time(time: SystemTime) -> String {
    let time = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let time = i64::try_from(time.as_millis()).ok();
    let time = time.and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok());
    let time = time.unwrap_or(Timestamp::MAX);
    format!("{time:.3}")
}

/// A request as lists show it.
pub(super) fn summary(request: &RecordedRequest, verdicts: &[&Verdict], masks: &Masks) -> Value {
    json!({
        "number": request.number,
        "receivedAt": time(request.received_at),
        "provider": request.provider,
        "operation": request.operation,
        "template": request.template,
        "method": request.method,
        "path": masks.text(&request.path),
        "query": request.query.as_deref().map(|query| masks.query(query)),
        "status": request.status,
        "fault": request.fault,
        "refusal": request.refusal.as_ref().map(refusal),
        "verdicts": verdicts.iter().map(|verdict| verdict.to_json()).collect::<Value>(),
    })
}

/// A request with its head and body.
pub(super) fn detail(
    state: &ServerState,
    request: &RecordedRequest,
    verdicts: &[&Verdict],
    masks: &Masks,
) -> Value {
    let mut view = summary(request, verdicts, masks);
    let headers = request.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        json!({ "name": name.as_str(), "value": masks.header(name, &value) })
    });
    view["headers"] = headers.collect();
    let body = masks.body(request);
    view["bodyBytes"] = request.body.len().into();
    view["bodyIsText"] = body.is_some().into();
    let (text, cut) = start_of(body.unwrap_or_default(), MAX_SHOWN);
    view["body"] = text.into();
    view["bodyIsCut"] = cut.into();
    view["curl"] = curl(state, masks, request).into();
    view["rust"] = rust_call(state, masks, request).into();
    view
}

/// The start of a text, and whether there is more.
fn start_of(mut text: String, limit: usize) -> (String, bool) {
    if text.len() <= limit {
        return (text, false);
    }
    let end = (0..=limit).rev().find(|at| text.is_char_boundary(*at));
    text.truncate(end.unwrap_or_default());
    (text, true)
}

fn refusal(refusal: &Refusal) -> Value {
    json!({
        "kind": refusal.kind.as_str(),
        "reason": refusal.reason,
        "near": refusal.near.iter().map(near).collect::<Value>(),
    })
}

fn near(near: &NearMiss) -> Value {
    json!({
        "operation": near.operation,
        "given": near.given,
        "documented": near.documented,
        "place": near.place,
    })
}
