//! Security schemes.

/// A security scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// Its name in the document.
    pub name: String,
    /// How the credential is sent.
    pub kind: SchemeKind,
    /// Name of the credential in messages.
    pub label: String,
    /// Environment variables of its parts, in order.
    pub env: Vec<String>,
    /// Whether it is a secret; `false` for ids that messages may show.
    pub secret: bool,
}

/// How a credential is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemeKind {
    /// `Authorization: Basic`, user name and password.
    Basic,
    /// `Authorization: Basic` with an empty password.
    BasicUserOnly,
    /// `Authorization: Bearer`.
    Bearer,
    /// A header of its own, with the bare value.
    Header(String),
}
