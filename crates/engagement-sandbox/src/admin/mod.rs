//! The sandbox's own page, and the API under `/api/` with which tests in any language, and the page, inspect and control it.

mod answer;
mod control;
mod curl;
mod events;
mod guard;
mod inert_html;
mod masks;
mod message_filter;
mod messages;
mod openapi;
mod query;
mod request_filter;
mod request_view;
mod requests;
mod routes;
mod rust_call;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use http::{Method, Request, Response};

use crate::http::local::Stop;
use crate::http::state::ServerState;
use crate::page;

/// Responds to a request for the page or the API.
pub(crate) fn respond(
    state: Arc<ServerState>,
    request: Request<Body>,
    stop: Stop,
) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>> {
    Box::pin(async move {
        let path = request.uri().path().to_owned();
        let result = match path.strip_prefix("/api") {
            Some(api) if api.is_empty() || api.starts_with('/') => {
                match guard::check_api(request.headers()) {
                    Ok(()) => routes::respond(state, request, stop).await,
                    Err(problem) => Err(problem),
                }
            }
            _ => guard::check(request.headers()).and_then(|()| asset(request.method(), &path)),
        };
        result.unwrap_or_else(answer::Problem::into_response)
    })
}

/// A file of the page.
fn asset(method: &Method, path: &str) -> answer::Result {
    let Some(asset) = page::asset(path) else {
        let message = format!("there is no {path}: the page is at /, the API under /api/");
        return Err(answer::Problem::not_found(message));
    };
    if method != Method::GET && method != Method::HEAD {
        return Err(answer::Problem::method_not_allowed("GET"));
    }
    Ok(answer::file(
        asset.content_type,
        asset.text,
        page::CONTENT_SECURITY_POLICY,
    ))
}
