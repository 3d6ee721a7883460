//! The crate: its files, what of an existing crate is kept, and what changed since the last import.

mod changes;
pub(crate) mod files;
mod manifest;
mod record;
mod update;
mod write;

pub(crate) use update::{Update, update};
