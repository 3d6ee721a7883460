//! Places of the document that types and values come from.

use std::collections::BTreeMap;

use engagement_document::{Document, Operation};

use crate::codegen::names;
use crate::json::{items, step, text};

/// JSON pointers of types, by their names in Rust: those of named schemas, and those that properties and parameters have
/// inline.
pub(super) fn of_types(document: &Document) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut add = |name: String, place: &str| {
        found
            .entry(format!("{name}Item"))
            .or_insert_with(|| place.to_owned());
        found.entry(name).or_insert_with(|| place.to_owned());
    };
    for name in document.schemas.names() {
        add(names::pascal(name), &step("/components/schemas", name));
    }
    for schema in document.schemas.names() {
        let properties = document.schemas.get(schema);
        let properties = properties.map(|schema| document.schemas.properties(schema));
        for (property, _) in properties.unwrap_or_default() {
            let name = names::pascal(schema) + &names::pascal(property);
            add(name, &of_property(document, schema, property));
        }
    }
    for operation in &document.operations {
        for parameter in &operation.parameters {
            let name = names::pascal(&operation.id) + &names::pascal(&parameter.name);
            add(name, &of_parameter(document, operation, &parameter.name));
        }
    }
    found
}

/// The pointer to a property of a named schema, or of a part of its `allOf`.
pub(super) fn of_property(document: &Document, schema: &str, property: &str) -> String {
    let place = step("/components/schemas", schema);
    let parts = document
        .raw
        .pointer(&place)
        .map_or(0, |schema| items(schema, "allOf").len());
    let parts = (0..parts).map(|at| format!("{place}/allOf/{at}"));
    let mut places = std::iter::once(place.clone()).chain(parts);
    let inner = |place: &String| step(&format!("{place}/properties"), property);
    let found = places.find(|place| document.raw.pointer(&inner(place)).is_some());
    found.map_or(place, |place| inner(&place))
}

pub(super) fn of_operation(operation: &Operation) -> String {
    step(
        &step("/paths", &operation.path_key),
        &operation.method.to_lowercase(),
    )
}

/// The pointer to a parameter, at the operation or at its path; to the operation if it is behind a reference.
pub(super) fn of_parameter(document: &Document, operation: &Operation, name: &str) -> String {
    let place = of_operation(operation);
    let path = step("/paths", &operation.path_key);
    for list in [&place, &path] {
        let Some(owner) = document.raw.pointer(list) else {
            continue;
        };
        let at = items(owner, "parameters").position(|parameter| {
            text(parameter, "name") == name
                || text(parameter, "$ref").ends_with(&format!("/{name}"))
        });
        if let Some(at) = at {
            return format!("{list}/parameters/{at}");
        }
    }
    place
}
