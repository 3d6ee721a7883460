//! The call that an error or a span is about.

use std::fmt;

use reqwest::Method;

use crate::provider::{Operation, Provider};

/// The operation, raw request or client that an error or a span is about. It contains no values of the caller: a raw request's
/// path may contain an e-mail address, so only its method is kept.
#[derive(Clone)]
pub(crate) enum CallTarget {
    Operation(&'static Provider, &'static Operation),
    Raw(&'static Provider, Method),
    Client(&'static Provider),
}

impl CallTarget {
    pub(crate) fn provider(&self) -> &'static Provider {
        match self {
            Self::Operation(provider, _) | Self::Raw(provider, _) | Self::Client(provider) => {
                provider
            }
        }
    }

    pub(crate) fn operation(&self) -> Option<&'static Operation> {
        match self {
            Self::Operation(_, operation) => Some(operation),
            Self::Raw(..) | Self::Client(_) => None,
        }
    }

    /// A low-cardinality name for spans.
    pub(crate) fn id(&self) -> &'static str {
        match self {
            Self::Operation(_, operation) => operation.id,
            Self::Raw(..) => "request",
            Self::Client(provider) => provider.name,
        }
    }

    /// Path template, never a filled-in path.
    pub(crate) fn template(&self) -> Option<&'static str> {
        self.operation().map(|operation| operation.path)
    }

    pub(crate) fn method(&self) -> Option<&str> {
        match self {
            Self::Operation(_, operation) => Some(operation.method),
            Self::Raw(_, method) => Some(method.as_str()),
            Self::Client(_) => None,
        }
    }
}

impl fmt::Display for CallTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let provider = self.provider().name;
        match self {
            Self::Operation(_, operation) => write!(f, "{provider} {}", operation.id),
            Self::Raw(_, method) => write!(f, "{provider} {method} request"),
            Self::Client(_) => write!(f, "{provider} client"),
        }
    }
}
