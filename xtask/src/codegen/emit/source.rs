//! What the files are made from.

use engagement_document::{Document, Operation};

use crate::codegen::normalise::Normalised;
use crate::codegen::parsed::{ParsedOutput, Signature};

/// A document, what was removed from it for progenitor, and the types that progenitor made.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) document: &'a Document,
    pub(crate) normalised: &'a Normalised,
    pub(crate) parsed: &'a ParsedOutput,
}

impl<'a> Source<'a> {
    pub(super) fn signature(self, operation: &Operation) -> &'a Signature {
        &self.parsed.operations[&operation.id]
    }
}
