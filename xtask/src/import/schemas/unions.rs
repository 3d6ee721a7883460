//! `oneOf` and `anyOf` in the forms that become types.

use serde_json::{Value, json};

use crate::import::common::json::{follow, items, list, remove, retain, strings};
use crate::import::common::references::{self, REF_SIBLINGS};
use crate::import::common::report::Place;
use crate::import::common::value_kind::{ValueKind, schema_type, value_kind};
use crate::import::schemas::tags;

/// Simplifies a union until it is one that becomes a type; else any JSON is accepted.
pub(crate) fn simplify(root: &Value, schema: &mut Value, place: &mut Place<'_>) {
    let has = |key: &str| schema.get(key).is_some_and(Value::is_array);
    if !has("oneOf") && !has("anyOf") {
        return;
    }
    let any_of = has("anyOf");
    let all: Vec<Value> = items(schema, "oneOf")
        .chain(items(schema, "anyOf"))
        .cloned()
        .collect();
    let object = schema.as_object_mut().expect("it has keys");
    let tag = tags::take(object);
    let mut parts: Vec<Value> = Vec::new();
    for part in &all {
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
    if let Some((property, values)) = tag
        && let Some(union) = tagged(root, &property, all.into_iter().zip(values), place)
    {
        references::replace(schema, union);
        return;
    }
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
    let sorted = strictest_first(root, &parts, &kinds);
    let alike = sorted.iter().enumerate().any(|(at, part)| {
        let mut later = sorted[at + 1..].iter();
        later.any(|other| alike(root, part, other, 0))
    });
    if kinds.contains(&ValueKind::Any) || lax.count() > 1 || alike || parts.is_empty() {
        place.change("the variants of the union cannot be distinguished; any JSON is accepted");
        return;
    }
    if any_of {
        place.change("`anyOf` is read as `oneOf`: the first variant that fits");
    }
    if sorted != parts && !is_one_or_many(&parts) {
        place.change("variants that require more come first, so that they are tried first");
        parts = sorted;
    }
    schema["oneOf"] = Value::Array(parts);
}

/// A union whose variants are distinguished by the value of a field; `None` if that does not help. What is no object comes first, and the
/// objects are a union of their own then.
fn tagged(
    root: &Value,
    property: &str,
    variants: impl Iterator<Item = (Value, Vec<String>)>,
    place: &mut Place<'_>,
) -> Option<Value> {
    let mut plain: Vec<Value> = Vec::new();
    let mut tagged_parts: Vec<(Value, Vec<String>)> = Vec::new();
    let mut rest: Vec<Value> = Vec::new();
    for (part, values) in variants {
        match value_kind(root, &part) {
            ValueKind::Scalar | ValueKind::Array(_) => plain.push(part),
            _ if !values.is_empty() => {
                match tagged_parts.iter_mut().find(|(known, _)| *known == part) {
                    Some((_, known)) => known.extend(values),
                    None => tagged_parts.push((part, values)),
                }
            }
            ValueKind::Any => {
                let text = "a variant of the union has no type; what belongs to no other one is kept as JSON";
                place.change(text);
            }
            ValueKind::Object if rest.contains(&part) => {}
            ValueKind::Object => rest.push(part),
        }
    }
    if tagged_parts.is_empty() || tagged_parts.len() + rest.len() < 2 && !plain.is_empty() {
        return None;
    }
    if rest.len() > 1 {
        let mut others = json!({ "oneOf": rest });
        simplify(root, &mut others, place);
        rest = vec![others];
        rest.retain(|others| others.get("oneOf").is_some());
    }
    let (mut parts, mut values): (Vec<Value>, Vec<Vec<String>>) = tagged_parts.into_iter().unzip();
    values.extend(rest.iter().map(|_| Vec::new()));
    parts.extend(rest);
    let mut union = json!({ "oneOf": parts });
    tags::put(&mut union, property, &values);
    if !plain.is_empty() {
        plain.push(union);
        union = json!({ "oneOf": plain });
    }
    Some(union)
}

/// A union of scalars keeps nothing but their types.
fn scalars(root: &Value, schema: &mut Value, parts: Vec<Value>, place: &mut Place<'_>) {
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

/// Whether the first schema is read from the values of the second: what it requires is there, with the same types. Enums
/// don't count, since they are read with any value.
fn alike(root: &Value, one: &Value, other: &Value, depth: usize) -> bool {
    let (Some(one), Some(other)) = (follow(root, one), follow(root, other)) else {
        return true;
    };
    match (value_kind(root, one), value_kind(root, other)) {
        _ if depth > 4 => true,
        (ValueKind::Any, _) | (_, ValueKind::Any) => true,
        (ValueKind::Scalar, ValueKind::Scalar) => {
            let kind = |schema| schema_type(schema).unwrap_or("string");
            kind(one) == kind(other) || kind(one) == "number" && kind(other) == "integer"
        }
        (ValueKind::Array(_), ValueKind::Array(_)) => {
            let inner = |schema: &Value| schema.get("items").cloned().unwrap_or_default();
            alike(root, &inner(one), &inner(other), depth + 1)
        }
        (ValueKind::Object, ValueKind::Object) => {
            let (needed, there) = (strings(one, "required"), strings(other, "required"));
            let property = |schema: &Value, name: &str| {
                let properties = schema.get("properties");
                properties
                    .and_then(|all| all.get(name))
                    .cloned()
                    .unwrap_or(json!({}))
            };
            !needed.is_empty()
                && needed.iter().all(|name| {
                    there.contains(name)
                        && alike(
                            root,
                            &property(one, name),
                            &property(other, name),
                            depth + 1,
                        )
                })
        }
        _ => false,
    }
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
