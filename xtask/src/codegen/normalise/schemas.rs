//! Passes over schemas that make the types tolerant.

use std::collections::{BTreeMap, BTreeSet};

use engagement_document::Document;
use serde_json::{Map, Value, json};

use super::{Pass, Refusal, each_schema};
use crate::json::{
    Inside, copy, each_inside, each_operation, entries, flag, items, list, named_schemas,
    operation_schemas, remove, strings, text,
};

/// Moves `nullable` from named schemas to where they are used: typify wraps each in a second type. An operation that returns
/// one gets an `Option`.
pub(super) fn nullable_moves_to_uses(pass: &mut Pass<'_>) {
    let mut nullable = BTreeSet::new();
    for name in pass.source.schemas.names() {
        let schema = pass.source.schemas.get(name).unwrap_or(&Value::Null);
        if flag(pass.source.schemas.resolve(schema), "nullable") {
            nullable.insert(format!("#/components/schemas/{name}"));
        }
    }
    // A union with a member that may be `null` may be `null` itself.
    loop {
        let before = nullable.len();
        for name in pass.source.schemas.names() {
            let schema = pass.source.schemas.get(name).unwrap_or(&Value::Null);
            if has_null_member(schema, &nullable) {
                nullable.insert(format!("#/components/schemas/{name}"));
            }
        }
        if nullable.len() == before {
            break;
        }
    }
    for operation in &pass.source.operations {
        let response = operation.typed_response();
        let schema = response.and_then(|response| response.schema.as_ref());
        let is_null = |schema: &Value| {
            flag(schema, "nullable")
                || nullable.contains(&text(schema, "$ref"))
                || has_null_member(schema, &nullable)
        };
        if schema.is_some_and(is_null) {
            pass.out.nullable_responses.insert(operation.id.clone());
        }
    }
    let document = &mut pass.out.document;
    if !nullable.is_empty() {
        for (_, schema) in named_schemas(document) {
            mark_uses(schema, &nullable);
        }
        each_operation(document, |pointer, operation| {
            operation_schemas(pointer, operation, |_, _, schema| {
                mark_uses(schema, &nullable)
            });
        });
    }
    for (_, schema) in named_schemas(document) {
        pass.changed |= remove(schema, "nullable").is_some();
    }
}

fn has_null_member(schema: &Value, nullable: &BTreeSet<String>) -> bool {
    let mut members = items(schema, "oneOf").chain(items(schema, "anyOf"));
    members.any(|member| nullable.contains(&text(member, "$ref")))
}

/// Writes `nullable` at each property and element inside a schema that refers to a schema that may be `null`.
fn mark_uses(schema: &mut Value, nullable: &BTreeSet<String>) {
    each_inside(schema, |place, inner| {
        mark_uses(inner, nullable);
        let target = match list(inner, "allOf") {
            [one] if inner.get("properties").is_none() => text(one, "$ref"),
            _ => text(inner, "$ref"),
        };
        if matches!(place, Inside::Part(..)) {
            return;
        }
        if nullable.contains(&target) {
            if let Some(target) = remove(inner, "$ref") {
                inner["allOf"] = json!([{ "$ref": target }]);
            }
            inner["nullable"] = json!(true);
        } else if has_null_member(inner, nullable) {
            inner["nullable"] = json!(true);
        }
    });
}

/// Inlines named arrays where they are used: typify would wrap each in a type of its own, and `.body(["a", "b"])` would
/// not compile.
pub(super) fn named_arrays_are_inlined(pass: &mut Pass<'_>) {
    let mut arrays = Map::new();
    named_schemas(&mut pass.out.document).retain(|name, schema| {
        let array = text(schema, "type") == "array";
        if array {
            arrays.insert(format!("#/components/schemas/{name}"), schema.clone());
        }
        !array
    });
    each_schema(&mut pass.out.document, |_, schema| {
        if let Some(array) = arrays.get(&text(schema, "$ref")) {
            *schema = array.clone();
        }
    });
    pass.changed = !arrays.is_empty();
}

/// Merges `allOf` parts of objects into one object: typify flattens them, which hides the fields and costs time on
/// every response.
pub(super) fn all_of_is_merged(pass: &mut Pass<'_>) {
    let schemas = &pass.source.schemas;
    each_schema(&mut pass.out.document, |context, schema| {
        match list(schema, "allOf") {
            [] => return,
            // A reference with a description or `nullable` beside it.
            [one] if one.get("$ref").is_some() && schema.get("properties").is_none() => return,
            _ => {}
        }
        let mut properties = Map::new();
        for (key, property) in schemas.properties(schema) {
            if let Some(other) = properties.insert(key.to_owned(), property.clone())
                && other != *property
            {
                let message = format!(
                    "schema {}: the parts of `allOf` describe `{key}` differently: make them alike",
                    context.name
                );
                pass.refusals.push(Refusal::new(context.pointer, message));
            }
        }
        let required = schemas.required(schema);
        let mut merged = json!({ "type": "object", "properties": properties });
        if !required.is_empty() {
            merged["required"] = json!(required);
        }
        copy(schema, &mut merged, &["description", "nullable"]);
        if is_open(pass.source, schema) {
            merged["additionalProperties"] = json!({});
        }
        *schema = merged;
        pass.changed = true;
    });
}

/// Whether the document allows any other field in an object.
fn is_open(document: &Document, schema: &Value) -> bool {
    let schema = document.schemas.resolve(schema);
    let more = schema.get("additionalProperties");
    more.is_some_and(|more| *more != Value::Bool(false))
        || items(schema, "allOf").any(|part| is_open(document, part))
}

/// Gives properties with `x-rust-name` that name; the wire name is put back when the types are emitted.
pub(super) fn clashing_names_are_replaced(pass: &mut Pass<'_>) {
    each_schema(&mut pass.out.document, |_, schema| {
        let new_names: BTreeMap<String, String> = entries(schema, "properties")
            .map(|(key, property)| (key.clone(), text(property, "x-rust-name")))
            .filter(|(_, new)| !new.is_empty())
            .collect();
        let Some(Value::Object(properties)) = schema.get_mut("properties") else {
            return;
        };
        for (key, property) in std::mem::take(properties) {
            let new = new_names.get(&key).cloned();
            properties.insert(new.unwrap_or(key), property);
        }
        let required = schema.get_mut("required").and_then(Value::as_array_mut);
        for key in required.into_iter().flatten() {
            if let Some(new) = key.as_str().and_then(|key| new_names.get(key)) {
                *key = json!(new);
            }
        }
        pass.changed |= !new_names.is_empty();
        let renamed = new_names.into_iter().map(|(key, new)| (new, key));
        pass.out.renamed.extend(renamed);
    });
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
pub(super) fn constraints_are_prose(pass: &mut Pass<'_>) {
    each_schema(&mut pass.out.document, |_, schema| {
        let constraints: Vec<String> = CONSTRAINTS
            .iter()
            .filter_map(|key| Some(format!("`{key}: {}`", remove(schema, key)?)))
            .collect();
        pass.changed |= !constraints.is_empty();
        remove(schema, "title");
        if !matches!(text(schema, "format").as_str(), "int64" | "double") {
            remove(schema, "format");
        }
        if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
            remove(schema, "additionalProperties");
        }
        let mut paragraphs = vec![text(schema, "description")];
        if flag(schema, "deprecated") {
            paragraphs.push("Deprecated by the provider.".to_owned());
        }
        if !constraints.is_empty() {
            let constraints = constraints.join(", ");
            paragraphs.push(format!("The provider's limits: {constraints}."));
        }
        if paragraphs.len() > 1 {
            schema["description"] = json!(paragraphs.join("\n\n").trim());
        }
    });
}

/// Makes every optional property nullable: an absent one and `null` are read alike, and differ from an empty list.
pub(super) fn optional_is_nullable(pass: &mut Pass<'_>) {
    each_schema(&mut pass.out.document, |_, schema| {
        let required = strings(schema, "required");
        let Some(Value::Object(properties)) = schema.get_mut("properties") else {
            return;
        };
        for (key, property) in properties.iter_mut() {
            if required.contains(key) || flag(property, "nullable") || !property.is_object() {
                continue;
            }
            if let Some(reference) = remove(property, "$ref") {
                property["allOf"] = json!([{ "$ref": reference }]);
            }
            property["nullable"] = json!(true);
            pass.changed = true;
        }
    });
}

/// Keeps fields that the document doesn't list: objects get a map for them, so that they are written back.
pub(super) fn unknown_fields_are_kept(pass: &mut Pass<'_>) {
    each_schema(&mut pass.out.document, |context, schema| {
        if entries(schema, "properties").next().is_none() {
            return;
        }
        let known = schema.get("additionalProperties");
        if known.is_some() {
            pass.out.open.insert(context.name.to_owned());
        }
        if known.is_none_or(|known| *known == Value::Bool(true)) {
            schema["additionalProperties"] = json!({});
            pass.changed = true;
        }
    });
}
