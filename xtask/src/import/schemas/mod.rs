//! Rewrites schemas. In: a document with the schemas of the source. Out: schemas that all become Rust types with names
//! of their own.

pub(crate) mod clean;
pub(crate) mod compose;
pub(crate) mod fields;
pub(crate) mod inline;
pub(crate) mod types;
pub(crate) mod unions;
pub(crate) mod words;
