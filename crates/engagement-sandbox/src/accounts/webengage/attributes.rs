//! Custom attributes: which are stored, and how.

use serde_json::Value;

use super::model::AttributeTypes;
use crate::accounts::json::Object;
use crate::recent::Recent;

/// Texts are truncated to this length.
pub(super) const MAX_TEXT: usize = 1000;
/// Names must be shorter.
const MAX_NAME: usize = 50;
/// The largest number of attributes of one data type.
const MAX_PER_TYPE: usize = 25;
/// The prefix of names that are reserved for the provider.
const RESERVED_PREFIX: &str = "we_";

/// The attributes that are stored. Others are dropped, and listed in `dropped` with the reason.
pub(super) fn accept_attributes(
    types: &mut AttributeTypes,
    attributes: &Object,
    path: &str,
    dropped: &mut Recent<String>,
) -> Object {
    let mut accepted = Object::new();
    for (name, value) in attributes {
        match problem(types, name, value) {
            None => {
                accepted.insert(name.clone(), truncate(value, MAX_TEXT));
            }
            Some(why) => dropped.push(format!("{path}/{name}: {why}")),
        }
    }
    accepted
}

/// Why an attribute is not stored. The first stored value determines its type.
fn problem(types: &mut AttributeTypes, name: &str, value: &Value) -> Option<String> {
    if let Some(why) = check_name(name) {
        return Some(why);
    }
    let Some(given) = data_type(value) else {
        return Some("null has no documented meaning".to_owned());
    };
    match types.get(name) {
        Some(first) if *first != given => {
            Some(format!("the first value was {first}, this one is {given}"))
        }
        Some(_) => None,
        None if types.values().filter(|known| **known == given).count() >= MAX_PER_TYPE => Some(
            format!("there are {MAX_PER_TYPE} attributes of type {given} already"),
        ),
        None => {
            types.insert(name.to_owned(), given.into());
            None
        }
    }
}

/// Why the name of an event or attribute is not accepted.
pub(super) fn check_name(name: &str) -> Option<String> {
    if name.starts_with(RESERVED_PREFIX) {
        Some(format!(
            "names that start with {RESERVED_PREFIX} are reserved"
        ))
    } else if name.is_empty() {
        Some("the name is empty".to_owned())
    } else if name.chars().count() >= MAX_NAME {
        Some(format!("names must be shorter than {MAX_NAME} characters"))
    } else {
        None
    }
}

/// The data type of a value; null has none.
pub(super) fn data_type(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null => None,
        Value::Bool(_) => Some("boolean"),
        Value::Number(_) => Some("number"),
        Value::String(_) => Some("string"),
        Value::Array(_) => Some("array"),
        Value::Object(_) => Some("map"),
    }
}

/// A value with all texts truncated.
pub(super) fn truncate(value: &Value, max: usize) -> Value {
    match value {
        Value::String(text) => text.chars().take(max).collect::<String>().into(),
        Value::Array(items) => items.iter().map(|item| truncate(item, max)).collect(),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| (name.clone(), truncate(value, max));
            Value::Object(fields.iter().map(field).collect())
        }
        other => other.clone(),
    }
}
