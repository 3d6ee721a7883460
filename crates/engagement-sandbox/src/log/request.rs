//! One recorded request.

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::de::DeserializeOwned;

use super::refusal::Refusal;
use crate::provider::{self, Provider};

/// What a request and each of its headers take besides their texts, about.
const REQUEST_SIZE: usize = 512;
const HEADER_SIZE: usize = 128;

/// A request that the sandbox has responded to.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// Short name of the provider; empty if the path belongs to none.
    pub provider: &'static str,
    /// Id of the operation; `None` if no operation matches.
    pub operation: Option<&'static str>,
    /// Path template of the operation.
    pub template: Option<&'static str>,
    /// HTTP method.
    pub method: String,
    /// Path as sent, percent-encoded, including the provider's mount point.
    pub path: String,
    /// Query as sent, without `?`.
    pub query: Option<String>,
    /// Headers as sent.
    pub headers: HeaderMap,
    /// Body as sent; empty if it exceeded the size limit.
    pub body: Bytes,
    /// Status of the response; 0 if the connection was reset and the call not executed.
    pub status: u16,
    /// When it was received, by the sandbox's clock.
    pub received_at: SystemTime,
    /// How long the sandbox took from its head to the response, without the delay of a fault.
    pub duration: Duration,
    /// Its number, from 1, since the start or the last [`Sandbox::clear_requests`](crate::Sandbox::clear_requests).
    pub number: u64,
    /// The fault that was injected, as [`Sandbox::set_fault`](crate::Sandbox::set_fault) reads it.
    pub fault: Option<String>,
    /// Why the sandbox refused it; `None` if it was accepted, or if a fault refused it.
    pub refusal: Option<Refusal>,
}

impl RecordedRequest {
    /// About as many bytes as it takes.
    pub(super) fn size(&self) -> usize {
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| HEADER_SIZE + name.as_str().len() + value.len());
        let query = self.query.as_ref().map_or(0, String::len);
        let texts = self.method.len() + self.path.len() + query + self.body.len();
        REQUEST_SIZE + texts + headers.sum::<usize>()
    }

    /// The text of a header; `None` if it is missing or not ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body parsed as JSON; null if it isn't JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body parsed as a type of the caller's.
    ///
    /// # Errors
    /// If it isn't JSON, or not of this type.
    pub fn json_as<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_slice(&self.body)
    }

    /// The fields of the body parsed as a URL-encoded form.
    pub fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// Names and values of the query, decoded.
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
            .find(|provider| provider.name == self.provider);
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
            .field("fault", &self.fault)
            .field("refusal", &self.refusal)
            .finish_non_exhaustive()
    }
}
