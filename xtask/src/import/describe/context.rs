//! What the description of an operation is made from.

use serde_json::Value;

use crate::import::common::Options;

/// An operation of the source.
pub(crate) struct SourceOperation<'a> {
    pub(crate) pointer: String,
    pub(crate) key: String,
    pub(crate) method: &'static str,
    pub(crate) raw: &'a Value,
    pub(crate) item: &'a Value,
}

/// Everything about the document that an operation needs.
pub(crate) struct Context<'a> {
    pub(crate) source: &'a Value,
    pub(crate) options: &'a Options,
    pub(crate) ours: bool,
    pub(crate) docs_url: String,
    /// The alternatives of operations without `security`.
    pub(crate) security: Vec<Value>,
    pub(crate) main_url: String,
    /// The main URL that the document declares, where `main_url` replaces it.
    pub(crate) declared_url: String,
    /// The origin that relative URLs belong to, if it is known: the caller has named the host of a document that names none.
    pub(crate) relative_to: Option<String>,
    pub(crate) hosts: Vec<String>,
}
