//! Runs the sandbox until a signal stops it.

mod program;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use engagement_sandbox::Sandbox;

use program::request_line::{self, LogFormat};
use program::signals::StopSignals;

/// A local emulator of customer-engagement platforms, for tests without an account
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Port on 127.0.0.1; 0 selects a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Serve only this provider, such as engagebay; repeat for several
    #[arg(long, value_name = "NAME")]
    provider: Vec<String>,
    /// Respond to every valid request with the documented example, without accounts
    #[arg(long)]
    examples_only: bool,
    /// Disable the rate limits of the providers
    #[arg(long)]
    without_rate_limits: bool,
    /// Let requests fail, for example 'contacts_add_tags: status=429 retry-after=7 times=2'; repeat for several faults
    #[arg(long, value_name = "TARGET: FAULT")]
    fault: Vec<String>,
    /// Number of requests, and of messages and events of each provider, that are kept
    #[arg(long, value_name = "ENTRIES")]
    log_size: Option<usize>,
    /// Fill new accounts by the calls in a JSON file: [{"provider": …, "operation": …, "parameters": {…}, "body": …}, …]
    #[arg(long, value_name = "FILE")]
    seed: Vec<PathBuf>,
    /// Keep the accounts in this folder, so that they survive the end of the process
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Start with new accounts; those in the folder are put aside
    #[arg(long, requires = "data")]
    reset: bool,
    /// What to print for each request; values and credentials are never printed
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = LogFormat::Text)]
    log: LogFormat,
}

#[derive(Subcommand)]
enum Command {
    /// Print the completions for a shell
    Completions { shell: Shell },
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(io::stderr(), "engagement-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> io::Result<ExitCode> {
    if let Some(Command::Completions { shell }) = arguments.command {
        return print_completions(shell).map(|()| ExitCode::SUCCESS);
    }
    let mut signals = StopSignals::new()?;
    let mut builder = Sandbox::builder().port(arguments.port);
    if arguments.examples_only {
        builder = builder.examples_only();
    }
    if arguments.without_rate_limits {
        builder = builder.without_rate_limits();
    }
    for fault in arguments.fault {
        builder = builder.fault(fault);
    }
    if let Some(entries) = arguments.log_size {
        builder = builder.log_size(entries);
    }
    for file in arguments.seed {
        builder = builder.seed(file);
    }
    if let Some(folder) = arguments.data {
        builder = builder.data(folder);
    }
    if arguments.reset {
        builder = builder.reset_data();
    }
    for provider in arguments.provider {
        builder = builder.provider(provider);
    }
    if let Some(print) = request_line::printer(arguments.log) {
        builder = builder.on_request(print);
    }
    let sandbox = builder.start().await.map_err(|error| {
        // Errors of the data folder are of the other kind.
        let is_setting =
            [io::ErrorKind::InvalidInput, io::ErrorKind::Other].contains(&error.kind());
        let port = if arguments.port == 0 || is_setting {
            String::new()
        } else {
            format!("port {}: ", arguments.port)
        };
        io::Error::new(error.kind(), format!("{port}{error}"))
    })?;
    for notice in sandbox.notices() {
        let _ = writeln!(io::stderr(), "engagement-sandbox: {notice}");
    }
    let mut text = String::new();
    for provider in sandbox.providers() {
        text += &format!(
            "# {}: {} operations at {}\n",
            provider.title, provider.operations, provider.base_url
        );
        for (name, value) in provider.env {
            text += &format!("export {name}={value}\n");
        }
    }
    let page = format!("http://{}/", sandbox.address());
    text += &format!("# Requests, messages and faults: {page}\n# Ctrl-C stops.\n");
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    drop(out);
    signals.recv().await?;
    // Whoever can't wait for the requests that have begun sends it again.
    tokio::select! {
        biased;
        again = signals.recv() => again.map(ExitCode::from),
        () = sandbox.stop() => Ok(ExitCode::SUCCESS),
    }
}

fn print_completions(shell: Shell) -> io::Result<()> {
    let mut script = Vec::new();
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut command, name, &mut script);
    io::stdout().write_all(&script)
}
