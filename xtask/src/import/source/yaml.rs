//! Reads documents of either syntax, and writes YAML that a person can edit.

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
    let json = match serde_json::from_str(text) {
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
    let yaml: serde_norway::Value =
        serde_norway::from_str(text).map_err(|error| error.to_string())?;
    serde_json::to_value(yaml).map_err(|error| error.to_string())
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
        let error = read("a: b\nc: [\n").unwrap_err();
        assert!(error.contains("YAML"), "{error}");
        let error = read("a: b\nc: d: e\n").unwrap_err();
        assert!(error.contains("line 2"), "{error}");
    }
}
