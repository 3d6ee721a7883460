//! New words and fields in answers are told, once each, and never with what they hold.

use engagement_core::{Extra, Method, Runtime, open_enum, tagged_union, wire_object};
use serde::{Deserialize, Serialize};

use crate::support::*;
use crate::watching::{Told, watched};

open_enum! {
    /// Known states.
    enum State { On = "on" }
}

struct Thing {
    state: Option<State>,
    part: Option<Box<Thing>>,
    free: Option<Free>,
    shape: Option<Shape>,
    extra: Extra,
}
wire_object! {
    Thing { optional state: "state", optional part: "part", optional free: "free", optional shape: "shape" } extra
}

struct Free {
    id: Option<i64>,
    extra: Extra,
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

async fn answer(body: &str) -> (Runtime, Told, engagement_core::Answer) {
    let server = TestServer::once(json(body)).await;
    let (client, told) = watched(&server);
    let answer = client.call(&CONTACTS_LIST).send().await.unwrap();
    told.take();
    (client, told, answer)
}

fn field(type_name: &str, name: &str) -> String {
    format!("Drift {{ kind: Field, type_name: {type_name:?}, field: Some({name:?}) }}")
}

fn word(type_name: &str) -> String {
    format!("Drift {{ kind: Word, type_name: {type_name:?}, field: None }}")
}

#[tokio::test]
async fn each_place_is_told_once_by_all_that_share_it() {
    let body = r#"{"state": "canary", "novel": "canary", "free": {"x": 1},
        "part": {"state": "canary", "novel": 1, "newer": 2, "shape": {"kind": "canary"}}}"#;
    let server = TestServer::once(json(body)).await;
    let (client, told) = watched(&server);
    let mut drift = Vec::new();
    let derived = client.with_credentials([]).unwrap();
    for client in [client.clone(), client.clone(), derived] {
        let answer = client.call(&CONTACTS_LIST).send().await.unwrap();
        let thing = answer.json::<Thing>().unwrap();
        assert_eq!(thing.extra["novel"], "canary");
        assert_eq!(thing.free.as_ref().unwrap().extra["x"], 1);
        drift.extend(told.take().split_off(2));
    }
    assert_eq!(
        drift,
        [
            word("State"),
            field("Thing", "novel"),
            field("Thing", "newer"),
            word("Shape")
        ]
    );
}

#[tokio::test]
async fn what_is_known_or_free_is_no_news() {
    let (_, told, answer) = answer(
        r#"{"state": "on", "free": {"anything": 1}, "shape": {"kind": "circle", "radius": 1}, "part": {"shape": {"kind": 7}}}"#,
    )
    .await;
    answer.json::<Thing>().unwrap();
    assert_eq!(told.take(), [""; 0]);
}

#[tokio::test]
async fn names_that_could_be_data_are_not_told() {
    for name in ["ada@example.com", "ada 1", "", "x-2024123", "token-canary"] {
        let server = TestServer::once(json(&format!(r#"{{"{name}": 1}}"#))).await;
        let told = Told::default();
        let client = builder()
            .base_url(server.url())
            .credential(
                "header",
                engagement_core::Credential::header("token-canary"),
            )
            .observer(told.clone())
            .build()
            .unwrap()
            .0;
        let answer = client.call(&CONTACTS_LIST).send().await.unwrap();
        answer.json::<Thing>().unwrap();
        let expected = field("Thing", "[unprintable]");
        assert_eq!(told.take().split_off(2), [expected], "{name}");
    }
}

#[tokio::test]
async fn every_way_to_decode_tells() {
    let part = |answer: engagement_core::Answer| answer.part::<Thing>(&["in"]).map(drop);
    let part_optional = |answer: engagement_core::Answer| {
        let value = answer.part_optional::<Thing>(&["in"]);
        value.map(drop)
    };
    type Decode = Box<dyn Fn(engagement_core::Answer) -> Result<(), engagement_core::Error>>;
    let ways: [(&str, Decode); 6] = [
        (r#"{"a": 1}"#, Box::new(|it| it.json::<Thing>().map(drop))),
        (r#"{"a": 1}"#, Box::new(|it| it.one::<Thing>().map(drop))),
        (r#"[{"a": 1}]"#, Box::new(|it| it.one::<Thing>().map(drop))),
        (
            r#"{"a": 1}"#,
            Box::new(|it| it.optional::<Thing>().map(drop)),
        ),
        (r#"{"in": {"a": 1}, "b": 1}"#, Box::new(part)),
        (r#"{"in": {"a": 1}, "b": 1}"#, Box::new(part_optional)),
    ];
    for (body, decode) in ways {
        let (_, told, answer) = answer(body).await;
        decode(answer).unwrap();
        assert_eq!(told.take(), [field("Thing", "a")], "{body}");
    }
    let server = TestServer::once(json(r#"{"a": 1}"#)).await;
    let (client, told) = watched(&server);
    let raw = client.request(Method::GET, "/x").send().await.unwrap();
    told.take();
    raw.json::<Thing>().unwrap();
    assert_eq!(told.take(), [field("Thing", "a")]);
}

#[tokio::test]
async fn only_answers_are_watched() {
    let (_, told, answer) = answer(r#"{"state": {}, "a": 1}"#).await;
    serde_json::from_str::<Thing>(r#"{"b": 1}"#).unwrap();
    answer.json::<Thing>().unwrap_err();
    serde_json::from_str::<Thing>(r#"{"b": 1}"#).unwrap();
    assert_eq!(told.take(), ["Undecodable"]);
}

#[tokio::test]
async fn an_answer_full_of_news_is_cut_short() {
    let fields: Vec<String> = (0..10_000).map(|at| format!(r#""f{at}":1"#)).collect();
    let (_, told, answer) = answer(&format!("{{{}}}", fields.join(","))).await;
    answer.json::<Thing>().unwrap();
    let told = told.take();
    assert_eq!(told.len(), 64);
    assert_eq!(told[63], field("Thing", "f63"));
}
