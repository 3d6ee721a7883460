//! What kind of value a schema describes.

use serde_json::Value;

use crate::import::common::json::{follow, items};

/// The kinds that decide how a value can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Scalar,
    Array(Box<ValueKind>),
    Object,
    /// The schema has no type, or several.
    Any,
}

pub(crate) fn value_kind(root: &Value, schema: &Value) -> ValueKind {
    deep(root, schema, 0)
}

fn deep(root: &Value, schema: &Value, depth: usize) -> ValueKind {
    let Some(schema) = follow(root, schema).filter(|_| depth < 12) else {
        return ValueKind::Any;
    };
    match schema_type(schema) {
        Some("object") => return ValueKind::Object,
        Some("array") => {
            let inner = schema
                .get("items")
                .map(|inner| deep(root, inner, depth + 1));
            return ValueKind::Array(Box::new(inner.unwrap_or(ValueKind::Scalar)));
        }
        Some("string" | "integer" | "number" | "boolean" | "file") => return ValueKind::Scalar,
        _ => {}
    }
    let values = schema
        .get("enum")
        .or_else(|| schema.get("x-extensible-enum"));
    if values.is_some() {
        return ValueKind::Scalar;
    }
    if schema.get("properties").is_some() || schema.get("additionalProperties").is_some() {
        return ValueKind::Object;
    }
    let parts = |key: &str| -> Vec<ValueKind> {
        let parts = items(schema, key).filter(|part| schema_type(part) != Some("null"));
        parts.map(|part| deep(root, part, depth + 1)).collect()
    };
    let all = parts("allOf");
    if let Some(first) = all.iter().find(|part| **part != ValueKind::Any) {
        return first.clone();
    }
    let mut one = parts("oneOf");
    one.extend(parts("anyOf"));
    match one.first() {
        Some(first) if one.iter().all(|part| part == first) => first.clone(),
        _ => ValueKind::Any,
    }
}

/// The type of OpenAPI for the name that another tool gives it; unknown names stay.
pub(crate) fn standard_type(kind: &str) -> &str {
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
pub(crate) fn schema_type(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(kind) => Some(standard_type(kind)),
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
