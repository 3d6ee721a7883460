//! Whether an example is one that its schema allows.

use serde_json::{Map, Value};

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
    if let Some(values) = schema.get("enum").and_then(Value::as_array)
        && !values.contains(value)
    {
        return false;
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => value
            .as_str()
            .is_some_and(|text| within(schema, text.chars().count(), "minLength", "maxLength")),
        Some("boolean") => value.is_boolean(),
        Some("integer") => (value.is_i64() || value.is_u64()) && in_range(schema, value),
        Some("number") => value.is_number() && in_range(schema, value),
        Some("array") => value.as_array().is_some_and(|list| {
            let inner = schema.get("items").unwrap_or(&Value::Null);
            within(schema, list.len(), "minItems", "maxItems")
                && (!flag(schema, "uniqueItems") || distinct(list))
                && list.iter().all(|item| deeper(inner, item))
        }),
        Some("object") => value
            .as_object()
            .is_some_and(|object| object_fits(schema, object, deeper)),
        _ => true,
    }
}

fn object_fits(
    schema: &Value,
    object: &Map<String, Value>,
    deeper: impl Fn(&Value, &Value) -> bool,
) -> bool {
    let properties = schema.get("properties").and_then(Value::as_object);
    let open = schema.get("additionalProperties");
    let known = |key: &String| properties.and_then(|properties| properties.get(key));
    within(schema, object.len(), "minProperties", "maxProperties")
        && strings(schema, "required")
            .iter()
            .all(|name| object.contains_key(name))
        && object.iter().all(|(key, value)| match (known(key), open) {
            (Some(property), _) => deeper(property, value),
            (None, Some(Value::Bool(false))) => false,
            (None, Some(open)) => deeper(open, value),
            (None, None) => true,
        })
}

fn distinct(list: &[Value]) -> bool {
    let mut items = list.iter().enumerate();
    items.all(|(at, item)| !list[..at].contains(item))
}

/// Whether a count lies between two limits of the schema, as far as it has them.
fn within(schema: &Value, count: usize, least: &str, most: &str) -> bool {
    let limit = |key: &str| {
        schema
            .get(key)
            .and_then(Value::as_u64)
            .map(|size| size as usize)
    };
    limit(least).is_none_or(|least| count >= least) && limit(most).is_none_or(|most| count <= most)
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
