//! The example's receiver, over loopback HTTP.

use std::sync::{Arc, Mutex};

use engagebay_client::Webhook;
use engagebay_client::enums::ContactWebhookEvent;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::example::Origin;

#[path = "../examples/engagebay_webhooks.rs"]
mod example;

type Received = Arc<Mutex<Vec<(Origin, Webhook)>>>;

/// A receiver on a free port: its address, and what it was handed.
async fn start() -> (String, Received) {
    let received = Received::default();
    let keep = Arc::clone(&received);
    let app = example::router("s3cret-of-ours", move |origin, webhook| {
        keep.lock().unwrap().push((origin, webhook));
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (address, received)
}

/// Posts over a connection of its own, and gives status and body of the answer.
async fn post(address: &str, path: &str, body: &[u8]) -> (u16, String) {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(&[head.as_bytes(), body].concat())
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap();
    (status.parse().unwrap(), body.to_owned())
}

#[tokio::test]
async fn deliveries_arrive_as_what_they_are() {
    let (address, received) = start().await;
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
        assert_eq!(post(&address, path, body.as_bytes()).await, taken);
    }
    assert_eq!(
        post(&address, webhook, b"event=contact.created").await,
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
    assert_eq!(contact.entity.id, 7);
    assert_eq!(*second, (Origin::Webhook, Webhook::Other(newer)));
    assert_eq!(*third, (Origin::Batch, Webhook::Other(done)));
}

#[tokio::test]
async fn who_does_not_know_the_secret_is_not_heard() {
    let (address, received) = start().await;
    for path in [
        "/engagebay/another/webhook",
        "/engagebay/s3cret-of-our/batch",
        "/engagebay/webhook",
        "/",
    ] {
        assert_eq!(
            post(&address, path, b"{}").await,
            (404, String::new()),
            "{path}"
        );
    }
    assert_eq!(received.lock().unwrap().len(), 0);
}
