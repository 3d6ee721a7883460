//! `type`: one of those of OpenAPI 3.0, or none.

use serde_json::{Value, json};

use super::Cleaner;
use crate::import::common::json::{remove, retain};
use crate::import::common::value_kind::standard_type;

impl Cleaner<'_> {
    /// Makes `type` one text of OpenAPI 3.0, or removes it.
    pub(super) fn types(&mut self, schema: &mut Value) {
        let has = |key: &str| schema.get(key).is_some();
        let open = schema.get("additionalProperties");
        match schema.get("type").cloned() {
            Some(Value::Array(types)) => self.list_of_types(schema, types),
            Some(Value::String(name)) => self.type_name(schema, &name),
            Some(_) => {
                remove(schema, "type");
                self.say("`type` is no text; ignored");
            }
            None if has("properties") => schema["type"] = json!("object"),
            None if has("items") => schema["type"] = json!("array"),
            None if open.is_some_and(Value::is_object) => schema["type"] = json!("object"),
            None => {}
        }
    }

    /// A list of types, as OpenAPI 3.1 has them: `nullable` and one type, or a union of scalars.
    fn list_of_types(&mut self, schema: &mut Value, types: Vec<Value>) {
        let names = types.iter().filter_map(Value::as_str);
        let names: Vec<&str> = names.filter(|name| *name != "null").collect();
        if types.iter().any(|name| name == "null") {
            schema["nullable"] = json!(true);
        }
        remove(schema, "type");
        match names.as_slice() {
            [one] => schema["type"] = json!(one),
            [] => {}
            several if several.iter().all(|name| is_scalar(name)) => {
                let parts = several.iter().map(|name| json!({ "type": name }));
                schema["oneOf"] = parts.collect();
            }
            _ => retain(schema, |key| {
                matches!(key, "description" | "example" | "nullable")
            }),
        }
        self.say(format!(
            "the list of types {} is written as OpenAPI 3.0 does",
            Value::Array(types)
        ));
    }

    /// The name of a type, which may be that of another tool.
    fn type_name(&mut self, schema: &mut Value, name: &str) {
        match standard_type(name) {
            same if same == name && is_type(same) => {}
            "null" => {
                remove(schema, "type");
                schema["nullable"] = json!(true);
            }
            "file" => {
                schema["type"] = json!("string");
                schema["format"] = json!("binary");
                self.say("there is no type `file`; it is `string`");
            }
            better if is_type(better) => {
                schema["type"] = json!(better);
                self.say(format!("there is no type `{name}`; it is `{better}`"));
            }
            _ => {
                remove(schema, "type");
                self.say(format!("there is no type `{name}`; any JSON is accepted"));
            }
        }
    }
}

fn is_type(kind: &str) -> bool {
    is_scalar(kind) || matches!(kind, "array" | "object")
}

fn is_scalar(kind: &str) -> bool {
    matches!(kind, "string" | "integer" | "number" | "boolean")
}
