//! Maintainers' commands: `cargo xtask codegen`, `diff`, `import`, `new-provider`, `release` and `verify`.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::{Parser, Subcommand};
use xtask::{codegen, diff, import, new_provider, release, workspace};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Maintainers' commands")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Makes the clients and the sandbox's documents from `specs/*.yaml`, and the READMEs from `docs/README.md`
    Codegen {
        /// Providers to make, such as `engagebay`; all of them if none is named
        providers: Vec<String>,
        /// Writes nothing; fails with a diff if a file is not up to date
        #[arg(long)]
        check: bool,
    },
    /// Compares documents: what changed for callers and on the wire, and the step of the version that follows
    Diff(diff::Arguments),
    /// Makes a crate of its own from a vendor's Swagger 2.0 or OpenAPI 3 document
    Import(import::Arguments),
    /// Raises the version of all crates, after checking that it can be released, and tags it
    Release(release::Arguments),
    /// Adds a provider whose calls respond with the examples of its document
    NewProvider(new_provider::Arguments),
    /// Checks recorded requests and responses against the documents and the typed clients
    Verify {
        /// A HAR file, a folder of HAR files, or a folder of bodies with an `index.json`
        path: PathBuf,
        /// The provider, such as `engagebay`; if not set, the one that the folder is named after, or that fits best
        #[arg(long)]
        provider: Option<String>,
    },
}

fn main() -> ExitCode {
    match Arguments::parse().task {
        Task::Codegen { providers, check } => generate(&providers, check),
        Task::Diff(arguments) => diff::run(&arguments),
        Task::Import(arguments) => import::run(&arguments),
        Task::Release(arguments) => release::run(&arguments),
        Task::NewProvider(arguments) => new_provider::run(&arguments),
        Task::Verify { path, provider } => verify(&path, provider.as_deref()),
    }
}

/// Generates, and reports what that changes for callers.
fn generate(providers: &[String], check: bool) -> ExitCode {
    let code = codegen::run(providers, check);
    if !check && code == ExitCode::SUCCESS {
        let summary = diff::summary(workspace::root());
        if !summary.is_empty() {
            println!("{summary}");
        }
    }
    code
}

/// Runs the verifier in a process of its own: it needs the generated crates, and xtask must build when they don't.
fn verify(path: &std::path::Path, provider: Option<&str>) -> ExitCode {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args([
            "run",
            "--quiet",
            "--package",
            "engagement-tests",
            "--bin",
            "verify",
            "--",
        ])
        .arg(path)
        .args(provider);
    match command.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: could not run cargo: {error}");
            ExitCode::FAILURE
        }
    }
}
