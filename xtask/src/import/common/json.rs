//! Walking a vendor's document: references, and every schema with its place.

use percent_encoding::percent_decode_str;
use serde_json::Value;

pub(crate) use crate::json::*;

/// What a `$ref` names, with percent-encoding undone: other tools write `Page%C2%ABUser%C2%BB`.
pub(crate) fn reference(value: &Value) -> Option<String> {
    let target = value.get("$ref")?.as_str()?;
    let decoded = percent_decode_str(target).decode_utf8();
    Some(decoded.map_or_else(|_| target.to_owned(), Into::into))
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
    each_inside(schema, |place, inner| {
        let at = match place {
            Inside::Property(name) => step(&format!("{pointer}/properties"), name),
            Inside::Keyword(key) => format!("{pointer}/{key}"),
            Inside::Part(key, at) => format!("{pointer}/{key}/{at}"),
        };
        walk(&at, inner, visit);
    });
    visit(pointer, schema);
}

/// Calls `visit` with every schema of a document that is not part of another, and its pointer.
pub(crate) fn roots(document: &mut Value, visit: &mut dyn FnMut(&str, &mut Value)) {
    for (name, schema) in named_schemas(document) {
        visit(&step("/components/schemas", name), schema);
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

/// Whether a place in a document is in the body of a form.
pub(crate) fn is_form(place: &str) -> bool {
    let forms = [
        "/application~1x-www-form-urlencoded/",
        "/multipart~1form-data/",
    ];
    forms.iter().any(|media| place.contains(media))
}
