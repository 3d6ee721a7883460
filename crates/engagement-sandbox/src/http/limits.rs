//! Rate limits: counting the requests to an operation.

use std::collections::HashMap;
use std::time::Duration;

/// Requests to one provider's operations, counted in fixed windows. A window starts with a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Windows {
    /// Start of the window and requests in it, by the operation's position in the document.
    current: HashMap<usize, (Duration, u32)>,
}

/// The state of a rate limit after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RateLimitStatus {
    /// Requests allowed in a window.
    pub(crate) limit: u32,
    /// Length of the window.
    pub(crate) length: Duration,
    /// Requests still allowed in the current window.
    pub(crate) remaining: u32,
    /// Whether this request exceeds the limit.
    pub(crate) exceeded: bool,
}

impl Windows {
    /// Counts a request to the operation at a position.
    pub(crate) fn count(
        &mut self,
        operation: usize,
        limit: u32,
        length: Duration,
        now: Duration,
    ) -> RateLimitStatus {
        let (start, requests) = self.current.entry(operation).or_insert((now, 0));
        if now.saturating_sub(*start) >= length {
            (*start, *requests) = (now, 0);
        }
        *requests = requests.saturating_add(1);
        RateLimitStatus {
            limit,
            length,
            remaining: limit.saturating_sub(*requests),
            exceeded: *requests > limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_starts_with_a_request_and_allows_as_many_as_the_limit() {
        let (mut windows, start) = (Windows::default(), Duration::from_secs(1_000_000));
        let minute = Duration::from_secs(60);
        let mut count = |operation, seconds| {
            let counted = windows.count(operation, 2, minute, start + Duration::from_secs(seconds));
            (counted.remaining, counted.exceeded)
        };
        assert_eq!(count(0, 0), (1, false));
        assert_eq!(count(0, 59), (0, false));
        assert_eq!(count(0, 59), (0, true));
        assert_eq!(
            count(1, 59),
            (1, false),
            "operations are counted separately"
        );
        assert_eq!(count(0, 60), (1, false), "the next window");
        assert_eq!(count(0, 119), (0, false));
        assert_eq!(count(0, 120), (1, false), "it started at 60");
    }
}
