//! Keywords: those that OpenAPI 3.0 and the generator know, each of the right form and beside a type that it belongs to.

use serde_json::{Value, json};

use super::Cleaner;
use crate::import::common::json::is_form;
use crate::import::common::json::{remove, text};

/// What becomes of a keyword.
enum Rule {
    /// Stays if its value has the right form.
    Keep(fn(&Value) -> bool),
    /// Has no meaning for types; dropped without a note.
    Silent,
    Unknown,
}

fn rule(key: &str) -> Rule {
    match key {
        "type" | "items" | "default" | "example" => Rule::Keep(|_| true),
        // What `tags` has found.
        "discriminator" => Rule::Keep(|_| true),
        "properties" | "required" | "additionalProperties" => Rule::Keep(|_| true),
        "minimum" | "maximum" | "multipleOf" | "minLength" | "maxLength" | "minItems"
        | "maxItems" | "minProperties" | "maxProperties" => Rule::Keep(Value::is_number),
        "format" | "title" | "description" => Rule::Keep(Value::is_string),
        "nullable" | "readOnly" | "writeOnly" | "deprecated" | "uniqueItems"
        | "exclusiveMinimum" | "exclusiveMaximum" => Rule::Keep(Value::is_boolean),
        "allOf" | "oneOf" | "anyOf" | "enum" | "x-extensible-enum" => Rule::Keep(Value::is_array),
        "xml" | "externalDocs" | "collectionFormat" | "$schema" | "$id" | "$comment"
        | "$anchor" | "examples" | "const" | "pattern" | "contentMediaType" | "contentEncoding"
        | "id" => Rule::Silent,
        _ => Rule::Unknown,
    }
}

impl Cleaner<'_> {
    /// Drops unknown keywords, and those that don't belong to the type.
    pub(super) fn keywords(&mut self, schema: &mut Value) {
        self.pattern(schema);
        self.unknown(schema);
        match text(schema, "type").as_str() {
            "array" => self.of_array(schema),
            "object" => {
                remove(schema, "items");
                if remove(schema, "enum").is_some() {
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
                    if remove(schema, key).is_some() {
                        self.say(format!("`{key}` of a scalar is ignored"));
                    }
                }
            }
        }
    }

    /// Appends the pattern to the description: clients don't check it.
    fn pattern(&mut self, schema: &mut Value) {
        if let Some(Value::String(pattern)) = schema.get("pattern") {
            *self.patterns += 1;
            let description = text(schema, "description");
            let pattern = pattern.replace('`', "'");
            let text = format!("{description}\n\nThe provider's pattern: `{pattern}`");
            schema["description"] = json!(text.trim());
        }
    }

    fn unknown(&mut self, schema: &mut Value) {
        let Value::Object(keywords) = schema.take() else {
            return;
        };
        *schema = json!({});
        for (key, value) in keywords {
            let extension = key.starts_with("x-");
            match rule(&key) {
                _ if extension && self.ours => schema[key] = value,
                // `describe` has written them, and removed those of others.
                _ if matches!(key.as_str(), "x-form-json" | "x-rust-name")
                    && is_form(self.pointer) =>
                {
                    schema[key] = value;
                }
                Rule::Keep(fits) if fits(&value) => schema[key] = value,
                _ if extension => {
                    self.extensions.insert(key);
                }
                Rule::Keep(_) => {
                    self.say(format!("`{key}` has a value of the wrong type; ignored"))
                }
                Rule::Silent => {}
                Rule::Unknown => self.say(format!("`{key}` has no meaning for a type; ignored")),
            }
        }
    }

    fn of_array(&mut self, schema: &mut Value) {
        if !schema.get("items").is_some_and(Value::is_object) {
            schema["items"] = json!({});
            self.say("the list has no `items`; any JSON is accepted");
        }
        // Meant for the elements.
        if let Some(values) = remove(schema, "enum") {
            self.say("`enum` of a list is moved to its elements");
            let items = &mut schema["items"];
            if items.get("enum").is_none() && items.get("$ref").is_none() {
                items["enum"] = values;
                self.clean(items);
            }
        }
        remove(schema, "properties");
    }
}
