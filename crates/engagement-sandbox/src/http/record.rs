//! The log of requests.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::provider::{self, Provider};

/// How many requests are kept.
const MOST: usize = 10_000;
/// How many bytes of bodies are kept.
const MOST_BYTES: usize = 64 << 20;

/// A request that the sandbox has answered.
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The provider it went to; empty when the path named none.
    pub provider: &'static str,
    /// The operation it was recognised as.
    pub operation: Option<&'static str>,
    /// That operation's path template.
    pub template: Option<&'static str>,
    /// HTTP method.
    pub method: String,
    /// Path as sent, percent-encoding and all, the provider's mount point included.
    pub path: String,
    /// Query as sent, without the question mark.
    pub query: Option<String>,
    /// Headers as sent.
    pub headers: HeaderMap,
    /// Body as sent; empty when it was over the limit.
    pub body: Bytes,
    /// Status it was answered with.
    pub status: u16,
}

impl RecordedRequest {
    /// The text of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body read as JSON; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body read as a form.
    pub fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// The query's pairs, decoded.
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_deref().unwrap_or_default().as_bytes())
            .into_owned()
            .collect()
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let providers = provider::all().unwrap_or_default();
        let provider = providers
            .iter()
            .find(|provider| provider.profile.name == self.provider);
        let mut headers = self.headers.clone();
        let own = provider.into_iter().flat_map(Provider::credential_headers);
        for name in own.chain([AUTHORIZATION.as_str()]) {
            if let Some(value) = headers.get_mut(name) {
                value.set_sensitive(true);
            }
        }
        let body = String::from_utf8_lossy(&self.body);
        let secret = provider
            .zip(self.operation)
            .is_some_and(|(provider, operation)| provider.takes_secret(operation));
        f.debug_struct("RecordedRequest")
            .field("provider", &self.provider)
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("headers", &headers)
            .field("body", if secret { &"Sensitive" } else { &body })
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// The newest requests, within bounds.
#[derive(Default)]
pub(crate) struct Log {
    kept: VecDeque<RecordedRequest>,
    bytes: usize,
    seen: u64,
}

impl Log {
    pub(crate) fn push(&mut self, request: RecordedRequest) {
        self.seen += 1;
        self.bytes += request.body.len();
        self.kept.push_back(request);
        while self.kept.len() > MOST || self.bytes > MOST_BYTES {
            let Some(oldest) = self.kept.pop_front() else {
                break;
            };
            self.bytes -= oldest.body.len();
        }
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        self.kept.iter().cloned().collect()
    }

    pub(crate) fn seen(&self) -> u64 {
        self.seen
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}
