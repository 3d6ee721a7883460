//! The recorded requests, for tests.

use std::fmt;
use std::ops::Deref;
use std::{slice, vec};

use super::request::RecordedRequest;
use crate::faults::suggestion;
use crate::provider::Provider;

/// Recorded requests, oldest first. It is used as a slice, and narrowed down by its methods:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let sandbox = engagement_sandbox::Sandbox::start().await?;
/// assert_eq!(sandbox.requests().of("contacts_create").last(), None);
/// assert!(sandbox.requests().to("engage").with_status(401).is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Requests {
    requests: Vec<RecordedRequest>,
    providers: &'static [Provider],
}

impl Requests {
    pub(crate) fn new(requests: Vec<RecordedRequest>, providers: &'static [Provider]) -> Self {
        Self {
            requests,
            providers,
        }
    }

    fn only(mut self, keep: impl Fn(&RecordedRequest) -> bool) -> Self {
        self.requests.retain(keep);
        self
    }

    /// Only the requests to an operation.
    ///
    /// # Panics
    /// If no provider has such an operation: a test that counts its requests would always pass. The message lists near
    /// names.
    #[must_use]
    #[track_caller]
    pub fn of(self, operation: &str) -> Self {
        let operations = || {
            self.providers
                .iter()
                .flat_map(|one| &one.document.operations)
        };
        if !operations().any(|known| known.id == operation) {
            let names = operations().map(|operation| operation.id.as_str());
            let near = suggestion(operation, names, "see the operation list of the client");
            panic!("no provider has an operation `{operation}`: {near}");
        }
        self.only(|request| request.operation == Some(operation))
    }

    /// Only the requests to a provider.
    ///
    /// # Panics
    /// If the sandbox serves no such provider.
    #[must_use]
    #[track_caller]
    pub fn to(self, provider: &str) -> Self {
        let mut names = self.providers.iter().map(|one| one.name);
        assert!(
            names.any(|name| name == provider),
            "there is no provider `{provider}`: use one of {}",
            self.providers
                .iter()
                .map(|one| one.name)
                .collect::<Vec<_>>()
                .join(", ")
        );
        self.only(|request| request.provider == provider)
    }

    /// Only the requests with this status in the response.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        self.only(|request| request.status == status)
    }

    /// Only the requests that the sandbox refused, see [`RecordedRequest::refusal`].
    #[must_use]
    pub fn refused(self) -> Self {
        self.only(|request| request.refusal.is_some())
    }

    /// Only the requests that got a fault.
    #[must_use]
    pub fn with_fault(self) -> Self {
        self.only(|request| request.fault.is_some())
    }

    /// The requests as a list.
    pub fn into_vec(self) -> Vec<RecordedRequest> {
        self.requests
    }

    /// The newest request.
    pub fn last(mut self) -> Option<RecordedRequest> {
        self.requests.pop()
    }
}

impl fmt::Debug for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.requests).finish()
    }
}

impl Deref for Requests {
    type Target = [RecordedRequest];

    fn deref(&self) -> &Self::Target {
        &self.requests
    }
}

impl IntoIterator for Requests {
    type Item = RecordedRequest;
    type IntoIter = vec::IntoIter<RecordedRequest>;

    fn into_iter(self) -> Self::IntoIter {
        self.requests.into_iter()
    }
}

impl<'a> IntoIterator for &'a Requests {
    type Item = &'a RecordedRequest;
    type IntoIter = slice::Iter<'a, RecordedRequest>;

    fn into_iter(self) -> Self::IntoIter {
        self.requests.iter()
    }
}
