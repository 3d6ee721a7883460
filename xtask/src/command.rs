//! Running other programs.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// A program that could not be started, or that failed.
#[derive(Debug, thiserror::Error)]
#[error("`{command}` {reason}")]
pub struct CommandError {
    command: String,
    reason: String,
}

/// Runs a program in `folder`, with this process's terminal.
///
/// # Errors
/// If it can't be started, or doesn't end with 0.
pub fn run<S: AsRef<OsStr>>(
    folder: &Path,
    program: &str,
    arguments: impl IntoIterator<Item = S>,
) -> Result<(), CommandError> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    let status = command.status();
    let status = status.map_err(|error| failed(&command, format!("can't be started: {error}")))?;
    if status.success() {
        return Ok(());
    }
    Err(failed(&command, format!("ended with {status}")))
}

/// Runs a program in `folder`, and returns what it writes.
///
/// # Errors
/// If it can't be started, or doesn't end with 0: the reason has what it reported.
pub fn output<S: AsRef<OsStr>>(
    folder: &Path,
    program: &str,
    arguments: impl IntoIterator<Item = S>,
) -> Result<String, CommandError> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    let output = command.output();
    let output = output.map_err(|error| failed(&command, format!("can't be started: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let report = String::from_utf8_lossy(&output.stderr);
    Err(failed(
        &command,
        format!("ended with {}: {}", output.status, report.trim()),
    ))
}

fn failed(command: &Command, reason: String) -> CommandError {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(OsStr::to_string_lossy));
    CommandError {
        command: words.join(" "),
        reason,
    }
}
