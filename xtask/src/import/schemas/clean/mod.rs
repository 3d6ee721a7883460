//! One schema at a time: what OpenAPI 3.0 doesn't have is expressed otherwise or dropped.

mod keywords;
mod properties;
mod types;
mod values;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::import::common::json::{list, remove, roots, text, walk};
use crate::import::common::report::{DOCUMENT, Report, SCHEMAS, quoted};

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
        if !root["required"].is_array() {
            remove(root, "required");
        }
    });
    if !extensions.is_empty() {
        report.at(DOCUMENT, "").change(format!(
            "extensions of the vendor's tools are left out: {}",
            quoted(&extensions)
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
        if !schema.is_object() {
            if *schema != Value::Bool(true) {
                self.say("is no schema; any JSON is accepted");
            }
            *schema = json!({});
        } else if schema.get("$ref").is_none() {
            self.modern(schema);
            self.types(schema);
            self.keywords(schema);
            self.values(schema);
            self.properties(schema);
        }
    }

    /// What only OpenAPI 3.1 has.
    fn modern(&mut self, schema: &mut Value) {
        if let Some(value) = schema.get("const").filter(|_| schema.get("enum").is_none()) {
            schema["enum"] = json!([value]);
            self.say("`const` is an enum of one value");
        }
        if let Some(first) = list(schema, "examples").first()
            && schema.get("example").is_none()
        {
            schema["example"] = first.clone();
        }
        for (limit, flag) in [
            ("minimum", "exclusiveMinimum"),
            ("maximum", "exclusiveMaximum"),
        ] {
            if let Some(number) = schema.get(flag).filter(|value| value.is_number()).cloned() {
                schema[limit] = number;
                schema[flag] = json!(true);
                self.say(format!("`{flag}` is written as OpenAPI 3.0 does"));
            }
        }
        if text(schema, "contentEncoding") == "base64" && schema.get("format").is_none() {
            schema["format"] = json!("byte");
        }
    }
}
