//! Every response type tolerates what providers do: unknown values, unknown fields, `null` and nothing where a value may be
//! missing. All of it is read, and written back as it came.

use engagement_tests::{RoundTrip, differences, instance, providers, variants};
use serde_json::{Value, json};

#[test]
fn every_response_type_accepts_every_deviation() {
    for provider in providers::ALL {
        let document = provider.document();
        let (mut types, mut tried) = (0, 0);
        for operation in &document.operations {
            let Some(schema) = operation
                .typed_response()
                .and_then(|response| response.schema.as_ref())
            else {
                continue;
            };
            // One object or an array of one: the client unwraps before it decodes.
            let one = schema
                .get("oneOf")
                .and_then(Value::as_array)
                .filter(|parts| parts.len() == 2 && parts[1].get("items") == Some(&parts[0]));
            let schema = one.map_or(schema, |parts| &parts[0]);
            types += 1;
            let whole = instance(&document.schemas, schema);
            for variant in variants(&document.schemas, schema, &whole) {
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
        println!("{}: {types} responses, {tried} variants", provider.name);
        assert!(
            tried > types * 2,
            "{}: only {tried} variants of {types} responses",
            provider.name
        );
    }
}

/// The same for what the provider posts to its customers.
#[test]
fn every_webhook_accepts_every_deviation() {
    for provider in providers::ALL {
        let document = provider.document();
        for webhook in &document.webhooks {
            let Some(name) = engagement_document::Schemas::ref_name(&webhook.schema) else {
                continue;
            };
            let whole = instance(&document.schemas, &webhook.schema);
            for variant in variants(&document.schemas, &webhook.schema, &whole) {
                match (provider.schema)(name, variant.value.clone()) {
                    RoundTrip::Written(written, _) => assert!(
                        differences(&variant.value, &written).is_empty(),
                        "{}: {}",
                        webhook.name,
                        variant.what
                    ),
                    other => panic!("{}: {}: {other:?}", webhook.name, variant.what),
                }
            }
        }
    }
}

/// The test itself must notice: a type that drops a key or refuses a word would pass otherwise.
#[test]
fn a_lost_value_is_found() {
    let read = json!({ "id": 1, "tags": [{ "tag": "a", "new": 2 }] });
    let written = json!({ "id": 1, "tags": [{ "tag": "a" }] });
    assert_eq!(differences(&read, &written), ["/tags/0/new: 2 became null"]);
    let schema = json!({ "type": "object", "properties": { "kind": { "type": "string", "x-extensible-enum": ["a"] } } });
    let document = providers::find("engage").unwrap().document();
    let whole = instance(&document.schemas, &schema);
    let found: Vec<String> = variants(&document.schemas, &schema, &whole)
        .into_iter()
        .map(|variant| format!("{}: {}", variant.what, variant.value))
        .collect();
    assert_eq!(
        found,
        [
            r#"whole: {"kind":"a"}"#,
            r#"unknown key in /: {"kind":"a","key_of_tomorrow":{"deep":[1.5,null,"x"]}}"#,
            r#"null at /kind: {"kind":null}"#,
            r#"nothing at /kind: {}"#,
            r#"unknown word at /kind: {"kind":"a-word-of-tomorrow"}"#,
        ]
    );
}

/// Integers beyond what a double holds, and numbers that came as text, keep their value.
#[test]
fn numbers_keep_their_value() {
    let engagebay = providers::find("engagebay").unwrap();
    let contact = json!({ "id": 9_223_372_036_854_775_807_i64, "properties": [
        { "name": "a", "value": "12" }, { "name": "b", "value": 12 }, { "name": "c", "value": true },
        { "name": "d", "value": 9_007_199_254_740_993_i64 } ] });
    let RoundTrip::Written(written, _) = (engagebay.schema)("Contact", contact.clone()) else {
        panic!()
    };
    assert_eq!(written, contact);
}
