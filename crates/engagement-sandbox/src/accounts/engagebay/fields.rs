//! Properties, tags and ids inside records.

use serde_json::{Value, json};

use crate::accounts::call::{Refused, bad};
use crate::accounts::values::{Row, int, now_seconds, text};

/// Names that are not custom fields.
const SYSTEM: [&str; 9] = [
    "name",
    "last_name",
    "email",
    "role",
    "phone",
    "website",
    "address",
    "url",
    "score",
];

/// Properties as the provider shows them: the parts that a caller may leave out filled in, values as text.
fn shown(property: &Value) -> Value {
    let mut row = property.as_object().cloned().unwrap_or_default();
    let value = match row.get("value") {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    };
    let kind = if SYSTEM.contains(&text(&row, "name")) {
        "SYSTEM"
    } else {
        "CUSTOM"
    };
    row.insert("value".into(), value.into());
    row.entry("field_type").or_insert_with(|| "TEXT".into());
    row.entry("is_searchable").or_insert(Value::Bool(false));
    row.entry("type").or_insert_with(|| kind.into());
    Value::Object(row)
}

/// What tells two properties of a record apart.
fn key(property: &Value) -> (&str, &str) {
    let part = |key: &str| {
        property
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    match (part("name"), part("subtype")) {
        // The first e-mail address is the primary one, said or not.
        ("email", "") => ("email", "primary"),
        pair => pair,
    }
}

/// Overwrites properties of the same name and subtype, adds the others, removes none.
pub(super) fn merge(row: &mut Row, new: &[Value]) {
    let properties = row.entry("properties").or_insert_with(|| json!([]));
    let Value::Array(properties) = properties else {
        return;
    };
    for property in new.iter().map(shown) {
        match properties
            .iter_mut()
            .find(|known| key(known) == key(&property))
        {
            Some(known) => *known = property,
            None => properties.push(property),
        }
    }
}

/// The value of a property, the primary one where there are several.
pub(super) fn value<'a>(properties: &'a Value, name: &str) -> Option<&'a str> {
    let mut named = properties
        .as_array()?
        .iter()
        .filter(|property| key(property).0 == name);
    let all: Vec<&Value> = named.by_ref().collect();
    let primary = all
        .iter()
        .find(|property| key(property).1 == "primary")
        .or(all.first())?;
    primary.get("value")?.as_str()
}

/// Names of tags given as text or as `{"tag": name}`.
pub(super) fn tag_names(tags: &Value) -> Vec<String> {
    let name = |tag: &Value| {
        tag.as_str()
            .or_else(|| tag.get("tag")?.as_str())
            .map(str::to_owned)
    };
    tags.as_array()
        .into_iter()
        .flatten()
        .filter_map(name)
        .collect()
}

/// The provider's rule for the name of a tag.
pub(super) fn valid_tags(names: &[String]) -> Result<(), Refused> {
    let valid = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ' ')
    };
    match names.iter().find(|name| !valid(name)) {
        None => Ok(()),
        Some(name) => Err(bad(format!(
            "Invalid tag name `{name}`: start with a letter and go on with letters, digits, underscores and spaces"
        ))),
    }
}

/// Tags a record.
pub(super) fn add_tags(row: &mut Row, names: &[String]) {
    if let Value::Array(tags) = row.entry("tags").or_insert_with(|| json!([])) {
        for name in names {
            if !tags.iter().any(|tag| tag["tag"] == json!(name)) {
                tags.push(json!({ "tag": name, "assigned_time": now_seconds() }));
            }
        }
    }
}

/// Takes tags off a record; those it doesn't have are passed over.
pub(super) fn remove_tags(row: &mut Row, names: &[String]) {
    if let Some(Value::Array(tags)) = row.get_mut("tags") {
        tags.retain(|tag| !names.iter().any(|name| tag["tag"] == json!(name)));
    }
}

/// Adds an id to a list of ids, once.
pub(super) fn add_id(row: &mut Row, key: &str, id: i64) {
    if let Value::Array(ids) = row.entry(key).or_insert_with(|| json!([]))
        && !ids.iter().any(|known| int(known) == Some(id))
    {
        ids.push(id.into());
    }
}

/// Takes an id off a list of ids.
pub(super) fn remove_id(row: &mut Row, key: &str, id: i64) {
    if let Some(Value::Array(ids)) = row.get_mut(key) {
        ids.retain(|known| int(known) != Some(id));
    }
}

/// Whether a list of ids holds one.
pub(super) fn has_id(ids: &Value, id: i64) -> bool {
    ids.as_array()
        .is_some_and(|ids| ids.iter().any(|known| int(known) == Some(id)))
}

/// Copies what a body sets, leaving out what a record decides itself.
pub(super) fn copy(row: &mut Row, body: &Value, keys: &[&str]) {
    for &key in keys {
        if let Some(value) = body.get(key) {
            row.insert(key.into(), value.clone());
        }
    }
}
