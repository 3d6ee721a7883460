//! Small helpers for walking JSON.

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

/// The list in a field; nothing if there is none.
pub(crate) fn items<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    let found = value.get(key).and_then(Value::as_array);
    found.into_iter().flatten()
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

/// What a `$ref` names, with percent-encoding undone: other tools write `Page%C2%ABUser%C2%BB`.
pub(crate) fn reference(value: &Value) -> Option<String> {
    let target = value.get("$ref")?.as_str()?;
    let bytes = target.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| target.get(at + 1..at + 3));
        match code.flatten().map(|code| u8::from_str_radix(code, 16)) {
            Some(Ok(byte)) => {
                out.push(byte);
                at += 3;
            }
            _ => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    Some(String::from_utf8(out).unwrap_or_else(|_| target.to_owned()))
}

/// The value itself, or what its `$ref` within the document points to; `None` if that does not resolve.
pub(crate) fn follow<'a>(root: &'a Value, value: &'a Value) -> Option<&'a Value> {
    let mut at = value;
    for _ in 0..16 {
        let Some(target) = reference(at) else {
            return Some(at);
        };
        at = root.pointer(target.strip_prefix('#')?)?;
    }
    None
}

/// Whether the field holds data, in which `$ref` and the like mean nothing. A property or a response may have the same name.
pub(crate) fn is_data(parent: &str, key: &str) -> bool {
    matches!(key, "example" | "examples" | "enum" | "default")
        && !matches!(
            parent,
            "properties" | "responses" | "schemas" | "definitions"
        )
}

/// Calls `visit` with a schema and every schema inside it, inner ones first.
pub(crate) fn walk(pointer: &str, schema: &mut Value, visit: &mut dyn FnMut(&str, &mut Value)) {
    if let Value::Object(object) = schema {
        if let Some(Value::Object(properties)) = object.get_mut("properties") {
            let pointer = format!("{pointer}/properties");
            for (name, property) in properties.iter_mut() {
                walk(&step(&pointer, name), property, visit);
            }
        }
        for key in ["items", "additionalProperties"] {
            if let Some(inner) = object.get_mut(key).filter(|inner| inner.is_object()) {
                walk(&format!("{pointer}/{key}"), inner, visit);
            }
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            if let Some(Value::Array(parts)) = object.get_mut(key) {
                for (at, part) in parts.iter_mut().enumerate() {
                    walk(&format!("{pointer}/{key}/{at}"), part, visit);
                }
            }
        }
    }
    visit(pointer, schema);
}

/// Calls `visit` with every operation of a document and its pointer.
pub(crate) fn each_operation(
    document: &mut Value,
    mut visit: impl FnMut(&str, &mut Map<String, Value>),
) {
    let Some(Value::Object(paths)) = document.get_mut("paths") else {
        return;
    };
    for (key, item) in paths.iter_mut() {
        for method in METHODS {
            if let Some(Value::Object(operation)) = item.get_mut(method) {
                visit(&step(&step("/paths", key), method), operation);
            }
        }
    }
}

/// Calls `visit` with the schema of every parameter, body and response of an operation, its pointer and its role.
pub(crate) fn operation_schemas(
    pointer: &str,
    operation: &mut Map<String, Value>,
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

/// What a schema of an operation is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    Parameter(String),
    Body,
    Response,
}

/// Calls `visit` with every schema of a document that is not part of another, and its pointer.
pub(crate) fn roots(document: &mut Value, visit: &mut dyn FnMut(&str, &mut Value)) {
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        for (name, schema) in schemas.iter_mut() {
            visit(&step("/components/schemas", name), schema);
        }
    }
    each_operation(document, |pointer, operation| {
        operation_schemas(pointer, operation, |pointer, _, schema| {
            visit(pointer, schema);
        });
    });
}

/// Calls `visit` with every schema of a document, inner ones first.
pub(crate) fn every_schema(document: &mut Value, visit: &mut dyn FnMut(&str, &mut Value)) {
    roots(document, &mut |pointer, schema| {
        walk(pointer, schema, visit)
    });
}
