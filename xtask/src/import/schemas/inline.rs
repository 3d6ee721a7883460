//! Named schemas that are no type of their own are inlined where they are used: other names, scalars and lists.
//!
//! A type around a text or a list would only be in the way of a caller who has the text or the list.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::import::common::json::{every_schema, step};
use crate::import::common::references::{self, REF_SIBLINGS};
use crate::import::common::report::{Report, SCHEMAS};

/// Inlines them, as far as they don't contain themselves; `false` if there were none.
pub(crate) fn all(document: &mut Value, report: &mut Report) -> bool {
    let Some(Value::Object(named)) = document.pointer("/components/schemas").cloned() else {
        return false;
    };
    let mut inlined: Map<String, Value> = Map::new();
    for name in named.keys() {
        if !is_type(&named[name]) {
            let mut path = BTreeSet::from([name.clone()]);
            let resolved = resolve(&named, &named[name], &mut path);
            let pointer = step("/components/schemas", name);
            match resolved {
                Some(value) => {
                    report.change(
                        SCHEMAS,
                        &pointer,
                        "is another name, a scalar or a list; inlined where it is used",
                    );
                    inlined.insert(name.clone(), value);
                }
                None => {
                    report.change(
                        SCHEMAS,
                        &pointer,
                        "contains nothing but itself; any JSON is accepted",
                    );
                    inlined.insert(name.clone(), json!({}));
                }
            }
        }
    }
    if inlined.is_empty() {
        return false;
    }
    every_schema(document, &mut |_, schema| {
        let value = references::name(schema).and_then(|name| inlined.get(name));
        if let Some(value) = value {
            *schema = value.clone();
        }
    });
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        schemas.retain(|name, _| !inlined.contains_key(name));
    }
    true
}

/// Whether a named schema becomes a type: an object, an enum or a union.
fn is_type(schema: &Value) -> bool {
    if references::name(schema).is_some() {
        return false;
    }
    let has = |key: &str| schema.get(key).is_some();
    if has("properties") || has("oneOf") || has("anyOf") {
        return true;
    }
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        return parts.len() > 1 || parts.iter().any(is_type);
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => has("enum") || has("x-extensible-enum"),
        Some("object") => true,
        _ => false,
    }
}

/// The schema without references to such schemas; `None` if it contains itself.
fn resolve(
    named: &Map<String, Value>,
    schema: &Value,
    path: &mut BTreeSet<String>,
) -> Option<Value> {
    if let Some(name) = references::name(schema) {
        let inner = named.get(name)?;
        if is_type(inner) {
            return Some(schema.clone());
        }
        if !path.insert(name.to_owned()) {
            return None;
        }
        let found = resolve(named, inner, path);
        path.remove(name);
        return found;
    }
    let mut out = schema.clone();
    for inner in children(&mut out) {
        *inner = resolve(named, inner, path)?;
    }
    if let Some([part]) = schema
        .get("allOf")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
    {
        let mut new = resolve(named, part, path)?;
        if references::name(&new).is_none() {
            for key in REF_SIBLINGS {
                if let Some(value) = schema.get(*key) {
                    new[*key] = value.clone();
                }
            }
            return Some(new);
        }
        out["allOf"] = json!([new]);
    }
    Some(out)
}

/// The schemas directly inside a schema.
fn children(schema: &mut Value) -> Vec<&mut Value> {
    let mut found = Vec::new();
    for (key, value) in schema.as_object_mut().into_iter().flatten() {
        match (key.as_str(), value) {
            ("properties", Value::Object(properties)) => found.extend(properties.values_mut()),
            ("items" | "additionalProperties", inner @ Value::Object(_)) => found.push(inner),
            ("allOf" | "oneOf" | "anyOf", Value::Array(parts)) => found.extend(parts.iter_mut()),
            _ => {}
        }
    }
    found
}
