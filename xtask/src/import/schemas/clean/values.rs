//! Values of enums: all of one type, each once.

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
        let mut seen = BTreeSet::new();
        values.retain(|value| seen.insert(value.to_string()));
        if values == old {
            return;
        }
        self.say(format!(
            "the enum {} is {}: values have one type, and each is there once",
            Value::Array(old),
            Value::Array(values.clone())
        ));
        if values.is_empty() {
            object.shift_remove(key);
        } else {
            object.insert(key.into(), Value::Array(values));
        }
    }
}
