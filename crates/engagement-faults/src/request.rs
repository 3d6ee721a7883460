//! A received request.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A received request. Clones are cheap.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    bytes: Arc<[u8]>,
    /// Position of the body.
    body: usize,
}

impl Request {
    pub(crate) fn new(bytes: &[u8], body: usize) -> Self {
        Self {
            bytes: bytes.into(),
            body,
        }
    }

    /// The bytes of head and body, including the framing of chunks.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes as text. Invalid UTF-8 is replaced by U+FFFD.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    /// The bytes of the body, including the framing of chunks.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.bytes[self.body..]
    }

    /// The method, such as `GET`.
    #[must_use]
    pub fn method(&self) -> &str {
        self.request_line_part(0)
    }

    /// The request target, usually path and query.
    #[must_use]
    pub fn target(&self) -> &str {
        self.request_line_part(1)
    }

    /// The value of the first header with this name. Names are compared without case. `None` if it is missing or not UTF-8.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(self.head(), name)
    }

    fn request_line_part(&self, index: usize) -> &str {
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

/// The value of the first header with this name in a head.
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
