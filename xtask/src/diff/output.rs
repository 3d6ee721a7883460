//! Changes as text.

use std::fmt::Write as _;

use semver::Version;
use serde_json::{Value, json};

use super::{Change, Class, ProviderChanges, next};

/// Names of operations in the line of a type.
const MAX_OPERATIONS: usize = 3;

impl Change {
    /// The change in one line: what, what to do, and where.
    #[must_use]
    pub fn line(&self) -> String {
        let mut line = self.subject.clone();
        if !self.operations.is_empty() {
            let shown = self.operations.iter().take(MAX_OPERATIONS).cloned();
            let mut shown: Vec<String> = shown.collect();
            if let Some(more) = self
                .operations
                .len()
                .checked_sub(MAX_OPERATIONS)
                .filter(|more| *more > 0)
            {
                shown.push(format!("{more} more"));
            }
            let _ = write!(line, " (of {})", shown.join(", "));
        }
        let _ = write!(line, ": {}", self.change);
        if let Some(action) = &self.action {
            let _ = write!(line, "; {action}");
        }
        if let Some(place) = &self.place {
            let _ = write!(line, " ({}:{})", place.file, place.line);
        }
        line
    }
}

/// The largest class of several documents.
pub(super) fn class(documents: &[ProviderChanges]) -> Option<Class> {
    documents.iter().filter_map(ProviderChanges::class).max()
}

/// The changes of several documents, and the step of the version that follows.
#[must_use]
pub fn text(documents: &[ProviderChanges], version: &Version) -> String {
    let mut out = String::new();
    for document in documents {
        let _ = writeln!(
            out,
            "{}: {} -> {}",
            document.provider, document.old, document.new
        );
        out.push_str(&of_document(document));
        out.push('\n');
    }
    out.push_str(&step(class(documents), version));
    out
}

/// The changes of one document, grouped by class.
pub(crate) fn of_document(document: &ProviderChanges) -> String {
    let mut out = String::new();
    for class in Class::ALL {
        let changes = document
            .changes
            .iter()
            .filter(|change| change.class == class);
        let lines: Vec<String> = changes
            .map(|change| format!("  {}\n", change.line()))
            .collect();
        if !lines.is_empty() {
            let _ = write!(out, "{}\n{}", class.as_str(), lines.concat());
        }
    }
    out
}

/// The step of the version that follows from the largest change, as a sentence.
pub(crate) fn step(class: Option<Class>, version: &Version) -> String {
    match class {
        None => "No changes for callers or on the wire.\n".to_owned(),
        Some(class) => format!(
            "Largest change: {}. Version {version} becomes {}.\n",
            class.as_str(),
            next(version, Some(class))
        ),
    }
}

/// The changes of several documents as JSON: `documents` with `changes`, the largest `class`, and `version` with `old` and `next`.
#[must_use]
pub fn json(documents: &[ProviderChanges], version: &Version) -> Value {
    let class = class(documents);
    json!({
        "documents": documents,
        "class": class,
        "version": { "old": version.to_string(), "next": next(version, class).to_string() },
    })
}

/// The changes but those of texts as entries of a changelog: a line for each.
#[must_use]
pub fn markdown(documents: &[ProviderChanges]) -> String {
    let mut out = String::new();
    for class in [Class::Breaking, Class::Additive, Class::WireOnly] {
        for document in documents {
            let changes = document.changes.iter();
            for change in changes.filter(|change| change.class == class) {
                // The lines of a document change with every edit.
                let change = Change {
                    place: None,
                    ..change.clone()
                };
                let (class, provider) = (class.as_str(), &document.provider);
                let _ = writeln!(out, "- `{provider}-client`, {class}: {}", change.line());
            }
        }
    }
    out
}

/// A short form: at most `max` lines.
pub(super) fn short(documents: &[ProviderChanges], max: usize) -> Vec<String> {
    let all = documents.iter().flat_map(|document| {
        let changes = document.changes.iter();
        changes.map(|change| {
            (
                change.class,
                format!("{} {}", document.provider, change.line()),
            )
        })
    });
    let mut all: Vec<(Class, String)> = all.collect();
    all.sort_by_key(|(class, _)| std::cmp::Reverse(*class));
    let mut lines: Vec<String> = Vec::new();
    let shown = if all.len() > max { max - 1 } else { max };
    for (class, line) in all.iter().take(shown) {
        lines.push(format!("  {:13} {line}", class.as_str()));
    }
    if all.len() > shown {
        lines.push(format!(
            "  and {} more: cargo xtask diff HEAD",
            all.len() - shown
        ));
    }
    lines
}
