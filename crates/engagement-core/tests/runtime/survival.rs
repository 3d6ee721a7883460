//! Every error after a response contains its status, request id and Retry-After.

use std::time::Duration;

use engagement_core::{
    ClientCore, Error, ErrorKind, Method, Pages, RawResponse, Response, Token, TokenSource,
};
use serde_json::Value;

use crate::support::*;

const HEADERS: &str = "x-request-id: r-test-key\r\nretry-after: 7\r\n";

fn check(error: &Error, kind: ErrorKind, status: u16) {
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!(
        error.status().map(|status| status.as_u16()),
        Some(status),
        "{error}"
    );
    // The key in the response is masked.
    assert_eq!(error.request_id(), Some("r-[REDACTED]"), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)), "{error}");
    assert_eq!(error.headers().unwrap()["retry-after"], "7");
    assert!(error.was_sent() && error.attempts() == 1, "{error:?}");
    assert!(!format!("{error:?}").contains("test-key"), "{error:?}");
}

async fn send<T>(reply: Reply, read: Read<T>) -> Result<Response<T>, Error> {
    let server = TestServer::once(reply).await;
    let client = without_retries(&server).with(|call| call.max_body_bytes(1000));
    client.call(&CONTACTS_LIST).send(read).await
}

fn responded(status: &str, body: &str) -> Reply {
    with_headers(status, HEADERS, body)
}

fn cut(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{HEADERS}content-length: 900\r\n\r\n{body}").into_bytes()
}

#[tokio::test]
async fn responses_that_cannot_be_decoded() {
    for (kind, status, reply) in [
        (ErrorKind::Api, 400, responded("400 Bad Request", "")),
        (ErrorKind::Api, 503, responded("503 Busy", "<html>")),
        (ErrorKind::Api, 599, responded("599", "")),
        (
            ErrorKind::Api,
            200,
            responded("200 OK", r#"{"response": {"status": "error"}}"#),
        ),
        (ErrorKind::Redirect, 302, responded("302 Found", "")),
        (
            ErrorKind::BodyTooLarge,
            200,
            responded("200 OK", &"x".repeat(1001)),
        ),
        (ErrorKind::Transport, 200, Reply::ThenClose(cut("{"))),
        (ErrorKind::Transport, 200, Reply::ThenReset(cut("{"))),
    ] {
        check(
            &send(reply, RawResponse::into_empty).await.unwrap_err(),
            kind,
            status,
        );
    }
}

#[tokio::test(start_paused = true)]
async fn timeouts_within_the_body() {
    for body in ["", "{"] {
        // With and without a stall timeout.
        for stalled in [Duration::from_secs(20), Duration::MAX] {
            let server = TestServer::once(Reply::ThenNothing(cut(body))).await;
            let client = without_retries(&server).with(|call| call.stall_timeout(stalled));
            let call = send_empty(&client, &CONTACTS_LIST);
            let step = Duration::from_secs(10);
            let result = crate::virtual_time::with_time(step, call).await;
            check(&result.unwrap_err(), ErrorKind::Timeout, 200);
        }
    }
}

#[tokio::test]
async fn responses_of_another_type() {
    async fn wrong<T: std::fmt::Debug>(body: &str, read: Read<T>) -> Error {
        send(responded("201 Created", body), read)
            .await
            .unwrap_err()
    }
    async fn full(body: &str, read: Read<Value>) -> Error {
        let response = send(responded("201 Created", body), read).await.unwrap();
        response.full_body::<i64>().unwrap_err()
    }
    let server = TestServer::once(responded("201 Created", "\u{feff}\"x\"")).await;
    let raw = client(&server).request(Method::GET, "/a");
    let raw = raw.send().await.unwrap();
    let unexpected = "[\"x\"]";
    for error in [
        wrong(unexpected, RawResponse::into_json::<i64>).await,
        wrong(unexpected, RawResponse::into_single::<i64>).await,
        wrong(unexpected, RawResponse::into_optional::<i64>).await,
        wrong(unexpected, |response| {
            response.into_json_at_path::<i64>(&["a"])
        })
        .await,
        wrong(unexpected, |response| {
            response.into_optional_at_path::<i64>(&["a"])
        })
        .await,
        raw.json::<i64>().unwrap_err(),
        wrong("{", RawResponse::into_value).await,
        wrong("", RawResponse::into_json::<i64>).await,
        wrong("[1, 2]", RawResponse::into_single::<i64>).await,
        wrong("{}", |response| response.into_json_at_path::<i64>(&["a"])).await,
        full(r#"{"a": 1}"#, |response| response.into_json_at_path(&["a"])).await,
        full(unexpected, RawResponse::into_json).await,
    ] {
        check(&error, ErrorKind::Decode, 201);
    }
    check(
        &wrong("[]", RawResponse::into_single::<i64>).await,
        ErrorKind::Api,
        201,
    );

    let server = TestServer::once(responded("200 OK", "\u{e9}")).await;
    let raw = client(&server)
        .request(Method::GET, "/a")
        .send()
        .await
        .unwrap();
    assert_eq!(raw.text().unwrap(), "\u{e9}");
    let latin = [
        format!("HTTP/1.1 200 OK\r\n{HEADERS}content-length: 1\r\n\r\n").as_bytes(),
        b"\xe9",
    ]
    .concat();
    let server = TestServer::once(Reply::Bytes(latin)).await;
    let raw = client(&server)
        .request(Method::GET, "/a")
        .send()
        .await
        .unwrap();
    check(&raw.text().unwrap_err(), ErrorKind::Decode, 200);
}

/// Decoding the body of an error.
#[tokio::test]
async fn error_bodies_of_another_type() {
    let refused = responded("400 Bad Request", "{}");
    let error = send(refused, RawResponse::into_empty).await.unwrap_err();
    let decode = error.json::<i64>().unwrap_err();
    check(&decode, ErrorKind::Decode, 400);
}

#[tokio::test]
async fn lists_that_cannot_be_continued() {
    let server = TestServer::once(responded("200 OK", r#"{"next": "a"}"#)).await;
    let client = client(&server);
    let mut pages = Pages::by_cursor(
        None,
        move |_| client.call(&CONTACTS_LIST).send(RawResponse::into_json),
        |page: &Value| page["next"].as_str().map(str::to_owned),
    );
    let (first, second) = (pages.next().await.unwrap(), pages.next().await.unwrap());
    assert!(first.is_ok() && second.is_ok());
    let error = pages.next().await.unwrap().unwrap_err();
    check(&error, ErrorKind::Pagination, 200);
    assert!(pages.next().await.is_none());
}

/// Logs in by an operation of the same client.
struct Login;

impl TokenSource for Login {
    fn fetch<'a>(&'a self, core: &'a ClientCore) -> Fetch<'a> {
        Box::pin(async move {
            let token = core.call(&LOGIN).send(RawResponse::into_json::<String>);
            Ok(Token::new(token.into_call().await?))
        })
    }
}

#[tokio::test]
async fn logins_that_fail() {
    for (kind, status, reply) in [
        (ErrorKind::Api, 403, responded("403 Forbidden", "")),
        (ErrorKind::Decode, 200, responded("200 OK", "{}")),
        (ErrorKind::Redirect, 302, responded("302 Found", "")),
        (
            ErrorKind::BodyTooLarge,
            200,
            responded("200 OK", &"x".repeat(1001)),
        ),
        (ErrorKind::Transport, 200, Reply::ThenClose(cut("\""))),
    ] {
        let server = TestServer::once(reply).await;
        let client = build(
            at(&server)
                .token_source("token", Login)
                .credential("secret", engagement_core::Credential::header("test-key"))
                .max_body_bytes(1000)
                .retry(engagement_core::RetryPolicy::none()),
        );
        let sent = send_empty(&client, &CONTACTS_LIST).await;
        let error = sent.unwrap_err();
        assert_contains(&error.to_string(), "login failed: ");
        assert_eq!(error.kind(), kind);
        assert_eq!(error.status().unwrap(), status);
        assert_eq!(error.request_id(), Some("r-[REDACTED]"));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        let source = std::error::Error::source(&error).unwrap();
        check(source.downcast_ref::<Error>().unwrap(), kind, status);
    }
}
