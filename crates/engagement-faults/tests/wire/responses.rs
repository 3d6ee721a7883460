//! Responses without a fault.

use engagement_faults::{FaultServer, Response};

use crate::{GET, exchange};

async fn sent(response: Response) -> String {
    let server = FaultServer::with_responses([response]).await.unwrap();
    let (text, error) = exchange(&server, GET).await;
    assert_eq!(error, None);
    text
}

#[tokio::test]
async fn a_response_has_its_status_headers_and_length() {
    let response = Response::new("201 Created")
        .header("X-A", "1")
        .header("x-a", "2")
        .body("ab");
    assert_eq!(
        sent(response).await,
        "HTTP/1.1 201 Created\r\nX-A: 1\r\nx-a: 2\r\ncontent-length: 2\r\n\r\nab"
    );
    assert_eq!(
        sent(Response::json("{}")).await,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
    );
    assert_eq!(
        sent(Response::new("404 X")).await,
        "HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n"
    );
    for status in ["204 No Content", "304 Not Modified"] {
        assert_eq!(
            sent(Response::new(status)).await,
            format!("HTTP/1.1 {status}\r\n\r\n")
        );
    }
}

#[tokio::test]
async fn a_chunked_response_has_its_chunks() {
    let response = Response::new("200 OK").chunks(["0123456789abcdef", "", "x"]);
    assert_eq!(
        sent(response).await,
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10\r\n0123456789abcdef\r\n1\r\nx\r\n0\r\n\r\n"
    );
    let response = Response::new("200 OK").chunks([""; 0]);
    assert_eq!(
        sent(response).await,
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
    );
}

#[tokio::test]
async fn given_framing_is_not_changed() {
    let response = Response::new("200 OK")
        .header("Content-Length", "1")
        .header("content-length", "2")
        .body("ab");
    assert_eq!(
        sent(response).await,
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 2\r\n\r\nab"
    );
}

#[tokio::test]
async fn raw_bytes_are_sent_unchanged() {
    let response = Response::raw("HTTP/1.0 200\n\nx")
        .header("a", "b")
        .body("y");
    assert_eq!(sent(response).await, "HTTP/1.0 200\n\nx");
}

#[tokio::test]
async fn a_response_to_head_has_no_body() {
    let server = FaultServer::with_responses([Response::json("{}")])
        .await
        .unwrap();
    let (text, _) = exchange(&server, "HEAD / HTTP/1.1\r\n\r\n").await;
    assert_eq!(
        text,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n"
    );
}
