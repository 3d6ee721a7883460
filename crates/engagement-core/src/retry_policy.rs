//! How often and how fast failed requests are repeated.

use std::time::Duration;

/// As good as endless, and still in the range of every clock.
const ENDLESS: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// How often a client repeats a request, and how long it waits before it does.
///
/// Before the n-th retry it waits a random part of `base * 2^(n - 1)`, which is never more than
/// [`max_backoff`](Self::max_backoff). Where the provider says how long to wait, it waits at least that long and at most
/// a tenth longer. A wait that would end after the call's overall [`timeout`](crate::ClientBuilder::timeout) is not
/// begun: the call fails at once.
///
/// Only what can do no harm is repeated:
///
/// * any request that never left this machine (no connection came about), or was answered 429;
/// * after 408, 500, 502, 503 or 504, or when the connection broke or time ran out before the answer was complete:
///   operations that have the same effect when done twice, `GET`, `HEAD`, `PUT` and `DELETE` among raw requests, and
///   calls with an idempotency key that the provider documents. Operations that can send something to a person are
///   not repeated then.
///
/// Everything else is returned at once: other statuses, redirects, and answers that are too large or not as documented.
/// A form with an upload that is read from a reader is never sent twice.
///
/// A retry of a `DELETE` that is answered 404, after an attempt that may have deleted what it was about, is a success:
/// see [`Response::was_already_gone`](crate::Response::was_already_gone).
///
/// When the provider says with a 429 or 503 how long to wait, all calls of the client to that server wait together with
/// the one that is to be repeated, those of its clones too. A call whose time would be over before fails at once with
/// [`ErrorKind::RateLimited`](crate::ErrorKind::RateLimited), and nothing of it is sent.
///
/// Besides, each client has a budget of [`BUDGET`](Self::BUDGET) for each of the provider's servers, which its clones
/// share. A retry after 429 takes [`RATE_LIMITED_COST`](Self::RATE_LIMITED_COST) and any other retry takes
/// [`TRANSIENT_COST`](Self::TRANSIENT_COST); a success gives back what its own retries took, or 1 if it took nothing.
/// With too little left, failures are returned as they are (see
/// [`Error::retries_exhausted`](crate::Error::retries_exhausted)): a provider that is down gets hardly more requests
/// than one that is not.
///
/// ```
/// use std::time::Duration;
///
/// # use engagement_core::RetryPolicy;
/// let patient = RetryPolicy::new().max_attempts(5).max_backoff(Duration::from_secs(5));
/// let never = RetryPolicy::none();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "it is used by giving it to a client or a call"]
pub struct RetryPolicy {
    max_attempts: u32,
    transient_base: Duration,
    rate_limited_base: Duration,
    max_backoff: Duration,
}

impl RetryPolicy {
    /// How many requests a call makes at most, if not set: 3.
    pub const MAX_ATTEMPTS: u32 = 3;

    /// What waits start from, if not set: 50 milliseconds.
    pub const TRANSIENT_BASE: Duration = Duration::from_millis(50);

    /// What waits after a 429 start from, if not set: 1 second.
    pub const RATE_LIMITED_BASE: Duration = Duration::from_secs(1);

    /// The longest wait that the provider did not ask for, if not set: 20 seconds.
    pub const MAX_BACKOFF: Duration = Duration::from_secs(20);

    /// The longest wait that a provider can ask for: 120 seconds. A call that is to wait longer fails at once.
    pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(120);

    /// What a client can spend on retries at one server before successes fill it up again: 500.
    pub const BUDGET: u64 = 500;

    /// What a retry takes from the budget: 14.
    pub const TRANSIENT_COST: u64 = 14;

    /// What a retry after a 429 takes from the budget: 5.
    pub const RATE_LIMITED_COST: u64 = 5;

    /// The policy of a client that was given none.
    pub fn new() -> Self {
        Self {
            max_attempts: Self::MAX_ATTEMPTS,
            transient_base: Self::TRANSIENT_BASE,
            rate_limited_base: Self::RATE_LIMITED_BASE,
            max_backoff: Self::MAX_BACKOFF,
        }
    }

    /// One request and no more.
    pub fn none() -> Self {
        Self::new().max_attempts(1)
    }

    /// How many requests a call makes at most, the first one included; 0 counts as 1. One more may follow when a token
    /// had to be renewed.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// What waits start from; with nothing, retries follow at once.
    pub fn transient_base(mut self, base: Duration) -> Self {
        self.transient_base = base;
        self
    }

    /// What waits after a 429 start from.
    pub fn rate_limited_base(mut self, base: Duration) -> Self {
        self.rate_limited_base = base;
        self
    }

    /// The longest wait that the provider did not ask for.
    pub fn max_backoff(mut self, wait: Duration) -> Self {
        self.max_backoff = wait;
        self
    }

    /// Whether there may be one more after so many retries.
    pub(crate) fn allows_another(&self, retries: u32) -> bool {
        retries.saturating_add(1) < self.max_attempts
    }

    /// The wait after so many retries, for a random number of at least 0 and less than 1.
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
