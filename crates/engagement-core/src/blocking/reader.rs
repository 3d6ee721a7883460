//! Uploads from blocking readers.

use std::io::{self, Read};

use bytes::Bytes;
use futures_util::stream;
use tokio::task::spawn_blocking;
use tokio_util::io::StreamReader;

use crate::request::upload::{CHUNK, Upload};

impl Upload {
    /// Any blocking reader, such as a decompressor or a pipe. Async clients can send it too: it is read on separate threads,
    /// 64 KiB at a time. Otherwise it is like [`from_reader`](Self::from_reader), including [`length`](Self::length).
    ///
    /// If the reader panics, the call fails.
    pub fn from_blocking_reader(
        file_name: impl Into<String>,
        reader: impl Read + Send + 'static,
    ) -> Self {
        let chunks = stream::try_unfold(reader, |mut reader| async move {
            let reading = spawn_blocking(move || {
                let chunk = read(&mut reader)?;
                Ok::<_, io::Error>((chunk, reader))
            });
            let ended = |_| io::Error::other("the reader panicked");
            let (chunk, reader) = reading.await.map_err(ended)??;
            Ok::<_, io::Error>((!chunk.is_empty()).then_some((chunk, reader)))
        });
        Self::from_reader(file_name, StreamReader::new(chunks))
    }
}

/// The next bytes; empty at the end.
fn read(reader: &mut impl Read) -> io::Result<Bytes> {
    let mut chunk = vec![0; CHUNK];
    loop {
        match reader.read(&mut chunk) {
            Ok(count) => {
                chunk.truncate(count);
                return Ok(chunk.into());
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
