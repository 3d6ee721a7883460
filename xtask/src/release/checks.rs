//! What has to hold before a release.

use std::path::Path;

use semver::Version;

use super::{Error, manifests, tag};
use crate::command;
use crate::diff::{self, ProviderChanges};

/// Checks the version, the checkout, and what changed in the documents since the last release, which it returns.
///
/// # Errors
/// If something does not hold: the text says what, and what to do.
pub(super) fn run(root: &Path, version: &Version) -> Result<Vec<ProviderChanges>, Error> {
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
        return Ok(Vec::new());
    };
    if version <= last {
        return Err(refused(format!(
            "{version} is not higher than {last}, the last release"
        )));
    }
    let changes = diff::between(root, &tag(last), None)?;
    let least = diff::next(
        last,
        changes.iter().filter_map(ProviderChanges::class).max(),
    );
    if *version < least {
        return Err(refused(format!(
            "{}\n{version} is too low for these changes since {last}: release {least}",
            diff::text(&changes, last).trim_end()
        )));
    }
    Ok(changes)
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

    const DOCUMENT: &str = "specs/acme.yaml";

    fn git(root: &Path, arguments: &[&str]) {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        command::output(root, "git", identity.iter().chain(arguments)).unwrap();
    }

    /// A repository with one commit of a document and a manifest with version 0.2.0, and these tags.
    fn repository(name: &str, tags: &[&str]) -> PathBuf {
        let root = std::env::temp_dir().join(format!("release-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&root);
        std::fs::create_dir_all(root.join("specs")).unwrap();
        let document = crate::workspace::root().join("tests/fixtures/diff/base.yaml");
        std::fs::copy(document, root.join(DOCUMENT)).unwrap();
        std::fs::write(
            root.join(manifests::FILE),
            "[workspace.package]\nversion = \"0.2.0\"\n",
        )
        .unwrap();
        git(&root, &["init", "--quiet"]);
        git(&root, &["add", "."]);
        git(&root, &["commit", "--quiet", "--message", "a"]);
        for tag in tags {
            git(&root, &["tag", tag]);
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
    fn a_breaking_change_needs_its_step() {
        let root = repository("breaking", &["v0.2.0"]);
        let document = std::fs::read_to_string(root.join(DOCUMENT)).unwrap();
        let renamed = document.replace("operationId: users_get", "operationId: users_fetch");
        std::fs::write(root.join(DOCUMENT), renamed).unwrap();
        git(&root, &["commit", "--quiet", "--all", "--message", "b"]);
        let refused = run(&root, &Version::new(0, 2, 1)).unwrap_err().to_string();
        let end = "\n0.2.1 is too low for these changes since 0.2.0: release 0.3.0";
        assert!(
            refused.contains("users_fetch: renamed, was `users_get`"),
            "{refused}"
        );
        assert!(refused.ends_with(end), "{refused}");
        let changes = run(&root, &Version::new(0, 3, 0)).unwrap();
        assert_eq!(changes.len(), 1);
        std::fs::remove_dir_all(root).unwrap();
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
