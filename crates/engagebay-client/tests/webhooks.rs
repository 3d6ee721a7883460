//! What EngageBay posts, given to the routes of the example's receiver.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use engagebay_client::Webhook;
use engagebay_client::enums::ContactWebhookEvent;
use engagebay_client::ids::ContactId;
use serde_json::json;
use tower::ServiceExt as _;

use crate::example::Origin;

#[path = "../examples/engagebay_webhooks.rs"]
mod example;

type Received = Arc<Mutex<Vec<(Origin, Webhook)>>>;

/// A receiver, and what it was handed.
fn start() -> (Router, Received) {
    let received = Received::default();
    let keep = Arc::clone(&received);
    let app = example::router("s3cret-of-ours", move |origin, webhook| {
        keep.lock().unwrap().push((origin, webhook));
    });
    (app, received)
}

/// Posts JSON, and gives status and body of the response.
async fn post(app: &Router, path: &str, body: &[u8]) -> (u16, String) {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .body(Body::from(body.to_vec()))
        .unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.into()).unwrap())
}

#[tokio::test]
async fn deliveries_arrive_as_what_they_are() {
    let (app, received) = start();
    let (webhook, batch) = (
        "/engagebay/s3cret-of-ours/webhook",
        "/engagebay/s3cret-of-ours/batch",
    );
    let taken = (200, String::new());
    let contact = json!({ "event": "contact.created", "entity": { "id": 7, "properties": [] } });
    let newer = json!({ "event": "ticket.created", "entity": { "id": 1 } });
    let done = json!({ "status": "done", "success": 99, "failed": 1 });
    for (path, body) in [(webhook, &contact), (webhook, &newer), (batch, &done)] {
        let body = body.to_string();
        assert_eq!(post(&app, path, body.as_bytes()).await, taken);
    }
    assert_eq!(
        post(&app, webhook, b"event=contact.created").await,
        (400, String::new())
    );

    let received = received.lock().unwrap();
    let [first, second, third] = received.as_slice() else {
        panic!("{} deliveries instead of 3", received.len())
    };
    let (Origin::Webhook, Webhook::Contact(contact)) = first else {
        panic!("{first:?}")
    };
    assert_eq!(contact.event, ContactWebhookEvent::ContactCreated);
    assert_eq!(contact.entity.id, ContactId::from(7));
    assert_eq!(*second, (Origin::Webhook, Webhook::Other(newer)));
    assert_eq!(*third, (Origin::Batch, Webhook::Other(done)));
}

#[tokio::test]
async fn who_does_not_know_the_secret_is_not_heard() {
    let (app, received) = start();
    for path in [
        "/engagebay/another/webhook",
        "/engagebay/s3cret-of-our/batch",
        "/engagebay/webhook",
        "/",
    ] {
        assert_eq!(
            post(&app, path, b"{}").await,
            (404, String::new()),
            "{path}"
        );
    }
    assert_eq!(received.lock().unwrap().len(), 0);
}
