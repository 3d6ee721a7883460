//! A file of any size is uploaded with little memory.
//!
//! A program of its own, because the peak memory of the process is measured. The server is another process of this program,
//! selected by a variable.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use webengage_client::Client;

const FILE_BYTES: u64 = 500 * 1024 * 1024;
const MOST_KIB: u64 = 50 * 1024;
const SERVER: &str = "WEBENGAGE_TEST_UPLOAD_SERVER";

#[test]
fn half_a_gigabyte_takes_less_than_50_megabytes() {
    if std::env::var_os(SERVER).is_some() {
        return serve();
    }
    if peak_kib().is_none() {
        println!("skipped: /proc/self/status doesn't report the peak here");
        return;
    }
    let file = Sparse::new();
    let (mut server, mut lines) = start_server();
    let url = line(&mut lines, "listening ");
    let client = Client::builder("demo4f2a", "key")
        .base_url(&url)
        .server_url("dashboard", url)
        .timeout(Duration::from_secs(600))
        .attempt_timeout(Duration::from_secs(600))
        .build()
        .unwrap();
    let started = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let upload = client.catalogs().upload("catalog_7", file.0.as_path());
    let done = runtime.block_on(upload.send()).unwrap();
    assert_eq!(done.message.as_deref(), Some("taken in"));
    let took = started.elapsed();

    assert_eq!(line(&mut lines, "counted "), FILE_BYTES.to_string());
    assert!(server.wait().unwrap().success());
    let peak = peak_kib().unwrap();
    println!("{FILE_BYTES} bytes in {took:?}, with {peak} KiB at most");
    assert!(peak < MOST_KIB, "{peak} KiB");
}

/// A sparse file.
struct Sparse(std::path::PathBuf);

impl Sparse {
    fn new() -> Self {
        let path =
            std::env::temp_dir().join(format!("webengage-upload-{}.csv", std::process::id()));
        File::create(&path).unwrap().set_len(FILE_BYTES).unwrap();
        Self(path)
    }
}

impl Drop for Sparse {
    fn drop(&mut self) {
        // It may be deleted already.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

type Lines = BufReader<std::process::ChildStdout>;

fn start_server() -> (Child, Lines) {
    let mut server = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "half_a_gigabyte_takes_less_than_50_megabytes",
            "--nocapture",
        ])
        .env(SERVER, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(server.stdout.take().unwrap());
    (server, lines)
}

/// The rest of the server's output line with this prefix. The test harness prints too.
fn line(lines: &mut Lines, prefix: &str) -> String {
    let mut line = String::new();
    loop {
        line.clear();
        assert_ne!(
            lines.read_line(&mut line).unwrap(),
            0,
            "the server did not print {prefix}"
        );
        if let Some((_, said)) = line.trim_end().split_once(prefix) {
            return said.to_owned();
        }
    }
}

/// Accepts one upload, and counts the bytes of its file.
fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("\nlistening http://{}", listener.local_addr().unwrap());
    let (stream, _) = listener.accept().unwrap();
    let mut input = BufReader::with_capacity(1 << 20, stream);
    let (mut length, mut boundary) = (0, String::new());
    for header in head(&mut input).lines() {
        let (name, value) = header.split_once(':').unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse::<u64>().unwrap(),
            "content-type" => boundary = value.split_once("boundary=").unwrap().1.to_owned(),
            _ => {}
        }
    }
    let before = head(&mut input).len() as u64;
    let after = format!("\r\n--{boundary}--\r\n").len() as u64;
    let rest = std::io::copy(
        &mut input.by_ref().take(length - before),
        &mut std::io::sink(),
    )
    .unwrap();
    println!("\ncounted {}", rest - after);
    let body = r#"{"response":{"data":{},"message":"taken in","status":"success"}}"#;
    let response = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    input.get_mut().write_all(response.as_bytes()).unwrap();
}

/// The text up to and including an empty line.
fn head(input: &mut BufReader<TcpStream>) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(input.read_line(&mut head).unwrap(), 0);
    }
    head
}
