//! Objects without listed properties.

use std::collections::BTreeMap;

use engagement_document::{Document, Schemas};
use serde_json::{Map, Value};

use super::unions::{Replacer, is_scalar_union};
use super::{Normalised, each_schema};
use crate::codegen::{Failure, names};

/// Gives free-form objects one type in all crates: typify makes a map of some and a type around a map of others.
pub(super) fn free_form_objects_have_a_type(
    _: &Document,
    normalised: &mut Normalised,
) -> Result<usize, Failure> {
    let mut replacer = Replacer::new("Attributes", "engagement_core::Attributes");
    let (scalars, nullable) = (
        &mut normalised.scalar_objects,
        &mut normalised.nullable_objects,
    );
    let mut named = BTreeMap::new();
    each_schema(&mut normalised.document, &mut |context, schema| {
        let Some(values) = schema.as_object().and_then(free_form) else {
            return;
        };
        if let Values::Scalars { or_null } = values {
            scalars.insert(context.name.to_owned(), or_null);
            if context.component {
                named.insert(context.name.to_owned(), or_null);
            }
        }
        if is_nullable(schema) {
            nullable.insert(context.name.to_owned());
        }
        replacer.replace(context, schema);
    });
    // A reference to a named schema has nothing but the schema's name.
    each_schema(&mut normalised.document, &mut |context, schema| {
        let all_of = schema.get("allOf").and_then(Value::as_array);
        let part = match all_of.map(Vec::as_slice) {
            Some([part]) => part,
            _ => schema,
        };
        let Some(name) = Schemas::ref_name(part).map(names::pascal) else {
            return;
        };
        if let Some(or_null) = named.get(&name) {
            scalars.insert(context.name.to_owned(), *or_null);
        }
        if replacer.has_component(&name) && is_nullable(schema) {
            nullable.insert(context.name.to_owned());
        }
    });
    Ok(replacer.finish(normalised))
}

fn is_nullable(schema: &Value) -> bool {
    schema.get("nullable") == Some(&Value::Bool(true))
}

/// OpenAPI allows `nullable` only beside `type`, so in a union it is on a member.
fn has_nullable_member(union: &Value) -> bool {
    ["oneOf", "anyOf"]
        .iter()
        .filter_map(|key| union.get(*key)?.as_array())
        .flatten()
        .any(is_nullable)
}

/// The values that a free-form object may have.
enum Values {
    Any,
    Scalars { or_null: bool },
}

/// What the values of a free-form object are; `None` for other schemas.
fn free_form(object: &Map<String, Value>) -> Option<Values> {
    let lists_properties = object
        .get("properties")
        .and_then(Value::as_object)
        .is_some_and(|properties| !properties.is_empty());
    let is_object = object.get("type").and_then(Value::as_str) == Some("object");
    let composed = ["allOf", "oneOf", "anyOf"]
        .iter()
        .any(|key| object.contains_key(*key));
    if lists_properties || !is_object || composed {
        return None;
    }
    match object.get("additionalProperties") {
        None | Some(Value::Bool(_)) => Some(Values::Any),
        Some(Value::Object(values)) => {
            let texts = ["description", "title", "nullable", "example"];
            if values.keys().all(|key| texts.contains(&key.as_str())) {
                return Some(Values::Any);
            }
            let values = object.get("additionalProperties")?;
            is_scalar_union(values).then(|| Values::Scalars {
                or_null: is_nullable(values) || has_nullable_member(values),
            })
        }
        Some(_) => None,
    }
}
