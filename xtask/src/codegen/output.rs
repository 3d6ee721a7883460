//! Writes the files that changed; with `--check` prints a diff and the command to run instead.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use engagement_document::Document;
use similar::TextDiff;

use super::{Failure, WITH_PARTS};

/// The list of every file that codegen owns.
const MANIFEST: &str = "specs/generated-files.txt";

/// A file that codegen owns.
#[derive(Debug)]
pub(crate) struct File {
    /// Path from the root of the repository, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Compares with the files on disk; writes what differs, or with `check` reports it.
pub(crate) fn finish(
    root: &Path,
    files: Vec<File>,
    documents: &[Document],
    providers: &[String],
    check: bool,
) -> Result<String, Failure> {
    let mut wanted = BTreeMap::new();
    for file in files {
        if wanted.insert(file.path.clone(), file.text).is_some() {
            return Err(Failure::new(format!(
                "{} would be written twice: this is a defect of xtask",
                file.path
            )));
        }
    }
    let all = providers.is_empty();
    if all {
        let paths = wanted.keys().map(String::as_str);
        // The rest of these files is written by hand.
        let paths: Vec<&str> = paths.filter(|path| !WITH_PARTS.contains(path)).collect();
        let manifest = format!(
            "# Files made by cargo xtask codegen. Any other file in their folders is an error.\n{}\n",
            paths.join("\n")
        );
        wanted.insert(MANIFEST.to_owned(), manifest);
        refuse_strays(root, &wanted)?;
    }
    let command = if all {
        "cargo xtask codegen".to_owned()
    } else {
        format!("cargo xtask codegen {}", providers.join(" "))
    };
    let mut stale = Vec::new();
    for (path, text) in &wanted {
        let have = std::fs::read_to_string(root.join(path)).ok();
        // A checkout with CRLF line ends is not out of date.
        let have = have.map(|have| have.replace("\r\n", "\n"));
        if have.as_deref() != Some(text) {
            stale.push((path, have, text));
        }
    }
    if check && !stale.is_empty() {
        return Err(Failure::new(report(&stale, &command)));
    }
    for (path, _, text) in &stale {
        write(&root.join(path), text)?;
    }
    let operations: usize = documents
        .iter()
        .filter(|d| all || providers.contains(&d.provider))
        .map(|d| d.operations.len())
        .sum();
    let verb = if check {
        "are up to date"
    } else {
        "are in place"
    };
    Ok(format!(
        "{} files for {operations} operations {verb}, {} written",
        wanted.len(),
        stale.len()
    ))
}

/// Writes a second file and renames it: an interrupted run leaves the old text or the new one, never half of it.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let draft = path.with_extension("tmp");
    std::fs::write(&draft, text).map_err(failed)?;
    std::fs::rename(&draft, path).map_err(failed)
}

fn refuse_strays(root: &Path, wanted: &BTreeMap<String, String>) -> Result<(), Failure> {
    let folders: BTreeSet<&str> = wanted
        .keys()
        .filter_map(|path| path.rsplit_once('/'))
        .map(|(folder, _)| folder)
        .collect();
    let mut strays = Vec::new();
    for folder in folders {
        let Ok(entries) = std::fs::read_dir(root.join(folder)) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_file() && !wanted.contains_key(&path) && folder_is_owned(folder) {
                strays.push(path);
            }
        }
    }
    if strays.is_empty() {
        return Ok(());
    }
    strays.sort();
    Err(Failure::new(format!(
        "these files are in a folder of generated files, but no document makes them: {}. Delete or move them",
        strays.join(", ")
    )))
}

/// Folders in which everything is generated.
fn folder_is_owned(folder: &str) -> bool {
    folder.ends_with("/generated") || folder.ends_with("/documents")
}

fn report(stale: &[(&String, Option<String>, &String)], command: &str) -> String {
    const MOST: usize = 40;
    let mut out = String::new();
    for (path, have, want) in stale {
        let Some(have) = have else {
            let _ = writeln!(out, "{path} is missing\n");
            continue;
        };
        let diff = TextDiff::from_lines(have.as_str(), want.as_str());
        let text = diff
            .unified_diff()
            .context_radius(2)
            .header(path, "as the documents require")
            .to_string();
        let lines = text.lines().count();
        for line in text.lines().take(MOST) {
            let short: String = line.chars().take(400).collect();
            let _ = writeln!(out, "{short}");
        }
        if lines > MOST {
            let _ = writeln!(out, "… {} more lines", lines - MOST);
        }
        out.push('\n');
    }
    let names: Vec<&str> = stale.iter().map(|(path, _, _)| path.as_str()).collect();
    format!(
        "{} generated file(s) are not up to date: {}\n\n{out}Run `{command}` and commit the result.",
        stale.len(),
        names.join(", ")
    )
}
