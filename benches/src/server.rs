//! A server for a process of its own, so that its work isn't counted.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use crate::{contacts::sample, messages};

/// Prints its URL and responds until it is killed: with a message to what goes to `/messages`, with a page of contacts to
/// other `POST`s, with one contact to anything else.
///
/// # Errors
/// If it can't listen, or nobody is there to read the URL.
pub fn run() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("http://{}", listener.local_addr()?);
    io::stdout().flush()?;
    let responses = Responses {
        contact: response(&sample::one()),
        page: response(&sample::page()),
        message: response(messages::SAMPLE),
    };
    loop {
        let (stream, _) = listener.accept()?;
        // One connection at a time, for as long as it lasts.
        let _ = serve(stream, &responses);
    }
}

struct Responses {
    contact: Vec<u8>,
    page: Vec<u8>,
    message: Vec<u8>,
}

fn response(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}

fn serve(stream: TcpStream, responses: &Responses) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    loop {
        let (mut response, mut length) = (&responses.contact, 0);
        let mut line = String::new();
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if line.starts_with("POST /messages") {
                response = &responses.message;
            } else if line.starts_with("POST ") {
                response = &responses.page;
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            if line == "\r\n" {
                break;
            }
        }
        io::copy(&mut reader.by_ref().take(length), &mut io::sink())?;
        reader.get_mut().write_all(response)?;
    }
}
