//! Named schemas that are no type of their own are inlined where they are used: other names, scalars and lists.
//!
//! A type around a text or a list would only be in the way of a caller who has the text or the list.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::import::common::json::{
    copy, each_inside, every_schema, list, named_schemas, step, text,
};
use crate::import::common::references::{self, REF_SIBLINGS};
use crate::import::common::report::{Report, SCHEMAS};

/// Inlines them, as far as they don't contain themselves; `false` if there were none.
pub(crate) fn all(document: &mut Value, report: &mut Report) -> bool {
    let named = named_schemas(document).clone();
    let mut inlined: Map<String, Value> = Map::new();
    for (name, schema) in named.iter().filter(|(_, schema)| !is_type(schema)) {
        let mut path = BTreeSet::from([name.clone()]);
        let resolved = resolve(&named, schema, &mut path);
        let text = match resolved {
            Some(_) => "is another name, a scalar or a list; inlined where it is used",
            None => "contains nothing but itself; any JSON is accepted",
        };
        let pointer = step("/components/schemas", name);
        report.at(SCHEMAS, &pointer).change(text);
        inlined.insert(name.clone(), resolved.unwrap_or_else(|| json!({})));
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
    named_schemas(document).retain(|name, _| !inlined.contains_key(name));
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
    match text(schema, "type").as_str() {
        "string" => has("enum") || has("x-extensible-enum"),
        kind => kind == "object",
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
    let mut finite = true;
    each_inside(&mut out, |_, inner| {
        match resolve(named, inner, path) {
            Some(resolved) => *inner = resolved,
            None => finite = false,
        };
    });
    if !finite {
        return None;
    }
    if let [part] = list(schema, "allOf") {
        let mut new = resolve(named, part, path)?;
        if references::name(&new).is_none() {
            copy(schema, &mut new, REF_SIBLINGS);
            return Some(new);
        }
        out["allOf"] = json!([new]);
    }
    Some(out)
}
