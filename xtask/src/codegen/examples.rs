//! Examples fit their schemas: tests, the sandbox and the documentation are made from them.

use engagement_document::Document;
use serde_json::Value;

use crate::json::{METHODS, entries, step};

/// Every example that doesn't fit the schema beside it, with its place.
pub(super) fn problems(document: &Document) -> Vec<String> {
    let mut check = Check {
        document,
        problems: Vec::new(),
    };
    check.all();
    check.problems
}

struct Check<'a> {
    document: &'a Document,
    problems: Vec<String>,
}

impl Check<'_> {
    fn all(&mut self) {
        for (key, item) in entries(&self.document.raw, "paths") {
            let at = step("/paths", key);
            self.parameters(item, &at);
            for method in METHODS {
                if let Some(operation) = item.get(method) {
                    let at = step(&at, method);
                    self.parameters(operation, &at);
                    if let Some(body) = operation.get("requestBody") {
                        self.content(body, &step(&at, "requestBody"));
                    }
                    self.named(operation, &at, "responses", Self::content);
                }
            }
        }
        let Some(components) = self.document.raw.get("components") else {
            return;
        };
        self.named(components, "/components", "parameters", Self::beside);
        self.named(components, "/components", "responses", Self::content);
        self.named(components, "/components", "schemas", Self::inside);
    }

    fn named(
        &mut self,
        object: &Value,
        pointer: &str,
        key: &str,
        check: fn(&mut Self, &Value, &str),
    ) {
        for (name, value) in entries(object, key) {
            check(self, value, &step(&step(pointer, key), name));
        }
    }

    fn parameters(&mut self, object: &Value, pointer: &str) {
        let list = object.get("parameters").and_then(Value::as_array);
        for (at, parameter) in list.into_iter().flatten().enumerate() {
            self.beside(parameter, &format!("{pointer}/parameters/{at}"));
        }
    }

    fn content(&mut self, object: &Value, pointer: &str) {
        // Parts of a form are texts on the wire, and files have no example.
        let media = entries(object, "content").filter(|(media, _)| media.contains("json"));
        for (media, value) in media {
            self.beside(value, &step(&step(pointer, "content"), media));
        }
    }

    /// The example beside a schema, and those inside it.
    fn beside(&mut self, object: &Value, pointer: &str) {
        let Some(schema) = object.get("schema") else {
            return;
        };
        self.fits(schema, object, pointer);
        self.inside(schema, &step(pointer, "schema"));
    }

    /// The examples of a schema and of its parts.
    fn inside(&mut self, schema: &Value, pointer: &str) {
        if schema.get("$ref").is_some() {
            return;
        }
        self.fits(schema, schema, pointer);
        self.named(schema, pointer, "properties", Self::inside);
        for key in ["items", "additionalProperties"] {
            if let Some(inner) = schema.get(key) {
                self.inside(inner, &step(pointer, key));
            }
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            let parts = schema.get(key).and_then(Value::as_array);
            for (at, part) in parts.into_iter().flatten().enumerate() {
                self.inside(part, &format!("{pointer}/{key}/{at}"));
            }
        }
    }

    fn fits(&mut self, schema: &Value, holder: &Value, pointer: &str) {
        if let Some(example) = holder.get("example") {
            self.check(schema, example, &step(pointer, "example"));
        }
        for (name, example) in entries(holder, "examples") {
            let at = step(&step(pointer, "examples"), name);
            if let Some(value) = example.get("value") {
                self.check(schema, value, &at);
            }
        }
    }

    fn check(&mut self, schema: &Value, example: &Value, pointer: &str) {
        let schema = self.document.schemas.json_schema(schema);
        let place = || self.document.place(pointer);
        let validator = match jsonschema::validator_for(&schema) {
            Ok(validator) => validator,
            Err(error) => {
                let message = format!("{}: the schema can't be used: {error}", place());
                self.problems.push(message);
                return;
            }
        };
        let found: Vec<String> = validator
            .iter_errors(example)
            .map(|error| {
                let at = error.instance_path().to_string();
                let at = if at.is_empty() {
                    String::new()
                } else {
                    format!(" at `{at}`")
                };
                format!(
                    "{}: the example doesn't fit its schema{at}: {error}; correct one of them",
                    place()
                )
            })
            .collect();
        self.problems.extend(found);
    }
}
