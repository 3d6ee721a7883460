//! Names that become Rust names: unique, and none that every client has.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{clash, problem};
use crate::Problem;
use crate::json::step;
use crate::model::{Document, Operation};
use crate::schema::Schemas;

/// Actions that would clash with the methods of every handle.
const RESERVED_ACTIONS: [&str; 6] = ["new", "exec", "client", "clone", "self", "super"];
const RESERVED_GROUPS: [&str; 11] = [
    "api",
    "request",
    "with",
    "builder",
    "from_env",
    "new",
    "clone",
    "base_url",
    "as_async",
    "block_on",
    "operation",
];

pub(super) fn operation_ids(document: &Document, problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<String, &Operation> = BTreeMap::new();
    for operation in &document.operations {
        let pointer = step(&operation.pointer(), "operationId");
        if let Some(other) = seen.get(&folded(&operation.id)) {
            let message = format!(
                "operationId `{}` is taken already (as `{}`): every id is used once, case and `_` aside; rename one of them",
                operation.id, other.id
            );
            let first = step(&other.pointer(), "operationId");
            clash(problems, pointer.clone(), first, message);
        } else {
            seen.insert(folded(&operation.id), operation);
        }
        if !operation
            .id
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        {
            problem(
                problems,
                pointer.clone(),
                format!(
                    "operationId `{}` must be snake_case: lower case letters, digits and `_`",
                    operation.id
                ),
            );
        }
        if RESERVED_ACTIONS.contains(&operation.action.as_str()) {
            problem(
                problems,
                pointer.clone(),
                format!(
                    "operationId `{}`: the action `{}` is reserved, choose another name",
                    operation.id, operation.action
                ),
            );
        }
        if RESERVED_GROUPS.contains(&operation.group.as_str()) {
            problem(
                problems,
                pointer,
                format!(
                    "operationId `{}`: the group `{}` is a method of every client, choose another name",
                    operation.id, operation.group
                ),
            );
        }
    }
}

pub(super) fn schema_names(document: &Document, problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for name in document.schemas.names() {
        let pointer = step("/components/schemas", name);
        if let Some(other) = seen.insert(folded(name), name) {
            clash(
                problems,
                pointer.clone(),
                step("/components/schemas", other),
                format!("schemas `{other}` and `{name}` get the same Rust name: rename one"),
            );
        }
        let Some(schema) = document.schemas.get(name) else {
            continue;
        };
        unique_properties(&document.schemas, schema, &pointer, problems);
    }
}

fn unique_properties(
    schemas: &Schemas,
    schema: &Value,
    pointer: &str,
    problems: &mut Vec<Problem>,
) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (name, property) in schemas.properties(schema) {
        let rust_name = property
            .get("x-rust-name")
            .and_then(Value::as_str)
            .unwrap_or(name);
        match seen.insert(folded(rust_name), name) {
            Some(other) if other != name => {
                // Both come from a schema that this one refers to, where they are reported.
                let places = [name, other].map(|name| own_property(schema, pointer, name));
                let ([Some(at), first] | [first, Some(at)]) = places else {
                    continue;
                };
                let first = first.unwrap_or_else(|| pointer.to_owned());
                let message = format!(
                    "properties `{other}` and `{name}` get the same Rust name: give one an `x-rust-name`"
                );
                clash(problems, at, first, message);
            }
            _ => {}
        }
    }
}

/// The pointer to a property that a schema lists itself, or in a part of its `allOf`.
fn own_property(schema: &Value, pointer: &str, name: &str) -> Option<String> {
    if schema.pointer(&step("/properties", name)).is_some() {
        return Some(step(&format!("{pointer}/properties"), name));
    }
    let parts = schema.get("allOf").and_then(Value::as_array)?;
    let mut parts = parts.iter().enumerate();
    parts.find_map(|(at, part)| own_property(part, &format!("{pointer}/allOf/{at}"), name))
}

/// What two names have in common when they become the same Rust identifier.
pub(super) fn folded(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase()
}
