//! Properties of records.

use serde_json::{Value, json};

use crate::accounts::json::{Object, text};

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

/// A property as the provider returns it: with the optional fields, and the value as text.
fn property_view(property: &Value) -> Value {
    let mut view = property.as_object().cloned().unwrap_or_default();
    let value = match view.get("value") {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    };
    let kind = if SYSTEM.contains(&text(&view, "name")) {
        "SYSTEM"
    } else {
        "CUSTOM"
    };
    view.insert("value".into(), value.into());
    view.entry("field_type").or_insert_with(|| "TEXT".into());
    view.entry("is_searchable").or_insert(Value::Bool(false));
    view.entry("type").or_insert_with(|| kind.into());
    Value::Object(view)
}

/// Name and subtype of a property, by which a record identifies it.
fn identity(property: &Value) -> (&str, &str) {
    let part = |field: &str| {
        property
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    match (part("name"), part("subtype")) {
        // An e-mail address without a subtype is the primary one.
        ("email", "") => ("email", "primary"),
        pair => pair,
    }
}

/// Overwrites properties of the same name and subtype, and adds the others.
pub(super) fn merge_properties(record: &mut Object, new: &[Value]) {
    let properties = record.entry("properties").or_insert_with(|| json!([]));
    let Value::Array(properties) = properties else {
        return;
    };
    for property in new.iter().map(property_view) {
        match properties
            .iter_mut()
            .find(|known| identity(known) == identity(&property))
        {
            Some(known) => *known = property,
            None => properties.push(property),
        }
    }
}

/// The value of a property; of several, that of the primary one.
pub(super) fn property_value<'a>(properties: &'a Value, name: &str) -> Option<&'a str> {
    let mut named = properties
        .as_array()?
        .iter()
        .filter(|property| identity(property).0 == name);
    let all: Vec<&Value> = named.by_ref().collect();
    let primary = all
        .iter()
        .find(|property| identity(property).1 == "primary")
        .or(all.first())?;
    primary.get("value")?.as_str()
}
