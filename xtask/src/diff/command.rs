//! The command: arguments, terminal, exit code.

use std::path::Path;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use semver::Version;

use super::source::{self, Document, between};
use super::{Class, Error, ProviderChanges, compare, output};
use crate::workspace;

/// Arguments of `cargo xtask diff`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// A file, a file of a revision such as `v0.1.0:specs/engage.yaml`, or a revision for all documents
    pub old: String,
    /// The same for the new side; the files of the checkout if `OLD` is a revision and this is not set
    pub new: Option<String>,
    /// How changes are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Fails if there is a change of this class
    #[arg(long, value_enum, value_name = "CLASS")]
    pub deny: Option<Class>,
    /// The version that is raised; that of the workspace, in the old revision if there is one, if not set
    #[arg(long)]
    pub version: Option<Version>,
}

/// How changes are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Lines grouped by class.
    Text,
    /// One JSON object.
    Json,
    /// Entries of a changelog.
    Markdown,
}

/// Compares documents and reports on the terminal.
pub fn run(arguments: &Arguments) -> ExitCode {
    match report(workspace::root(), arguments) {
        Ok((text, denied)) => {
            print!("{text}");
            match denied {
                None => ExitCode::SUCCESS,
                Some(reason) => {
                    eprintln!("error: {reason}");
                    ExitCode::FAILURE
                }
            }
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What is printed, and why the command fails nevertheless.
fn report(root: &Path, arguments: &Arguments) -> Result<(String, Option<String>), Error> {
    let (documents, revision) = documents(root, arguments)?;
    let version = match &arguments.version {
        Some(version) => version.clone(),
        None => source::version(root, revision)?,
    };
    let text = match arguments.format {
        Format::Text => output::text(&documents, &version),
        Format::Json => format!("{:#}\n", output::json(&documents, &version)),
        Format::Markdown => output::markdown(&documents),
    };
    let denied = arguments.deny.and_then(|class| {
        let changes = documents.iter().flat_map(|document| &document.changes);
        let found = changes.filter(|change| change.class == class).count();
        let reason = format!(
            "{found} {} change(s), which `--deny` refuses",
            class.as_str()
        );
        (found > 0).then_some(reason)
    });
    Ok((text, denied))
}

/// The changes, and the old revision if all documents of one are compared.
fn documents<'a>(
    root: &Path,
    arguments: &'a Arguments,
) -> Result<(Vec<ProviderChanges>, Option<&'a str>), Error> {
    let (old, new) = (arguments.old.as_str(), arguments.new.as_deref());
    let is_document = |argument: &str| argument.contains(':') || Path::new(argument).exists();
    match new {
        None if is_document(old) => Err(Error::new(format!(
            "`{old}` is one document: name the new one too, or a revision to compare all documents with"
        ))),
        Some(new) if is_document(old) != is_document(new) => Err(Error::new(format!(
            "`{old}` and `{new}`: one is a document, the other is neither a file nor `REVISION:PATH`"
        ))),
        Some(new) if is_document(old) => {
            let (old, new) = (Document::find(root, old)?, Document::find(root, new)?);
            Ok((vec![compare(&old, &new)?], None))
        }
        new => Ok((between(root, old, new)?, Some(old))),
    }
}

/// What changed since the last commit in at most ten lines, for the terminal; empty without git or changes.
#[must_use]
pub fn summary(root: &Path) -> String {
    const MAX_LINES: usize = 9;
    if !source::has_commit(root) {
        return String::new();
    }
    match between(root, "HEAD", None) {
        Ok(documents) if documents.is_empty() => String::new(),
        Ok(documents) => {
            let lines = output::short(&documents, MAX_LINES);
            format!("API changes against HEAD:\n{}", lines.join("\n"))
        }
        Err(error) => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default();
            format!("can't compare the documents with HEAD: {line}")
        }
    }
}
