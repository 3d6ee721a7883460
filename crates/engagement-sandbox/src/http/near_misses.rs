//! What a refused request may have been meant to be.

use engagement_document::{Document, Location, Operation};
use http::StatusCode;
use serde_json::Value;

use super::body::BodyResult;
use super::handler::{Matched, Request};
use super::response::ErrorResponse;
use super::service::Service;
use super::state::ServerState;
use crate::faults::near;
use crate::log::{NearMiss, Refusal};
use crate::provider::Provider;

/// At most this many near misses are listed.
const MAX_NEAR: usize = 3;

/// Why a request was refused, with what it comes near to.
pub(super) fn refusal(
    state: &ServerState,
    request: &Request<'_>,
    matched: &Matched,
    error: &ErrorResponse,
) -> Refusal {
    let reason = error.error.message.clone();
    let Some(service) = matched.service(state) else {
        return Refusal::new(reason, Vec::new());
    };
    let near = match (error.error.status, matched.operation) {
        (StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED, None) => {
            near_operations(service, request)
        }
        (StatusCode::BAD_REQUEST, Some(operation)) => {
            near_names(service.provider, operation, request)
        }
        _ => Vec::new(),
    };
    Refusal::new(reason, near)
}

/// The operations whose method and path template are most similar to a request.
fn near_operations(service: &Service, request: &Request<'_>) -> Vec<NearMiss> {
    let provider = service.provider;
    let path = request.path.trim_start_matches('/');
    let path = path.find('/').map_or("", |at| &path[at..]);
    let given = format!("{} {path}", request.method);
    let document: &'static Document = &provider.document;
    let template = |operation: &Operation| {
        let server = document.servers.get(operation.server);
        let base = server.map_or("", |server| server.path());
        format!("{} {base}{}", operation.method, operation.path)
    };
    let templates: Vec<String> = document.operations.iter().map(template).collect();
    let near = near(&given, templates.iter().map(String::as_str));
    let found = near.into_iter().take(MAX_NEAR).filter_map(|documented| {
        let position = templates.iter().position(|known| known == documented)?;
        let operation = &document.operations[position];
        Some(NearMiss {
            operation: &operation.id,
            given: given.clone(),
            documented: documented.to_owned(),
            place: provider.place(&operation.id, ""),
        })
    });
    found.collect()
}

/// The documented parameters and fields that come near to unknown ones of a request.
fn near_names(
    provider: &'static Provider,
    operation: &'static Operation,
    request: &Request<'_>,
) -> Vec<NearMiss> {
    let query = form_urlencoded::parse(request.query.as_bytes());
    let query: Vec<String> = query.map(|(name, _)| name.into_owned()).collect();
    let parameters = operation.parameters.iter();
    let parameters = parameters.filter(|known| known.location == Location::Query);
    let parameters: Vec<&str> = parameters.map(|known| known.name.as_str()).collect();
    let mut found = misses(provider, operation, &query, &parameters);

    if let (Some(body), BodyResult::Complete(received)) = (&operation.body, request.body) {
        let given: Vec<String> = match serde_json::from_slice::<Value>(&received.bytes) {
            Ok(Value::Object(fields)) => fields.into_iter().map(|(name, _)| name).collect(),
            Ok(_) => Vec::new(),
            Err(_) if body.kind.has_fields() => {
                let pairs = form_urlencoded::parse(&received.bytes);
                pairs.map(|(name, _)| name.into_owned()).collect()
            }
            Err(_) => Vec::new(),
        };
        let fields = provider.document.schemas.properties(&body.schema);
        let fields: Vec<&str> = fields.into_iter().map(|(name, _)| name).collect();
        found.extend(misses(provider, operation, &given, &fields));
    }
    found.truncate(MAX_NEAR);
    found
}

fn misses(
    provider: &'static Provider,
    operation: &'static Operation,
    given: &[String],
    known: &[&str],
) -> Vec<NearMiss> {
    let unknown = given.iter().filter(|name| !known.contains(&name.as_str()));
    let found = unknown.filter_map(|name| {
        // A name that the request has already is not what was meant.
        let free = known.iter().copied();
        let free = free.filter(|known| !given.iter().any(|given| given == known));
        let documented = near(name, free).into_iter().next()?;
        Some(NearMiss {
            operation: &operation.id,
            given: name.clone(),
            documented: documented.to_owned(),
            place: provider.place(&operation.id, documented),
        })
    });
    found.collect()
}
