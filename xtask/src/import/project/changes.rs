//! What changed since the last import.

use semver::Version;

use crate::diff::{self, Class, Document};
use crate::import::project::record::Existing;

/// The changes since the last import, for report and terminal.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// The largest class; `None` if nothing changed or nothing could be compared.
    pub(crate) class: Option<Class>,
    /// Lines grouped by class, or why there are none; empty at the first import.
    text: String,
}

impl Changes {
    /// Compares the document of the last import with the new one.
    pub(crate) fn since(existing: &Existing, yaml: &str, own_document: bool) -> Self {
        let Some(old) = existing.text("openapi.yaml") else {
            return Self::default();
        };
        let note = |text: String| Self { class: None, text };
        if own_document {
            return note("The source is the crate's own `openapi.yaml`, so there is nothing to compare it with. The version stays.\n".to_owned());
        }
        let document = |name: &str, text: &str| Document {
            name: name.to_owned(),
            text: text.to_owned(),
        };
        let (old, new) = (
            document("the last openapi.yaml", old),
            document("openapi.yaml", yaml),
        );
        match diff::compare(&old, &new) {
            Ok(changes) if changes.changes.is_empty() => {
                note("Nothing changed for callers or on the wire.\n".to_owned())
            }
            Ok(changes) => Self {
                class: changes.class(),
                text: diff::text_of(&changes),
            },
            Err(error) => note(format!(
                "The documents can't be compared, so the version stays: {error}\n"
            )),
        }
    }

    /// The version after these changes.
    pub(crate) fn raise(&self, version: &Version) -> Version {
        diff::next(version, self.class)
    }

    /// The beginning of the report.
    pub(crate) fn markdown(&self, versions: Option<&(Version, Version)>) -> String {
        if self.text.is_empty() {
            return String::new();
        }
        let text = match self.class {
            Some(_) => format!("```text\n{}```\n", self.text.replace("```", "'''")),
            None => self.text.clone(),
        };
        format!(
            "## Since the last import\n\n{text}\n{}\n\n",
            self.sentence(versions)
        )
    }

    /// The text for the terminal.
    pub(crate) fn summary(&self, versions: Option<&(Version, Version)>) -> String {
        if self.text.is_empty() {
            return String::new();
        }
        format!(
            "since the last import\n{}{}\n",
            self.text,
            self.sentence(versions)
        )
    }

    fn sentence(&self, versions: Option<&(Version, Version)>) -> String {
        match (self.class, versions) {
            (Some(class), Some((old, new))) => format!(
                "Largest change: {}. Version {old} becomes {new}.",
                class.as_str()
            ),
            (Some(class), None) => format!(
                "Largest change: {}. The version is that of the workspace: raise it there.",
                class.as_str()
            ),
            (None, Some((old, _))) => format!("The version stays {old}."),
            (None, None) => String::new(),
        }
    }
}
