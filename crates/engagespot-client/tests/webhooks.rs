//! What Engagespot posts, given to the routes of the example's receiver.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use engagespot_client::{WebhookBody, WebhookDelivery};
use serde_json::json;
use tower::ServiceExt as _;

#[path = "../examples/engagespot_webhooks.rs"]
mod example;

type Received = Arc<Mutex<Vec<(String, WebhookDelivery)>>>;

/// A receiver, and what it was handed.
fn start() -> (Router, Received) {
    let received = Received::default();
    let keep = Arc::clone(&received);
    let app = example::router("s3cret-of-ours", move |user, delivery| {
        keep.lock().unwrap().push((user.to_owned(), delivery));
    });
    (app, received)
}

/// Posts with a signature if there is one, and gives status and body of the answer.
async fn post(app: &Router, path: &str, signature: Option<&str>, body: &[u8]) -> (u16, String) {
    let mut request = Request::post(path);
    if let Some(signature) = signature {
        request = request.header("X-Webhook-Signature", signature);
    }
    let request = request.body(Body::from(body.to_vec())).unwrap();
    let answer = app.clone().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.into()).unwrap())
}

#[tokio::test]
async fn deliveries_arrive_whole() {
    let (app, received) = start();
    let ada = "/engagespot/s3cret-of-ours/ada%40example.com";
    let json = br#"{"orderId": 5001,  "status": "shipped"}"#;
    let signed = Some("q83v+A==");
    let taken = (204, String::new());
    assert_eq!(post(&app, ada, signed, json).await, taken);
    assert_eq!(post(&app, ada, None, b"order 5001: shipped").await, taken);
    assert_eq!(post(&app, ada, None, b"\xff").await, taken);

    let received = received.lock().unwrap();
    let users: Vec<&str> = received.iter().map(|(user, _)| user.as_str()).collect();
    assert_eq!(users, ["ada@example.com"; 3]);
    let [first, text, binary] = [0, 1, 2].map(|at| &received[at].1);
    assert_eq!(
        first.json(),
        Some(&json!({"orderId": 5001, "status": "shipped"}))
    );
    assert_eq!(first.signature(), Some("q83v+A=="));
    assert_eq!(&first.raw()[..], json);
    assert_eq!(
        text.body(),
        &WebhookBody::Text("order 5001: shipped".into())
    );
    assert_eq!(text.signature(), None);
    assert_eq!(binary.body(), &WebhookBody::Binary);
    assert_eq!(&binary.raw()[..], b"\xff");
}

#[tokio::test]
async fn who_does_not_know_the_secret_is_not_heard() {
    let (app, received) = start();
    for path in [
        "/engagespot/another/ada",
        "/engagespot/s3cret-of-our/ada",
        "/engagespot/ada",
        "/",
    ] {
        let (status, body) = post(&app, path, None, b"{}").await;
        assert_eq!((status, body.as_str()), (404, ""), "{path}");
    }
    assert_eq!(received.lock().unwrap().len(), 0);
}
