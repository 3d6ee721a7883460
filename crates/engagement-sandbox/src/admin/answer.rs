//! Responses of the page and the API, with the headers that protect them.

use axum::body::Body;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_DNS_PREFETCH_CONTROL,
};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

/// The policy of responses that no browser shows.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// A response, or why there is none.
pub(super) type Result<T = Response<Body>> = std::result::Result<T, Problem>;

/// Why a request is refused.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    message: String,
    allow: Option<String>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            allow: None,
        }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub(super) fn method_not_allowed(methods: &str) -> Self {
        Self {
            allow: Some(methods.to_owned()),
            ..Self::new(StatusCode::METHOD_NOT_ALLOWED, format!("use {methods}"))
        }
    }

    pub(super) fn into_response(self) -> Response<Body> {
        let mut response = json(self.status, &json!({ "error": self.message }));
        let allow = self.allow.and_then(|methods| methods.try_into().ok());
        if let Some(allow) = allow {
            response.headers_mut().insert(ALLOW, allow);
        }
        response
    }
}

/// A response with protective headers.
fn response(content_type: &'static str, body: Body, policy: &'static str) -> Response<Body> {
    let mut response = Response::new(body);
    for (name, value) in [
        (CONTENT_TYPE, content_type),
        (CONTENT_SECURITY_POLICY, policy),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (X_DNS_PREFETCH_CONTROL, "off"),
        (RESOURCE_POLICY, "same-origin"),
        (OPENER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-store"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

/// JSON.
pub(super) fn json(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = response("application/json", value.to_string().into(), NOTHING);
    *response.status_mut() = status;
    response
}

/// JSON with the status 200.
pub(super) fn ok(value: &Value) -> Result {
    Ok(json(StatusCode::OK, value))
}

/// 204.
pub(super) fn no_content() -> Result {
    let mut response = response("application/json", Body::empty(), NOTHING);
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().remove(CONTENT_TYPE);
    Ok(response)
}

/// A file of the page.
pub(super) fn file(
    content_type: &'static str,
    text: &'static str,
    policy: &'static str,
) -> Response<Body> {
    response(content_type, text.into(), policy)
}

/// HTML that others wrote.
pub(super) fn untrusted_html(html: String, policy: &'static str) -> Response<Body> {
    response("text/html; charset=utf-8", html.into(), policy)
}

/// A file to be saved, which no browser shows.
pub(super) fn attachment(name: &str, bytes: impl Into<Body>) -> Response<Body> {
    let mut response = response("application/octet-stream", bytes.into(), NOTHING);
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    if let Ok(disposition) = disposition {
        let headers = response.headers_mut();
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    response
}

/// Server-sent events.
pub(super) fn events(body: Body) -> Response<Body> {
    response("text/event-stream", body, NOTHING)
}
