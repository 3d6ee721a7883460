//! Runs the sandbox until it is interrupted.

use std::io::{self, Write};
use std::pin::pin;
use std::process::ExitCode;

use clap::Parser;
use engagement_sandbox::{RecordedRequest, Sandbox};
use futures_util::FutureExt as _;

/// The exit code of a program that Ctrl-C ended: 128 and the number of the signal.
const INTERRUPTED: u8 = 130;

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
    /// Don't print a line per request
    #[arg(long, short)]
    quiet: bool,
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
    if !arguments.quiet {
        builder = builder.on_request(print);
    }
    let sandbox = builder.start().await.map_err(|error| {
        let is_setting = error.kind() == io::ErrorKind::InvalidInput;
        let port = if arguments.port == 0 || is_setting {
            String::new()
        } else {
            format!("port {}: ", arguments.port)
        };
        io::Error::new(error.kind(), format!("{port}{error}"))
    })?;
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
    // Whoever reads the text may interrupt, so this listens from here on.
    let mut interrupted = pin!(tokio::signal::ctrl_c());
    if let Some(interrupted) = interrupted.as_mut().now_or_never() {
        return interrupted.map(|()| ExitCode::SUCCESS);
    }
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    drop(out);
    interrupted.await?;
    // Whoever can't wait for the requests that have begun presses it again. It listens for that before anything stops.
    tokio::select! {
        biased;
        again = tokio::signal::ctrl_c() => again.map(|()| ExitCode::from(INTERRUPTED)),
        () = sandbox.stop() => Ok(ExitCode::SUCCESS),
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
