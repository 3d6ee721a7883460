//! READMEs, licences and manifests match the workspace.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.replace("\r\n", "\n")
}

/// The folders under `crates/`.
fn crates() -> Vec<String> {
    let entries = fs::read_dir(root().join("crates")).expect("the folder `crates`");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().join("Cargo.toml").exists())
        .map(|entry| entry.file_name().into_string().expect("a name in Unicode"))
        .collect();
    names.sort();
    names
}

fn first_block<'a>(markdown: &'a str, fence: &str) -> &'a str {
    let (_, rest) = markdown
        .split_once(&format!("{fence}\n"))
        .expect("a block of code");
    rest.split_once("```").expect("its end").0
}

#[test]
fn the_quick_look_is_compiled() {
    let front = text("README.md");
    let own = text("crates/engagement-clients/README.md");
    assert_eq!(first_block(&front, "```rust"), first_block(&own, "```rust"));
}

#[test]
fn readmes_contain_the_minimal_rust_version() {
    let manifest = text("Cargo.toml");
    let (_, version) = manifest
        .split_once("rust-version = \"")
        .expect("a rust-version");
    let version = version.split('"').next().expect("its value");
    for readme in ["README.md", "crates/engagement-clients/README.md"] {
        assert!(
            text(readme).contains(&format!("Rust {version}")),
            "{readme} does not contain: Rust {version}"
        );
    }
}

#[test]
fn the_readme_lists_every_crate() {
    let front = text("README.md");
    for name in crates() {
        assert!(
            front.contains(&format!("(crates/{name})")),
            "README.md should link crates/{name}"
        );
    }
}

#[test]
fn every_crate_has_both_licences() {
    for name in crates() {
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            let path = format!("crates/{name}/{licence}");
            assert_eq!(
                text(licence),
                text(&path),
                "{path} should be a copy of {licence}"
            );
        }
    }
}

/// The numbers of operations in the README match the catalogues.
#[test]
#[cfg(all(
    feature = "engage",
    feature = "engagebay",
    feature = "engageone",
    feature = "engagespot",
    feature = "webengage"
))]
fn readmes_contain_the_number_of_operations() {
    use engagement_clients::{engage, engagebay, engageone, engagespot, webengage};
    for provider in [
        &engage::PROVIDER,
        &engagebay::PROVIDER,
        &engageone::PROVIDER,
        &engagespot::PROVIDER,
        &webengage::PROVIDER,
    ] {
        let row = format!("| {} |", provider.operations.len());
        for readme in ["README.md", "crates/engagement-clients/README.md"] {
            let text = text(readme);
            let module = format!("`{}`", provider.name);
            let line = text
                .lines()
                .find(|line| line.starts_with('|') && line.contains(&module));
            let line = line.unwrap_or_else(|| panic!("{readme} should have a row for {module}"));
            assert!(
                line.ends_with(&row),
                "{readme} does not contain {} in: {line}",
                provider.operations.len()
            );
        }
    }
}
