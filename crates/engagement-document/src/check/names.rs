//! Names that become Rust names: unique, and none that every client has.

use std::collections::BTreeMap;

use serde_json::Value;

use super::problem;
use crate::Problem;
use crate::model::Document;
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
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for operation in &document.operations {
        let pointer = format!("{} {}", operation.method, operation.path_key);
        if let Some(other) = seen.insert(folded(&operation.id), &operation.id) {
            let message = format!(
                "operationId `{}` is taken already (as `{other}`): every id is used once, upper and lower case aside",
                operation.id
            );
            problem(problems, pointer.clone(), message);
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
        let pointer = format!("/components/schemas/{name}");
        if let Some(other) = seen.insert(folded(name), name) {
            problem(
                problems,
                pointer.clone(),
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
                problem(
                    problems,
                    pointer.to_owned(),
                    format!(
                        "properties `{other}` and `{name}` get the same Rust name: give one an `x-rust-name`"
                    ),
                );
            }
            _ => {}
        }
    }
}

/// What two names have in common when they become the same Rust identifier.
pub(super) fn folded(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase()
}
