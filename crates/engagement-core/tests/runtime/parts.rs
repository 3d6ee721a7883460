//! Values that are a part of an answer, and answers that are no JSON.

use std::collections::BTreeMap;

use engagement_core::{Answer, ErrorKind};
use serde_json::Value;

use crate::support::*;

async fn get(body: impl AsRef<[u8]>) -> Answer {
    let server = TestServer::once(reply("200 OK", "application/json", body)).await;
    client(&server).call(&CONTACTS_LIST).send().await.unwrap()
}

const PATH: &[&str] = &["response", "data"];

#[tokio::test]
async fn a_part_keeps_the_whole() {
    let body = "\u{feff}{\"took\": 7, \"response\": {\"more\": [{}], \"data\": {\"a\": 1}}}";
    let part = get(body).await.part::<BTreeMap<String, i64>>(PATH).unwrap();
    assert_eq!(part["a"], 1);
    assert_eq!(part.body().unwrap(), body.as_bytes());
    assert_eq!(part.whole::<Value>().unwrap()["took"], 7);
    let mapped = part.clone().map(|object| object.len());
    assert_eq!(
        (*mapped, mapped.whole::<Value>().unwrap()["took"].as_i64()),
        (1, Some(7))
    );
    assert!(!format!("{part:?}").contains("took"), "{part:?}");
    let wrong = part.whole::<BTreeMap<String, i64>>().unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::Decode);
    assert_eq!(
        wrong.to_string(),
        "contacts_list: unexpected body at `response`: invalid type: map, expected i64 (line 1, column 24) (200 OK)"
    );
    assert_eq!(wrong.body().unwrap(), body.as_bytes());

    let all = get("{\"a\": 1}").await.json::<Value>().unwrap();
    assert_eq!(all.body(), None);
    assert_eq!(
        all.whole::<Value>().unwrap_err().to_string(),
        "contacts_list: the value is the whole answer (200 OK)"
    );
}

#[tokio::test]
async fn a_part_that_is_missing_is_told_with_the_providers_words() {
    for body in [
        "{}",
        "null",
        r#"{"response": null}"#,
        r#"{"response": {"data": null}, "data": {}}"#,
    ] {
        let error = get(body)
            .await
            .part::<BTreeMap<String, i64>>(PATH)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(
            error.to_string(),
            "contacts_list: the answer has no `response.data` (200 OK)"
        );
        assert_eq!(error.body().unwrap(), body.as_bytes());
        let none = get(body).await.part_optional::<i64>(PATH).unwrap();
        assert_eq!((*none, none.body().unwrap().len()), (None, body.len()));
        assert_eq!(*get(body).await.part::<Option<i64>>(PATH).unwrap(), None);
        let () = get(body).await.part::<()>(PATH).unwrap().into_inner();
    }
    let error = get(r#"{"message": "no test-key for you", "response": {}}"#)
        .await
        .part::<i64>(PATH)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "contacts_list: the answer has no `response.data`: no [REDACTED] for you (200 OK)"
    );
    assert_eq!(error.message(), Some("no [REDACTED] for you"));
    assert!(error.was_sent());
}

#[tokio::test]
async fn a_part_that_is_something_else_is_told_by_place() {
    for (body, words) in [
        (
            r#"{"response": {"data": "hidden"}}"#,
            "unexpected body at `response.data`: invalid type: string, expected i64 (line 1, column 30)",
        ),
        (
            r#"{"response": ["hidden"]}"#,
            "unexpected body at `response`: invalid type: sequence, expected an object (line 1, column 14)",
        ),
        (
            r#"{"response": {"data": 1}} hidden"#,
            "unexpected body: trailing characters (line 1, column 27)",
        ),
        ("", "the body is empty where JSON was expected"),
        (
            "<html><title>Log in</title>",
            "HTML page titled \"Log in\" where JSON was expected",
        ),
    ] {
        let error = get(body).await.part::<i64>(PATH).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(
            error.to_string(),
            format!("contacts_list: {words} (200 OK)")
        );
    }
    assert_eq!(*get("").await.part_optional::<i64>(PATH).unwrap(), None);
    assert!(get("[]").await.part_optional::<i64>(PATH).is_err());
    assert_eq!(*get("7").await.part::<i64>(&[]).unwrap(), 7);
}

#[tokio::test]
async fn bytes_are_taken_as_they_are() {
    let server = TestServer::once(reply("200 OK", "application/pdf", b"\xff\0pdf")).await;
    let mut call = client(&server).call(&CONTACTS_LIST);
    call.accept("application/pdf");
    let value = call.send().await.unwrap().bytes();
    assert_eq!(&value[..], b"\xff\0pdf");
    assert_eq!(value.headers()["content-type"], "application/pdf");
    let request = server.request();
    assert_eq!(request.matches("accept: ").count(), 1, "{request}");
    assert!(
        request.contains("\r\naccept: application/pdf\r\n"),
        "{request}"
    );
    let nothing = get("").await.bytes();
    assert!(nothing.is_empty());
}
