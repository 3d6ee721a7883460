//! Changes and their classes.

use clap::ValueEnum;
use serde::Serialize;

/// What a change means for a caller; the later, the larger the step of the version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Only texts change.
    Documentation,
    /// What compiles today compiles, but what is sent, retried, read or printed changes.
    WireOnly,
    /// There is more to use.
    Additive,
    /// A caller has to change something.
    Breaking,
}

impl Class {
    /// The classes, in the order in which they are shown.
    pub const ALL: [Self; 4] = [
        Self::Breaking,
        Self::Additive,
        Self::WireOnly,
        Self::Documentation,
    ];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Additive => "additive",
            Self::WireOnly => "wire-only",
            Self::Documentation => "documentation",
        }
    }
}

/// A line of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The document, such as `specs/engage.yaml` or `v0.1.0:specs/engage.yaml`.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it means.
    pub class: Class,
    /// What changed: the id of an operation, a type such as `types::Contact`, or `client` for what all calls share.
    pub subject: String,
    /// The operations that use the type.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<String>,
    /// The change.
    pub change: String,
    /// What a caller has to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Where it is written, in the new document or, for what was removed, in the old one.
    #[serde(flatten)]
    pub place: Option<Place>,
}

/// What changed in one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProviderChanges {
    /// The provider.
    pub provider: String,
    /// The old document.
    pub old: String,
    /// The new document.
    pub new: String,
    /// The changes: breaking ones first, each class in the order of the document.
    pub changes: Vec<Change>,
}

impl ProviderChanges {
    /// The class of the largest change; `None` if nothing changed.
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        self.changes.iter().map(|change| change.class).max()
    }
}
