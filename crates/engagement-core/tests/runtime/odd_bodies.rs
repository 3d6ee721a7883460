//! Unusual and invalid bodies.

use std::collections::BTreeMap;

use engagement_core::{Attributes, RawResponse, wire_object};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::*;

#[derive(PartialEq)]
struct Record {
    id: i64,
    name: Option<String>,
    extra: Attributes,
}

wire_object! { Record { required id: "id", optional name: "name", } extra }

/// The decoded body, or the text of the error without the operation and the status.
async fn read<T: DeserializeOwned + std::fmt::Debug>(body: &[u8]) -> Result<T, String> {
    let server = TestServer::once(reply("200 OK", "application/json", body)).await;
    let call = client(&server).call(&CONTACTS_LIST);
    let error = match call.send(RawResponse::into_json::<T>).into_call().await {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    assert_eq!(error.kind(), engagement_core::ErrorKind::Decode);
    assert_eq!(error.status().unwrap(), 200);
    assert!(error.body().unwrap() == &body[..body.len().min(64 * 1024)]);
    let text = error.to_string();
    for text in [&text, &format!("{error:?}")] {
        assert!(!text.contains("hidden"), "{text}");
        assert!(text.len() < 1000, "{text}");
    }
    let message = text.strip_prefix("acme contacts_list: ").unwrap();
    Err(message.strip_suffix(" (200 OK)").unwrap().to_owned())
}

fn record(id: i64, name: &str) -> Record {
    Record {
        id,
        name: Some(name.to_owned()),
        extra: Attributes::new(),
    }
}

#[tokio::test]
async fn the_content_type_is_ignored() {
    for content_type in [
        "content-type: application/json\r\n",
        "content-type: text/html; charset=iso-8859-1\r\n",
        "content-type: text/plain\r\n",
        "content-type: application/octet-stream\r\n",
        "content-type: \r\n",
        "content-type: text/html\r\ncontent-type: image/png\r\n",
        "content-type: \u{e9}\r\n",
        "",
    ] {
        let server = TestServer::once(with_headers("200 OK", content_type, "[1]")).await;
        let value = list_json::<Vec<i64>>(&client(&server)).into_call().await;
        assert_eq!(value.unwrap(), [1], "{content_type}");
    }
}

/// A name, the body and the error.
const INVALID: &str = r#"
plain text | hidden is well | unexpected body: expected value (line 1, column 1)
XML | <id>1</id> | unexpected body: expected value (line 1, column 1)
cut | {"id": 1, "name": "hidden | unexpected body at `name`: EOF while parsing a string (line 1, column 25)
cut after a comma | {"id": 1, | unexpected body at `id`: EOF while parsing a value (line 1, column 9)
text after the value | {"id": 1} hidden | unexpected body: trailing characters (line 1, column 11)
null | null | unexpected body: invalid type: null, expected struct Record (line 1, column 4)
array | [] | unexpected body: invalid type: sequence, expected struct Record (line 1, column 0)
JSON in a string | "{\"id\": 1}" | unexpected body: invalid type: string, expected struct Record (line 1, column 13)
NaN | {"id": NaN} | unexpected body at `id`: expected value (line 1, column 8)
Infinity | {"id": -Infinity} | unexpected body at `id`: invalid number (line 1, column 9)
single quotes | {'id': 1} | unexpected body: key must be a string (line 1, column 2)
comma at the end | {"id": 1,} | unexpected body: trailing comma (line 1, column 10)
a number too large for its field | {"id": 9223372036854775808} | unexpected body at `id`: invalid value: integer, expected i64 (line 1, column 26)
a number too large for integers | {"id": 1000000000000000000000000} | unexpected body at `id`: invalid type: floating point, expected i64 (line 1, column 32)
a number too large for a double | {"id": 1e999} | unexpected body at `id`: number out of range (line 1, column 12)
a number with a leading zero | {"id": 01} | unexpected body at `id`: invalid number (line 1, column 9)
"#;

#[tokio::test]
async fn unusual_bodies_are_decoded_or_refused() {
    let utf16: Vec<u8> = "\u{feff}{\"id\": 1}"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let page = "<html><head><title>All is well</title></head></html>";
    let cases: Vec<(&str, &[u8], Result<Record, &str>)> = vec![
        (
            "plain JSON",
            br#"{"id": 1, "name": "a"}"#,
            Ok(record(1, "a")),
        ),
        (
            "byte order mark",
            b"\xef\xbb\xbf{\"id\": 1, \"name\": \"a\"}\r\n",
            Ok(record(1, "a")),
        ),
        (
            "two byte order marks",
            b"\xef\xbb\xbf\xef\xbb\xbf{\"id\": 1}",
            Err("unexpected body: expected value (line 1, column 1)"),
        ),
        (
            "UTF-16",
            &utf16,
            Err("unexpected body: expected value (line 1, column 1)"),
        ),
        (
            "Latin-1",
            b"{\"id\": 1, \"name\": \"hidden \xe9\"}",
            Err("unexpected body at `name`: invalid unicode code point (line 1, column 27)"),
        ),
        (
            "HTML",
            page.as_bytes(),
            Err("HTML page titled \"All is well\" where JSON was expected"),
        ),
        (
            "two documents",
            b"{\"id\": 1}\n{\"id\": 2}",
            Err("unexpected body: trailing characters (line 2, column 1)"),
        ),
        (
            "NUL after the value",
            b"{\"id\": 1}\0",
            Err("unexpected body: trailing characters (line 1, column 10)"),
        ),
        (
            "JSON with a prefix against hijacking",
            b")]}',\n{\"id\": 1}",
            Err("unexpected body: expected value (line 1, column 1)"),
        ),
        (
            "empty",
            b"",
            Err("the body is empty where JSON was expected"),
        ),
        (
            "blank",
            b" \r\n\t",
            Err("the body is empty where JSON was expected"),
        ),
        // The last value counts.
        (
            "a key twice",
            br#"{"id": 7, "name": "b", "id": 1, "name": "a"}"#,
            Ok(record(1, "a")),
        ),
        (
            "null after a value",
            br#"{"id": 1, "name": "hidden", "name": null}"#,
            Ok(Record {
                name: None,
                ..record(1, "")
            }),
        ),
        (
            "half a surrogate pair",
            br#"{"id": 1, "name": "\ud83d hidden"}"#,
            Ok(record(1, "\u{fffd} hidden")),
        ),
        (
            "the other half",
            br#"{"id": 1, "name": "\ude00"}"#,
            Ok(record(1, "\u{fffd}")),
        ),
        (
            "NUL escaped",
            br#"{"id": 1, "name": "\u0000"}"#,
            Ok(record(1, "\0")),
        ),
        (
            "NUL in a string",
            b"{\"id\": 1, \"name\": \"\0\"}",
            Err(
                "unexpected body at `name`: control character (\\u0000-\\u001F) found while parsing a string (line 1, column 20)",
            ),
        ),
    ];
    let mut wrong = Vec::new();
    let rows = rows(INVALID).map(|[case, body, error]| (case, body.as_bytes(), Err(error)));
    for (case, body, expected) in cases.into_iter().chain(rows) {
        let found = read::<Record>(body).await;
        if found != expected.map_err(str::to_owned) {
            wrong.push(format!("{case}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Deep enough to overflow the stack.
#[tokio::test]
async fn the_depth_of_nesting_is_limited() {
    const DEEP: usize = 100_000;
    let arrays = "[".repeat(DEEP) + &"]".repeat(DEEP);
    let objects = "{\"a\":".repeat(DEEP) + "1" + &"}".repeat(DEEP);
    for deep in [&arrays, &objects] {
        let value = read::<Value>(deep.as_bytes()).await.unwrap_err();
        assert!(value.contains(": recursion limit exceeded ("), "{value}");
        let body = format!("{{\"id\": 1, \"new\": {deep}}}");
        let extra = read::<Record>(body.as_bytes()).await.unwrap_err();
        assert!(extra.contains(": recursion limit exceeded ("), "{extra}");

        // It is allowed in fields that are not decoded.
        let body = format!("{{\"new\": {deep}, \"id\": 1}}");
        let server = TestServer::once(json(&body)).await;
        let id: Read<i64> = |response| response.into_json_at_path(&["id"]);
        let call = client(&server).call(&CONTACTS_LIST);
        assert_eq!(call.send(id).into_call().await.unwrap(), 1);
        let open = &body[..DEEP / 2];
        let server = TestServer::once(json(open)).await;
        let call = client(&server).call(&CONTACTS_LIST);
        let cut = call.send(id).await.unwrap_err().to_string();
        assert!(
            cut.contains("EOF while parsing") && cut.len() < 500,
            "{cut}"
        );

        // Also when an error message is looked up.
        let refused = reply("400 Bad Request", "application/json", deep);
        let server = TestServer::once(refused).await;
        let error = send_empty(&client(&server), &CONTACTS_LIST)
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), "acme contacts_list: 400 Bad Request");
        let body = format!("{{\"new\": {deep}, \"response\": {{\"status\": \"error\"}}}}");
        let server = TestServer::once(json(&body)).await;
        let response = send_empty(&client(&server), &CONTACTS_LIST).await;
        assert_eq!(
            response.unwrap_err().kind(),
            engagement_core::ErrorKind::Api
        );
    }
    // The maximal depth.
    let deep = "[".repeat(127) + &"]".repeat(127);
    read::<Value>(deep.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn unusual_json_values() {
    for (body, expected) in [
        (r#"{"a": 1, "a": 2}"#, Ok(r#"{"a":2}"#)),
        ("1e400", Err("number out of range (line 1, column 5)")),
        (
            "123456789012345678901234567890",
            Ok("1.2345678901234568e+29"),
        ),
        ("18446744073709551615", Ok("18446744073709551615")),
        ("-0.0", Ok("-0.0")),
        (r#""\ud800""#, Ok("\"\u{fffd}\"")),
        ("nul", Err("EOF while parsing a value (line 1, column 3)")),
        ("TRUE", Err("expected value (line 1, column 1)")),
    ] {
        let found = read::<Value>(body.as_bytes()).await;
        let found = found.map(|value| value.to_string());
        let expected = expected
            .map(str::to_owned)
            .map_err(|message| format!("unexpected body: {message}"));
        assert_eq!(found, expected, "{body}");
    }
    let twice = read::<BTreeMap<String, i64>>(br#"{"a": 1, "a": 2}"#).await;
    assert_eq!(twice.unwrap()["a"], 2);
    let server = TestServer::once(json(r#"{"a": 1, "a": 2}"#)).await;
    let call = client(&server).call(&CONTACTS_LIST);
    let part = call
        .send(|response| response.into_json_at_path::<i64>(&["a"]))
        .into_call();
    assert_eq!(part.await.unwrap(), 2);
}
