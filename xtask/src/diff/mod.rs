//! `cargo xtask diff`: what changed between two documents for callers and on the wire.
//!
//! Two documents are compared by what is generated from them (`codegen::surface`): names in Rust, arguments, types, and what
//! is sent. Each change has a class, and the class says by which step the version rises:
//!
//! | class | meaning | 0.x | 1.0 and later |
//! |---|---|---|---|
//! | `breaking` | a caller has to change something | 0.1.0 -> 0.2.0 | major |
//! | `additive` | what compiles today compiles; there is more to use | patch | minor |
//! | `wire-only` | what compiles today compiles, but what is sent, retried, read or printed changes | patch | minor |
//! | `documentation` | only texts change | patch | patch |

mod change;
mod command;
mod compare;
mod output;
mod source;
mod version;

pub use change::{Change, Class, Place, ProviderChanges};
pub use command::{Arguments, Format, run, summary};
pub(crate) use output::of_document as text_of;
pub use output::{json, markdown, text};
pub use source::{Document, between, since};
pub use version::next;

use engagement_document::Lines;

use crate::codegen::surface::{Surface, surface};

/// Why documents can't be compared: what is wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

impl Error {
    fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// What changed from one document to another.
///
/// # Errors
/// If one of them breaks a rule or can't be generated; the text names the file and the place.
pub fn compare(old: &Document, new: &Document) -> Result<ProviderChanges, Error> {
    let read = |document: &Document| -> Result<Surface, Error> {
        surface(&document.name, &document.text).map_err(|failure| document.refused(&failure))
    };
    let (old_surface, new_surface) = (read(old)?, read(new)?);
    let findings = compare::surfaces(&old_surface, &new_surface);
    let lines = [Lines::of(&old.text), Lines::of(&new.text)];
    let changes = findings.into_iter().map(|finding| {
        let (document, lines) = match finding.in_old {
            true => (old, &lines[0]),
            false => (new, &lines[1]),
        };
        let place = lines.line(&finding.pointer).map(|line| Place {
            file: document.name.clone(),
            line,
        });
        Change {
            place,
            ..finding.change
        }
    });
    let mut changes: Vec<Change> = changes.collect();
    // Stable: within a class, changes stay in the order of the document.
    changes.sort_by_key(|change| std::cmp::Reverse(change.class));
    Ok(ProviderChanges {
        provider: new_surface.provider,
        old: old.name.clone(),
        new: new.name.clone(),
        changes,
    })
}
