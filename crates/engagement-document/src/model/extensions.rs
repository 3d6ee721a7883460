//! Contents of our extensions.

use serde_json::Value;

/// How well a fact is known, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// `docs`, `sdk`, `third-party` or `inferred`.
    pub level: String,
    /// A URL or the name of a text.
    pub source: String,
    /// What is uncertain.
    pub note: Option<String>,
}

/// The texts of an error message that mean "exists already".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictMessage {
    /// Texts in lower case; the message contains one of them.
    pub texts: Vec<String>,
    /// Where this is known from.
    pub evidence: Evidence,
}

/// The value by which the body of a success response reports a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorInSuccess {
    /// The path to it, as names of fields.
    pub path: Vec<String>,
    /// The value there that means a failure.
    pub value: String,
    /// Where this is known from.
    pub evidence: Evidence,
}

/// The idempotency key of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The header that carries it.
    pub header: String,
    /// Where it is known from, if that is another source than the operation's.
    pub evidence: Option<Evidence>,
}

impl IdempotencyKey {
    /// Whether the provider's documentation says that requests with the same key are executed once.
    #[must_use]
    pub fn is_documented(&self) -> bool {
        let evidence = self.evidence.as_ref();
        evidence.is_none_or(|evidence| evidence.level == "docs")
    }
}

/// A parameter whose value a client has for all calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientValue {
    /// Its name in messages.
    pub label: String,
    /// Environment variable that holds it.
    pub env: String,
}

/// How often an operation may be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// Number of requests.
    pub requests: u32,
    /// Length of the window, in seconds.
    pub seconds: u64,
    /// Name of the limit that several operations share; empty if the operation has its own.
    pub shared: String,
    /// What callers should know about it.
    pub note: String,
}

/// A recorded payload that is known to contradict the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleException {
    /// The operation it belongs to: an id, or `METHOD /path` if the document has no such operation.
    pub operation: String,
    /// A text of the failure; other failures of the operation are still reported.
    pub failure: String,
    /// Why the document is right.
    pub reason: String,
}

/// A webhook: what the provider posts to its customers.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Its kind.
    pub name: String,
    /// One sentence.
    pub summary: String,
    /// Schema of its body.
    pub schema: Value,
}
