//! How the crate gets to disk: all of it or nothing, and over nothing that others made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::import::project::record::{self, Existing, RECORD};

/// Files that belong to the user from the first edit on.
const KEPT_ONCE_EDITED: [&str; 2] = ["src/lib.rs", "docs/README.md"];
/// The folder in which every file is the import's.
const GENERATED: &str = "src/generated/";
/// The end of the names of edited files that were put aside.
const ASIDE: &str = ".edited";

/// What is done with each file.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Files to write, where their texts differ.
    write: BTreeMap<String, String>,
    /// Files of the last import that this one doesn't make.
    remove: Vec<String>,
    /// Edited files that are kept.
    pub(crate) kept: Vec<String>,
    /// Edited files that are replaced: their texts are put aside.
    pub(crate) aside: Vec<String>,
}

/// Whether the user owns the file, because it was edited or isn't the import's at all.
pub(crate) fn is_kept(existing: &Existing, name: &str) -> bool {
    let edited = existing.is_edited(name) || !existing.is_recorded(name);
    KEPT_ONCE_EDITED.contains(&name) && existing.text(name).is_some() && edited
}

/// Decides on each file. `edited` names a file whose edits are the source of this import.
///
/// # Errors
/// If a file is in the way that no import made, or one was edited that would be replaced.
pub(crate) fn plan(
    folder: &Path,
    existing: &Existing,
    files: BTreeMap<String, String>,
    source: Option<&str>,
    overwrite: bool,
) -> Result<Plan, String> {
    let mut plan = Plan::default();
    let mut record = BTreeMap::new();
    let (mut foreign, mut edited) = (Vec::new(), Vec::new());
    for (name, text) in files {
        if name == "Cargo.toml" {
            plan.write.insert(name, text);
            continue;
        }
        if is_kept(existing, &name) {
            plan.kept.push(name);
            continue;
        }
        if existing.text(&name).is_some_and(|have| have != text) {
            if !existing.is_recorded(&name) {
                foreign.push(name.clone());
            } else if existing.is_edited(&name) && source != Some(&name) {
                edited.push(name.clone());
            }
        }
        record.insert(name.clone(), text.clone());
        plan.write.insert(name, text);
    }
    for name in existing
        .recorded()
        .filter(|name| !record.contains_key(*name))
    {
        if plan.kept.contains(name) {
            continue;
        }
        if existing.is_edited(name) {
            edited.push(name.clone());
        }
        plan.remove.push(name.clone());
    }
    let strays = existing.texts.keys().filter(|name| {
        name.starts_with(GENERATED)
            && !name.ends_with(ASIDE)
            && !existing.is_recorded(name)
            && !record.contains_key(*name)
    });
    foreign.extend(strays.cloned());
    refuse(
        folder,
        &foreign,
        "which no import made",
        "Move them: files of your own can be anywhere but in src/generated and over imported ones; or choose another folder with `--out`",
    )?;
    if !overwrite {
        refuse(
            folder,
            &edited,
            "which were edited since the last import and would be replaced",
            "Put corrections of the vendor's document into overlay.yaml and code into modules of your own, which src/lib.rs declares; `--overwrite` replaces these files and keeps the edited ones as *.edited",
        )?;
    }
    for name in &edited {
        let text = existing.text(name).unwrap_or_default();
        plan.write.insert(format!("{name}{ASIDE}"), text.to_owned());
    }
    plan.aside = edited;
    plan.write.insert(RECORD.to_owned(), record::list(&record));
    Ok(plan)
}

fn refuse(folder: &Path, names: &[String], why: &str, way_out: &str) -> Result<(), String> {
    const MAX_NAMES: usize = 5;
    if names.is_empty() {
        return Ok(());
    }
    let shown: Vec<&str> = names.iter().take(MAX_NAMES).map(String::as_str).collect();
    Err(format!(
        "{} holds {} file(s) {why}: {}. Nothing was written. {way_out}",
        folder.display(),
        names.len(),
        shown.join(", ")
    ))
}

impl Plan {
    /// Executes the plan; gives the number of written files.
    ///
    /// # Errors
    /// If the disk refuses.
    pub(crate) fn execute(&self, folder: &Path) -> Result<usize, String> {
        let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
        // All drafts first: a full disk leaves the old files as they were.
        let mut drafts: Vec<(PathBuf, PathBuf)> = Vec::new();
        for (name, text) in &self.write {
            let path = folder.join(name);
            let have = std::fs::read_to_string(&path);
            // A checkout with CRLF line ends is not out of date.
            if have.is_ok_and(|have| have.replace("\r\n", "\n") == *text) {
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
        for name in &self.remove {
            let path = folder.join(name);
            std::fs::remove_file(&path).map_err(|error| failed(&path, error))?;
        }
        Ok(written)
    }
}
