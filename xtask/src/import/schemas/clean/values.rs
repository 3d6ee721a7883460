//! Words of enums: of one kind, each once, each a variant of its own.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Cleaner, text_of};

impl Cleaner<'_> {
    /// Puts the words of an enum right.
    pub(super) fn values(&mut self, object: &mut Map<String, Value>) {
        let key = if object.contains_key("x-extensible-enum") {
            "x-extensible-enum"
        } else {
            "enum"
        };
        let Some(Value::Array(old)) = object.get(key).cloned() else {
            return;
        };
        let mut words: Vec<Value> = old.iter().filter(|word| !word.is_null()).cloned().collect();
        if words.len() < old.len() {
            object.insert("nullable".into(), json!(true));
        }
        if !object.contains_key("type") && !words.is_empty() {
            let kind = if words.iter().all(Value::is_i64) {
                "integer"
            } else if words.iter().all(Value::is_number) {
                "number"
            } else if words.iter().all(Value::is_boolean) {
                "boolean"
            } else {
                "string"
            };
            object.insert("type".into(), json!(kind));
        }
        let kind = text_of(object, "type");
        let fits = |word: &Value| match kind.as_str() {
            "integer" => word.is_i64() || word.is_u64(),
            "number" => word.is_number(),
            "boolean" => word.is_boolean(),
            _ => word.is_string(),
        };
        if kind == "string" {
            for word in &mut words {
                if word.is_number() || word.is_boolean() {
                    *word = json!(word.to_string());
                }
            }
        }
        words.retain(fits);
        let mut seen = BTreeSet::from(["unknown".to_owned(), "self".to_owned()]);
        words.retain(|word| seen.insert(word.as_str().map_or_else(|| word.to_string(), variant)));
        if words == old {
            return;
        }
        self.say(format!("the words {} are {}: a word is a text, stands once and makes a name of its own; others are still read and sent as `Unknown`", Value::Array(old), Value::Array(words.clone())));
        if words.is_empty() {
            object.shift_remove(key);
        } else {
            object.insert(key.into(), Value::Array(words));
        }
    }
}

/// What two words of an enum have in common when they become the same variant.
fn variant(word: &str) -> String {
    let mut out = String::new();
    for (at, c) in word.chars().enumerate() {
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
