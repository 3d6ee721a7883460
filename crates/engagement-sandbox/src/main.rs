//! Runs the sandbox until it is interrupted.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use engagement_sandbox::{RecordedRequest, Sandbox};

/// A local emulator of customer-engagement platforms, for tests without an account
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Keep no accounts: answer every valid request with the documented example
    #[arg(long)]
    examples_only: bool,
    /// Take any number of requests, whatever the providers publish
    #[arg(long)]
    without_rate_limits: bool,
    /// Don't print a line for each request
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
    if !arguments.quiet {
        builder = builder.on_request(print);
    }
    let sandbox = builder.start().await.map_err(|error| {
        let place = if arguments.port == 0 {
            String::new()
        } else {
            format!("port {}: ", arguments.port)
        };
        io::Error::new(error.kind(), format!("{place}{error}"))
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
    text += "# Ctrl-C stops.\n";
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    drop(out);
    tokio::signal::ctrl_c().await?;
    sandbox.stop().await;
    Ok(())
}

/// One line, without a value that was sent.
fn print(request: &RecordedRequest) {
    let provider = if request.provider.is_empty() {
        "-"
    } else {
        request.provider
    };
    let what = request.template.unwrap_or("(no such operation)");
    // A reader that has gone away is no reason to stop serving.
    let _ = writeln!(
        io::stdout(),
        "{provider} {} {what} {}",
        request.method,
        request.status
    );
}
