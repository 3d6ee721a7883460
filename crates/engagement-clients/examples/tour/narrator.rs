//! Tells what happens, and keeps count.

use std::fmt::Display;
use std::io::{self, Write as _};

use engagement_clients::Error;
use engagement_sandbox::{RecordedRequest, Sandbox};

pub(crate) type Failure = Box<dyn std::error::Error>;

/// Prints a line. A reader that has gone away, as with `| head`, is no reason to stop checking.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Ends the tour unless a step holds what it promises.
macro_rules! ensure {
    ($holds:expr, $($otherwise:tt)+) => {
        if !$holds {
            return Err(format!($($otherwise)+).into());
        }
    };
}

/// Prints a call, makes it, and prints what arrived: one request, or none if the client refused.
macro_rules! call {
    ($narrator:ident, $($call:tt)+) => {{
        $narrator.calling(stringify!($($call)+));
        let outcome = $($call)+.await;
        $narrator.called(&outcome)?;
        outcome
    }};
}

/// The same for a stream and the like, which may send any number of requests.
macro_rules! walk {
    ($narrator:ident, $($call:tt)+) => {{
        $narrator.calling(stringify!($($call)+));
        let outcome = $($call)+.await;
        $narrator.told();
        outcome
    }};
}

pub(crate) use {call, ensure, walk};

/// Longer bodies are not printed.
const SHORT: usize = 100;

#[derive(Default)]
struct Tally {
    title: &'static str,
    calls: usize,
    refused: usize,
    requests: usize,
}

pub(crate) struct Narrator<'a> {
    sandbox: &'a Sandbox,
    /// Path that all requests of the current provider start with.
    mount: String,
    step: usize,
    title: &'static str,
    parts: Vec<Tally>,
    /// How many requests have been told of.
    shown: usize,
    /// How many of them the last call sent.
    last: usize,
}

impl<'a> Narrator<'a> {
    pub(crate) fn new(sandbox: &'a Sandbox) -> Self {
        Self {
            sandbox,
            mount: String::new(),
            step: 0,
            title: "",
            parts: Vec::new(),
            shown: 0,
            last: 0,
        }
    }

    /// A provider's part begins.
    pub(crate) fn provider(&mut self, title: &'static str, base_url: &str) {
        let origin = format!("http://{}", self.sandbox.address());
        self.mount = base_url.trim_start_matches(&origin).to_owned();
        self.parts.push(Tally {
            title,
            ..Tally::default()
        });
        say(format_args!("\n{title}, at {base_url}"));
    }

    /// A step begins.
    pub(crate) fn step(&mut self, title: &'static str) {
        self.step += 1;
        self.title = title;
        say(format_args!("\n{:2}. {title}", self.step));
    }

    /// Where the tour is.
    pub(crate) fn place(&self) -> String {
        format!("step {} ({}) does not hold", self.step, self.title)
    }

    pub(crate) fn calling(&self, code: &str) {
        // What stood on several lines was joined with blanks.
        let words: Vec<&str> = code.split_whitespace().collect();
        let line = words
            .join(" ")
            .replace(" .", ".")
            .replace("( ", "(")
            .replace(", )", ")");
        say(format_args!("    call  {line}"));
    }

    /// Tells of the requests of one call.
    pub(crate) fn called<T>(&mut self, outcome: &Result<T, Error>) -> Result<(), Failure> {
        self.told();
        let refused = matches!(outcome, Err(error) if !error.was_sent());
        if refused {
            self.tally().refused += 1;
        }
        let expected = usize::from(!refused);
        ensure!(
            self.last == expected,
            "the call should have sent {expected} requests, and the sandbox saw {}",
            self.last
        );
        Ok(())
    }

    /// Tells of the requests since the last call.
    pub(crate) fn told(&mut self) {
        let requests = self.sandbox.requests();
        let new = requests.get(self.shown..).unwrap_or_default();
        if new.is_empty() {
            say("    sent  nothing");
        }
        let same = |one: &RecordedRequest, other: &RecordedRequest| {
            (&one.method, one.template, one.status) == (&other.method, other.template, other.status)
        };
        for run in new.chunk_by(same) {
            self.arrived(run);
        }
        self.last = new.len();
        self.shown += new.len();
        let requests = self.last;
        let tally = self.tally();
        tally.calls += 1;
        tally.requests += requests;
    }

    /// The last call was made of this many.
    pub(crate) fn were_calls(&mut self, calls: usize) {
        self.tally().calls += calls.saturating_sub(1);
    }

    /// Tells of one request, or of several alike.
    fn arrived(&self, run: &[RecordedRequest]) {
        let [first, others @ ..] = run else { return };
        let (method, status) = (&first.method, first.status);
        if !others.is_empty() {
            let path = first.template.unwrap_or(&first.path);
            say(format_args!(
                "    sent  {} x {method} {path} -> {status}",
                run.len()
            ));
            return;
        }
        let path = first.path.strip_prefix(&self.mount).unwrap_or(&first.path);
        let query = first.query.as_deref().map(|query| format!("?{query}"));
        say(format_args!(
            "    sent  {method} {path}{} -> {status}",
            query.unwrap_or_default()
        ));
        let body = String::from_utf8_lossy(&first.body);
        if !body.is_empty() && body.len() <= SHORT {
            say(format_args!("          {body}"));
        }
    }

    /// How many requests the last call sent.
    pub(crate) fn sent(&self) -> usize {
        self.last
    }

    /// Tells of a result.
    pub(crate) fn got(&self, result: impl Display) {
        let mut label = "got ";
        for line in result.to_string().lines() {
            say(format_args!("    {label}  {line}"));
            label = "    ";
        }
    }

    /// Tells what an error answers.
    pub(crate) fn got_error(&self, error: &Error) {
        self.got(format_args!(
            "{error}\nkind() {:?}, status() {}, is_not_found() {}, was_sent() {}\nmessage() {}",
            error.kind(),
            error
                .status()
                .map_or("none".to_owned(), |status| status.as_str().to_owned()),
            error.is_not_found(),
            error.was_sent(),
            error
                .message()
                .map_or("none".to_owned(), |message| format!("{message:?}")),
        ));
    }

    pub(crate) fn summary(&self) -> Result<(), Failure> {
        say(
            "\nSummary: a call is one request, or none if the client refuses; later pages and the like are further ones.\n",
        );
        say(format_args!(
            "  {:<10}{:>8}{:>18}{:>19}{:>11}",
            "", "calls", "refused, unsent", "further requests", "requests"
        ));
        let mut requests = 0;
        for Tally {
            title,
            calls,
            refused,
            requests: sent,
        } in &self.parts
        {
            let further = (sent + refused).saturating_sub(*calls);
            say(format_args!(
                "  {title:<10}{calls:>8}{refused:>18}{further:>19}{sent:>11}"
            ));
            requests += sent;
        }
        let seen = usize::try_from(self.sandbox.request_count())?;
        ensure!(
            requests == seen,
            "the tour told of {requests} requests, and the sandbox saw {seen}"
        );
        say(format_args!(
            "\nAll {} steps held; the sandbox saw all {seen} requests.",
            self.step
        ));
        say("Each line of code above is in crates/engagement-clients/examples/tour/.");
        Ok(())
    }

    fn tally(&mut self) -> &mut Tally {
        if self.parts.is_empty() {
            self.parts.push(Tally::default());
        }
        let last = self.parts.len() - 1;
        &mut self.parts[last]
    }
}
