//! Counts the JSON values of a body before it is decoded.
//!
//! Three bytes of JSON can become a kilobyte of memory: `{},` is a struct whose fields are all empty. A limit on the number
//! of values bounds the memory, where a limit on the size of the body does not.

use memchr::memchr2;

/// Whether `json` holds more than `limit` values: objects, arrays, strings, numbers, booleans and `null`. Field names are
/// not counted. Of text that is not JSON, the count means nothing.
pub(super) fn exceeds(json: &[u8], limit: usize) -> bool {
    // A value takes at least one byte, and each but the first another one for a comma or a bracket. So most bodies need
    // no scan.
    if json.len().div_ceil(2) <= limit {
        return false;
    }
    let mut values = 1;
    let mut at = 0;
    while let Some(&byte) = json.get(at) {
        at += 1;
        match byte {
            b'"' => at += string_length(&json[at..]) + 1,
            b',' => values += 1,
            b'[' | b'{' => values += usize::from(!is_closed(&json[at..])),
            _ => continue,
        }
        if values > limit {
            return true;
        }
    }
    values > limit
}

/// Whether the next byte that is not white space is a closing bracket.
fn is_closed(json: &[u8]) -> bool {
    let next = json.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(next, Some(b']' | b'}'))
}

/// The length of a string up to its closing quote, or to the end.
fn string_length(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(rest) = text.get(at..)
        && let Some(found) = memchr2(b'"', b'\\', rest)
    {
        at += found;
        if rest[found] == b'"' {
            return at;
        }
        // The backslash and what it escapes.
        at += 2;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// Whether exactly so many values are counted.
    fn has(json: &str, values: usize) -> bool {
        !exceeds(json.as_bytes(), values) && exceeds(json.as_bytes(), values - 1)
    }

    #[test]
    fn values_are_counted_and_field_names_are_not() {
        for (json, values) in [
            ("7", 1),
            ("\"\"", 1),
            ("[]", 1),
            ("{}", 1),
            (" [ ] ", 1),
            ("[0,0,0]", 4),
            ("[[]]", 2),
            ("[ [ ] , { } ]", 3),
            ("[[[1]],{}]", 5),
            (r#"{"a": 1, "b": [true, null], "c": {"d": "e"}}"#, 7),
            (r#"["[", "{,", "\"", "\\", "\\\",,", "]"]"#, 7),
            (r#"{",": ",", "[{": "\u005b,"}"#, 3),
        ] {
            assert!(has(json, values), "{json}");
        }
    }

    #[test]
    fn strings_without_an_end_are_skipped() {
        for json in [r#"["a,,,,"#, r#"["a,,,,\"#, r#"["a,,,,\""#] {
            assert!(has(json, 2), "{json}");
        }
    }

    #[test]
    fn everything_exceeds_nothing() {
        assert!(exceeds(b"0", 0));
        assert!(!exceeds(b"", 0));
    }

    fn count(value: &Value) -> usize {
        match value {
            Value::Array(values) => 1 + values.iter().map(count).sum::<usize>(),
            Value::Object(fields) => 1 + fields.values().map(count).sum::<usize>(),
            _ => 1,
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            r#"[\[\]{},:"\\ aé]{0,6}"#.prop_map(Value::from),
        ];
        scalar.prop_recursive(5, 64, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(r#"[\[\]{},:"\\ a]{0,3}"#, inner, 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

        #[test]
        fn agrees_with_the_parser(json in any_json(), pretty: bool) {
            let text = if pretty { format!("{json:#}") } else { json.to_string() };
            prop_assert!(has(&text, count(&json)), "{}", text);
        }

        #[test]
        fn never_panics(bytes: Vec<u8>, limit in 0..4_usize) {
            let _ = exceeds(&bytes, limit);
        }
    }
}
