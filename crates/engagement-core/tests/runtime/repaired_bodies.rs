//! Bodies that break their own schema in ways that lose nothing are read, and reported as drift.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use engagement_core::{Attributes, RawResponse, Scalar, open_enum, wire_object};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::observer::observed_client;
use crate::support::*;

open_enum! {
    /// Known states.
    enum State { On = "on" }
}

#[derive(PartialEq)]
struct Contact {
    id: i64,
    name: Option<String>,
    visits: Option<i64>,
    share: Option<f64>,
    tags: Option<Vec<String>>,
    states: Option<Vec<State>>,
    counts: Option<BTreeMap<String, u32>>,
    code: Option<Scalar>,
    friends: Option<Vec<Contact>>,
    any: Option<Vec<Value>>,
    maybe: Option<Vec<Option<i64>>>,
    extra: Attributes,
}

wire_object! {
    Contact {
        required id: "id",
        optional name: "name",
        optional visits: "visits",
        optional share: "share",
        optional tags: "tags",
        optional states: "states",
        optional counts: "counts",
        optional code: "code",
        optional friends: "friends",
        optional any: "any",
        optional maybe: "maybe",
    } extra
}

/// What comes of a body, and the drift that is reported.
async fn read<T: DeserializeOwned>(body: &str) -> (Result<T, String>, Vec<String>) {
    let server = TestServer::once(json_reply(body)).await;
    let (client, reported) = observed_client(&server);
    let call = client.call(&CONTACTS_LIST);
    let value = call.send(RawResponse::into_json::<T>).into_call().await;
    let value = value.map_err(|error| {
        let text = error.to_string();
        let text = text
            .strip_prefix("acme contacts_list: unexpected body")
            .unwrap();
        text.strip_suffix(" (200 OK)").unwrap().to_owned()
    });
    (value, reported.take().split_off(2))
}

fn json_reply(body: &str) -> Reply {
    crate::support::json(body)
}

fn drift(kind: &str, type_name: &str, field: Option<&str>) -> String {
    format!("Drift {{ kind: {kind}, type_name: {type_name:?}, field: {field:?} }}")
}

/// Reads a body like another one without the deviation, and reports this drift.
async fn reads_like<T: DeserializeOwned + PartialEq + Debug>(
    body: &str,
    like: &str,
    reported: &[String],
) {
    let (value, drift) = read::<T>(body).await;
    assert_eq!(
        value.unwrap(),
        serde_json::from_str(like).unwrap(),
        "{body}"
    );
    assert_eq!(drift, reported, "{body}");
    // Without the deviation nothing is reported.
    assert_eq!(read::<T>(like).await.1, [""; 0], "{like}");
}

#[tokio::test]
async fn whole_numbers_are_integers_however_they_are_written() {
    let number = |field| drift("Number", "Contact", Some(field));
    for (body, like, reported) in [
        (r#"[{"id": 5.0}]"#, r#"[{"id": 5}]"#, vec![number("id")]),
        (
            r#"[{"id": 1, "visits": 1e3}, {"id": 2}, {"visits": -2.50e1, "id": 3.0}]"#,
            r#"[{"id": 1, "visits": 1000}, {"id": 2}, {"visits": -25, "id": 3}]"#,
            vec![number("visits"), number("id")],
        ),
        (
            r#"[{"id": 9223372036854775807.0, "share": 5.0, "code": 5.0}]"#,
            r#"[{"id": 9223372036854775807, "share": 5, "code": 5.0}]"#,
            vec![number("id")],
        ),
        (
            r#"[{"id": 1, "counts": {"a": 5.0, "b": 6.0, "a b": 7.0}}]"#,
            r#"[{"id": 1, "counts": {"a": 5, "b": 6, "a b": 7}}]"#,
            vec![number("a"), number("b"), number("[unprintable]")],
        ),
        (
            r#"[{"id": 1, "friends": [{"id": 2.0, "friends": [{"id": 3.0}, {"id": 4.0}]}]}]"#,
            r#"[{"id": 1, "friends": [{"id": 2, "friends": [{"id": 3}, {"id": 4}]}]}]"#,
            vec![number("id")],
        ),
    ] {
        reads_like::<Vec<Contact>>(body, like, &reported).await;
    }
    for (body, error) in [
        (
            r#"[{"id": 5.5}]"#,
            ": invalid type: floating point, expected i64 (line 1, column 11)",
        ),
        (
            r#"[{"id": 1, "counts": {"a": -5.0}}]"#,
            ": invalid type: floating point, expected u32 (line 1, column 31)",
        ),
        (
            r#"[{"id": 1, "name": 5.0}]"#,
            ": invalid type: floating point, expected a string (line 1, column 22)",
        ),
    ] {
        let (value, reported) = read::<Vec<Contact>>(body).await;
        let text = value.unwrap_err();
        assert!(text.ends_with(error), "{body}: {text}");
        assert_eq!(reported, ["DecodeFailed"], "{body}");
    }
}

#[tokio::test]
async fn unknown_fields_keep_their_numbers() {
    let body = r#"[{"id": 5.0, "new": 5.0, "deep": {"id": 1e3, "n": [null, 0.10, 18446744073709551615]}}]"#;
    let (value, _) = read::<Vec<Contact>>(body).await;
    let extra = &value.unwrap()[0].extra;
    assert_eq!(extra["new"].to_string(), "5.0");
    assert_eq!(
        extra["deep"].to_string(),
        r#"{"id":1000.0,"n":[null,0.1,18446744073709551615]}"#
    );
}

#[tokio::test]
async fn null_is_left_out_of_lists_and_maps_of_other_values() {
    let null = |field| drift("NullElement", "Contact", field);
    for (body, like, reported) in [
        (
            r#"[null, {"id": 1}, null]"#,
            r#"[{"id": 1}]"#,
            vec![null(None)],
        ),
        (r"[null]", "[]", vec![null(None)]),
        (
            r#"[{"id": 1, "tags": [null, "a"], "states": ["on", null]}, {"id": 2, "tags": ["b", null, null, "c"]}]"#,
            r#"[{"id": 1, "tags": ["a"], "states": ["on"]}, {"id": 2, "tags": ["b", "c"]}]"#,
            vec![null(Some("tags")), null(Some("states"))],
        ),
        (
            r#"[{"id": 1, "counts": {"x": null, "y": 1, "z": null}, "new": {"x": null}}]"#,
            r#"[{"id": 1, "counts": {"y": 1}, "new": {"x": null}}]"#,
            vec![drift("Field", "Contact", Some("new")), null(Some("counts"))],
        ),
        (
            r#"[{"id": 1, "friends": [null, {"id": 2.0, "any": [null, 1.0], "maybe": [null, 1]}]}]"#,
            r#"[{"id": 1, "friends": [{"id": 2, "any": [null, 1.0], "maybe": [null, 1]}]}]"#,
            vec![
                null(Some("friends")),
                drift("Number", "Contact", Some("id")),
            ],
        ),
    ] {
        let (value, mut drift) = read::<Vec<Contact>>(body).await;
        assert_eq!(
            value.unwrap(),
            serde_json::from_str::<Vec<Contact>>(like).unwrap(),
            "{body}"
        );
        // Unknown fields are found while the body is read.
        let mut reported = reported;
        drift.sort();
        reported.sort();
        assert_eq!(drift, reported, "{body}");
    }
    for (body, error) in [
        (
            "null",
            ": invalid type: null, expected a sequence (line 1, column 4)",
        ),
        (
            r#"[{"id": null}]"#,
            " at `[0].id`: invalid type: null, expected i64 (line 1, column 12)",
        ),
        (
            r#"[{"id": 1, "tags": [null, 7]}]"#,
            " at `[0].tags[0]`: invalid type: null, expected a string (line 1, column 24)",
        ),
    ] {
        let (value, reported) = read::<Vec<Contact>>(body).await;
        // The first error is the one that is reported.
        assert_eq!(value.unwrap_err(), error, "{body}");
        assert_eq!(reported, ["DecodeFailed"], "{body}");
    }
}

#[tokio::test]
async fn half_a_surrogate_pair_becomes_the_replacement_character() {
    let text = [drift("Text", "Contact", None)];
    reads_like::<Vec<Contact>>(
        r#"[{"id": 1, "name": "a\ud83d b\ude00\ud83d\ude00", "tags": ["\uDE00"]}]"#,
        r#"[{"id": 1, "name": "a\ufffd b\ufffd\ud83d\ude00", "tags": ["\ufffd"]}]"#,
        &text,
    )
    .await;
    let text = [drift("Text", "Value", None)];
    reads_like::<Value>(
        r#"{"\ud83d": "\\ud83d"}"#,
        r#"{"\ufffd": "\\ud83d"}"#,
        &text,
    )
    .await;
}

#[tokio::test]
async fn every_way_to_decode_repairs() {
    let ways: [(&str, Read<i64>); 5] = [
        ("[null, 5.0]", |it| it.into_single::<i64>()),
        ("5.0", |it| it.into_json::<i64>()),
        (r#"{"a": {"b": 5.0}, "n": null}"#, |it| {
            it.into_json_at_path::<i64>(&["a", "b"])
        }),
        (r#"{"a": {"b": 1e3}}"#, |it| {
            Ok(it
                .into_optional_at_path::<i64>(&["a", "b"])?
                .map(|it| it.unwrap() / 200))
        }),
        ("5e0", |it| {
            Ok(it.into_optional::<i64>()?.map(Option::unwrap))
        }),
    ];
    for (body, way) in ways {
        let server = TestServer::once(json_reply(body)).await;
        let call = client(&server).call(&CONTACTS_LIST);
        assert_eq!(call.send(way).into_call().await.unwrap(), 5, "{body}");
    }
}

/// A page is repaired for all of its elements at once, and a hostile one not for ever.
#[tokio::test]
async fn the_number_of_repairs_is_limited() {
    let page = |of: fn(usize) -> String, count: usize| {
        let fields: Vec<_> = (0..count).map(of).collect();
        fields.join(",")
    };
    let contacts = page(|at| format!(r#"{{"id": {at}.0, "tags": [null]}}"#), 10_000);
    let (value, reported) = read::<Vec<Contact>>(&format!("[{contacts}]")).await;
    let ids: Vec<_> = value.unwrap().iter().map(|contact| contact.id).collect();
    assert_eq!(ids, (0..10_000).collect::<Vec<_>>());
    assert_eq!(reported.len(), 2);

    let map = |count| format!("{{{}}}", page(|at| format!(r#""k{at}": {at}.0"#), count));
    let (value, _) = read::<HashMap<String, i64>>(&map(64)).await;
    assert_eq!(value.unwrap().len(), 64);
    let (value, reported) = read::<HashMap<String, i64>>(&map(65)).await;
    assert!(value.unwrap_err().starts_with(" at `k0`: invalid type: "));
    assert_eq!(reported, ["DecodeFailed"]);
}
