//! An e-mail address that must not be printed, inserted wherever personal data is possible.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE};
use engagement_document::{Operation, Schemas};
use serde_json::{Map, Value, json};

use crate::Arguments;

/// It contains characters that are escaped in URLs. At two of base64's three offsets, its URL-safe encoding differs.
pub const EMAIL: &str = "canary+7f3a?~@mail.example";

/// Every encoding in which a provider may return it.
pub fn echoes() -> Vec<String> {
    let percent: String = EMAIL.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let mut echoes = vec![
        EMAIL.to_owned(),
        EMAIL.replace('@', "%40"),
        percent.to_lowercase(),
        percent.replace('%', "%25"),
        EMAIL.replace('@', "\\u0040"),
        EMAIL.replace('@', "&#64;"),
    ];
    for lead in ["", "a", "ab"] {
        let text = format!("{lead}{EMAIL}");
        echoes.push(BASE64_STANDARD.encode(&text));
        echoes.push(BASE64_STANDARD_NO_PAD.encode(&text));
        echoes.push(BASE64_URL_SAFE.encode(&text));
    }
    echoes.push(percent);
    echoes
}

/// The encoding of the canary that a text contains.
pub fn found_in(text: &str) -> Option<String> {
    let mut forms = echoes();
    forms.push("canary".to_owned());
    for lead in ["", "a", "ab"] {
        // Without the ends, which depend on the neighbouring bytes.
        let text = BASE64_STANDARD.encode(format!("{lead}canary+7f3a"));
        forms.push(text[4..12].to_owned());
    }
    forms.into_iter().find(|form| text.contains(form.as_str()))
}

/// A value with the canary in each personal string, in unknown fields, and in values without a schema.
pub fn planted(schemas: &Schemas, schema: &Value, value: Value) -> Value {
    plant(schemas, schema, value, false)
}

fn plant(schemas: &Schemas, schema: &Value, value: Value, personal: bool) -> Value {
    let personal = personal || schemas.is_personal(schema);
    let schema = schemas.resolve(schema);
    let unions = ["oneOf", "anyOf", "allOf"];
    let unions = unions.iter().filter_map(|key| schema.get(key));
    let parts = unions.filter_map(Value::as_array).flatten();
    let properties = schemas.properties(schema);
    if properties.is_empty()
        && let Some(part) = parts.into_iter().find(|part| fits(schemas, part, &value))
    {
        return plant(schemas, part, value, personal);
    }
    match value {
        Value::String(_) if personal => json!(EMAIL),
        Value::Array(items) if schema.get("items").is_some() => items
            .into_iter()
            .map(|item| plant(schemas, &schema["items"], item, personal))
            .collect(),
        Value::Object(object) if !properties.is_empty() => {
            let known = object.into_iter().map(|(name, value)| {
                let property = properties.iter().find(|(known, _)| **known == name);
                let property = property.map_or(&Value::Null, |(_, property)| property);
                (name, plant(schemas, property, value, personal))
            });
            let mut planted: Map<String, Value> = known.collect();
            planted.insert("new_field".to_owned(), json!({ "deep": [EMAIL] }));
            planted.insert(EMAIL.to_owned(), json!(1));
            Value::Object(planted)
        }
        Value::Object(object) if schema["additionalProperties"].is_object() => {
            let values = &schema["additionalProperties"];
            let planted = object
                .into_iter()
                .map(|(name, value)| (name, plant(schemas, values, value, personal)));
            planted.collect()
        }
        // The document doesn't describe the content.
        value if schema.get("type").is_none_or(|kind| kind == "object") => everywhere(value),
        value => value,
    }
}

/// Whether a value is of this variant of a union.
fn fits(schemas: &Schemas, part: &Value, value: &Value) -> bool {
    let part = schemas.resolve(part);
    let known = schemas.properties(part);
    let members = part.get("oneOf").or_else(|| part.get("anyOf"));
    if let Some(members) = members.and_then(Value::as_array) {
        return members.iter().any(|member| fits(schemas, member, value));
    }
    let kind = part.get("type").and_then(Value::as_str);
    match value {
        Value::String(_) => kind == Some("string"),
        Value::Array(_) => kind == Some("array"),
        Value::Object(object) => object
            .keys()
            .all(|name| known.iter().any(|(known, _)| known == name)),
        Value::Bool(_) => kind == Some("boolean"),
        Value::Number(_) => matches!(kind, Some("integer" | "number")),
        Value::Null => false,
    }
}

fn everywhere(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(everywhere).collect(),
        Value::Object(object) => {
            let mut planted: Map<String, Value> = object
                .into_iter()
                .map(|(name, value)| (name, everywhere(value)))
                .collect();
            planted.insert(EMAIL.to_owned(), json!(EMAIL));
            Value::Object(planted)
        }
        Value::String(_) => json!(EMAIL),
        other => other,
    }
}

/// The examples of an operation, with the canary in every string parameter and in the body.
pub fn arguments(schemas: &Schemas, operation: &Operation) -> Arguments {
    let mut arguments = Arguments::examples(operation);
    for parameter in &operation.parameters {
        let schema = schemas.resolve(&parameter.schema);
        let enums = ["enum", "x-extensible-enum"];
        let free = enums.iter().all(|key| schema.get(key).is_none());
        if parameter.constant.is_none() && free && schema["type"] == "string" {
            arguments = arguments.with(&parameter.name, EMAIL);
        }
    }
    if let Some(body) = &operation.body {
        let planted = planted(schemas, &body.schema, body.example.clone());
        arguments = match planted {
            Value::Object(fields) if body.kind.has_fields() => fields
                .into_iter()
                .fold(arguments, |arguments, (name, value)| {
                    arguments.with(&name, value)
                }),
            _ if body.kind.has_fields() => arguments,
            planted => arguments.with_body(planted),
        };
    }
    arguments
}
