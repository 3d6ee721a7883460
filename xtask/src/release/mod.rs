//! `cargo xtask release VERSION`: checks, raises the version, moves the changelog, tries the publication, commits and tags.
//!
//! Everything is checked before the first file is written. If a later step fails, the files are as they were.

mod changelog;
mod checks;
mod manifests;

use std::path::Path;
use std::process::ExitCode;

use semver::Version;

use crate::command::{self, CommandError};
use crate::{diff, workspace};

/// Why nothing was released: what is wrong, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A check failed, or a file is not as this command expects it.
    #[error("{0}")]
    Refused(String),
    /// A program failed.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// A file can't be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The documents can't be compared with those of the last release.
    #[error(transparent)]
    Diff(#[from] diff::Error),
}

/// What to release.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// The new version, such as `0.2.0`. The first release may have the version that the manifests have
    pub version: Version,
    /// The date in the changelog, as YYYY-MM-DD
    #[arg(long)]
    pub date: String,
    /// Runs the checks and tries the publication, and leaves all files as they were
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs the command and reports on the terminal.
pub fn run(arguments: &Arguments) -> ExitCode {
    match release(workspace::root(), arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Releases a checkout of the repository; the last step, `git push` and `cargo publish`, stays with the maintainer.
///
/// # Errors
/// If a check fails or a program does. The files are as they were then.
pub fn release(root: &Path, arguments: &Arguments) -> Result<(), Error> {
    let changes = checks::run(root, &arguments.version)?;
    let changes = diff::markdown(&changes);
    let changelog = changelog::released(root, &arguments.version, &arguments.date, &changes)?;
    let result = change(root, arguments, &changelog);
    if arguments.dry_run || result.is_err() {
        // The folder was clean, so this undoes only what this command did.
        command::run(root, "git", ["restore", "--staged", "--worktree", "."])?;
    }
    result?;
    let tag = tag(&arguments.version);
    if arguments.dry_run {
        println!("\nchecked: {tag} can be released; all files are as they were");
        return Ok(());
    }
    command::run(
        root,
        "git",
        ["commit", "--all", "--message", &format!("Release {tag}")],
    )?;
    command::run(root, "git", ["tag", "--annotate", &tag, "--message", &tag])?;
    println!(
        "\ncommitted and tagged {tag}. Next: `.ci/run` and `.ci/release` on this commit, then `git push --follow-tags` and \
         `cargo publish --workspace`"
    );
    Ok(())
}

/// The tag of a version.
fn tag(version: &Version) -> String {
    format!("v{version}")
}

fn change(root: &Path, arguments: &Arguments, changelog: &str) -> Result<(), Error> {
    write(&root.join(changelog::FILE), changelog)?;
    manifests::raise(root, &arguments.version)?;
    command::run(root, "cargo", ["update", "--workspace", "--offline"])?;
    // In a process of its own, because the version is compiled in.
    command::run(root, "cargo", ["xtask", "codegen"])?;
    command::run(
        root,
        "cargo",
        [
            "update",
            "--workspace",
            "--offline",
            "--manifest-path",
            "fuzz/Cargo.toml",
        ],
    )?;
    // Not committed yet, because it can fail.
    command::run(
        root,
        "cargo",
        [
            "publish",
            "--workspace",
            "--dry-run",
            "--allow-dirty",
            "--locked",
        ],
    )?;
    Ok(())
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| file_error(path, source))
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    std::fs::write(path, text).map_err(|source| file_error(path, source))
}

fn file_error(path: &Path, source: std::io::Error) -> Error {
    Error::File {
        path: path.display().to_string(),
        source,
    }
}
