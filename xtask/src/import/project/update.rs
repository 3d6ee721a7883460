//! Puts a new import over an existing crate.

use std::collections::BTreeMap;
use std::path::Path;

use crate::import::accept::generate::Generated;
use crate::import::common::Options;
use crate::import::project::changes::Changes;
use crate::import::project::record::Existing;
use crate::import::project::write::{self, is_kept};
use crate::import::project::{files, manifest};

/// How an existing crate is treated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Update<'a> {
    pub(crate) folder: &'a Path,
    /// Whether the source is the crate's own document.
    pub(crate) own_document: bool,
    /// Whether the caller says where the runtime is.
    pub(crate) core_is_given: bool,
    /// Whether edited files are replaced.
    pub(crate) overwrite: bool,
}

/// Writes the files; what the user owns stays. Gives the number of written files, and a text for the terminal.
///
/// # Errors
/// If a file of the user is in the way, the manifest can't be read, or the disk refuses. Nothing is written in the first two
/// cases.
pub(crate) fn update(
    request: Update<'_>,
    generated: &Generated,
    options: &Options,
    mut files: BTreeMap<String, String>,
) -> Result<(usize, String), String> {
    let folder = request.folder;
    let existing = Existing::read(folder)?;
    let changes = Changes::since(&existing, &generated.yaml, request.own_document);
    let mut versions = None;
    if let Some(own) = existing.text("Cargo.toml") {
        let raise = |version: &_| changes.raise(version);
        let merged = manifest::merge(own, &files["Cargo.toml"], request.core_is_given, raise);
        let merged =
            merged.map_err(|error| format!("{}: {error}", folder.join("Cargo.toml").display()))?;
        files.insert("Cargo.toml".to_owned(), merged.text);
        versions = merged.versions;
    }
    let since = changes.markdown(versions.as_ref());
    files.insert(
        "REPORT.md".to_owned(),
        files::report(generated, options, &since),
    );
    if is_kept(&existing, crate::readme::SOURCE) {
        let front = existing.text(crate::readme::SOURCE).unwrap_or_default();
        let readme = files::readme(front, &files)?;
        files.insert("README.md".to_owned(), readme);
    }
    let source = request.own_document.then_some("openapi.yaml");
    let plan = write::plan(folder, &existing, files, source, request.overwrite)?;
    let written = plan.execute(folder)?;
    let mut text = changes.summary(versions.as_ref());
    for name in &plan.kept {
        text.push_str(&format!(
            "kept      {name}, which is yours since you edited it\n"
        ));
    }
    for name in &plan.aside {
        text.push_str(&format!(
            "replaced  {name}; your version is {name}.edited\n"
        ));
    }
    Ok((written, text))
}
