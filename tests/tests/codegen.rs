//! `cargo xtask codegen` on a copy of the checkout.

mod support;

use engagement_tests::providers;
use support::checkout::Checkout;
use xtask::codegen::generate;

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
    let known: Vec<&str> = providers::ALL
        .iter()
        .map(|provider| provider.name)
        .collect();
    assert_eq!(
        unknown.to_string(),
        format!(
            "no document is called `engagedbay`: the providers are {}",
            known.join(", ")
        )
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

/// The problems of all documents are listed, and nothing is written.
#[test]
fn mistakes_in_two_documents_are_listed_and_nothing_is_written() {
    let checkout = Checkout::new("mistakes");
    checkout.edit(
        "specs/engage.yaml",
        "users page by page",
        "users page by page.",
    );
    checkout.edit(
        "specs/engageone.yaml",
        "summary: Exchange",
        "sumary: Exchange",
    );
    let before = checkout.files();
    let error = generate(checkout.root(), &[], false)
        .unwrap_err()
        .to_string();
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(
        lines,
        [
            "specs/engage.yaml:205 users_list: `summary` ends in a full stop: remove it",
            "error: specs/engageone.yaml:138 auth_login: `summary` is missing: say in one sentence what the call does",
            "error: specs/engageone.yaml:141 auth_login: unknown keyword `sumary`; did you mean `summary`?",
        ]
    );
    assert!(checkout.files() == before, "files were written");
}

/// A missing file is named with what to do.
#[test]
fn a_missing_readme_is_named() {
    let checkout = Checkout::new("no-readme");
    let file = "crates/engage-client/docs/README.md";
    std::fs::remove_file(checkout.root().join(file)).unwrap();
    assert_eq!(
        check(&checkout).unwrap_err(),
        format!("{file} is missing: write it, or restore it with `git checkout {file}`")
    );
}
