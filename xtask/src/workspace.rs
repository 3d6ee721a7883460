//! Where things are.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The root of the repository, found when the program runs: checkouts that share a target directory share this binary.
///
/// # Panics
/// If neither the package that Cargo runs nor the current folder is in a workspace.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let start = package.or_else(|| std::env::current_dir().ok());
        let start = start.expect("the current folder can be read");
        let root = start
            .ancestors()
            .find(|folder| folder.join("Cargo.lock").is_file());
        let root = root.expect("this runs inside the workspace, whose root has a Cargo.lock");
        root.to_owned()
    });
    &ROOT
}

/// A field of `workspace.package` in the manifest, such as `rust-version`.
///
/// # Errors
/// If the manifest can't be read, or has no such text; the error names the file.
pub(crate) fn package_field(root: &Path, field: &str) -> Result<String, String> {
    let text = std::fs::read_to_string(root.join("Cargo.toml"));
    let text = text.map_err(|error| format!("Cargo.toml can't be read: {error}"))?;
    let manifest: toml_edit::DocumentMut = text
        .parse()
        .map_err(|error| format!("Cargo.toml: {error}"))?;
    let package = manifest.get("workspace").and_then(|it| it.get("package"));
    let value = package.and_then(|it| it.get(field)?.as_str());
    let missing = || format!("Cargo.toml: `workspace.package.{field}` is missing");
    value.map(str::to_owned).ok_or_else(missing)
}

/// The documents, sorted by name.
pub(crate) fn specs(root: &Path) -> std::io::Result<Vec<PathBuf>> {
    yaml_files(&root.join("specs"))
}

/// The names of the published crates, sorted: the folders under `crates/`, each with a text for its README.
pub(crate) fn crates(root: &Path) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join("crates"))? {
        let entry = entry?;
        let has = |file| entry.path().join(file).is_file();
        // A crate without the text is reported when its README is made.
        if has("Cargo.toml") || has(crate::readme::SOURCE) {
            found.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    found.sort();
    Ok(found)
}

/// Documents that the tests generate from, sorted by name.
pub(crate) fn fixtures(root: &Path, package: &str) -> std::io::Result<Vec<PathBuf>> {
    yaml_files(&root.join(package).join("fixtures"))
}

fn yaml_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !is_hidden
            && path
                .extension()
                .is_some_and(|extension| extension == "yaml")
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
