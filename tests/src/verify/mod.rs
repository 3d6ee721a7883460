//! Checks recorded requests and responses against the documents and the typed clients: `cargo xtask verify PATH`.
//!
//! Each body must match the document's schema, and the client's type must decode it and encode it without a difference. What
//! the document doesn't list is drift, and no failure. No value of a recording is printed.

mod check;
mod drift;
mod folder;
mod har;
mod matching;
mod payload;
mod report;

use std::path::{Path, PathBuf};

use engagement_document::Document;

use crate::providers::{self, Provider};
use check::Checker;
use payload::Payload;
pub use report::Report;

/// Checks a recording: a HAR file, a folder of HAR files, or a folder of bodies with an `index.json`. Without the name of a
/// provider it is the one that the folder is named after, or the one whose document has most of the operations.
///
/// # Errors
/// If the recording can't be read, or no provider fits. The text says where, and what to do.
pub fn verify(path: &Path, provider: Option<&str>) -> Result<Report, String> {
    let recordings = recordings(path)?;
    let (provider, document) = match provider {
        Some(name) => by_name(name)?,
        None => guess(path, &recordings)?,
    };
    let mut checker = Checker::new(provider, &document);
    for recording in &recordings {
        recording.read(&mut |payload| checker.check(payload))?;
    }
    Ok(checker.finish())
}

/// A file or folder that payloads are read from, one at a time.
enum Recording {
    Har(PathBuf),
    Folder(PathBuf),
}

impl Recording {
    fn read(&self, each: &mut dyn FnMut(Payload)) -> Result<(), String> {
        match self {
            Self::Har(path) => har::read(path, each),
            Self::Folder(path) => folder::read(path, each),
        }
    }
}

fn recordings(path: &Path) -> Result<Vec<Recording>, String> {
    let shown = path.display();
    if path.is_file() {
        return Ok(vec![Recording::Har(path.to_owned())]);
    }
    if !path.is_dir() {
        return Err(format!("{shown}: there is no such file or folder"));
    }
    if path.join(folder::INDEX).is_file() {
        return Ok(vec![Recording::Folder(path.to_owned())]);
    }
    let entries = path
        .read_dir()
        .map_err(|error| format!("{shown}: {error}"))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|file| file.extension().is_some_and(|extension| extension == "har"))
        .collect();
    found.sort();
    if found.is_empty() {
        return Err(format!(
            "{shown}: the folder has neither an {} nor HAR files: see \"Check recorded traffic\" in README.md",
            folder::INDEX
        ));
    }
    Ok(found.into_iter().map(Recording::Har).collect())
}

fn by_name(name: &str) -> Result<(&'static Provider, Document), String> {
    let provider = providers::find(name).ok_or_else(|| {
        format!(
            "no provider is called `{name}`: the providers are {}",
            names()
        )
    })?;
    Ok((provider, provider.document()))
}

/// The provider that the folder is named after, or the one whose document has most of the operations.
fn guess(path: &Path, recordings: &[Recording]) -> Result<(&'static Provider, Document), String> {
    let folder = path.canonicalize().unwrap_or_default();
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    if path.is_dir()
        && let Some(provider) = providers::find(&name)
    {
        return Ok((provider, provider.document()));
    }
    let all: Vec<(&Provider, Document)> = providers::ALL
        .iter()
        .map(|provider| (provider, provider.document()))
        .collect();
    let mut counts = vec![0_usize; all.len()];
    for recording in recordings {
        recording.read(&mut |payload| {
            for (count, (_, document)) in counts.iter_mut().zip(&all) {
                *count += usize::from(!matching::operations(document, &payload.call).is_empty());
            }
        })?;
    }
    let best = all.into_iter().zip(counts).max_by_key(|(_, count)| *count);
    let best = best.filter(|(_, count)| *count > 0).map(|(found, _)| found);
    best.ok_or_else(|| {
        format!(
            "{}: no document has an operation of this recording: name the provider with `--provider` ({})",
            path.display(),
            names()
        )
    })
}

fn names() -> String {
    let names: Vec<&str> = providers::ALL
        .iter()
        .map(|provider| provider.name)
        .collect();
    names.join(", ")
}
