//! Why a request was refused, and what it may have been meant to be.

use std::fmt;

/// Why the sandbox refused a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// What was wrong with the request.
    pub kind: RefusalKind,
    /// The reason. It names parameters and fields, and no values of the body.
    pub reason: String,
    /// What the request may have been meant to be, best first.
    pub near: Vec<NearMiss>,
}

/// What was wrong with a refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalKind {
    /// It named another host than this machine (421).
    Host,
    /// No operation has its path (404).
    Path,
    /// The operations of its path have other methods (405).
    Method,
    /// Its credentials are missing or wrong (401).
    Credentials,
    /// Its credentials don't permit the operation (403).
    Permission,
    /// It exceeded the provider's rate limit (429).
    RateLimit,
    /// Its body is too large (413).
    Size,
    /// Its body, or a part of it, has another media type than documented (415).
    MediaType,
    /// Its parameters or its body are not as documented (400).
    Invalid,
    /// It is as documented, but the account doesn't accept it, for example because a record is unknown.
    Account,
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
    pub(crate) fn new(kind: RefusalKind, reason: String, near: Vec<NearMiss>) -> Self {
        Self { kind, reason, near }
    }
}

impl RefusalKind {
    /// Its name in JSON, such as `media-type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Path => "path",
            Self::Method => "method",
            Self::Credentials => "credentials",
            Self::Permission => "permission",
            Self::RateLimit => "rate-limit",
            Self::Size => "size",
            Self::MediaType => "media-type",
            Self::Invalid => "invalid",
            Self::Account => "account",
        }
    }
}

impl fmt::Display for RefusalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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
