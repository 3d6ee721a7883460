//! Reading JSON values.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

/// Reads JSON of any depth: a body may be as deep as the limit, and its record is inside other values.
pub(crate) fn read_deep<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.disable_recursion_limit();
    let value = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// An integer, which may be written as `7`, `7.0` or `"7"`.
pub(crate) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| whole_number(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn whole_number(number: f64) -> Option<i64> {
    // Beyond 2^53 not every integer has a float of its own.
    let fits = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "checked in the line above")]
    fits.then_some(number as i64)
}

/// A number, which may be written as text.
pub(crate) fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => serde_json::from_str::<serde_json::Number>(text.trim())
            .ok()
            .map(Value::Number),
        _ => None,
    }
}

/// The text of a field; empty when it is missing.
pub(crate) fn text<'a>(object: &'a Object, field: &str) -> &'a str {
    let value = object.get(field);
    value.and_then(Value::as_str).unwrap_or_default()
}

/// A copy of an object; empty for any other value.
pub(crate) fn to_object(value: &Value) -> Object {
    value.as_object().cloned().unwrap_or_default()
}

/// The elements of an array in a field; none when it is missing.
pub(crate) fn array<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value
        .get(field)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn integers_are_read_from_numbers_and_text() {
        assert_eq!(integer(&json!("42")), Some(42));
        assert_eq!(integer(&json!(42.0)), Some(42));
        assert_eq!(integer(&json!(1e300)), None);
        assert_eq!(integer(&json!(4.2)), None);
        assert_eq!(integer(&json!("x")), None);
    }
}
