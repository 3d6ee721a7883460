//! Whether an example is one that its schema allows.

use serde_json::Value;

use crate::import::common::json::{flag, follow, items, strings};

/// Whether a value is one that a schema allows, as far as clients and tests look.
pub(crate) fn fits(root: &Value, schema: &Value, value: &Value, depth: usize) -> bool {
    let Some(schema) = follow(root, schema).filter(|_| depth < 32) else {
        return true;
    };
    if value.is_null() && flag(schema, "nullable") {
        return true;
    }
    let deeper = |schema: &Value, value: &Value| fits(root, schema, value, depth + 1);
    if !items(schema, "allOf").all(|part| deeper(part, value)) {
        return false;
    }
    for key in ["oneOf", "anyOf"] {
        if schema.get(key).is_some() && !items(schema, key).any(|part| deeper(part, value)) {
            return false;
        }
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array)
        && !words.contains(value)
    {
        return false;
    }
    let size = |key: &str| {
        schema
            .get(key)
            .and_then(Value::as_u64)
            .map(|size| size as usize)
    };
    let within = |count: usize, least: &str, most: &str| {
        size(least).is_none_or(|least| count >= least)
            && size(most).is_none_or(|most| count <= most)
    };
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => value
            .as_str()
            .is_some_and(|text| within(text.chars().count(), "minLength", "maxLength")),
        Some("boolean") => value.is_boolean(),
        Some("integer") => (value.is_i64() || value.is_u64()) && in_range(schema, value),
        Some("number") => value.is_number() && in_range(schema, value),
        Some("array") => value.as_array().is_some_and(|list| {
            let inner = schema.get("items").unwrap_or(&Value::Null);
            let distinct = !flag(schema, "uniqueItems")
                || list
                    .iter()
                    .enumerate()
                    .all(|(at, item)| !list[..at].contains(item));
            within(list.len(), "minItems", "maxItems")
                && distinct
                && list.iter().all(|item| deeper(inner, item))
        }),
        Some("object") => value.as_object().is_some_and(|object| {
            let properties = schema.get("properties").and_then(Value::as_object);
            let open = schema.get("additionalProperties");
            let known = |key: &String| properties.and_then(|properties| properties.get(key));
            within(object.len(), "minProperties", "maxProperties")
                && strings(schema, "required")
                    .iter()
                    .all(|name| object.contains_key(name))
                && object.iter().all(|(key, value)| match (known(key), open) {
                    (Some(property), _) => deeper(property, value),
                    (None, Some(Value::Bool(false))) => false,
                    (None, Some(open)) => deeper(open, value),
                    (None, None) => true,
                })
        }),
        _ => true,
    }
}

fn in_range(schema: &Value, value: &Value) -> bool {
    let limit = |key: &str| schema.get(key).and_then(Value::as_f64);
    let Some(number) = value.as_f64() else {
        return true;
    };
    let least = limit("minimum").is_none_or(|least| {
        if flag(schema, "exclusiveMinimum") {
            number > least
        } else {
            number >= least
        }
    });
    let most = limit("maximum").is_none_or(|most| {
        if flag(schema, "exclusiveMaximum") {
            number < most
        } else {
            number <= most
        }
    });
    let step = limit("multipleOf")
        .is_none_or(|step| step <= 0.0 || ((number / step).round() * step - number).abs() < 1e-9);
    least && most && step
}
