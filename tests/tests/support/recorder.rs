//! A proxy that records what passes through it as a HAR file.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING};
use axum::http::{HeaderMap, Response};
use base64::prelude::{BASE64_STANDARD as BASE64, Engine as _};
use engagement_core::reqwest;
use serde_json::{Value, json};

/// A running proxy in front of one server.
pub(crate) struct Recorder {
    pub(crate) address: SocketAddr,
    entries: Arc<Mutex<Vec<Value>>>,
}

#[derive(Clone)]
struct Target {
    address: SocketAddr,
    http: reqwest::Client,
    entries: Arc<Mutex<Vec<Value>>>,
}

impl Recorder {
    pub(crate) async fn start(target: SocketAddr) -> Self {
        // Another test of this program may have installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let entries = Arc::new(Mutex::new(Vec::new()));
        let state = Target {
            address: target,
            http: reqwest::Client::new(),
            entries: Arc::clone(&entries),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(forward).with_state(state);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, entries }
    }

    /// The HAR file.
    pub(crate) fn har(&self) -> Value {
        let entries = self.entries.lock().unwrap().clone();
        json!({"log": {"version": "1.2", "creator": {"name": "recorder", "version": "1"}, "entries": entries}})
    }
}

async fn forward(State(target): State<Target>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let url = format!("http://{}{}", target.address, head.uri);
    let mut headers = head.headers.clone();
    headers.remove(HOST);
    let mut sent = json!({"method": head.method.as_str(), "url": url});
    if !body.is_empty() {
        sent["postData"] = content(&head.headers, &body);
    }
    let request = target
        .http
        .request(head.method, &url)
        .headers(headers)
        .body(body);
    let response = request.send().await.unwrap();
    let (status, mut headers) = (response.status(), response.headers().clone());
    let body = response.bytes().await.unwrap();
    let got = json!({"status": status.as_u16(), "content": content(&headers, &body)});
    target
        .entries
        .lock()
        .unwrap()
        .push(json!({"request": sent, "response": got}));
    for name in [CONTENT_LENGTH, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn content(headers: &HeaderMap, body: &[u8]) -> Value {
    let media_type = headers
        .get(CONTENT_TYPE)
        .map_or("", |value| value.to_str().unwrap());
    match std::str::from_utf8(body) {
        Ok(text) => json!({"mimeType": media_type, "text": text}),
        Err(_) => {
            json!({"mimeType": media_type, "text": BASE64.encode(body), "encoding": "base64"})
        }
    }
}
