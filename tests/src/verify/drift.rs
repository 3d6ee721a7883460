//! What a recording has and the document doesn't: fields, and values of enums.

use engagement_document::{Document, Schemas};
use serde_json::Value;

/// Adds a line for each field and each value of an enum that the document doesn't list.
pub(super) fn find(document: &Document, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(&document.schemas, schema, value, "", &mut found);
    found.sort();
    found.dedup();
    found
}

fn walk(schemas: &Schemas, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let schema = schemas.resolve(schema);
    if let Some(members) = union(schema) {
        // The member that knows most of the value.
        let drifts = members.iter().map(|member| {
            let mut drift = Vec::new();
            let fits = is_of_type(schemas, member, value);
            walk(schemas, member, value, at, &mut drift);
            (!fits, drift)
        });
        let best = drifts.min_by_key(|(wrong, drift)| (*wrong, drift.len()));
        found.extend(best.into_iter().flat_map(|(_, drift)| drift));
        return;
    }
    match value {
        Value::Object(object) => {
            let properties = schemas.properties(schema);
            let others = other_fields(schemas, schema);
            for (name, value) in object {
                let known = properties.iter().find(|(known, _)| known == name);
                match (known, others) {
                    (Some((_, property)), _) => {
                        walk(schemas, property, value, &format!("{at}/{name}"), found);
                    }
                    (None, Some(Value::Object(_))) => {
                        let schema = others.unwrap_or(&Value::Null);
                        walk(schemas, schema, value, &format!("{at}/*"), found);
                    }
                    (None, None | Some(Value::Bool(false))) if !properties.is_empty() => {
                        let name = if could_be_data(name) { "*" } else { name };
                        found.push(format!("{at}/{name}: the document has no such field"));
                    }
                    (None, _) => {}
                }
            }
        }
        Value::Array(items) => {
            let schema = schema.get("items").unwrap_or(&Value::Null);
            for item in items {
                walk(schemas, schema, item, &format!("{at}/*"), found);
            }
        }
        Value::String(text) => {
            let listed = schema
                .get("x-extensible-enum")
                .or_else(|| schema.get("enum"));
            let listed = listed.and_then(Value::as_array);
            if listed.is_some_and(|listed| !listed.iter().any(|known| known == text)) {
                found.push(format!("{at}: the document doesn't list this value"));
            }
        }
        _ => {}
    }
}

/// Whether a name could be a value: an address, a number, a key of somebody.
fn could_be_data(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    let digits = name.chars().filter(char::is_ascii_digit).count();
    name.len() > 40 || digits > 3 || !name.chars().all(plain)
}

/// What an object may have beside its properties: that of the schema, or of one that it is made of.
fn other_fields<'a>(schemas: &'a Schemas, schema: &'a Value) -> Option<&'a Value> {
    schema.get("additionalProperties").or_else(|| {
        let parts = schema.get("allOf").and_then(Value::as_array);
        let mut parts = parts.into_iter().flatten();
        parts.find_map(|part| other_fields(schemas, schemas.resolve(part)))
    })
}

fn union(schema: &Value) -> Option<&Vec<Value>> {
    let members = schema.get("oneOf").or_else(|| schema.get("anyOf"));
    members.and_then(Value::as_array)
}

/// Whether the value can be of the schema's type at all.
fn is_of_type(schemas: &Schemas, schema: &Value, value: &Value) -> bool {
    let schema = schemas.resolve(schema);
    match schema.get("type").and_then(Value::as_str) {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer" | "number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        _ => true,
    }
}
