//! The pass over unions that one field selects.

use engagement_document::Schemas;
use serde_json::Value;

use super::{Pass, TaggedUnion, add_placeholder};
use crate::codegen::names;
use crate::json::{items, list, remove, step, text};

/// Removes named unions of objects from the document if the values of one field select the member: typify tries one member
/// after the other, uses the first that fits, and rejects a response with a new value.
///
/// The last member lists no values; it accepts all other objects.
pub(super) fn tagged_unions_are_replaced(pass: &mut Pass<'_>) {
    let schemas = &pass.source.schemas;
    for name in schemas.names() {
        let schema = schemas.get(name).unwrap_or(&Value::Null);
        let Some(tagged) = tagged(schemas, schema) else {
            continue;
        };
        for member in members(schema) {
            open_tag(&mut pass.out.document, member, &tagged.tag);
        }
        add_placeholder(&mut pass.out.document, name);
        pass.out.tagged.insert(names::pascal(name), tagged);
        pass.changed = true;
    }
}

fn members(schema: &Value) -> impl Iterator<Item = &str> {
    items(schema, "oneOf").filter_map(Schemas::ref_name)
}

fn tagged(schemas: &Schemas, schema: &Value) -> Option<TaggedUnion> {
    let names: Vec<&str> = members(schema).collect();
    let all = names.len() == list(schema, "oneOf").len();
    let (other, named) = names.split_last().filter(|_| all)?;
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
    Some(TaggedUnion {
        description: text(schema, "description"),
        tag: tag.to_owned(),
        members,
        other: names::pascal(other),
    })
}

/// Makes a member's tag plain text: an enum of one value is useless.
fn open_tag(document: &mut Value, member: &str, tag: &str) {
    let pointer = step(&step("/components/schemas", member), "properties");
    let properties = document.pointer_mut(&pointer);
    if let Some(property) = properties.and_then(|properties| properties.get_mut(tag)) {
        remove(property, "not");
        if list(property, "enum").len() < 2 {
            remove(property, "enum");
        }
    }
}
