//! A guided tour of the clients: `cargo run -p engagement-clients --example tour`.
//!
//! It starts the sandbox in this process and leads the real clients through it over real HTTP. Every step checks what
//! it promises; the first that doesn't hold ends the tour with exit code 1.

mod arguments;
mod engage;
mod engagebay;
mod engageone;
mod engagespot;
mod live;
mod narrator;
mod webengage;

use std::process::ExitCode;

use engagement_sandbox::Sandbox;

use crate::arguments::Wish;
use crate::narrator::{Failure, Narrator, say};

/// Wrong arguments, or nothing to run with.
const USAGE: u8 = 2;

/// On one thread, so that calls at the same time take their turns alike in every run.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match arguments::read(std::env::args_os().skip(1)) {
        Ok(Wish::Help) => {
            say(arguments::HELP.trim_end());
            ExitCode::SUCCESS
        }
        Ok(Wish::Tour) => finish(tour().await),
        Ok(Wish::Live(provider)) => match live::missing(provider).as_slice() {
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
    let mut narrator = Narrator::new(&sandbox);
    say(INTRODUCTION.trim());
    let parts = async {
        engagebay::run(&mut narrator, &sandbox).await?;
        engage::run(&mut narrator, &sandbox).await?;
        engagespot::run(&mut narrator, &sandbox).await?;
        webengage::run(&mut narrator, &sandbox).await?;
        engageone::run(&mut narrator, &sandbox).await
    };
    let outcome = parts.await;
    outcome.map_err(|failure| format!("{}: {failure}", narrator.place()))?;
    narrator.summary()?;
    sandbox.stop().await;
    Ok(())
}

const INTRODUCTION: &str = "
A tour of engagement-clients. The clients are the real ones and talk HTTP; a sandbox on this
machine stands in for the providers, so nothing leaves it and no account is needed.

  call  the code that runs
  code  the same, where nobody is called
  sent  each request as it arrived, below the base URL, and the status it was answered with;
        its body as well if it is short; another host than the main one stands before a colon
  got   what the program has in its hands afterwards
";
