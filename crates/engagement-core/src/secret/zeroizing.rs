//! Buffers that may contain secrets: wiped when they are dropped and when they are reallocated.

use std::io;

use bytes::Bytes;
use zeroize::{Zeroize as _, Zeroizing};

/// A body while it is written.
#[derive(Default)]
pub(crate) struct Wiped(Zeroizing<Vec<u8>>);

impl Wiped {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(bytes)))
    }

    /// Makes room for `more` bytes. A vector that grows by itself would leave its content behind in freed memory.
    #[cold]
    fn grow(&mut self, more: usize) {
        const LEAST: usize = 256;
        let needed = self.0.len().saturating_add(more);
        let room = needed.max(self.0.capacity().saturating_mul(2)).max(LEAST);
        let mut larger = Vec::with_capacity(room);
        larger.extend_from_slice(&self.0);
        self.0.zeroize();
        *self.0 = larger;
    }

    #[inline]
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        if bytes.len() > self.0.capacity() - self.0.len() {
            self.grow(bytes.len());
        }
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn as_ref(&self) -> &[u8] {
        &self.0
    }

    /// The content as text, if it is.
    pub(crate) fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// All clones share one buffer, which is wiped when the last is dropped.
    pub(crate) fn into_bytes(self) -> Bytes {
        Bytes::from_owner(self.0)
    }
}

impl io::Write for Wiped {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.extend(bytes);
        Ok(bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.extend(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn what_is_written_is_kept_while_it_grows() {
        let mut wiped = Wiped::default();
        let mut expected = Vec::new();
        for at in 0..2000_usize {
            let piece = vec![u8::try_from(at % 251).unwrap(); at % 7];
            wiped.write_all(&piece).unwrap();
            expected.extend(piece);
        }
        assert_eq!(wiped.into_bytes(), expected);
    }

    #[test]
    fn clones_share_the_one_buffer_that_is_wiped() {
        let mut wiped = Wiped::default();
        wiped.extend(b"secret");
        let written = wiped.0.as_ptr();
        let bytes = wiped.into_bytes();
        assert_eq!((bytes.as_ptr(), bytes.clone().as_ptr()), (written, written));
    }
}
