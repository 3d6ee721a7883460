//! `type`: one of those of OpenAPI 3.0, or none.

use serde_json::{Map, Value, json};

use super::Cleaner;
use crate::import::common::value_kind::standard_type;

impl Cleaner<'_> {
    /// Makes `type` one text of OpenAPI 3.0, or removes it.
    pub(super) fn types(&mut self, object: &mut Map<String, Value>) {
        match object.get("type").cloned() {
            Some(Value::Array(types)) => self.list_of_types(object, types),
            Some(Value::String(name)) => self.type_name(object, &name),
            Some(_) => {
                object.shift_remove("type");
                self.say("`type` is no text; ignored");
            }
            None if object.contains_key("properties") => {
                object.insert("type".into(), json!("object"));
            }
            None if object.contains_key("items") => {
                object.insert("type".into(), json!("array"));
            }
            None if object
                .get("additionalProperties")
                .is_some_and(Value::is_object) =>
            {
                object.insert("type".into(), json!("object"));
            }
            None => {}
        }
    }

    /// A list of types, as OpenAPI 3.1 has them: `nullable` and one type, or a union of scalars.
    fn list_of_types(&mut self, object: &mut Map<String, Value>, types: Vec<Value>) {
        let names: Vec<&str> = types
            .iter()
            .filter_map(Value::as_str)
            .filter(|name| *name != "null")
            .collect();
        if types.iter().any(|name| name == "null") {
            object.insert("nullable".into(), json!(true));
        }
        object.shift_remove("type");
        match names.as_slice() {
            [one] => {
                object.insert("type".into(), json!(one));
            }
            [] => {}
            several if several.iter().all(|name| is_scalar(name)) => {
                let parts: Vec<Value> =
                    several.iter().map(|name| json!({ "type": name })).collect();
                object.insert("oneOf".into(), Value::Array(parts));
            }
            _ => object
                .retain(|key, _| matches!(key.as_str(), "description" | "example" | "nullable")),
        }
        self.say(format!(
            "the list of types {} is written as OpenAPI 3.0 does",
            Value::Array(types)
        ));
    }

    /// The name of a type, which may be that of another tool.
    fn type_name(&mut self, object: &mut Map<String, Value>, name: &str) {
        let better = match standard_type(name) {
            same if same == name && is_type(same) => return,
            "file" => {
                object.insert("format".into(), json!("binary"));
                "string"
            }
            "null" => {
                object.shift_remove("type");
                object.insert("nullable".into(), json!(true));
                return;
            }
            other if is_type(other) => other,
            _ => "",
        };
        if better.is_empty() {
            object.shift_remove("type");
            self.say(format!("there is no type `{name}`; any JSON is accepted"));
        } else {
            object.insert("type".into(), json!(better));
            self.say(format!("there is no type `{name}`; it is `{better}`"));
        }
    }
}

fn is_type(kind: &str) -> bool {
    is_scalar(kind) || matches!(kind, "array" | "object")
}

fn is_scalar(kind: &str) -> bool {
    matches!(kind, "string" | "integer" | "number" | "boolean")
}
