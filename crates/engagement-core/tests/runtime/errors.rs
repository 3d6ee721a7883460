//! Errors.

use std::time::Duration;

use engagement_core::{Error, ErrorKind, RawResponse, RetryPolicy};

use crate::support::*;

async fn failure(reply: Reply) -> Error {
    let server = TestServer::once(reply).await;
    let mut call = without_retries(&server).call(&CONTACTS_GET);
    call.path("id", &"hidden@x.example");
    let error = call.send(RawResponse::into_empty).await.unwrap_err();
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(
            !text.contains("hidden") && !text.contains("127.0.0.1"),
            "{text}"
        );
    }
    error
}

#[test]
fn errors_are_small() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    fn good<T: std::error::Error + Send + Sync + 'static>() {}
    good::<Error>();
}

/// Status, content type and body of a response, and the text of the error.
const MESSAGES: &str = r#"
400 Bad Request | application/json | {"error": {"message": "There is no\n contact"}} | 400 Bad Request: There is no contact
422 Unprocessable Entity | text/plain | {"message": 17} | 422 Unprocessable Entity: 17
401 Unauthorized | text/plain | Invalid key | 401 Unauthorized: Invalid key
502 Bad Gateway | text/html | <html><head><title>502 Bad Gateway</title> | 502 Bad Gateway: HTML page titled "502 Bad Gateway"
500 Internal Server Error | application/json | {} | 500 Internal Server Error
599 Odd | text/plain | | 599
"#;

#[tokio::test]
async fn the_providers_message_is_reported() {
    for [status, content_type, body, message] in rows(MESSAGES) {
        let reply = reply(status, content_type, format!("{body}\n"));
        let error = failure(reply).await;
        assert_eq!(error.to_string(), format!("acme contacts_get: {message}"));
        assert_eq!(error.kind(), ErrorKind::Api);
        assert!(error.was_sent());
        assert_eq!(error.attempts(), 1);
    }
}

#[tokio::test]
async fn predicates_of_statuses() {
    type Predicate = fn(&Error) -> bool;
    let predicates: [(&str, Predicate); 6] = [
        ("401", Error::is_unauthorized),
        ("403", Error::is_forbidden),
        ("404", Error::is_not_found),
        ("409", Error::is_conflict),
        ("429", Error::is_rate_limited),
        ("503", Error::is_server_error),
    ];
    for (status, _) in &predicates {
        let error = failure(with_headers(&format!("{status} X"), "", "")).await;
        for (expected, predicate) in &predicates {
            assert_eq!(
                predicate(&error),
                expected == status,
                "{expected} of {status}"
            );
        }
        assert!(!error.is_timeout() && !error.is_connect());
    }
}

#[tokio::test]
async fn an_error_contains_its_response() {
    let headers = "retry-after: 7\r\ncf-ray: ray-1\r\ncontent-type: application/json\r\n";
    let error = failure(with_headers(
        "429 Too Many Requests",
        headers,
        r#"{"message": "slow down", "code": 3}"#,
    ))
    .await;
    assert_eq!(error.message(), Some("slow down"));
    assert_eq!(error.status().unwrap(), 429);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(error.request_id(), Some("ray-1"));
    assert_eq!(error.headers().unwrap()["content-type"], "application/json");
    assert_eq!(
        error.body().unwrap(),
        br#"{"message": "slow down", "code": 3}"#
    );
    assert_eq!(error.json::<serde_json::Value>().unwrap()["code"], 3);
    assert_eq!(
        error.operation().unwrap().docs_url,
        "https://acme.example/docs"
    );
    assert_eq!(
        format!("{error:?}"),
        "acme contacts_get: 429 Too Many Requests: slow down Error { kind: Api, method: Some(\"GET\"), path: Some(\"/contacts/{id}\"), \
         status: Some(429), request_id: Some(\"ray-1\"), sent: true, attempts: 1, source: None }"
    );
    let error = error.json::<Vec<i32>>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn the_status_is_reported_if_the_body_is_incomplete() {
    let head = "HTTP/1.1 404 Not Found\r\ncontent-length: 1000000\r\n\r\n";
    for reply in [
        Reply::ThenClose(format!("{head}{{\"mess").into_bytes()),
        Reply::ThenClose(format!("{head}{}", " ".repeat(1_000_000)).into_bytes()),
    ] {
        let error = failure(reply).await;
        assert!(error.is_not_found());
        assert!(error.body().unwrap().len() <= 64 * 1024);
    }
}

#[tokio::test]
async fn errors_report_whether_the_request_was_sent() {
    let port = unused_port();
    let client = build(keyed_at(format!("http://127.0.0.1:{port}")).retry(RetryPolicy::none()));
    let error = send_empty(&client, &CONTACTS_CREATE).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(
        error.to_string(),
        "acme contacts_create: could not connect: connection refused"
    );
    assert!(error.is_connect() && !error.was_sent() && !error.is_timeout());
    assert_eq!(error.attempts(), 1);
    assert!(std::error::Error::source(&error).is_some());

    let server = TestServer::once(Reply::ThenClose(Vec::new())).await;
    let error = send_empty(&crate::support::client(&server), &CONTACTS_CREATE)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(
        error.to_string(),
        "acme contacts_create: the connection broke before a response"
    );
    assert!(error.was_sent());
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn errors_contain_the_provider() {
    let error = failure(reply("500 Internal Server Error", "text/plain", "")).await;
    assert_eq!(error.provider().name, "acme");
    assert!(error.to_string().starts_with("acme contacts_get: 500"));
    assert!(format!("{error:?}").starts_with(&error.to_string()));
}

#[tokio::test]
async fn conflicts_are_recognised_by_the_providers_message() {
    let exists = r#"{"message": "A contact with this address ALREADY exists"}"#;
    for (status, body, is_conflict) in [
        ("409 Conflict", "", true),
        ("400 Bad Request", exists, true),
        ("422 Unprocessable Entity", exists, true),
        ("400 Bad Request", r#"{"message": "no name"}"#, false),
        ("500 Internal Server Error", exists, false),
    ] {
        let error = failure(reply(status, "application/json", body)).await;
        assert_eq!(error.is_conflict(), is_conflict, "{error}");
    }
}

#[tokio::test]
async fn errors_report_whether_the_call_was_accepted() {
    for (status, body, was_accepted) in [
        ("200 OK", "<html>", true),
        ("201 Created", r#"{"id": "x"}"#, true),
        ("200 OK", "", true),
        ("500 Internal Server Error", "<html>", false),
        ("400 Bad Request", "", false),
    ] {
        let server = TestServer::once(reply(status, "text/html", body)).await;
        let call = without_retries(&server).call(&CONTACTS_CREATE);
        let error = call.send(RawResponse::into_json::<i64>).await.unwrap_err();
        assert_eq!(error.was_accepted(), was_accepted, "{error}");
        let text = "the provider accepted the call, so do not repeat it";
        assert_eq!(error.to_string().ends_with(text), was_accepted, "{error}");
    }
    // A read that can't be decoded may be repeated.
    let server = TestServer::once(reply("200 OK", "text/html", "<html>")).await;
    let mut call = without_retries(&server).call(&CONTACTS_GET);
    call.path("id", &7);
    let error = call.send(RawResponse::into_json::<i64>).await.unwrap_err();
    assert!(error.was_accepted() && !error.to_string().contains("repeat"));
}
