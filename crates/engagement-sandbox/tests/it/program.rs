//! The program, and how it is stopped.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A running program, which is killed if the test fails.
struct Program(Child);

impl Program {
    /// Starts it, and returns the address that it prints.
    fn start() -> (Self, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_engagement-sandbox"));
        let command = command.arg("--quiet").stdout(Stdio::piped());
        let mut program = Self(command.spawn().expect("the program starts"));
        let stdout = program.0.stdout.take().expect("a pipe");
        let address = BufReader::new(stdout).lines().find_map(|line| {
            let line = line.expect("text");
            let (_, page) = line.split_once("faults: http://")?;
            Some(page.trim_end_matches('/').to_owned())
        });
        (program, address.expect("the address of the page"))
    }

    /// What Ctrl-C sends.
    fn interrupt(&self) {
        let mut kill = Command::new("kill");
        let sent = kill.arg("-INT").arg(self.0.id().to_string()).status();
        assert!(sent.expect("`kill` runs").success());
    }

    fn exit_code(&mut self) -> Option<i32> {
        self.0.wait().expect("it ends").code()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A request whose body is awaited.
fn half_a_request(address: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).expect("a connection");
    let head = "POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n";
    connection.write_all(head.as_bytes()).expect("written");
    let mut response = [0; 25];
    connection.read_exact(&mut response).expect("a response");
    assert_eq!(&response, b"HTTP/1.1 100 Continue\r\n\r\n");
    connection
}

#[test]
fn one_interrupt_stops_it() {
    let (mut program, address) = Program::start();
    drop(half_a_request(&address));
    program.interrupt();
    assert_eq!(program.exit_code(), Some(0));
}

/// The exit code tells that from the end of the time that requests which have begun get.
#[test]
fn a_second_interrupt_stops_it_at_once() {
    let (mut program, address) = Program::start();
    let held = half_a_request(&address);
    program.interrupt();
    // It listens for another interrupt before it stops to accept connections.
    while TcpStream::connect(&address).is_ok() {
        std::thread::yield_now();
    }
    program.interrupt();
    assert_eq!(program.exit_code(), Some(130));
    drop(held);
}
