//! References between schemas.

use serde_json::{Value, json};

use crate::import::common::json::{copy, entries, is_data};

pub(crate) const PREFIX: &str = "#/components/schemas/";

/// Keywords that may stand beside a reference: they belong to its place and not to its target.
pub(crate) const REF_SIBLINGS: &[&str] = &[
    "description",
    "nullable",
    "deprecated",
    "readOnly",
    "writeOnly",
    "x-rust-name",
    "x-personal",
    "x-form-json",
];

/// The name that a schema refers to.
pub(crate) fn name(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(PREFIX)
}

pub(crate) fn to(name: &str) -> Value {
    json!({ "$ref": format!("{PREFIX}{name}") })
}

/// Replaces a schema, and keeps the siblings of its reference.
pub(crate) fn replace(schema: &mut Value, new: Value) {
    let mut kept = json!({});
    copy(schema, &mut kept, REF_SIBLINGS);
    *schema = if kept == json!({}) {
        new
    } else if new.is_object() && new.get("$ref").is_none() {
        let mut all = new;
        copy(&kept, &mut all, REF_SIBLINGS);
        all
    } else {
        kept["allOf"] = json!([new]);
        kept
    };
}

pub(crate) fn names(document: &Value) -> Vec<String> {
    let schemas = entries(&document["components"], "schemas");
    schemas.map(|(name, _)| name.clone()).collect()
}

/// Calls `visit` with the name of every schema that a schema refers to.
pub(crate) fn each(schema: &Value, visit: &mut impl FnMut(&str)) {
    visit_inside("", schema, visit);
}

fn visit_inside(parent: &str, schema: &Value, visit: &mut impl FnMut(&str)) {
    if let Some(name) = name(schema) {
        visit(name);
    }
    match schema {
        Value::Object(object) => {
            for (key, value) in object {
                if !is_data(parent, key) {
                    visit_inside(key, value, visit);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| visit_inside("", item, visit)),
        _ => {}
    }
}

/// Sets a keyword that may be a sibling of a reference.
pub(crate) fn set_sibling(schema: &mut Value, key: &str, value: Value) {
    if schema.get("$ref").is_some() {
        *schema = json!({ key: value, "allOf": [schema.take()] });
    } else {
        schema[key] = value;
    }
}
