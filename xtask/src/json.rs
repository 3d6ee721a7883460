//! Walking JSON, and the schemas of an OpenAPI document.

use serde_json::{Map, Value};

/// The methods that a path item can hold.
pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "patch", "head", "options", "trace",
];

/// A JSON pointer with one more step.
pub(crate) fn step(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The text of a field, trimmed; empty if there is none.
pub(crate) fn text(value: &Value, key: &str) -> String {
    let found = value.get(key).and_then(Value::as_str);
    found.unwrap_or_default().trim().to_owned()
}

/// Whether a field is `true`.
pub(crate) fn flag(value: &Value, key: &str) -> bool {
    value.get(key) == Some(&Value::Bool(true))
}

/// The object in a field; nothing if there is none.
pub(crate) fn entries<'a>(
    value: &'a Value,
    key: &str,
) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
    let found = value.get(key).and_then(Value::as_object);
    found.into_iter().flatten()
}

/// The list in a field; empty if there is none.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    let found = value.get(key).and_then(Value::as_array);
    found.map(Vec::as_slice).unwrap_or_default()
}

/// The elements of the list in a field; nothing if there is none.
pub(crate) fn items<'a>(value: &'a Value, key: &str) -> std::slice::Iter<'a, Value> {
    list(value, key).iter()
}

/// The texts of a list in a field.
pub(crate) fn strings(value: &Value, key: &str) -> Vec<String> {
    let found = items(value, key).filter_map(Value::as_str);
    found.map(str::to_owned).collect()
}

/// The object in a field, created if it is missing or something else.
pub(crate) fn object<'a>(value: &'a mut Value, key: &str) -> &'a mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let inner = &mut value[key];
    if !inner.is_object() {
        *inner = Value::Object(Map::new());
    }
    inner.as_object_mut().expect("it was made an object")
}

/// Takes a field out of an object, if there is one.
pub(crate) fn remove(value: &mut Value, key: &str) -> Option<Value> {
    value.as_object_mut()?.shift_remove(key)
}

/// Copies the fields of these names, as far as they exist.
pub(crate) fn copy(from: &Value, to: &mut Value, keys: &[&str]) {
    for key in keys {
        if let Some(value) = from.get(key) {
            to[key] = value.clone();
        }
    }
}

/// Keeps the fields of an object whose names `keep` accepts.
pub(crate) fn retain(value: &mut Value, keep: impl Fn(&str) -> bool) {
    if let Value::Object(object) = value {
        object.retain(|key, _| keep(key));
    }
}

/// The named schemas of a document, created if there are none.
pub(crate) fn named_schemas(document: &mut Value) -> &mut Map<String, Value> {
    object(document, "components");
    object(&mut document["components"], "schemas")
}

/// Where a schema is inside another one.
#[derive(Clone, Copy)]
pub(crate) enum Inside<'a> {
    Property(&'a str),
    /// `items` or `additionalProperties`.
    Keyword(&'static str),
    /// A part of `allOf`, `oneOf` or `anyOf`.
    Part(&'static str, usize),
}

/// Calls `visit` with each schema directly inside a schema.
pub(crate) fn each_inside(schema: &mut Value, mut visit: impl FnMut(Inside<'_>, &mut Value)) {
    let Value::Object(object) = schema else {
        return;
    };
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        for (name, property) in properties.iter_mut() {
            visit(Inside::Property(name), property);
        }
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = object.get_mut(key).filter(|inner| inner.is_object()) {
            visit(Inside::Keyword(key), inner);
        }
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        if let Some(Value::Array(parts)) = object.get_mut(key) {
            for (at, part) in parts.iter_mut().enumerate() {
                visit(Inside::Part(key, at), part);
            }
        }
    }
}

/// Calls `visit` with every operation of a document and its pointer.
pub(crate) fn each_operation(document: &mut Value, mut visit: impl FnMut(&str, &mut Value)) {
    let Some(Value::Object(paths)) = document.get_mut("paths") else {
        return;
    };
    for (key, item) in paths.iter_mut() {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).filter(|found| found.is_object()) {
                visit(&step(&step("/paths", key), method), operation);
            }
        }
    }
}

/// What a schema of an operation is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    Parameter(String),
    Body,
    Response,
}

/// Calls `visit` with the schema of every parameter, body and response of an operation, its pointer and its role.
pub(crate) fn operation_schemas(
    pointer: &str,
    operation: &mut Value,
    mut visit: impl FnMut(&str, Role, &mut Value),
) {
    if let Some(Value::Array(parameters)) = operation.get_mut("parameters") {
        for (at, parameter) in parameters.iter_mut().enumerate() {
            let role = Role::Parameter(text(parameter, "name"));
            if let Some(schema) = parameter.get_mut("schema") {
                visit(&format!("{pointer}/parameters/{at}/schema"), role, schema);
            }
        }
    }
    let mut content = |pointer: &str, role: Role, value: &mut Value| {
        let Some(Value::Object(content)) = value.get_mut("content") else {
            return;
        };
        for (media, value) in content.iter_mut() {
            if let Some(schema) = value.get_mut("schema") {
                let at = format!("{}/schema", step(&format!("{pointer}/content"), media));
                visit(&at, role.clone(), schema);
            }
        }
    };
    if let Some(body) = operation.get_mut("requestBody") {
        content(&format!("{pointer}/requestBody"), Role::Body, body);
    }
    if let Some(Value::Object(responses)) = operation.get_mut("responses") {
        for (status, response) in responses.iter_mut() {
            let at = step(&format!("{pointer}/responses"), status);
            content(&at, Role::Response, response);
        }
    }
}
