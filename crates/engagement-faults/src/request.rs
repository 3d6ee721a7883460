//! A request as it arrived.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A whole request, to its last byte. Clones are cheap.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    bytes: Arc<[u8]>,
    /// Where the body begins.
    body: usize,
}

impl Request {
    pub(crate) fn new(bytes: &[u8], body: usize) -> Self {
        Self {
            bytes: bytes.into(),
            body,
        }
    }

    /// Its bytes, head and body, with the framing of chunks if it is chunked.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its bytes as text. What isn't UTF-8 is replaced by U+FFFD.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    /// The bytes after the head, with the framing of chunks if it is chunked.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.bytes[self.body..]
    }

    /// The first word of the request, such as `GET`.
    #[must_use]
    pub fn method(&self) -> &str {
        self.word(0)
    }

    /// The second word of the request, usually a path with a query.
    #[must_use]
    pub fn target(&self) -> &str {
        self.word(1)
    }

    /// The value of the first header of this name, whatever the case of its letters, if it is UTF-8.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(self.head(), name)
    }

    fn word(&self, index: usize) -> &str {
        let line = self.head().split(|byte| *byte == b'\r').next();
        let line = line.and_then(|line| str::from_utf8(line).ok());
        line.and_then(|line| line.split(' ').nth(index))
            .unwrap_or_default()
    }

    fn head(&self) -> &[u8] {
        &self.bytes[..self.body]
    }

    pub(crate) fn wants_close(&self) -> bool {
        self.header("connection")
            .is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }
}

/// The value of a header in a head.
pub(crate) fn header<'a>(head: &'a [u8], name: &str) -> Option<&'a str> {
    let lines = head.split(|byte| *byte == b'\n').skip(1);
    let mut lines = lines.filter_map(|line| str::from_utf8(line).ok()?.split_once(':'));
    let (_, value) = lines.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(value.trim())
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text())
    }
}
