//! Values that fit a schema.

use serde_json::{Map, Value, json};

use crate::import::common::json::{entries, flag, items, list, strings, text};
use crate::import::common::references;
use crate::import::examples::fits::{fits, size};

/// A value that fits a schema; `None` if there can't be one.
pub(crate) fn synthesise(root: &Value, schema: &Value) -> Option<Value> {
    value(root, schema, &mut Vec::new(), 0)
}

const DEEP: usize = 5;

fn value(root: &Value, schema: &Value, path: &mut Vec<String>, depth: usize) -> Option<Value> {
    if let Some(name) = references::name(schema) {
        if path.iter().any(|known| known == name) {
            return None;
        }
        let target = root["components"]["schemas"].get(name)?;
        path.push(name.to_owned());
        let made = value(root, target, path, depth);
        path.pop();
        return made;
    }
    let mut enums = ["enum", "x-extensible-enum"].into_iter();
    let first = enums.find_map(|key| list(schema, key).first());
    let own = [schema.get("example"), schema.get("default"), first];
    let mut own = own.into_iter().flatten();
    if let Some(own) = own.find(|own| fits(root, schema, own, 0)) {
        return Some(own.clone());
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(part) = items(schema, key).find_map(|part| value(root, part, path, depth)) {
            return Some(part);
        }
    }
    if let Some(part) = items(schema, "allOf").next() {
        return value(root, part, path, depth);
    }
    let made = match text(schema, "type").as_str() {
        "object" => object(root, schema, path, depth),
        "array" => array(root, schema, path, depth),
        "string" => Some(json!(string(schema))),
        "integer" => Some(number(schema, true)),
        "number" => Some(number(schema, false)),
        "boolean" => Some(json!(true)),
        _ => Some(json!({})),
    };
    made.or_else(|| flag(schema, "nullable").then_some(Value::Null))
}

fn object(root: &Value, schema: &Value, path: &mut Vec<String>, depth: usize) -> Option<Value> {
    let required = strings(schema, "required");
    let mut out = Map::new();
    for (name, property) in entries(schema, "properties") {
        let needed = required.contains(name);
        if !needed && depth >= DEEP {
            continue;
        }
        match value(root, property, path, depth + 1) {
            Some(made) => {
                out.insert(name.clone(), made);
            }
            None if needed => return None,
            None => {}
        }
    }
    let least = size(schema, "minProperties").unwrap_or_default();
    let open = schema.get("additionalProperties");
    if let Some(open) = open.filter(|open| open.is_object()) {
        let mut number = 1;
        while out.len() < least || out.is_empty() && depth < DEEP {
            let Some(made) = value(root, open, path, depth + 1) else {
                break;
            };
            out.insert(format!("key{number}"), made);
            number += 1;
        }
    }
    Some(Value::Object(out))
}

fn array(root: &Value, schema: &Value, path: &mut Vec<String>, depth: usize) -> Option<Value> {
    let least = size(schema, "minItems").unwrap_or_default().min(100);
    if size(schema, "maxItems") == Some(0) || least == 0 && depth >= DEEP {
        return Some(json!([]));
    }
    let inner = schema.get("items").unwrap_or(&Value::Null);
    match value(root, inner, path, depth + 1) {
        Some(made) => Some(Value::Array(vec![made; least.max(1)])),
        None => (least == 0).then(|| json!([])),
    }
}

fn string(schema: &Value) -> String {
    let made = match text(schema, "format").as_str() {
        "date" => "2026-01-31",
        "date-time" => "2026-01-31T12:00:00Z",
        "time" => "12:00:00Z",
        "email" => "ada@example.com",
        "uuid" | "guid" => "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "uri" | "url" => "https://example.com/",
        "hostname" => "example.com",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "byte" => "dGV4dA==",
        _ => "text",
    };
    let size = |key: &str| size(schema, key).map(|size| size.min(10_000));
    let most = size("maxLength").unwrap_or(usize::MAX);
    let mut made: String = made.chars().take(most).collect();
    while made.chars().count() < size("minLength").unwrap_or_default() {
        made.push('x');
    }
    made
}

fn number(schema: &Value, whole: bool) -> Value {
    let limit = |key: &str| schema.get(key).and_then(Value::as_f64);
    let step = limit("multipleOf").filter(|step| *step > 0.0);
    let step = step.unwrap_or(if whole { 1.0 } else { 0.5 });
    let margin = |key: &str| if flag(schema, key) { step } else { 0.0 };
    let mut made: f64 = if whole { 1.0 } else { 1.5 };
    if let Some(least) = limit("minimum") {
        made = made.max(least + margin("exclusiveMinimum"));
    }
    if let Some(most) = limit("maximum") {
        made = made.min(most - margin("exclusiveMaximum"));
    }
    made = (made / step).ceil() * step;
    if limit("maximum").is_some_and(|most| made > most) {
        made -= step;
    }
    if whole {
        json!(made as i64)
    } else {
        json!(made)
    }
}
