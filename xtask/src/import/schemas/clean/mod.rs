//! One schema at a time: what OpenAPI 3.0 doesn't have is expressed otherwise or dropped.

mod keywords;
mod properties;
mod types;
mod values;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::import::common::json::{roots, text, walk};
use crate::import::common::report::{DOCUMENT, Report, SCHEMAS};

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
        report.at(DOCUMENT, "").change(format!(
            "extensions of the vendor's tools are left out: {}",
            names.join(", ")
        ));
    }
    if patterns > 0 {
        report.at(SCHEMAS, "").change(format!("`pattern` is moved to the description, because clients don't check it: {patterns} places"));
    }
}

struct Cleaner<'a> {
    pointer: &'a str,
    ours: bool,
    report: &'a mut Report,
    extensions: &'a mut BTreeSet<String>,
    patterns: &'a mut usize,
}

impl Cleaner<'_> {
    fn say(&mut self, text: impl Into<String>) {
        self.report.at(SCHEMAS, self.pointer).change(text);
    }

    fn clean(&mut self, schema: &mut Value) {
        let Some(object) = schema.as_object_mut() else {
            if *schema != Value::Bool(true) {
                self.say("is no schema; any JSON is accepted");
            }
            *schema = json!({});
            return;
        };
        if object.contains_key("$ref") {
            return;
        }
        self.modern(object);
        self.types(object);
        self.keywords(object);
        self.values(object);
        self.properties(object);
    }

    /// What only OpenAPI 3.1 has.
    fn modern(&mut self, object: &mut Map<String, Value>) {
        if let Some(value) = object.get("const").filter(|_| !object.contains_key("enum")) {
            object.insert("enum".into(), json!([value]));
            self.say("`const` is an enum of one value");
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
}

fn text_of(object: &Map<String, Value>, key: &str) -> String {
    object
        .get(key)
        .map(|value| text(&json!({ key: value }), key))
        .unwrap_or_default()
}
