//! Reading the body of an answer: to its end, to a limit, or until it stands still.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderValue};
use tokio::time::{Instant, timeout_at};

use crate::auth::token_source::after;
use crate::send::attempt::Attempt;

/// A body that could not be read to its end.
pub(crate) struct BodyError {
    pub(crate) read: Bytes,
    pub(crate) reason: Interrupted,
}

pub(crate) enum Interrupted {
    TooLarge,
    TimedOut,
    Stalled,
    Broken(reqwest::Error),
}

impl Attempt<'_> {
    /// Reads up to `limit` bytes, counted as they come out of the decompression. What the provider says about the length is
    /// only good for reserving memory.
    pub(crate) async fn read_body(
        &self,
        response: &mut Response,
        headers: &HeaderMap,
        limit: usize,
    ) -> Result<Bytes, BodyError> {
        const RESERVED: usize = 64 * 1024;
        let mut first = Bytes::new();
        let mut all = BytesMut::new();
        let mut pace = Pace::new(self.runtime.limits().stalled);
        loop {
            let chunk = timeout_at(pace.ends, self.in_time(response.chunk())).await;
            let reason = match chunk {
                Ok(Some(Ok(Some(chunk)))) => {
                    pace.arrived(chunk.len());
                    let fits = chunk.len().min(limit - first.len().max(all.len()));
                    let over = fits < chunk.len();
                    if first.is_empty() && all.is_empty() {
                        // Most answers come in one piece, which then needs no copy.
                        first = chunk.slice(..fits);
                    } else {
                        if all.is_empty() {
                            let announced = headers.get(CONTENT_LENGTH).map(HeaderValue::to_str);
                            let announced = announced
                                .and_then(Result::ok)
                                .and_then(|length| length.parse().ok());
                            all.reserve(announced.unwrap_or(0).min(RESERVED));
                            all.extend_from_slice(&first);
                        }
                        all.extend_from_slice(&chunk[..fits]);
                    }
                    if !over {
                        continue;
                    }
                    Some(Interrupted::TooLarge)
                }
                Ok(Some(Ok(None))) => None,
                Ok(Some(Err(error))) => Some(Interrupted::Broken(error.without_url())),
                Ok(None) => Some(Interrupted::TimedOut),
                Err(_) => Some(Interrupted::Stalled),
            };
            let read = if all.is_empty() { first } else { all.freeze() };
            return match reason {
                None => Ok(read),
                Some(reason) => Err(BodyError { read, reason }),
            };
        }
    }
}

/// Whether a body gets on: as many bytes as the period has seconds, at least one, within each period. A period ends as soon
/// as that many have arrived.
struct Pace {
    period: Duration,
    least: u64,
    arrived: u64,
    ends: Instant,
}

impl Pace {
    fn new(period: Duration) -> Self {
        Self {
            period,
            least: period.as_secs().max(1),
            arrived: 0,
            ends: after(period),
        }
    }

    fn arrived(&mut self, bytes: usize) {
        self.arrived = self.arrived.saturating_add(bytes as u64);
        if self.arrived >= self.least {
            self.arrived = 0;
            self.ends = after(self.period);
        }
    }
}

/// The encoding of a body that is still encoded, as far as its name can be repeated: one that was decoded is not named in
/// the headers any more.
pub(crate) fn encoding(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    const GZIP: &[u8] = b"\x1f\x8b\x08";
    let named = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or("unknown").split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"));
    let name_like = |name: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        name.len() <= 20 && name.bytes().all(plain)
    };
    let names: Vec<&str> = named
        .map(|name| if name_like(name) { name } else { "unknown" })
        .take(3)
        .collect();
    if names.is_empty() {
        // Encoded twice while it says so once, or not said at all.
        return body.starts_with(GZIP).then(|| "gzip".to_owned());
    }
    Some(names.join(", "))
}
