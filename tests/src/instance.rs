//! Values that match a schema, and values with each deviation that clients must accept.

use engagement_document::Schemas;
use serde_json::{Value, json};

use crate::pointers::{child, parent};

/// A value with one deviation.
#[derive(Debug, Clone)]
pub struct Variant {
    /// The deviation, with its JSON pointer.
    pub what: String,
    /// The value.
    pub value: Value,
}

/// A value with every documented field.
pub fn instance(schemas: &Schemas, schema: &Value) -> Value {
    build(schemas, schema, 0)
}

fn build(schemas: &Schemas, schema: &Value, depth: usize) -> Value {
    let schema = schemas.resolve(schema);
    // Types can contain themselves: beyond this depth only required fields.
    let deep = depth > 8;
    if depth > 32 {
        return Value::Null;
    }
    let values = enum_values(schema).and_then(Value::as_array);
    if let Some(value) = values.and_then(|values| values.first()) {
        return value.clone();
    }
    let properties = schemas.properties(schema);
    if !properties.is_empty() {
        let required = schemas.required(schema);
        let built = properties
            .into_iter()
            .filter(|(name, _)| !deep || required.contains(name))
            .map(|(name, property)| (name.to_owned(), build(schemas, property, depth + 1)));
        return Value::Object(built.collect());
    }
    if is_integer_id(schema) {
        return json!(6_770_000_000_000_001_i64);
    }
    let unions = ["/oneOf/0", "/anyOf/0", "/allOf/0"];
    if let Some(part) = unions.iter().find_map(|part| schema.pointer(part)) {
        return build(schemas, part, depth + 1);
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("integer") => json!(6_770_000_000_000_001_i64),
        Some("number") => json!(12.5),
        Some("boolean") => json!(true),
        // An integer id in a string.
        Some("string") if !Schemas::id_kinds(schema).is_empty() => json!("6770000000000001"),
        Some("string") => json!("text"),
        Some("array") if deep => json!([]),
        Some("array") => json!([build(schemas, &schema["items"], depth + 1)]),
        Some("object") => match schema.get("additionalProperties") {
            Some(values @ Value::Object(_)) => json!({ "free": build(schemas, values, depth + 1) }),
            _ => json!({ "free": [1, "two", null] }),
        },
        _ => json!({ "any": ["value", 1] }),
    }
}

/// The values of an enum.
fn enum_values(schema: &Value) -> Option<&Value> {
    schema
        .get("x-extensible-enum")
        .or_else(|| schema.get("enum"))
}

/// Whether an id is an integer. A string of its digits may be allowed too.
fn is_integer_id(schema: &Value) -> bool {
    let parts = schema.get("oneOf").and_then(Value::as_array);
    let integer = |part: &Value| part["type"] == "integer";
    !Schemas::id_kinds(schema).is_empty() && parts.is_some_and(|parts| parts.iter().any(integer))
}

/// Every deviation that clients must accept: an unknown field in each object, an unknown value of each enum, each optional
/// field `null` and missing, and each other variant of a union. The unchanged value comes first.
pub fn variants(schemas: &Schemas, schema: &Value, full: &Value) -> Vec<Variant> {
    let mut found = vec![Variant {
        what: "unchanged".into(),
        value: full.clone(),
    }];
    collect(schemas, schema, full, "", &mut |what, new, pointer| {
        let mut value = full.clone();
        set(&mut value, pointer, new);
        found.push(Variant { what, value });
    });
    found
}

type Visit<'a> = dyn FnMut(String, Option<Value>, &str) + 'a;

fn collect(schemas: &Schemas, schema: &Value, value: &Value, pointer: &str, visit: &mut Visit<'_>) {
    let schema = schemas.resolve(schema);
    if enum_values(schema).is_some() && value.is_string() {
        let what = format!("unknown value at {pointer}");
        visit(what, Some(json!("a-new-value")), pointer);
    }
    let parts = schema
        .get("oneOf")
        .or_else(|| schema.get("anyOf"))
        .and_then(Value::as_array);
    // Requests accept such a number in a string too, but the client sends the number.
    let is_number = is_integer_id(schema) || schema.get("x-epoch").is_some();
    let parts = parts.filter(|_| !is_number);
    if let Some((first, others)) = parts.and_then(|parts| parts.split_first()) {
        for (at, part) in others.iter().enumerate() {
            let what = format!("variant {} at {pointer}", at + 2);
            visit(what, Some(build(schemas, part, 0)), pointer);
        }
        collect(schemas, first, value, pointer, visit);
        return;
    }
    match value {
        Value::Object(object) => {
            let properties = schemas.properties(schema);
            if properties.is_empty() {
                return;
            }
            let mut extended = value.clone();
            extended["new_field"] = json!({ "deep": [1.5, null, "x"] });
            let what = format!("unknown field in {pointer}/");
            visit(what, Some(extended), pointer);
            let required = schemas.required(schema);
            for (name, property) in properties {
                let inner = child(pointer, name);
                if !required.contains(name) {
                    visit(format!("null at {inner}"), Some(Value::Null), &inner);
                    visit(format!("missing {inner}"), None, &inner);
                }
                if let Some(value) = object.get(name) {
                    collect(schemas, property, value, &inner, visit);
                }
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let pointer = format!("{pointer}/{at}");
                collect(schemas, &schema["items"], item, &pointer, visit);
            }
        }
        _ => {}
    }
}

/// Sets or removes the value at a pointer.
fn set(root: &mut Value, pointer: &str, value: Option<Value>) {
    let Some((parent, key)) = parent(pointer) else {
        *root = value.unwrap_or_default();
        return;
    };
    match (root.pointer_mut(parent), value) {
        (Some(Value::Object(object)), Some(value)) => {
            object.insert(key, value);
        }
        (Some(Value::Object(object)), None) => {
            object.shift_remove(&key);
        }
        (Some(Value::Array(items)), Some(value)) => {
            if let Some(item) = key.parse::<usize>().ok().and_then(|at| items.get_mut(at)) {
                *item = value;
            }
        }
        _ => {}
    }
}
