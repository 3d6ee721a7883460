//! How often failed requests are retried, and after which waits.

use std::time::Duration;

/// Practically endless, and in the range of every clock.
const ENDLESS: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// Which failed requests a client retries, how often, and how long it waits before each retry.
///
/// **Waits.** Before the n-th retry the client waits a random part of `base * 2^(n - 1)` (full jitter), at most
/// [`max_backoff`](Self::max_backoff). If the provider sends `Retry-After`, it waits at least that long and at most 10 %
/// longer. If a wait would end after the call's [`timeout`](crate::ClientBuilder::timeout), the call fails at once.
///
/// **Requests that are retried.**
///
/// * Any request that was not sent (no connection was established), or was refused with 429.
/// * A request that may already have been executed is retried only if it is idempotent. That is the case after 408, 500,
///   502, 503 or 504, or if the connection broke or timed out before the response was complete. Idempotent are operations
///   documented as such, raw requests with `GET`, `HEAD`, `PUT` or `DELETE`, and calls with an idempotency key that the
///   provider documents. Operations that can send a message to a person never count as idempotent. If you know better,
///   [`CallSettings::idempotent`](crate::CallSettings::idempotent) says so for a call.
///
/// All other failures are returned at once: other statuses, redirects, and responses that are too large or cannot be
/// decoded. A form whose upload comes from a reader is sent only once.
///
/// If the retry of a `DELETE` gets 404, after an attempt that may have been executed, the call succeeds: see
/// [`Response::was_already_deleted`](crate::Response::was_already_deleted).
///
/// **Pauses.** If a 429 or 503 has `Retry-After`, all calls of the client and its clones to that server wait until then. A
/// call that would then have less than a whole [`attempt_timeout`](crate::ClientBuilder::attempt_timeout) left is not sent: it
/// fails at once with [`ErrorKind::RateLimited`](crate::ErrorKind::RateLimited), or with the failure that it would retry.
///
/// **Budget.** A client and its clones share a budget of [`BUDGET`](Self::BUDGET) for each server of the provider. A retry
/// after 429 takes [`RATE_LIMITED_COST`](Self::RATE_LIMITED_COST), any other retry takes
/// [`TRANSIENT_COST`](Self::TRANSIENT_COST). A successful call returns the cost of its retries, or 1 if it had none. If the
/// budget is exhausted, failures are returned without a retry (see
/// [`Error::retries_exhausted`](crate::Error::retries_exhausted)). So retries hardly add to the load of a provider that is
/// down.
///
/// ```
/// use std::time::Duration;
///
/// # use engagement_core::RetryPolicy;
/// let patient = RetryPolicy::new().max_attempts(5).max_backoff(Duration::from_secs(5));
/// let never = RetryPolicy::none();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a policy has no effect until it is set on a client or a call"]
pub struct RetryPolicy {
    max_attempts: u32,
    transient_base: Duration,
    rate_limited_base: Duration,
    max_backoff: Duration,
}

impl RetryPolicy {
    /// Default for [`max_attempts`](Self::max_attempts): 3.
    pub const MAX_ATTEMPTS: u32 = 3;

    /// Default for [`transient_base`](Self::transient_base): 50 milliseconds.
    pub const TRANSIENT_BASE: Duration = Duration::from_millis(50);

    /// Default for [`rate_limited_base`](Self::rate_limited_base): 1 second.
    pub const RATE_LIMITED_BASE: Duration = Duration::from_secs(1);

    /// Default for [`max_backoff`](Self::max_backoff): 20 seconds.
    pub const MAX_BACKOFF: Duration = Duration::from_secs(20);

    /// The longest `Retry-After` that is accepted: 120 seconds. If the provider asks for more, the call fails at once.
    pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(120);

    /// The retry budget of a client for one server: 500. Successful calls refill it.
    pub const BUDGET: u64 = 500;

    /// The cost of a retry: 14.
    pub const TRANSIENT_COST: u64 = 14;

    /// The cost of a retry after 429: 5.
    pub const RATE_LIMITED_COST: u64 = 5;

    /// The default policy.
    pub fn new() -> Self {
        Self {
            max_attempts: Self::MAX_ATTEMPTS,
            transient_base: Self::TRANSIENT_BASE,
            rate_limited_base: Self::RATE_LIMITED_BASE,
            max_backoff: Self::MAX_BACKOFF,
        }
    }

    /// No retries.
    pub fn none() -> Self {
        Self::new().max_attempts(1)
    }

    /// The maximum number of requests of a call, including the first; 0 counts as 1. One more is possible if a token was
    /// renewed.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The base of the exponential backoff. With zero, retries follow at once.
    pub fn transient_base(mut self, base: Duration) -> Self {
        self.transient_base = base;
        self
    }

    /// The base of the exponential backoff after 429.
    pub fn rate_limited_base(mut self, base: Duration) -> Self {
        self.rate_limited_base = base;
        self
    }

    /// The longest backoff. A longer `Retry-After` still applies.
    pub fn max_backoff(mut self, wait: Duration) -> Self {
        self.max_backoff = wait;
        self
    }

    /// Whether another retry is allowed after `retries` retries.
    pub(crate) fn allows_another(&self, retries: u32) -> bool {
        retries.saturating_add(1) < self.max_attempts
    }

    /// The wait after `retries` retries; `random` is at least 0 and less than 1.
    pub(crate) fn backoff(&self, rate_limited: bool, retries: u32, random: f64) -> Duration {
        let base = if rate_limited {
            self.rate_limited_base
        } else {
            self.transient_base
        };
        let doubled = base.saturating_mul(1_u32 << retries.min(31));
        doubled.min(self.max_backoff.min(ENDLESS)).mul_f64(random)
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_seeds_stay_within_the_bounds() {
        let policy = RetryPolicy::new();
        // The exact bounds of the first ten retries, in milliseconds.
        let transient = [50, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 20_000_u64];
        let rate_limited = [1000, 2000, 4000, 8000, 16_000, 20_000];
        let mut longest = Duration::ZERO;
        for seed in 0..10_000 {
            let mut random = fastrand::Rng::with_seed(seed);
            for (limited, bounds) in [(false, &transient[..]), (true, &rate_limited[..])] {
                for (retry, bound) in bounds.iter().enumerate() {
                    let wait = policy.backoff(limited, retry as u32, random.f64());
                    assert!(
                        wait <= Duration::from_millis(*bound),
                        "{seed} {retry} {wait:?}"
                    );
                    longest = longest.max(wait);
                }
            }
        }
        assert!(longest > Duration::from_millis(19_900), "{longest:?}");
    }

    #[test]
    fn nothing_overflows() {
        let endless = RetryPolicy::new()
            .transient_base(Duration::MAX)
            .max_backoff(Duration::MAX);
        for retries in [0, 31, 32, u32::MAX] {
            assert_eq!(endless.backoff(false, retries, 0.5), ENDLESS / 2);
            assert!(RetryPolicy::new().backoff(true, retries, 0.999) < RetryPolicy::MAX_BACKOFF);
        }
        assert!(
            RetryPolicy::new()
                .max_attempts(u32::MAX)
                .allows_another(u32::MAX - 2)
        );
    }

    #[test]
    fn attempts_count_the_first_request() {
        assert!(!RetryPolicy::none().allows_another(0));
        assert_eq!(RetryPolicy::new().max_attempts(0), RetryPolicy::none());
        let allowed = (0..9).filter(|retries| RetryPolicy::new().allows_another(*retries));
        assert_eq!(allowed.count(), 2);
    }
}
