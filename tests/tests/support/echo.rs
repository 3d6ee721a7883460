use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use engagement_tests::canary::{self, EMAIL};
use serde_json::Value;

/// A response. One without a status is none: the connection is closed.
#[derive(Clone, Default)]
pub(crate) struct Reply {
    pub status: &'static str,
    content_type: &'static str,
    body: String,
}

impl Reply {
    pub(crate) fn json(status: &'static str, body: &Value) -> Self {
        Self {
            status,
            content_type: "application/json",
            body: body.to_string(),
        }
    }

    pub(crate) fn text(status: &'static str, body: String) -> Self {
        Self {
            status,
            content_type: "text/plain",
            body,
        }
    }
}

/// A provider with prepared responses, with the canary in its headers.
pub(crate) struct Echo {
    url: String,
    shared: Arc<Mutex<(Reply, String)>>,
}

impl Echo {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::<Mutex<(Reply, String)>>::default();
        let responding = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let request = read(&mut stream);
                let mut shared = responding.lock().unwrap();
                shared.1 = request;
                write(&mut stream, &shared.0);
            }
        });
        Self { url, shared }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    pub(crate) fn respond_with(&self, reply: Reply) {
        *self.shared.lock().unwrap() = (reply, String::new());
    }

    /// The last request.
    pub(crate) fn request(&self) -> String {
        self.shared.lock().unwrap().1.clone()
    }
}

fn read(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.unwrap_or_default().parse().unwrap_or_default()];
    let _ = stream.read_exact(&mut body);
    if head.contains("transfer-encoding: chunked") {
        let mut ending = Vec::new();
        while !ending.ends_with(b"\r\n0\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
            ending.push(byte[0]);
        }
        body = ending;
    }
    head + &String::from_utf8_lossy(&body)
}

fn write(stream: &mut TcpStream, reply: &Reply) {
    if reply.status.is_empty() {
        return;
    }
    let echo = canary::echoes().remove(1);
    let _ = write!(
        stream,
        "HTTP/1.1 {}\r\nconnection: close\r\ncontent-type: {}\r\nx-request-id: {EMAIL}\r\nx-user: {EMAIL}\r\n\
         location: /users/{echo}?user={echo}\r\ncontent-length: {}\r\n\r\n{}",
        reply.status,
        reply.content_type,
        reply.body.len(),
        reply.body
    );
}
