//! Counts the instructions of a call: `cargo run --profile bench -p engagement-benches`. Needs valgrind.
//!
//! It runs itself: once as the server, and under callgrind as each client with few and with many calls, so that what is
//! done once is no part of the difference.

use std::error::Error;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};

use engagement_benches::{contacts, messages, server};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A call, how often it is made at least and at most, and how many more instructions the typed client may take.
const CALLS: [(&str, [u64; 2], f64); 4] = [
    ("get", [100, 1100], 3.0),
    ("list", [10, 60], -15.0),
    ("create_json", [100, 1100], 4.0),
    ("create_form", [100, 1100], 4.0),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        [] => compare(),
        ["server"] => server::run().map_err(Into::into).map(|()| true),
        ["calls", way, call, url, times] => {
            let times = times.parse().map_err(Into::into);
            times
                .and_then(|times| calls(way, call, url, times))
                .map(|()| true)
        }
        _ => Err("no arguments are needed".into()),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the table; whether all calls are as cheap as they should be.
fn compare() -> Outcome<bool> {
    if Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        println!("skipped: valgrind is not there");
        return Ok(true);
    }
    let server = Server::start()?;
    println!(
        "{:<22} {:>12} {:>12} {:>9} {:>9}",
        "instructions per call", "by hand", "typed", "more", "at most"
    );
    let mut good = true;
    for (call, times, most) in CALLS {
        let hand = server.cost("by_hand", call, times)?;
        let typed = server.cost("typed", call, times)?;
        let more = 100.0 * (typed / hand - 1.0);
        println!("{call:<22} {hand:>12.0} {typed:>12.0} {more:>+8.2}% {most:>+8.0}%");
        good &= more <= most;
    }
    Ok(good)
}

struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start() -> Outcome<Self> {
        let program = std::env::current_exe()?;
        let mut process = Command::new(program)
            .arg("server")
            .stdout(Stdio::piped())
            .spawn()?;
        let mut url = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut url)?;
        }
        Ok(Self {
            process,
            url: url.trim().to_owned(),
        })
    }

    /// Instructions per call.
    fn cost(&self, way: &str, call: &str, [few, many]: [u64; 2]) -> Outcome<f64> {
        let more = self.instructions(way, call, many)? - self.instructions(way, call, few)?;
        Ok(more / (many - few) as f64)
    }

    fn instructions(&self, way: &str, call: &str, times: u64) -> Outcome<f64> {
        let profile = std::env::var("CALLGRIND_OUT").unwrap_or_else(|_| "/dev/null".to_owned());
        let profile = profile.replace("{}", &format!("{way}-{call}-{times}"));
        let output = Command::new("valgrind")
            .args([
                "--tool=callgrind",
                &format!("--callgrind-out-file={profile}"),
            ])
            .arg(std::env::current_exe()?)
            .args(["calls", way, call, &self.url, &times.to_string()])
            .output()?;
        let text = String::from_utf8_lossy(&output.stderr);
        let collected = text
            .lines()
            .find_map(|line| line.split("Collected : ").nth(1));
        match collected {
            Some(count) if output.status.success() => Ok(count.trim().parse()?),
            _ => Err(format!("valgrind failed:\n{text}").into()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Makes the calls, one after the other over one connection.
fn calls(way: &str, call: &str, url: &str, times: u64) -> Outcome<()> {
    const ID: i64 = 5_310_000_000_000_001;
    /// Makes a call the given number of times.
    macro_rules! repeat {
        ($call:expr) => {
            for _ in 0..times {
                drop(black_box($call.await?));
            }
        };
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match (way, call) {
            ("by_hand", "get" | "list") => {
                let client = contacts::by_hand::Client::new(url)?;
                match call {
                    "get" => repeat!(client.get(ID)),
                    _ => repeat!(client.list()),
                }
            }
            (_, "get" | "list") => {
                let client = contacts::typed::client(url)?;
                match call {
                    "get" => repeat!(contacts::typed::get(&client, ID)),
                    _ => repeat!(contacts::typed::list(&client)),
                }
            }
            ("by_hand", _) => {
                let client = messages::by_hand::Client::new(url)?;
                match call {
                    "create_json" => repeat!(client.create()),
                    _ => repeat!(client.create_form()),
                }
            }
            _ => {
                let client = messages::typed::client(url)?;
                match call {
                    "create_json" => repeat!(messages::typed::create(&client)),
                    _ => repeat!(messages::typed::create_form(&client)),
                }
            }
        }
        Ok(())
    })
}
