//! How the crate gets to disk: all of it or nothing, and over nothing that others made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::import::project::files::MARK;

/// Writes the crate. Existing files must come from an earlier import; those that this import doesn't make are removed.
///
/// # Errors
/// If a file is in the way that no import made, or the disk refuses. In the first case nothing is written.
pub(crate) fn to_disk(folder: &Path, files: &BTreeMap<String, String>) -> Result<usize, String> {
    let mut foreign = Vec::new();
    let mut stale = Vec::new();
    for path in standing(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let name = path
            .strip_prefix(folder)
            .unwrap_or(&path)
            .to_string_lossy()
            .replace('\\', "/");
        let ours = files.contains_key(&name) || name.starts_with("src/generated/");
        let marked = std::fs::read_to_string(&path)
            .is_ok_and(|text| text.lines().take(3).any(|line| line.contains(MARK)));
        if !marked {
            foreign.push(name);
        } else if ours && !files.contains_key(&name) {
            stale.push(path);
        }
    }
    if !foreign.is_empty() {
        let shown = foreign
            .iter()
            .take(5)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        return Err(format!(
            "{} holds {} file(s) that no import made: {shown}. Nothing was written; choose another folder with `--out`, or move them",
            folder.display(),
            foreign.len()
        ));
    }
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    // All drafts first: a full disk leaves the old files as they were.
    let mut drafts: Vec<(PathBuf, PathBuf)> = Vec::new();
    for (name, text) in files {
        let path = folder.join(name);
        if std::fs::read_to_string(&path).is_ok_and(|have| have == *text) {
            continue;
        }
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent).map_err(|error| failed(parent, error))?;
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let draft = path.with_file_name(format!("{file}.import-draft"));
        if let Err(error) = std::fs::write(&draft, text) {
            let made = drafts.iter().map(|(draft, _)| draft).chain([&draft]);
            made.for_each(|draft| drop(std::fs::remove_file(draft)));
            return Err(failed(&path, error));
        }
        drafts.push((draft, path));
    }
    let written = drafts.len();
    for (draft, path) in drafts {
        std::fs::rename(&draft, &path).map_err(|error| failed(&path, error))?;
    }
    for path in stale {
        std::fs::remove_file(&path).map_err(|error| failed(&path, error))?;
    }
    Ok(written)
}

/// The files of a folder, apart from what cargo and git make.
fn standing(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut todo = vec![folder.to_owned()];
    while let Some(at) = todo.pop() {
        let entries = match std::fs::read_dir(&at) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            let path = entry?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_dir() {
                if !matches!(name.as_str(), "target" | ".git") {
                    todo.push(path);
                }
            } else if !matches!(name.as_str(), "Cargo.lock" | ".gitignore") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
