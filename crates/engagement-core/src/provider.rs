//! What generated code says about a provider: static tables, built by literal.

/// A provider's API, as its document describes it.
#[derive(Debug, Clone, Copy)]
pub struct Provider {
    /// Short lower-case name, such as `acme`.
    pub name: &'static str,
    /// The name as the provider writes it, such as `Acme`.
    pub title: &'static str,
    /// What the names of its environment variables start with, such as `ACME`.
    pub env_prefix: &'static str,
    /// Version of the client crate, told to the provider in `User-Agent`.
    pub version: &'static str,
    /// Hosts of the API; the first one is the main one.
    pub servers: &'static [Server],
    /// Every way to authenticate.
    pub schemes: &'static [Scheme],
    /// JSON pointers to the human-readable text of an error body, in order of preference.
    pub error_message: &'static [&'static str],
    /// Every operation.
    pub operations: &'static [Operation],
}

impl Provider {
    /// The environment variable that moves a server.
    pub(crate) fn server_env(&self, server: &str) -> String {
        let name: String = server
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() {
                    c.to_ascii_uppercase()
                } else {
                    '_'
                }
            })
            .collect();
        format!("{}_{name}_URL", self.env_prefix)
    }
}

/// A host of a provider's API.
#[derive(Debug, Clone, Copy)]
pub struct Server {
    /// Name for [`server_url`](crate::ClientBuilder::server_url), such as `api`.
    pub name: &'static str,
    /// Base URL.
    pub url: &'static str,
}

/// A way to authenticate.
#[derive(Debug, Clone, Copy)]
pub struct Scheme {
    /// Name in the document, the one [`credential`](crate::ClientBuilder::credential) takes.
    pub name: &'static str,
    /// How the credential travels.
    pub kind: SchemeKind,
    /// What people call it, such as `REST API key`.
    pub label: &'static str,
    /// Environment variables that hold it: user and password for [`SchemeKind::Basic`], else one.
    pub env: &'static [&'static str],
}

/// How a credential travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemeKind {
    /// RFC 7617 with a user and a password.
    Basic,
    /// RFC 7617 with a key in the user's place and an empty password.
    BasicUserOnly,
    /// `Authorization: Bearer …`.
    Bearer,
    /// A header of the provider's own, by name.
    Header(&'static str),
}

/// An operation of a provider's API.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// `group_action`, unique within the provider.
    pub id: &'static str,
    /// The resource that it belongs to.
    pub group: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Path template, such as `/contacts/{id}`.
    pub path: &'static str,
    /// Index into [`Provider::servers`].
    pub server: usize,
    /// Alternatives of scheme names that go together; empty when no credential is needed.
    pub security: &'static [&'static [&'static str]],
    /// Whether doing it twice has the effect of doing it once.
    pub idempotent: bool,
    /// Whether it can send something to a person.
    pub reaches_people: bool,
    /// Statuses besides 404 that mean "there is no such thing".
    pub not_found_statuses: &'static [u16],
    /// Where knowledge of this operation comes from.
    pub evidence: &'static str,
    /// The provider's own page about it.
    pub docs_url: &'static str,
    /// Whether the provider advises against it.
    pub deprecated: bool,
}
