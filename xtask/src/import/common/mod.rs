//! What all stages use: walking JSON, references, names, the report, and the types that go in and out.

pub(crate) mod json;
pub(crate) mod naming;
pub(crate) mod references;
pub(crate) mod report;
pub(crate) mod value_kind;

use serde_json::Value;

use report::Report;

/// What the importer can't read off the source.
#[derive(Debug, Clone)]
pub struct Options {
    /// Name of the API in small letters, digits and `-`: `acme-documents`.
    pub name: String,
    /// Title instead of that of the source.
    pub title: Option<String>,
    /// Base URL instead of that of the source.
    pub server: Option<String>,
    /// Name of the file that is read; the evidence of every operation.
    pub source: String,
}

impl Options {
    /// The name as the runtime wants it: environment variables start with it.
    pub(crate) fn provider(&self) -> String {
        self.name.replace('-', "_")
    }
}

/// A document by our rules, and what was done to get it.
#[derive(Debug, Clone)]
pub struct Adapted {
    /// The document.
    pub document: Value,
    /// What was changed and left out.
    pub report: Report,
}

/// Why nothing can be made of a source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {message}")]
pub struct Failure {
    /// JSON pointer into the source.
    pub pointer: String,
    /// What is wrong, and the way out.
    pub message: String,
}

impl Failure {
    pub(crate) fn new(pointer: &str, message: impl Into<String>) -> Self {
        let pointer = if pointer.is_empty() { "/" } else { pointer };
        Self {
            pointer: pointer.to_owned(),
            message: message.into(),
        }
    }
}
