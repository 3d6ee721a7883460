//! Calls from web pages of other origins, which browsers permit only if the server does (CORS).
//!
//! Only operations whose credentials browsers hold are called from pages. Everything else answers as if there were no browsers.

use axum::body::Body;
use engagement_document::Operation;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
    VARY,
};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::handler;
use super::host;
use super::router::{self, RouteMatch};
use super::state::ServerState;
use crate::provider::config::ProviderConfig;

/// How long a browser may keep the response to a preflight, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Whether an operation needs only credentials that browsers hold.
pub(super) fn is_for_browsers(config: &ProviderConfig, operation: &Operation) -> bool {
    let known = |scheme: &String| config.browser_schemes.contains(&scheme.as_str());
    let mut alternatives = operation.security.iter();
    !config.browser_schemes.is_empty()
        && (operation.security.is_empty() || alternatives.any(|all| all.iter().all(known)))
}

/// Permits pages of all origins to read a response.
pub(super) fn permit(headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
}

/// The response to the preflight of a call from a web page; `None` if the request is no preflight, or if its operation is not
/// called from pages.
pub(super) fn preflight(state: &ServerState, parts: &Parts) -> Option<http::Response<Body>> {
    let headers = &parts.headers;
    let method = headers.get(ACCESS_CONTROL_REQUEST_METHOD)?;
    if parts.method != Method::OPTIONS || !headers.contains_key(ORIGIN) {
        return None;
    }
    if host::foreign(parts.uri.host(), headers, state.address.ip()).is_some() {
        return None;
    }
    let segments = router::segments(parts.uri.path())?;
    let (service, server) = handler::find_service(state, parts.uri.path(), &segments).ok()?;
    let found = service
        .router
        .find(server, method.to_str().ok()?, &segments[1..]);
    let RouteMatch::Operations(candidates) = found else {
        return None;
    };
    let provider = service.provider;
    let operations = &provider.document.operations;
    let mut candidates = candidates.iter();
    if !candidates.any(|one| is_for_browsers(provider.config, &operations[one.operation])) {
        return None;
    }
    let mut response = http::Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let permitted = response.headers_mut();
    permit(permitted);
    permitted.insert(ACCESS_CONTROL_ALLOW_METHODS, method.clone());
    if let Some(names) = headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        permitted.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    permitted.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    let vary = "Access-Control-Request-Method, Access-Control-Request-Headers";
    permitted.insert(VARY, HeaderValue::from_static(vary));
    Some(response)
}
