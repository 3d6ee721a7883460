//! Files in requests.

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

/// How much of a file is in memory at a time.
pub(crate) const CHUNK: usize = 64 * 1024;

type Reader = Pin<Box<dyn AsyncRead + Send>>;

/// A file to send: from the disk, from memory or from any reader. It is read while it is sent, and never loaded whole.
///
/// The client's time limits don't hurry it: as long as the other side takes more of the file, they start anew. A transfer
/// that stands still for [`attempt_timeout`](crate::ClientBuilder::attempt_timeout) fails.
///
/// Calls take whatever converts into it, such as a path:
///
/// ```
/// use std::path::Path;
///
/// # use engagement_core::Upload;
/// let report = Upload::from(Path::new("out/report.csv")).content_type("text/csv");
/// let note = Upload::from_bytes("note.txt", "Hello");
/// ```
#[derive(Clone)]
#[must_use = "it is sent by giving it to a call"]
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
    /// All clones share it, and the first to be sent takes it.
    Reader(Arc<Mutex<Option<Reader>>>),
}

impl Upload {
    /// A file on the disk, under its own name. It is opened when the call is sent; one that cannot be opened is an
    /// error of the call, and nothing is sent then.
    pub fn from_path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let file_name = path
            .file_name()
            .map_or_else(|| "file".into(), |name| name.to_string_lossy().into_owned());
        Self::new(UploadSource::File(path), file_name)
    }

    /// What is in memory already.
    pub fn from_bytes(file_name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self::new(UploadSource::Bytes(bytes.into()), file_name.into())
    }

    /// Whatever can be read. It can be sent once, by one of its clones; sending it again is an error. So is a 401 that
    /// a new login could have mended. Give its [`length`](Self::length) if you know it: some servers refuse requests
    /// of unknown length.
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

    /// Says how many bytes a reader will give. Further ones are not sent, and fewer are an error. Files and bytes know
    /// their own length.
    pub fn length(mut self, length: u64) -> Self {
        self.length = Some(length);
        self
    }

    /// Sets the content type, such as `text/csv`; otherwise it is what the operation documents, if anything.
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// Sets the name that is told to the provider.
    pub fn file_name(mut self, file_name: impl Into<String>) -> Self {
        self.file_name = file_name.into();
        self
    }

    fn can_repeat(&self) -> bool {
        !matches!(self.source, UploadSource::Reader(_))
    }

    /// The part of the form. The reason of a refusal holds neither the path nor the content.
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
                    // Its own text has no path.
                    format!("is a file that cannot be opened: {error}")
                })?;
                Part::stream_with_length(body(file, Some(length), progress), length)
            }
            UploadSource::Reader(reader) => {
                let mut reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
                let reader = reader.take().ok_or_else(|| {
                    "is a reader that was sent already: it can be read once only".to_owned()
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
                .map_err(|_| "has a content type that is not valid".to_owned()),
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

/// What `reader` gives, in chunks. With a length it is exactly that much or an error: a file may change while it is
/// sent, and the other side was told how much to expect.
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

/// When the other side last took something of what one attempt uploads.
#[derive(Clone)]
pub(crate) struct Progress {
    started: Instant,
    /// Milliseconds after the start; 0 for never.
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

/// What was to be sent could not be read to its end.
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

/// A `multipart/form-data` body that is yet to be written.
#[derive(Default)]
pub(crate) struct Multipart(Vec<(String, FormPart)>);

enum FormPart {
    Text(String),
    File(Upload, &'static str),
}

impl Multipart {
    pub(crate) fn text(&mut self, name: &str, text: String) {
        self.0.push((name.to_owned(), FormPart::Text(text)));
    }

    pub(crate) fn file(&mut self, name: &str, upload: Upload, default_content_type: &'static str) {
        let file = FormPart::File(upload, default_content_type);
        self.0.push((name.to_owned(), file));
    }

    /// Whether it can be sent more than once.
    pub(crate) fn can_repeat(&self) -> bool {
        self.0.iter().all(|(_, field)| match field {
            FormPart::Text(_) => true,
            FormPart::File(upload, _) => upload.can_repeat(),
        })
    }

    /// Opens all files.
    pub(crate) async fn form(&self, progress: &Progress) -> Result<Form, String> {
        // Names are written as browsers do; what reqwest would make of odd ones is understood by few servers.
        let mut form = Form::new().percent_encode_noop();
        for (name, field) in &self.0 {
            let part = match field {
                FormPart::Text(text) => Part::text(text.clone()),
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
