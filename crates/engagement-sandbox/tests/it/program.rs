//! The program, run as users run it.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use engagement_sandbox::Sandbox;
use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_engagement-sandbox");
/// The line after which it serves.
const READY: &str = "# Ctrl-C stops.";

/// A running program, which is killed when it is dropped.
struct Program {
    child: Child,
    output: BufReader<ChildStdout>,
    /// What it printed before it served.
    start: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let mut start = String::new();
        while !start.lines().any(|line| line == READY) {
            let length = output.read_line(&mut start).expect("text");
            assert!(length > 0, "it ended after {start}");
        }
        Self {
            child,
            output,
            start,
        }
    }

    /// Host and port.
    fn address(&self) -> &str {
        let (_, page) = self.start.split_once("faults: http://").expect("a page");
        page.split('/').next().expect("an address")
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address()).expect("a connection")
    }

    /// Status and body of the response to a request with these lines.
    fn send(&self, head: &str) -> (String, String) {
        let mut stream = self.connect();
        let head = format!("{head}\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).expect("sent");
        response(&mut stream)
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("sh")
            .args(["-c", &format!("kill -{name} \"$0\""), &id])
            .status();
        assert!(status.expect("sh").success());
    }

    /// What it prints until it ends by itself, after SIGTERM.
    fn stop(mut self) -> String {
        self.signal("TERM");
        self.end()
    }

    fn end(&mut self) -> String {
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).expect("text");
        let status = self.child.wait().expect("its end");
        assert!(status.success(), "{status}");
        rest
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Status line and body.
fn response(stream: &mut TcpStream) -> (String, String) {
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("a response");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let status = head.lines().next().expect("a status").to_owned();
    (status, body.to_owned())
}

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).output().expect("the program")
}

fn engage_credentials() -> String {
    let pair = BASE64_STANDARD.encode("sandbox-engage-key:sandbox-engage-secret");
    format!("Host: localhost\r\nAuthorization: Basic {pair}")
}

#[test]
fn a_line_of_text_or_json_or_nothing_is_printed_for_each_request() {
    let requests = |format: &str| {
        let fault = "users_list: status=503";
        let program = Program::start(&["--log", format, "--fault", fault]);
        let credentials = engage_credentials();
        let paths = [
            "/users?email=ada@example.com",
            "/users",
            "/users/ada",
            "/usr",
        ];
        for path in paths {
            program.send(&format!("GET /engage/v1{path} HTTP/1.1\r\n{credentials}"));
        }
        program.send("DELETE /other?secret=1 HTTP/1.1\r\nHost: localhost");
        program.stop()
    };
    let text = "engage GET /users 503 (fault: status=503)\n\
        engage GET /users 200\n\
        engage GET /users/{uid} 404\n\
        engage GET (no such operation) 404\n\
        - DELETE (no such operation) 404\n";
    assert_eq!(requests("text"), text);
    assert_eq!(requests("none"), "");

    let line = |line: &str| {
        let mut line: Value = serde_json::from_str(line).expect("JSON");
        let fields = line.as_object_mut().expect("an object");
        let time = fields.shift_remove("time").expect("a time");
        let time = time.as_str().expect("text").to_owned();
        assert!((time.len(), &time[23..]) == (24, "Z"), "{time}");
        let duration = fields.shift_remove("duration_us").expect("a duration");
        assert!(duration.is_u64(), "{duration}");
        line
    };
    let printed = requests("json");
    let lines: Vec<Value> = printed.lines().map(line).collect();
    let expected =
        |operation: Option<&str>, status: u16, fault: Option<&str>, refusal: Option<&str>| {
            json!({
                "provider": "engage", "operation": operation, "method": "GET", "status": status,
                "fault": fault, "refusal": refusal,
            })
        };
    let mut last = expected(None, 404, None, Some("path"));
    last["provider"] = Value::Null;
    last["method"] = "DELETE".into();
    let expected = [
        expected(Some("users_list"), 503, Some("status=503"), None),
        expected(Some("users_list"), 200, None, None),
        expected(Some("users_get"), 404, None, Some("account")),
        expected(None, 404, None, Some("path")),
        last,
    ];
    assert_eq!(lines, expected);
}

#[test]
fn only_the_named_providers_are_served() {
    let program = Program::start(&["--provider", "webengage", "--provider", "engage"]);
    let served: Vec<&str> = program
        .start
        .lines()
        .filter_map(|line| line.strip_prefix("# ")?.split_once(" API: "))
        .map(|(title, _)| title)
        .collect();
    assert_eq!(served, ["Engage", "WebEngage"]);
    let (status, body) = program.send("GET /engagebay/x HTTP/1.1\r\nHost: localhost");
    assert_eq!(status, "HTTP/1.1 404 Not Found");
    let message =
        "no provider is served under /engagebay/x: start the path with one of /engage, /webengage";
    assert_eq!(body, json!({ "error": message }).to_string());

    let all = Sandbox::builder().start_on_thread().expect("a free port");
    let all: Vec<&str> = all.providers().iter().map(|one| one.name).collect();
    assert!(all.len() >= 5);
    let all = format!("use one of {}\n", all.join(", "));
    for (name, near) in [("webengag", "did you mean `webengage`"), ("x", &all)] {
        let output = run(&["--provider", "engage", "--provider", name]);
        assert_eq!(output.status.code(), Some(1));
        let error = String::from_utf8(output.stderr).expect("text");
        let start = format!("engagement-sandbox: there is no provider `{name}`: {near}");
        assert!(error.starts_with(&start), "{error}");
    }
}

#[test]
fn its_health_can_be_read_without_credentials_and_from_this_machine_only() {
    let program = Program::start(&["--provider", "engage"]);
    let health = json!({
        "status": "ok", "version": env!("CARGO_PKG_VERSION"), "providers": ["engage"],
    });
    let (status, body) = program.send("GET /health HTTP/1.1\r\nHost: localhost");
    assert_eq!(status, "HTTP/1.1 200 OK");
    assert_eq!(body, health.to_string());
    let refused = [
        ("GET", "example.com", "HTTP/1.1 421 Misdirected Request"),
        ("POST", "localhost", "HTTP/1.1 405 Method Not Allowed"),
        (
            "GET",
            "localhost\r\nOrigin: http://example.com",
            "HTTP/1.1 403 Forbidden",
        ),
    ];
    for (method, host, expected) in refused {
        let (status, body) = program.send(&format!("{method} /health HTTP/1.1\r\nHost: {host}"));
        assert_eq!(status, expected);
        assert!(!body.contains("providers"), "{body}");
    }
    assert_eq!(program.stop(), "", "it is no request of a client");
}

#[test]
fn sigterm_lets_a_request_that_has_begun_end() {
    let mut program = Program::start(&["--log", "none"]);
    let body = r#"{"id":"ada"}"#;
    let head = format!(
        "POST /engage/v1/users HTTP/1.1\r\n{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Expect: 100-continue\r\nConnection: close\r\n\r\n",
        engage_credentials(),
        body.len(),
    );
    let mut stream = program.connect();
    stream.write_all(head.as_bytes()).expect("sent");
    let mut begun = [0; 25];
    stream.read_exact(&mut begun).expect("a response");
    assert_eq!(&begun, b"HTTP/1.1 100 Continue\r\n\r\n");
    program.signal("TERM");
    // New connections are refused from now on.
    while TcpStream::connect(program.address()).is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(body.as_bytes()).expect("sent");
    let (status, body) = response(&mut stream);
    assert_eq!(status, "HTTP/1.1 200 OK");
    let user: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(user["uid"], "ada");
    assert_eq!(program.end(), "");
}

/// The exit code tells that from the end of the time that requests which have begun get.
#[test]
fn a_second_signal_stops_it_at_once() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let mut program = Program::start(&["--log", "none"]);
        let mut held = program.connect();
        let head = "POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n";
        held.write_all(head.as_bytes()).expect("sent");
        let mut begun = [0; 25];
        held.read_exact(&mut begun).expect("a response");
        assert_eq!(&begun, b"HTTP/1.1 100 Continue\r\n\r\n");
        program.signal(name);
        while TcpStream::connect(program.address()).is_ok() {
            std::thread::yield_now();
        }
        program.signal(name);
        let status = program.child.wait().expect("its end");
        assert_eq!(status.code(), Some(code));
    }
}

#[test]
fn one_interrupt_stops_it() {
    let mut program = Program::start(&["--log", "none"]);
    program.signal("INT");
    assert_eq!(program.end(), "");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let output = run(&["--port", &port]);
    let error = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1));
    let start = format!("engagement-sandbox: port {port}: Address already in use");
    assert!(error.starts_with(&start), "{error}");
}

#[test]
fn completions_know_the_options() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(&["completions", shell]);
        assert!(output.status.success(), "{shell}");
        let script = String::from_utf8(output.stdout).expect("text");
        for option in ["provider", "examples-only", "log-size", "completions"] {
            assert!(script.contains(option), "{shell}: {option}");
        }
    }
    assert_eq!(run(&["completions", "cmd"]).status.code(), Some(2));
}
