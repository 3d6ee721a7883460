//! Errors and responses for tests of callers equal real ones.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use engagement_core::{Error, ErrorKind, RawResponse, testing};
use serde_json::{Value, json};

use crate::support::*;

/// The text and all properties of an error.
fn report(error: &Error) -> (String, Value) {
    let facts = json!({
        "kind": error.kind().as_str(),
        "operation": error.operation().map(|operation| operation.id),
        "status": error.status().map(|status| status.as_u16()),
        "message": error.message(),
        "body": error.body().map(String::from_utf8_lossy),
        "content_type": error.headers().map(|headers| headers["content-type"].to_str().unwrap()),
        "attempts": error.attempts(),
        "was_sent": error.was_sent(),
        "is_not_found": error.is_not_found(),
        "is_unauthorized": error.is_unauthorized(),
        "is_forbidden": error.is_forbidden(),
        "is_conflict": error.is_conflict(),
        "is_rate_limited": error.is_rate_limited(),
        "is_server_error": error.is_server_error(),
        "is_timeout": error.is_timeout(),
    });
    (error.to_string(), facts)
}

/// Status and body.
const ERRORS: &str = r#"
400 Bad Request | {"message": "no  such field\n", "code": 7}
401 Unauthorized | {}
403 Forbidden | [1, 2]
404 Not Found | {"error": {"message": "contact ada@example.com"}}
409 Conflict | {"error": {"message": ""}, "message": "exists"}
429 Too Many Requests | {"message": "slow down"}
500 Internal Server Error | {"message": 7}
599 | {"message": "odd"}
200 OK | {"response": {"status": "error"}, "message": "failed"}
"#;

#[tokio::test]
async fn a_test_error_equals_a_received_error() {
    for [line, body] in rows(ERRORS) {
        let status = line.split(' ').next().unwrap().parse().unwrap();
        let server = TestServer::once(reply(line, "application/json", body)).await;
        let mut call = without_retries(&server).call(&CONTACTS_GET);
        call.path("id", &7);
        let real = call
            .send(RawResponse::into_json::<Value>)
            .await
            .unwrap_err();
        let test = testing::error(&PROVIDER, "contacts_get", status, body);
        assert_eq!(report(&test), report(&real));
    }
}

#[test]
fn a_plain_message_becomes_the_providers_error_body() {
    let error = testing::error(&PROVIDER, "orders_create", 409, "Order ü7 exists");
    assert_eq!(error.message(), Some("Order ü7 exists"));
    assert_eq!(
        error.body(),
        Some(r#"{"error":{"message":"Order ü7 exists"}}"#.as_bytes())
    );
    assert!(
        error
            .to_string()
            .ends_with("acme orders_create: 409 Conflict: Order ü7 exists"),
        "{error}"
    );
    assert!(error.is_conflict() && error.kind() == ErrorKind::Api);

    let long = "x".repeat(300);
    let error = testing::error(&PROVIDER, "orders_create", 400, &long);
    assert_eq!(error.message(), Some(&*long));

    let error = testing::error(&PROVIDER, "orders_create", 404, "");
    assert_eq!((error.message(), error.body()), (None, Some(&b""[..])));
    assert!(
        error
            .to_string()
            .ends_with("acme orders_create: 404 Not Found"),
        "{error}"
    );
}

#[test]
fn documented_statuses_are_not_found() {
    let is_not_found =
        |operation, status| testing::error(&PROVIDER, operation, status, "").is_not_found();
    assert!(is_not_found("contacts_get", 404) && is_not_found("contacts_get", 204));
    assert!(!is_not_found("contacts_get", 400));
}

/// The text of a panic.
fn panics<T>(test: impl FnOnce() -> T) -> String {
    let panic = catch_unwind(AssertUnwindSafe(test)).err().unwrap();
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast::<&str>().unwrap()).to_owned(),
    }
}

#[test]
fn mistakes_of_a_test_panic() {
    assert_eq!(
        panics(|| testing::error(&PROVIDER, "order_creat", 400, "")),
        "Acme has no operation `order_creat` (did you mean `orders_create`?)"
    );
    for status in [0, 99, 100, 302, 307, 1000] {
        assert_eq!(
            panics(|| testing::error(&PROVIDER, "contacts_get", status, "")),
            "no API error has this status: use 2xx, 4xx, 5xx or 304"
        );
    }
    let response = || testing::response(&PROVIDER, 7);
    for status in [0, 199, 302, 404, 500] {
        assert_eq!(
            panics(|| response().status(status)),
            "a response has a status of 200 to 299"
        );
    }
    panics(|| response().header("a b", "c"));
    panics(|| response().header("a", "b\r\n"));
}

#[test]
fn a_test_response_has_the_given_values() {
    let response = testing::response(&PROVIDER, vec![7]).build();
    assert_eq!(response.status(), 200);
    assert!(response.headers().is_empty() && response.body().is_empty());
    assert_eq!(
        (response.attempts(), response.waited()),
        (1, Duration::ZERO)
    );
    assert!(!response.was_already_deleted());
    assert_eq!(response.into_inner(), [7]);

    let response = testing::response(&PROVIDER, "value")
        .status(202)
        .header("X-Request-Id", "r-1")
        .header("x-ratelimit-remaining", "3")
        .header("set-cookie", "a")
        .header("set-cookie", "b")
        .attempts(3)
        .waited(Duration::from_millis(20))
        .body(r#"{"data": [7]}"#)
        .build();
    assert_eq!(response.status(), 202);
    assert_eq!(response.request_id(), Some("r-1"));
    assert_eq!(response.rate_limit().unwrap().remaining, Some(3));
    assert_eq!(response.headers().get_all("set-cookie").iter().count(), 2);
    assert_eq!(
        (response.attempts(), response.waited().as_millis()),
        (3, 20)
    );
    assert_eq!(response.full_body::<Value>().unwrap(), json!({"data": [7]}));
    let undecodable = response.full_body::<i32>().unwrap_err();
    assert_eq!(
        (undecodable.kind(), undecodable.status().unwrap().as_u16()),
        (ErrorKind::Decode, 202)
    );
    assert_eq!(response.map(str::len).into_inner(), 5);

    let deleted = testing::response(&PROVIDER, ()).already_deleted().build();
    assert!(deleted.was_already_deleted());
    assert_eq!((deleted.status().as_u16(), deleted.attempts()), (404, 2));
}

#[test]
fn a_builder_prints_no_value() {
    let builder = testing::response(&PROVIDER, "hidden").body("hidden");
    assert_eq!(format!("{builder:?}"), "ResponseBuilder { .. }");
}
