//! References between schemas.

use serde_json::{Map, Value, json};

use crate::import::common::json::is_data;

pub(crate) const PREFIX: &str = "#/components/schemas/";

/// What belongs to the place of a reference and not to what it leads to.
pub(crate) const OF_THE_PLACE: &[&str] = &[
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

/// The schema in another form, with what belongs to its place.
pub(crate) fn replace(schema: &mut Value, new: Value) {
    let mut kept = Map::new();
    for key in OF_THE_PLACE {
        if let Some(value) = schema.get(*key) {
            kept.insert((*key).to_owned(), value.clone());
        }
    }
    *schema = match new {
        new if kept.is_empty() => new,
        Value::Object(new) if !new.contains_key("$ref") => {
            let mut all = new;
            all.extend(kept);
            Value::Object(all)
        }
        new => {
            kept.insert("allOf".into(), Value::Array(vec![new]));
            Value::Object(kept)
        }
    };
}

pub(crate) fn names(document: &Value) -> Vec<String> {
    let schemas = document.pointer("/components/schemas");
    let schemas = schemas.and_then(Value::as_object).into_iter().flatten();
    schemas.map(|(name, _)| name.clone()).collect()
}

/// Calls `visit` with the name of every schema that a schema refers to.
pub(crate) fn within(schema: &Value, visit: &mut impl FnMut(&str)) {
    inside("", schema, visit);
}

fn inside(parent: &str, schema: &Value, visit: &mut impl FnMut(&str)) {
    if let Some(name) = name(schema) {
        visit(name);
    }
    match schema {
        Value::Object(object) => {
            for (key, value) in object {
                if !is_data(parent, key) {
                    inside(key, value, visit);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| inside("", item, visit)),
        _ => {}
    }
}

/// Adds a key that belongs to the place, to a reference as well.
pub(crate) fn replace_keeping(schema: &mut Value, key: &str, value: Value) {
    if schema.get("$ref").is_some() {
        *schema = json!({ key: value, "allOf": [schema.take()] });
    } else {
        schema[key] = value;
    }
}
