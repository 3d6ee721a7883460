//! What our extensions say.

use serde_json::Value;

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
