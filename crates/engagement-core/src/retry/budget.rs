//! The retry budget of a client at one server.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::retry::policy::RetryPolicy;

/// Limits retries, so that a client does not make an outage worse. Changed by compare-and-exchange only, so that no
/// update is lost.
#[derive(Debug)]
pub(crate) struct RetryBudget(AtomicU64);

impl RetryBudget {
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(RetryPolicy::BUDGET))
    }

    /// Takes the cost of one retry, if there is enough.
    pub(crate) fn take(&self, cost: u64) -> Option<RetryPermit<'_>> {
        let less = |left: u64| left.checked_sub(cost);
        let taken = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        // Lazily: a permit that is created and dropped returns its cost.
        taken.is_ok().then(|| RetryPermit { budget: self, cost })
    }

    pub(crate) fn left(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// A call succeeded whose retries cost `taken`.
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

/// Permission for one retry. Its cost is returned if it is dropped before the retry begins.
#[must_use]
#[derive(Debug)]
pub(crate) struct RetryPermit<'a> {
    budget: &'a RetryBudget,
    cost: u64,
}

impl RetryPermit<'_> {
    pub(crate) fn cost(&self) -> u64 {
        self.cost
    }

    /// The retry begins. Returns its cost.
    pub(crate) fn commit(mut self) -> u64 {
        std::mem::take(&mut self.cost)
    }
}

impl Drop for RetryPermit<'_> {
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

    fn spend_all(budget: &RetryBudget, cost: u64) -> u64 {
        let mut retries = 0;
        while let Some(permit) = budget.take(cost) {
            assert_eq!(permit.commit(), cost);
            retries += 1;
        }
        retries
    }

    #[test]
    fn it_is_good_for_so_many_retries() {
        let budget = RetryBudget::new();
        assert_eq!((spend_all(&budget, TRANSIENT), budget.left()), (35, 10));
        assert_eq!(spend_all(&budget, RetryPolicy::RATE_LIMITED_COST), 2);
        assert_eq!(
            spend_all(&RetryBudget::new(), RetryPolicy::RATE_LIMITED_COST),
            100
        );
    }

    #[test]
    fn successes_fill_it_up_and_never_over() {
        let budget = RetryBudget::new();
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
        let budget = RetryBudget::new();
        drop(budget.take(TRANSIENT));
        assert_eq!(budget.left(), 500);
    }

    #[test]
    fn no_update_is_lost() {
        let budget = RetryBudget::new();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10_000 {
                        if let Some(permit) = budget.take(TRANSIENT) {
                            let spent = permit.commit();
                            budget.give(spent);
                        }
                    }
                });
            }
        });
        assert_eq!(budget.left(), 500);
    }
}
