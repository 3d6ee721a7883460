//! Leaves out what cannot be used. In: a complete document. Out: a document that the reader and the generator accept, and
//! the generated modules.

pub(crate) mod generate;
mod settle;

pub(crate) use settle::until_it_reads;
