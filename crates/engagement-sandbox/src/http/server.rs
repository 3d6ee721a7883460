//! Takes requests in and gives answers out.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;

use crate::http::body::{self, Incoming};
use crate::http::handler::Shared;
use crate::http::record::RecordedRequest;

/// Called with every request.
pub(crate) type Observer = Box<dyn Fn(&RecordedRequest) + Send + Sync>;

/// Answers one request.
pub(crate) async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body::read(&parts.headers, body).await;
    let (answer, matched) = shared.answer(
        parts.method.as_str(),
        parts.uri.path(),
        parts.uri.query().unwrap_or_default(),
        &parts.headers,
        &body,
    );
    let record = RecordedRequest {
        provider: matched.provider(),
        operation: matched.operation.map(|operation| operation.id.as_str()),
        template: matched.operation.map(|operation| operation.path.as_str()),
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        body: if let Incoming::Whole(received) = body {
            received.bytes
        } else {
            Bytes::new()
        },
        status: answer.status.as_u16(),
    };
    if let Some(observer) = &shared.observer {
        observer(&record);
    }
    shared.log().push(record);
    answer.response(matched.xml)
}
