//! Forms and parameters: converting text to JSON of the documented types.

use engagement_document::Schemas;
use serde_json::{Map, Value};

use crate::accounts::response::{ApiError, bad_request};

/// Converts a URL-encoded form to an object. A value that doesn't convert to its type stays text, which the validator
/// then reports.
pub(crate) fn parse(schemas: &Schemas, schema: &Value, bytes: &[u8]) -> Result<Value, ApiError> {
    object(schemas, schema, form_urlencoded::parse(bytes).into_owned())
}

/// Converts decoded form fields to an object.
pub(crate) fn object(
    schemas: &Schemas,
    schema: &Value,
    pairs: impl Iterator<Item = (String, String)>,
) -> Result<Value, ApiError> {
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
            Some(schema) if contains_json(schemas, schema) => {
                let text = texts.first().map_or("", String::as_str);
                serde_json::from_str(text).map_err(|_| {
                    bad_request(format!("body/{name}: the form field must hold JSON text, such as [\"one\",\"two\"]; percent-encode it in a URL-encoded form"))
                })?
            }
            Some(schema) => convert(schemas, schema, &texts),
            None => convert(schemas, &Value::Null, &texts),
        };
        object.insert(name, value);
    }
    Ok(Value::Object(object))
}

fn contains_json(schemas: &Schemas, schema: &Value) -> bool {
    let set = |schema: &Value| schema.get("x-form-json") == Some(&Value::Bool(true));
    set(schema) || set(schemas.resolve(schema))
}

/// Converts the texts of one name to a value of the schema's type.
pub(crate) fn convert(schemas: &Schemas, schema: &Value, texts: &[String]) -> Value {
    let schema = schemas.resolve(schema);
    if schema.get("type").and_then(Value::as_str) == Some("array") {
        let items = schema.get("items").unwrap_or(&Value::Null);
        return texts
            .iter()
            .map(|text| scalar(schemas, items, text))
            .collect();
    }
    match texts {
        [text] => scalar(schemas, schema, text),
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
                .find_map(|keyword| schema.get(keyword)?.as_array());
            let alternatives = alternatives.map_or(&[][..], Vec::as_slice);
            let takes_text = |schema: &Value| {
                schemas.resolve(schema).get("type").and_then(Value::as_str) == Some("string")
            };
            if alternatives.iter().any(takes_text) {
                return as_text();
            }
            let mut converted = alternatives
                .iter()
                .map(|schema| scalar(schemas, schema, text));
            converted
                .find(|value| !value.is_string())
                .unwrap_or_else(as_text)
        }
    }
}

/// Decimal text as a JSON number. `NaN` and `inf`, which Rust would parse, are not numbers.
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
    fn text_is_converted_to_the_type_of_the_schema() {
        let schemas = Schemas::default();
        let read = |schema: Value, texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
            convert(&schemas, &schema, &texts)
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
            "the validator refuses it"
        );
    }

    #[test]
    fn a_form_field_can_contain_json() {
        let schema = json!({"properties": {"tags": {"type": "array", "x-form-json": true}, "n": {"type": "integer"}}});
        let read = parse(
            &Schemas::default(),
            &schema,
            b"tags=%5B%22a%22%5D&n=5&other=x",
        );
        assert_eq!(read.unwrap(), json!({"tags": ["a"], "n": 5, "other": "x"}));
        assert!(
            parse(&Schemas::default(), &schema, b"tags=a,b")
                .unwrap_err()
                .message
                .contains("body/tags")
        );
    }
}
