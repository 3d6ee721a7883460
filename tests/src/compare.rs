use serde_json::Value;

use crate::pointers::child;

/// The differences of two values, as JSON pointers with both values.
///
/// A field that is `null` equals a missing one, and `100.0` equals `100`, as for providers. Otherwise numbers must be equal
/// exactly.
pub fn differences(read: &Value, written: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", Some(read), Some(written), &mut |at, a, b| {
        found.push(format!("{at}: {} became {}", show(a), show(b)));
    });
    found
}

/// A difference, without the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Lost,
    Added,
    /// The types before and after.
    Type(&'static str, &'static str),
    Value,
}

/// As [`differences`], without values.
pub(crate) fn changes(read: &Value, written: &Value) -> Vec<(String, Change)> {
    let mut found = Vec::new();
    compare("", Some(read), Some(written), &mut |at, a, b| {
        let change = match (a, b) {
            (None | Some(Value::Null), _) => Change::Added,
            (_, None | Some(Value::Null)) => Change::Lost,
            (Some(a), Some(b)) if type_of(a) != type_of(b) => Change::Type(type_of(a), type_of(b)),
            _ => Change::Value,
        };
        found.push((at.to_owned(), change));
    });
    found
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a flag",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Calls `found` for each place where the values differ.
fn compare(
    at: &str,
    read: Option<&Value>,
    written: Option<&Value>,
    found: &mut impl FnMut(&str, Option<&Value>, Option<&Value>),
) {
    match (read, written) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                let [a, b] = [a, b].map(|object| object.get(key).unwrap_or(&Value::Null));
                compare(&child(at, key), Some(a), Some(b), found);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            for index in 0..a.len().max(b.len()) {
                compare(&format!("{at}/{index}"), a.get(index), b.get(index), found);
            }
        }
        (Some(Value::Number(a)), Some(Value::Number(b))) if same_number(a, b) => {}
        (a, b) if a == b => {}
        (a, b) => found(at, a, b),
    }
}

fn same_number(a: &serde_json::Number, b: &serde_json::Number) -> bool {
    match (a.as_i128(), b.as_i128()) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a.as_f64() == b.as_f64(),
        // One has a fraction: they are equal only if `f64` represents the integer exactly.
        (Some(i), None) => same(i, b.as_f64()),
        (None, Some(i)) => same(i, a.as_f64()),
    }
}

fn same(integer: i128, float: Option<f64>) -> bool {
    float.is_some_and(|float| {
        float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0 && float as i128 == integer
    })
}

fn show(value: Option<&Value>) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(value) => {
            let text = value.to_string();
            match text.char_indices().nth(80) {
                Some((end, _)) => format!("{}…", &text[..end]),
                None => text,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn null_equals_a_missing_field_and_a_float_equals_its_integer() {
        assert!(differences(&json!({"a": null, "b": 100}), &json!({"b": 100.0})).is_empty());
    }

    #[test]
    fn lost_and_changed_values_are_reported() {
        let found = differences(
            &json!({"a": [1, 2], "b": 9007199254740993_i64}),
            &json!({"a": [1], "b": 9007199254740992.0}),
        );
        assert_eq!(
            found,
            [
                "/a/1: 2 became nothing",
                "/b: 9007199254740993 became 9007199254740992.0"
            ]
        );
    }
}
