//! Whether an example is one that its schema allows.

use serde_json::{Map, Value};

use crate::import::common::json::{flag, follow, items, list, strings, text};

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
    if schema.get("enum").is_some_and(Value::is_array) && !list(schema, "enum").contains(value) {
        return false;
    }
    match text(schema, "type").as_str() {
        "string" => value
            .as_str()
            .is_some_and(|text| within(schema, text.chars().count(), "minLength", "maxLength")),
        "boolean" => value.is_boolean(),
        "integer" => (value.is_i64() || value.is_u64()) && in_range(schema, value),
        "number" => value.is_number() && in_range(schema, value),
        "array" => value.as_array().is_some_and(|values| {
            let inner = schema.get("items").unwrap_or(&Value::Null);
            within(schema, values.len(), "minItems", "maxItems")
                && (!flag(schema, "uniqueItems") || distinct(values))
                && values.iter().all(|item| deeper(inner, item))
        }),
        "object" => value
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

/// A limit of the schema on a count.
pub(crate) fn size(schema: &Value, key: &str) -> Option<usize> {
    Some(schema.get(key)?.as_u64()? as usize)
}

/// Whether a count lies between two limits of the schema, as far as it has them.
fn within(schema: &Value, count: usize, least: &str, most: &str) -> bool {
    size(schema, least).is_none_or(|least| count >= least)
        && size(schema, most).is_none_or(|most| count <= most)
}

fn in_range(schema: &Value, value: &Value) -> bool {
    let limit = |key: &str| schema.get(key).and_then(Value::as_f64);
    let Some(number) = value.as_f64() else {
        return true;
    };
    let on = |limit: f64, exclusive: &str| number == limit && !flag(schema, exclusive);
    let least = limit("minimum");
    let most = limit("maximum");
    least.is_none_or(|least| number > least || on(least, "exclusiveMinimum"))
        && most.is_none_or(|most| number < most || on(most, "exclusiveMaximum"))
        && limit("multipleOf").is_none_or(|step| {
            step <= 0.0 || ((number / step).round() * step - number).abs() < 1e-9
        })
}
