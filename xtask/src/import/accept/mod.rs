//! Leaves out what cannot be used. In: a complete document. Out: a document that the reader and the generator accept, and
//! the generated modules.

pub(crate) mod generate;
mod remove;

pub(crate) use remove::{operations, until_valid};
