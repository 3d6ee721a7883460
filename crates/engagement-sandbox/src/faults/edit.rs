//! Responses that differ from the document: unknown values of enumerations, further fields, and null.

use engagement_document::Schemas;
use serde_json::{Value, json};

/// A value that no enumeration lists.
pub(crate) const UNKNOWN_VALUE: &str = "sandbox_unknown_value";
/// A field that no schema lists.
pub(crate) const EXTRA_FIELD: &str = "sandbox_extra_field";

/// How a response is edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edit {
    UnknownEnum,
    ExtraFields,
    NullFields,
}

/// Edits a value of a schema.
pub(crate) fn edit(schemas: &Schemas, schema: &Value, value: &mut Value, edit: Edit) {
    let schema = alternative(schemas, schemas.resolve(schema), value);
    match value {
        Value::String(text) if edit == Edit::UnknownEnum && is_enum(schema) => {
            *text = UNKNOWN_VALUE.to_owned();
        }
        Value::Array(items) => {
            let of_items = schema.get("items").unwrap_or(&Value::Null);
            for item in items {
                self::edit(schemas, of_items, item, edit);
            }
        }
        Value::Object(fields) => {
            let properties = schemas.properties(schema);
            let required = schemas.required(schema);
            for (name, value) in fields.iter_mut() {
                let known = properties.iter().find(|(known, _)| known == name);
                let Some((_, schema)) = known else { continue };
                if edit == Edit::NullFields && !required.contains(name.as_str()) {
                    *value = Value::Null;
                } else {
                    self::edit(schemas, schema, value, edit);
                }
            }
            if edit == Edit::ExtraFields {
                fields.insert(
                    EXTRA_FIELD.to_owned(),
                    json!({ "nested": [1, null, "text"] }),
                );
            }
        }
        _ => {}
    }
}

fn is_enum(schema: &Value) -> bool {
    ["enum", "x-extensible-enum"]
        .iter()
        .any(|keyword| schema.get(keyword).is_some())
}

/// The first alternative of a schema that has the type of a value, or the schema itself.
fn alternative<'a>(schemas: &'a Schemas, schema: &'a Value, value: &Value) -> &'a Value {
    let found = ["oneOf", "anyOf"]
        .iter()
        .find_map(|keyword| schema.get(keyword)?.as_array());
    let kind = match value {
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        _ => return schema,
    };
    let of_kind = |schema: &&Value| schema.get("type").and_then(Value::as_str) == Some(kind);
    let alternatives = found.into_iter().flatten();
    let mut alternatives = alternatives.map(|schema| schemas.resolve(schema));
    alternatives.find(of_kind).unwrap_or(schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_edited_by_their_schema() {
        let schemas = Schemas::default();
        let schema = json!({ "type": "object", "required": ["id"], "properties": {
            "id": { "type": "integer" },
            "kind": { "type": "string", "x-extensible-enum": ["a"] },
            "parts": { "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "object", "properties": {
                "kind": { "enum": ["b"], "type": "string" }, "text": { "type": "string" },
            } } }] },
        } });
        let value =
            json!({ "id": 7, "kind": "a", "parts": [{ "kind": "b", "text": "b" }], "more": "a" });
        let edited = |how: Edit| {
            let mut value = value.clone();
            edit(&schemas, &schema, &mut value, how);
            value
        };
        assert_eq!(
            edited(Edit::UnknownEnum),
            json!({ "id": 7, "kind": UNKNOWN_VALUE, "parts": [{ "kind": UNKNOWN_VALUE, "text": "b" }], "more": "a" })
        );
        assert_eq!(
            edited(Edit::NullFields),
            json!({ "id": 7, "kind": null, "parts": null, "more": "a" })
        );
        let extra = edited(Edit::ExtraFields);
        assert_eq!(extra[EXTRA_FIELD]["nested"], json!([1, null, "text"]));
        assert_eq!(extra["parts"][0][EXTRA_FIELD]["nested"][0], 1);
        assert_eq!(extra["kind"], "a");
    }
}
