//! What a refused request may have been meant to be.

use engagement_document::{Document, Location, Operation};
use http::StatusCode;
use serde_json::Value;

use super::body::BodyResult;
use super::exchange::{Matched, Request};
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
    let kind = matched.refusal_kind(error.error.status);
    let Some(service) = matched.service(state) else {
        return Refusal::new(kind, reason, Vec::new());
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
    Refusal::new(kind, reason, near)
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
            place: provider.place(&operation.id, None, ""),
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
    let place = |name: &str| provider.place(&operation.id, None, name);
    let mut found = misses(operation, &query, &parameters, place);

    if let (Some(body), BodyResult::Complete(received)) = (&operation.body, request.body) {
        match serde_json::from_slice::<Value>(&received.bytes) {
            Ok(value) => near_fields(provider, operation, &body.schema, &value, "", &mut found),
            Err(_) if body.kind.has_fields() => {
                let pairs = form_urlencoded::parse(&received.bytes);
                let given: Vec<String> = pairs.map(|(name, _)| name.into_owned()).collect();
                let fields = provider.document.schemas.properties(&body.schema);
                let fields: Vec<&str> = fields.into_iter().map(|(name, _)| name).collect();
                let place = |name: &str| provider.place(&operation.id, Some(&body.schema), name);
                found.extend(misses(operation, &given, &fields, place));
            }
            Err(_) => {}
        }
    }
    found.truncate(MAX_NEAR);
    found
}

/// Adds what comes near to unknown fields of a JSON value, and of the values in it. `path` leads to the value, and ends in
/// `/` unless it is empty.
fn near_fields(
    provider: &'static Provider,
    operation: &'static Operation,
    schema: &'static Value,
    value: &Value,
    path: &str,
    found: &mut Vec<NearMiss>,
) {
    if found.len() >= MAX_NEAR {
        return;
    }
    let schemas = &provider.document.schemas;
    match value {
        Value::Object(fields) => {
            let known = schemas.properties(schema);
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            let given: Vec<String> = fields.keys().cloned().collect();
            let in_path = |mut miss: NearMiss| {
                miss.given = format!("{path}{}", miss.given);
                miss.documented = format!("{path}{}", miss.documented);
                miss
            };
            let place = |name: &str| provider.place(&operation.id, Some(schema), name);
            let near = misses(operation, &given, &names, place);
            found.extend(near.into_iter().map(in_path));
            for (name, schema) in known {
                if let Some(value) = fields.get(name) {
                    let path = format!("{path}{name}/");
                    near_fields(provider, operation, schema, value, &path, found);
                }
            }
        }
        Value::Array(items) => {
            if let Some(schema) = schemas.resolve(schema).get("items") {
                for (index, item) in items.iter().enumerate() {
                    let path = format!("{path}{index}/");
                    near_fields(provider, operation, schema, item, &path, found);
                }
            }
        }
        _ => {}
    }
}

/// What comes near to unknown names. `place` says where the document has a name.
fn misses(
    operation: &'static Operation,
    given: &[String],
    known: &[&str],
    place: impl Fn(&str) -> String,
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
            place: place(documented),
        })
    });
    found.collect()
}
