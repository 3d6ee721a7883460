//! Every response type accepts unknown values, unknown fields, and `null` and missing optional fields. Encoding preserves all
//! of it.

use engagement_tests::{RoundTrip, differences, instance, providers, variants};
use serde_json::{Value, json};

#[test]
fn every_response_type_accepts_every_deviation() {
    for provider in providers::ALL {
        let document = provider.document();
        let (mut types, mut tried) = (0, 0);
        for operation in &document.operations {
            let response = operation.typed_response();
            let Some(schema) = response.and_then(|response| response.schema.as_ref()) else {
                continue;
            };
            // An object or an array of one: the client decodes the object.
            let parts = schema.get("oneOf").and_then(Value::as_array);
            let parts = parts.filter(|parts| parts.len() == 2 && parts[1]["items"] == parts[0]);
            let schema = parts.map_or(schema, |parts| &parts[0]);
            types += 1;
            let full = instance(&document.schemas, schema);
            for variant in variants(&document.schemas, schema, &full) {
                tried += 1;
                let id = format!("{} {}: {}", provider.name, operation.id, variant.what);
                match provider.through_response(&operation.id, variant.value.clone()) {
                    RoundTrip::Written(written, _) => {
                        let changed = differences(&variant.value, &written);
                        assert!(changed.is_empty(), "{id}: {changed:#?}");
                    }
                    other => panic!("{id}: {other:?}\n{:#}", variant.value),
                }
            }
        }
        let counts = format!("{tried} variants of {types} responses");
        assert!(tried > types * 2, "{}: only {counts}", provider.name);
    }
}

/// A value with a float for each integer, and with `null` before the elements of each array.
fn deviating(value: &Value) -> Value {
    match value {
        Value::Number(number) => number
            .as_i64()
            .map_or_else(|| value.clone(), |integer| json!(integer as f64)),
        Value::Array(elements) => {
            let elements = elements.iter().map(deviating);
            std::iter::once(Value::Null).chain(elements).collect()
        }
        Value::Object(fields) => {
            let fields = fields.iter();
            Value::Object(
                fields
                    .map(|(name, value)| (name.clone(), deviating(value)))
                    .collect(),
            )
        }
        _ => value.clone(),
    }
}

/// The value without what the deviation adds where a type keeps it: floats, and `null` in arrays.
fn settled(value: &Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if float.fract() == 0.0 => json!(float as i64),
            _ => value.clone(),
        },
        Value::Array(elements) => {
            let elements = elements.iter().filter(|element| !element.is_null());
            elements.map(settled).collect()
        }
        Value::Object(fields) => {
            let fields = fields.iter();
            Value::Object(
                fields
                    .map(|(name, value)| (name.clone(), settled(value)))
                    .collect(),
            )
        }
        _ => value.clone(),
    }
}

/// As a client decodes it: integers that are written as floats, and `null` in arrays.
#[test]
fn every_response_type_is_read_with_deviations_that_lose_nothing() {
    for provider in providers::ALL {
        let document = provider.document();
        for operation in &document.operations {
            let response = operation.typed_response();
            let schema = response.and_then(|response| response.schema.as_ref());
            let (Some(schema), Some(response)) = (schema, (provider.response)(&operation.id))
            else {
                continue;
            };
            let one = schema
                .get("oneOf")
                .and_then(Value::as_array)
                .filter(|parts| parts.len() == 2 && parts[1].get("items") == Some(&parts[0]));
            let schema = one.map_or(schema, |parts| &parts[0]);
            let whole = instance(&document.schemas, schema);
            let id = format!("{} {}", provider.name, operation.id);
            let body = deviating(&whole).to_string();
            let written = (response.rewrite)(body.as_bytes())
                .unwrap_or_else(|error| panic!("{id}: {error}\n{body}"));
            let changed = differences(&settled(&whole), &settled(&written));
            assert!(changed.is_empty(), "{id}: {changed:#?}\n{body}");
        }
    }
}

/// The same for webhooks.
#[test]
fn every_webhook_accepts_every_deviation() {
    for provider in providers::ALL {
        let document = provider.document();
        for webhook in &document.webhooks {
            let Some(name) = engagement_document::Schemas::ref_name(&webhook.schema) else {
                continue;
            };
            let full = instance(&document.schemas, &webhook.schema);
            for variant in variants(&document.schemas, &webhook.schema, &full) {
                let what = format!("{}: {}", webhook.name, variant.what);
                match (provider.schema)(name, variant.value.clone()) {
                    RoundTrip::Written(written, _) => {
                        assert!(differences(&variant.value, &written).is_empty(), "{what}");
                    }
                    other => panic!("{what}: {other:?}"),
                }
            }
        }
    }
}

/// Without these, a type that drops a field or refuses a value would pass.
#[test]
fn a_lost_field_is_a_difference_and_unknown_values_are_variants() {
    let read = json!({ "id": 1, "tags": [{ "tag": "a", "new": 2 }] });
    let written = json!({ "id": 1, "tags": [{ "tag": "a" }] });
    assert_eq!(differences(&read, &written), ["/tags/0/new: 2 became null"]);
    let schema = json!({ "type": "object", "properties": { "kind": { "type": "string", "x-extensible-enum": ["a"] } } });
    let document = providers::find("engage").unwrap().document();
    let full = instance(&document.schemas, &schema);
    let found: Vec<String> = variants(&document.schemas, &schema, &full)
        .into_iter()
        .map(|variant| format!("{}: {}", variant.what, variant.value))
        .collect();
    assert_eq!(
        found,
        [
            r#"unchanged: {"kind":"a"}"#,
            r#"unknown field in /: {"kind":"a","new_field":{"deep":[1.5,null,"x"]}}"#,
            r#"null at /kind: {"kind":null}"#,
            r#"missing /kind: {}"#,
            r#"unknown value at /kind: {"kind":"a-new-value"}"#,
        ]
    );
}

/// Integers beyond the precision of a double, and numbers in strings, are preserved.
#[test]
fn numbers_are_preserved() {
    let engagebay = providers::find("engagebay").unwrap();
    let contact = json!({ "id": 9_223_372_036_854_775_807_i64, "properties": [
        { "name": "a", "value": "12" }, { "name": "b", "value": 12 }, { "name": "c", "value": true },
        { "name": "d", "value": 9_007_199_254_740_993_i64 } ] });
    let RoundTrip::Written(written, _) = (engagebay.schema)("Contact", contact.clone()) else {
        panic!()
    };
    assert_eq!(written, contact);
}
