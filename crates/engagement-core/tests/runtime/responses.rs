//! Decoding of responses.

use std::collections::BTreeMap;

use engagement_core::{Error, ErrorKind, Operation, RawResponse, Response};
use serde_json::Value;

use crate::support::*;

async fn get<T>(reply: Reply, read: Read<T>) -> Result<Response<T>, Error> {
    of(&CONTACTS_GET, reply, read).await
}

async fn of<T>(
    operation: &'static Operation,
    reply: Reply,
    read: Read<T>,
) -> Result<Response<T>, Error> {
    let server = TestServer::once(reply).await;
    let mut call = without_retries(&server).call(operation);
    if operation.path.contains("{id}") {
        call.path("id", &1);
    }
    call.send(read).await
}

type Object = BTreeMap<String, i64>;

#[tokio::test]
async fn a_response_contains_its_metadata() {
    let headers = "x-request-id: r-1\r\nset-cookie: hidden=1\r\ndate: today\r\n";
    let created = with_headers("201 Created", headers, r#"{"a": 1}"#);
    let response = get(created, RawResponse::into_json::<Object>)
        .await
        .unwrap();
    assert_eq!(response.value()["a"], 1);
    assert_eq!(
        (
            response.status().as_u16(),
            response.attempts(),
            response.request_id()
        ),
        (201, 1, Some("r-1"))
    );
    assert_eq!(response.headers()["set-cookie"], "hidden=1");
    assert_eq!(response.body(), r#"{"a": 1}"#);
    assert!(response.waited().is_zero() && !response.was_already_deleted());
    assert_eq!(response.rate_limit(), None);
    assert_eq!(
        format!("{response:?}"),
        r#"Response { status: 201, headers: {"content-length": "8", "date": "today"}, attempts: 1, .. }"#
    );
    let length = response.map(|object| object.len());
    assert_eq!((*length.value(), length.status().as_u16()), (1, 201));
    assert_eq!(length.body(), r#"{"a": 1}"#);
    assert_eq!(length.into_inner(), 1);
}

#[tokio::test]
async fn json_is_decoded_regardless_of_content_type_and_framing() {
    for unexpected in [
        reply("200 OK", "text/html", r#"{"a": 1}"#),
        reply("200 OK", "application/json", "\u{feff}{\"a\": 1}\n"),
        with_headers("200 OK", "", r#" {"a": 1}"#),
        Reply::Bytes(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\": 1\r\n1\r\n}\r\n0\r\n\r\n".to_vec()),
        Reply::ThenClose(b"HTTP/1.0 200 OK\r\n\r\n{\"a\": 1}".to_vec()),
    ] {
        let response = get(unexpected.clone(), RawResponse::into_json::<Object>).await;
        let response = response.unwrap_or_else(|error| panic!("{unexpected:?}: {error}"));
        assert_eq!(response.value()["a"], 1);
    }
}

#[tokio::test]
async fn into_single_unwraps_an_array_of_one() {
    let one = async |body: &str| {
        let response = get(json(body), RawResponse::into_single::<Object>).await;
        response.map(Response::into_inner)
    };
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
        "acme contacts_get: 200 OK: there is no such thing"
    );
    let two = one(r#"[{"a": 1}, {"a": 2}]"#).await.unwrap_err();
    assert_eq!(two.kind(), ErrorKind::Decode);
    assert_eq!(
        two.to_string(),
        "acme contacts_get: unexpected body: 2 values where one was expected (200 OK)"
    );
    let wrong = one(r#"[{"a": "hidden"}]"#).await.unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "acme contacts_get: unexpected body at `[0].a`: invalid type: string, expected i64 (line 1, column 15) (200 OK)"
    );
}

#[tokio::test]
async fn into_optional_accepts_an_empty_body() {
    for (body, value) in [("", None), (" \n", None), ("null", None), ("7", Some(7))] {
        let response = get(json(body), RawResponse::into_optional::<i64>).await;
        assert_eq!(*response.unwrap().value(), value);
    }
    let response = get(no_content(), RawResponse::into_optional::<i64>).await;
    assert_eq!(*response.unwrap().value(), None);
    assert!(
        get(json("{}"), RawResponse::into_optional::<i64>)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn into_empty_ignores_the_body() {
    for reply in [json(""), json("{broken"), no_content()] {
        let () = get(reply, RawResponse::into_empty)
            .await
            .unwrap()
            .into_inner();
    }
}

#[tokio::test]
async fn a_documented_204_means_not_found() {
    for error in [
        get(no_content(), RawResponse::into_json::<Value>)
            .await
            .unwrap_err(),
        get(no_content(), RawResponse::into_single::<Value>)
            .await
            .unwrap_err(),
    ] {
        assert!(error.is_not_found() && error.was_sent());
        assert_eq!(error.kind(), ErrorKind::Api);
        assert_eq!(
            error.to_string(),
            "acme contacts_get: 204 No Content: there is no such thing"
        );
    }
}

#[tokio::test]
async fn an_empty_body_is_reported() {
    for body in ["", "\u{feff}", " \r\n"] {
        let error = get(json(body), RawResponse::into_json::<Value>)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(!error.is_not_found());
        assert_eq!(
            error.to_string(),
            "acme contacts_get: the body is empty where JSON was expected (200 OK)"
        );
    }
}

#[tokio::test]
async fn an_html_page_is_reported() {
    let page = "<!DOCTYPE html><html><head><title>Log in</title></head></html>";
    let html = reply("200 OK", "text/html", page);
    let error = get(html, RawResponse::into_json::<Value>)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(
        error.to_string(),
        "acme contacts_get: HTML page titled \"Log in\" where JSON was expected (200 OK)"
    );
    assert_eq!(error.body().unwrap(), page.as_bytes());
}

#[tokio::test]
async fn decode_errors_contain_the_path_and_no_value() {
    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code, reason = "only decoded")]
    struct Item {
        status: i64,
    }
    let items = json(r#"{"data": [{"status": 1}, {"status": "hidden@x.example"}]}"#);
    let error = get(items, RawResponse::into_json::<BTreeMap<String, Vec<Item>>>);
    let error = error.await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme contacts_get: unexpected body at `data[1].status`: invalid type: string, expected i64 (line 1, column 54) (200 OK)"
    );
    assert!(std::error::Error::source(&error).is_none());
    assert!(!format!("{error:?}").contains("hidden"));
    assert!(error.was_sent() && error.status().is_some());
    // The body is available.
    assert_eq!(
        error.json::<Value>().unwrap()["data"][1]["status"],
        "hidden@x.example"
    );
}

/// For operations whose response is not documented: the operation was executed in any case.
#[tokio::test]
async fn an_undocumented_body_is_decoded_if_possible() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Item {
        id: i64,
    }
    let read = async |reply: Reply| {
        let read: Read<Option<Item>> = |response| response.if_decodable(RawResponse::into_json);
        let response = of(&CONTACTS_LIST, reply, read).await?;
        assert_eq!(response.attempts(), 1);
        Ok::<_, Error>((response.status().as_u16(), response.into_inner()))
    };
    let created = reply(
        "201 Created",
        "text/html",
        "\u{feff}{\"id\": 7, \"new\": 1} ",
    );
    assert_eq!(read(created).await.unwrap(), (201, Some(Item { id: 7 })));
    for body in [
        "",
        " \r\n",
        "\u{feff}",
        "OK",
        "\"OK\"",
        "null",
        "{}",
        "[]",
        "[{\"id\": 7}]",
        "true",
        "<!DOCTYPE html><html><title>Thank you</title></html>",
        r#"{"id": "seven"}"#,
        r#"{"id": null}"#,
        r#"{"id": 7"#,
        r#"{"id": 7} {}"#,
    ] {
        assert_eq!(read(json(body)).await.unwrap(), (200, None), "{body}");
    }
    let binary = reply("200 OK", "application/json", b"\xff\xfe");
    assert_eq!(read(binary).await.unwrap(), (200, None));
    assert_eq!(read(no_content()).await.unwrap(), (204, None));

    // The body is available.
    let none: Read<Option<Item>> = |response| response.if_decodable(RawResponse::into_json);
    let response = of(&CONTACTS_LIST, json("\"OK\""), none).await.unwrap();
    assert_eq!(response.body(), "\"OK\"");
    assert_eq!(response.full_body::<String>().unwrap(), "OK");
}

#[tokio::test]
async fn if_decodable_works_with_every_decoder() {
    let part: Read<Option<i64>> =
        |response| response.if_decodable(|response| response.into_json_at_path(&["a"]));
    let one: Read<Option<i64>> = |response| response.if_decodable(RawResponse::into_single);
    let value: Read<Option<Value>> = |response| response.if_decodable(RawResponse::into_value);
    for (read, body, found) in [
        (part, r#"{"a": 7}"#, Some(7)),
        (part, r#"{"a": null}"#, None),
        (part, "{}", None),
        (part, "[]", None),
        (one, "[7]", Some(7)),
        (one, "[7, 8]", None),
        (one, "{}", None),
    ] {
        let response = of(&CONTACTS_LIST, json(body), read).await.unwrap();
        assert_eq!(*response.value(), found, "{body}");
    }
    for (body, found) in [("", None), ("OK", None), ("{}", Some("{}"))] {
        let response = of(&CONTACTS_LIST, json(body), value).await.unwrap();
        let text = response.value().as_ref().map(Value::to_string);
        assert_eq!(text.as_deref(), found, "{body}");
    }
}

#[tokio::test]
async fn error_responses_are_errors_with_if_decodable() {
    let read: Read<Option<i64>> = |response| response.if_decodable(RawResponse::into_json);
    // A status that is documented as not found.
    let error = get(no_content(), read).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Api);
    assert!(error.is_not_found());
    assert_eq!(
        error.to_string(),
        "acme contacts_get: 204 No Content: there is no such thing"
    );
    let one: Read<Option<i64>> = |response| response.if_decodable(RawResponse::into_single);
    assert!(get(json("[]"), one).await.unwrap_err().is_not_found());
    for (reply, kind) in [
        (reply("404 X", "text/plain", ""), ErrorKind::Api),
        (reply("500 X", "text/plain", "OK"), ErrorKind::Api),
        (
            with_headers("302 X", "location: /x\r\n", ""),
            ErrorKind::Redirect,
        ),
        (json(r#"{"response": {"status": "error"}}"#), ErrorKind::Api),
        (
            Reply::ThenClose(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n7".to_vec()),
            ErrorKind::Transport,
        ),
    ] {
        let error = get(reply, read).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
}
