//! The command: arguments, terminal, exit code.

use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::import::accept::generate::generate;
use crate::import::accept::operations;
use crate::import::adapt::adapt;
use crate::import::common::Options;
use crate::import::common::json::list;
use crate::import::project::files::{Core, crate_files};
use crate::import::project::{Update, update};
use crate::import::source::overlay::Overlay;
use crate::import::source::yaml;

/// Arguments of `cargo xtask import`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// The vendor's document: Swagger 2.0 or OpenAPI 3, JSON or YAML
    pub file: PathBuf,
    /// Name of the API in small letters, digits and `-`, such as `acme-documents`
    #[arg(long)]
    pub name: String,
    /// Title instead of that of the document
    #[arg(long)]
    pub title: Option<String>,
    /// Base URL instead of that of the document
    #[arg(long)]
    pub server: Option<String>,
    /// Folder of the crate; `./NAME-client` if not set
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Folder or version of engagement-core; this workspace's version if not set
    #[arg(long, value_name = "PATH_OR_VERSION")]
    pub core: Option<String>,
    /// Corrections of the vendor's document, an OpenAPI Overlay; `overlay.yaml` in the folder of the crate if not set
    #[arg(long, value_name = "FILE")]
    pub overlay: Option<PathBuf>,
    /// Replaces generated files that were edited; the edited ones are kept as `*.edited`
    #[arg(long)]
    pub overwrite: bool,
}

/// Imports a document and reports on the terminal.
pub fn run(arguments: &Arguments) -> ExitCode {
    match to_folder(arguments) {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Imports a document into a folder: everything in memory first, then to disk. Gives a text for the terminal.
///
/// # Errors
/// If the file can't be read or imported, or files of others are in the way; the text says where and what to do.
pub fn to_folder(arguments: &Arguments) -> Result<String, String> {
    let file = &arguments.file;
    let name = &arguments.name;
    let fine = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !fine || name.ends_with('-') {
        return Err(format!(
            "`--name {name}` can't be the name of a crate: use small letters, digits and `-`, such as acme-documents"
        ));
    }
    let shown = file.display().to_string();
    let failed = |reason: &dyn std::fmt::Display| format!("{shown}: {reason}");
    let text = std::fs::read_to_string(file).map_err(|error| failed(&error))?;
    let mut source = yaml::read(&text).map_err(|error| failed(&error))?;
    let bare = name.strip_suffix("-client").unwrap_or(name);
    let out = arguments.out.clone();
    let out = out.unwrap_or_else(|| PathBuf::from(format!("{bare}-client")));
    let own_document = is_same(file, &out.join("openapi.yaml"));
    let overlay = overlay(arguments, &out, own_document)?;
    let mut summary = String::new();
    if let Some(overlay) = &overlay {
        overlay.apply(&mut source)?;
        summary = format!("corrected by {} action(s) of the overlay\n", overlay.len());
    }
    let options = Options {
        name: name.clone(),
        title: arguments.title.clone(),
        server: arguments.server.clone(),
        source: file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    };
    let adapted = adapt(source, &options).map_err(|failure| failed(&failure))?;
    summary.insert_str(
        0,
        &format!("read      {shown} as {}\n", adapted.report.source),
    );
    let generated = generate(adapted, &shown).map_err(|failure| failure.message)?;
    let core = core(arguments.core.as_deref(), &out)?;
    let files = crate_files(&generated, &options, &core).map_err(|failure| failure.to_string())?;
    let count = files.len();
    let request = Update {
        folder: &out,
        own_document,
        core_is_given: arguments.core.is_some(),
        overwrite: arguments.overwrite,
    };
    let (written, changed) = update(request, &generated, &options, files)?;
    summary.push_str(&generated.adapted.report.summary());
    summary.push_str(&changed);
    let document = &generated.adapted.document;
    let (operations, groups) = (operations(document).len(), list(document, "tags").len());
    let manifest = out.join("Cargo.toml");
    Ok(format!(
        "{summary}made      {operations} operations in {groups} groups: {count} files in {}, {written} written\nThe whole report is in {}. Next: cargo check --manifest-path {}",
        out.display(),
        out.join("REPORT.md").display(),
        manifest.display()
    ))
}

/// The overlay that is given, or the one of the crate. That is not for the crate's own document, which is corrected already.
fn overlay(
    arguments: &Arguments,
    out: &Path,
    own_document: bool,
) -> Result<Option<Overlay>, String> {
    let path = match &arguments.overlay {
        Some(path) => path.clone(),
        None => out.join("overlay.yaml"),
    };
    if arguments.overlay.is_none() && (own_document || !path.exists()) {
        return Ok(None);
    }
    let name = path.display().to_string();
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
    Overlay::read(&name, &text).map(Some)
}

/// Whether two paths lead to one file.
fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// The runtime as the crate's manifest names it.
fn core(given: Option<&str>, out: &Path) -> Result<Core, String> {
    let Some(given) = given else {
        return Ok(Core::Version(format!("={}", engagement_document::VERSION)));
    };
    let path = Path::new(given);
    let is_version = given.starts_with(|c: char| c.is_ascii_digit() || "=^~<>*".contains(c));
    if is_version && !path.exists() {
        return Ok(Core::Version(given.to_owned()));
    }
    // The root of a checkout will do.
    let inner = path.join("crates/engagement-core");
    let folder = if inner.join("Cargo.toml").is_file() {
        inner
    } else {
        path.to_owned()
    };
    if !folder.join("Cargo.toml").is_file() {
        return Err(format!(
            "`--core {given}` is neither a version nor a folder with engagement-core: there is no {}",
            folder.join("Cargo.toml").display()
        ));
    }
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let folder = folder.canonicalize().map_err(failed)?;
    let out = std::path::absolute(out).map_err(failed)?;
    let out = out.ancestors().find_map(|known| {
        let rest = out.strip_prefix(known).ok()?;
        Some(known.canonicalize().ok()?.join(rest))
    });
    let text = relative(&out.unwrap_or_default(), &folder).unwrap_or(folder);
    Ok(Core::Path(text.to_string_lossy().replace('\\', "/")))
}

/// The way from one folder to another; `None` if they share no root.
fn relative(from: &Path, to: &Path) -> Option<PathBuf> {
    let from: Vec<Component<'_>> = from.components().collect();
    let to: Vec<Component<'_>> = to.components().collect();
    let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if same == 0 {
        return None;
    }
    let up = from[same..].iter().map(|_| Component::ParentDir);
    Some(up.chain(to[same..].iter().copied()).collect())
}
