//! What can go wrong on the wire.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

/// What goes wrong with one request.
///
/// The first three happen before the application sees the request; for the others it is asked for an answer first, as
/// if all were well. In an [`Answer`](crate::Answer) the first three are too late: the request was read then, so that
/// the connection is reset, or falls silent, without a byte of the answer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Fault {
    /// Waits for the first byte of the request and resets the connection without reading any.
    ResetUnread,
    /// Reads this many bytes of the request, and then neither reads nor writes, for ever.
    StopReading {
        /// How many bytes are read before; the application never sees them.
        after: usize,
    },
    /// Reads the whole request and resets the connection; the application never sees it.
    ResetUnhandled,
    /// The answer breaks off: what the application did for the request stays done.
    Cut {
        /// After which byte of the answer.
        at: At,
        /// What happens then.
        end: End,
    },
    /// The answer comes whole, in pieces with pauses between them. The first piece waits too.
    Dribble {
        /// Bytes in a piece; the last one may have fewer. At least 1.
        bytes: usize,
        /// When a piece is written.
        pace: Pace,
    },
    /// `HTTP/1.1 100 Continue` and a blank line, this many times, before the answer.
    Continue {
        /// How many times.
        times: usize,
    },
    /// Every header line is written twice, `content-length` or `transfer-encoding` too.
    DuplicateHeaders,
    /// `200 OK` with a page in HTML, whatever the application answered.
    Html,
    /// `content-length` promises more bytes than follow.
    LongerLength {
        /// How many more.
        by: usize,
        /// What happens after the last byte that does come.
        end: End,
    },
    /// `content-length` promises fewer bytes than follow. The connection stays open, with the rest on it.
    ShorterLength {
        /// How many fewer; at most the whole body.
        by: usize,
    },
    /// One more header, `x-large`, with a value of this many `a`.
    LargeHeader {
        /// Bytes of the value.
        bytes: usize,
    },
    /// In place of the body these bytes, which are written as they are, with a `content-encoding`.
    Encoded {
        /// The value of the header, such as `gzip`.
        encoding: String,
        /// The bytes, compressed or not.
        body: Vec<u8>,
    },
    /// The answer is chunked, and its first size line is `wrong` and no number. All else is in order.
    GarbageChunkSize,
    /// The answer is chunked, and its last chunk with data ends earlier than its size says. The bytes that should have
    /// closed it, and those of the final chunk, follow all the same.
    ShortChunk {
        /// How many bytes the size promises too many.
        missing: usize,
        /// What happens then.
        end: End,
    },
    /// The answer is chunked, and the final chunk, of size 0, never comes.
    NoLastChunk {
        /// What happens instead.
        end: End,
    },
}

/// A place in an answer. Bytes are counted as they are on the wire, with the framing of chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum At {
    /// Before its first byte.
    Start,
    /// In the middle of its head.
    Head,
    /// After the blank line that ends the head.
    Body,
    /// In the middle of its body.
    HalfBody,
    /// After its last byte.
    End,
    /// After this many bytes; after the last one if there are fewer.
    Byte(usize),
}

/// How an answer that breaks off ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// The connection is reset: the other side gets what was written, and then an error. What doesn't fit into the
    /// buffers of its socket is lost.
    Reset,
    /// The connection is closed in order.
    Close,
    /// Only the server's side is closed; it goes on reading, and drops what it reads.
    CloseWriting,
    /// Nothing more is written. The server goes on reading, and drops what it reads.
    Silence,
}

/// When a piece of a [dribbled](Fault::Dribble) answer is written.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Pace {
    /// After each such pause, by tokio's clock, which tests can stop and move.
    Every(Duration),
    /// For each permit that the caller adds.
    Permits(Arc<Semaphore>),
}

impl Fault {
    /// Whether the application is asked for an answer.
    pub(crate) fn lets_answer(&self) -> bool {
        !matches!(
            self,
            Self::ResetUnread | Self::StopReading { .. } | Self::ResetUnhandled
        )
    }
}
