//! From text on the wire to JSON of the documented types.

use engagement_document::Schemas;
use serde_json::{Map, Value};

use crate::accounts::call::{Refused, bad};

/// Turns a form's pairs into an object. Values that don't read as their type stay text, for the validator to name.
pub(crate) fn form(schemas: &Schemas, schema: &Value, bytes: &[u8]) -> Result<Value, Refused> {
    object(schemas, schema, form_urlencoded::parse(bytes).into_owned())
}

/// The same for pairs that are decoded.
pub(crate) fn object(
    schemas: &Schemas,
    schema: &Value,
    pairs: impl Iterator<Item = (String, String)>,
) -> Result<Value, Refused> {
    let mut grouped: Map<String, Value> = Map::new();
    for (name, value) in pairs {
        let values = grouped
            .entry(name)
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(values) = values {
            values.push(Value::String(value));
        }
    }
    let properties = schemas.properties(schema);
    let mut object = Map::new();
    for (name, values) in grouped {
        let texts: Vec<String> = values
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        let schema = properties
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, schema)| *schema);
        let value = match schema {
            Some(schema) if holds_json(schemas, schema) => {
                let text = texts.first().map_or("", String::as_str);
                serde_json::from_str(text).map_err(|_| {
                    bad(format!("body/{name}: the form field must hold JSON text, such as [\"one\",\"two\"]; percent-encode it in a URL-encoded form"))
                })?
            }
            Some(schema) => typed(schemas, schema, &texts),
            None => typed(schemas, &Value::Null, &texts),
        };
        object.insert(name, value);
    }
    Ok(Value::Object(object))
}

fn holds_json(schemas: &Schemas, schema: &Value) -> bool {
    let set = |schema: &Value| schema.get("x-form-json") == Some(&Value::Bool(true));
    set(schema) || set(schemas.resolve(schema))
}

/// One value of the schema's type, from the texts that stand under its name.
pub(crate) fn typed(schemas: &Schemas, schema: &Value, texts: &[String]) -> Value {
    let schema = schemas.resolve(schema);
    if schema.get("type").and_then(Value::as_str) == Some("array") {
        let items = schema.get("items").unwrap_or(&Value::Null);
        return texts
            .iter()
            .map(|text| scalar(schemas, items, text))
            .collect();
    }
    match texts {
        [one] => scalar(schemas, schema, one),
        several => several
            .iter()
            .map(|text| scalar(schemas, schema, text))
            .collect(),
    }
}

fn scalar(schemas: &Schemas, schema: &Value, text: &str) -> Value {
    let schema = schemas.resolve(schema);
    let as_text = || Value::String(text.to_owned());
    match schema.get("type").and_then(Value::as_str) {
        Some("integer") => text.parse::<i64>().map_or_else(|_| as_text(), Value::from),
        Some("number") => number(text).unwrap_or_else(as_text),
        Some("boolean") => text.parse::<bool>().map_or_else(|_| as_text(), Value::from),
        Some(_) => as_text(),
        None => {
            let alternatives = ["oneOf", "anyOf"]
                .into_iter()
                .find_map(|key| schema.get(key)?.as_array());
            let alternatives = alternatives.map_or(&[][..], Vec::as_slice);
            let takes_text = |schema: &Value| {
                schemas.resolve(schema).get("type").and_then(Value::as_str) == Some("string")
            };
            if alternatives.iter().any(takes_text) {
                return as_text();
            }
            let mut read = alternatives
                .iter()
                .map(|schema| scalar(schemas, schema, text));
            read.find(|value| !value.is_string())
                .unwrap_or_else(as_text)
        }
    }
}

/// Decimal text as a JSON number: `NaN` and `inf`, which Rust would read, are none.
fn number(text: &str) -> Option<Value> {
    serde_json::from_str::<serde_json::Number>(text)
        .ok()
        .map(Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_become_what_the_schema_says() {
        let schemas = Schemas::default();
        let read = |schema: Value, texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
            typed(&schemas, &schema, &texts)
        };
        assert_eq!(read(json!({"type": "integer"}), &["7"]), json!(7));
        assert_eq!(read(json!({"type": "integer"}), &["7.5"]), json!("7.5"));
        assert_eq!(read(json!({"type": "number"}), &["NaN"]), json!("NaN"));
        assert_eq!(read(json!({"type": "boolean"}), &["true"]), json!(true));
        assert_eq!(
            read(
                json!({"type": "array", "items": {"type": "integer"}}),
                &["1", "2"]
            ),
            json!([1, 2])
        );
        assert_eq!(
            read(
                json!({"oneOf": [{"type": "integer"}, {"type": "string"}]}),
                &["1"]
            ),
            json!("1")
        );
        assert_eq!(
            read(
                json!({"oneOf": [{"type": "integer"}, {"type": "boolean"}]}),
                &["true"]
            ),
            json!(true)
        );
        assert_eq!(
            read(json!({"type": "string"}), &["a", "b"]),
            json!(["a", "b"]),
            "for the validator to refuse"
        );
    }

    #[test]
    fn a_form_field_can_hold_json() {
        let schema = json!({"properties": {"tags": {"type": "array", "x-form-json": true}, "n": {"type": "integer"}}});
        let read = form(
            &Schemas::default(),
            &schema,
            b"tags=%5B%22a%22%5D&n=5&other=x",
        );
        assert_eq!(read.unwrap(), json!({"tags": ["a"], "n": 5, "other": "x"}));
        assert!(
            form(&Schemas::default(), &schema, b"tags=a,b")
                .unwrap_err()
                .message
                .contains("body/tags")
        );
    }
}
