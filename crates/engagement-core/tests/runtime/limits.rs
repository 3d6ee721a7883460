//! Time and size.

use std::time::Duration;

use engagement_core::{ClientBuilder, Credential, Error, ErrorKind, RawResponse};

use crate::support::*;

async fn failure(reply: Reply, set: fn(ClientBuilder<Client>) -> ClientBuilder<Client>) -> Error {
    let server = TestServer::once(reply).await;
    let builder = builder()
        .base_url(server.url())
        .credential("header", Credential::header("k"));
    let error = set(builder)
        .build()
        .unwrap()
        .0
        .call(&CONTACTS_CREATE)
        .send(RawResponse::into_empty)
        .await
        .unwrap_err();
    assert_eq!(server.requests().len(), 1);
    error
}

const SOON: Duration = Duration::from_millis(50);

#[tokio::test]
async fn silence_ends() {
    for set in [
        (|builder| builder.attempt_timeout(SOON))
            as fn(ClientBuilder<Client>) -> ClientBuilder<Client>,
        |builder| builder.timeout(SOON),
    ] {
        let error = failure(Reply::ThenNothing(Vec::new()), set).await;
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.is_timeout() && error.was_sent());
        assert_eq!(error.status(), None);
        assert_eq!(
            error.to_string(),
            "acme contacts_create: no response in time"
        );
    }
}

#[tokio::test]
async fn a_body_that_stalls_ends_and_keeps_its_status() {
    let half = Reply::ThenNothing(
        b"HTTP/1.1 200 OK\r\nx-request-id: r-1\r\ncontent-length: 10\r\n\r\n12345".to_vec(),
    );
    let error = failure(half, |builder| builder.attempt_timeout(SOON)).await;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(
        (error.status().unwrap().as_u16(), error.request_id()),
        (200, Some("r-1"))
    );
    assert_eq!(error.body().unwrap(), b"12345");
    assert_eq!(
        error.to_string(),
        "acme contacts_create: the body did not arrive in time (200 OK): the provider accepted the call, so do not repeat it"
    );
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_success() {
    for length in ["10", "18446744073709551615"] {
        let half = Reply::ThenClose(
            format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{{}}").into_bytes(),
        );
        let error = failure(half, |builder| builder).await;
        assert_eq!(error.kind(), ErrorKind::Transport, "{error:?}");
        assert!(error.was_sent());
    }
    let chunked = Reply::ThenClose(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n".to_vec(),
    );
    let error = failure(chunked, |builder| builder).await;
    assert_eq!(
        error.to_string(),
        "acme contacts_create: the connection broke within the body (200 OK): the provider accepted the call, so do not repeat it"
    );
}

#[tokio::test]
async fn bodies_have_a_limit() {
    let plain = json("123456789");
    let chunked = Reply::Bytes(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n4\r\n6789\r\n0\r\n\r\n".to_vec());
    for reply in [plain, chunked] {
        let error = failure(reply.clone(), |builder| builder.max_body_bytes(8)).await;
        assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
        assert_eq!(
            error.to_string(),
            "acme contacts_create: the body is larger than the limit of 8 bytes (200 OK): the provider accepted the call, so do not repeat it"
        );
        assert_eq!(error.body().unwrap(), b"12345678");

        let server = TestServer::once(reply).await;
        let builder = builder()
            .base_url(server.url())
            .credential("header", Credential::header("k"))
            .max_body_bytes(9);
        let call = builder.build().unwrap().0.call(&CONTACTS_LIST);
        let number = call.send(RawResponse::into_json::<i64>).into_call();
        assert_eq!(number.await.unwrap(), 123_456_789);
    }
}

#[tokio::test]
async fn large_bodies_come_whole() {
    let text = "x".repeat(3_000_000);
    let server = TestServer::once(json(&format!("\"{text}\""))).await;
    let call = client(&server).call(&CONTACTS_LIST);
    let received = call.send(RawResponse::into_json::<String>).into_call();
    assert_eq!(received.await.unwrap(), text);
}

#[tokio::test]
async fn errors_keep_only_the_start_of_a_body() {
    let server = TestServer::once(json(&format!("\"{}\"", "x".repeat(200_000)))).await;
    let call = client(&server).call(&CONTACTS_LIST);
    let error = call.send(RawResponse::into_json::<i64>).await.unwrap_err();
    assert_eq!(error.body().unwrap().len(), 64 * 1024);
}

#[tokio::test]
async fn a_dropped_call_is_over() {
    let server = TestServer::once(Reply::ThenNothing(Vec::new())).await;
    let client = client(&server);
    let call = tokio::spawn(client.call(&CONTACTS_CREATE).send(RawResponse::into_empty));
    while server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    assert_eq!(server.requests().len(), 1);
}
