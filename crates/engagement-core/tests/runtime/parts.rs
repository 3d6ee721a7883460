//! Values inside a response, and responses that are not JSON.

use std::collections::BTreeMap;

use engagement_core::{Error, ErrorKind, RawResponse, Response};
use serde_json::Value;

use crate::support::*;

async fn get<T>(body: impl AsRef<[u8]>, read: Read<T>) -> Result<Response<T>, Error> {
    let server = TestServer::once(reply("200 OK", "application/json", body)).await;
    client(&server).call(&CONTACTS_LIST).send(read).await
}

/// The value only.
async fn value<T>(body: impl AsRef<[u8]>, read: Read<T>) -> Result<T, Error> {
    get(body, read).await.map(Response::into_inner)
}

type Object = BTreeMap<String, i64>;

const PATH: &[&str] = &["response", "data"];
const OBJECT: Read<Object> = |response| response.into_json_at_path(PATH);
const NUMBER: Read<i64> = |response| response.into_json_at_path(PATH);
const OPTIONAL: Read<Option<i64>> = |response| response.into_optional_at_path(PATH);

#[tokio::test]
async fn the_full_body_is_available_beside_a_decoded_part() {
    let body = "\u{feff}{\"took\": 7, \"response\": {\"more\": [{}], \"data\": {\"a\": 1}}}";
    let part = get(body, OBJECT).await.unwrap();
    assert_eq!(part.value()["a"], 1);
    assert_eq!(part.body(), body.as_bytes());
    assert_eq!(part.full_body::<Value>().unwrap()["took"], 7);
    let mapped = part.clone().map(|object| object.len());
    assert_eq!(
        (
            *mapped.value(),
            mapped.full_body::<Value>().unwrap()["took"].as_i64()
        ),
        (1, Some(7))
    );
    assert!(!format!("{part:?}").contains("took"), "{part:?}");
    let wrong = part.full_body::<Object>().unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::Decode);
    assert_eq!(
        wrong.to_string(),
        "acme contacts_list: unexpected body at `response`: invalid type: map, expected i64 (line 1, column 24) (200 OK)"
    );
    assert_eq!(wrong.body().unwrap(), body.as_bytes());

    // The body can be decoded again as another type, even if it was not decoded before.
    let all = get("{\"a\": 1}", RawResponse::into_json::<Object>)
        .await
        .unwrap();
    assert_eq!(all.body(), "{\"a\": 1}");
    assert_eq!(all.full_body::<Value>().unwrap()["a"], 1);
    let unread = get("{\"a\": 1}", RawResponse::into_empty).await.unwrap();
    assert_eq!(unread.full_body::<Object>().unwrap()["a"], 1);
    let nothing = get("", RawResponse::into_empty).await.unwrap();
    assert_eq!(
        nothing.full_body::<Value>().unwrap_err().to_string(),
        "acme contacts_list: the body is empty where JSON was expected (200 OK)"
    );
}

#[tokio::test]
async fn a_missing_part_is_reported_with_the_providers_message() {
    for body in [
        "{}",
        "null",
        r#"{"response": null}"#,
        r#"{"response": {"data": null}, "data": {}}"#,
    ] {
        let error = get(body, OBJECT).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(
            error.to_string(),
            "acme contacts_list: the response has no `response.data` (200 OK)"
        );
        assert_eq!(error.body().unwrap(), body.as_bytes());
        let none = get(body, OPTIONAL).await.unwrap();
        assert_eq!((*none.value(), none.body().len()), (None, body.len()));
        let none = value(body, |response| {
            response.into_json_at_path::<Option<i64>>(PATH)
        })
        .await;
        assert_eq!(none.unwrap(), None);
        value(body, |response| response.into_json_at_path::<()>(PATH))
            .await
            .unwrap();
    }
    let message = r#"{"message": "no test-key for you", "response": {}}"#;
    let error = get(message, NUMBER).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme contacts_list: the response has no `response.data`: no [REDACTED] for you (200 OK)"
    );
    assert_eq!(error.message(), Some("no [REDACTED] for you"));
    assert!(error.was_sent());
}

/// The body, and the error.
const INVALID_PARTS: &str = r#"
{"response": {"data": "hidden"}} | unexpected body at `response.data`: invalid type: string, expected i64 (line 1, column 30)
{"response": ["hidden"]} | unexpected body at `response`: invalid type: sequence, expected an object (line 1, column 14)
{"response": {"data": 1}} hidden | unexpected body: trailing characters (line 1, column 27)
| the body is empty where JSON was expected
<html><title>Log in</title> | HTML page titled "Log in" where JSON was expected
"#;

#[tokio::test]
async fn a_part_of_another_type_is_reported_with_its_path() {
    for [body, message] in rows(INVALID_PARTS) {
        let error = get(body, NUMBER).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(
            error.to_string(),
            format!("acme contacts_list: {message} (200 OK)")
        );
    }
    assert_eq!(value("", OPTIONAL).await.unwrap(), None);
    assert!(get("[]", OPTIONAL).await.is_err());
    assert_eq!(
        value("7", |response| response.into_json_at_path::<i64>(&[]))
            .await
            .unwrap(),
        7
    );
}

#[tokio::test]
async fn bytes_are_returned_unchanged() {
    let server = TestServer::once(reply("200 OK", "application/pdf", b"\xff\0pdf")).await;
    let mut call = client(&server).call(&CONTACTS_LIST);
    call.accept("application/pdf");
    let response = call.send(RawResponse::into_bytes).await.unwrap();
    assert_eq!(&response.value()[..], b"\xff\0pdf");
    assert_eq!(response.headers()["content-type"], "application/pdf");
    let request = server.request();
    assert_eq!(request.matches("accept: ").count(), 1, "{request}");
    assert_contains(&request, "\r\naccept: application/pdf\r\n");
    assert!(value("", RawResponse::into_bytes).await.unwrap().is_empty());
}
