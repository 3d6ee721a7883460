//! Limits of time and size.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use engagement_core::observe::{CallAttributes, Event, Observer};
use engagement_core::{ClientBuilder, Error, ErrorKind, Method, RawResponse};

use crate::support::*;

async fn failure(reply: Reply, set: fn(ClientBuilder<Client>) -> ClientBuilder<Client>) -> Error {
    let server = TestServer::once(reply).await;
    let builder = keyed(&server);
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
async fn a_missing_response_times_out() {
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
async fn a_timeout_in_the_body_keeps_the_status() {
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
async fn an_incomplete_body_is_an_error() {
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
async fn the_size_of_bodies_is_limited() {
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
        let builder = keyed(&server).max_body_bytes(9);
        let call = builder.build().unwrap().0.call(&CONTACTS_LIST);
        let number = call.send(RawResponse::into_json::<i64>).into_call();
        assert_eq!(number.await.unwrap(), 123_456_789);
    }
}

/// Counts the responses that could not be decoded.
#[derive(Clone, Default)]
struct DecodeFailures(Arc<AtomicUsize>);

impl Observer for DecodeFailures {
    fn event(&self, _: &CallAttributes<'_>, event: &Event<'_>) {
        if matches!(event, Event::DecodeFailed) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[tokio::test]
async fn the_number_of_json_values_is_limited() {
    let server = TestServer::once(json("[1,2,3]")).await;
    let builder = keyed(&server);
    let failures = DecodeFailures::default();
    let builder = builder.observer(failures.clone());
    let three = builder.max_values(3).build().unwrap().0;
    let four = three.with(|call| call.max_values(4));
    let list = || list_json::<Vec<i64>>(&four);
    assert_eq!(*list().await.unwrap().value(), [1, 2, 3]);

    let json = |response: RawResponse| response.into_json::<Vec<i64>>();
    let error = three.call(&CONTACTS_CREATE).send(json).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
    assert_eq!(
        error.to_string(),
        "acme contacts_create: the body holds more than the limit of 3 JSON values (200 OK): the provider accepted the call, so do not repeat it"
    );
    assert_eq!(error.body().unwrap(), b"[1,2,3]");
    assert_eq!(failures.0.load(Ordering::SeqCst), 1);
    assert_eq!(server.requests().len(), 2, "not retried");

    // The limit applies to decoding only.
    let call = three.call(&CONTACTS_LIST).send(RawResponse::into_bytes);
    assert_eq!(call.await.unwrap().value(), "[1,2,3]");
    let raw = three.request(Method::GET, "/contacts").send().await;
    let error = raw.unwrap().json::<Vec<i64>>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
}

#[tokio::test]
async fn large_bodies_are_read_completely() {
    let text = "x".repeat(3_000_000);
    let server = TestServer::once(json(&format!("\"{text}\""))).await;
    let received = list_json::<String>(&client(&server)).into_call();
    assert_eq!(received.await.unwrap(), text);
}

#[tokio::test]
async fn errors_contain_only_the_start_of_a_body() {
    let server = TestServer::once(json(&format!("\"{}\"", "x".repeat(200_000)))).await;
    let error = list_json::<i64>(&client(&server)).await.unwrap_err();
    assert_eq!(error.body().unwrap().len(), 64 * 1024);
}

#[tokio::test]
async fn a_dropped_call_is_cancelled() {
    let server = TestServer::once(Reply::ThenNothing(Vec::new())).await;
    let client = client(&server);
    let call = tokio::spawn(send_empty(&client, &CONTACTS_CREATE));
    server.received(1).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    assert_eq!(server.requests().len(), 1);
}
