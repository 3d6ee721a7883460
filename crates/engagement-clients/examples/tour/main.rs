//! A guided tour of the clients: `cargo run -p engagement-clients --example tour`.
//!
//! It starts the sandbox in this process and leads the real clients through it over real HTTP. Every step checks its
//! result; the first that fails ends the tour with exit code 1.

mod arguments;
mod engage;
mod engagebay;
mod engageone;
mod engagespot;
mod live;
mod printer;
mod webengage;

use std::process::ExitCode;

use engagement_sandbox::Sandbox;

use crate::arguments::Action;
use crate::printer::{Failure, Printer, say};

/// Exit code for wrong arguments or missing credentials.
const USAGE: u8 = 2;

/// On one thread, so that concurrent calls run in the same order each time.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match arguments::read(std::env::args_os().skip(1)) {
        Ok(Action::Help) => {
            say(arguments::HELP.trim_end());
            ExitCode::SUCCESS
        }
        Ok(Action::Tour) => finish(tour().await),
        Ok(Action::Live(provider)) => match live::missing(provider).as_slice() {
            [] => finish(live::run(provider).await),
            missing => {
                eprintln!(
                    "tour: --live {provider} needs an account's credentials in the environment."
                );
                for (variable, label) in missing {
                    eprintln!("  {variable} is not set ({label})");
                }
                eprintln!(
                    "Without an account, leave out --live: the tour brings a sandbox of its own."
                );
                ExitCode::from(USAGE)
            }
        },
        Err(problem) => {
            eprintln!("tour: {problem}\nTry --help.");
            ExitCode::from(USAGE)
        }
    }
}

fn finish(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("tour: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn tour() -> Result<(), Failure> {
    let sandbox = Sandbox::start().await?;
    let mut printer = Printer::new(&sandbox);
    say(INTRODUCTION.trim());
    let parts = async {
        engagebay::run(&mut printer, &sandbox).await?;
        engage::run(&mut printer, &sandbox).await?;
        engagespot::run(&mut printer, &sandbox).await?;
        webengage::run(&mut printer, &sandbox).await?;
        engageone::run(&mut printer, &sandbox).await
    };
    let outcome = parts.await;
    outcome.map_err(|failure| format!("{}: {failure}", printer.current_step()))?;
    printer.summary()?;
    sandbox.stop().await;
    Ok(())
}

const INTRODUCTION: &str = "
A tour of engagement-clients. The clients are the real ones and talk HTTP; a sandbox on this
machine stands in for the providers, so nothing leaves it and no account is needed.

  call  the code that runs
  code  code that sends nothing
  sent  each request as it arrived, below the base URL, and the status of the response;
        its body as well if it is short; another host than the main one stands before a colon
  got   the result of the call
";
