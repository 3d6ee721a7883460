//! Whom an error or a span is about.

use std::fmt;

use reqwest::Method;

use crate::provider::{Operation, Provider};

/// The one part of an error that is always known. It holds no values of the caller's: a raw request's path may
/// contain an e-mail address, so only its method is kept.
#[derive(Clone)]
pub(crate) enum Subject {
    Operation(&'static Operation),
    Raw(Method),
    Client(&'static Provider),
}

impl Subject {
    pub(crate) fn operation(&self) -> Option<&'static Operation> {
        match self {
            Self::Operation(operation) => Some(operation),
            Self::Raw(_) | Self::Client(_) => None,
        }
    }

    /// A low-cardinality name for spans.
    pub(crate) fn id(&self) -> &'static str {
        match self {
            Self::Operation(operation) => operation.id,
            Self::Raw(_) => "request",
            Self::Client(provider) => provider.name,
        }
    }

    /// Path template, never a filled-in path.
    pub(crate) fn template(&self) -> Option<&'static str> {
        self.operation().map(|operation| operation.path)
    }

    pub(crate) fn method(&self) -> Option<&str> {
        match self {
            Self::Operation(operation) => Some(operation.method),
            Self::Raw(method) => Some(method.as_str()),
            Self::Client(_) => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(operation) => f.write_str(operation.id),
            Self::Raw(method) => write!(f, "{method} request"),
            Self::Client(provider) => write!(f, "{} client", provider.name),
        }
    }
}
