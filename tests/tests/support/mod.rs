//! Shared by tests of this package.

#![allow(dead_code, reason = "each test uses some of it")]

pub(crate) mod checkout;
pub(crate) mod log;
pub(crate) mod readme;
pub(crate) mod recorder;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use engagement_faults::{FaultServer, Request, Response};
use engagement_tests::providers::root;
use walkdir::WalkDir;

/// A server that sends the same response until another one is set.
pub(crate) struct Responder {
    server: FaultServer,
    response: Arc<Mutex<Response>>,
}

impl Responder {
    pub(crate) async fn start() -> Self {
        let response = Arc::new(Mutex::new(Response::new("200 OK")));
        let current = Arc::clone(&response);
        let server = FaultServer::start(move |_| current.lock().unwrap().clone());
        let server = server.await.unwrap();
        Self { server, response }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// Sets the response. It closes the connection.
    pub(crate) fn set(&self, response: Response) {
        *self.response.lock().unwrap() = response.header("connection", "close");
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.server.requests()
    }
}

/// The Rust files below a folder, sorted: each path below the folder, with `/`, and the text.
pub(crate) fn rust_files(folder: impl AsRef<Path>) -> Vec<(String, String)> {
    let folder = root().join(folder);
    let entries = WalkDir::new(&folder).into_iter();
    let paths = entries.map(|entry| entry.unwrap().into_path());
    let paths = paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
        (name.replace('\\', "/"), fs::read_to_string(&path).unwrap())
    };
    let mut files: Vec<_> = paths.map(read).collect();
    files.sort();
    files
}

/// Creates an empty folder for a program that a test builds.
pub(crate) fn program_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The target folder of all programs that tests build, which is not removed: the dependencies take longest.
pub(crate) fn program_target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("import-target")
}

/// Cargo in the folder of a program. Nothing is fetched, because the program gets the lock file of the workspace.
pub(crate) fn cargo(subcommand: &str, folder: &Path) -> Command {
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([subcommand, "--offline", "--quiet"]);
    cargo.env("CARGO_TARGET_DIR", program_target());
    cargo.current_dir(folder);
    cargo
}

/// Runs a command that must succeed.
pub(crate) fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
}

/// The rows of a table of N columns, one row a line, with `|` between the cells.
pub(crate) fn rows<const N: usize>(table: &str) -> impl Iterator<Item = [&str; N]> {
    table.trim().lines().map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let cells = cells.try_into();
        cells.unwrap_or_else(|_| panic!("a row without {N} columns: {line}"))
    })
}
