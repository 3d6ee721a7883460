//! The pass over unions that one field selects.

use std::collections::BTreeSet;

use engagement_document::Schemas;
use serde_json::{Value, json};

use super::{Pass, Refusal, TaggedUnion, add_placeholder};
use crate::codegen::names;
use crate::json::{items, list, remove, step, text};

/// Removes named unions of objects from the document if the values of one field select the member: typify tries one member
/// after the other, uses the first that fits, and rejects a response with a new value.
///
/// A `discriminator` says which field and values; otherwise the enums of the members do, and the last member lists no
/// values. A member without values accepts all other objects. If all members have values, other objects are kept as JSON.
pub(super) fn tagged_unions_are_replaced(pass: &mut Pass<'_>) {
    let schemas = &pass.source.schemas;
    for name in schemas.names() {
        let schema = schemas.get(name).unwrap_or(&Value::Null);
        let given = schema.get("discriminator");
        let found = match given {
            Some(given) => by_discriminator(schemas, schema, given),
            None => tagged(schemas, schema),
        };
        let Some(mut tagged) = found else {
            if given.is_some() {
                let message = format!(
                    "schema {name}: `discriminator` needs a `mapping` to the members of its `oneOf`, which are named schemas; one member may be without"
                );
                let at = step(&step("/components/schemas", name), "discriminator");
                pass.refusals.push(Refusal::new(at, message));
            }
            continue;
        };
        tagged.boxed = boxed(schemas, name, schema);
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

/// The types of members that can contain the union itself.
fn boxed(schemas: &Schemas, name: &str, schema: &Value) -> BTreeSet<String> {
    let contains = |member: &&str| {
        let mut seen = BTreeSet::new();
        let mut todo = vec![(*member).to_owned()];
        while let Some(next) = todo.pop() {
            let inner = schemas.get(&next).unwrap_or(&Value::Null);
            if next == name {
                return true;
            }
            if seen.insert(next) {
                references(inner, &mut todo);
            }
        }
        false
    };
    members(schema)
        .filter(contains)
        .map(names::pascal)
        .collect()
}

/// The schemas that a schema refers to.
fn references(schema: &Value, found: &mut Vec<String>) {
    found.extend(Schemas::ref_name(schema).map(str::to_owned));
    match schema {
        Value::Object(object) => object.values().for_each(|inner| references(inner, found)),
        Value::Array(list) => list.iter().for_each(|inner| references(inner, found)),
        _ => {}
    }
}

fn by_discriminator(schemas: &Schemas, schema: &Value, given: &Value) -> Option<TaggedUnion> {
    let parts = list(schema, "oneOf");
    let mapping = given.get("mapping")?.as_object()?;
    let names: Vec<&str> = members(schema).collect();
    let target = |value: &Value| Schemas::ref_name(&json!({ "$ref": value })).map(str::to_owned);
    let known = mapping
        .values()
        .all(|value| target(value).is_some_and(|name| names.contains(&name.as_str())));
    if names.len() < parts.len() || !known || !names.iter().all(|name| schemas.get(name).is_some())
    {
        return None;
    }
    let values = |name: &str| -> Vec<String> {
        let own = mapping
            .iter()
            .filter(|(_, value)| target(value).as_deref() == Some(name));
        own.map(|(value, _)| value.clone()).collect()
    };
    let (named, others): (Vec<&str>, Vec<&str>) =
        names.into_iter().partition(|name| !values(name).is_empty());
    if named.is_empty() || others.len() > 1 {
        return None;
    }
    let members = named
        .into_iter()
        .map(|name| (values(name), names::pascal(name)));
    Some(TaggedUnion {
        description: text(schema, "description"),
        tag: given.get("propertyName")?.as_str()?.to_owned(),
        members: members.collect(),
        other: others.first().map(|name| names::pascal(name)),
        boxed: BTreeSet::new(),
    })
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
        other: Some(names::pascal(other)),
        boxed: BTreeSet::new(),
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
