//! Reads documents of either syntax, and writes YAML that a person can edit.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Reads JSON or YAML.
///
/// JSON is tried first: it is what most vendors serve, and its error messages are better. What fails as JSON is read as
/// YAML, which forgives trailing commas and comments.
///
/// # Errors
/// If the text is neither; the message has the line.
pub fn read(text: &str) -> Result<Value, String> {
    let text = text.trim_start_matches('\u{feff}');
    // Equal keys first: read into a value, the second of them would win silently.
    let unique = serde_json::from_str::<UniqueKeys>(text);
    let json = match unique.and_then(|_| serde_json::from_str(text)) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let as_json = text.trim_start().starts_with(['{', '[']);
    match from_yaml(text) {
        Ok(value) if value.is_object() => Ok(value),
        Ok(_) => Err("it contains a text and no document".to_owned()),
        Err(_) if as_json => Err(format!("not readable as JSON: {json}")),
        Err(error) => Err(format!("not readable as YAML: {error}")),
    }
}

fn from_yaml(text: &str) -> Result<Value, String> {
    // By way of YAML's own value: read straight into JSON, the second of two equal fields would win silently.
    let mut yaml: serde_norway::Value =
        serde_norway::from_str(text).map_err(|error| error.to_string())?;
    // `<<: *base`, which YAML 1.1 has and most tools read.
    yaml.apply_merge().map_err(|error| error.to_string())?;
    serde_json::to_value(yaml).map_err(|error| error.to_string())
}

/// Any JSON in whose objects each key stands once.
struct UniqueKeys;

impl<'de> Deserialize<'de> for UniqueKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueKeys)
    }
}

impl<'de> Visitor<'de> for UniqueKeys {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if keys.contains(&key) {
                return Err(A::Error::custom(format!("the key `{key}` stands twice")));
            }
            map.next_value::<Self>()?;
            keys.insert(key);
        }
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }
}

/// Writes YAML. Falls back to JSON, which is YAML too, should a text not survive the round trip.
pub(crate) fn write(value: &Value) -> String {
    match serde_norway::to_string(value) {
        Ok(text) if read(&text).as_ref() == Ok(value) => text,
        _ => format!("{value:#}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_survive_being_written_and_read() {
        let value = json!({
            "plain": "a text, (with) signs", "quoted": "yes", "number": "1", "colon": "a: b", "hash": "a #b",
            "lines": "one\n\n  two: 2\nthree", "trailing": "one \ntwo", "empty": "", "list": [[1, [2]], {"a": {"b": []}}, "x"],
            "200": {"odd key": null}, "unicode": "größer\u{7f}", "none": {},
        });
        let text = write(&value);
        assert!(!text.starts_with('{'), "{text}");
        assert_eq!(read(&text).unwrap(), value);
    }

    #[test]
    fn yaml_is_read_with_its_lines_in_errors() {
        assert_eq!(
            read("---\na: |\n  b\n  c\n").unwrap(),
            json!({"a": "b\nc\n"})
        );
        assert_eq!(read("{\"a\": [1, 2,],}").unwrap(), json!({"a": [1, 2]}));
        assert_eq!(read("200: {a: b}\n").unwrap(), json!({"200": {"a": "b"}}));
        let merged = "base: &base {id: 1, name: a}\nthing:\n  <<: *base\n  name: b\n";
        assert_eq!(
            read(merged).unwrap()["thing"],
            json!({"id": 1, "name": "b"})
        );
        let error = read("a: b\nc: [\n").unwrap_err();
        assert!(error.contains("YAML"), "{error}");
        let error = read("a: b\nc: d: e\n").unwrap_err();
        assert!(error.contains("line 2"), "{error}");
    }

    #[test]
    fn equal_keys_are_an_error_in_both_syntaxes() {
        for text in ["{\"a\": [{\"b\": 1,\n\"b\": 2}]}", "a:\n  b: 1\n  b: 2\n"] {
            let error = read(text).unwrap_err();
            assert!(error.contains("line ") && error.contains('b'), "{error}");
        }
    }
}
