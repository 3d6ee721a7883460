//! What has to hold before a release.

use std::path::Path;

use semver::Version;

use super::{Error, manifests, tag};
use crate::command;

/// Checks the version, the checkout, and what changed since the last release.
///
/// # Errors
/// If something does not hold: the text says what, and what to do.
pub(super) fn run(root: &Path, version: &Version) -> Result<(), Error> {
    let changed = command::output(root, "git", ["status", "--porcelain"])?;
    if !changed.is_empty() {
        let first = changed.lines().next().unwrap_or_default();
        return Err(refused(format!(
            "the checkout has changes (`{}`): commit or stash them first",
            first.trim()
        )));
    }
    let tags = command::output(root, "git", ["tag", "--list", "v*"])?;
    let released = versions(&tags);
    if released.contains(version) {
        return Err(refused(format!(
            "the tag {} exists: give a higher version",
            tag(version)
        )));
    }
    let current = manifests::version(root)?;
    let Some(last) = released.iter().max() else {
        println!("no version was released yet: there is nothing to compare with");
        if *version < current {
            return Err(refused(format!(
                "{version} is lower than {current}, the version in {}",
                manifests::FILE
            )));
        }
        return Ok(());
    };
    if version <= last {
        return Err(refused(format!(
            "{version} is not higher than {last}, the last release"
        )));
    }
    Ok(())
}

/// The versions of which there are tags.
fn versions(tags: &str) -> Vec<Version> {
    let versions = tags.lines().filter_map(|tag| tag.trim().strip_prefix('v'));
    versions
        .filter_map(|version| version.parse().ok())
        .collect()
}

fn refused(reason: String) -> Error {
    Error::Refused(reason)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// A repository with one commit of a manifest with version 0.2.0, and these tags.
    fn repository(name: &str, tags: &[&str]) -> PathBuf {
        let root = std::env::temp_dir().join(format!("release-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&root);
        std::fs::create_dir_all(&root).unwrap();
        std::fs::write(
            root.join(manifests::FILE),
            "[workspace.package]\nversion = \"0.2.0\"\n",
        )
        .unwrap();
        let git = |arguments: &[&str]| {
            let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
            let arguments = identity.iter().chain(arguments);
            command::output(&root, "git", arguments).unwrap();
        };
        git(&["init", "--quiet"]);
        git(&["add", "."]);
        git(&["commit", "--quiet", "--message", "a"]);
        for tag in tags {
            git(&["tag", tag]);
        }
        root
    }

    #[test]
    fn a_version_that_cannot_be_released_is_refused() {
        for (name, tags, version, want) in [
            ("first", &[][..], "0.2.0", None),
            (
                "lower",
                &[],
                "0.1.9",
                Some("0.1.9 is lower than 0.2.0, the version in Cargo.toml"),
            ),
            ("next", &["v0.1.0", "v0.2.0", "vague"], "0.2.1", None),
            (
                "tagged",
                &["v0.2.0"],
                "0.2.0",
                Some("the tag v0.2.0 exists: give a higher version"),
            ),
            (
                "older",
                &["v0.10.0", "v0.9.0"],
                "0.9.1",
                Some("0.9.1 is not higher than 0.10.0, the last release"),
            ),
        ] {
            let root = repository(name, tags);
            let refused = run(&root, &version.parse().unwrap()).err();
            assert_eq!(
                refused.map(|error| error.to_string()).as_deref(),
                want,
                "{name}"
            );
            std::fs::remove_dir_all(root).unwrap();
        }
    }

    #[test]
    fn a_checkout_with_changes_is_refused() {
        let root = repository("dirty", &[]);
        std::fs::write(root.join("new.rs"), "").unwrap();
        let refused = run(&root, &Version::new(0, 2, 0)).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the checkout has changes (`?? new.rs`): commit or stash them first"
        );
        std::fs::remove_dir_all(root).unwrap();
    }
}
