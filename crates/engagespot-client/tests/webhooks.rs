//! The example's receiver, over loopback HTTP.

use std::sync::{Arc, Mutex};

use engagespot_client::{WebhookBody, WebhookDelivery};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[path = "../examples/engagespot_webhooks.rs"]
mod example;

type Received = Arc<Mutex<Vec<(String, WebhookDelivery)>>>;

/// A receiver on a free port: its URL, and what it was handed.
async fn start() -> (String, Received) {
    let received = Received::default();
    let keep = Arc::clone(&received);
    let app = example::router("s3cret-of-ours", move |user, delivery| {
        keep.lock().unwrap().push((user.to_owned(), delivery));
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, received)
}

/// Posts over a connection of its own, and gives status and body of the answer.
async fn post(url: &str, path: &str, header: &str, body: &[u8]) -> (u16, String) {
    let address = url.strip_prefix("http://").unwrap();
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n{header}\r\n"
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
async fn deliveries_arrive_whole() {
    let (url, received) = start().await;
    let ada = "/engagespot/s3cret-of-ours/ada%40example.com";
    let json = br#"{"orderId": 5001,  "status": "shipped"}"#;
    let signed = "X-Webhook-Signature: q83v+A==\r\n";
    let taken = (204, String::new());
    assert_eq!(post(&url, ada, signed, json).await, taken);
    assert_eq!(post(&url, ada, "", b"order 5001: shipped").await, taken);
    assert_eq!(post(&url, ada, "", b"\xff").await, taken);

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
    let (url, received) = start().await;
    for path in [
        "/engagespot/another/ada",
        "/engagespot/s3cret-of-our/ada",
        "/engagespot/ada",
        "/",
    ] {
        let (status, body) = post(&url, path, "", b"{}").await;
        assert_eq!((status, body.as_str()), (404, ""), "{path}");
    }
    assert_eq!(received.lock().unwrap().len(), 0);
}
