//! Failures with a successful status.

use std::time::Duration;

use engagement_core::{ErrorKind, Method, RawResponse};
use serde_json::Value;

use crate::support::*;

const FAILURE: &str = r#"{"message": "no test-key here", "response": {"status": "error"}}"#;

fn failure(status: &str) -> Reply {
    with_headers(status, "x-request-id: r-1\r\nretry-after: 1\r\n", FAILURE)
}

#[tokio::test]
async fn a_documented_value_makes_a_success_a_failure() {
    for status in ["200 OK", "201 Created"] {
        let server = TestServer::once(failure(status)).await;
        let error = send_empty(&client(&server), &CONTACTS_LIST)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Api);
        assert_eq!(
            error.to_string(),
            format!("acme contacts_list: {status}: no [REDACTED] here")
        );
        assert_eq!(error.request_id(), Some("r-1"));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
        assert_eq!(error.body().unwrap(), FAILURE.as_bytes());
        assert!(!error.is_not_found() && !error.is_rate_limited() && error.was_sent());
        // The call may have been executed, so it is not retried.
        assert_eq!((server.requests().len(), error.attempts()), (1, 1));
    }
}

#[tokio::test]
async fn other_values_are_no_failure() {
    for body in [
        r#"{"error": "hidden", "status": "error"}"#,
        r#"{"response": {"data": {"status": "error"}, "status": "success"}}"#,
        r#"[{"response": {"status": "error"}}]"#,
        r#""error""#,
    ] {
        let server = TestServer::once(json(body)).await;
        list_json::<Value>(&client(&server)).await.unwrap();
    }
    let empty = TestServer::once(no_content()).await;
    let call = client(&empty).call(&CONTACTS_LIST);
    call.send(RawResponse::into_empty).await.unwrap();
}

#[tokio::test]
async fn raw_requests_and_files_are_not_checked() {
    let server = TestServer::once(failure("200 OK")).await;
    let raw = client(&server).request(Method::GET, "/a").send().await;
    assert_eq!(raw.unwrap().bytes(), FAILURE.as_bytes());
    let mut call = client(&server).call(&CONTACTS_LIST);
    call.accept("application/pdf");
    let file = call
        .send(RawResponse::into_bytes)
        .into_call()
        .await
        .unwrap();
    assert_eq!(file, FAILURE.as_bytes());
}
