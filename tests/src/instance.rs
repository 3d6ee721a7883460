//! Values made of a schema, whole and damaged in every way that a client has to bear.

use engagement_document::Schemas;
use serde_json::{Map, Value, json};

/// A value with one deviation.
#[derive(Debug, Clone)]
pub struct Variant {
    /// What deviates where.
    pub what: String,
    /// The value.
    pub value: Value,
}

/// A value with every key that the schema knows.
pub fn instance(schemas: &Schemas, schema: &Value) -> Value {
    build(schemas, schema, 0)
}

fn build(schemas: &Schemas, schema: &Value, depth: usize) -> Value {
    let schema = schemas.resolve(schema);
    // Types may lead to themselves: from here on only what must be there.
    let deep = depth > 8;
    if depth > 32 {
        return Value::Null;
    }
    let words = schema
        .get("x-extensible-enum")
        .or_else(|| schema.get("enum"))
        .and_then(Value::as_array);
    if let Some(word) = words.and_then(|words| words.first()) {
        return word.clone();
    }
    let properties = schemas.properties(schema);
    if !properties.is_empty() {
        let required = schemas.required(schema);
        let built = properties
            .into_iter()
            .filter(|(name, _)| !deep || required.contains(name))
            .map(|(name, property)| (name.to_owned(), build(schemas, property, depth + 1)));
        return Value::Object(built.collect());
    }
    if is_integer_id(schema) {
        return json!(6_770_000_000_000_001_i64);
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(part) = schema
            .get(key)
            .and_then(Value::as_array)
            .and_then(|parts| parts.first())
        {
            return build(schemas, part, depth + 1);
        }
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("integer") => json!(6_770_000_000_000_001_i64),
        Some("number") => json!(12.5),
        Some("boolean") => json!(true),
        // An integer id may be wanted as text.
        Some("string") if !Schemas::id_kinds(schema).is_empty() => json!("6770000000000001"),
        Some("string") => json!("text"),
        Some("array") if deep => json!([]),
        Some("array") => json!([build(
            schemas,
            schema.get("items").unwrap_or(&Value::Null),
            depth + 1
        )]),
        Some("object") => match schema.get("additionalProperties") {
            Some(values @ Value::Object(_)) => json!({ "free": build(schemas, values, depth + 1) }),
            _ => json!({ "free": [1, "two", null] }),
        },
        _ => json!({ "any": ["thing", 1] }),
    }
}

/// Whether an id is an integer, also where a text of its digits will do.
fn is_integer_id(schema: &Value) -> bool {
    let parts = schema.get("oneOf").and_then(Value::as_array);
    let integer = |part: &Value| part["type"] == "integer";
    !Schemas::id_kinds(schema).is_empty() && parts.is_some_and(|parts| parts.iter().any(integer))
}

/// Every tolerable deviation of a value: an unknown key in each object, an unknown word for each enum, each optional
/// key `null`, each optional key missing.
pub fn variants(schemas: &Schemas, schema: &Value, whole: &Value) -> Vec<Variant> {
    let mut found = vec![Variant {
        what: "whole".into(),
        value: whole.clone(),
    }];
    collect(schemas, schema, whole, "", &mut |what, value, pointer| {
        let mut changed = whole.clone();
        set(&mut changed, pointer, value);
        found.push(Variant {
            what,
            value: changed,
        });
    });
    found
}

type Visit<'a> = dyn FnMut(String, Option<Value>, &str) + 'a;

fn collect(schemas: &Schemas, schema: &Value, value: &Value, pointer: &str, visit: &mut Visit<'_>) {
    let schema = schemas.resolve(schema);
    let words = schema
        .get("x-extensible-enum")
        .or_else(|| schema.get("enum"));
    if words.is_some() && value.is_string() {
        visit(
            format!("unknown word at {pointer}"),
            Some(json!("a-word-of-tomorrow")),
            pointer,
        );
    }
    let parts = schema
        .get("oneOf")
        .or_else(|| schema.get("anyOf"))
        .and_then(Value::as_array);
    // A request takes the text of such a number too; the client sends the number.
    let is_number = is_integer_id(schema) || schema.get("x-epoch").is_some();
    let parts = parts.filter(|_| !is_number);
    if let Some((first, others)) = parts.and_then(|parts| parts.split_first()) {
        for (at, part) in others.iter().enumerate() {
            visit(
                format!("shape {} at {pointer}", at + 2),
                Some(build(schemas, part, 0)),
                pointer,
            );
        }
        collect(schemas, first, value, pointer, visit);
        return;
    }
    match value {
        Value::Object(object) => {
            let properties = schemas.properties(schema);
            if properties.is_empty() {
                return;
            }
            let mut more = object.clone();
            more.insert(
                "key_of_tomorrow".into(),
                json!({ "deep": [1.5, null, "x"] }),
            );
            visit(
                format!("unknown key in {pointer}/"),
                Some(Value::Object(more)),
                pointer,
            );
            let required = schemas.required(schema);
            for (name, property) in properties {
                let inner = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                if !required.contains(name) {
                    visit(format!("null at {inner}"), Some(Value::Null), &inner);
                    visit(format!("nothing at {inner}"), None, &inner);
                }
                if let Some(value) = object.get(name) {
                    collect(schemas, property, value, &inner, visit);
                }
            }
        }
        Value::Array(items) => {
            let items_schema = schema.get("items").unwrap_or(&Value::Null);
            for (at, item) in items.iter().enumerate() {
                collect(
                    schemas,
                    items_schema,
                    item,
                    &format!("{pointer}/{at}"),
                    visit,
                );
            }
        }
        _ => {}
    }
}

/// Sets or removes what stands at a pointer.
fn set(root: &mut Value, pointer: &str, value: Option<Value>) {
    if pointer.is_empty() {
        *root = value.unwrap_or_default();
        return;
    }
    let (parent, key) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let key = key.replace("~1", "/").replace("~0", "~");
    match (root.pointer_mut(parent), value) {
        (Some(Value::Object(object)), Some(value)) => {
            object.insert(key, value);
        }
        (Some(Value::Object(object)), None) => {
            *object = std::mem::take(object)
                .into_iter()
                .filter(|(name, _)| *name != key)
                .collect::<Map<_, _>>();
        }
        (Some(Value::Array(items)), Some(value)) => {
            if let Some(item) = key.parse::<usize>().ok().and_then(|at| items.get_mut(at)) {
                *item = value;
            }
        }
        _ => {}
    }
}
