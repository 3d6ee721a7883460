//! Why a request was refused, and what it may have been meant to be.

use std::fmt;

/// Why the sandbox refused a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The reason. It names parameters and fields, and no values of the body.
    pub reason: String,
    /// What the request may have been meant to be, best first.
    pub near: Vec<NearMiss>,
}

/// An operation, a parameter or a field of the document that a refused request comes near to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NearMiss {
    /// Id of the operation.
    pub operation: &'static str,
    /// What the request has, such as a path or the name of a field.
    pub given: String,
    /// What the document has in its place.
    pub documented: String,
    /// Where the document has it: a file of this crate with the number of the line.
    pub place: String,
}

impl Refusal {
    pub(crate) fn new(reason: String, near: Vec<NearMiss>) -> Self {
        Self { reason, near }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        for near in &self.near {
            write!(f, "; {near}")?;
        }
        Ok(())
    }
}

impl fmt::Display for NearMiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "did you mean `{}` of {} in place of `{}` ({})?",
            self.documented, self.operation, self.given, self.place
        )
    }
}
