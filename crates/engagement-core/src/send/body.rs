//! Reading the body of a response, with limits on its size and on time without progress.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::Response;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderValue};
use tokio::time::{Instant, timeout_at};

use crate::auth::clock::deadline_in;
use crate::send::attempt::Attempt;

/// A body that was not read to its end.
pub(super) struct PartialBody {
    pub(super) read: Bytes,
    pub(super) reason: BodyReadError,
}

pub(super) enum BodyReadError {
    TooLarge,
    TimedOut,
    Stalled,
    Broken(reqwest::Error),
}

impl Attempt<'_> {
    /// Reads up to `limit` bytes, counted after decompression. `Content-Length` only decides how much memory is reserved.
    pub(super) async fn read_body(
        &self,
        response: &mut Response,
        headers: &HeaderMap,
        limit: usize,
    ) -> Result<Bytes, PartialBody> {
        const RESERVED: usize = 64 * 1024;
        let mut first = Bytes::new();
        let mut all = BytesMut::new();
        let mut monitor = ThroughputMonitor::new(self.core.limits().stall_timeout);
        loop {
            let chunk = timeout_at(monitor.ends, self.deadline.in_time(response.chunk())).await;
            let reason = match chunk {
                Ok(Some(Ok(Some(chunk)))) => {
                    monitor.arrived(chunk.len());
                    let fits = chunk.len().min(limit - first.len().max(all.len()));
                    let over = fits < chunk.len();
                    if first.is_empty() && all.is_empty() {
                        // Most bodies arrive in one chunk, which needs no copy.
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
                    Some(BodyReadError::TooLarge)
                }
                Ok(Some(Ok(None))) => None,
                Ok(Some(Err(error))) => Some(BodyReadError::Broken(error.without_url())),
                Ok(None) => Some(BodyReadError::TimedOut),
                Err(_) => Some(BodyReadError::Stalled),
            };
            let read = if all.is_empty() { first } else { all.freeze() };
            return match reason {
                None => Ok(read),
                Some(reason) => Err(PartialBody { read, reason }),
            };
        }
    }
}

/// Detects a stalled body: in each period, at least one byte per second must arrive. A period ends as soon as enough bytes
/// have arrived.
struct ThroughputMonitor {
    period: Duration,
    least: u64,
    arrived: u64,
    ends: Instant,
}

impl ThroughputMonitor {
    fn new(period: Duration) -> Self {
        Self {
            period,
            least: period.as_secs().max(1),
            arrived: 0,
            ends: deadline_in(period),
        }
    }

    fn arrived(&mut self, bytes: usize) {
        self.arrived = self.arrived.saturating_add(bytes as u64);
        if self.arrived >= self.least {
            self.arrived = 0;
            self.ends = deadline_in(self.period);
        }
    }
}
