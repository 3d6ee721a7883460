//! The most recent requests.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::request::RecordedRequest;
use crate::recent::Recent;

/// The largest total size of the requests that are kept, in bytes.
const MAX_BYTES: usize = 64 << 20;

/// Called with every request.
pub(crate) type Observer = Box<dyn Fn(&RecordedRequest) + Send + Sync>;

/// The most recent requests, within the limits.
pub(crate) struct RequestLog {
    requests: Recent<RecordedRequest>,
    /// Total size of them.
    bytes: usize,
}

impl RequestLog {
    /// An empty log that keeps at most this many requests.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            requests: Recent::new(limit),
            bytes: 0,
        }
    }

    /// Adds a request. It gets its number here.
    pub(crate) fn push(&mut self, mut request: RecordedRequest) {
        request.number = self.requests.count() + 1;
        request.headers = copied(&request.headers);
        self.bytes += request.size();
        if self.requests.is_full() {
            self.remove_oldest();
        }
        self.requests.push(request);
        while self.bytes > MAX_BYTES && self.requests.len() > 0 {
            self.remove_oldest();
        }
        if self.requests.len() == 0 {
            self.bytes = 0;
        }
    }

    fn remove_oldest(&mut self) {
        if let Some(oldest) = self.requests.remove_oldest() {
            self.bytes -= oldest.size();
        }
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        self.requests.to_vec()
    }

    pub(crate) fn count(&self) -> u64 {
        self.requests.count()
    }

    pub(crate) fn clear(&mut self) {
        self.requests.clear();
        self.bytes = 0;
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
    use std::time::{Duration, UNIX_EPOCH};

    use bytes::Bytes;
    use http::header::AUTHORIZATION;

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
            received_at: UNIX_EPOCH,
            duration: Duration::ZERO,
            number: 0,
            fault: None,
            refusal: None,
        }
    }

    #[test]
    fn heads_and_bodies_count() {
        for (header, body) in [(1 << 20, 0), (0, 1 << 20)] {
            let mut log = RequestLog::new(500);
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
        let mut log = RequestLog::new(5);
        for _ in 0..7 {
            log.push(request(1, 0));
        }
        let numbers = log.all().iter().map(|kept| kept.number).collect::<Vec<_>>();
        assert_eq!((numbers, log.count()), (vec![3, 4, 5, 6, 7], 7));
        assert_eq!(log.bytes, 5 * request(1, 0).size());
        let mut none = RequestLog::new(0);
        none.push(request(1, 0));
        assert_eq!((none.all().len(), none.count(), none.bytes), (0, 1, 0));
    }

    /// Values of a head share what was read from the connection, and the log keeps nothing of it.
    #[test]
    fn headers_are_copied() {
        let read = Bytes::from(vec![b'x'; 1 << 20]);
        let mut given = request(1, 0);
        let value = HeaderValue::from_maybe_shared(read.slice(..1)).unwrap();
        given.headers.insert(AUTHORIZATION, value);
        let mut log = RequestLog::new(500);
        log.push(given);
        assert!(read.try_into_mut().is_ok());
    }
}
