//! What the description of an operation is made from.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::import::common::Options;
use crate::import::common::report::{Place, Report};
use crate::import::describe::credentials::Credentials;

/// An operation of the source.
pub(crate) struct SourceOperation<'a> {
    pub(crate) pointer: String,
    pub(crate) key: String,
    pub(crate) method: &'static str,
    pub(crate) raw: &'a Value,
    pub(crate) item: &'a Value,
}

/// Everything about the document that an operation needs, and what operations add to it.
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
    pub(crate) credentials: Credentials,
    /// Ids that operations have, in the form in which they clash.
    pub(crate) taken: BTreeSet<String>,
    /// Ids without the group's name in the action, where those are unlike all others.
    pub(crate) short_ids: BTreeSet<String>,
    /// Named schemas that operations need besides those of the source.
    pub(crate) made: Map<String, Value>,
    pub(crate) report: &'a mut Report,
}

impl Context<'_> {
    /// The place of the source that a note is about.
    pub(crate) fn at<'b>(&'b mut self, group: &'static str, pointer: &'b str) -> Place<'b> {
        self.report.at(group, pointer)
    }
}
