//! Reading requests from a connection.

use std::io;

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use crate::request::{Request, header};

pub(crate) struct Reader {
    pub(crate) stream: TcpStream,
    /// Bytes that were read and belong to no returned request.
    pub(crate) buffer: Vec<u8>,
}

impl Reader {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    /// Waits for the first byte of a request without reading it. Returns `false` if the connection ends.
    pub(crate) async fn has_request(&mut self) -> bool {
        !self.buffer.is_empty() || matches!(self.stream.peek(&mut [0]).await, Ok(1))
    }

    /// Reads until the buffer has exactly this many bytes.
    pub(crate) async fn read_exactly(&mut self, count: usize) -> io::Result<()> {
        let mut chunk = [0; 4096];
        while self.buffer.len() < count {
            let max = chunk.len().min(count - self.buffer.len());
            let read = self.stream.read(&mut chunk[..max]).await?;
            self.append(&chunk[..read])?;
        }
        Ok(())
    }

    /// Reads a request. If it is incomplete or invalid, its bytes stay in the buffer.
    pub(crate) async fn request(&mut self) -> io::Result<Request> {
        let body = self.find(b"\r\n\r\n", 0).await? + 4;
        let head = &self.buffer[..body];
        let chunked = header(head, "transfer-encoding")
            .is_some_and(|value| value.to_ascii_lowercase().ends_with("chunked"));
        let end = if chunked {
            self.chunks_end(body).await?
        } else {
            let length = header(head, "content-length").map_or(Ok(0), str::parse);
            checked_add(body, length.map_err(|_| invalid_data())?)?
        };
        while self.buffer.len() < end {
            self.read().await?;
        }
        let request = Request::new(&self.buffer[..end], body);
        self.buffer.drain(..end);
        Ok(request)
    }

    /// The end of a chunked body that starts at a position.
    async fn chunks_end(&mut self, from: usize) -> io::Result<usize> {
        let mut at = from;
        loop {
            let line = self.find(b"\r\n", at).await?;
            let size = str::from_utf8(&self.buffer[at..line]).map_err(|_| invalid_data())?;
            let size = size.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(|_| invalid_data())?;
            if size == 0 {
                // The blank line follows immediately, or after trailers.
                return Ok(self.find(b"\r\n\r\n", line).await? + 4);
            }
            at = checked_add(line + 4, size)?;
        }
    }

    /// The position of a pattern, searched from a position on.
    async fn find(&mut self, pattern: &[u8], from: usize) -> io::Result<usize> {
        let mut from = from;
        loop {
            let rest = self.buffer.get(from..).unwrap_or_default();
            if let Some(at) = rest
                .windows(pattern.len())
                .position(|bytes| bytes == pattern)
            {
                return Ok(from + at);
            }
            from = from.max((self.buffer.len() + 1).saturating_sub(pattern.len()));
            self.read().await?;
        }
    }

    async fn read(&mut self) -> io::Result<()> {
        let mut chunk = [0; 16 * 1024];
        let read = self.stream.read(&mut chunk).await?;
        self.append(&chunk[..read])
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }
}

fn checked_add(position: usize, size: usize) -> io::Result<usize> {
    position.checked_add(size).ok_or_else(invalid_data)
}

fn invalid_data() -> io::Error {
    io::ErrorKind::InvalidData.into()
}
