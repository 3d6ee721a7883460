//! Checkouts that share a target directory share the program `xtask` too: it works on the checkout that it is run in.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use walkdir::WalkDir;

/// A copy of this checkout, without what is built and without history.
fn checkout(name: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&copy);
    let files = WalkDir::new(&source).into_iter().filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        !["target", ".git", "node_modules"].contains(&&*name)
    });
    for entry in files.map(Result::unwrap) {
        let to = copy.join(entry.path().strip_prefix(&source).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(to).unwrap();
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
    copy
}

/// Runs the program as `cargo xtask codegen` does in a checkout.
fn codegen(checkout: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("codegen")
        .args(arguments)
        .env("CARGO_MANIFEST_DIR", checkout.join("xtask"))
        .current_dir(checkout)
        .output()
        .unwrap()
}

#[test]
fn codegen_looks_at_the_checkout_that_it_is_run_in() {
    let (first, second) = (checkout("first"), checkout("second"));
    let document = second.join("specs/engage.yaml");
    let text = std::fs::read_to_string(&document).unwrap();
    let changed = text.replacen("summary: List users", "summary: List all of the users", 1);
    assert_ne!(text, changed);
    std::fs::write(&document, changed).unwrap();

    let good = codegen(&first, &["engage", "--check"]);
    assert!(good.status.success(), "{good:?}");
    let outdated = codegen(&second, &["engage", "--check"]);
    assert!(!outdated.status.success(), "{outdated:?}");
    let error = String::from_utf8(outdated.stderr).unwrap();
    assert!(error.contains("+    /// List all of the users"), "{error}");

    let written = codegen(&second, &["engage"]);
    assert!(written.status.success(), "{written:?}");
    for checkout in [&second, &first] {
        let good = codegen(checkout, &["engage", "--check"]);
        assert!(good.status.success(), "{good:?}");
    }
    for checkout in [first, second] {
        std::fs::remove_dir_all(checkout).unwrap();
    }
}
