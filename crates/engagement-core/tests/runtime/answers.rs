//! What is made of answers.

use std::collections::BTreeMap;

use engagement_core::{Answer, ErrorKind};
use serde_json::Value;

use crate::support::*;

async fn get(reply: Reply) -> Answer {
    let server = TestServer::once(reply).await;
    let mut call = client(&server).call(&CONTACTS_GET);
    call.path("id", &1);
    call.send().await.unwrap()
}

type Object = BTreeMap<String, i64>;

#[tokio::test]
async fn a_value_keeps_what_came_around_it() {
    let headers = "x-request-id: r-1\r\nset-cookie: hidden=1\r\ndate: today\r\n";
    let value = get(with_headers("201 Created", headers, r#"{"a": 1}"#))
        .await
        .json::<Object>()
        .unwrap();
    assert_eq!(value["a"], 1);
    assert_eq!(
        (
            value.status().as_u16(),
            value.attempts(),
            value.request_id()
        ),
        (201, 1, Some("r-1"))
    );
    assert_eq!(value.headers()["set-cookie"], "hidden=1");
    assert_eq!(
        format!("{value:?}"),
        r#"ResponseValue { status: 201, headers: {"content-length": "8", "date": "today"}, attempts: 1, .. }"#
    );
    let length = value.map(|object| object.len());
    assert_eq!((*length, length.status().as_u16()), (1, 201));
    assert_eq!(length.into_inner(), 1);
}

#[tokio::test]
async fn odd_bodies_that_are_json_are_taken() {
    for odd in [
        reply("200 OK", "text/html", r#"{"a": 1}"#),
        reply("200 OK", "application/json", "\u{feff}{\"a\": 1}\n"),
        with_headers("200 OK", "", r#" {"a": 1}"#),
        Reply::Bytes(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\": 1\r\n1\r\n}\r\n0\r\n\r\n".to_vec()),
        Reply::ThenClose(b"HTTP/1.0 200 OK\r\n\r\n{\"a\": 1}".to_vec()),
    ] {
        let value = get(odd.clone()).await.json::<Object>().unwrap_or_else(|error| panic!("{odd:?}: {error}"));
        assert_eq!(value["a"], 1);
    }
}

#[tokio::test]
async fn one_unwraps_an_array_of_one() {
    let one = async |body: &str| get(json(body)).await.one::<Object>();
    assert_eq!(one(r#"{"a": 1}"#).await.unwrap()["a"], 1);
    assert_eq!(one(" [{\"a\": 1}]").await.unwrap()["a"], 1);
    let none = one("[]").await.unwrap_err();
    assert!(none.is_not_found());
    assert_eq!(
        (none.kind(), none.status().unwrap().as_u16()),
        (ErrorKind::Api, 200)
    );
    assert_eq!(
        none.to_string(),
        "contacts_get: 200 OK: there is no such thing"
    );
    let two = one(r#"[{"a": 1}, {"a": 2}]"#).await.unwrap_err();
    assert_eq!(two.kind(), ErrorKind::Decode);
    assert_eq!(
        two.to_string(),
        "contacts_get: unexpected body: 2 values where one was expected (200 OK)"
    );
    let wrong = one(r#"[{"a": "hidden"}]"#).await.unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "contacts_get: unexpected body at `[0].a`: invalid type: string, expected i64 (line 1, column 15) (200 OK)"
    );
}

#[tokio::test]
async fn optional_takes_nothing_for_an_answer() {
    for (body, value) in [("", None), (" \n", None), ("null", None), ("7", Some(7))] {
        assert_eq!(*get(json(body)).await.optional::<i64>().unwrap(), value);
    }
    assert_eq!(*get(no_content()).await.optional::<i64>().unwrap(), None);
    assert!(get(json("{}")).await.optional::<i64>().is_err());
}

#[tokio::test]
async fn empty_ignores_bodies() {
    for reply in [json(""), json("{broken"), no_content()] {
        let () = get(reply).await.empty().into_inner();
    }
}

#[tokio::test]
async fn no_content_where_it_means_not_found() {
    for error in [
        get(no_content()).await.json::<Value>().unwrap_err(),
        get(no_content()).await.one::<Value>().unwrap_err(),
    ] {
        assert!(error.is_not_found() && error.was_sent());
        assert_eq!(error.kind(), ErrorKind::Api);
        assert_eq!(
            error.to_string(),
            "contacts_get: 204 No Content: there is no such thing"
        );
    }
}

#[tokio::test]
async fn an_empty_body_is_told() {
    for body in ["", "\u{feff}", " \r\n"] {
        let error = get(json(body)).await.json::<Value>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(!error.is_not_found());
        assert_eq!(
            error.to_string(),
            "contacts_get: the body is empty where JSON was expected (200 OK)"
        );
    }
}

#[tokio::test]
async fn a_page_instead_of_json_is_told() {
    let page = "<!DOCTYPE html><html><head><title>Log in</title></head></html>";
    let error = get(reply("200 OK", "text/html", page))
        .await
        .json::<Value>()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(
        error.to_string(),
        "contacts_get: HTML page titled \"Log in\" where JSON was expected (200 OK)"
    );
    assert_eq!(error.body().unwrap(), page.as_bytes());
}

#[tokio::test]
async fn decode_errors_say_where_and_never_what() {
    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code, reason = "only decoded")]
    struct Item {
        status: i64,
    }
    let error = get(json(
        r#"{"data": [{"status": 1}, {"status": "hidden@x.example"}]}"#,
    ))
    .await
    .json::<BTreeMap<String, Vec<Item>>>()
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "contacts_get: unexpected body at `data[1].status`: invalid type: string, expected i64 (line 1, column 54) (200 OK)"
    );
    assert!(std::error::Error::source(&error).is_none());
    assert!(!format!("{error:?}").contains("hidden"));
    assert!(error.was_sent() && error.status().is_some());
    // The body stays available for those who ask.
    assert_eq!(
        error.json::<Value>().unwrap()["data"][1]["status"],
        "hidden@x.example"
    );
}
