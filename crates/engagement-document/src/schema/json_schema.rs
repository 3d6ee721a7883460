//! Schemas of a document as JSON Schema.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{PREFIX, Schemas};

impl Schemas {
    /// A JSON Schema (draft 2020-12) that stands on its own: OpenAPI's `nullable` becomes a type, the named schemas
    /// that it reaches stand under `$defs`, annotations are left out.
    pub fn json_schema(&self, schema: &Value) -> Value {
        let mut reached = BTreeSet::new();
        let mut root = convert(schema, &mut reached);
        let mut defs = Map::new();
        let mut todo: Vec<String> = reached.iter().cloned().collect();
        while let Some(name) = todo.pop() {
            if defs.contains_key(&name) {
                continue;
            }
            let mut more = BTreeSet::new();
            let converted = self
                .named
                .get(&name)
                .map_or(json!(true), |s| convert(s, &mut more));
            defs.insert(name, converted);
            todo.extend(more);
        }
        if !defs.is_empty()
            && let Value::Object(root) = &mut root
        {
            root.insert("$defs".into(), Value::Object(defs));
        }
        root
    }
}

/// Keywords of JSON Schema that OpenAPI 3.0 shares with it.
const KEPT: [&str; 16] = [
    "enum",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "required",
    "minProperties",
    "maxProperties",
];

fn convert(schema: &Value, reached: &mut BTreeSet<String>) -> Value {
    let Some(schema) = schema.as_object() else {
        return schema.clone();
    };
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = reference.trim_start_matches(PREFIX);
        reached.insert(name.to_owned());
        return json!({ "$ref": format!("#/$defs/{name}") });
    }
    let mut out = Map::new();
    let nullable = schema.get("nullable") == Some(&Value::Bool(true));
    for key in KEPT {
        if let Some(value) = schema.get(key) {
            out.insert(key.into(), value.clone());
        }
    }
    if nullable && let Some(Value::Array(values)) = out.get_mut("enum") {
        values.push(Value::Null);
    }
    if let Some(kind) = schema.get("type") {
        let kind = if nullable {
            json!([kind, "null"])
        } else {
            kind.clone()
        };
        out.insert("type".into(), kind);
    }
    if let Some(Value::Object(properties)) = schema.get("properties") {
        let converted = properties
            .iter()
            .map(|(k, v)| (k.clone(), convert(v, reached)))
            .collect();
        out.insert("properties".into(), Value::Object(converted));
    }
    for key in ["items", "additionalProperties", "not"] {
        if let Some(inner) = schema.get(key) {
            out.insert(key.into(), convert(inner, reached));
        }
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(Value::Array(parts)) = schema.get(key) {
            // `anyOf` for `oneOf`: an integer is a number too, and an object with optional keys is valid for many members.
            let name = if key == "oneOf" { "anyOf" } else { key };
            let mut parts: Vec<Value> = parts.iter().map(|part| convert(part, reached)).collect();
            if nullable && name == "anyOf" {
                parts.push(json!({ "type": "null" }));
            }
            out.insert(name.into(), Value::Array(parts));
        }
    }
    // `allOf` may refer to a schema that rejects null, whatever the types beside it.
    if nullable && schema.contains_key("allOf") {
        return json!({ "anyOf": [Value::Object(out), { "type": "null" }] });
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::super::tests::schemas;
    use super::*;

    #[test]
    fn json_schema_carries_what_it_reaches_and_turns_nullable_into_a_type() {
        let schema = json!({ "type": "array", "items": { "$ref": "#/components/schemas/User" } });
        let converted = schemas().json_schema(&schema);
        assert_eq!(converted["items"]["$ref"], "#/$defs/User");
        let name = &converted["$defs"]["User"]["allOf"][1]["properties"]["name"]["type"];
        assert_eq!(*name, json!(["string", "null"]));
        assert!(converted["$defs"]["Base"].is_object());
    }

    #[test]
    fn a_nullable_enum_accepts_null() {
        let schema = json!({ "type": "string", "nullable": true, "enum": ["a"] });
        assert_eq!(
            schemas().json_schema(&schema),
            json!({ "enum": ["a", null], "type": ["string", "null"] })
        );
    }

    #[test]
    fn what_is_nullable_beside_all_of_accepts_null() {
        let base = json!({ "$ref": "#/components/schemas/Base" });
        for (kind, converted) in [
            (json!("object"), json!(["object", "null"])),
            (Value::Null, Value::Null),
        ] {
            let mut schema = json!({ "nullable": true, "allOf": [base] });
            let mut inner = json!({ "allOf": [{ "$ref": "#/$defs/Base" }] });
            if !kind.is_null() {
                schema["type"] = kind;
                inner["type"] = converted;
            }
            let schema = schemas().json_schema(&schema);
            assert_eq!(schema["anyOf"], json!([inner, { "type": "null" }]));
        }
    }
}
