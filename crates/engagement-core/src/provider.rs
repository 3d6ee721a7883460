//! The static description of a provider, which generated code builds as literals.

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
    /// Version of the client crate, sent to the provider in `User-Agent`.
    pub version: &'static str,
    /// Hosts of the API; the first one is the main one.
    pub servers: &'static [Server],
    /// Every way to authenticate.
    pub schemes: &'static [Scheme],
    /// Path values that are set once for all calls of a client.
    pub client_values: &'static [ClientValue],
    /// JSON pointers to the human-readable text of an error body, in order of preference.
    pub error_message: &'static [&'static str],
    /// Phrases of error messages, in lower case, by which the provider reports that something exists already.
    pub conflict_messages: &'static [&'static str],
    /// How a response with a 2xx status reports that the operation failed, if the provider does that.
    pub error_in_success: Option<ErrorInSuccess>,
    /// Every operation.
    pub operations: &'static [Operation],
}

impl Provider {
    /// The environment variable with the base URL of a server.
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

/// The value by which the body of a successful response reports that the operation failed. Only JSON objects are searched
/// for it; a response with this value is an [`ErrorKind::Api`](crate::ErrorKind::Api) with the status of the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorInSuccess {
    /// The path of field names to it, such as `["response", "status"]`.
    pub path: &'static [&'static str],
    /// The value at the path, such as `error`.
    pub value: &'static str,
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
    /// A label for people, such as `Account id`.
    pub label: &'static str,
    /// Environment variable that holds it; empty if there is none.
    pub env: &'static str,
}

/// A way to authenticate.
#[derive(Debug, Clone, Copy)]
pub struct Scheme {
    /// Name in the document, the one [`credential`](crate::ClientBuilder::credential) takes.
    pub name: &'static str,
    /// How the credential is sent.
    pub kind: SchemeKind,
    /// A label for people, such as `REST API key`.
    pub label: &'static str,
    /// Environment variables that hold it: user and password for [`SchemeKind::Basic`], else one.
    pub env: &'static [&'static str],
    /// Whether messages must not show it; `false` for ids that are not secret.
    pub secret: bool,
}

/// How a credential is sent.
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
    /// Whether repeating it has no further effect.
    pub idempotent: bool,
    /// Whether it can send a message to a person.
    pub sends_message: bool,
    /// Statuses besides 404 that mean "not found".
    pub not_found_statuses: &'static [u16],
    /// The source of what is known about this operation.
    pub evidence: &'static str,
    /// The provider's own page about it.
    pub docs_url: &'static str,
    /// Whether the provider advises against it.
    pub deprecated: bool,
    /// The provider's documented limit, which clients apply unless it is changed with `rate_limits`.
    pub rate_limit: Option<RateLimit>,
    /// By which the provider recognises a request that it has already executed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// The idempotency key of an operation. A call that does not set it gets a random key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The header that carries it.
    pub header: &'static str,
    /// Whether the provider's documentation says that requests with the same key are executed once. Only then a request with
    /// the key is retried although it may have been executed.
    pub documented: bool,
}

/// How many requests may be sent in any window of a given length; see [`RateLimits`](crate::RateLimits).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// How many requests.
    pub requests: u32,
    /// The length of the window.
    pub per: Duration,
    /// A name that operations share which the provider counts together; `None` if each is counted by itself.
    pub shared: Option<&'static str>,
}

impl RateLimit {
    /// A limit of `requests` in any window of length `per`.
    #[must_use]
    pub const fn new(requests: u32, per: Duration) -> Self {
        Self {
            requests,
            per,
            shared: None,
        }
    }

    /// A limit of `requests` in any second.
    #[must_use]
    pub const fn per_second(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(1))
    }

    /// A limit of `requests` in any minute.
    #[must_use]
    pub const fn per_minute(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(60))
    }

    /// A limit of `requests` in any hour.
    #[must_use]
    pub const fn per_hour(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(60 * 60))
    }
}
