//! `cargo xtask new-provider` on a copy of the checkout. That the new provider's crate compiles and passes all tests is seen
//! by running the command.

mod support;

use std::collections::BTreeSet;
use std::path::PathBuf;

use engagement_tests::providers::root;
use support::checkout::Checkout;
use support::readme;
use xtask::codegen::generate;
use xtask::new_provider::{create, remove};

/// A name that no provider has.
const NAME: &str = "newcomer";

/// The fixture as a document of that name.
fn document(folder: &str) -> (PathBuf, String) {
    let fixture = root().join("tests/fixtures/providers/acme.yaml");
    let text = std::fs::read_to_string(fixture).unwrap();
    let text = text.replace("x-provider: acme", &format!("x-provider: {NAME}"));
    let file = support::program_folder(folder).join("document.yaml");
    std::fs::write(&file, &text).unwrap();
    (file, text)
}

#[test]
fn a_new_provider_is_in_every_list_and_leaves_no_trace_when_it_is_removed() {
    let checkout = Checkout::new("new-provider");
    let before = checkout.files();
    let (file, _) = document("new-provider-document");
    create(checkout.root(), NAME, &file).unwrap();
    generate(checkout.root(), &[], true).unwrap();

    let after = checkout.files();
    let new: BTreeSet<&str> = after
        .keys()
        .filter(|file| !before.contains_key(*file))
        .map(String::as_str)
        .filter(|file| !file.starts_with("crates/newcomer-client/src/generated/"))
        .collect();
    let expected = [
        "crates/newcomer-client/Cargo.toml",
        "crates/newcomer-client/LICENSE-APACHE",
        "crates/newcomer-client/LICENSE-MIT",
        "crates/newcomer-client/README.md",
        "crates/newcomer-client/docs/README.md",
        "crates/newcomer-client/src/blocking.rs",
        "crates/newcomer-client/src/client.rs",
        "crates/newcomer-client/src/lib.rs",
        "crates/engagement-sandbox/documents/newcomer.json",
        "specs/newcomer.yaml",
        "tests/src/generated/newcomer.rs",
    ];
    assert_eq!(new, BTreeSet::from(expected));
    for (file, line) in [
        (
            "Cargo.toml",
            "newcomer-client = { path = \"crates/newcomer-client\", version = \"=0.1.0\", default-features = false }",
        ),
        (
            "README.md",
            "| Acme | `newcomer` | [`newcomer-client`](crates/newcomer-client) | 3 |",
        ),
        (
            "crates/engagement-clients/README.md",
            "| Acme | `newcomer` | [`newcomer-client`](https://docs.rs/newcomer-client) | 3 |",
        ),
        (
            "crates/engagement-clients/Cargo.toml",
            "newcomer = [\"dep:newcomer-client\"]",
        ),
        (
            "crates/engagement-clients/src/lib.rs",
            "pub use newcomer_client as newcomer;",
        ),
        (
            "crates/engagement-sandbox/src/generated/mod.rs",
            "    (\"newcomer\", include_str!(\"../../documents/newcomer.json\")),",
        ),
        (
            "tests/Cargo.toml",
            "newcomer-client = { workspace = true, features = [\"chrono\", \"jiff\", \"multipart\", \"schemars\"] }",
        ),
        (
            "tests/src/generated/mod.rs",
            "            newcomer, newcomer_client;",
        ),
        (
            "specs/README.md",
            "| `newcomer.yaml` | Acme | `newcomer-client` |",
        ),
    ] {
        assert!(
            after[file].lines().any(|found| found == line),
            "{file} has no line `{line}`"
        );
    }

    // Its README has the sections of all others, with the same texts.
    let (own, other) = (
        &after["crates/newcomer-client/README.md"],
        &after["crates/engage-client/README.md"],
    );
    assert_eq!(readme::headings(own), readme::SECTIONS);
    assert_eq!(readme::shared_texts(own), readme::shared_texts(other));
    assert!(!own.contains("{{"), "{own}");

    remove(checkout.root(), NAME).unwrap();
    assert!(checkout.files() == before, "something is left");
}

/// The name, an edit of the document, and the error.
const REFUSED: &str = r"
Acme | | | `Acme` can't be the name of a provider: write up to 20 lower case letters and digits, beginning with a letter, and no keyword of Rust
ac-me | | | `ac-me` can't be the name of a provider: write up to 20 lower case letters and digits, beginning with a letter, and no keyword of Rust
1acme | | | `1acme` can't be the name of a provider: write up to 20 lower case letters and digits, beginning with a letter, and no keyword of Rust
match | | | `match` can't be the name of a provider: write up to 20 lower case letters and digits, beginning with a letter, and no keyword of Rust
redis | | | `redis` is the name of a feature or a module already: choose another one
engage | | | there is a provider `engage` already: specs/engage.yaml exists; to change it, edit specs/engage.yaml and run `cargo xtask codegen`
shop | | | FILE:7 /x-provider: `x-provider: newcomer` is another name than `shop`: make both equal
newcomer | summary: List customers | sumary: List customers | FILE:22 customers_list: `summary` is missing: say in one sentence what the call does
newcomer | tags: [customers] | tags: [customers | FILE:25: this is no YAML: illegal placement of ':' indicator; correct it here or in the lines before
";

#[test]
fn a_name_or_a_document_that_cannot_be_used_is_refused_and_nothing_is_written() {
    let checkout = Checkout::new("refused-provider");
    let before = checkout.files();
    let (file, text) = document("refused-provider-document");
    for [name, from, to, expected] in support::rows(REFUSED) {
        std::fs::write(
            &file,
            text.replacen(from, to, usize::from(!from.is_empty())),
        )
        .unwrap();
        let error = create(checkout.root(), name, &file)
            .unwrap_err()
            .to_string();
        let error = error.replace(file.to_str().unwrap(), "FILE");
        assert_eq!(error.lines().next(), Some(expected), "{name}");
    }
    std::fs::remove_file(&file).unwrap();
    let error = create(checkout.root(), NAME, &file)
        .unwrap_err()
        .to_string();
    let start = format!("{} can't be read: ", file.display());
    assert!(error.starts_with(&start), "{error}");
    let accounts = "crates/engagement-sandbox/src/accounts/engage";
    std::fs::create_dir_all(checkout.root().join(accounts)).unwrap();
    for (name, expected) in [
        (
            "engage",
            format!("`engage` has code in {accounts}, which other code uses: remove it by hand"),
        ),
        (NAME, format!("there is no specs/{NAME}.yaml")),
    ] {
        let error = remove(checkout.root(), name).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    assert!(checkout.files() == before, "something was written");
}
