//! The list of files that an import wrote, with their hashes: what is not in it belongs to the user.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::import::project::files::MARK;

/// The name of the list.
pub(crate) const RECORD: &str = "imported-files.txt";

/// A crate as it is on disk.
#[derive(Debug, Default)]
pub(crate) struct Existing {
    /// Every file, by path from the folder.
    pub(crate) texts: BTreeMap<String, String>,
    /// The files that the last import wrote, with their hashes.
    recorded: BTreeMap<String, String>,
}

impl Existing {
    /// Reads a crate; a folder that isn't there has no files.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
        let mut texts = BTreeMap::new();
        for path in standing(folder).map_err(|error| failed(folder, error))? {
            let name = path.strip_prefix(folder).unwrap_or(&path);
            let name = name.to_string_lossy().replace('\\', "/");
            let bytes = std::fs::read(&path).map_err(|error| failed(&path, error))?;
            // What is no text is the user's; only its name matters.
            let text = String::from_utf8(bytes).unwrap_or_default();
            texts.insert(name, text.replace("\r\n", "\n"));
        }
        let recorded = match texts.get(RECORD) {
            Some(list) => read_list(list),
            None => marked(&texts),
        };
        if recorded.is_empty() {
            refuse_other_crate(folder, &texts)?;
        }
        Ok(Self { texts, recorded })
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// Whether the last import wrote the file.
    pub(crate) fn is_recorded(&self, name: &str) -> bool {
        self.recorded.contains_key(name)
    }

    /// Whether the file was written by the last import and changed since then.
    pub(crate) fn is_edited(&self, name: &str) -> bool {
        match (self.texts.get(name), self.recorded.get(name)) {
            (Some(text), Some(recorded)) => hash(text) != *recorded,
            _ => false,
        }
    }

    /// Files that the last import wrote.
    pub(crate) fn recorded(&self) -> impl Iterator<Item = &String> {
        self.recorded
            .keys()
            .filter(|name| self.texts.contains_key(*name))
    }
}

/// The list for these files.
pub(crate) fn list<'a>(files: impl IntoIterator<Item = (&'a String, &'a String)>) -> String {
    let mut out = String::from(
        "# Files that `cargo xtask import` wrote, with SHA-256 of their texts. The next import replaces them; all others are yours.\n",
    );
    for (name, text) in files {
        let _ = writeln!(out, "{}  {name}", hash(text));
    }
    out
}

/// Refuses a folder with a crate that no import made.
fn refuse_other_crate(folder: &Path, texts: &BTreeMap<String, String>) -> Result<(), String> {
    let names = ["Cargo.toml", "src/lib.rs", "src/main.rs"];
    match names.into_iter().find(|name| texts.contains_key(*name)) {
        None => Ok(()),
        Some(name) => Err(format!(
            "{} holds a crate that no import made: it has {name} and no {RECORD}. Nothing was written; choose another folder with `--out`",
            folder.display()
        )),
    }
}

fn read_list(list: &str) -> BTreeMap<String, String> {
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.split_once("  "));
    pairs
        .map(|(hash, name)| (name.to_owned(), hash.to_owned()))
        .collect()
}

/// The files of an import from before there was a list: they say so in their first lines.
fn marked(texts: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let ours = texts.iter().filter(|(name, text)| {
        *name != "Cargo.toml" && text.lines().take(3).any(|line| line.contains(MARK))
    });
    ours.map(|(name, text)| (name.clone(), hash(text)))
        .collect()
}

fn hash(text: &str) -> String {
    let mut out = String::new();
    for byte in Sha256::digest(text.as_bytes()) {
        let _ = write!(out, "{byte:02x}");
    }
    out
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
