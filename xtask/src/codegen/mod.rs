//! `cargo xtask codegen`: `specs/*.yaml` -> normalise -> progenitor -> parse -> emit.
//!
//! Each step has a module: `normalise` rewrites what progenitor doesn't support, `generator` runs progenitor, `parsed` parses
//! its output, `emit` makes the files, `output` writes or compares them.

pub(crate) mod docs;
mod emit;
mod examples;
mod generator;
pub(crate) mod names;
mod normalise;
mod output;
mod parsed;
mod providers;
pub(crate) mod surface;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use engagement_document::Document;

use crate::{readme, workspace};
use emit::Source;
use normalise::Normalised;

pub(crate) use emit::{OPERATION_LIST, operation_list};
pub use providers::WITH_PARTS;
pub(crate) use providers::title;

/// The crate whose badges the README of the workspace has.
const FACADE: &str = "engagement-clients";

/// Why the generator stopped: what is wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// Several problems, each in a line.
    pub(crate) fn all(messages: impl IntoIterator<Item = String>) -> Self {
        let messages: Vec<String> = messages.into_iter().collect();
        Self(messages.join("\nerror: "))
    }
}

/// Runs the command and reports on the terminal.
pub fn run(providers: &[String], check: bool) -> ExitCode {
    match generate(workspace::root(), providers, check) {
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

/// Generates into a checkout of the repository; with `check`, compares only. Returns a sentence for the terminal.
///
/// # Errors
/// If a document breaks a rule, if a file is where none belongs, or, with `check`, if a file is not up to date. The
/// text says where, and what to do.
pub fn generate(root: &Path, providers: &[String], check: bool) -> Result<String, Failure> {
    let documents = read_documents(root)?;
    let known: BTreeSet<&str> = documents
        .iter()
        .map(|document| document.provider.as_str())
        .collect();
    for provider in providers {
        if !known.contains(provider.as_str()) {
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            return Err(Failure::new(format!(
                "no document is called `{provider}`: the providers are {known}"
            )));
        }
    }
    // All documents are normalised, also those that are not wanted: a pass that changes none of them is an error.
    let mut usage = normalise::Usage::default();
    let mut files = Vec::new();
    let mut failures = Vec::new();
    for document in &documents {
        let wanted = providers.is_empty() || providers.contains(&document.provider);
        match provider_files(document, wanted, &mut usage) {
            Ok(made) => files.extend(made),
            Err(Failure(message)) => failures.push(message),
        }
    }
    if !failures.is_empty() {
        return Err(Failure::all(failures));
    }
    usage.require_all()?;
    if providers.is_empty() {
        files.extend(fixture_files(root)?);
        files.extend(providers::files(root, &documents)?);
    }
    let readmes = readmes(root, providers, &files)?;
    files.extend(readmes);
    output::finish(root, files, &documents, providers, check)
}

/// The files that come from one document; none if they are not wanted.
fn provider_files(
    document: &Document,
    wanted: bool,
    usage: &mut normalise::Usage,
) -> Result<Vec<output::File>, Failure> {
    let with_methods = docs::with_method_names(document)?;
    let normalised = normalise::normalise(&with_methods, usage)?;
    if !wanted {
        return Ok(Vec::new());
    }
    let mut files = made(&with_methods, &normalised, emit::files)?;
    files.push(emit::sandbox_document(document));
    Ok(files)
}

/// Reads the documents in `specs/`, and lists the problems of all of them.
fn read_documents(root: &Path) -> Result<Vec<Document>, Failure> {
    let specs = workspace::specs(root).map_err(|e| Failure::new(format!("specs/: {e}")))?;
    let mut documents = Vec::new();
    let mut problems = Vec::new();
    for path in specs {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match read_spec(&path, &format!("specs/{name}")) {
            Ok(document) => documents.push(document),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() {
        Ok(documents)
    } else {
        Err(Failure::all(problems))
    }
}

/// Reads a file of `specs/` by all rules. The problems name it as `name`.
fn read_spec(path: &Path, name: &str) -> Result<Document, Vec<String>> {
    let text = std::fs::read_to_string(path).map_err(|error| vec![unreadable(name, &error)])?;
    let document = checked(name, &text)?;
    let provider = &document.provider;
    if path.file_stem().is_some_and(|stem| *stem == **provider) {
        return Ok(document);
    }
    let place = document.place("/x-provider");
    Err(vec![format!(
        "{place}: `x-provider: {provider}` doesn't match the file's name: rename one of them"
    )])
}

/// Reads a document by all rules.
fn checked(name: &str, text: &str) -> Result<Document, Vec<String>> {
    let mut document = Document::from_spec(text).map_err(|error| error.in_file(name))?;
    name.clone_into(&mut document.file);
    let problems = examples::problems(&document);
    if problems.is_empty() {
        Ok(document)
    } else {
        Err(problems)
    }
}

/// What is wrong with a file that can't be read, and the way out.
fn unreadable(name: &str, error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            format!("{name} is missing: write it, or restore it with `git checkout {name}`")
        }
        std::io::ErrorKind::InvalidData => format!("{name} is no text: save it as UTF-8"),
        _ => format!("{name} can't be read: {error}"),
    }
}

/// Reads one document by the rules that generated code depends on; problems are reported with the file's name.
fn read_document(name: &str, text: &str) -> Result<Document, Failure> {
    let mut document =
        Document::from_yaml(text).map_err(|error| Failure::all(error.in_file(name)))?;
    name.clone_into(&mut document.file);
    Ok(document)
}

/// The generated modules of a document outside of `specs/`: file names and code.
///
/// # Errors
/// If the document breaks a rule or can't be generated; the text names the file and the place, and says what to do.
pub fn modules(name: &str, yaml: &str) -> Result<Vec<(String, String)>, Failure> {
    let document = read_document(name, yaml)?;
    let normalised = normalise::normalise(&document, &mut normalise::Usage::default())?;
    made(&document, &normalised, emit::client_modules)
}

/// Checks a document as `generate` checks those in `specs/`, and writes nothing.
///
/// # Errors
/// As [`modules`], with every problem in a line: `specs/engage.yaml:73 users_create: …`.
pub fn check_spec(name: &str, yaml: &str) -> Result<Document, Failure> {
    let document = checked(name, yaml).map_err(Failure::all)?;
    provider_files(&document, true, &mut normalise::Usage::default())?;
    Ok(document)
}

/// What `emit` makes of a document, by way of progenitor.
fn made<T>(
    document: &Document,
    normalised: &Normalised,
    emit: fn(Source<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let generated = generator::generate(document, normalised)?;
    let parsed = parsed::parse_output(document, normalised, generated)?;
    emit(Source {
        document,
        normalised,
        parsed: &parsed,
    })
}

/// Packages with documents of their own in `fixtures/`, whose code they compile.
const WITH_FIXTURES: [&str; 2] = ["benches", "tests"];

fn fixture_files(root: &Path) -> Result<Vec<output::File>, Failure> {
    let mut files = Vec::new();
    for package in WITH_FIXTURES {
        let paths = workspace::fixtures(root, package)
            .map_err(|e| Failure::new(format!("{package}/fixtures/: {e}")))?;
        for path in paths {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let file = format!("{package}/fixtures/{name}.yaml");
            let text = std::fs::read_to_string(&path)
                .map_err(|error| Failure::new(unreadable(&file, &error)))?;
            for (file, code) in modules(&file, &text)? {
                files.push(output::File {
                    path: format!("{package}/src/generated/{name}/{file}"),
                    text: code,
                });
            }
        }
    }
    Ok(files)
}

/// The READMEs of the workspace and its crates, or of the clients of the providers.
fn readmes(
    root: &Path,
    providers: &[String],
    files: &[output::File],
) -> Result<Vec<output::File>, Failure> {
    let packages = workspace::crates(root).map_err(|e| Failure::new(format!("crates/: {e}")))?;
    let mut readmes = Vec::new();
    if providers.is_empty() {
        readmes.push(readme_file(root, "", None, files)?);
    }
    for package in packages {
        let provider = package.strip_suffix("-client").unwrap_or(&package);
        if providers.is_empty() || providers.iter().any(|wanted| wanted == provider) {
            let folder = format!("crates/{package}/");
            readmes.push(readme_file(root, &folder, Some(&package), files)?);
        }
    }
    Ok(readmes)
}

/// The README of one folder: its hand-written text, and the list of operations if there is one.
fn readme_file(
    root: &Path,
    folder: &str,
    package: Option<&str>,
    files: &[output::File],
) -> Result<output::File, Failure> {
    let source = format!("{folder}{}", readme::SOURCE);
    // Parts of the text may be generated.
    let text = match files.iter().find(|file| file.path == source) {
        Some(file) => file.text.clone(),
        None => std::fs::read_to_string(root.join(&source))
            .map_err(|error| Failure::new(unreadable(&source, &error)))?,
    };
    let text = text.replace("\r\n", "\n");
    let list = format!("{folder}src/generated/{}", emit::OPERATION_LIST);
    let list = files.iter().find(|file| file.path == list);
    let list = list.and_then(|list| list.text.split_once('\n'));
    let list = list.map_or("", |(_head, tables)| tables);
    let shown = readme::shown(&format!("{text}{list}"), package)
        .map_err(|e| Failure::new(format!("{source}:{e}")))?;
    let field = |name| workspace::package_field(root, name).map_err(Failure::new);
    let (rust, license) = (field("rust-version")?, field("license")?);
    let shown = readme::with_badges(&shown, package.unwrap_or(FACADE), &rust, &license);
    Ok(output::File {
        path: format!("{folder}README.md"),
        text: format!(
            "<!-- @generated by cargo xtask codegen from {}. Do not edit. -->\n\n{shown}",
            readme::SOURCE
        ),
    })
}
