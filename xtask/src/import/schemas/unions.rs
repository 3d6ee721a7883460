//! `oneOf` and `anyOf` in the forms that become types.

use serde_json::{Value, json};

use crate::import::common::json::{follow, items, list, remove, retain, strings};
use crate::import::common::references::{self, REF_SIBLINGS};
use crate::import::common::report::Place;
use crate::import::common::value_kind::{ValueKind, schema_type, value_kind};

/// Simplifies a union until it is one that becomes a type; else any JSON is accepted.
pub(crate) fn simplify(root: &Value, schema: &mut Value, mut place: Place<'_>) {
    let has = |key: &str| schema.get(key).is_some_and(Value::is_array);
    if !has("oneOf") && !has("anyOf") {
        return;
    }
    let any_of = has("anyOf");
    let mut parts: Vec<Value> = Vec::new();
    for part in items(schema, "oneOf").chain(items(schema, "anyOf")) {
        if !parts.contains(part) {
            parts.push(part.clone());
        }
    }
    remove(schema, "oneOf");
    remove(schema, "anyOf");
    if schema.get("properties").is_some() {
        place.change("a union beside properties is ignored; its fields are in `extra`");
        return;
    }
    retain(schema, |key| {
        REF_SIBLINGS.contains(&key) || key == "example"
    });
    if let [one] = parts.as_slice() {
        let one = one.clone();
        references::replace(schema, one);
        return;
    }
    let kinds: Vec<ValueKind> = parts.iter().map(|part| value_kind(root, part)).collect();
    if kinds.iter().all(|kind| *kind == ValueKind::Scalar) {
        scalars(root, schema, parts, place);
        return;
    }
    // The first variant that fits is read: one without required fields fits every object.
    let lax = parts.iter().zip(&kinds).filter(|(part, kind)| {
        **kind == ValueKind::Object && required_names(root, part).is_empty()
    });
    if kinds.contains(&ValueKind::Any) || lax.count() > 1 || parts.is_empty() {
        place.change("the variants of the union cannot be distinguished; any JSON is accepted");
        return;
    }
    if any_of {
        place.change("`anyOf` is read as `oneOf`: the first variant that fits");
    }
    let sorted = strictest_first(root, &parts, &kinds);
    if sorted != parts && !is_one_or_many(&parts) {
        place.change("variants that require more come first, so that they are tried first");
        parts = sorted;
    }
    schema["oneOf"] = Value::Array(parts);
}

/// A union of scalars keeps nothing but their types.
fn scalars(root: &Value, schema: &mut Value, parts: Vec<Value>, mut place: Place<'_>) {
    let kinds = scalar_kinds(root, &parts);
    let types: Vec<Value> = kinds.iter().map(|kind| json!({ "type": kind })).collect();
    if let [kind] = kinds.as_slice() {
        place.change(format!("a union of nothing but `{kind}` is that type"));
        schema["type"] = json!(kind);
        return;
    }
    if types != parts {
        place.change("of a union of scalars, only the types are kept");
    }
    schema["oneOf"] = Value::Array(types);
}

/// The variants by the number of fields that they require; those that are no objects first.
fn strictest_first(root: &Value, parts: &[Value], kinds: &[ValueKind]) -> Vec<Value> {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&at| {
        std::cmp::Reverse(if kinds[at] == ValueKind::Object {
            required_names(root, &parts[at]).len()
        } else {
            usize::MAX
        })
    });
    order.into_iter().map(|at| parts[at].clone()).collect()
}

/// `[T, array of T]`, which the client unwraps.
pub(crate) fn is_one_or_many(parts: &[Value]) -> bool {
    matches!(parts, [one, many] if many.get("items") == Some(one) || one.get("items") == Some(many))
}

fn scalar_kinds(root: &Value, parts: &[Value]) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    for part in parts {
        for kind in scalar_kinds_of(follow(root, part).unwrap_or(part)) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
    }
    if kinds.iter().any(|kind| kind == "number") {
        kinds.retain(|kind| kind != "integer");
    }
    kinds
}

fn scalar_kinds_of(part: &Value) -> Vec<String> {
    if let Some(kind) = schema_type(part) {
        return vec![kind.to_owned()];
    }
    match list(part, "oneOf") {
        [] => vec!["string".to_owned()],
        parts => parts.iter().flat_map(scalar_kinds_of).collect(),
    }
}

fn required_names(root: &Value, part: &Value) -> Vec<String> {
    strings(follow(root, part).unwrap_or(&Value::Null), "required")
}
