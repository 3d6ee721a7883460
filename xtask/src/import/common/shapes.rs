//! What kind of value a schema describes.

use serde_json::Value;

use crate::import::common::json::{follow, items};

/// The kinds that decide how a value can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    Scalar,
    Array(Box<Shape>),
    Object,
    /// Nothing is said, or too many things.
    Any,
}

pub(crate) fn shape(root: &Value, schema: &Value) -> Shape {
    deep(root, schema, 0)
}

fn deep(root: &Value, schema: &Value, depth: usize) -> Shape {
    let Some(schema) = follow(root, schema).filter(|_| depth < 12) else {
        return Shape::Any;
    };
    match kind(schema) {
        Some("object") => return Shape::Object,
        Some("array") => {
            let inner = schema
                .get("items")
                .map(|inner| deep(root, inner, depth + 1));
            return Shape::Array(Box::new(inner.unwrap_or(Shape::Scalar)));
        }
        Some("string" | "integer" | "number" | "boolean" | "file") => return Shape::Scalar,
        _ => {}
    }
    let words = schema
        .get("enum")
        .or_else(|| schema.get("x-extensible-enum"));
    if words.is_some() {
        return Shape::Scalar;
    }
    if schema.get("properties").is_some() || schema.get("additionalProperties").is_some() {
        return Shape::Object;
    }
    let parts = |key: &str| -> Vec<Shape> {
        let parts = items(schema, key).filter(|part| kind(part) != Some("null"));
        parts.map(|part| deep(root, part, depth + 1)).collect()
    };
    let all = parts("allOf");
    if let Some(first) = all.iter().find(|part| **part != Shape::Any) {
        return first.clone();
    }
    let mut one = parts("oneOf");
    one.extend(parts("anyOf"));
    match one.first() {
        Some(first) if one.iter().all(|part| part == first) => first.clone(),
        _ => Shape::Any,
    }
}

/// What people write for a type, as OpenAPI calls it; other words stay.
pub(crate) fn plain(kind: &str) -> &str {
    match kind {
        "int" | "long" | "Integer" | "int32" | "int64" => "integer",
        "float" | "double" | "decimal" | "Number" => "number",
        "bool" | "Boolean" => "boolean",
        "str" | "text" | "String" | "date" | "datetime" | "date-time" | "uuid" => "string",
        "list" | "Array" => "array",
        "map" | "dict" | "Object" => "object",
        other => other,
    }
}

/// The type of a schema; of several, as OpenAPI 3.1 has them, the one that isn't null.
pub(crate) fn kind(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(kind) => Some(plain(kind)),
        Value::Array(kinds) => {
            let mut kinds = kinds
                .iter()
                .filter_map(Value::as_str)
                .filter(|kind| *kind != "null");
            let first = kinds.next();
            if kinds.next().is_some() { None } else { first }
        }
        _ => None,
    }
}
