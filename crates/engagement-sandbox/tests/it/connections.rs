//! Which hosts are served, and connections on which half a request arrives.

use std::time::Duration;

use engagement_sandbox::{EngageBay, Sandbox};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::http::error_message;

async fn start() -> Sandbox {
    Sandbox::start().await.expect("a free port")
}

/// What a web page can do that leads its own name to 127.0.0.1: read and write with the default credentials.
#[tokio::test]
async fn a_request_that_names_a_foreign_host_is_refused() {
    let sandbox = start().await;
    let url = format!(
        "{}/dev/api/panel/subscribers/subscriber",
        sandbox.engagebay().base_url()
    );
    let contacts = || {
        let listed = sandbox.perform("engagebay", "contacts_list", &[], json!({}));
        listed.expect("a list")
    };
    // If another crate of the build enables TLS in reqwest, it needs a crypto provider even for plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let create = |host: &str| {
        let request = client.post(&url).header("host", host);
        let request = request.header("accept", "application/json");
        let request = request.header("authorization", EngageBay::API_KEY);
        let body = json!({ "properties": [{ "name": "email", "value": "ada@example.com" }] });
        request
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
    };
    let port = sandbox.address().port();
    for host in ["evil.example".to_owned(), format!("evil.example:{port}")] {
        let response = create(&host).await.expect("a response");
        assert_eq!(response.status(), 421);
        let body = response.text().await.expect("text");
        let body = serde_json::from_str(&body).expect("JSON");
        let message = format!(
            "the host `evil.example` is not served: use {}, or localhost",
            sandbox.address()
        );
        assert_eq!(error_message(&body), message);
    }
    assert_eq!(contacts(), json!([]));
    // A path that belongs to no provider says nothing more.
    let root = format!("http://{}/", sandbox.address());
    let request = client.get(root).header("host", "evil.example");
    assert_eq!(request.send().await.expect("a response").status(), 421);

    for host in [format!("localhost:{port}"), "127.0.0.1".to_owned()] {
        let response = create(&host).await.expect("a response");
        assert_ne!(response.status(), 421, "{host}");
    }
    assert_eq!(contacts()[0]["email"], "ada@example.com");
}

/// A connection on which something was sent.
async fn connected(sandbox: &Sandbox, text: &str) -> TcpStream {
    let connection = TcpStream::connect(sandbox.address()).await;
    let mut connection = connection.expect("a connection");
    let written = connection.write_all(text.as_bytes()).await;
    written.expect("a connection that stays open");
    connection
}

/// The clock is paused. It advances by itself when all tasks are idle.
#[tokio::test(start_paused = true)]
async fn half_a_request_does_not_keep_the_sandbox_from_stopping() {
    let sandbox = start().await;
    let head = "POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n";
    let mut connection = connected(&sandbox, head).await;
    // It is sent once the body is awaited.
    let mut response = [0; 25];
    let read = connection.read_exact(&mut response).await;
    read.expect("a response");
    assert_eq!(&response, b"HTTP/1.1 100 Continue\r\n\r\n");
    connection.write_all(b"half").await.expect("written");
    let stopped = Instant::now();
    sandbox.stop().await;
    let waited = stopped.elapsed();
    assert!(waited < Duration::from_secs(3), "{waited:?}");
    // Nothing more comes, and the end does.
    let mut rest = Vec::new();
    let _ = connection.read_to_end(&mut rest).await;
}

#[tokio::test(start_paused = true)]
async fn half_a_head_is_not_awaited_for_ever() {
    let sandbox = start().await;
    let mut connection = connected(&sandbox, "GET / HTTP/1.1\r\nHost: lo").await;
    let sent = Instant::now();
    let mut rest = Vec::new();
    let _ = connection.read_to_end(&mut rest).await;
    let waited = sent.elapsed();
    assert!(waited < Duration::from_secs(31), "{waited:?}");
    drop(sandbox);
}
