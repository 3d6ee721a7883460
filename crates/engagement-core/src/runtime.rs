//! The state of one client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;

use crate::base_url::BaseUrl;
use crate::call::Call;
use crate::credentials::Credentials;
use crate::provider::{Operation, Provider};
use crate::raw_request::RawRequest;

/// What all clones of one client share: connections, credentials and limits.
#[derive(Clone)]
pub struct Runtime(Arc<State>);

pub(crate) struct State {
    pub(crate) provider: &'static Provider,
    /// As [`Provider::servers`]; `None` for one that must not be reached.
    pub(crate) servers: Vec<Option<Server>>,
    pub(crate) credentials: Credentials,
    pub(crate) default_headers: HeaderMap,
    pub(crate) limits: Limits,
}

pub(crate) struct Server {
    pub(crate) base: BaseUrl,
    pub(crate) http: reqwest::Client,
}

/// How much a call may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) overall: Duration,
    pub(crate) attempt: Duration,
    pub(crate) body: usize,
}

impl Runtime {
    pub(crate) fn new(state: State) -> Self {
        Self(Arc::new(state))
    }

    /// The provider that this client talks to.
    #[must_use]
    pub fn provider(&self) -> &'static Provider {
        self.0.provider
    }

    /// Base URL of the main server, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.server(0).map_or("", |server| server.base.as_str())
    }

    /// Begins a call of an operation.
    pub fn call(&self, operation: &'static Operation) -> Call {
        Call::new(self.clone(), operation)
    }

    /// Begins a request to any path, such as `/beta/things/{id}`; its segments must be encoded, or filled in with
    /// [`path`](RawRequest::path).
    pub fn request(&self, method: Method, path: impl Into<String>) -> RawRequest {
        RawRequest::new(self.clone(), method, path.into())
    }

    pub(crate) fn server(&self, index: usize) -> Option<&Server> {
        self.0.servers.get(index)?.as_ref()
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.0.credentials
    }

    pub(crate) fn default_headers(&self) -> &HeaderMap {
        &self.0.default_headers
    }

    pub(crate) fn limits(&self) -> Limits {
        self.0.limits
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
            .field("provider", &self.provider().name)
            .field("base_url", &self.base_url())
            .field(
                "credentials",
                &self.credentials().names().collect::<Vec<_>>(),
            )
            .field("limits", &self.limits())
            .finish_non_exhaustive()
    }
}
