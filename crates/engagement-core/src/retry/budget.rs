//! How much a client may spend on retries at one server.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::retry::policy::RetryPolicy;

/// Keeps a client from making an outage worse. Only changed by compare-and-exchange, so that no update is lost.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU64);

impl Budget {
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(RetryPolicy::BUDGET))
    }

    /// Takes the cost of one retry, if there is enough.
    pub(crate) fn take(&self, cost: u64) -> Option<Reserved<'_>> {
        let less = |left: u64| left.checked_sub(cost);
        let taken = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        // Lazily: one that is made and dropped gives back.
        taken.is_ok().then(|| Reserved { budget: self, cost })
    }

    pub(crate) fn left(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// A call succeeded, with retries that took so much.
    pub(crate) fn succeeded(&self, taken: u64) {
        self.give(taken.max(1));
    }

    fn give(&self, amount: u64) {
        let more = |left: u64| Some(left.saturating_add(amount).min(RetryPolicy::BUDGET));
        // It cannot fail: there is always a new value.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

/// The cost of a retry that is yet to be made. It goes back when the call is dropped before that.
#[must_use]
#[derive(Debug)]
pub(crate) struct Reserved<'a> {
    budget: &'a Budget,
    cost: u64,
}

impl Reserved<'_> {
    /// The retry is being made.
    pub(crate) fn spend(mut self) -> u64 {
        std::mem::take(&mut self.cost)
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        if self.cost > 0 {
            self.budget.give(self.cost);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRANSIENT: u64 = RetryPolicy::TRANSIENT_COST;

    fn spend_all(budget: &Budget, cost: u64) -> u64 {
        let mut retries = 0;
        while let Some(reserved) = budget.take(cost) {
            assert_eq!(reserved.spend(), cost);
            retries += 1;
        }
        retries
    }

    #[test]
    fn it_is_good_for_so_many_retries() {
        let budget = Budget::new();
        assert_eq!((spend_all(&budget, TRANSIENT), budget.left()), (35, 10));
        assert_eq!(spend_all(&budget, RetryPolicy::RATE_LIMITED_COST), 2);
        assert_eq!(
            spend_all(&Budget::new(), RetryPolicy::RATE_LIMITED_COST),
            100
        );
    }

    #[test]
    fn successes_fill_it_up_and_never_over() {
        let budget = Budget::new();
        budget.succeeded(0);
        assert_eq!(budget.left(), 500);
        spend_all(&budget, TRANSIENT);
        for _ in 0..3 {
            budget.succeeded(0);
        }
        assert_eq!(budget.left(), 13);
        assert!(budget.take(TRANSIENT).is_none());
        budget.succeeded(2 * TRANSIENT);
        assert_eq!(budget.left(), 41);
        budget.succeeded(u64::MAX);
        assert_eq!(budget.left(), 500);
    }

    #[test]
    fn what_is_not_spent_goes_back() {
        let budget = Budget::new();
        drop(budget.take(TRANSIENT));
        assert_eq!(budget.left(), 500);
    }

    #[test]
    fn no_update_is_lost() {
        let budget = Budget::new();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10_000 {
                        if let Some(reserved) = budget.take(TRANSIENT) {
                            let spent = reserved.spend();
                            budget.give(spent);
                        }
                    }
                });
            }
        });
        assert_eq!(budget.left(), 500);
    }
}
