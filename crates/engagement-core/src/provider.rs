//! What generated code says about a provider: static tables, built by literal.

use std::time::Duration;

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
    /// Path values that a client gives once for all of its calls.
    pub client_values: &'static [ClientValue],
    /// JSON pointers to the human-readable text of an error body, in order of preference.
    pub error_message: &'static [&'static str],
    /// Words of error messages, in small letters, by which the provider says that something exists already.
    pub conflict_messages: &'static [&'static str],
    /// How an answer with a 2xx status says that the operation failed, if the provider does that.
    pub error_in_success: Option<ErrorInSuccess>,
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

    /// The environment variable that chooses a region.
    pub(crate) fn region_env(&self) -> String {
        format!("{}_REGION", self.env_prefix)
    }

    /// Names of all regions, each once, in the order of the table.
    pub(crate) fn region_names(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        for (name, _) in self.servers.iter().flat_map(|server| server.regions) {
            if !names.contains(name) {
                names.push(*name);
            }
        }
        names
    }
}

/// The word by which the body of a successful answer says that the operation failed. It is looked for in JSON objects only;
/// an answer that has it is an [`ErrorKind::Api`](crate::ErrorKind::Api) with its own status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorInSuccess {
    /// The way to it, object keys such as `["response", "status"]`.
    pub path: &'static [&'static str],
    /// What stands there, such as `error`.
    pub word: &'static str,
}

/// A host of a provider's API.
#[derive(Debug, Clone, Copy)]
pub struct Server {
    /// Name for [`server_url`](crate::ClientBuilder::server_url), such as `api`.
    pub name: &'static str,
    /// Base URL; empty if the provider doesn't publish it.
    pub url: &'static str,
    /// Base URL by region, for [`region`](crate::ClientBuilder::region); empty if the host is the same everywhere.
    pub regions: &'static [(&'static str, &'static str)],
    /// The provider's page about this host's API; empty if there is none.
    pub docs_url: &'static str,
}

/// A path value that is the same for every call of a client, such as an account's id.
#[derive(Debug, Clone, Copy)]
pub struct ClientValue {
    /// Name in path templates, the one [`value`](crate::ClientBuilder::value) takes.
    pub name: &'static str,
    /// What people call it, such as `Account id`.
    pub label: &'static str,
    /// Environment variable that holds it; empty if there is none.
    pub env: &'static str,
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
    /// Whether messages must not show it; `false` for ids that are no secret.
    pub secret: bool,
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
    /// The provider's documented limit, which clients keep unless they are told otherwise.
    pub rate_limit: Option<RateLimit>,
    /// Header by which the provider recognises a request that it has already carried out. A call that doesn't set it
    /// gets a random key.
    pub idempotency_key: Option<&'static str>,
}

/// How many requests may be sent in any stretch of time; see [`RateLimits`](crate::RateLimits).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// How many requests.
    pub requests: u32,
    /// In how much time.
    pub per: Duration,
    /// What operations have in common that the provider counts together; `None` if each is counted by itself.
    pub shared: Option<&'static str>,
}

impl RateLimit {
    /// So many requests in so much time.
    #[must_use]
    pub const fn new(requests: u32, per: Duration) -> Self {
        Self {
            requests,
            per,
            shared: None,
        }
    }

    /// So many requests in a second.
    #[must_use]
    pub const fn per_second(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(1))
    }

    /// So many requests in a minute.
    #[must_use]
    pub const fn per_minute(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(60))
    }

    /// So many requests in an hour.
    #[must_use]
    pub const fn per_hour(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(60 * 60))
    }
}
