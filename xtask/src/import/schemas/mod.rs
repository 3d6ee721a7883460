//! Rewrites schemas. In: a document with the schemas of the source. Out: schemas that all become Rust types, each with a
//! name of its own.

mod clean;
mod compose;
mod inline;
mod resolve;
mod tags;
mod types;
mod unions;

use serde_json::Value;

use crate::import::common::report::Report;

pub(crate) use types::drop_unused;

/// Rewrites all schemas of the document. References may resolve to other places of the source.
pub(crate) fn rewrite(source: &Value, document: &mut Value, ours: bool, report: &mut Report) {
    resolve::resolve(source, document, report);
    tags::find(document, ours, report);
    clean::all(document, ours, report);
    inline::all(document, report);
    compose::all(document, report);
    // What is left of a composition can be another name of a schema, and so on.
    while inline::all(document, report) {
        compose::all(document, report);
    }
    types::binary_is_text(document, report);
    types::rename(document, report);
    types::name_inner(document, report);
    tags::finish(document, report);
    types::drop_unused(document, report);
    types::rename_properties(document, ours, report);
    types::rename_values(document, ours, report);
}
