//! Leaves out what cannot be used. In: a complete document. Out: a document that reader and generator accept, and the
//! generated modules.

pub(crate) mod generate;
pub(crate) mod settle;
