//! The named schemas of a document, and what other tools need to know about a schema.

mod json_schema;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

const PREFIX: &str = "#/components/schemas/";

/// The named schemas of a document.
#[derive(Debug, Clone, Default)]
pub struct Schemas {
    named: Map<String, Value>,
}

impl Schemas {
    pub(crate) fn new(named: Map<String, Value>) -> Self {
        Self { named }
    }

    /// The name that a schema refers to: `Contact` of `{"$ref": "#/components/schemas/Contact"}`.
    pub fn ref_name(schema: &Value) -> Option<&str> {
        schema.get("$ref")?.as_str()?.strip_prefix(PREFIX)
    }

    /// The names of the schemas, in the order of the document.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.named.keys().map(String::as_str)
    }

    /// The schema of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.named.get(name)
    }

    /// Follows references until a schema is reached that is none.
    ///
    /// An unknown name gives the reference itself; reading a document has ruled that out.
    pub fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let mut at = schema;
        for _ in 0..32 {
            match Self::ref_name(at).and_then(|name| self.named.get(name)) {
                Some(next) => at = next,
                None => return at,
            }
        }
        at
    }

    /// The properties of an object schema, those of its `allOf` parts included, in the order of the document.
    pub fn properties<'a>(&'a self, schema: &'a Value) -> Vec<(&'a str, &'a Value)> {
        let schema = self.resolve(schema);
        let mut found: Vec<(&str, &Value)> = Vec::new();
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            for part in parts {
                found.extend(self.properties(part));
            }
        }
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            found.extend(
                properties
                    .iter()
                    .map(|(name, schema)| (name.as_str(), schema)),
            );
        }
        found
    }

    /// The names that an object schema requires, those of its `allOf` parts included.
    pub fn required<'a>(&'a self, schema: &'a Value) -> BTreeSet<&'a str> {
        let schema = self.resolve(schema);
        let mut found = BTreeSet::new();
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            for part in parts {
                found.extend(self.required(part));
            }
        }
        if let Some(names) = schema.get("required").and_then(Value::as_array) {
            found.extend(names.iter().filter_map(Value::as_str));
        }
        found
    }

    /// Whether a property can hold personal data: it is marked `x-personal: true`, or else what it is made of is.
    pub fn is_personal(&self, property: &Value) -> bool {
        self.marked(property, 8)
    }

    /// The kinds of record whose ids a schema stands for: `contact`, or several where any may stand; empty if it is no id.
    pub fn id_kinds(schema: &Value) -> Vec<&str> {
        schema.get("x-id").map(id_kinds).unwrap_or_default()
    }

    /// Whether a schema, or what it is made of, is marked as an id or as none.
    pub(crate) fn has_id_mark(&self, schema: &Value) -> bool {
        let target = Self::ref_name(schema).and_then(|name| self.named.get(name));
        let unions = ["allOf", "oneOf", "anyOf"].into_iter();
        let members = unions
            .filter_map(|key| schema.get(key)?.as_array())
            .flatten();
        let inner = schema.get("items").into_iter().chain(target);
        schema.get("x-id").is_some() || inner.chain(members).any(|part| self.has_id_mark(part))
    }

    fn marked(&self, schema: &Value, depth: usize) -> bool {
        if let Some(mark) = schema.get("x-personal").and_then(Value::as_bool) {
            return mark;
        }
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        let target = Self::ref_name(schema).and_then(|name| self.named.get(name));
        let inner = ["items", "additionalProperties"];
        let inner = inner.into_iter().filter_map(|key| schema.get(key));
        let unions = ["allOf", "oneOf", "anyOf"];
        let members = unions
            .into_iter()
            .filter_map(|key| schema.get(key)?.as_array())
            .flatten();
        let mut parts = target.into_iter().chain(inner).chain(members);
        parts.any(|part| self.marked(part, depth))
    }
}

/// The kinds of record in a mark; none if the mark is no list of names.
pub(crate) fn id_kinds(mark: &Value) -> Vec<&str> {
    let is_name = |name: &&str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            && *name != "none"
    };
    let names: Vec<&str> = match mark {
        Value::String(name) => vec![name],
        Value::Array(names) if names.len() > 1 => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if names.iter().all(is_name) {
        names
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    pub(super) fn schemas() -> Schemas {
        let named = json!({
            "Base": { "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } } },
            "User": { "allOf": [{ "$ref": "#/components/schemas/Base" },
                { "type": "object", "properties": { "name": { "type": "string", "nullable": true } } }] },
        });
        Schemas::new(named.as_object().unwrap().clone())
    }

    #[test]
    fn properties_and_required_reach_through_all_of() {
        let schemas = schemas();
        let user = json!({ "$ref": "#/components/schemas/User" });
        let names: Vec<_> = schemas
            .properties(&user)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["id", "name"]);
        assert_eq!(schemas.required(&user), BTreeSet::from(["id"]));
    }

    #[test]
    fn a_property_is_as_personal_as_its_mark_or_what_it_is_made_of() {
        let named = json!({
            "Value": { "type": "string", "x-personal": true },
            "Values": { "type": "array", "items": { "$ref": "#/components/schemas/Value" } },
            "Loop": { "type": "array", "items": { "$ref": "#/components/schemas/Loop" } },
            "Object": { "type": "object", "properties": { "value": { "$ref": "#/components/schemas/Value" } } },
        });
        let schemas = Schemas::new(named.as_object().unwrap().clone());
        let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        for (property, personal) in [
            (json!({ "type": "string", "x-personal": true }), true),
            (json!({ "type": "string" }), false),
            (reference("Value"), true),
            (reference("Values"), true),
            (json!({ "allOf": [reference("Value")] }), true),
            (
                json!({ "oneOf": [{ "type": "integer" }, reference("Value")] }),
                true,
            ),
            (
                json!({ "type": "object", "additionalProperties": reference("Value") }),
                true,
            ),
            (
                json!({ "allOf": [reference("Value")], "x-personal": false }),
                false,
            ),
            (reference("Loop"), false),
            // It has fields, each with a mark of its own.
            (reference("Object"), false),
        ] {
            assert_eq!(schemas.is_personal(&property), personal, "{property}");
        }
    }
}
