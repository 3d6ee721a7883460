//! Unusual and invalid status lines, headers and framing.

use std::time::Duration;

use engagement_core::{Error, ErrorKind, Method};

use crate::support::*;

/// The status and the body of a response with these bytes, or the error. The server closes the connection after them.
async fn get(method: Method, bytes: impl Into<Vec<u8>>) -> Result<(u16, String), Error> {
    let server = TestServer::once(Reply::ThenClose(bytes.into())).await;
    let sent = without_retries(&server).request(method, "/a").send().await;
    assert_eq!(server.requests().len(), 1);
    let response = sent?;
    Ok((
        response.status().as_u16(),
        response.text().unwrap().to_owned(),
    ))
}

async fn accepted(bytes: impl Into<Vec<u8>>) -> (u16, String) {
    get(Method::GET, bytes).await.unwrap()
}

/// Checks that a response is no valid HTTP.
async fn invalid(bytes: impl Into<Vec<u8>>) {
    let error = get(Method::GET, bytes).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(
        error.to_string(),
        "acme GET request: the connection broke before a response"
    );
    assert!(error.was_sent() && error.status().is_none());
}

const END: &str = "content-length: 2\r\n\r\n{}";

#[tokio::test]
async fn the_number_and_size_of_headers_are_limited() {
    let head = |headers: &str| format!("HTTP/1.1 200 OK\r\n{headers}{END}");
    let many = |count: usize| {
        (0..count)
            .map(|at| format!("x-{at}: v\r\n"))
            .collect::<String>()
    };
    let large = |bytes: usize| format!("x-large: {}\r\n", "v".repeat(bytes));
    // Content-Length is one more header.
    assert_eq!(accepted(head(&many(99))).await.1, "{}");
    invalid(head(&many(100))).await;
    invalid(head(&many(200))).await;
    assert_eq!(accepted(head(&large(64 * 1024))).await.1, "{}");
    assert_eq!(accepted(head(&large(300 * 1024))).await.1, "{}");
    invalid(head(&large(500 * 1024))).await;
    // A head that does not end.
    invalid(format!(
        "HTTP/1.1 200 OK\r\nx-large: {}",
        "v".repeat(4_000_000)
    ))
    .await;
}

#[tokio::test]
async fn unusual_headers() {
    // Bytes above 127 are allowed, but not in a request id.
    let server = TestServer::once(Reply::Bytes(
        b"HTTP/1.1 200 OK\r\nx-request-id: \xff\xfe\r\nx-b: \xe9\r\ncontent-length: 2\r\n\r\n{}"
            .to_vec(),
    ))
    .await;
    let response = client(&server)
        .request(Method::GET, "/a")
        .send()
        .await
        .unwrap();
    assert_eq!(response.request_id(), None);
    assert_eq!(response.headers()["x-b"].as_bytes(), b"\xe9");

    invalid(format!(
        "HTTP/1.1 200 OK\r\nx-a: folded\r\n over lines\r\n{END}"
    ))
    .await;
    invalid(format!("HTTP/1.1 200 OK\r\nx a: v\r\n{END}")).await;
    invalid(format!("HTTP/1.1 200 OK\r\nx-a : v\r\n{END}")).await;
    invalid(format!("HTTP/1.1 200 OK\r\nx-a: a\0b\r\n{END}")).await;
    invalid(format!("HTTP/1.1 200 OK\r\nno colon\r\n{END}")).await;
    invalid(format!("HTTP/1.1 200 OK\r\n: no name\r\n{END}")).await;
    invalid("SSH-2.0-OpenSSH_9.9\r\n").await;
    invalid("HTTP/2.0 200 OK\r\n\r\n").await;
    invalid("HTTP/1.1 20 OK\r\n\r\n").await;
    invalid("HTTP/1.1 2000 OK\r\n\r\n").await;
    invalid("HTTP/1.1 099 OK\r\n\r\n").await;
    invalid("<html>").await;
}

#[tokio::test]
async fn unusual_status_lines_are_accepted() {
    assert_eq!(accepted(format!("HTTP/1.1 200\r\n{END}")).await.0, 200);
    assert_eq!(accepted(format!("HTTP/1.1 200 \r\n{END}")).await.0, 200);
    assert_eq!(
        accepted(format!("HTTP/1.1 299 Well done!\r\n{END}"))
            .await
            .0,
        299
    );
    assert_eq!(
        accepted(format!("HTTP/1.1 200 OK\n{}", END.replace('\r', "")))
            .await
            .0,
        200
    );
    assert_eq!(accepted("HTTP/1.0 200 OK\r\n\r\n{}").await.1, "{}");
    assert_eq!(accepted("HTTP/1.1 200 OK\r\n\r\n{}").await.1, "{}");
    let error = get(Method::GET, "HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(error.unwrap_err().status().unwrap(), 999);
}

#[tokio::test]
async fn duplicate_headers() {
    let failure = async |headers: &str| {
        let reply = with_headers("429 Slow down", headers, "");
        let server = TestServer::once(reply).await;
        send_empty(&without_retries(&server), &CONTACTS_LIST)
            .await
            .unwrap_err()
    };
    // Several values of Retry-After are ignored, even if they are equal.
    for headers in [
        "retry-after: 1\r\nretry-after: 2\r\n",
        "retry-after: 1\r\nRetry-After: 1\r\n",
        "retry-after: 1, 2\r\n",
    ] {
        assert_eq!(failure(headers).await.retry_after(), None, "{headers}");
    }
    let error = failure("retry-after: 1\r\nretry-after: 2\r\nretry-after-ms: 1500\r\n").await;
    assert_eq!(error.retry_after(), Some(Duration::from_millis(1500)));
    // The first request id is reported.
    let error = failure("x-request-id: one\r\nx-request-id: two\r\n").await;
    assert_eq!(error.request_id(), Some("one"));
    let error = failure("cf-ray: ray\r\nx-request-id: own\r\n").await;
    assert_eq!(error.request_id(), Some("own"));
}

#[tokio::test]
async fn unusual_lengths() {
    let head = "HTTP/1.1 200 OK\r\n";
    assert_eq!(
        accepted(format!("{head}content-length: 2\r\n{END}"))
            .await
            .1,
        "{}"
    );
    invalid(format!("{head}content-length: 3\r\n{END}")).await;
    invalid(format!("{head}content-length: 2, 3\r\n\r\n{{}}")).await;
    invalid(format!("{head}content-length: -2\r\n\r\n{{}}")).await;
    invalid(format!("{head}content-length: +2\r\n\r\n{{}}")).await;
    invalid(format!(
        "{head}content-length: 99999999999999999999\r\n\r\n{{}}"
    ))
    .await;
    // Transfer-Encoding takes precedence over Content-Length (RFC 9112).
    let chunks = "2\r\n{}\r\n0\r\n\r\n";
    for headers in [
        "transfer-encoding: chunked\r\ncontent-length: 1\r\n",
        "content-length: 99\r\nTransfer-Encoding: Chunked\r\n",
    ] {
        assert_eq!(
            accepted(format!("{head}{headers}\r\n{chunks}")).await.1,
            "{}",
            "{headers}"
        );
    }
    // Bytes after the body are ignored, and the connection is not reused.
    let server = TestServer::once(Reply::Bytes(
        format!("{head}{END}HTTP/1.1 200 OK\r\n").into(),
    ))
    .await;
    let client = client(&server);
    for _ in 0..2 {
        let response = client.request(Method::GET, "/a").send().await.unwrap();
        assert_eq!(response.bytes(), "{}");
    }
    assert_eq!((server.requests().len(), server.connections()), (2, 2));
}

#[tokio::test]
async fn invalid_chunks_are_transport_errors() {
    let head = "HTTP/1.1 200 OK\r\nx-request-id: r-1\r\ntransfer-encoding: chunked\r\n\r\n";
    for chunks in [
        "2\r\n{}\r\n",
        "2\r\n{}",
        "zz\r\n{}\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\n{}",
        "2\r\n{}xx\r\n0\r\n\r\n",
        "",
    ] {
        let error = get(Method::GET, format!("{head}{chunks}"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{chunks}");
        assert_eq!(
            (error.status().unwrap().as_u16(), error.request_id()),
            (200, Some("r-1"))
        );
        assert_eq!(
            error.to_string(),
            "acme GET request: the connection broke within the body (200 OK)"
        );
    }
    // Extensions and trailers are ignored.
    assert_eq!(
        accepted(format!("{head}2;a=b\r\n{{}}\r\n0\r\nx-trailer: v\r\n\r\n"))
            .await
            .1,
        "{}"
    );
}

#[tokio::test]
async fn responses_without_a_body_end_with_their_head() {
    let hidden = "content-length: 6\r\n\r\nhidden";
    for head in [
        "HTTP/1.1 204 No Content\r\n",
        "HTTP/1.1 205 Reset Content\r\n",
    ] {
        let (status, body) = accepted(format!("{head}{hidden}")).await;
        let expected = if status == 204 { "" } else { "hidden" };
        assert_eq!(body, expected, "{head}");
    }
    let (status, body) = get(
        Method::HEAD,
        "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n",
    )
    .await
    .unwrap();
    assert_eq!((status, body.as_str()), (200, ""));
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    assert_eq!(get(Method::HEAD, chunked).await.unwrap().1, "");
    let error = get(
        Method::HEAD,
        "HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\n\r\n",
    )
    .await;
    assert!(error.unwrap_err().is_not_found());

    // The connection stays open, and the client does not wait for a body.
    for head in [
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 204 No Content\r\ncontent-length: 9\r\n\r\n",
    ] {
        let server = TestServer::once(Reply::ThenNothing(head.into())).await;
        let response = client(&server)
            .request(Method::GET, "/a")
            .send()
            .await
            .unwrap();
        assert!(response.bytes().is_empty());
    }
}

#[tokio::test]
async fn interim_responses_are_ignored() {
    let interim = "HTTP/1.1 100 Continue\r\n\r\n\
                   HTTP/1.1 102 Processing\r\n\r\n\
                   HTTP/1.1 103 Early Hints\r\nlink: </hidden>\r\nretry-after: 9\r\n\r\n";
    let response = format!("{}HTTP/1.1 200 OK\r\n{END}", interim.repeat(50));
    let server = TestServer::once(Reply::Bytes(response.into())).await;
    let client = client(&server);
    for _ in 0..2 {
        let sent = client
            .request(Method::POST, "/a")
            .json(&1)
            .send()
            .await
            .unwrap();
        assert!(!sent.headers().contains_key("link"));
        assert_eq!(sent.bytes(), "{}");
    }
    assert_eq!((server.requests().len(), server.connections()), (2, 1));
    // The client never requests an upgrade.
    let error = get(
        Method::GET,
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    )
    .await;
    let error = error.unwrap_err();
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::Api, 101)
    );
}
