//! Reads JSON into a [`Document`], and collects every problem instead of stopping at the first.

mod bodies;
mod document;
mod extensions;
mod operations;
mod pagination;
mod parameters;
mod security;
mod servers;

use serde_json::Value;

use crate::check;
use crate::json::text;
use crate::model::Document;
use crate::{DocumentError, Problem};

impl Document {
    /// Reads a document from JSON text.
    ///
    /// # Errors
    /// [`DocumentError::Syntax`] if the text is not JSON, [`DocumentError::Invalid`] with every place that breaks a
    /// rule of `specs/README.md`.
    pub fn from_json(text: &str) -> Result<Self, DocumentError> {
        let raw = serde_json::from_str(text).map_err(|e| DocumentError::Syntax(e.to_string()))?;
        Self::from_value(raw)
    }

    /// Reads a document from YAML text.
    ///
    /// # Errors
    /// As [`Document::from_json`]; a duplicate key is a syntax error.
    #[cfg(feature = "yaml")]
    pub fn from_yaml(text: &str) -> Result<Self, DocumentError> {
        // By way of YAML's own value: read straight into JSON, the second of two equal keys would win silently.
        let yaml: serde_norway::Value =
            serde_norway::from_str(text).map_err(|e| DocumentError::Syntax(e.to_string()))?;
        let raw = serde_json::to_value(yaml).map_err(|e| DocumentError::Syntax(e.to_string()))?;
        Self::from_value(raw)
    }

    /// Reads a document that is parsed already.
    ///
    /// # Errors
    /// [`DocumentError::Invalid`] with every place that breaks a rule of `specs/README.md`.
    pub fn from_value(raw: Value) -> Result<Self, DocumentError> {
        let mut problems = Vec::new();
        check::raw(&raw, &mut problems);
        let mut reader = Reader {
            raw: &raw,
            problems,
        };
        let document = reader.document();
        let mut problems = reader.problems;
        check::document(&document, &mut problems);
        if problems.is_empty() {
            Ok(document)
        } else {
            Err(DocumentError::Invalid(problems))
        }
    }
}

/// Reads one document, and collects every problem with its pointer.
struct Reader<'a> {
    raw: &'a Value,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn problem(&mut self, pointer: &str, message: impl Into<String>) {
        self.problems.push(Problem {
            pointer: pointer.to_owned(),
            message: message.into(),
        });
    }

    /// A text that is required.
    fn need(&mut self, object: &Value, pointer: &str, key: &str, why: &str) -> String {
        let found = text(object.get(key));
        if found.is_empty() {
            self.problem(pointer, format!("`{key}` is missing: {why}"));
        }
        found
    }

    /// The value itself, or the target of its `$ref`.
    fn follow(&self, value: &'a Value) -> &'a Value {
        let target = value
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| reference.strip_prefix('#'));
        target
            .and_then(|pointer| self.raw.pointer(pointer))
            .unwrap_or(value)
    }
}
