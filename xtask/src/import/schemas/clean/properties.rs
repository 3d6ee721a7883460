//! Properties of objects, and which of them are required.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Cleaner;
use crate::import::common::json::{flag, step};
use crate::import::common::report::SCHEMAS;

impl Cleaner<'_> {
    /// Keeps the properties that can be fields, and requires no others.
    pub(super) fn properties(&mut self, object: &mut Map<String, Value>) {
        let mut required: Vec<String> = object
            .get("required")
            .and_then(Value::as_array)
            .map(|names| {
                names
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect()
            })
            .unwrap_or_default();
        if let Some(inner) = object.get_mut("items").and_then(Value::as_object_mut) {
            inner.retain(|key, value| key != "required" || value.is_array());
        }
        if object
            .get("properties")
            .is_some_and(|properties| !properties.is_object())
        {
            object.shift_remove("properties");
            self.say("`properties` is no object; ignored");
        }
        let Some(Value::Object(mut properties)) = object.shift_remove("properties") else {
            let is_flag = object
                .get("required")
                .is_some_and(|required| !required.is_array());
            if !is_flag {
                let part = object.contains_key("allOf");
                object.retain(|key, _| key != "required" || part);
            }
            return;
        };
        self.usable_properties(&mut properties, &mut required);
        self.required(object.contains_key("allOf"), &properties, &mut required);
        if required.is_empty() {
            object.shift_remove("required");
        } else {
            object.insert("required".into(), json!(required));
        }
        object.insert("properties".into(), Value::Object(properties));
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
                if let Some(property) = property.as_object_mut() {
                    property.shift_remove("required");
                }
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
