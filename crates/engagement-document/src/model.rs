//! What a document says, in types.

use serde_json::Value;

use crate::Schemas;

/// The methods an OpenAPI path item can hold.
pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "patch", "head", "options", "trace",
];

/// One provider's document, read and checked.
#[derive(Debug, Clone)]
pub struct Document {
    /// Short name of the provider, such as `engagebay`.
    pub provider: String,
    /// Title of the API.
    pub title: String,
    /// Version of the document.
    pub version: String,
    /// What the API is for.
    pub description: String,
    /// Hosts; the first one, named `api`, is the main one.
    pub servers: Vec<Server>,
    /// Ways to authenticate, in the order of the document.
    pub schemes: Vec<Scheme>,
    /// Groups of operations, in the order of the document's tags.
    pub groups: Vec<Group>,
    /// Operations, in the order of the document's paths.
    pub operations: Vec<Operation>,
    /// JSON pointers under which an error body tells what went wrong, in the order to try them.
    pub error_message: Vec<String>,
    /// By which words of an error message the provider says that something exists already; `None` if it has none.
    pub conflict_message: Option<ConflictMessage>,
    /// How an answer with a success status says that the operation failed; `None` if the provider isn't known to do that.
    pub error_in_success: Option<ErrorInSuccess>,
    /// Recorded payloads that are known to contradict the document.
    pub example_exceptions: Vec<ExampleException>,
    /// What the provider posts to its customers.
    pub webhooks: Vec<Webhook>,
    /// APIs that the provider documents elsewhere, whether or not their operations are known.
    pub apis: Vec<DocumentedApi>,
    /// The named schemas.
    pub schemas: Schemas,
    /// The whole document.
    pub raw: Value,
}

/// The words by which an error message says that something exists already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictMessage {
    /// Texts that the message contains then, in small letters.
    pub texts: Vec<String>,
    /// Where this is known from.
    pub evidence: Evidence,
}

/// The word by which the body of a success answer says that the operation failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorInSuccess {
    /// The way to it, as object keys.
    pub path: Vec<String>,
    /// What stands there then.
    pub word: String,
    /// Where this is known from.
    pub evidence: Evidence,
}

/// A host of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Short name; `api` is the main host.
    pub name: String,
    /// Base URL without a trailing slash; empty where the provider doesn't publish it.
    pub url: String,
    /// Base URLs by region.
    pub regions: Vec<(String, String)>,
    /// The provider's page about what stands there; empty where there is none of its own.
    pub docs_url: String,
}

/// An API that the provider documents elsewhere, for requests that no operation describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentedApi {
    /// Its name, in snake_case.
    pub name: String,
    /// What it is for.
    pub summary: String,
    /// What is known and unknown about it.
    pub note: String,
    /// The provider's page.
    pub docs_url: String,
    /// Position of its host in [`Document::servers`].
    pub server: usize,
    /// Whether it takes no credentials.
    pub anonymous: bool,
}

impl Server {
    /// The path of the base URL: `/v1` of `https://api.engage.so/v1`.
    pub fn path(&self) -> &str {
        let rest = self
            .url
            .split_once("://")
            .map_or(self.url.as_str(), |(_, rest)| rest);
        rest.find('/').map_or("", |at| &rest[at..])
    }
}

/// A group of operations: one tag of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The tag, in snake_case.
    pub name: String,
    /// What the group is about.
    pub description: String,
}

/// One way to authenticate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// Its name in the document.
    pub name: String,
    /// How the credential goes on the wire.
    pub kind: SchemeKind,
    /// What messages call the credential.
    pub label: String,
    /// Environment variables that hold its parts, in order.
    pub env: Vec<String>,
    /// Whether it must not be shown; `false` for ids.
    pub secret: bool,
}

/// How a credential goes on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemeKind {
    /// `Authorization: Basic`, user name and password.
    Basic,
    /// `Authorization: Basic` with an empty password.
    BasicUserOnly,
    /// `Authorization: Bearer`.
    Bearer,
    /// A header of its own, holding the bare value.
    Header(String),
}

/// How well an operation is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// `seed`, `docs`, `sdk`, `third-party` or `inferred`.
    pub level: String,
    /// A URL or the name of a text.
    pub source: String,
    /// What is uncertain.
    pub note: Option<String>,
}

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

/// A parameter that a client is given once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientValue {
    /// What messages call it.
    pub label: String,
    /// Environment variable that holds it.
    pub env: String,
}

/// How often an operation may be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// Number of requests.
    pub requests: u32,
    /// Within how many seconds.
    pub seconds: u64,
    /// What the operations have in common that are counted together; empty if this one is counted by itself.
    pub shared: String,
    /// What to know about it.
    pub note: String,
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

/// How to get from one page to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pagination {
    /// The cursor is a key of the last element of the answer.
    LastItem {
        /// Parameter that takes the cursor.
        param: String,
        /// Key of the last element.
        field: String,
    },
    /// The cursor stands in the body beside the elements.
    Cursor {
        /// Parameter that takes the cursor.
        param: String,
        /// JSON pointer to the next cursor.
        next: String,
        /// JSON pointer to the elements.
        items: String,
        /// Parameters that pick one page and so exclude walking all of them.
        conflicts: Vec<String>,
        /// JSON pointer to a flag that there are more records, for pages that come without a cursor.
        more: Option<String>,
        /// How to go on then.
        after: Option<After>,
    },
    /// Pages are numbered from one.
    Page {
        /// Parameter that takes the page's number.
        param: String,
        /// Parameter that takes the size of a page.
        size: String,
        /// JSON pointer to the elements.
        items: String,
        /// JSON pointer to the number of elements on all pages.
        total: String,
    },
}

/// A list whose next page begins after the last record's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// Parameter that takes the id.
    pub param: String,
    /// Key of the last element that holds it.
    pub field: String,
}

impl Pagination {
    /// The parameter that takes the cursor or the page's number.
    pub fn param(&self) -> &str {
        match self {
            Self::LastItem { param, .. }
            | Self::Cursor { param, .. }
            | Self::Page { param, .. } => param,
        }
    }
}

/// A recorded payload that is known to contradict the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleException {
    /// The operation it belongs to: an id, or `METHOD /path` where the document leaves the path out.
    pub operation: String,
    /// Text that the failure contains; other failures of the operation are not excused.
    pub failure: String,
    /// Why the document is right.
    pub reason: String,
}

/// Something the provider posts to its customers.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Its kind.
    pub name: String,
    /// One sentence.
    pub summary: String,
    /// Schema of its body.
    pub schema: Value,
}

impl Document {
    /// The operation of that id.
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// The scheme of that name.
    pub fn scheme(&self, name: &str) -> Option<&Scheme> {
        self.schemes.iter().find(|scheme| scheme.name == name)
    }

    /// The operations of a group, in the order of the document.
    pub fn group<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Operation> {
        self.operations
            .iter()
            .filter(move |operation| operation.group == name)
    }
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
