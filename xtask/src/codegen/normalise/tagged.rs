//! The pass over unions that one field selects.

use engagement_document::{Document, Schemas};
use serde_json::Value;

use super::{Normalised, TaggedUnion, add_placeholder};
use crate::codegen::{Failure, names};

/// Removes named unions of objects from the document if the values of one field select the member: typify tries one member
/// after the other, uses the first that fits, and rejects a response with a new value.
///
/// The last member lists no values; it accepts all other objects.
pub(super) fn tagged_unions_are_replaced(
    document: &Document,
    normalised: &mut Normalised,
) -> Result<usize, Failure> {
    let mut found = Vec::new();
    for name in document.schemas.names() {
        let schema = document.schemas.get(name).unwrap_or(&Value::Null);
        let Some(tagged) = tagged(&document.schemas, schema) else {
            continue;
        };
        found.push((names::pascal(name), tagged));
        for member in members(schema) {
            open_tag(normalised, member, &found[found.len() - 1].1.tag);
        }
        add_placeholder(&mut normalised.document, name);
    }
    let changed = found.len();
    normalised.tagged.extend(found);
    Ok(changed)
}

fn members(schema: &Value) -> impl Iterator<Item = &str> {
    let parts = schema.get("oneOf").and_then(Value::as_array);
    parts.into_iter().flatten().filter_map(Schemas::ref_name)
}

fn tagged(schemas: &Schemas, schema: &Value) -> Option<TaggedUnion> {
    let parts = schema.get("oneOf")?.as_array()?;
    let names: Vec<&str> = members(schema).collect();
    let (other, named) = names.split_last().filter(|_| names.len() == parts.len())?;
    // The first property of the first member that lists its values.
    let tag = schemas
        .properties(schemas.get(named.first()?)?)
        .into_iter()
        .find(|(_, property)| property.get("enum").is_some())?
        .0;
    let values = |name: &str| -> Option<Vec<String>> {
        let properties = schemas.properties(schemas.get(name)?);
        let (_, property) = properties.into_iter().find(|(key, _)| *key == tag)?;
        let values = property.get("enum")?.as_array()?.iter();
        values
            .map(|value| value.as_str().map(str::to_owned))
            .collect()
    };
    if values(other).is_some() {
        return None;
    }
    let members = named
        .iter()
        .map(|name| Some((values(name)?, names::pascal(name))))
        .collect::<Option<Vec<_>>>()?;
    let description = schema.get("description").and_then(Value::as_str);
    Some(TaggedUnion {
        description: description.unwrap_or_default().trim().to_owned(),
        tag: tag.to_owned(),
        members,
        other: names::pascal(other),
    })
}

/// Makes a member's tag plain text: an enum of one value is useless.
fn open_tag(normalised: &mut Normalised, member: &str, tag: &str) {
    let pointer = format!("/components/schemas/{member}/properties");
    let property = normalised
        .document
        .pointer_mut(&pointer)
        .and_then(|properties| properties.get_mut(tag))
        .and_then(Value::as_object_mut);
    if let Some(property) = property {
        property.remove("not");
        let few = property
            .get("enum")
            .and_then(Value::as_array)
            .is_some_and(|values| values.len() < 2);
        if few {
            property.remove("enum");
        }
    }
}
