//! Requests for the sandbox itself: its page, its API and its health.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use serde_json::json;
use tokio::sync::watch;

use super::host;
use super::state::ServerState;

/// Changes when the server stops.
pub(crate) type Stop = watch::Receiver<()>;

/// Responds to requests for the sandbox itself. A response without an end must end when the server stops.
pub(crate) type LocalHandler = fn(
    Arc<ServerState>,
    Request<Body>,
    Stop,
) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// Whether a path belongs to the sandbox, and to no provider.
pub(super) fn is_local(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next();
    matches!(first, Some("" | "api" | "assets" | "health"))
}

/// The response to a request for the sandbox itself, unless it names a foreign host.
pub(super) async fn respond(
    state: Arc<ServerState>,
    request: Request<Incoming>,
    stop: Stop,
) -> Response<Body> {
    match host::foreign(request.uri().host(), request.headers(), state.address.ip()) {
        Some(host) => refuse(&host::message(&host, state.address)),
        None => (state.local)(Arc::clone(&state), request.map(Body::new), stop).await,
    }
}

fn refuse(message: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(json!({ "error": message }).to_string()));
    *response.status_mut() = StatusCode::MISDIRECTED_REQUEST;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
