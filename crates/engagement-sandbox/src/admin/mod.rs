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
use serde_json::json;

use crate::http::local::Stop;
use crate::http::state::ServerState;
use crate::page;

/// Programs that wait for the sandbox call this path.
const HEALTH: &str = "/health";

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
            _ => guard::check(request.headers()).and_then(|()| {
                read_only(request.method())?;
                if path == HEALTH {
                    return health(&state);
                }
                asset(&path)
            }),
        };
        result.unwrap_or_else(answer::Problem::into_response)
    })
}

/// Whether the sandbox serves, and what.
fn health(state: &ServerState) -> answer::Result {
    let providers = state.services.iter().map(|one| one.provider.name);
    answer::ok(&json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "providers": providers.collect::<Vec<_>>(),
    }))
}

fn read_only(method: &Method) -> answer::Result<()> {
    if method == Method::GET || method == Method::HEAD {
        return Ok(());
    }
    Err(answer::Problem::method_not_allowed("GET"))
}

/// A file of the page.
fn asset(path: &str) -> answer::Result {
    let Some(asset) = page::asset(path) else {
        let message = format!(
            "there is no {path}: the page is at /, the API under /api/, health at {HEALTH}"
        );
        return Err(answer::Problem::not_found(message));
    };
    Ok(answer::file(
        asset.content_type,
        asset.text,
        page::CONTENT_SECURITY_POLICY,
    ))
}
