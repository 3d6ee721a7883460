//! Reading and writing the fields of records.

use serde_json::{Value, json};

use crate::accounts::json::Object;

/// Whether a field is `true`.
pub(super) fn is_true(record: &Object, field: &str) -> bool {
    record.get(field) == Some(&Value::Bool(true))
}

/// The array in a field, which is created if it is missing.
pub(super) fn array_mut<'a>(record: &'a mut Object, field: &str) -> &'a mut Vec<Value> {
    let value = record.entry(field).or_insert_with(|| json!([]));
    if !value.is_array() {
        *value = json!([]);
    }
    match value {
        Value::Array(items) => items,
        _ => unreachable!("made an array above"),
    }
}

/// Replaces the element of an array with this id, or adds one.
pub(super) fn set_by_id(record: &mut Object, field: &str, id: &str, value: &Value) {
    let elements = array_mut(record, field);
    match elements.iter_mut().find(|known| known["id"] == json!(id)) {
        Some(known) => known.clone_from(value),
        None => elements.push(value.clone()),
    }
}
