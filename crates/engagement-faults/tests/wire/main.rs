//! The bytes on the wire, as a plain TCP connection receives them.

mod faults;
mod responses;
mod server;

use std::io::ErrorKind;
use std::task::Poll;

use engagement_faults::FaultServer;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;

const GET: &str = "GET /a?b=c HTTP/1.1\r\nhost: x\r\n\r\n";
const POST: &str = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nä\r\n";

async fn connect(server: &FaultServer) -> TcpStream {
    TcpStream::connect(server.address()).await.unwrap()
}

/// Sends a text and closes the writing side. Returns all that is received, and how the connection ends.
async fn exchange(server: &FaultServer, sent: impl AsRef<[u8]>) -> (String, Option<ErrorKind>) {
    let mut stream = connect(server).await;
    stream.write_all(sent.as_ref()).await.unwrap();
    stream.shutdown().await.unwrap();
    rest(&mut stream).await
}

/// As [`exchange`], with the writing side open, so that only the server can end the connection.
async fn exchange_open(
    server: &FaultServer,
    sent: impl AsRef<[u8]>,
) -> (String, Option<ErrorKind>) {
    let mut stream = connect(server).await;
    stream.write_all(sent.as_ref()).await.unwrap();
    rest(&mut stream).await
}

/// Reads to the end of the connection.
async fn rest(stream: &mut TcpStream) -> (String, Option<ErrorKind>) {
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8(bytes).unwrap();
    (text, end.err().map(|error| error.kind()))
}

/// Reads this many bytes.
async fn read(stream: &mut TcpStream, count: usize) -> String {
    let mut bytes = vec![0; count];
    stream.read_exact(&mut bytes).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Runs the server until it waits.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// Whether the connection is open and has no data.
async fn is_silent(stream: &mut TcpStream) -> bool {
    settle().await;
    let mut byte = [0];
    std::future::poll_fn(|context| {
        let read =
            std::pin::Pin::new(&mut *stream).poll_read(context, &mut ReadBuf::new(&mut byte));
        Poll::Ready(read.is_pending())
    })
    .await
}

fn texts(server: &FaultServer) -> Vec<String> {
    let requests = server.requests();
    requests
        .iter()
        .map(|request| request.text().into_owned())
        .collect()
}
