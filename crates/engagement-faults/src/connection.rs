//! Writing a response to a connection, and ending the connection.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::fault::{ConnectionEnd, Pace};
use crate::response::Response;
use crate::wire::WireResponse;

impl Response {
    /// Sends the response over a connection that another server has accepted, with its fault, and ends the connection: as
    /// the fault says, otherwise by closing it. The request has been read, and is not a HEAD request.
    ///
    /// # Errors
    /// If the client has closed the connection.
    pub async fn send(mut self, mut stream: TcpStream) -> io::Result<()> {
        let fault = self.fault.take();
        let wire = WireResponse::new(self.header("connection", "close"), fault, false);
        write(&mut stream, &wire).await?;
        end(&mut stream, wire.end.unwrap_or(ConnectionEnd::Close)).await;
        Ok(())
    }
}

pub(crate) async fn write(stream: &mut TcpStream, wire: &WireResponse) -> io::Result<()> {
    let Some((size, pace)) = &wire.pace else {
        return stream.write_all(&wire.bytes).await;
    };
    for piece in wire.bytes.chunks(*size) {
        match pace {
            Pace::Every(pause) => tokio::time::sleep(*pause).await,
            Pace::Permits(permits) => match permits.acquire().await {
                Ok(permit) => permit.forget(),
                // The semaphore is closed: there will be no more permits.
                Err(_) => std::future::pending().await,
            },
        }
        stream.write_all(piece).await?;
    }
    Ok(())
}

/// Ends a connection, or keeps it open without data until the client closes it.
pub(crate) async fn end(stream: &mut TcpStream, end: ConnectionEnd) {
    match end {
        ConnectionEnd::Reset => drop(stream.set_zero_linger()),
        ConnectionEnd::Close => drop(stream.shutdown().await),
        ConnectionEnd::CloseWriting => {
            let _ = stream.shutdown().await;
            discard(stream).await;
        }
        ConnectionEnd::Silence => discard(stream).await,
    }
}

/// Reads and discards data until the client closes the connection.
async fn discard(stream: &mut TcpStream) {
    let mut chunk = [0; 4096];
    while let Ok(1..) = stream.read(&mut chunk).await {}
}
