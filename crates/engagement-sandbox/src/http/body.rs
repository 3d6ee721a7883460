//! What comes in, before it is understood.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use engagement_document::{BodyKind, Location, Operation};
use futures_util::StreamExt as _;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};

use crate::accounts::call::{Refused, UploadedFile, bad, refused};
use crate::http::multipart;
use crate::provider::Provider;

/// The most that a body may hold.
const MOST_BODY: usize = 1 << 20;
/// The same for bodies with files.
const MOST_FILES: usize = 32 << 20;
/// How much more of a larger body is read before the connection is given up, so that the sender sees the answer.
const MOST_EXCESS: usize = 32 << 20;

/// A whole body.
#[derive(Default)]
pub(crate) struct Received {
    pub(crate) bytes: Bytes,
    /// Its parts, or what is wrong with them; set for multipart bodies.
    parts: Option<Result<Vec<UploadedFile>, String>>,
}

/// A body as it came in.
pub(crate) enum Incoming {
    Whole(Received),
    TooLarge,
    Broken,
}

impl Received {
    /// The parts of a multipart body.
    pub(crate) fn parts(&self) -> Result<&[UploadedFile], Refused> {
        match &self.parts {
            Some(Ok(parts)) => Ok(parts),
            Some(Err(why)) => Err(bad(format!(
                "the body is not multipart as its Content-Type says: {why}"
            ))),
            None => Ok(&[]),
        }
    }
}

impl Incoming {
    /// The body, or why there is none.
    pub(crate) fn whole(&self, content: Content) -> Result<&Received, Refused> {
        match self {
            Self::Whole(received) => Ok(received),
            Self::TooLarge => Err(refused(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!(
                    "the body is larger than the sandbox takes ({} MiB)",
                    content.most() >> 20
                ),
            )),
            Self::Broken => Err(bad("the body ended before it was complete")),
        }
    }
}

/// The media type of a request's body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    None,
    Known(BodyKind),
    Other,
}

impl Content {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let Some(value) = headers.get(CONTENT_TYPE) else {
            return Self::None;
        };
        let value = value.to_str().unwrap_or_default();
        let media = value.split(';').next().unwrap_or_default().trim();
        let kinds = [BodyKind::Json, BodyKind::Form, BodyKind::Multipart];
        let known = kinds
            .into_iter()
            .find(|kind| media.eq_ignore_ascii_case(kind.media_type()));
        known.map_or(Self::Other, Self::Known)
    }

    /// The most that such a body may hold.
    fn most(self) -> usize {
        if self == Self::Known(BodyKind::Multipart) {
            MOST_FILES
        } else {
            MOST_BODY
        }
    }
}

/// Reads a body to its end, within bounds.
pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Incoming {
    let content = Content::of(headers);
    let most = content.most();
    let mut stream = body.into_data_stream();
    let mut whole = BytesMut::new();
    let mut length = 0_usize;
    while let Some(chunk) = stream.next().await {
        let Ok(chunk) = chunk else {
            return Incoming::Broken;
        };
        length = length.saturating_add(chunk.len());
        if length > most + MOST_EXCESS {
            return Incoming::TooLarge;
        }
        if length <= most {
            whole.extend_from_slice(&chunk);
        }
    }
    if length > most {
        return Incoming::TooLarge;
    }
    let bytes = whole.freeze();
    let parts = if content == Content::Known(BodyKind::Multipart) && !bytes.is_empty() {
        let parts = multipart::parts(headers, bytes.clone()).await;
        Some(parts.map_err(|error| error.to_string()))
    } else {
        None
    };
    Incoming::Whole(Received { bytes, parts })
}

/// An operation's position in the document, with the values of its path parameters.
pub(crate) type Candidate = (usize, Vec<(String, String)>);

/// Tells operations of one method and path apart: by a constant query parameter, then by the media type of the body.
pub(crate) fn choose(
    provider: &Provider,
    candidates: Vec<Candidate>,
    query: &[(String, String)],
    content: Content,
) -> Result<Candidate, Refused> {
    let operation = |candidate: &Candidate| &provider.document.operations[candidate.0];
    let several = candidates.len() > 1;
    let mut wanted = Vec::new();
    let mut left: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let constants = operation(&candidate)
            .parameters
            .iter()
            .filter(|parameter| parameter.location == Location::Query);
        let unmet = constants
            .filter_map(|parameter| Some((&parameter.name, parameter.constant.as_ref()?)))
            .find(|(name, constant)| {
                several
                    && !query
                        .iter()
                        .any(|(given, value)| given == *name && value == *constant)
            });
        match unmet {
            Some((name, constant)) => wanted.push(format!("{name}={constant}")),
            None => left.push(candidate),
        }
    }
    if left.len() > 1 {
        let kind = match content {
            Content::Known(kind) => kind,
            Content::None | Content::Other => BodyKind::Form,
        };
        let of_kind = |candidate: &Candidate| {
            operation(candidate).body.as_ref().map(|body| body.kind) == Some(kind)
        };
        if let Some(at) = left.iter().position(of_kind) {
            return Ok(left.swap_remove(at));
        }
    }
    let first = left.into_iter().next();
    first.ok_or_else(|| bad(format!("the query must hold one of {}", wanted.join(", "))))
}

/// Checks that a body comes with the media type that the operation takes.
pub(crate) fn fitting(
    operation: &Operation,
    content: Content,
    bytes: &[u8],
) -> Result<(), Refused> {
    let Some(body) = &operation.body else {
        return Ok(());
    };
    if bytes.is_empty() || content == Content::Known(body.kind) {
        return Ok(());
    }
    let given = if content == Content::None {
        "is missing"
    } else {
        "is another"
    };
    let message = format!(
        "the Content-Type {given}: `{}` takes {}",
        operation.id,
        body.kind.media_type()
    );
    Err(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
}
