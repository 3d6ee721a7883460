//! `allOf` as one schema; unions are simplified after it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::import::common::json::{entries, every_schema, flag, items, strings};
use crate::import::common::references::{self, REF_SIBLINGS};
use crate::import::common::report::{Report, SCHEMAS};
use crate::import::common::value_kind::{ValueKind, value_kind};
use crate::import::schemas::{tags, unions};

/// Merges what can be merged and simplifies unions, everywhere in the document.
pub(crate) fn all(document: &mut Value, report: &mut Report) {
    let before = document.clone();
    every_schema(document, &mut |pointer, schema| {
        null_parts(schema);
        merge(&before, pointer, schema, report);
    });
    // Unions look at what their parts have become.
    let before = document.clone();
    every_schema(document, &mut |pointer, schema| {
        unions::simplify(&before, pointer, schema, report)
    });
}

/// A part that is only `null` says that the whole may be.
fn null_parts(schema: &mut Value) {
    for key in ["oneOf", "anyOf"] {
        if tags::remove_variants(schema, key, |part| *part == json!({ "nullable": true })) {
            schema["nullable"] = json!(true);
        }
    }
}

/// Whether a schema says nothing about its values.
fn says_nothing(schema: &Value) -> bool {
    schema.as_object().is_some_and(|object| {
        object
            .keys()
            .all(|key| REF_SIBLINGS.contains(&key.as_str()) || key == "title" || key == "example")
    })
}

/// Makes one schema of the parts of `allOf`; one reference with a description beside it stays.
fn merge(root: &Value, pointer: &str, schema: &mut Value, report: &mut Report) {
    let Some(Value::Array(parts)) = schema.get("allOf").cloned() else {
        return;
    };
    for part in &parts {
        for key in ["description", "nullable"] {
            if let Some(value) = part
                .get(key)
                .filter(|_| says_nothing(part) && schema.get(key).is_none())
            {
                schema[key] = value.clone();
            }
        }
    }
    let parts: Vec<Value> = parts
        .into_iter()
        .filter(|part| !says_nothing(part))
        .collect();
    let own = schema.get("properties").is_some();
    match parts.as_slice() {
        [] => {
            if let Some(schema) = schema.as_object_mut() {
                schema.shift_remove("allOf");
                if !own {
                    schema.shift_remove("required");
                }
            }
        }
        [one] if !own => {
            let new = one.clone();
            if let Some(schema) = schema.as_object_mut() {
                schema.shift_remove("allOf");
            }
            references::replace(schema, new);
        }
        _ => merge_objects(root, pointer, schema, &parts, report),
    }
}

/// Makes one object of several, and of the properties beside them.
fn merge_objects(
    root: &Value,
    pointer: &str,
    schema: &mut Value,
    parts: &[Value],
    report: &mut Report,
) {
    let objects: Vec<&Value> = parts
        .iter()
        .filter(|part| value_kind(root, part) == ValueKind::Object)
        .collect();
    if objects.is_empty() && schema.get("properties").is_none() {
        report.change(
            SCHEMAS,
            pointer,
            "`allOf` of schemas that are no objects; the first one is used",
        );
        let first = parts[0].clone();
        references::replace(schema, first);
        return;
    }
    if objects.len() < parts.len() {
        report.change(
            SCHEMAS,
            pointer,
            "parts of `allOf` that are no objects are ignored",
        );
    }
    let mut merged = Merged::default();
    let mut path = BTreeSet::new();
    for part in objects {
        merged.add(root, part, &mut path);
    }
    let mut rest = schema.clone();
    if let Some(rest) = rest.as_object_mut() {
        rest.shift_remove("allOf");
    }
    merged.add(root, &rest, &mut path);
    for name in &merged.conflicts {
        report.change(
            SCHEMAS,
            pointer,
            format!("the parts of `allOf` describe `{name}` differently; the first one is used"),
        );
    }
    if merged.unions {
        report.change(
            SCHEMAS,
            pointer,
            "a union among the parts of `allOf` is ignored; its fields are in `extra`",
        );
    }
    references::replace(schema, merged.finish());
}

#[derive(Default)]
struct Merged {
    properties: Map<String, Value>,
    required: Vec<String>,
    open: Option<Value>,
    conflicts: BTreeSet<String>,
    unions: bool,
}

impl Merged {
    fn add(&mut self, root: &Value, schema: &Value, path: &mut BTreeSet<String>) {
        if let Some(name) = references::name(schema) {
            if path.insert(name.to_owned()) {
                let inner = root["components"]["schemas"].get(name);
                self.add(root, inner.unwrap_or(&Value::Null), path);
                path.remove(name);
            }
            return;
        }
        for part in items(schema, "allOf") {
            self.add(root, part, path);
        }
        for (name, property) in entries(schema, "properties") {
            match self.properties.get(name) {
                Some(other) if other != property => {
                    self.conflicts.insert(name.clone());
                }
                Some(_) => {}
                None => {
                    self.properties.insert(name.clone(), property.clone());
                }
            }
        }
        for name in strings(schema, "required") {
            if !self.required.contains(&name) {
                self.required.push(name);
            }
        }
        if let Some(open) = schema
            .get("additionalProperties")
            .filter(|open| open.is_object())
        {
            self.open.get_or_insert_with(|| open.clone());
        }
        self.unions |= schema.get("oneOf").is_some() || schema.get("anyOf").is_some();
    }

    fn finish(self) -> Value {
        let mut out = json!({ "type": "object" });
        let Self {
            properties,
            mut required,
            open,
            ..
        } = self;
        // One part may require what another one marks as `readOnly`.
        required.retain(|name| {
            properties
                .get(name)
                .is_some_and(|property| !flag(property, "readOnly"))
        });
        if !required.is_empty() {
            out["required"] = json!(required);
        }
        if !properties.is_empty() {
            out["properties"] = Value::Object(properties);
        }
        if let Some(open) = open {
            out["additionalProperties"] = open;
        }
        out
    }
}
