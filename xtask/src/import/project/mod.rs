//! Writes the crate. In: document, modules and report. Out: its files, on disk.

pub(crate) mod files;
mod write;

pub(crate) use write::to_disk;
