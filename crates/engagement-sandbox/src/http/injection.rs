//! What a fault does to a request and its response.

use bytes::Bytes;
use engagement_document::Operation;
use http::header::{LOCATION, RETRY_AFTER};
use http::{HeaderName, StatusCode};
use serde_json::Value;

use super::response::{Connection, ErrorResponse, Response, ResponseBody};
use super::service::Service;
use crate::accounts::call::Call;
use crate::faults::edit::{self, Edit};
use crate::faults::engine::{Injection, Window};
use crate::faults::fault::{FaultBody, FaultKind};
use crate::provider::Provider;

const HTML: &[u8] = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>\n";
/// Neither JSON nor UTF-8.
const GARBAGE: &[u8] = b"{\"sandbox\": \xff\xfe}}]";

/// The response to a request that is not executed; `None` if it is.
pub(super) fn instead(
    injection: &Injection,
    service: &Service,
) -> Option<Result<Response, Box<ErrorResponse>>> {
    let error = |status, message: String| Some(Err(ErrorResponse::new(status, message)));
    match &injection.kind {
        FaultKind::Status {
            status,
            retry_after,
            message,
            body,
        } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let message = message.clone();
            let message = message.unwrap_or_else(|| format!("a fault of the sandbox: {status}"));
            let body = match body {
                Some(FaultBody::Json(json)) => ResponseBody::Json(json.clone()),
                Some(FaultBody::Text(text)) => {
                    ResponseBody::Bytes("text/plain; charset=utf-8", Bytes::from(text.clone()))
                }
                None => ResponseBody::Json(service.provider.error_body(status, &message)),
            };
            let retry_after = retry_after.map(|seconds| (RETRY_AFTER, seconds.to_string()));
            Some(Ok(answer(status, body, retry_after)))
        }
        FaultKind::Redirect(url) => {
            let location = Some((LOCATION, url.clone()));
            let status = StatusCode::TEMPORARY_REDIRECT;
            Some(Ok(answer(status, ResponseBody::Empty, location)))
        }
        FaultKind::ExpiredToken => {
            let ((), ticket) = service.cell.change(|account| account.expire_tokens());
            service.cell.wait(ticket);
            let why = "a fault of the sandbox: the token has expired".to_owned();
            Some(Err(service.unauthorised(why)))
        }
        FaultKind::Reset => {
            let mut response = answer(StatusCode::OK, ResponseBody::Empty, None);
            response.connection = Connection::Reset;
            Some(Ok(response))
        }
        FaultKind::RateLimit { .. } => {
            let window = injection.window.filter(|window| window.exceeded)?;
            let message = format!(
                "Too many requests: {} are allowed, try again in {} seconds",
                window.limit, window.ends_in
            );
            error(StatusCode::TOO_MANY_REQUESTS, message)
        }
        _ => None,
    }
}

fn answer(
    status: StatusCode,
    body: ResponseBody,
    header: Option<(HeaderName, String)>,
) -> Response {
    Response {
        status,
        body,
        headers: header.into_iter().collect(),
        connection: Connection::Normal,
    }
}

/// The headers of a rate limit.
pub(super) fn limit_headers(window: Window) -> Vec<(HeaderName, String)> {
    let mut headers = vec![
        (super::handler::LIMIT, window.limit.to_string()),
        (super::handler::REMAINING, window.remaining.to_string()),
    ];
    if window.exceeded {
        headers.push((RETRY_AFTER, window.ends_in.to_string()));
    }
    headers
}

/// Drops elements of the list in the body of a call.
pub(super) fn drop_items(
    provider: &Provider,
    operation: &Operation,
    every: usize,
    call: &mut Call,
) {
    let list = match provider.list_in_body(&operation.id) {
        Some("") => Some(&mut call.body),
        Some(field) => call.body.get_mut(field),
        None => None,
    };
    if let Some(Value::Array(items)) = list {
        let mut number = 0;
        items.retain(|_| {
            number += 1;
            number % every != 0
        });
    }
}

/// Changes the response to a request that has been executed or refused.
pub(super) fn change(
    kind: &FaultKind,
    provider: &Provider,
    operation: Option<&Operation>,
    response: &mut Response,
) {
    let edit = |response: &mut Response, edit: Edit| {
        let typed = operation.and_then(Operation::typed_response);
        let schema = typed.and_then(|typed| typed.schema.as_ref());
        if let (Some(schema), ResponseBody::Json(value)) = (schema, &mut response.body) {
            edit::edit(&provider.document.schemas, schema, value, edit);
        }
    };
    match kind {
        FaultKind::UnknownEnum => edit(response, Edit::UnknownEnum),
        FaultKind::ExtraFields => edit(response, Edit::ExtraFields),
        FaultKind::NullFields => edit(response, Edit::NullFields),
        FaultKind::Stall => response.connection = Connection::Stall,
        FaultKind::ResetInBody => response.connection = Connection::ResetInBody,
        FaultKind::ResetAfterCommit => response.connection = Connection::Reset,
        FaultKind::Truncated => {
            let text = text_of(&response.body);
            let half = Bytes::from(text.as_bytes()[..text.len() / 2].to_vec());
            response.body = ResponseBody::Bytes("application/json", half);
        }
        FaultKind::Garbage => {
            response.body = ResponseBody::Bytes("application/json", Bytes::from_static(GARBAGE));
        }
        FaultKind::Html => {
            response.status = StatusCode::OK;
            response.body =
                ResponseBody::Bytes("text/html; charset=utf-8", Bytes::from_static(HTML));
        }
        FaultKind::Empty => response.body = ResponseBody::Empty,
        FaultKind::Oversized(bytes) => {
            let value = match std::mem::replace(&mut response.body, ResponseBody::Empty) {
                ResponseBody::Json(value) => value,
                _ => Value::Object(serde_json::Map::new()),
            };
            response.body = ResponseBody::Padded(value, *bytes);
        }
        _ => {}
    }
}

fn text_of(body: &ResponseBody) -> String {
    match body {
        ResponseBody::Json(value) | ResponseBody::Padded(value, _) => value.to_string(),
        ResponseBody::Bytes(_, bytes) => String::from_utf8_lossy(bytes).into_owned(),
        ResponseBody::Empty => "{\"sandbox\": ".to_owned(),
    }
}
