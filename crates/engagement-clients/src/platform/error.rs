//! Why a task failed.

use std::fmt;

use super::Task;
use crate::Error;

/// Why a task of a [`Platform`](super::Platform) failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum PlatformError {
    /// The platform has no such call. Nothing was sent.
    Unsupported(Unsupported),
    /// The platform needs a value that is not set. Nothing was sent.
    #[non_exhaustive]
    Incomplete {
        /// The provider's short name.
        provider: &'static str,
        /// The missing or invalid value, by the name of its setter.
        what: &'static str,
    },
    /// The platform responded with a success status, but the response reports a refusal.
    #[non_exhaustive]
    Refused {
        /// The provider's short name.
        provider: &'static str,
        /// The provider's message, with e-mail addresses and telephone numbers masked.
        message: String,
    },
    /// The call failed.
    Api(Error),
}

/// A task that a platform has no call for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsupported {
    pub(super) provider: &'static str,
    pub(super) task: Task,
    pub(super) why: &'static str,
}

impl Unsupported {
    /// The provider's short name.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        self.provider
    }

    /// The task.
    #[must_use]
    pub fn task(&self) -> Task {
        self.task
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot {}: {}", self.provider, self.task, self.why)
    }
}

impl std::error::Error for Unsupported {}

impl fmt::Display for PlatformError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(unsupported) => unsupported.fmt(f),
            Self::Incomplete { provider, what } => write!(f, "{provider} needs {what}"),
            Self::Refused { provider, message } => write!(f, "{provider} refused: {message}"),
            Self::Api(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PlatformError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // Its text is already the text of this error, so its own source follows.
            Self::Api(error) => error.source(),
            _ => None,
        }
    }
}

impl From<Error> for PlatformError {
    fn from(error: Error) -> Self {
        Self::Api(error)
    }
}

impl From<Unsupported> for PlatformError {
    fn from(unsupported: Unsupported) -> Self {
        Self::Unsupported(unsupported)
    }
}
