//! Operations.

use serde_json::Value;

use super::extensions::{ClientValue, Evidence, IdempotencyKey, RateLimit};
use super::pagination::Pagination;
use crate::json::step;

/// An operation of the API.
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
    /// Position of its host in [`Document::servers`](crate::Document::servers).
    pub server: usize,
    /// One sentence, without a full stop.
    pub summary: String,
    /// What it does, its limits and traps.
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
    /// The media type of the empty body that is sent if it takes none.
    pub empty_body: Option<BodyKind>,
    /// Its success responses.
    pub responses: Vec<Response>,
    /// Set if the success response may be empty or not as documented, with the evidence for that.
    pub optional_response: Option<Evidence>,
    /// The path to the part of the response that callers get, as names of fields; empty: all of it.
    pub envelope: Vec<String>,
    /// How its pages are read.
    pub pagination: Option<Pagination>,
    /// How often it may be called.
    pub rate_limit: Option<RateLimit>,
    /// By which the provider recognises repeated requests.
    pub idempotency_key: Option<IdempotencyKey>,
    /// Whether it is safe to repeat.
    pub idempotent: bool,
    /// Whether it can send a message to a person.
    pub sends_message: bool,
    /// Statuses that mean "no such record" besides 404.
    pub not_found_statuses: Vec<u16>,
    /// Whether the provider has deprecated it.
    pub deprecated: bool,
}

impl Operation {
    /// The JSON pointer to it in the document.
    pub fn pointer(&self) -> String {
        let method = self.method.to_ascii_lowercase();
        step(&step("/paths", &self.path_key), &method)
    }

    /// The success response that carries a body, if one does.
    pub fn typed_response(&self) -> Option<&Response> {
        self.responses
            .iter()
            .find(|response| response.schema.is_some())
    }

    /// Whether its success response is binary.
    pub fn returns_bytes(&self) -> bool {
        self.responses.iter().any(|response| response.binary)
    }

    /// What a call accepts: the media types of its JSON responses, if there are others than `application/json`, or bytes of
    /// any type. `None` is plain JSON.
    pub fn accepts(&self) -> Option<String> {
        if self.returns_bytes() {
            return Some("*/*".to_owned());
        }
        let mut types: Vec<&str> = Vec::new();
        for response in &self.responses {
            if !response.media_type.is_empty() && !types.contains(&response.media_type.as_str()) {
                types.push(&response.media_type);
            }
        }
        (!types.is_empty() && types != ["application/json"]).then(|| types.join(", "))
    }

    /// Whether a success response may come without a body.
    pub fn may_be_empty(&self) -> bool {
        self.responses
            .iter()
            .any(|response| response.schema.is_none())
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
    /// A segment of the path, or a part of one.
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
    /// Whether the provider requires it.
    pub required: bool,
    /// Its schema.
    pub schema: Value,
    /// What it means.
    pub description: String,
    /// A value for examples and tests.
    pub example: Value,
    /// The only value it can have; clients send it without an argument.
    pub constant: Option<String>,
    /// Set if a client has one value for all calls.
    pub client_value: Option<ClientValue>,
    /// How a list or an object is written.
    pub style: ValueStyle,
    /// The name in Rust, where the one on the wire can't be it.
    pub rust_name: Option<String>,
    /// The JSON pointer to it in the document.
    pub pointer: String,
}

impl Parameter {
    /// What its Rust name is made of.
    pub fn named(&self) -> &str {
        self.rust_name.as_deref().unwrap_or(&self.name)
    }
}

/// How a list or an object is written in a query, a form or a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueStyle {
    /// A list repeats the name.
    Plain,
    /// Joined by this sign.
    Joined(char),
    /// Each field of an object is a value of its own, under its own name.
    Fields,
    /// Each field of an object is a value of its own, under a name such as `filter[from]`.
    Deep,
}

/// The media type of a request body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// `application/json`, or JSON of another name.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// Text or bytes of any other media type.
    Raw,
}

impl BodyKind {
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Form => "application/x-www-form-urlencoded",
            Self::Multipart => "multipart/form-data",
            Self::Raw => "application/octet-stream",
        }
    }

    /// Whether the body is a list of named fields.
    pub fn has_fields(self) -> bool {
        matches!(self, Self::Form | Self::Multipart)
    }
}

/// A request body.
#[derive(Debug, Clone)]
pub struct Body {
    /// Its media type.
    pub kind: BodyKind,
    /// The media type as it is written, such as `application/merge-patch+json`.
    pub media_type: String,
    /// Its schema.
    pub schema: Value,
    /// Whether it is required.
    pub required: bool,
    /// A realistic body.
    pub example: Value,
    /// Media types of the parts of a multipart body, by name.
    pub part_types: Vec<(String, String)>,
    /// How fields of a form are written, by name.
    pub styles: Vec<(String, ValueStyle)>,
}

/// A success response.
#[derive(Debug, Clone)]
pub struct Response {
    /// Its status.
    pub status: u16,
    /// Schema of its JSON body; `None`: the body is not read.
    pub schema: Option<Value>,
    /// The media type of its JSON body as it is written; empty if it has none.
    pub media_type: String,
    /// Whether its body is binary.
    pub binary: bool,
    /// A realistic body.
    pub example: Option<Value>,
}
