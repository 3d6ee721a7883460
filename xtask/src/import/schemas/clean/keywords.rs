//! Keywords: those that OpenAPI 3.0 and the generator know, each of the right form and beside a type that it belongs to.

use serde_json::{Map, Value, json};

use super::{Cleaner, text_of};

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
        "type"
        | "items"
        | "properties"
        | "required"
        | "additionalProperties"
        | "default"
        | "example"
        // What `tags` has found.
        | "discriminator" => Rule::Keep(|_| true),
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
        for (key, value) in std::mem::take(object) {
            let extension = key.starts_with("x-");
            let keep = match rule(&key) {
                _ if extension && self.ours => true,
                Rule::Keep(fits) => fits(&value),
                _ => false,
            };
            if keep {
                object.insert(key, value);
                continue;
            }
            match rule(&key) {
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
