//! One recorded request or response.

/// A request or a response, and where it was recorded.
#[derive(Debug)]
pub(super) struct Payload {
    /// Its name in the report: a file, or the number of an entry.
    pub(super) name: String,
    /// The call that it belongs to, as it was recorded: an operation id, `GET /path`, `GET https://host/path`, `WEBHOOK name`
    /// or `OUTBOUND channel`.
    pub(super) call: String,
    pub(super) direction: Direction,
    pub(super) body: Body,
    /// Whether required fields may be missing.
    pub(super) partial: bool,
    /// Whether it may belong to another API.
    pub(super) foreign: bool,
    /// Why it is not checked.
    pub(super) skip: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Request,
    Response { status: Option<u64> },
}

#[derive(Debug)]
pub(super) enum Body {
    /// There is none.
    None,
    /// JSON, or what should be JSON.
    Text(String),
    Form(String),
    /// Another media type.
    Other(String),
    /// It can't be read: the reason.
    Unreadable(String),
}
