//! Where things are.

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a folder of the workspace")
}

/// The documents, sorted by name.
pub(crate) fn specs(root: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in yaml_files(&root.join("specs"))? {
        if !path.ends_with("redocly.yaml") {
            found.push(path);
        }
    }
    Ok(found)
}

/// The names of the published crates, sorted: the folders under `crates/` that have a text for their README.
pub(crate) fn crates(root: &Path) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join("crates"))? {
        let entry = entry?;
        if entry.path().join(crate::readme::SOURCE).is_file() {
            found.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    found.sort();
    Ok(found)
}

/// Documents that the tests generate from, sorted by name.
pub(crate) fn fixtures(root: &Path) -> std::io::Result<Vec<PathBuf>> {
    yaml_files(&root.join("tests/fixtures"))
}

fn yaml_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
