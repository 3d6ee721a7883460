//! Reading and writing the fields of records.

use serde_json::{Value, json};

use crate::accounts::json::{Object, array, integer, text};

/// Copies the named fields that a body has.
pub(super) fn copy_fields(record: &mut Object, body: &Value, fields: &[&str]) {
    for &field in fields {
        if let Some(value) = body.get(field) {
            record.insert(field.into(), value.clone());
        }
    }
}

/// Sets the time of the last change.
pub(super) fn set_updated_time(record: &mut Object, now: i64) {
    record.insert("updated_time".into(), now.into());
}

/// The ids in a field, as integers.
pub(super) fn ids(body: &Value, field: &str) -> Vec<Value> {
    array(body, field)
        .iter()
        .filter_map(integer)
        .map(Value::from)
        .collect()
}

/// Adds an id to the ids in a field, unless it is there.
pub(super) fn add_id(record: &mut Object, field: &str, id: i64) {
    if let Value::Array(ids) = record.entry(field).or_insert_with(|| json!([]))
        && !ids.iter().any(|known| integer(known) == Some(id))
    {
        ids.push(id.into());
    }
}

/// Removes an id from the ids in a field.
pub(super) fn remove_id(record: &mut Object, field: &str, id: i64) {
    if let Some(Value::Array(ids)) = record.get_mut(field) {
        ids.retain(|known| integer(known) != Some(id));
    }
}

/// Whether an array of ids contains one.
pub(super) fn contains_id(ids: &Value, id: i64) -> bool {
    ids.as_array()
        .is_some_and(|ids| ids.iter().any(|known| integer(known) == Some(id)))
}

/// Whether a value is `true`, as boolean or text.
pub(super) fn is_true(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// A contact or user as other records contain it.
pub(super) fn user_summary(record: &Object) -> Value {
    let name = if text(record, "fullname").is_empty() {
        text(record, "name")
    } else {
        text(record, "fullname").trim_end()
    };
    json!({ "id": record.get("id"), "email": text(record, "email"), "name": name })
}
