//! `cargo xtask new-provider NAME FILE`: a client crate for a document by our rules. Everything else that knows the
//! providers is generated from `specs/`, so that tests, the sandbox and the facade cover the new one at once.

mod crate_files;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use engagement_document::Document;

use crate::codegen::{self, Failure, check_spec};
use crate::workspace;

pub use crate_files::crate_files;

/// The command line.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Short name of the provider, such as `acme`: the crate is `acme-client`
    name: String,
    /// OpenAPI document by the rules of `specs/README.md`; it becomes `specs/NAME.yaml`
    #[arg(required_unless_present = "remove")]
    file: Option<PathBuf>,
    /// Removes a provider that has no code in the sandbox, with its document, its crate and its snapshots
    #[arg(long, conflicts_with = "file")]
    remove: bool,
}

/// Names that other modules, crates or features have.
const TAKEN: [&str; 21] = [
    "benches",
    "blocking",
    "chrono",
    "clients",
    "core",
    "default",
    "document",
    "faults",
    "generated",
    "gzip",
    "header",
    "jiff",
    "multipart",
    "observe",
    "passes",
    "platform",
    "redis",
    "rustls",
    "sandbox",
    "schemars",
    "signing",
];

/// Runs the command and reports on the terminal.
pub fn run(arguments: &Arguments) -> ExitCode {
    let (root, name) = (workspace::root(), &arguments.name);
    let done = match &arguments.file {
        Some(file) => create(root, name, file).and_then(|summary| {
            println!(
                "{summary}\nBuilding the tests, which write the snapshots of the new provider …"
            );
            write_snapshots(root)
        }),
        None => remove(root, name),
    };
    match done {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Adds a provider to a checkout: its document, its crate, and what is generated from both. Returns a sentence for the
/// terminal.
///
/// # Errors
/// If the name can't be used or is taken, or the document is missing or breaks a rule; nothing is written then.
pub fn create(root: &Path, name: &str, file: &Path) -> Result<String, Failure> {
    check_name(root, name)?;
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("{shown} can't be read: {error}; write the path of an OpenAPI document by the rules of specs/README.md")))?;
    let document = check_spec(&shown, &text)?;
    if document.provider != name {
        let place = document.place("/x-provider");
        return Err(Failure::new(format!(
            "{place}: `x-provider: {}` is another name than `{name}`: make both equal",
            document.provider
        )));
    }
    let files = new_files(root, &document, text)?;
    write(root, &files)?;
    codegen::generate(root, &[], false).inspect_err(|_| {
        let _ = delete(root, name);
    })?;
    Ok(format!(
        "{} operations of {name}: wrote specs/{name}.yaml, crates/{name}-client and what is generated from them",
        document.operations.len()
    ))
}

fn check_name(root: &Path, name: &str) -> Result<(), Failure> {
    let is_word = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !is_word || name.len() > 20 || syn::parse_str::<syn::Ident>(name).is_err() {
        return Err(Failure::new(format!(
            "`{name}` can't be the name of a provider: write up to 20 lower case letters and digits, beginning with a letter, and no keyword of Rust"
        )));
    }
    if TAKEN.contains(&name) {
        return Err(Failure::new(format!(
            "`{name}` is the name of a feature or a module already: choose another one"
        )));
    }
    for taken in [
        format!("specs/{name}.yaml"),
        format!("crates/{name}-client"),
    ] {
        if root.join(&taken).exists() {
            return Err(Failure::new(format!(
                "there is a provider `{name}` already: {taken} exists; to change it, edit specs/{name}.yaml and run `cargo xtask codegen`"
            )));
        }
    }
    Ok(())
}

/// Path below the root, and text.
fn new_files(
    root: &Path,
    document: &Document,
    text: String,
) -> Result<BTreeMap<String, String>, Failure> {
    let name = &document.provider;
    let read = |file: &str| {
        std::fs::read_to_string(root.join(file))
            .map_err(|error| Failure::new(format!("{file} can't be read: {error}")))
    };
    let rust = workspace::package_field(root, "rust-version").map_err(Failure::new)?;
    let folder = format!("crates/{name}-client");
    let mut files = BTreeMap::new();
    for (file, text) in crate_files(document, &rust) {
        files.insert(format!("{folder}/{file}"), text);
    }
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        files.insert(format!("{folder}/{licence}"), read(licence)?);
    }
    files.insert(format!("specs/{name}.yaml"), text);
    Ok(files)
}

/// Writes files that don't exist yet, or none of them.
fn write(root: &Path, files: &BTreeMap<String, String>) -> Result<(), Failure> {
    let mut written: Vec<PathBuf> = Vec::new();
    for (file, text) in files {
        let path = root.join(file);
        let folder = path.parent().unwrap_or(root);
        let done = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, text));
        written.push(path);
        if let Err(error) = done {
            for path in written {
                let _ = std::fs::remove_file(path);
            }
            return Err(Failure::new(format!("{file} can't be written: {error}")));
        }
    }
    Ok(())
}

/// Lets the tests write snapshots that don't exist. Those that exist are compared.
fn write_snapshots(root: &Path) -> Result<String, Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut tests = Command::new(cargo);
    tests
        .current_dir(root)
        .env("INSTA_UPDATE", "unseen")
        .env("INSTA_FORCE_PASS", "1")
        .args(["test", "--quiet", "--package", "engagement-tests"]);
    for test in [
        "drift",
        "operations",
        "personal",
        "public_api",
        "undocumented_bodies",
        "wire",
    ] {
        tests.args(["--test", test]);
    }
    match tests.status() {
        Ok(status) if status.success() => Ok("The snapshots of the new provider are written. Read them, and run `cargo test --workspace --no-fail-fast`.".to_owned()),
        Ok(_) => Err(Failure::new("a test failed: correct what it names, and run `INSTA_UPDATE=unseen INSTA_FORCE_PASS=1 cargo test -p engagement-tests`")),
        Err(error) => Err(Failure::new(format!("could not run cargo: {error}"))),
    }
}

/// Removes a provider from a checkout: its document, its crate, its snapshots, and what is generated from them.
///
/// # Errors
/// If there is no such provider, or the sandbox has code of its own for it.
pub fn remove(root: &Path, name: &str) -> Result<String, Failure> {
    let hand_written = format!("crates/engagement-sandbox/src/accounts/{name}");
    if root.join(&hand_written).exists() {
        return Err(Failure::new(format!(
            "`{name}` has code in {hand_written}, which other code uses: remove it by hand"
        )));
    }
    if !root.join(format!("specs/{name}.yaml")).is_file() {
        return Err(Failure::new(format!("there is no specs/{name}.yaml")));
    }
    delete(root, name)
        .map_err(|error| Failure::new(format!("could not remove {name}: {error}")))?;
    codegen::generate(root, &[], false)?;
    Ok(format!("{name} is removed"))
}

fn delete(root: &Path, name: &str) -> std::io::Result<()> {
    std::fs::remove_file(root.join(format!("specs/{name}.yaml")))?;
    std::fs::remove_dir_all(root.join(format!("crates/{name}-client")))?;
    for generated in [
        format!("tests/src/generated/{name}.rs"),
        format!("crates/engagement-sandbox/documents/{name}.json"),
    ] {
        let _ = std::fs::remove_file(root.join(generated));
    }
    let ends = [format!("_{name}.snap"), format!("_{name}-client.snap")];
    let wire = format!("wire__{name}_");
    let snapshots = std::fs::read_dir(root.join("tests/tests/snapshots"));
    for entry in snapshots.into_iter().flatten().flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        if ends.iter().any(|end| file.ends_with(end)) || file.starts_with(&wire) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
