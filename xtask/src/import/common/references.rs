//! References between schemas: every one leads to a named schema of the document.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::import::common::json::{every_schema, is_data, reference};
use crate::import::common::naming::pascal;
use crate::import::common::report::{Report, SCHEMAS};

const PREFIX: &str = "#/components/schemas/";

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

/// Makes every reference one to a named schema: deep ones get a name, those that lead nowhere become any JSON.
pub(crate) fn settle(source: &Value, document: &mut Value, report: &mut Report) {
    let mut deep: BTreeMap<String, String> = BTreeMap::new();
    // A schema that gets a name may refer to others in turn.
    for _ in 0..8 {
        let known: Vec<String> = names(document);
        let mut found: Vec<(String, Value)> = Vec::new();
        every_schema(document, &mut |pointer, schema| {
            let Some(target) = reference(schema) else {
                return;
            };
            let plain = target
                .strip_prefix(PREFIX)
                .map(|name| name.replace("~1", "/").replace("~0", "~"));
            let new = match plain.as_deref().unwrap_or(&target) {
                name if known.iter().any(|known| known == name) => to(name),
                _ if deep.contains_key(&target) => to(&deep[&target]),
                _ => {
                    match target.strip_prefix('#').and_then(|at| source.pointer(at)) {
                        Some(value) if value.is_object() => {
                            let mut name = deep_name(&target);
                            while known.contains(&name)
                                || found.iter().any(|(other, _)| *other == name)
                            {
                                name.push('_');
                            }
                            report.change(SCHEMAS, pointer, format!("`{target}` is a schema inside another place; it is called `{name}`"));
                            deep.insert(target.clone(), name.clone());
                            found.push((name.clone(), value.clone()));
                            to(&name)
                        }
                        _ => {
                            report.change(
                                SCHEMAS,
                                pointer,
                                format!("`{target}` {}; any JSON is taken", nowhere(&target)),
                            );
                            json!({})
                        }
                    }
                }
            };
            if let Some(object) = schema.as_object_mut() {
                object.shift_remove("$ref");
                // Tools that ignore what stands beside a reference write types there, too.
                object.retain(|key, _| OF_THE_PLACE.contains(&key.as_str()));
            }
            replace(schema, new);
        });
        if found.is_empty() {
            return;
        }
        let schemas = document.pointer_mut("/components/schemas");
        if let Some(schemas) = schemas.and_then(Value::as_object_mut) {
            schemas.extend(found);
        }
    }
}

pub(crate) fn names(document: &Value) -> Vec<String> {
    let schemas = document.pointer("/components/schemas");
    let schemas = schemas.and_then(Value::as_object).into_iter().flatten();
    schemas.map(|(name, _)| name.clone()).collect()
}

/// A name from the last two steps of a pointer that mean something.
fn deep_name(target: &str) -> String {
    let steps: Vec<&str> = target
        .split('/')
        .filter(|step| {
            !matches!(
                *step,
                "#" | "properties"
                    | "components"
                    | "schemas"
                    | "definitions"
                    | "schema"
                    | "content"
            )
        })
        .collect();
    let last = steps.len().saturating_sub(2);
    steps[last..].iter().map(|step| pascal(step)).collect()
}

fn nowhere(target: &str) -> &'static str {
    if target.starts_with('#') {
        "leads nowhere"
    } else {
        "leads to another file, which is not read"
    }
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
