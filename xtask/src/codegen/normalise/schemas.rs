//! Passes over schemas that make the types tolerant.

use std::collections::BTreeMap;

use engagement_document::Document;
use serde_json::{Map, Value, json};

use super::{Normalised, each_schema};
use crate::codegen::Failure;

/// Removes `nullable` from named schemas: typify wraps each in a second type. Properties are optional anyway; an operation
/// that returns one gets an `Option`.
pub(super) fn nullable_moves_to_uses(
    document: &Document,
    normalised: &mut Normalised,
) -> Result<usize, Failure> {
    let mut changed = 0;
    for operation in &document.operations {
        let schema = operation
            .typed_response()
            .and_then(|response| response.schema.as_ref());
        let nullable = |schema: &Value| schema.get("nullable") == Some(&Value::Bool(true));
        if schema
            .is_some_and(|schema| nullable(schema) || nullable(document.schemas.resolve(schema)))
        {
            normalised.nullable_responses.insert(operation.id.clone());
        }
    }
    if let Some(Value::Object(schemas)) = normalised.document.pointer_mut("/components/schemas") {
        for schema in schemas.values_mut().filter_map(Value::as_object_mut) {
            changed += usize::from(schema.remove("nullable").is_some());
        }
    }
    Ok(changed)
}

/// Inlines named arrays where they are used: typify would wrap each in a type of its own, and `.body(["a", "b"])` would
/// not compile.
pub(super) fn named_arrays_are_inlined(
    _: &Document,
    normalised: &mut Normalised,
) -> Result<usize, Failure> {
    let Some(Value::Object(schemas)) = normalised.document.pointer_mut("/components/schemas")
    else {
        return Ok(0);
    };
    let mut arrays = Map::new();
    schemas.retain(|name, schema| {
        let array = schema.get("type").and_then(Value::as_str) == Some("array");
        if array {
            arrays.insert(format!("#/components/schemas/{name}"), schema.clone());
        }
        !array
    });
    each_schema(&mut normalised.document, &mut |_, schema| {
        let array = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|target| arrays.get(target));
        if let Some(array) = array {
            *schema = array.clone();
        }
    });
    Ok(arrays.len())
}

/// Merges `allOf` parts of objects into one object: typify flattens them, which hides the fields and costs time on
/// every response.
pub(super) fn all_of_is_merged(
    document: &Document,
    normalised: &mut Normalised,
) -> Result<usize, Failure> {
    let mut changed = 0;
    let mut failure = None;
    each_schema(&mut normalised.document, &mut |context, schema| {
        let Some(parts) = schema.get("allOf").and_then(Value::as_array) else {
            return;
        };
        if parts.len() == 1 && parts[0].get("$ref").is_some() && schema.get("properties").is_none()
        {
            return; // a reference with a description or `nullable` beside it
        }
        let mut properties = Map::new();
        for (key, property) in document.schemas.properties(schema) {
            if let Some(other) = properties.insert(key.to_owned(), property.clone())
                && other != *property
            {
                failure = Some(format!(
                    "schema {}: the parts of `allOf` describe `{key}` differently",
                    context.name
                ));
            }
        }
        let required: Vec<&str> = document.schemas.required(schema).into_iter().collect();
        let mut merged = json!({ "type": "object", "properties": properties });
        if !required.is_empty() {
            merged["required"] = json!(required);
        }
        for key in ["description", "nullable"] {
            if let Some(value) = schema.get(key) {
                merged[key] = value.clone();
            }
        }
        if is_open(document, schema) {
            merged["additionalProperties"] = json!({});
        }
        *schema = merged;
        changed += 1;
    });
    match failure {
        Some(failure) => Err(Failure::new(failure)),
        None => Ok(changed),
    }
}

/// Whether the document allows any other field in an object.
fn is_open(document: &Document, schema: &Value) -> bool {
    let schema = document.schemas.resolve(schema);
    let more = schema.get("additionalProperties");
    let parts = schema.get("allOf").and_then(Value::as_array);
    more.is_some_and(|more| *more != Value::Bool(false))
        || parts
            .into_iter()
            .flatten()
            .any(|part| is_open(document, part))
}

/// Gives properties with `x-rust-name` that name; the wire name is put back when the types are emitted.
pub(super) fn clashing_names_are_replaced(
    _: &Document,
    normalised: &mut Normalised,
) -> Result<usize, Failure> {
    let mut renamed = std::mem::take(&mut normalised.renamed);
    each_schema(&mut normalised.document, &mut |_, schema| {
        let Some(Value::Object(properties)) = schema.get_mut("properties") else {
            return;
        };
        if !properties
            .values()
            .any(|property| property.get("x-rust-name").is_some())
        {
            return;
        }
        let mut here = BTreeMap::new();
        *properties = std::mem::take(properties)
            .into_iter()
            .map(|(key, property)| {
                match property
                    .get("x-rust-name")
                    .and_then(Value::as_str)
                    .map(str::to_owned)
                {
                    Some(name) => {
                        renamed.insert(name.clone(), key.clone());
                        here.insert(key, name.clone());
                        (name, property)
                    }
                    None => (key, property),
                }
            })
            .collect();
        let required = schema.get_mut("required").and_then(Value::as_array_mut);
        for key in required.into_iter().flatten() {
            if let Some(name) = key.as_str().and_then(|key| here.get(key)) {
                *key = name.as_str().into();
            }
        }
    });
    normalised.renamed = renamed;
    Ok(normalised.renamed.len())
}

/// Limits that the provider checks; a client that checked them too would refuse responses that break them.
const CONSTRAINTS: &[&str] = &[
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "default",
    "minProperties",
    "maxProperties",
];

/// Moves constraints from the schema into its description: typify makes validating types of them that reject whole
/// responses. `title` is removed too: it would rename types.
pub(super) fn constraints_are_prose(
    _: &Document,
    normalised: &mut Normalised,
) -> Result<usize, Failure> {
    let mut changed = 0;
    each_schema(&mut normalised.document, &mut |_, schema| {
        let Value::Object(object) = schema else {
            return;
        };
        let mut notes = Vec::new();
        for key in CONSTRAINTS {
            if let Some(value) = object.remove(*key) {
                notes.push(format!("`{key}: {value}`"));
                changed += 1;
            }
        }
        for key in ["title", "format"] {
            let keep = key == "format"
                && object
                    .get("format")
                    .is_some_and(|f| f == "int64" || f == "double");
            if !keep {
                object.remove(key);
            }
        }
        if object.get("additionalProperties") == Some(&Value::Bool(false)) {
            object.remove("additionalProperties");
        }
        let mut paragraphs = Vec::new();
        if object.get("deprecated") == Some(&Value::Bool(true)) {
            paragraphs.push("Deprecated by the provider.".to_owned());
        }
        if !notes.is_empty() {
            paragraphs.push(format!("The provider's limits: {}.", notes.join(", ")));
        }
        if !paragraphs.is_empty() {
            let text = object
                .get("description")
                .and_then(Value::as_str)
                .unwrap_or_default();
            paragraphs.insert(0, text.trim().to_owned());
            object.insert("description".into(), json!(paragraphs.join("\n\n").trim()));
        }
    });
    Ok(changed)
}

/// Makes every optional property nullable: an absent one and `null` are read alike, and differ from an empty list.
pub(super) fn optional_is_nullable(
    _: &Document,
    normalised: &mut Normalised,
) -> Result<usize, Failure> {
    let mut changed = 0;
    each_schema(&mut normalised.document, &mut |_, schema| {
        let required: Vec<String> = schema
            .get("required")
            .and_then(Value::as_array)
            .map(|names| {
                names
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect()
            })
            .unwrap_or_default();
        let Some(Value::Object(properties)) = schema.get_mut("properties") else {
            return;
        };
        for (key, property) in properties.iter_mut() {
            if required.contains(key) || property.get("nullable") == Some(&Value::Bool(true)) {
                continue;
            }
            let Value::Object(object) = property else {
                continue;
            };
            if let Some(reference) = object.remove("$ref") {
                object.insert("allOf".into(), json!([{ "$ref": reference }]));
            }
            object.insert("nullable".into(), Value::Bool(true));
            changed += 1;
        }
    });
    Ok(changed)
}

/// Keeps fields that the document doesn't list: objects get a map for them, so that they are written back.
pub(super) fn unknown_fields_are_kept(
    _: &Document,
    normalised: &mut Normalised,
) -> Result<usize, Failure> {
    let mut changed = 0;
    let open = &mut normalised.open;
    each_schema(&mut normalised.document, &mut |context, schema| {
        let Value::Object(object) = schema else {
            return;
        };
        if object
            .get("properties")
            .and_then(Value::as_object)
            .is_none_or(Map::is_empty)
        {
            return;
        }
        let known = object.get("additionalProperties");
        if known.is_some() {
            open.insert(context.name.to_owned());
        }
        if known.is_none() || known == Some(&Value::Bool(true)) {
            object.insert("additionalProperties".into(), json!({}));
            changed += 1;
        }
    });
    Ok(changed)
}
