//! `Cargo.toml`: the one version of all crates.

use std::path::Path;

use semver::Version;
use toml_edit::{DocumentMut, Item, Value};

use super::{Error, read, write};

pub(super) const FILE: &str = "Cargo.toml";

/// The version that the workspace's crates have.
///
/// # Errors
/// If the manifest can't be read, or has no version.
pub(super) fn version(root: &Path) -> Result<Version, Error> {
    let manifest = parsed(&read(&root.join(FILE))?)?;
    let version = manifest["workspace"]["package"]["version"].as_str();
    version
        .and_then(|version| version.parse().ok())
        .ok_or_else(|| refused("`workspace.package.version` is no version"))
}

/// Writes the version: that of the crates, and that with which they require each other.
///
/// # Errors
/// If the manifest can't be read or written.
pub(super) fn raise(root: &Path, version: &Version) -> Result<(), Error> {
    let path = root.join(FILE);
    write(&path, &raised(&read(&path)?, version)?)
}

fn raised(text: &str, version: &Version) -> Result<String, Error> {
    let mut manifest = parsed(text)?;
    set(
        &mut manifest["workspace"]["package"]["version"],
        version.to_string(),
    )?;
    let dependencies = manifest["workspace"]["dependencies"].as_table_mut();
    let dependencies =
        dependencies.ok_or_else(|| refused("`workspace.dependencies` is no table"))?;
    for (_, dependency) in dependencies.iter_mut() {
        // Those in this repository.
        if dependency.get("path").is_some() && dependency.get("version").is_some() {
            set(&mut dependency["version"], format!("={version}"))?;
        }
    }
    Ok(manifest.to_string())
}

/// Replaces a text, and keeps the spaces and comments around it.
fn set(item: &mut Item, text: String) -> Result<(), Error> {
    let value = item.as_value_mut().filter(|value| value.is_str());
    let value = value.ok_or_else(|| refused("a version is no text"))?;
    let decor = value.decor().clone();
    *value = Value::from(text);
    *value.decor_mut() = decor;
    Ok(())
}

fn parsed(text: &str) -> Result<DocumentMut, Error> {
    text.parse()
        .map_err(|error| refused(&format!("no TOML: {error}")))
}

fn refused(reason: &str) -> Error {
    Error::Refused(format!("{FILE}: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_versions_of_this_repository_rise_and_others_stay() {
        let text = "[workspace.package]\nversion = \"0.1.0\" # one\nedition = \"2024\"\n\n[workspace.dependencies]\na = { path = \"crates/a\", version = \"=0.1.0\", default-features = false }\n\nb = \"0.1.0\"\nc = { version = \"0.1.0\" }\n";
        let want = "[workspace.package]\nversion = \"0.2.0\" # one\nedition = \"2024\"\n\n[workspace.dependencies]\na = { path = \"crates/a\", version = \"=0.2.0\", default-features = false }\n\nb = \"0.1.0\"\nc = { version = \"0.1.0\" }\n";
        assert_eq!(raised(text, &Version::new(0, 2, 0)).unwrap(), want);
    }
}
