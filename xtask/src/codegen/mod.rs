//! `cargo xtask codegen`: `specs/*.yaml` -> normalise -> progenitor -> take apart -> emit.
//!
//! Each step has a file: [`normalise`] makes what progenitor can take of a document, [`generator`] runs it,
//! [`parts`] takes its output apart, [`emit`] writes the files a person reads, [`output`] compares or writes them.

mod docs;
mod emit;
mod generator;
mod names;
mod normalise;
mod output;
mod parts;

use std::collections::BTreeSet;
use std::process::ExitCode;

use engagement_document::Document;

use crate::workspace;

/// Why the generator stopped: what is wrong where, and the way out.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(pub(crate) String);

impl Failure {
    fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

pub(crate) fn run(providers: &[String], check: bool) -> ExitCode {
    match generate(providers, check) {
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

fn generate(providers: &[String], check: bool) -> Result<String, Failure> {
    let documents = read_documents()?;
    let known: BTreeSet<&str> = documents.iter().map(|document| document.provider.as_str()).collect();
    for provider in providers {
        if !known.contains(provider.as_str()) {
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            return Err(Failure::new(format!("no document is called `{provider}`: the providers are {known}")));
        }
    }
    // All documents are normalised, whichever are wanted: a pass that changes none of them has to be seen.
    let mut usage = normalise::Usage::default();
    let mut files = Vec::new();
    for document in &documents {
        let reduced = normalise::normalise(document, &mut usage)?;
        if providers.is_empty() || providers.contains(&document.provider) {
            files.extend(provider_files(document, &reduced)?);
        }
    }
    usage.require_all()?;
    output::finish(files, &documents, providers, check)
}

fn read_documents() -> Result<Vec<Document>, Failure> {
    let specs = workspace::specs().map_err(|e| Failure::new(format!("specs/: {e}")))?;
    let mut documents = Vec::new();
    for path in specs {
        let name = format!("specs/{}", path.file_name().unwrap_or_default().to_string_lossy());
        let text = std::fs::read_to_string(&path).map_err(|e| Failure::new(format!("{name}: {e}")))?;
        let document = read_document(&name, &text)?;
        if path.file_stem().is_none_or(|stem| stem != document.provider.as_str()) {
            let provider = &document.provider;
            return Err(Failure::new(format!("{name}: `x-provider: {provider}` doesn't match the file's name: rename one of them")));
        }
        documents.push(document);
    }
    Ok(documents)
}

/// Reads one document; problems are told with the file's name.
fn read_document(name: &str, text: &str) -> Result<Document, Failure> {
    Document::from_yaml(text).map_err(|error| {
        let lines: Vec<String> = error.to_string().lines().map(|line| format!("{name}: {line}")).collect();
        Failure::new(lines.join("\nerror: "))
    })
}

/// Every file that comes from one document.
fn provider_files(document: &Document, reduced: &normalise::Reduced) -> Result<Vec<output::File>, Failure> {
    let generated = generator::generate(document, reduced)?;
    let parts = parts::take_apart(document, reduced, generated)?;
    emit::files(document, reduced, &parts)
}

