//! From a request to the API to its response.

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::answer::{Problem, Result};
use super::masks::Masks;
use super::query::Query;
use super::{control, events, message_filter, messages, openapi, request_filter, requests};
use crate::http::local::Stop;
use crate::http::state::ServerState;

/// The largest body of a request, in bytes.
const MAX_BODY: usize = 1 << 20;
/// The path of the list of messages, which can wait for one.
const MESSAGES: &str = "/messages";
/// The path of the events, which have no end.
const EVENTS: &str = "/events";

/// A request to the API.
pub(super) struct Call {
    pub(super) state: Arc<ServerState>,
    pub(super) query: Query,
    /// The decoded segment of the path that is a parameter; empty if there is none.
    pub(super) parameter: String,
    body: Bytes,
}

impl Call {
    pub(super) fn masks(&self) -> Masks {
        Masks::new(&self.state)
    }

    /// The body as JSON.
    pub(super) fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Problem::bad_request(format!("the body is not JSON: {error}")))
    }
}

/// An operation of the API.
struct Route {
    method: Method,
    /// A segment `{…}` is a parameter.
    path: &'static str,
    /// The parameters of the query.
    query: &'static [&'static str],
    handler: fn(&Call) -> Result,
}

const fn get(
    path: &'static str,
    query: &'static [&'static str],
    handler: fn(&Call) -> Result,
) -> Route {
    Route {
        method: Method::GET,
        path,
        query,
        handler,
    }
}

const fn post(path: &'static str, handler: fn(&Call) -> Result) -> Route {
    Route {
        method: Method::POST,
        path,
        query: &[],
        handler,
    }
}

const fn delete(path: &'static str, handler: fn(&Call) -> Result) -> Route {
    Route {
        method: Method::DELETE,
        path,
        query: &[],
        handler,
    }
}

static ROUTES: [Route; 19] = [
    get("/openapi.json", &[], openapi::document),
    get("/providers", &[], control::providers),
    get("/requests", &request_filter::PARAMETERS, requests::list),
    delete("/requests", requests::clear),
    get("/requests/{number}", &[], requests::get),
    get("/requests/{number}/body", &[], requests::body),
    get(
        "/verdicts",
        &requests::VERDICT_PARAMETERS,
        requests::verdicts,
    ),
    get(MESSAGES, &message_filter::PARAMETERS, messages::list),
    get("/messages/{key}", &[], messages::get),
    get("/messages/{key}/html", &[], messages::html),
    get("/records", &control::RECORD_PARAMETERS, control::records),
    get("/faults", &[], control::faults),
    post("/faults", control::add_fault),
    delete("/faults", control::clear_faults),
    delete("/faults/{id}", control::remove_fault),
    get("/clock", &[], control::clock),
    post("/clock/advance", control::advance),
    post("/reset", control::reset),
    // The stream is made by `respond`.
    get(EVENTS, &[], |_| Err(Problem::not_found("use GET"))),
];

/// Responds to a request that has passed the guard.
pub(super) async fn respond(state: Arc<ServerState>, request: Request<Body>, stop: Stop) -> Result {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().strip_prefix("/api").unwrap_or_default();
    let (route, parameter) = find(&parts.method, path)?;
    let query = Query::parse(parts.uri.query(), route.query)?;
    if route.path == EVENTS {
        return events::respond(state, stop);
    }
    let body = axum::body::to_bytes(body, MAX_BODY).await.map_err(|_| {
        let message = format!("the body exceeds the limit of {} MiB", MAX_BODY >> 20);
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    })?;
    let content_type = parts
        .headers
        .get(CONTENT_TYPE)
        .map_or(&[][..], |value| value.as_bytes());
    if !body.is_empty() && !content_type.starts_with(b"application/json") {
        let message = "a body is JSON: send Content-Type: application/json";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let call = Call {
        state,
        query,
        parameter,
        body,
    };
    if route.path == MESSAGES {
        messages::wait(&call).await?;
    }
    (route.handler)(&call)
}

/// The route of a method and a path, with the value of its parameter.
fn find(method: &Method, path: &str) -> Result<(&'static Route, String)> {
    // The library leaves out the body of a response to HEAD.
    let method = if method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    let matching = || {
        ROUTES
            .iter()
            .filter_map(|route| Some((route, matches(route.path, path)?)))
    };
    if let Some(found) = matching().find(|(route, _)| route.method == *method) {
        return Ok(found);
    }
    let methods: Vec<&str> = matching().map(|(route, _)| route.method.as_str()).collect();
    if methods.is_empty() {
        let message = format!("there is no /api{path}: /api/openapi.json describes this API");
        return Err(Problem::not_found(message));
    }
    Err(Problem::method_not_allowed(&methods.join(", ")))
}

/// The value of the parameter, if a path matches a template; empty if there is none.
fn matches(template: &str, path: &str) -> Option<String> {
    let mut value = String::new();
    let (templates, segments) = (template.split('/'), path.split('/'));
    if templates.clone().count() != segments.clone().count() {
        return None;
    }
    for (template, segment) in templates.zip(segments) {
        if template.starts_with('{') {
            value = percent_decode_str(segment).decode_utf8().ok()?.into_owned();
        } else if template != segment {
            return None;
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Method and path, and the parameters of the query.
    type Operation = (String, Vec<String>);

    #[test]
    fn the_document_lists_all_routes_and_parameters() {
        let routes = ROUTES.iter().map(|route| {
            let query = route.query.iter().map(|name| (*name).to_owned());
            (
                format!("{} /api{}", route.method, route.path),
                query.collect(),
            )
        });
        let document = openapi::read();
        let mut documented: BTreeSet<Operation> = BTreeSet::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let parameters = operation["parameters"]
                    .as_array()
                    .cloned()
                    .unwrap_or_default();
                let query = parameters.iter().filter(|one| one["in"] == "query");
                let query = query.map(|one| one["name"].as_str().unwrap().to_owned());
                let name = format!("{} {path}", method.to_uppercase());
                documented.insert((name, query.collect()));
            }
        }
        assert_eq!(routes.collect::<BTreeSet<Operation>>(), documented);
    }
}
