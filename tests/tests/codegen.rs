//! `cargo xtask codegen` on a copy of the checkout.

mod support;

use std::path::{Path, PathBuf};

use engagement_tests::providers;
use xtask::codegen::{WITH_PARTS, generate};

/// A copy of the files that codegen reads and writes. Dropping it removes them.
struct Checkout(PathBuf);

impl Checkout {
    fn new(name: &str) -> Self {
        let root = support::program_folder(name);
        let source = providers::root();
        let manifest = std::fs::read_to_string(source.join("specs/generated-files.txt")).unwrap();
        let mut files: Vec<String> = manifest
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(str::to_owned)
            .collect();
        files.push("specs/generated-files.txt".into());
        for folder in ["specs", "benches/fixtures", "tests/fixtures"] {
            for entry in std::fs::read_dir(source.join(folder)).unwrap() {
                let name = entry.unwrap().file_name().to_string_lossy().into_owned();
                if name.ends_with(".yaml") {
                    files.push(format!("{folder}/{name}"));
                }
            }
        }
        // Each README is generated from the text beside it.
        let readmes = files
            .iter()
            .filter_map(|file| file.strip_suffix("README.md"));
        let sources: Vec<String> = readmes.map(|at| format!("{at}docs/README.md")).collect();
        files.extend(sources);
        files.extend(WITH_PARTS.map(str::to_owned));
        for provider in providers::ALL {
            files.push(format!("crates/{}-client/Cargo.toml", provider.name));
        }
        for file in files {
            let to = root.join(&file);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(source.join(&file), to).unwrap();
        }
        Self(root)
    }

    fn root(&self) -> &Path {
        &self.0
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.0.join(file)).unwrap()
    }

    fn write(&self, file: &str, text: &str) {
        std::fs::write(self.0.join(file), text).unwrap();
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{file} has no `{from}`");
        self.write(file, &text.replacen(from, to, 1));
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn check(checkout: &Checkout) -> Result<String, String> {
    generate(checkout.root(), &[], true).map_err(|failure| failure.to_string())
}

/// Checks the error of a check.
fn assert_outdated(checkout: &Checkout, texts: &[&str]) {
    let error = check(checkout).unwrap_err();
    for text in texts {
        assert!(error.contains(text), "`{text}` is not in:\n{error}");
    }
}

/// Runs codegen for these providers. A check succeeds then.
fn update(checkout: &Checkout, providers: &[&str]) {
    let providers: Vec<String> = providers.iter().map(|name| (*name).to_owned()).collect();
    generate(checkout.root(), &providers, false).unwrap();
    check(checkout).unwrap();
}

const LIST_USERS: (&str, &str) = ("summary: List users", "summary: List all of the users");

#[test]
fn an_up_to_date_checkout_is_not_written() {
    let checkout = Checkout::new("up-to-date");
    check(&checkout).unwrap();
    let output = generate(checkout.root(), &[], false).unwrap();
    assert!(output.ends_with(", 0 written"), "{output}");
}

#[test]
fn a_changed_description_is_reported_with_a_diff_and_the_command() {
    let checkout = Checkout::new("description");
    checkout.edit("specs/engage.yaml", LIST_USERS.0, LIST_USERS.1);
    let file = "crates/engage-client/src/generated/users.rs";
    let removed = "-    /// List users";
    let added = "+    /// List all of the users";
    assert_outdated(&checkout, &[removed, added, file]);
    let error = check(&checkout).unwrap_err();
    let command = "Run `cargo xtask codegen` and commit the result.";
    assert!(error.ends_with(command), "{error}");
    // A check writes nothing.
    assert!(!checkout.read(file).contains("List all of the users"));
    update(&checkout, &["engage"]);
}

#[test]
fn an_edited_generated_file_is_reported() {
    let checkout = Checkout::new("hand-edit");
    let file = "crates/engagebay-client/src/generated/tags.rs";
    checkout.edit(file, "self.core()", "self.core( )");
    let error = check(&checkout).unwrap_err();
    let start = format!("1 generated file(s) are not up to date: {file}");
    assert!(error.starts_with(&start), "{error}");
}

#[test]
fn a_file_that_is_not_generated_is_an_error() {
    let checkout = Checkout::new("stray");
    let file = "crates/engage-client/src/generated/old_group.rs";
    checkout.write(file, "");
    assert_outdated(&checkout, &[file, "Delete or move them"]);
}

#[test]
fn a_missing_file_is_reported_and_generated() {
    let checkout = Checkout::new("missing");
    let file = "crates/engage-client/src/generated/push.rs";
    std::fs::remove_file(checkout.root().join(file)).unwrap();
    assert_outdated(&checkout, &[&format!("{file} is missing")]);
    update(&checkout, &[]);
}

#[test]
fn a_checkout_with_carriage_returns_is_up_to_date() {
    let checkout = Checkout::new("crlf");
    let file = "crates/engage-client/src/generated/push.rs";
    checkout.write(file, &checkout.read(file).replace('\n', "\r\n"));
    check(&checkout).unwrap();
}

#[test]
fn errors_of_provider_names_contain_what_to_do() {
    let checkout = Checkout::new("bad");
    let unknown = generate(checkout.root(), &["engagedbay".into()], true).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "no document is called `engagedbay`: the providers are engage, engagebay, engageone, engagespot, webengage"
    );
    let (from, to) = ("x-provider: engage", "x-provider: gauge");
    checkout.edit("specs/engage.yaml", from, to);
    assert_eq!(
        check(&checkout).unwrap_err(),
        "specs/engage.yaml:35 /x-provider: `x-provider: gauge` doesn't match the file's name: rename one of them"
    );
}

#[test]
fn a_readme_is_outdated_when_its_text_or_the_document_changes() {
    let checkout = Checkout::new("readme");
    let source = "crates/engage-client/docs/README.md";
    let readme = "crates/engage-client/README.md";
    for edited in [readme, source] {
        checkout.edit(edited, "## First call", "## The first call");
        let error = check(&checkout).unwrap_err();
        let start = format!("1 generated file(s) are not up to date: {readme}\n");
        assert!(error.starts_with(&start), "{edited}: {error}");
        update(&checkout, &["engage"]);
    }

    checkout.edit("specs/engage.yaml", LIST_USERS.0, LIST_USERS.1);
    let operations = "crates/engage-client/src/generated/operations.md";
    assert_outdated(&checkout, &[operations, readme]);

    checkout.edit(source, "# engage-client", "# engage-client [`Client`]");
    assert_eq!(
        check(&checkout).unwrap_err(),
        "crates/engage-client/docs/README.md:1: write where [`Client`] leads, as in [`Error`](struct@crate::Error)"
    );
}

/// A pass that changes no document is an error.
#[test]
fn an_unused_pass_is_an_error() {
    let checkout = Checkout::new("idle");
    for provider in providers::ALL {
        let path = format!("specs/{}.yaml", provider.name);
        let text = checkout.read(&path).replace("x-epoch: seconds", "");
        checkout.write(&path, &text.replace("x-epoch: milliseconds", ""));
    }
    let error = check(&checkout).unwrap_err();
    let start = "these passes no longer change any document: epochs_have_a_type.";
    assert!(error.starts_with(start), "{error}");
}
