//! Faults.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

/// A fault of one request or its response.
///
/// The first three happen before the application sees the request; the others change its response. When a
/// [`Response`](crate::Response) has one of the first three, the request has been read already: the connection is reset,
/// or stays open without data, and no byte of the response is sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Fault {
    /// Waits for the first byte of the request, and resets the connection without reading it.
    ResetUnread,
    /// Reads this many bytes of the request, then neither reads nor writes. The connection stays open.
    StopReading {
        /// The number of bytes that are read. The application doesn't see them.
        after: usize,
    },
    /// Reads the whole request, and resets the connection. The application doesn't see the request.
    ResetUnhandled,
    /// Cuts the response. The application has executed the request.
    Cut {
        /// The position of the cut.
        at: CutPoint,
        /// What happens to the connection then.
        end: ConnectionEnd,
    },
    /// Sends the complete response in pieces, with a pause before each.
    Dribble {
        /// The number of bytes in a piece, at least 1. The last one may have fewer.
        bytes: usize,
        /// When a piece is sent.
        pace: Pace,
    },
    /// Sends `HTTP/1.1 100 Continue` and a blank line before the response.
    Continue {
        /// The number of times.
        times: usize,
    },
    /// Sends every header line twice, including `content-length` or `transfer-encoding`.
    DuplicateHeaders,
    /// Replaces the response by `200 OK` with an HTML page.
    Html,
    /// Sends a `content-length` that is larger than the body.
    LongerLength {
        /// The difference in bytes.
        by: usize,
        /// What happens to the connection after the last byte.
        end: ConnectionEnd,
    },
    /// Sends a `content-length` that is smaller than the body. The complete body is sent, and the connection stays open.
    ShorterLength {
        /// The difference in bytes, at most the length of the body.
        by: usize,
    },
    /// Adds a header `x-large` whose value is `a`, repeated.
    LargeHeader {
        /// The length of the value in bytes.
        bytes: usize,
    },
    /// Replaces the body by these bytes, and adds a `content-encoding`.
    Encoded {
        /// The value of the header, such as `gzip`.
        encoding: String,
        /// The bytes, which need not be in that encoding.
        body: Vec<u8>,
    },
    /// Sends a chunked response whose first size line is `wrong`. Everything else is valid.
    GarbageChunkSize,
    /// Sends a chunked response whose last chunk with data is shorter than its size. The line break after it and the final
    /// chunk follow.
    ShortChunk {
        /// The difference in bytes.
        missing: usize,
        /// What happens to the connection then.
        end: ConnectionEnd,
    },
    /// Sends a chunked response without the final chunk of size 0.
    NoLastChunk {
        /// What happens to the connection instead.
        end: ConnectionEnd,
    },
}

/// A position in a response. Bytes are counted as sent, including the framing of chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CutPoint {
    /// Before the first byte.
    Start,
    /// In the middle of the head.
    Head,
    /// After the blank line that ends the head.
    Body,
    /// In the middle of the body.
    HalfBody,
    /// After the last byte.
    End,
    /// After this many bytes, or after the last one if there are fewer.
    Byte(usize),
}

/// What happens to a connection after a cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectionEnd {
    /// The connection is reset. The client receives the bytes sent before, and then an error. Bytes that exceed the buffers
    /// of its socket are lost.
    Reset,
    /// The connection is closed normally.
    Close,
    /// The server closes its writing side. It continues to read, and discards the data.
    CloseWriting,
    /// The connection stays open without data. The server continues to read, and discards the data.
    Silence,
}

/// When the pieces of a response with [`Fault::Dribble`] are sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Pace {
    /// After a pause each, by Tokio's clock, which tests can pause and advance.
    Every(Duration),
    /// One for each permit that the caller adds.
    Permits(Arc<Semaphore>),
}

impl Fault {
    /// Whether the application sees the request.
    pub(crate) fn reaches_application(&self) -> bool {
        !matches!(
            self,
            Self::ResetUnread | Self::StopReading { .. } | Self::ResetUnhandled
        )
    }
}
