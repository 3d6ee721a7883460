//! How often operations are called.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Requests to one provider's operations, counted in windows of fixed length that begin with a request.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    /// By the operation's position in the document: when the window began, and how many requests it has seen.
    open: HashMap<usize, (Instant, u32)>,
}

/// A request that was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    /// How many requests a window takes.
    pub(crate) limit: u32,
    /// How long a window is.
    pub(crate) length: Duration,
    /// How many more this one takes.
    pub(crate) remaining: u32,
    /// Whether this request was one too many.
    pub(crate) over: bool,
}

impl Windows {
    /// Counts a request to the operation at a position.
    pub(crate) fn count(
        &mut self,
        operation: usize,
        limit: u32,
        length: Duration,
        now: Instant,
    ) -> Counted {
        let (began, seen) = self.open.entry(operation).or_insert((now, 0));
        if now.saturating_duration_since(*began) >= length {
            (*began, *seen) = (now, 0);
        }
        *seen = seen.saturating_add(1);
        Counted {
            limit,
            length,
            remaining: limit.saturating_sub(*seen),
            over: *seen > limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_begins_with_a_request_and_takes_as_many_as_the_limit_says() {
        let (mut windows, start) = (Windows::default(), Instant::now());
        let minute = Duration::from_secs(60);
        let mut count = |operation, seconds| {
            let counted = windows.count(operation, 2, minute, start + Duration::from_secs(seconds));
            (counted.remaining, counted.over)
        };
        assert_eq!(count(0, 0), (1, false));
        assert_eq!(count(0, 59), (0, false));
        assert_eq!(count(0, 59), (0, true));
        assert_eq!(count(1, 59), (1, false), "operations are counted apart");
        assert_eq!(count(0, 60), (1, false), "the next window");
        assert_eq!(count(0, 119), (0, false));
        assert_eq!(count(0, 120), (1, false), "it began at 60");
    }
}
