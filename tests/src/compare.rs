use serde_json::Value;

/// Where `written` says something else than `read`, as JSON pointers with both values.
///
/// A key that is `null` equals a missing one, and `100.0` equals `100`: neither makes a difference to a provider.
/// A number must keep its exact value.
pub fn differences(read: &Value, written: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", read, written, &mut found);
    found
}

fn compare(at: &str, read: &Value, written: &Value, found: &mut Vec<String>) {
    match (read, written) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                let pointer = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                compare(
                    &pointer,
                    a.get(key).unwrap_or(&Value::Null),
                    b.get(key).unwrap_or(&Value::Null),
                    found,
                );
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            for at_element in 0..a.len().max(b.len()) {
                let (x, y) = (a.get(at_element), b.get(at_element));
                let pointer = format!("{at}/{at_element}");
                match (x, y) {
                    (Some(x), Some(y)) => compare(&pointer, x, y, found),
                    (x, y) => found.push(format!("{pointer}: {} became {}", show(x), show(y))),
                }
            }
        }
        (Value::Number(a), Value::Number(b)) if same_number(a, b) => {}
        (a, b) if a == b => {}
        (a, b) => found.push(format!("{at}: {} became {}", show(Some(a)), show(Some(b)))),
    }
}

fn same_number(a: &serde_json::Number, b: &serde_json::Number) -> bool {
    let integer = |n: &serde_json::Number| {
        n.as_i64()
            .map(i128::from)
            .or_else(|| n.as_u64().map(i128::from))
    };
    match (integer(a), integer(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a.as_f64() == b.as_f64(),
        // One is written with a fraction: equal only while `f64` holds the integer exactly.
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
            if text.chars().count() > 80 {
                format!("{}…", text.chars().take(80).collect::<String>())
            } else {
                text
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn null_equals_missing_and_a_float_equals_its_integer() {
        assert!(differences(&json!({"a": null, "b": 100}), &json!({"b": 100.0})).is_empty());
    }

    #[test]
    fn what_is_lost_or_changed_is_named() {
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
