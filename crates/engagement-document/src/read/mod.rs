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

use crate::check::{self, Rules};
use crate::json::{METHODS, text};
use crate::lines::Lines;
use crate::model::Document;
use crate::{DocumentError, Problem};

impl Document {
    /// Reads a document from JSON text, by the rules that generated code depends on.
    ///
    /// # Errors
    /// [`DocumentError::Syntax`] if the text is not JSON, [`DocumentError::Invalid`] with every place that breaks a
    /// rule of `specs/README.md`.
    pub fn from_json(text: &str) -> Result<Self, DocumentError> {
        let raw = serde_json::from_str(text).map_err(|error| {
            DocumentError::Syntax(Box::new(Problem {
                line: Some(error.line()),
                message: error.to_string(),
                ..Problem::default()
            }))
        })?;
        Self::from_value(raw)
    }

    /// Reads a document from YAML text, by the rules that generated code depends on.
    ///
    /// # Errors
    /// As [`Document::from_json`]; a field that stands twice in an object is invalid.
    #[cfg(feature = "yaml")]
    pub fn from_yaml(text: &str) -> Result<Self, DocumentError> {
        yaml(text, Rules::Code)
    }

    /// Reads a document from YAML text, by all the rules that hold for the documents in `specs/`: no field is unknown, and
    /// everything is described.
    ///
    /// # Errors
    /// As [`Document::from_yaml`].
    #[cfg(feature = "yaml")]
    pub fn from_spec(text: &str) -> Result<Self, DocumentError> {
        yaml(text, Rules::All)
    }

    /// Reads a document that is parsed already, by the rules that generated code depends on.
    ///
    /// # Errors
    /// [`DocumentError::Invalid`] with every place that breaks a rule of `specs/README.md`.
    pub fn from_value(raw: Value) -> Result<Self, DocumentError> {
        read(raw, Lines::default(), Rules::Code)
    }
}

#[cfg(feature = "yaml")]
fn yaml(text: &str, rules: Rules) -> Result<Document, DocumentError> {
    let syntax = |error: serde_norway::Error| {
        DocumentError::Syntax(Box::new(Problem {
            line: error.location().map(|place| place.line()),
            message: format!("this is no YAML: {error}"),
            ..Problem::default()
        }))
    };
    let (lines, repeated) = Lines::read(text).map_err(DocumentError::Syntax)?;
    if !repeated.is_empty() {
        return Err(DocumentError::Invalid(repeated));
    }
    let yaml: serde_norway::Value = serde_norway::from_str(text).map_err(syntax)?;
    let raw = serde_json::to_value(yaml).map_err(|error| {
        DocumentError::Syntax(Box::new(Problem {
            message: error.to_string(),
            ..Problem::default()
        }))
    })?;
    read(raw, lines, rules)
}

fn read(raw: Value, lines: Lines, rules: Rules) -> Result<Document, DocumentError> {
    let mut problems = Vec::new();
    check::raw(&raw, rules, &mut problems);
    let mut reader = Reader {
        raw: &raw,
        problems,
    };
    let mut document = reader.document();
    let mut problems = reader.problems;
    check::document(&document, rules, &mut problems);
    if problems.is_empty() {
        document.lines = lines;
        return Ok(document);
    }
    lines.locate(&raw, &mut problems);
    Err(DocumentError::Invalid(problems))
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
            ..Problem::default()
        });
    }

    /// A text that is required.
    fn need(&mut self, object: &Value, pointer: &str, key: &str, why: &str) -> String {
        let found = text(object.get(key));
        if found.is_empty() {
            // A place in a list and an operation are clear from the line.
            let last = pointer.rsplit('/').next().unwrap_or_default();
            let is_clear = METHODS.contains(&last) || last.parse::<usize>().is_ok();
            let of = if last.is_empty() || is_clear {
                String::new()
            } else {
                format!(" of `{last}`")
            };
            self.problem(pointer, format!("`{key}`{of} is missing: {why}"));
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
