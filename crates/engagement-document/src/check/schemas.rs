//! Schemas: what JSON Schema would accept without a word and every reader would take for something else.

use std::collections::BTreeSet;

use serde_json::Value;

use super::keywords::{SchemaAt, near};
use super::problem;
use crate::Problem;
use crate::json::{step, text};
use crate::schema::Schemas;

/// Reports names in `required` that no property has, properties without a description, and integers without a size.
pub(super) fn schemas(raw: &Value, all: &[SchemaAt<'_>], problems: &mut Vec<Problem>) {
    let named = raw
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    let named = Schemas::new(named.cloned().unwrap_or_default());
    for SchemaAt {
        pointer,
        schema,
        is_part,
    } in all
    {
        // A part may require what another part lists: the whole is checked then.
        if !is_part {
            let properties = named.properties(schema);
            let known = properties.iter().map(|(name, _)| *name).collect();
            required(schema, pointer, &known, problems);
        }
        descriptions(&named, schema, pointer, problems);
        marks(schema, pointer, problems);
        if text(schema.get("type")) == "integer" && text(schema.get("format")) != "int64" {
            let message = "integers are `format: int64`: add it".to_owned();
            problem(problems, pointer.clone(), message);
        }
    }
}

fn required(schema: &Value, pointer: &str, known: &BTreeSet<&str>, problems: &mut Vec<Problem>) {
    let names = schema.get("required").and_then(Value::as_array);
    for (at, name) in names.into_iter().flatten().enumerate() {
        let Some(name) = name.as_str().filter(|name| !known.contains(name)) else {
            continue;
        };
        let way_out = match near(name, known.iter().copied()) {
            Some(near) => format!("; did you mean `{near}`?"),
            None => ": add it to `properties`, or remove the name".to_owned(),
        };
        let message = format!("`required` names `{name}`, which is no property{way_out}");
        problem(problems, format!("{pointer}/required/{at}"), message);
    }
    let parts = schema.get("allOf").and_then(Value::as_array);
    for (at, part) in parts.into_iter().flatten().enumerate() {
        required(part, &format!("{pointer}/allOf/{at}"), known, problems);
    }
}

/// Reports marks that are ignored where they are.
fn marks(schema: &Value, pointer: &str, problems: &mut Vec<Problem>) {
    let kind = text(schema.get("type"));
    let is_union = schema.get("oneOf").is_some();
    let is_named =
        pointer.rsplit_once('/').map(|(parent, _)| parent) == Some("/components/schemas");
    for (key, fits, message) in [
        (
            "x-partial-failure",
            is_named,
            "marks a named schema, and this is none",
        ),
        (
            "x-extensible-enum",
            kind == "string",
            "lists texts, so it needs `type: string`",
        ),
        (
            "x-epoch",
            kind == "integer" || is_union,
            "marks an integer, or a union of integer and text",
        ),
    ] {
        if schema.get(key).is_some() && !fits {
            problem(problems, step(pointer, key), format!("`{key}` {message}"));
        }
    }
}

fn descriptions(named: &Schemas, schema: &Value, pointer: &str, problems: &mut Vec<Problem>) {
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        // A reference has the description of its target.
        if text(named.resolve(property).get("description")).is_empty() {
            let message =
                format!("the property `{name}` has no `description`: say what the value means");
            let at = step(&format!("{pointer}/properties"), name);
            problem(problems, at, message);
        }
    }
}
