//! What the application answers.

use crate::fault::Fault;

/// An answer, and what goes wrong with it.
///
/// ```
/// use engagement_faults::{Answer, At, End, Fault};
///
/// let lost = Answer::json(r#"{"id": 1}"#).fault(Fault::Cut { at: At::Start, end: End::Reset });
/// ```
#[derive(Debug, Clone)]
pub struct Answer {
    pub(crate) content: Content,
    pub(crate) fault: Option<Fault>,
}

#[derive(Debug, Clone)]
pub(crate) enum Content {
    Raw(Vec<u8>),
    Parts(Parts),
}

/// An answer that faults can still change.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) status: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
}

#[derive(Debug, Clone)]
pub(crate) enum Body {
    Whole(Vec<u8>),
    Chunks(Vec<Vec<u8>>),
}

impl Body {
    pub(crate) fn into_chunks(self) -> Vec<Vec<u8>> {
        match self {
            Self::Chunks(chunks) => chunks,
            Self::Whole(body) if body.is_empty() => Vec::new(),
            Self::Whole(body) => vec![body],
        }
    }
}

impl Answer {
    /// An answer without a body. The status goes after `HTTP/1.1 ` as it is, such as `200 OK`.
    #[must_use]
    pub fn new(status: impl Into<String>) -> Self {
        let parts = Parts {
            status: status.into(),
            headers: Vec::new(),
            body: Body::Whole(Vec::new()),
        };
        Self {
            content: Content::Parts(parts),
            fault: None,
        }
    }

    /// `200 OK` with JSON.
    #[must_use]
    pub fn json(body: impl Into<Vec<u8>>) -> Self {
        Self::new("200 OK")
            .header("content-type", "application/json")
            .body(body)
    }

    /// These bytes as they are, head and body. Only faults about breaking off, pauses and `100 Continue` and
    /// [`Fault::Html`] do anything to it, and no other setter does. The connection stays open afterwards.
    #[must_use]
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            content: Content::Raw(bytes.into()),
            fault: None,
        }
    }

    /// Adds a header line, exactly so. `content-length` and `transfer-encoding` are written by themselves, unless one
    /// of them is given here.
    #[must_use]
    pub fn header(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.change(|parts| parts.headers.push((name.into(), value.into())))
    }

    /// A body with a `content-length`.
    #[must_use]
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        self.change(|parts| parts.body = Body::Whole(body.into()))
    }

    /// A chunked body. Empty chunks are left out: they would end it.
    #[must_use]
    pub fn chunks<C: Into<Vec<u8>>>(self, chunks: impl IntoIterator<Item = C>) -> Self {
        let chunks = chunks.into_iter().map(Into::into);
        let chunks = chunks.filter(|chunk| !chunk.is_empty()).collect();
        self.change(|parts| parts.body = Body::Chunks(chunks))
    }

    /// What goes wrong with it. A fault from the server's [plan](crate::FaultServer::plan) goes before this one.
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
