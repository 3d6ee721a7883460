//! Uploads of files.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use reqwest::Body;
use reqwest::multipart::{Form, Part};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::time::Instant;
use tokio_util::io::ReaderStream;

/// Number of bytes of a file that are in memory at a time.
pub(crate) const CHUNK: usize = 64 * 1024;

type Reader = Pin<Box<dyn AsyncRead + Send>>;

/// A file to upload: from disk, from memory or from any reader. It is streamed in chunks of 64 KiB, and never loaded fully.
///
/// Time limits restart whenever the server accepts more of the file. An upload without progress for
/// [`attempt_timeout`](crate::ClientBuilder::attempt_timeout) fails.
///
/// Calls accept everything that converts into it, such as a path:
///
/// ```
/// use std::path::Path;
///
/// # use engagement_core::Upload;
/// let report = Upload::from(Path::new("out/report.csv")).content_type("text/csv");
/// let note = Upload::from_bytes("note.txt", "Hello");
/// ```
#[derive(Clone)]
#[must_use = "an upload is sent only as part of a call"]
pub struct Upload {
    source: UploadSource,
    file_name: String,
    content_type: Option<String>,
    length: Option<u64>,
}

#[derive(Clone)]
enum UploadSource {
    File(PathBuf),
    Bytes(Bytes),
    /// Shared by all clones; the first that is sent takes it.
    Reader(Arc<Mutex<Option<Reader>>>),
}

impl Upload {
    /// A file on disk, with its own name. It is opened when the call is sent. If it cannot be opened, the call fails and
    /// nothing is sent.
    pub fn from_path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let file_name = path
            .file_name()
            .map_or_else(|| "file".into(), |name| name.to_string_lossy().into_owned());
        Self::new(UploadSource::File(path), file_name)
    }

    /// Bytes in memory.
    pub fn from_bytes(file_name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self::new(UploadSource::Bytes(bytes.into()), file_name.into())
    }

    /// Any reader. It can be sent only once, by one of its clones: sending it again is an error, and a request with it is
    /// neither retried nor repeated with a new token after a 401. Set its [`length`](Self::length) if you know it, because
    /// some servers reject requests of unknown length.
    pub fn from_reader(
        file_name: impl Into<String>,
        reader: impl AsyncRead + Send + 'static,
    ) -> Self {
        let reader: Reader = Box::pin(reader);
        Self::new(
            UploadSource::Reader(Arc::new(Mutex::new(Some(reader)))),
            file_name.into(),
        )
    }

    fn new(source: UploadSource, file_name: String) -> Self {
        Self {
            source,
            file_name,
            content_type: None,
            length: None,
        }
    }

    /// Sets the number of bytes of a reader. Further bytes are not sent; fewer are an error. It has no effect on files and
    /// bytes, whose length is known.
    pub fn length(mut self, length: u64) -> Self {
        self.length = Some(length);
        self
    }

    /// Sets the content type, such as `text/csv`; if not set, the one that the operation documents, if any.
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// Sets the file name that is sent.
    pub fn file_name(mut self, file_name: impl Into<String>) -> Self {
        self.file_name = file_name.into();
        self
    }

    fn can_repeat(&self) -> bool {
        !matches!(self.source, UploadSource::Reader(_))
    }

    /// The part of the form. An error contains neither the path nor the content.
    async fn part(
        &self,
        default_content_type: &'static str,
        progress: &Progress,
    ) -> Result<Part, String> {
        if self.file_name.chars().any(char::is_control) {
            return Err("has a file name with a control character".to_owned());
        }
        let part = match &self.source {
            UploadSource::Bytes(bytes) => {
                let length = bytes.len() as u64;
                let reader = std::io::Cursor::new(bytes.clone());
                Part::stream_with_length(body(reader, Some(length), progress), length)
            }
            UploadSource::File(path) => {
                let (file, length) = open(path).await.map_err(|error| {
                    // The text of an I/O error contains no path.
                    format!("is a file that cannot be opened: {error}")
                })?;
                Part::stream_with_length(body(file, Some(length), progress), length)
            }
            UploadSource::Reader(reader) => {
                let mut reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
                let reader = reader.take().ok_or_else(|| {
                    "is a reader that was already sent: it can be read only once".to_owned()
                })?;
                match self.length {
                    Some(length) => {
                        Part::stream_with_length(body(reader, Some(length), progress), length)
                    }
                    None => Part::stream(body(reader, None, progress)),
                }
            }
        };
        let part = part.file_name(self.file_name.clone());
        match self.content_type.as_deref().unwrap_or(default_content_type) {
            "" => Ok(part),
            content_type => part
                .mime_str(content_type)
                .map_err(|_| "has an invalid content type".to_owned()),
        }
    }
}

async fn open(path: &Path) -> io::Result<(tokio::fs::File, u64)> {
    let file = tokio::fs::File::open(path).await?;
    let metadata = file.metadata().await?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok((file, metadata.len()))
}

/// The bytes of `reader` in chunks. With a length, any other number of bytes is an error: a file can change while it is sent,
/// and the header has announced its length.
fn body(reader: impl AsyncRead + Send + 'static, length: Option<u64>, progress: &Progress) -> Body {
    let chunks = ReaderStream::with_capacity(reader.take(length.unwrap_or(u64::MAX)), CHUNK);
    let state = (Box::pin(chunks), length, progress.clone());
    Body::wrap_stream(stream::unfold(Some(state), |state| async move {
        let (mut chunks, missing, progress) = state?;
        match chunks.next().await {
            Some(Ok(chunk)) => {
                progress.made();
                let missing = missing.map(|missing| missing.saturating_sub(chunk.len() as u64));
                Some((Ok(chunk), Some((chunks, missing, progress))))
            }
            Some(Err(error)) => Some((Err(UploadReadError(error)), None)),
            None if missing.is_some_and(|missing| missing > 0) => Some((
                Err(UploadReadError(io::ErrorKind::UnexpectedEof.into())),
                None,
            )),
            None => None,
        }
    }))
}

/// The time at which the server last accepted a part of an upload.
#[derive(Clone)]
pub(crate) struct Progress {
    started: Instant,
    /// Milliseconds after `started`; 0 for never.
    last: Arc<AtomicU64>,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            last: Arc::default(),
        }
    }

    fn made(&self) {
        let millis = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(millis.max(1), Ordering::Relaxed);
    }

    pub(crate) fn last(&self) -> Option<Instant> {
        match self.last.load(Ordering::Relaxed) {
            0 => None,
            millis => Some(self.started + Duration::from_millis(millis)),
        }
    }
}

/// An upload could not be read to its end.
#[derive(Debug)]
pub(crate) struct UploadReadError(io::Error);

impl fmt::Display for UploadReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an upload could not be read to its end: {}", self.0)
    }
}

impl std::error::Error for UploadReadError {}

impl From<PathBuf> for Upload {
    fn from(path: PathBuf) -> Self {
        Self::from_path(path)
    }
}

impl From<&Path> for Upload {
    fn from(path: &Path) -> Self {
        Self::from_path(path)
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match self.source {
            UploadSource::File(_) => "file",
            UploadSource::Bytes(_) => "bytes",
            UploadSource::Reader(_) => "reader",
        };
        f.debug_struct("Upload")
            .field("source", &source)
            .finish_non_exhaustive()
    }
}

/// The parts of a `multipart/form-data` body.
#[derive(Default)]
pub(crate) struct Multipart(Vec<(String, FormPart)>);

enum FormPart {
    /// A text and its content type; empty means none.
    Text(String, &'static str),
    File(Upload, &'static str),
}

impl Multipart {
    pub(crate) fn text(&mut self, name: &str, text: String) {
        self.typed(name, text, "");
    }

    pub(crate) fn typed(&mut self, name: &str, text: String, content_type: &'static str) {
        let part = FormPart::Text(text, content_type);
        self.0.push((name.to_owned(), part));
    }

    pub(crate) fn file(&mut self, name: &str, upload: Upload, default_content_type: &'static str) {
        let file = FormPart::File(upload, default_content_type);
        self.0.push((name.to_owned(), file));
    }

    /// Whether it can be sent more than once.
    pub(crate) fn can_repeat(&self) -> bool {
        self.0.iter().all(|(_, field)| match field {
            FormPart::Text(..) => true,
            FormPart::File(upload, _) => upload.can_repeat(),
        })
    }

    /// Opens all files.
    pub(crate) async fn form(&self, progress: &Progress) -> Result<Form, String> {
        // Names are encoded as browsers do; few servers understand the encoding of reqwest.
        let mut form = Form::new().percent_encode_noop();
        for (name, field) in &self.0 {
            let part = match field {
                FormPart::Text(text, "") => Part::text(text.clone()),
                FormPart::Text(text, content_type) => Part::text(text.clone())
                    .mime_str(content_type)
                    .map_err(|_| format!("`{name}` has an invalid content type"))?,
                FormPart::File(upload, default_content_type) => upload
                    .part(default_content_type, progress)
                    .await
                    .map_err(|reason| format!("`{name}` {reason}"))?,
            };
            form = form.part(written_name(name), part);
        }
        Ok(form)
    }
}

fn written_name(name: &str) -> Cow<'static, str> {
    let name = name.replace('\r', "%0D").replace('\n', "%0A");
    name.replace('"', "%22").into()
}
