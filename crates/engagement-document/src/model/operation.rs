//! Operations.

use serde_json::Value;

use super::extensions::{ClientValue, Evidence, RateLimit};
use super::pagination::Pagination;

/// One call of the API.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `group_action`.
    pub id: String,
    /// The group it belongs to.
    pub group: String,
    /// Its name within the group.
    pub action: String,
    /// HTTP method in capitals.
    pub method: String,
    /// The path template on the wire.
    pub path: String,
    /// The key under `paths`: the path, with `#…` where two operations share it.
    pub path_key: String,
    /// Position of its host in [`Document::servers`].
    pub server: usize,
    /// One sentence.
    pub summary: String,
    /// What to know about it.
    pub description: String,
    /// The provider's page.
    pub docs_url: String,
    /// How well it is known.
    pub evidence: Evidence,
    /// Alternatives, each a list of schemes needed together; empty: no credential is sent.
    pub security: Vec<Vec<String>>,
    /// A body with one of these fields needs the first alternative of `security`.
    pub full_auth_fields: Vec<String>,
    /// Path, query and header parameters.
    pub parameters: Vec<Parameter>,
    /// The body it takes.
    pub body: Option<Body>,
    /// Its success answers.
    pub answers: Vec<Answer>,
    /// Where it is known from that the success answer may be absent or something else, if it is.
    pub optional_answer: Option<Evidence>,
    /// Keys that lead to the part of the answer which callers want; empty: all of it.
    pub envelope: Vec<String>,
    /// How its pages hang together.
    pub pagination: Option<Pagination>,
    /// How often it may be called.
    pub rate_limit: Option<RateLimit>,
    /// The header by which the provider recognises a repeated call.
    pub idempotency_key: Option<String>,
    /// Whether repeating it does no harm.
    pub idempotent: bool,
    /// Whether it can send a message to a person.
    pub reaches_people: bool,
    /// Statuses that mean "no such record" besides 404.
    pub not_found_statuses: Vec<u16>,
    /// Whether the provider has withdrawn it.
    pub deprecated: bool,
}

impl Operation {
    /// The success answer that carries a body, if one does.
    pub fn typed_answer(&self) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.schema.is_some())
    }

    /// Whether its success answer is bytes of any kind.
    pub fn answers_bytes(&self) -> bool {
        self.answers.iter().any(|answer| answer.binary)
    }

    /// Whether a success answer may come without a body.
    pub fn may_be_empty(&self) -> bool {
        self.answers.iter().any(|answer| answer.schema.is_none())
    }

    /// Path parameters in the order of the path template.
    pub fn path_parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters
            .iter()
            .filter(|parameter| parameter.location == Location::Path)
    }
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A header.
    Header,
}

/// One parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name on the wire.
    pub name: String,
    /// Where it goes.
    pub location: Location,
    /// Whether the provider demands it.
    pub required: bool,
    /// Its schema.
    pub schema: Value,
    /// What it means.
    pub description: String,
    /// A value for examples and tests.
    pub example: Value,
    /// The only value it can have; it is sent without being asked for.
    pub constant: Option<String>,
    /// Set where a client has one value for all calls.
    pub client_value: Option<ClientValue>,
}

/// The media types that bodies come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// `application/json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
}

impl BodyKind {
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Form => "application/x-www-form-urlencoded",
            Self::Multipart => "multipart/form-data",
        }
    }

    /// Whether the body is a list of named fields.
    pub fn has_fields(self) -> bool {
        self != Self::Json
    }
}

/// A request body.
#[derive(Debug, Clone)]
pub struct Body {
    /// Its media type.
    pub kind: BodyKind,
    /// Its schema.
    pub schema: Value,
    /// Whether it must be there.
    pub required: bool,
    /// A realistic body.
    pub example: Value,
    /// Media types of the parts of a multipart body, by name.
    pub part_types: Vec<(String, String)>,
}

/// A success answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Schema of its JSON body; `None`: nothing worth reading.
    pub schema: Option<Value>,
    /// Whether its body is bytes of any kind.
    pub binary: bool,
    /// A realistic body.
    pub example: Option<Value>,
}
