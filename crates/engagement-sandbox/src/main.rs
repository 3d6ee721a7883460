//! Runs the sandbox until it is interrupted.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use engagement_sandbox::{RecordedRequest, Sandbox};

/// A local emulator of customer-engagement platforms, for tests without an account
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port on 127.0.0.1; 0 selects a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Respond to every valid request with the documented example, without accounts
    #[arg(long)]
    examples_only: bool,
    /// Disable the rate limits of the providers
    #[arg(long)]
    without_rate_limits: bool,
    /// Let requests fail, for example 'contacts_add_tags: status=429 retry-after=7 times=2'; repeat for several faults
    #[arg(long, value_name = "TARGET: FAULT")]
    fault: Vec<String>,
    /// Number of requests, and of messages of each provider, that are kept
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
    /// Don't print a line per request
    #[arg(long, short)]
    quiet: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "engagement-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> io::Result<()> {
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
    if !arguments.quiet {
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
    tokio::signal::ctrl_c().await?;
    // Whoever can't wait for the requests that have begun presses it again.
    tokio::select! {
        () = sandbox.stop() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

/// Prints one line, without any value of the request.
fn print(request: &RecordedRequest) {
    let provider = if request.provider.is_empty() {
        "-"
    } else {
        request.provider
    };
    let operation = request.template.unwrap_or("(no such operation)");
    // The sandbox continues to serve if nobody reads its output.
    let fault = request.fault.as_ref();
    let fault = fault.map_or(String::new(), |fault| format!(" (fault: {fault})"));
    let _ = writeln!(
        io::stdout(),
        "{provider} {} {operation} {}{fault}",
        request.method,
        request.status
    );
}
