//! Prints calls, requests and results, and counts them.

use std::fmt::Display;
use std::io::{self, Write as _};

use engagement_clients::Error;
use engagement_sandbox::{RecordedRequest, Sandbox};

pub(crate) type Failure = Box<dyn std::error::Error>;

/// Prints a line. A reader that has gone away, as with `| head`, is no reason to stop checking.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Ends the tour with an error unless the condition is true.
macro_rules! ensure {
    ($holds:expr, $($otherwise:tt)+) => {
        if !$holds {
            return Err(format!($($otherwise)+).into());
        }
    };
}

/// Prints a call, sends it, and prints the request that arrived, or none if the client refused.
macro_rules! call {
    ($printer:ident, $($call:tt)+) => {{
        $printer.calling(stringify!($($call)+));
        let outcome = $($call)+.await;
        $printer.called(&outcome)?;
        outcome
    }};
}

/// The same for a stream, a call that logs in first, and others that send any number of requests.
macro_rules! walk {
    ($printer:ident, $($call:tt)+) => {{
        $printer.calling(stringify!($($call)+));
        let outcome = $($call)+.await;
        $printer.print_requests();
        outcome
    }};
}

/// Prints code that sends nothing, and runs it.
macro_rules! here {
    ($printer:ident, $($code:tt)+) => {{
        $printer.running(stringify!($($code)+));
        $($code)+
    }};
}

pub(crate) use {call, ensure, here, walk};

/// Longer bodies are not printed.
const SHORT: usize = 100;

#[derive(Default)]
struct Tally {
    title: &'static str,
    calls: usize,
    refused: usize,
    requests: usize,
}

pub(crate) struct Printer<'a> {
    sandbox: &'a Sandbox,
    /// Path that all requests of the current provider start with.
    mount: String,
    step: usize,
    title: &'static str,
    parts: Vec<Tally>,
    /// How many requests have been printed.
    shown: usize,
    /// How many of them the last call sent.
    last: usize,
}

impl<'a> Printer<'a> {
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

    /// The current step, as the start of an error.
    pub(crate) fn current_step(&self) -> String {
        format!("step {} ({}) failed", self.step, self.title)
    }

    pub(crate) fn calling(&self, code: &str) {
        Self::code("call", code);
    }

    pub(crate) fn running(&self, code: &str) {
        Self::code("code", code);
    }

    fn code(label: &str, code: &str) {
        // `stringify!` joins several lines with blanks.
        let words: Vec<&str> = code.split_whitespace().collect();
        let line = words
            .join(" ")
            .replace(" .", ".")
            .replace("( ", "(")
            .replace(", )", ")");
        say(format_args!("    {label}  {line}"));
    }

    /// Prints the requests of one call.
    pub(crate) fn called<T>(&mut self, outcome: &Result<T, Error>) -> Result<(), Failure> {
        self.print_requests();
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

    /// Prints the requests since the last call. Equal ones are printed together, at the place of the first: the order of
    /// concurrent requests is not fixed.
    pub(crate) fn print_requests(&mut self) {
        let requests = self.sandbox.requests();
        let new = requests.get(self.shown..).unwrap_or_default();
        if new.is_empty() {
            say("    sent  nothing");
        }
        let mut kinds: Vec<(&RecordedRequest, usize)> = Vec::new();
        for request in new {
            match kinds.iter_mut().find(|(first, _)| alike(first, request)) {
                Some((_, count)) => *count += 1,
                None => kinds.push((request, 1)),
            }
        }
        for (first, count) in kinds {
            self.arrived(first, count);
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

    /// Prints one request, or several equal ones.
    fn arrived(&self, request: &RecordedRequest, count: usize) {
        let (method, status) = (&request.method, request.status);
        let (host, path) = self.host_and_path(&request.path);
        if count > 1 {
            let path = request.template.unwrap_or(path);
            say(format_args!(
                "    sent  {count} x {method} {host}{path} -> {status}"
            ));
            return;
        }
        let query = request.query.as_deref().map(|query| format!("?{query}"));
        say(format_args!(
            "    sent  {method} {host}{path}{} -> {status}",
            query.unwrap_or_default()
        ));
        let body = String::from_utf8_lossy(&request.body);
        if !body.is_empty() && body.len() <= SHORT {
            say(format_args!("          {body}"));
        }
    }

    /// The host with a colon, unless it is the main one, and the path below its base URL.
    fn host_and_path<'p>(&self, path: &'p str) -> (String, &'p str) {
        let rest = path.strip_prefix(&self.mount).unwrap_or(path);
        let other = rest.strip_prefix('.').and_then(|rest| {
            let end = rest.find('/')?;
            Some(rest.split_at(end))
        });
        other.map_or((String::new(), rest), |(host, path)| {
            (format!("{host}:"), path)
        })
    }

    /// How many requests the last call sent.
    pub(crate) fn sent(&self) -> usize {
        self.last
    }

    /// Prints a result.
    pub(crate) fn got(&self, result: impl Display) {
        let mut label = "got ";
        for line in result.to_string().lines() {
            say(format_args!("    {label}  {line}"));
            label = "    ";
        }
    }

    /// Prints an error and its properties.
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
            "\nSummary: a call is one request, or none if the client refuses; later pages, logins and the like are further ones.\n",
        );
        say(format_args!(
            "  {:<12}{:>8}{:>18}{:>19}{:>11}",
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
                "  {title:<12}{calls:>8}{refused:>18}{further:>19}{sent:>11}"
            ));
            requests += sent;
        }
        let seen = usize::try_from(self.sandbox.request_count())?;
        ensure!(
            requests == seen,
            "the tour printed {requests} requests, and the sandbox saw {seen}"
        );
        say(format_args!(
            "\nAll {} steps passed; the sandbox saw all {seen} requests.",
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

/// Whether two requests are to the same operation with the same outcome.
fn alike(one: &RecordedRequest, other: &RecordedRequest) -> bool {
    let same_operation = match one.operation {
        Some(_) => one.operation == other.operation,
        None => other.operation.is_none() && one.path == other.path,
    };
    same_operation && (&one.method, one.status) == (&other.method, other.status)
}
