//! Writes the crate. In: document, modules and report. Out: files on disk.

pub(crate) mod files;
pub(crate) mod write;
