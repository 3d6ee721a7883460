//! Values of enums: all of one type, each once, each a variant of its own.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Cleaner, text_of};

impl Cleaner<'_> {
    /// Corrects the values of an enum.
    pub(super) fn values(&mut self, object: &mut Map<String, Value>) {
        let key = if object.contains_key("x-extensible-enum") {
            "x-extensible-enum"
        } else {
            "enum"
        };
        let Some(Value::Array(old)) = object.get(key).cloned() else {
            return;
        };
        let mut values: Vec<Value> = old
            .iter()
            .filter(|value| !value.is_null())
            .cloned()
            .collect();
        if values.len() < old.len() {
            object.insert("nullable".into(), json!(true));
        }
        if !object.contains_key("type") && !values.is_empty() {
            let kind = if values.iter().all(Value::is_i64) {
                "integer"
            } else if values.iter().all(Value::is_number) {
                "number"
            } else if values.iter().all(Value::is_boolean) {
                "boolean"
            } else {
                "string"
            };
            object.insert("type".into(), json!(kind));
        }
        let kind = text_of(object, "type");
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
            object.shift_remove(key);
        } else {
            object.insert(key.into(), Value::Array(values));
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
