//! Values of enums: all of one type, each once, each a variant of its own.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Cleaner;
use crate::import::common::json::{remove, text};

impl Cleaner<'_> {
    /// Corrects the values of an enum.
    pub(super) fn values(&mut self, schema: &mut Value) {
        let key = match schema.get("x-extensible-enum") {
            Some(_) => "x-extensible-enum",
            None => "enum",
        };
        let Some(Value::Array(old)) = schema.get(key).cloned() else {
            return;
        };
        let mut values = old.clone();
        values.retain(|value| !value.is_null());
        if values.len() < old.len() {
            schema["nullable"] = json!(true);
        }
        if schema.get("type").is_none() && !values.is_empty() {
            let kind = if values.iter().all(Value::is_i64) {
                "integer"
            } else if values.iter().all(Value::is_number) {
                "number"
            } else if values.iter().all(Value::is_boolean) {
                "boolean"
            } else {
                "string"
            };
            schema["type"] = json!(kind);
        }
        let kind = text(schema, "type");
        let fits = |value: &Value| match kind.as_str() {
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            _ => value.is_string(),
        };
        if kind == "string" {
            for value in &mut values {
                if value.is_number() || value.is_boolean() {
                    *value = json!(value.to_string());
                }
            }
        }
        values.retain(fits);
        let mut seen = BTreeSet::from(["unknown".to_owned(), "self".to_owned()]);
        values
            .retain(|value| seen.insert(value.as_str().map_or_else(|| value.to_string(), variant)));
        if values == old {
            return;
        }
        self.say(format!("the enum {} is {}: values have one type, and names of their own in Rust; others are still read and sent as `Unknown`", Value::Array(old), Value::Array(values.clone())));
        if values.is_empty() {
            remove(schema, key);
        } else {
            schema[key] = Value::Array(values);
        }
    }
}

/// What two values of an enum have in common when they become the same variant.
fn variant(value: &str) -> String {
    let mut out = String::new();
    for (at, c) in value.chars().enumerate() {
        match c {
            '-' if at == 0 => out.push_str("minus"),
            '>' => out.push_str("gt"),
            '<' => out.push_str("lt"),
            '=' => out.push_str("eq"),
            '+' => out.push_str("plus"),
            '$' => out.push_str("dollar"),
            '%' => out.push_str("percent"),
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ => {}
        }
    }
    if out.is_empty() {
        out.push_str("empty");
    }
    out
}
