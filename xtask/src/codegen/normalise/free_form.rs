//! Objects without listed properties.

use std::collections::BTreeMap;

use engagement_document::Schemas;
use serde_json::Value;

use super::unions::{Replacer, is_scalar_union};
use super::{Pass, each_schema};
use crate::codegen::names;
use crate::json::{entries, flag, items, list, text};

/// Gives free-form objects one type in all crates: typify makes a map of some and a type around a map of others.
pub(super) fn free_form_objects_have_a_type(pass: &mut Pass<'_>) {
    let mut replacer = Replacer::new("Attributes", "engagement_core::Attributes");
    let out = &mut pass.out;
    let mut named = BTreeMap::new();
    each_schema(&mut out.document, |context, schema| {
        let Some(values) = free_form(schema) else {
            return;
        };
        if let Values::Scalars { or_null } = values {
            out.scalar_objects.insert(context.name.to_owned(), or_null);
            if context.component {
                named.insert(context.name.to_owned(), or_null);
            }
        }
        if flag(schema, "nullable") {
            out.nullable_objects.insert(context.name.to_owned());
        }
        replacer.replace(context, schema);
    });
    // A reference to a named schema has nothing but the schema's name.
    each_schema(&mut out.document, |context, schema| {
        let part = match list(schema, "allOf") {
            [part] => part,
            _ => schema,
        };
        let Some(name) = Schemas::ref_name(part).map(names::pascal) else {
            return;
        };
        if let Some(or_null) = named.get(&name) {
            out.scalar_objects.insert(context.name.to_owned(), *or_null);
        }
        if replacer.has_component(&name) && flag(schema, "nullable") {
            out.nullable_objects.insert(context.name.to_owned());
        }
    });
    replacer.finish(pass);
}

/// The values that a free-form object may have.
enum Values {
    Any,
    Scalars { or_null: bool },
}

/// What the values of a free-form object are; `None` for other schemas.
fn free_form(schema: &Value) -> Option<Values> {
    let composed = ["allOf", "oneOf", "anyOf"]
        .iter()
        .any(|key| schema.get(*key).is_some());
    let lists_properties = entries(schema, "properties").next().is_some();
    if text(schema, "type") != "object" || lists_properties || composed {
        return None;
    }
    let values = match schema.get("additionalProperties") {
        None | Some(Value::Bool(_)) => return Some(Values::Any),
        Some(values) => values,
    };
    let texts = ["description", "title", "nullable", "example"];
    let says_nothing = |key: &String| texts.contains(&key.as_str());
    if values.as_object()?.keys().all(says_nothing) {
        return Some(Values::Any);
    }
    // OpenAPI allows `nullable` only beside `type`, so in a union it is on a member.
    let mut members = items(values, "oneOf").chain(items(values, "anyOf"));
    is_scalar_union(values).then(|| Values::Scalars {
        or_null: flag(values, "nullable") || members.any(|member| flag(member, "nullable")),
    })
}
