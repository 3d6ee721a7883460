//! Types of values.

use std::time::{Duration, SystemTime};

use engagement_core::{
    Attributes, EpochMillis, EpochSeconds, Scalar, Secret, Unredacted, open_enum, wire_object,
};
use proptest::prelude::*;
use serde_json::{Value, from_str, json, to_string};

open_enum! {
    /// State of a message.
    pub(crate) enum Status {
        /// Waiting.
        Queued = "queued",
        /// An operator.
        GtEq = ">=",
    }
}

#[derive(Clone, PartialEq)]
struct Contact {
    id: i64,
    type_: Option<String>,
    r#ref: Value,
    note: Option<String>,
    status: Option<Status>,
    parts: Vec<Part>,
    extra: Attributes,
}

wire_object! {
    Contact {
        required id: "id",
        optional type_: "type",
        required r#ref: "ref",
        required note: "note",
        optional status: "status",
        required parts: "Some-Parts",
    } extra
}

#[derive(Clone, PartialEq)]
struct Part {
    key: String,
    map: Option<Box<Part>>,
}

wire_object! { Part { required key: "key", optional map: "map" } }

#[derive(PartialEq)]
struct Empty {
    extra: Attributes,
}

wire_object! { Empty {} extra }

#[derive(PartialEq)]
struct Nothing {}

wire_object! { Nothing {} }

#[test]
fn objects_preserve_unknown_fields_and_values() {
    let text = r#"{"id":1,"type":"t","ref":[null],"note":"n","status":"teleported","Some-Parts":[{"key":"k","map":{"key":"l"}}],"a":null,"z":{"deep":[1.0,18446744073709551615]}}"#;
    let contact: Contact = from_str(text).unwrap();
    assert_eq!(contact.status, Some(Status::Unknown("teleported".into())));
    assert_eq!(contact.extra["a"], Value::Null);
    assert_eq!(to_string(&contact).unwrap(), text);
}

#[test]
fn null_equals_a_missing_field() {
    let absent: Contact = from_str(r#"{"Some-Parts": [], "id": 1}"#).unwrap();
    let null: Contact = from_str(
        r#"{"id": 1, "type": null, "ref": null, "note": null, "status": null, "Some-Parts": []}"#,
    )
    .unwrap();
    assert_eq!(absent, null);
    assert_eq!(absent.r#ref, Value::Null);
    assert_eq!(
        to_string(&absent).unwrap(),
        r#"{"id":1,"ref":null,"note":null,"Some-Parts":[]}"#
    );
}

#[test]
fn the_last_duplicate_field_wins() {
    let contact: Contact = from_str(
        r#"{"id": 1, "x": 1, "type": "a", "id": 2, "type": null, "Some-Parts": [], "x": 2}"#,
    )
    .unwrap();
    assert_eq!(
        (contact.id, &contact.type_, &contact.extra["x"]),
        (2, &None, &json!(2))
    );
}

#[test]
fn extra_fields_are_not_duplicated_and_can_be_null() {
    let mut contact: Contact = from_str(r#"{"id": 1, "Some-Parts": []}"#).unwrap();
    contact.extra.insert("id", json!(9));
    contact.extra.insert("type", Value::Null);
    assert_eq!(
        to_string(&contact).unwrap(),
        r#"{"id":1,"ref":null,"note":null,"Some-Parts":[],"type":null}"#
    );
    contact.type_ = Some("t".into());
    assert_eq!(
        to_string(&contact).unwrap(),
        r#"{"id":1,"type":"t","ref":null,"note":null,"Some-Parts":[]}"#
    );
}

#[test]
fn errors_contain_the_missing_or_invalid_field() {
    let error = |text: &str| from_str::<Contact>(text).unwrap_err().to_string();
    assert_eq!(error("{}"), "missing field `id` at line 1 column 2");
    assert_eq!(
        error(r#"{"id": 1}"#),
        "missing field `Some-Parts` at line 1 column 9"
    );
    assert_eq!(
        error(r#"{"id": 1, "Some-Parts": [{}]}"#),
        "missing field `key` at line 1 column 27"
    );
    assert_eq!(
        error("[]"),
        "invalid type: sequence, expected struct Contact at line 1 column 0"
    );
    assert!(error(r#"{"id": null}"#).starts_with("invalid type: null, expected i64"));
}

#[test]
fn objects_without_fields() {
    assert_eq!(from_str::<Nothing>(r#"{"a": [1]}"#).unwrap(), Nothing {});
    assert_eq!(to_string(&Nothing {}).unwrap(), "{}");
    let empty: Empty = from_str(r#"{"a": [1]}"#).unwrap();
    assert_eq!(to_string(&empty).unwrap(), r#"{"a":[1]}"#);
    assert_eq!(
        to_string(&from_str::<Part>(r#"{"x": 1, "key": ""}"#).unwrap()).unwrap(),
        r#"{"key":""}"#
    );
}

#[test]
fn objects_convert_from_and_to_json_values() {
    let value = json!({"id": 1, "Some-Parts": [{"key": "k"}], "new": true});
    let contact: Contact = serde_json::from_value(value).unwrap();
    assert_eq!(serde_json::to_value(&contact).unwrap()["new"], true);
}

#[test]
fn enums_accept_unknown_values() {
    assert_eq!(from_str::<Status>(r#""queued""#).unwrap(), Status::Queued);
    assert_eq!(Status::from(String::from(">=")), Status::GtEq);
    let unknown: Status = r#"n"w"#.parse().unwrap();
    assert_eq!(unknown, Status::Unknown(r#"n"w"#.into()));
    assert_eq!(
        (unknown.as_str(), unknown.to_string().as_str()),
        (r#"n"w"#, r#"n"w"#)
    );
    assert_eq!(to_string(&unknown).unwrap(), r#""n\"w""#);
    assert_eq!(from_str::<Status>(r#""n\"w""#).unwrap(), unknown);
    assert_eq!(
        serde_json::from_value::<Status>(json!("queued")).unwrap(),
        Status::Queued
    );
    assert!(from_str::<Status>("1").is_err() && from_str::<Status>("null").is_err());
    assert_eq!(format!("{:>8}|", Status::Queued), "  queued|");
}

#[test]
fn scalars_are_encoded_as_they_were_decoded() {
    for text in [
        "\"\"",
        "\"17\"",
        "17",
        "-1",
        "9007199254740993",
        "18446744073709551615",
        "-9223372036854775808",
        "1.0",
        "0.1",
        "true",
        "false",
    ] {
        assert_eq!(to_string(&from_str::<Scalar>(text).unwrap()).unwrap(), text);
    }
    for text in ["null", "[]", "{}"] {
        assert!(from_str::<Scalar>(text).is_err());
    }
    let read = |text: &str| from_str::<Scalar>(text).unwrap();
    assert_eq!(
        (read("\"a\"").as_str(), read("1").as_str()),
        (Some("a"), None)
    );
    assert_eq!(
        [read("\" 17\""), read("17"), read("17.0")].map(|scalar| scalar.as_i64()),
        [Some(17); 3]
    );
    assert_eq!(
        [
            read("\"x\""),
            read("17.5"),
            read("true"),
            read("18446744073709551615")
        ]
        .map(|scalar| scalar.as_i64()),
        [None; 4]
    );
    assert_eq!(
        [read("\"1.5\""), read("1.5")].map(|scalar| scalar.as_f64()),
        [Some(1.5); 2]
    );
    assert_eq!(
        [read("\"inf\""), read("\"x\""), read("true")].map(|scalar| scalar.as_f64()),
        [None; 3]
    );
    assert_eq!(
        [read("\"true\""), read("true")].map(|scalar| scalar.as_bool()),
        [Some(true); 2]
    );
    assert_eq!(
        [read("\"1\""), read("1")].map(|scalar| scalar.as_bool()),
        [None; 2]
    );
    assert_eq!(
        [read("\"a b\""), read("1.50"), read("true")].map(|scalar| scalar.to_string()),
        ["a b", "1.5", "true"]
    );
    assert_eq!("17".parse::<Scalar>().unwrap(), Scalar::Text("17".into()));
    assert_eq!(Scalar::from(1), Scalar::from(1_i64));
    assert_eq!(Scalar::from(f64::NAN), Scalar::Text("NaN".into()));
    assert_eq!(
        to_string(&[
            Scalar::from("a"),
            Scalar::from(true),
            Scalar::from(7_u64),
            Scalar::from(0.5)
        ])
        .unwrap(),
        r#"["a",true,7,0.5]"#
    );
}

#[test]
fn epochs_are_decoded_from_numbers_and_strings() {
    for text in [
        "1700000000",
        "1700000000.0",
        "\"1700000000\"",
        "\" 1700000000 \"",
        "1.7e9",
    ] {
        let seconds: EpochSeconds = from_str(text).unwrap();
        assert_eq!(seconds, EpochSeconds(1_700_000_000));
        assert_eq!(to_string(&seconds).unwrap(), "1700000000");
    }
    for text in [
        "null",
        "1.5",
        "\"\"",
        "\"soon\"",
        "18446744073709551615",
        "1e300",
        "true",
    ] {
        assert!(from_str::<EpochMillis>(text).is_err(), "{text}");
    }
    assert_eq!(from_str::<EpochMillis>("-1").unwrap().get(), -1);
    assert_eq!("17".parse::<EpochSeconds>().unwrap().to_string(), "17");
}

#[test]
fn epochs_convert() {
    let at = |millis: u64| SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
    assert_eq!(EpochSeconds::from(at(1_999)), EpochSeconds(1));
    assert_eq!(EpochMillis::from(at(1_999)), EpochMillis(1_999));
    let before = SystemTime::UNIX_EPOCH - Duration::from_millis(1_500);
    assert_eq!(
        (EpochSeconds::from(before), EpochMillis::from(before)),
        (EpochSeconds(-2), EpochMillis(-1_500))
    );
    assert_eq!(EpochMillis(-1_500).as_system_time(), Some(before));
    assert_eq!(EpochMillis(-1).to_seconds(), EpochSeconds(-1));
    assert_eq!(EpochMillis::from(EpochSeconds(3)), EpochMillis(3_000));
    assert_eq!(
        EpochMillis::from(EpochSeconds(i64::MIN)),
        EpochMillis(i64::MIN)
    );
    let _ = (
        EpochSeconds(i64::MIN).as_system_time(),
        EpochSeconds(i64::MAX).as_system_time(),
    );
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("JSON has no NaN", |number| number.is_finite())
            .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn decoded_objects_are_encoded_unchanged(fields in prop::collection::btree_map("id|type|ref|note|status|[a-z]{0,5}|\\PC{0,4}", any_json(), 0..8), id: i64) {
        let mut object: serde_json::Map<String, Value> = fields.into_iter().collect();
        object.insert("id".into(), id.into());
        object.insert("Some-Parts".into(), json!([]));
        let text = Value::Object(object.clone()).to_string();
        if let Ok(contact) = from_str::<Contact>(&text) {
            // Optional fields that are null may be omitted, and required ones that were missing are encoded.
            object.retain(|key, value| !(value.is_null() && ["type", "status"].contains(&key.as_str())));
            object.entry("ref").or_insert(Value::Null);
            object.entry("note").or_insert(Value::Null);
            prop_assert_eq!(from_str::<Value>(&to_string(&contact).unwrap()).unwrap(), Value::Object(object));
        }
    }
}

#[cfg(feature = "schemars")]
#[test]
fn json_schemas_of_types() {
    let schema = |schema: schemars::Schema| schema.to_value();
    assert_eq!(
        schema(schemars::schema_for!(Status))["anyOf"],
        json!([{"type": "string", "enum": ["queued", ">="]}, {"type": "string"}])
    );
    assert_eq!(
        schema(schemars::schema_for!(Scalar))["type"],
        json!(["string", "number", "boolean"])
    );
    assert_eq!(
        schema(schemars::schema_for!(EpochMillis))["type"],
        "integer"
    );
    assert_eq!(schema(schemars::schema_for!(Secret))["format"], "password");
}

#[test]
fn secrets_are_encoded_and_compared_but_not_printed() {
    let secret: Secret = from_str("\"pass\\u0077ord\"").unwrap();
    assert_eq!(secret.expose(), "password");
    assert_eq!(to_string(&Some(&secret)).unwrap(), r#""password""#);
    assert_eq!(secret, Secret::from("password"));
    for other in ["passwore", "password1", "passwor", ""] {
        assert_ne!(secret, Secret::from(other));
    }
    assert_eq!(format!("{secret:?} {secret:#?}"), "[REDACTED] [REDACTED]");
    assert!(from_str::<Secret>("null").is_err() && from_str::<Secret>("1").is_err());
}

struct Person {
    r#type: i64,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    extra: Attributes,
}

wire_object! {
    Person {
        required r#type: "type",
        required name: "name" personal,
        optional email: "email" personal,
        optional phone: "phone" personal,
    } extra
}

#[test]
fn personal_data_is_redacted_in_debug_output() {
    let text = r#"{"type":1,"name":"Ada","phone":"123","ada@example.com":1,"nick":"Countess"}"#;
    let person: Person = from_str(text).unwrap();
    assert_eq!(to_string(&person).unwrap(), text);
    let shown = r#"Person { type: 1, name: "Ada", email: None, phone: Some("123"), extra: {"ada@example.com": Number(1), "nick": String("Countess")} }"#;
    let hidden = r#"Person { type: 1, name: Redacted, email: None, phone: Some(Redacted), extra: {"*": Redacted, "nick": Redacted} }"#;
    assert_eq!(format!("{person:?}"), hidden);
    assert_eq!(format!("{:?}", Unredacted(&person)), shown);
}
