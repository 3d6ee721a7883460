//! One schema at a time: what OpenAPI 3.0 doesn't have is expressed otherwise or dropped.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::import::common::json::{roots, text, walk};
use crate::import::common::report::{DOCUMENT, Report, SCHEMAS};
use crate::import::common::shapes::plain;

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
    "x-extensible-enum",
];

/// Keywords without a meaning for types; they go without a word.
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

/// Cleans every schema of the document.
pub(crate) fn all(document: &mut Value, ours: bool, report: &mut Report) {
    let mut extensions = BTreeSet::new();
    let mut patterns = 0;
    roots(document, &mut |pointer, root| {
        walk(pointer, root, &mut |pointer, schema| {
            let mut one = Cleaner {
                pointer,
                ours,
                report,
                extensions: &mut extensions,
                patterns: &mut patterns,
            };
            one.clean(schema);
        });
        if let Some(root) = root.as_object_mut() {
            root.retain(|key, value| key != "required" || value.is_array());
        }
    });
    if !extensions.is_empty() {
        let names: Vec<String> = extensions
            .into_iter()
            .map(|name| format!("`{name}`"))
            .collect();
        report.change(
            DOCUMENT,
            "",
            format!(
                "extensions of the vendor's tools are left out: {}",
                names.join(", ")
            ),
        );
    }
    if patterns > 0 {
        report.change(SCHEMAS, "", format!("`pattern` is told in the description, because clients don't check it: {patterns} places"));
    }
}

pub(crate) struct Cleaner<'a> {
    pub(crate) pointer: &'a str,
    pub(crate) ours: bool,
    pub(crate) report: &'a mut Report,
    pub(crate) extensions: &'a mut BTreeSet<String>,
    pub(crate) patterns: &'a mut usize,
}

impl Cleaner<'_> {
    pub(crate) fn say(&mut self, text: impl Into<String>) {
        self.report.change(SCHEMAS, self.pointer, text);
    }

    fn clean(&mut self, schema: &mut Value) {
        let Some(object) = schema.as_object_mut() else {
            if *schema != Value::Bool(true) {
                self.say("is no schema; any JSON is taken");
            }
            *schema = json!({});
            return;
        };
        if object.contains_key("$ref") {
            return;
        }
        self.modern(object);
        self.kind(object);
        self.keywords(object);
        self.words(object);
        self.properties(object);
    }

    /// What only OpenAPI 3.1 has.
    fn modern(&mut self, object: &mut Map<String, Value>) {
        if let Some(value) = object.get("const").filter(|_| !object.contains_key("enum")) {
            object.insert("enum".into(), json!([value]));
            self.say("`const` is an enum of one word");
        }
        if let Some(Value::Array(examples)) = object.get("examples")
            && let Some(first) = examples.first().cloned()
        {
            object.entry("example").or_insert(first);
        }
        for (limit, flag) in [
            ("minimum", "exclusiveMinimum"),
            ("maximum", "exclusiveMaximum"),
        ] {
            if let Some(number) = object.get(flag).filter(|value| value.is_number()).cloned() {
                object.insert(limit.into(), number);
                object.insert(flag.into(), json!(true));
                self.say(format!("`{flag}` is written as OpenAPI 3.0 does"));
            }
        }
        if text_of(object, "contentEncoding") == "base64" {
            object.entry("format").or_insert(json!("byte"));
        }
    }

    fn kind(&mut self, object: &mut Map<String, Value>) {
        match object.get("type").cloned() {
            Some(Value::Array(kinds)) => {
                let names: Vec<&str> = kinds
                    .iter()
                    .filter_map(Value::as_str)
                    .filter(|kind| *kind != "null")
                    .collect();
                if kinds.iter().any(|kind| kind == "null") {
                    object.insert("nullable".into(), json!(true));
                }
                object.shift_remove("type");
                match names.as_slice() {
                    [one] => {
                        object.insert("type".into(), json!(one));
                    }
                    [] => {}
                    several if several.iter().all(|kind| is_scalar(kind)) => {
                        let parts: Vec<Value> =
                            several.iter().map(|kind| json!({ "type": kind })).collect();
                        object.insert("oneOf".into(), Value::Array(parts));
                    }
                    _ => object.retain(|key, _| {
                        matches!(key.as_str(), "description" | "example" | "nullable")
                    }),
                }
                self.say(format!(
                    "the list of types {} is written as OpenAPI 3.0 does",
                    Value::Array(kinds)
                ));
            }
            Some(Value::String(kind)) => {
                let better = match plain(&kind) {
                    same if same == kind && is_type(same) => return,
                    "file" => {
                        object.insert("format".into(), json!("binary"));
                        "string"
                    }
                    "null" => {
                        object.shift_remove("type");
                        object.insert("nullable".into(), json!(true));
                        return;
                    }
                    other if is_type(other) => other,
                    _ => "",
                };
                if better.is_empty() {
                    object.shift_remove("type");
                    self.say(format!("there is no type `{kind}`; any JSON is taken"));
                } else {
                    object.insert("type".into(), json!(better));
                    self.say(format!("there is no type `{kind}`; it is `{better}`"));
                }
            }
            Some(_) => {
                object.shift_remove("type");
                self.say("`type` is no text; ignored");
            }
            None if object.contains_key("properties") => {
                object.insert("type".into(), json!("object"));
            }
            None if object.contains_key("items") => {
                object.insert("type".into(), json!("array"));
            }
            None if object
                .get("additionalProperties")
                .is_some_and(Value::is_object) =>
            {
                object.insert("type".into(), json!("object"));
            }
            None => {}
        }
    }

    fn keywords(&mut self, object: &mut Map<String, Value>) {
        if let Some(Value::String(pattern)) = object.get("pattern").cloned() {
            *self.patterns += 1;
            let said = text_of(object, "description");
            let text = format!(
                "{said}\n\nThe provider's pattern: `{}`",
                pattern.replace('`', "'")
            );
            object.insert("description".into(), json!(text.trim()));
        }
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
            } else if key == "discriminator" {
                self.say("`discriminator` is ignored; variants are told apart by their fields");
            } else if malformed {
                self.say(format!("`{key}` doesn't hold what it should; ignored"));
            } else if !SILENT.contains(&key.as_str()) {
                self.say(format!("`{key}` is nothing that a type could say; ignored"));
            }
        }
        match text_of(object, "type").as_str() {
            "array" => {
                if !object.get("items").is_some_and(Value::is_object) {
                    object.insert("items".into(), json!({}));
                    self.say("the list doesn't say what it holds; any JSON is taken");
                }
                // Meant for the elements.
                if let Some(words) = object.shift_remove("enum") {
                    self.say("the words stand beside the list; they are those of its elements");
                    if let Some(inner) = object
                        .get_mut("items")
                        .filter(|inner| inner.get("enum").is_none() && inner.get("$ref").is_none())
                    {
                        inner["enum"] = words;
                        let mut items = inner.take();
                        self.clean(&mut items);
                        object.insert("items".into(), items);
                    }
                }
                object.shift_remove("properties");
            }
            "object" => {
                object.shift_remove("items");
                if object.shift_remove("enum").is_some() {
                    self.say("an object with an `enum` is taken as any object");
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
}

fn is_type(kind: &str) -> bool {
    is_scalar(kind) || matches!(kind, "array" | "object")
}

fn is_scalar(kind: &str) -> bool {
    matches!(kind, "string" | "integer" | "number" | "boolean")
}

pub(crate) fn text_of(object: &Map<String, Value>, key: &str) -> String {
    object
        .get(key)
        .map(|value| text(&json!({ key: value }), key))
        .unwrap_or_default()
}
