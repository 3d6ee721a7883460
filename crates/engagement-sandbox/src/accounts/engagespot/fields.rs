//! Reading fields.

use serde_json::Value;

use crate::accounts::json::array;

/// The texts in an array.
pub(super) fn texts(body: &Value, field: &str) -> Vec<String> {
    array(body, field)
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}
