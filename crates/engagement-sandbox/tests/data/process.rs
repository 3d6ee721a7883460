//! The program as a process, and connections to it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A running sandbox. Dropping it kills it.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: String,
}

/// What a process that didn't start said.
pub(crate) struct Failed {
    pub(crate) success: bool,
    pub(crate) message: String,
}

/// The command of a sandbox on a free port.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_engagement-sandbox"));
    command.args(["--log", "none", "--without-rate-limits"]);
    command
}

/// The arguments of a data folder.
pub(crate) fn data(folder: &Path) -> [String; 2] {
    ["--data".to_owned(), folder.display().to_string()]
}

impl Process {
    /// Starts a command, and waits until it serves.
    pub(crate) fn start(command: &mut Command) -> Result<Self, Failed> {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program can be started");
        let mut address = None;
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        for line in out.lines() {
            let line = line.expect("text");
            if let Some((_, url)) = line.split_once("faults: http://") {
                address = Some(url.trim_end_matches('/').to_owned());
            }
            if line.starts_with("# Ctrl-C") {
                break;
            }
        }
        match address {
            Some(address) => Ok(Self { child, address }),
            None => {
                let mut message = String::new();
                let mut err = child.stderr.take().expect("a pipe");
                err.read_to_string(&mut message).expect("text");
                let success = child.wait().expect("it ends").success();
                Err(Failed { success, message })
            }
        }
    }

    /// Kills it, and returns what it wrote to stderr.
    pub(crate) fn kill(&mut self) -> String {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
        let mut message = String::new();
        if let Some(mut err) = self.child.stderr.take() {
            err.read_to_string(&mut message).expect("text");
        }
        message
    }

    pub(crate) fn connect(&self) -> Connection {
        let stream = TcpStream::connect(&self.address).expect("it listens");
        stream.set_nodelay(true).expect("a socket");
        Connection {
            reader: BufReader::new(stream),
            host: self.address.clone(),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) struct Connection {
    reader: BufReader<TcpStream>,
    host: String,
}

impl Connection {
    /// Sends a request, and reads the whole response; `None` if the connection ends before.
    pub(crate) fn call(
        &mut self,
        method: &str,
        path: &str,
        authorization: &str,
        body: Option<&Value>,
    ) -> Option<(u16, Value)> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: {authorization}\r\nAccept: application/json\r\n\
             X-Sandbox: 1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        );
        self.reader.get_mut().write_all(request.as_bytes()).ok()?;
        let mut line = String::new();
        self.reader.read_line(&mut line).ok()?;
        let status = line.split(' ').nth(1)?.parse().ok()?;
        let mut length = 0;
        loop {
            line.clear();
            if self.reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
        }
        let mut bytes = vec![0; length];
        self.reader.read_exact(&mut bytes).ok()?;
        Some((status, serde_json::from_slice(&bytes).unwrap_or_default()))
    }
}
