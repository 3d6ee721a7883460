//! Security schemes.

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
