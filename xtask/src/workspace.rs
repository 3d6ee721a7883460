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
