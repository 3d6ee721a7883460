//! Requests from a connection, one after the other.

use std::io;

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use crate::request::{Request, header};

pub(crate) struct Reader {
    pub(crate) stream: TcpStream,
    /// What was read and is not a part of a request that was returned.
    pub(crate) buffer: Vec<u8>,
}

impl Reader {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    /// Waits for the first byte of a request without reading it. `false` if none comes.
    pub(crate) async fn begins(&mut self) -> bool {
        !self.buffer.is_empty() || matches!(self.stream.peek(&mut [0]).await, Ok(1))
    }

    /// Reads until there are so many bytes, and no byte more.
    pub(crate) async fn read_to(&mut self, count: usize) -> io::Result<()> {
        let mut chunk = [0; 4096];
        while self.buffer.len() < count {
            let most = chunk.len().min(count - self.buffer.len());
            let read = self.stream.read(&mut chunk[..most]).await?;
            self.took(&chunk[..read])?;
        }
        Ok(())
    }

    /// A whole request. What came of it stays in the buffer when it breaks off or makes no sense.
    pub(crate) async fn request(&mut self) -> io::Result<Request> {
        let body = self.find(b"\r\n\r\n", 0).await? + 4;
        let head = &self.buffer[..body];
        let chunked = header(head, "transfer-encoding")
            .is_some_and(|value| value.to_ascii_lowercase().ends_with("chunked"));
        let end = if chunked {
            self.chunks_end(body).await?
        } else {
            let length = header(head, "content-length").map_or(Ok(0), str::parse);
            after(body, length.map_err(|_| nonsense())?)?
        };
        while self.buffer.len() < end {
            self.read().await?;
        }
        let request = Request::new(&self.buffer[..end], body);
        self.buffer.drain(..end);
        Ok(request)
    }

    /// Reads and drops until the other side has closed.
    pub(crate) async fn drain(&mut self) {
        let mut chunk = [0; 4096];
        while let Ok(1..) = self.stream.read(&mut chunk).await {}
    }

    /// Where a chunked body that begins at `from` ends.
    async fn chunks_end(&mut self, from: usize) -> io::Result<usize> {
        let mut at = from;
        loop {
            let line = self.find(b"\r\n", at).await?;
            let size = str::from_utf8(&self.buffer[at..line]).map_err(|_| nonsense())?;
            let size = size.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(|_| nonsense())?;
            if size == 0 {
                // The blank line comes at once, or after trailers.
                return Ok(self.find(b"\r\n\r\n", line).await? + 4);
            }
            at = after(line + 4, size)?;
        }
    }

    /// Where `wanted` is, from some place on.
    async fn find(&mut self, wanted: &[u8], from: usize) -> io::Result<usize> {
        let mut from = from;
        loop {
            let rest = self.buffer.get(from..).unwrap_or_default();
            if let Some(at) = rest.windows(wanted.len()).position(|bytes| bytes == wanted) {
                return Ok(from + at);
            }
            from = from.max((self.buffer.len() + 1).saturating_sub(wanted.len()));
            self.read().await?;
        }
    }

    async fn read(&mut self) -> io::Result<()> {
        let mut chunk = [0; 16 * 1024];
        let read = self.stream.read(&mut chunk).await?;
        self.took(&chunk[..read])
    }

    fn took(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }
}

fn after(at: usize, size: usize) -> io::Result<usize> {
    at.checked_add(size).ok_or_else(nonsense)
}

fn nonsense() -> io::Error {
    io::ErrorKind::InvalidData.into()
}
