//! Unknown enum values and fields in responses are reported once each, without their content.

use engagement_core::{
    Attributes, Error, Method, RawResponse, open_enum, tagged_union, wire_object,
};
use serde::{Deserialize, Serialize};

use crate::observer::{Recorded, observed_client};
use crate::support::*;

open_enum! {
    /// Known states.
    enum State { On = "on" }
}

struct Record {
    state: Option<State>,
    part: Option<Box<Record>>,
    free: Option<Free>,
    shape: Option<Shape>,
    extra: Attributes,
}
wire_object! {
    Record { optional state: "state", optional part: "part", optional free: "free", optional shape: "shape" } extra
}

struct Free {
    id: Option<i64>,
    extra: Attributes,
}
wire_object! { Free { optional id: "id" } extra: open }

#[derive(Debug, Serialize, Deserialize)]
struct Circle {
    radius: i64,
}

#[derive(Debug)]
#[allow(dead_code, reason = "only read")]
enum Shape {
    Circle(Circle),
    Other(serde_json::Value),
}
tagged_union! { Shape by "kind" { "circle" => Circle, _ => Other } }

/// The events of a response after that of the call.
async fn reported_of<T>(body: &str, read: Read<T>) -> (Result<T, Error>, Vec<String>) {
    let server = TestServer::once(json(body)).await;
    let (client, reported) = observed_client(&server);
    let result = client.call(&CONTACTS_LIST).send(read).into_call().await;
    (result, reported.take().split_off(2))
}

fn field(type_name: &str, name: &str) -> String {
    format!("Drift {{ kind: Field, type_name: {type_name:?}, field: Some({name:?}) }}")
}

fn enum_value(type_name: &str) -> String {
    format!("Drift {{ kind: EnumValue, type_name: {type_name:?}, field: None }}")
}

#[tokio::test]
async fn each_unknown_field_and_value_is_reported_once_by_all_clones() {
    let body = r#"{"state": "canary", "novel": "canary", "free": {"x": 1},
        "part": {"state": "canary", "novel": 1, "newer": 2, "shape": {"kind": "canary"}}}"#;
    let server = TestServer::once(json(body)).await;
    let (client, reported) = observed_client(&server);
    let mut drift = Vec::new();
    let derived = client.with_credentials([]).unwrap();
    for client in [client.clone(), client.clone(), derived] {
        let call = list_json::<Record>(&client);
        let record = call.into_call().await.unwrap();
        assert_eq!(record.extra["novel"], "canary");
        assert_eq!(record.free.as_ref().unwrap().extra["x"], 1);
        drift.extend(reported.take().split_off(2));
    }
    assert_eq!(
        drift,
        [
            enum_value("State"),
            field("Record", "novel"),
            field("Record", "newer"),
            enum_value("Shape")
        ]
    );
}

#[tokio::test]
async fn known_and_free_form_fields_are_not_reported() {
    let (record, reported) = reported_of(
        r#"{"state": "on", "free": {"anything": 1}, "shape": {"kind": "circle", "radius": 1}, "part": {"shape": {"kind": 7}}}"#,
        RawResponse::into_json::<Record>,
    )
    .await;
    record.unwrap();
    assert_eq!(reported, [""; 0]);
}

#[tokio::test]
async fn names_that_could_be_data_are_not_reported() {
    for name in [
        "ada@example.com",
        "ada 1",
        "",
        "x-2024123",
        "token-canary",
        "AdaLovelace",
        "dGVzdEBhLmNvbQ",
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
    ] {
        let server = TestServer::once(json(&format!(r#"{{"{name}": 1}}"#))).await;
        let reported = Recorded::default();
        let client = build(
            at(&server)
                .credential(
                    "header",
                    engagement_core::Credential::header("token-canary"),
                )
                .observer(reported.clone()),
        );
        let call = list_json::<Record>(&client);
        call.await.unwrap();
        let expected = field("Record", "[unprintable]");
        assert_eq!(reported.take().split_off(2), [expected], "{name}");
    }
}

#[tokio::test]
async fn every_way_to_decode_reports_drift() {
    let reads: [(&str, Read<()>); 8] = [
        (r#"{"a": 1}"#, |it| Ok(it.into_json::<Record>()?.map(drop))),
        (r#"{"a": 1}"#, |it| {
            Ok(it.into_single::<Record>()?.map(drop))
        }),
        (r#"[{"a": 1}]"#, |it| {
            Ok(it.into_single::<Record>()?.map(drop))
        }),
        (r#"{"a": 1}"#, |it| {
            Ok(it.into_optional::<Record>()?.map(drop))
        }),
        (r#"{"in": {"a": 1}, "b": 1}"#, |it| {
            Ok(it.into_json_at_path::<Record>(&["in"])?.map(drop))
        }),
        (r#"{"in": {"a": 1}, "b": 1}"#, |it| {
            Ok(it.into_optional_at_path::<Record>(&["in"])?.map(drop))
        }),
        (r#"{"a": 1}"#, |it| {
            let record = it.if_decodable(RawResponse::into_json::<Record>)?;
            Ok(record.map(drop))
        }),
        (r#"{"a": 1}"#, |it| {
            let response = it.into_empty()?;
            response.full_body::<Record>()?;
            Ok(response)
        }),
    ];
    for (body, read) in reads {
        let (result, reported) = reported_of(body, read).await;
        result.unwrap();
        assert_eq!(reported, [field("Record", "a")], "{body}");
    }
    let server = TestServer::once(json(r#"{"a": 1}"#)).await;
    let (client, reported) = observed_client(&server);
    let raw = client.request(Method::GET, "/x").send().await.unwrap();
    reported.take();
    raw.json::<Record>().unwrap();
    assert_eq!(reported.take(), [field("Record", "a")]);
}

#[tokio::test]
async fn only_responses_report_drift() {
    let server = TestServer::once(json(r#"{"state": {}, "a": 1}"#)).await;
    let (client, reported) = observed_client(&server);
    serde_json::from_str::<Record>(r#"{"b": 1}"#).unwrap();
    let call = list_json::<Record>(&client);
    call.await.unwrap_err();
    serde_json::from_str::<Record>(r#"{"b": 1}"#).unwrap();
    assert_eq!(reported.take().split_off(2), ["DecodeFailed"]);
}

#[tokio::test]
async fn reports_for_one_response_are_limited() {
    let fields: Vec<String> = (0..10_000).map(|at| format!(r#""f{at}":1"#)).collect();
    let body = format!("{{{}}}", fields.join(","));
    let (record, reported) = reported_of(&body, RawResponse::into_json::<Record>).await;
    record.unwrap();
    assert_eq!(reported.len(), 64);
    assert_eq!(reported[63], field("Record", "f63"));
}
