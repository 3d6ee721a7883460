//! Properties of objects, and which of them are required.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Cleaner;
use crate::import::common::json::{flag, remove, step, strings};
use crate::import::common::report::SCHEMAS;

impl Cleaner<'_> {
    /// Keeps the properties that can be fields, and requires no others.
    pub(super) fn properties(&mut self, schema: &mut Value) {
        let mut required = strings(schema, "required");
        let is_list = |schema: &Value| schema.get("required").is_some_and(Value::is_array);
        if let Some(inner) = schema.get_mut("items").filter(|inner| !is_list(inner)) {
            remove(inner, "required");
        }
        let part = schema.get("allOf").is_some();
        match remove(schema, "properties") {
            Some(Value::Object(mut properties)) => {
                self.usable_properties(&mut properties, &mut required);
                self.required(part, &properties, &mut required);
                if required.is_empty() {
                    remove(schema, "required");
                } else {
                    schema["required"] = json!(required);
                }
                schema["properties"] = Value::Object(properties);
                return;
            }
            Some(_) => self.say("`properties` is no object; ignored"),
            None => {}
        }
        // `required: true` of a property is moved to its object later.
        if is_list(schema) && !part {
            remove(schema, "required");
        }
    }

    /// Removes properties that can be no field, and moves `required: true` of a property to the object.
    fn usable_properties(
        &mut self,
        properties: &mut Map<String, Value>,
        required: &mut Vec<String>,
    ) {
        let mut removed = Vec::new();
        properties.retain(|name, property| {
            let refused = name.trim().is_empty() || name == "$ref" || name.starts_with("x-");
            if refused {
                removed.push(name.clone());
                return false;
            }
            // As drafts of JSON Schema before version 4 have it.
            if let Some(flag) = property.get("required").and_then(Value::as_bool) {
                remove(property, "required");
                if flag && !required.contains(name) {
                    required.push(name.clone());
                }
                self.report
                    .at(
                        SCHEMAS,
                        &step(&format!("{}/properties", self.pointer), name),
                    )
                    .change("`required` of a property belongs to the object; moved there");
            }
            true
        });
        for name in removed {
            self.say(format!(
                "the property `{name}` can't be a field; it is kept in `extra` like any unknown field"
            ));
        }
    }

    /// Keeps the names of `required` that a request has to contain.
    fn required(
        &mut self,
        inherited: bool,
        properties: &Map<String, Value>,
        required: &mut Vec<String>,
    ) {
        let before = required.len();
        let mut known = BTreeSet::new();
        required.retain(|name| {
            known.insert(name.clone()) && (inherited || properties.contains_key(name))
        });
        if required.len() < before {
            self.say("`required` names what is no property, or a property twice; ignored");
        }
        let read_only = |name: &String| properties.get(name).is_some_and(|p| flag(p, "readOnly"));
        let before = required.len();
        required.retain(|name| !read_only(name));
        if required.len() < before {
            self.say(
                "`required` names properties that only responses have; requests don't need them",
            );
        }
    }
}
