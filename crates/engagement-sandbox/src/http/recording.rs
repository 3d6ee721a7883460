//! Recording requests.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::provider::{self, Provider};

/// The largest number of requests that are kept.
const MAX_REQUESTS: usize = 10_000;
/// The largest total size of them, in bytes.
const MAX_BYTES: usize = 64 << 20;
/// What a request and each of its headers take besides their texts, about.
const REQUEST_SIZE: usize = 512;
const HEADER_SIZE: usize = 128;

/// Called with every request.
pub(crate) type Observer = Box<dyn Fn(&RecordedRequest) + Send + Sync>;

/// A request that the sandbox has responded to.
#[derive(Clone)]
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
    /// Status of the response.
    pub status: u16,
}

impl RecordedRequest {
    /// About as many bytes as it takes.
    fn size(&self) -> usize {
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
            .finish_non_exhaustive()
    }
}

/// The most recent requests, within the limits.
#[derive(Default)]
pub(crate) struct RequestLog {
    requests: VecDeque<RecordedRequest>,
    /// Total size of them.
    bytes: usize,
    /// Requests counted, including those no longer kept.
    count: u64,
}

impl RequestLog {
    pub(crate) fn push(&mut self, mut request: RecordedRequest) {
        self.count += 1;
        request.headers = copied(&request.headers);
        self.bytes += request.size();
        self.requests.push_back(request);
        while self.requests.len() > MAX_REQUESTS || self.bytes > MAX_BYTES {
            let Some(oldest) = self.requests.pop_front() else {
                break;
            };
            self.bytes -= oldest.size();
        }
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        self.requests.iter().cloned().collect()
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// The same headers in memory of their own: as they came, each value keeps all that was read from the connection.
fn copied(headers: &HeaderMap) -> HeaderMap {
    let copy = |(name, value): (&HeaderName, &HeaderValue)| {
        let mut copy = HeaderValue::from_bytes(value.as_bytes()).ok()?;
        copy.set_sensitive(value.is_sensitive());
        Some((name.clone(), copy))
    };
    headers.iter().filter_map(copy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(header: usize, body: usize) -> RecordedRequest {
        let value = HeaderValue::from_str(&"x".repeat(header)).unwrap();
        RecordedRequest {
            provider: "",
            operation: None,
            template: None,
            method: "GET".to_owned(),
            path: "/".to_owned(),
            query: None,
            headers: HeaderMap::from_iter([(AUTHORIZATION, value)]),
            body: vec![0; body].into(),
            status: 200,
        }
    }

    #[test]
    fn heads_and_bodies_count() {
        for (header, body) in [(1 << 20, 0), (0, 1 << 20)] {
            let mut log = RequestLog::default();
            for _ in 0..100 {
                log.push(request(header, body));
            }
            // Each takes a little more than its MiB.
            assert_eq!((log.all().len(), log.count()), (63, 100));
            assert!(log.bytes <= MAX_BYTES);
        }
    }

    #[test]
    fn small_requests_are_kept_by_number() {
        let mut log = RequestLog::default();
        for _ in 0..=MAX_REQUESTS {
            log.push(request(1, 0));
        }
        assert_eq!(log.all().len(), MAX_REQUESTS);
        assert_eq!(log.bytes, MAX_REQUESTS * request(1, 0).size());
    }

    /// Values of a head share what was read from the connection, and the log keeps nothing of it.
    #[test]
    fn headers_are_copied() {
        let read = Bytes::from(vec![b'x'; 1 << 20]);
        let mut given = request(1, 0);
        let value = HeaderValue::from_maybe_shared(read.slice(..1)).unwrap();
        given.headers.insert(AUTHORIZATION, value);
        let mut log = RequestLog::default();
        log.push(given);
        assert!(read.try_into_mut().is_ok());
    }
}
