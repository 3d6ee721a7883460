//! `cargo xtask codegen` on a copy of the checkout.

use std::path::{Path, PathBuf};

use engagement_tests::providers;
use xtask::codegen::generate;

/// A copy of what codegen reads and writes, removed at the end.
struct Checkout(PathBuf);

impl Checkout {
    fn new(name: &str) -> Self {
        let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&root);
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
        // Each README is made from the text beside it.
        let readmes = files
            .iter()
            .filter_map(|file| file.strip_suffix("README.md"));
        let sources: Vec<String> = readmes.map(|at| format!("{at}docs/README.md")).collect();
        files.extend(sources);
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

#[test]
fn the_checkout_is_up_to_date_and_nothing_is_written_twice() {
    let checkout = Checkout::new("up-to-date");
    check(&checkout).unwrap();
    let said = generate(checkout.root(), &[], false).unwrap();
    assert!(said.ends_with(", 0 written"), "{said}");
}

#[test]
fn a_changed_description_is_shown_and_its_command_named() {
    let checkout = Checkout::new("description");
    checkout.edit(
        "specs/engage.yaml",
        "summary: List users",
        "summary: List all of the users",
    );
    let complaint = check(&checkout).unwrap_err();
    assert!(complaint.contains("-    /// List users"), "{complaint}");
    assert!(
        complaint.contains("+    /// List all of the users"),
        "{complaint}"
    );
    assert!(
        complaint.ends_with("Run `cargo xtask codegen` and commit the result."),
        "{complaint}"
    );
    assert!(
        complaint.contains("crates/engage-client/src/generated/users.rs"),
        "{complaint}"
    );
    // Nothing was written by the check; the run writes, and then the check holds.
    let before = checkout.read("crates/engage-client/src/generated/users.rs");
    assert!(!before.contains("List all of the users"));
    generate(checkout.root(), &["engage".into()], false).unwrap();
    check(&checkout).unwrap();
}

#[test]
fn a_hand_edit_of_generated_code_is_found() {
    let checkout = Checkout::new("hand-edit");
    checkout.edit(
        "crates/engagebay-client/src/generated/tags.rs",
        "self.core()",
        "self.core( )",
    );
    let complaint = check(&checkout).unwrap_err();
    assert!(
        complaint.starts_with(
            "1 generated file(s) are not up to date: crates/engagebay-client/src/generated/tags.rs"
        ),
        "{complaint}"
    );
}

#[test]
fn a_file_that_no_document_makes_is_an_error() {
    let checkout = Checkout::new("stray");
    checkout.write("crates/engage-client/src/generated/old_group.rs", "");
    let complaint = check(&checkout).unwrap_err();
    assert!(
        complaint.contains("crates/engage-client/src/generated/old_group.rs"),
        "{complaint}"
    );
    assert!(complaint.contains("Delete or move them"), "{complaint}");
}

#[test]
fn a_missing_file_is_named_and_made() {
    let checkout = Checkout::new("missing");
    std::fs::remove_file(
        checkout
            .root()
            .join("crates/engage-client/src/generated/push.rs"),
    )
    .unwrap();
    assert!(
        check(&checkout)
            .unwrap_err()
            .contains("crates/engage-client/src/generated/push.rs is missing")
    );
    generate(checkout.root(), &[], false).unwrap();
    check(&checkout).unwrap();
}

#[test]
fn a_checkout_with_carriage_returns_is_not_out_of_date() {
    let checkout = Checkout::new("crlf");
    let file = "crates/engage-client/src/generated/push.rs";
    checkout.write(file, &checkout.read(file).replace('\n', "\r\n"));
    check(&checkout).unwrap();
}

#[test]
fn errors_of_documents_and_names_say_what_to_do() {
    let checkout = Checkout::new("bad");
    let unknown = generate(checkout.root(), &["engagedbay".into()], true)
        .unwrap_err()
        .to_string();
    assert_eq!(
        unknown,
        "no document is called `engagedbay`: the providers are engage, engagebay, engageone, engagespot, webengage"
    );
    checkout.edit(
        "specs/engage.yaml",
        "x-provider: engage",
        "x-provider: gauge",
    );
    let renamed = check(&checkout).unwrap_err();
    assert_eq!(
        renamed,
        "specs/engage.yaml: `x-provider: gauge` doesn't match the file's name: rename one of them"
    );
}

#[test]
fn a_readme_is_stale_when_its_text_or_the_document_changes() {
    let checkout = Checkout::new("readme");
    let (source, readme) = (
        "crates/engage-client/docs/README.md",
        "crates/engage-client/README.md",
    );
    let is_stale = |complaint: &str| {
        complaint.starts_with(&format!(
            "1 generated file(s) are not up to date: {readme}\n"
        ))
    };
    checkout.edit(readme, "## First call", "## The first call");
    let complaint = check(&checkout).unwrap_err();
    assert!(is_stale(&complaint), "{complaint}");
    generate(checkout.root(), &["engage".into()], false).unwrap();
    check(&checkout).unwrap();

    checkout.edit(source, "## First call", "## The first call");
    let complaint = check(&checkout).unwrap_err();
    assert!(is_stale(&complaint), "{complaint}");
    generate(checkout.root(), &["engage".into()], false).unwrap();
    check(&checkout).unwrap();

    checkout.edit(
        "specs/engage.yaml",
        "summary: List users",
        "summary: List all of the users",
    );
    let complaint = check(&checkout).unwrap_err();
    assert!(
        complaint.contains("crates/engage-client/src/generated/operations.md")
            && complaint.contains(readme),
        "{complaint}"
    );

    checkout.edit(source, "# engage-client", "# engage-client [`Client`]");
    let complaint = check(&checkout).unwrap_err();
    assert_eq!(
        complaint,
        "crates/engage-client/docs/README.md:1: write where [`Client`] leads, as in [`Error`](struct@crate::Error)"
    );
}

/// A pass that changes no document is useless.
#[test]
fn an_idle_pass_is_an_error() {
    let checkout = Checkout::new("idle");
    for provider in providers::ALL {
        let path = format!("specs/{}.yaml", provider.name);
        let text = checkout.read(&path);
        let text = text.replace("x-epoch: seconds", "");
        checkout.write(&path, &text.replace("x-epoch: milliseconds", ""));
    }
    let complaint = check(&checkout).unwrap_err();
    assert!(
        complaint.starts_with("these passes no longer change any document: epochs_have_a_type."),
        "{complaint}"
    );
}
