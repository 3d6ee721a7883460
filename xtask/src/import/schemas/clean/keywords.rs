//! Keywords: those that OpenAPI 3.0 and the generator know, each of the right form and beside a type that it belongs to.

use serde_json::{Map, Value, json};

use super::{Cleaner, text_of};

/// Keywords that stay as they are.
const KEPT: &[&str] = &[
    "type",
    "format",
    "items",
    "properties",
    "required",
    "additionalProperties",
    "enum",
    "default",
    "example",
    "description",
    "title",
    "nullable",
    "readOnly",
    "writeOnly",
    "deprecated",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "allOf",
    "oneOf",
    "anyOf",
    // What `tags` has found.
    "discriminator",
    "x-extensible-enum",
];

/// Keywords without a meaning for types; they are dropped without a note.
const SILENT: &[&str] = &[
    "xml",
    "externalDocs",
    "collectionFormat",
    "$schema",
    "$id",
    "$comment",
    "$anchor",
    "examples",
    "const",
    "pattern",
    "contentMediaType",
    "contentEncoding",
    "id",
];

const NUMBERS: &[&str] = &[
    "minimum",
    "maximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
];

impl Cleaner<'_> {
    /// Drops unknown keywords, and those that don't belong to the type.
    pub(super) fn keywords(&mut self, object: &mut Map<String, Value>) {
        self.pattern(object);
        self.unknown(object);
        match text_of(object, "type").as_str() {
            "array" => self.of_array(object),
            "object" => {
                object.shift_remove("items");
                if object.shift_remove("enum").is_some() {
                    self.say("an object with an `enum` is read as any object");
                }
            }
            "" => {}
            _ => {
                for key in [
                    "items",
                    "properties",
                    "additionalProperties",
                    "allOf",
                    "oneOf",
                    "anyOf",
                ] {
                    if object.shift_remove(key).is_some() {
                        self.say(format!("`{key}` of a scalar is ignored"));
                    }
                }
            }
        }
    }

    /// Appends the pattern to the description: clients don't check it.
    fn pattern(&mut self, object: &mut Map<String, Value>) {
        if let Some(Value::String(pattern)) = object.get("pattern").cloned() {
            *self.patterns += 1;
            let description = text_of(object, "description");
            let text = format!(
                "{description}\n\nThe provider's pattern: `{}`",
                pattern.replace('`', "'")
            );
            object.insert("description".into(), json!(text.trim()));
        }
    }

    fn unknown(&mut self, object: &mut Map<String, Value>) {
        let mut dropped = Vec::new();
        for (key, value) in object.iter() {
            let known = KEPT.contains(&key.as_str());
            let malformed = match key.as_str() {
                key if NUMBERS.contains(&key) => !value.is_number(),
                "format" | "title" => !value.is_string(),
                "nullable" | "readOnly" | "writeOnly" | "deprecated" | "uniqueItems"
                | "exclusiveMinimum" | "exclusiveMaximum" => !value.is_boolean(),
                "allOf" | "oneOf" | "anyOf" | "enum" | "x-extensible-enum" => !value.is_array(),
                "description" => !value.is_string(),
                _ => false,
            };
            if known && !malformed || key.starts_with("x-") && self.ours {
                continue;
            }
            dropped.push((key.clone(), malformed));
        }
        for (key, malformed) in dropped {
            object.shift_remove(&key);
            if key.starts_with("x-") {
                self.extensions.insert(key);
            } else if malformed {
                self.say(format!("`{key}` has a value of the wrong type; ignored"));
            } else if !SILENT.contains(&key.as_str()) {
                self.say(format!("`{key}` has no meaning for a type; ignored"));
            }
        }
    }

    fn of_array(&mut self, object: &mut Map<String, Value>) {
        if !object.get("items").is_some_and(Value::is_object) {
            object.insert("items".into(), json!({}));
            self.say("the list has no `items`; any JSON is accepted");
        }
        // Meant for the elements.
        if let Some(values) = object.shift_remove("enum") {
            self.say("`enum` of a list is moved to its elements");
            if let Some(inner) = object
                .get_mut("items")
                .filter(|inner| inner.get("enum").is_none() && inner.get("$ref").is_none())
            {
                inner["enum"] = values;
                let mut items = inner.take();
                self.clean(&mut items);
                object.insert("items".into(), items);
            }
        }
        object.shift_remove("properties");
    }
}
