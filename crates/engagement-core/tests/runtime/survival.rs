//! Status, request id and Retry-After are known from every error that follows a response.

use std::future::Future;
use std::pin::Pin;
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
    // With the key masked, which the provider repeated.
    assert_eq!(error.request_id(), Some("r-[REDACTED]"), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)), "{error}");
    assert_eq!(error.headers().unwrap()["retry-after"], "7");
    assert!(error.was_sent() && error.attempts() == 1, "{error:?}");
    assert!(!format!("{error:?}").contains("test-key"), "{error:?}");
}

async fn send<T>(reply: Reply, read: Read<T>) -> Result<Response<T>, Error> {
    let server = TestServer::once(reply).await;
    let client = unrepeated(&server).with(|call| call.max_body_bytes(1000));
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
async fn time_that_runs_out_within_the_body() {
    for body in ["", "{"] {
        // With and without the guard for slow bodies.
        for stalled in [Duration::from_secs(20), Duration::MAX] {
            let server = TestServer::once(Reply::ThenNothing(cut(body))).await;
            let client = unrepeated(&server).with(|call| call.stall_timeout(stalled));
            let call = client.call(&CONTACTS_LIST).send(RawResponse::into_empty);
            let step = Duration::from_secs(10);
            let outcome = crate::virtual_time::flowing(step, call).await;
            check(&outcome.unwrap_err(), ErrorKind::Timeout, 200);
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
    async fn whole(body: &str, read: Read<Value>) -> Error {
        let response = send(responded("201 Created", body), read).await.unwrap();
        response.full_body::<i64>().unwrap_err()
    }
    let server = TestServer::once(responded("201 Created", "\u{feff}\"x\"")).await;
    let raw = client(&server).request(Method::GET, "/a");
    let raw = raw.send().await.unwrap();
    let odd = "[\"x\"]";
    for error in [
        wrong(odd, RawResponse::into_json::<i64>).await,
        wrong(odd, RawResponse::into_single::<i64>).await,
        wrong(odd, RawResponse::into_optional::<i64>).await,
        wrong(odd, |response| response.into_json_at_path::<i64>(&["a"])).await,
        wrong(odd, |response| {
            response.into_optional_at_path::<i64>(&["a"])
        })
        .await,
        raw.json::<i64>().unwrap_err(),
        wrong("{", RawResponse::into_value).await,
        wrong("", RawResponse::into_json::<i64>).await,
        wrong("[1, 2]", RawResponse::into_single::<i64>).await,
        wrong("{}", |response| response.into_json_at_path::<i64>(&["a"])).await,
        whole(r#"{"a": 1}"#, |response| response.into_json_at_path(&["a"])).await,
        whole(odd, RawResponse::into_json).await,
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

/// An error about an error's own body refers to that response too.
#[tokio::test]
async fn error_bodies_of_another_kind() {
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
    fn fetch<'a>(
        &'a self,
        core: &'a ClientCore,
    ) -> Pin<Box<dyn Future<Output = Result<Token, Error>> + Send + 'a>> {
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
        let client = builder()
            .base_url(server.url())
            .token_source("token", Login)
            .credential("secret", engagement_core::Credential::header("test-key"))
            .max_body_bytes(1000)
            .retry(engagement_core::RetryPolicy::none())
            .build()
            .unwrap()
            .0;
        let sent = client
            .call(&CONTACTS_LIST)
            .send(RawResponse::into_empty)
            .await;
        let error = sent.unwrap_err();
        assert!(error.to_string().contains("login failed: "), "{error}");
        assert_eq!(error.kind(), kind);
        assert_eq!(error.status().unwrap(), status);
        assert_eq!(error.request_id(), Some("r-[REDACTED]"));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        let source = std::error::Error::source(&error).unwrap();
        check(source.downcast_ref::<Error>().unwrap(), kind, status);
    }
}
