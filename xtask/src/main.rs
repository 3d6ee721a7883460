//! Maintainers' commands: `cargo xtask codegen`, `import`, `new-provider` and `verify`.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::{Parser, Subcommand};
use xtask::{codegen, import, new_provider};

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
    /// Makes a crate of its own from a vendor's Swagger 2.0 or OpenAPI 3 document
    Import(import::Arguments),
    /// Adds a provider whose calls respond with the examples of its document
    NewProvider(new_provider::Arguments),
    /// Checks recorded payloads against the documents and the typed clients
    Verify {
        /// A folder with payload files and an `index.json`
        directory: PathBuf,
    },
}

fn main() -> ExitCode {
    match Arguments::parse().task {
        Task::Codegen { providers, check } => codegen::run(&providers, check),
        Task::Import(arguments) => import::run(&arguments),
        Task::NewProvider(arguments) => new_provider::run(&arguments),
        Task::Verify { directory } => verify(&directory),
    }
}

/// Runs the verifier in a process of its own: it needs the generated crates, and xtask must build when they don't.
fn verify(directory: &std::path::Path) -> ExitCode {
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
        .arg(directory);
    match command.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: could not run cargo: {error}");
            ExitCode::FAILURE
        }
    }
}
