//! The response of the application.

use crate::fault::Fault;

/// A response, and the fault that it is sent with.
///
/// ```
/// use engagement_faults::{ConnectionEnd, CutPoint, Fault, Response};
///
/// let cut = Fault::Cut { at: CutPoint::Start, end: ConnectionEnd::Reset };
/// let lost = Response::json(r#"{"id": 1}"#).fault(cut);
/// ```
#[derive(Debug, Clone)]
pub struct Response {
    pub(crate) content: Content,
    pub(crate) fault: Option<Fault>,
}

#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// The bytes of head and body.
    Raw(Vec<u8>),
    Parts(Parts),
}

/// The parts of a response, which faults can change.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) status: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
}

#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// A body with `content-length`.
    Sized(Vec<u8>),
    Chunked(Vec<Vec<u8>>),
}

impl Body {
    pub(crate) fn into_chunks(self) -> Vec<Vec<u8>> {
        match self {
            Self::Chunked(chunks) => chunks,
            Self::Sized(body) if body.is_empty() => Vec::new(),
            Self::Sized(body) => vec![body],
        }
    }
}

impl Response {
    /// A response without a body. The status is written after `HTTP/1.1 ` as it is, for example `200 OK`.
    #[must_use]
    pub fn new(status: impl Into<String>) -> Self {
        let parts = Parts {
            status: status.into(),
            headers: Vec::new(),
            body: Body::Sized(Vec::new()),
        };
        Self {
            content: Content::Parts(parts),
            fault: None,
        }
    }

    /// `200 OK` with a JSON body.
    #[must_use]
    pub fn json(body: impl Into<Vec<u8>>) -> Self {
        Self::new("200 OK")
            .header("content-type", "application/json")
            .body(body)
    }

    /// Writes these bytes, head and body, as they are. The other setters have no effect. Of the faults, only those that
    /// cut, pause or replace the response have an effect, and [`Fault::Continue`]. The connection stays open afterwards.
    #[must_use]
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            content: Content::Raw(bytes.into()),
            fault: None,
        }
    }

    /// Adds a header line as it is. `content-length` or `transfer-encoding` is added automatically, unless one of them is
    /// set here.
    #[must_use]
    pub fn header(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.change(|parts| parts.headers.push((name.into(), value.into())))
    }

    /// Sets a body with a `content-length`.
    #[must_use]
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        self.change(|parts| parts.body = Body::Sized(body.into()))
    }

    /// Sets a chunked body. Empty chunks are left out, because they would end the body.
    #[must_use]
    pub fn chunks<C: Into<Vec<u8>>>(self, chunks: impl IntoIterator<Item = C>) -> Self {
        let chunks = chunks.into_iter().map(Into::into);
        let chunks = chunks.filter(|chunk| !chunk.is_empty()).collect();
        self.change(|parts| parts.body = Body::Chunked(chunks))
    }

    /// Sets the fault. A fault of the server's [plan](crate::FaultServer::plan) takes precedence.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }

    fn change(mut self, change: impl FnOnce(&mut Parts)) -> Self {
        if let Content::Parts(parts) = &mut self.content {
            change(parts);
        }
        self
    }
}
