//! The retry budget of a client at one server.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::retry::policy::RetryPolicy;

/// Limits retries, so that a client does not make an outage worse. Only compare-and-exchange changes it, so that no update
/// is lost.
#[derive(Debug)]
pub(crate) struct RetryBudget(AtomicU64);

impl RetryBudget {
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(RetryPolicy::BUDGET))
    }

    /// Takes the cost of one retry, if the budget has enough.
    pub(crate) fn take(&self, cost: u64) -> Option<RetryPermit<'_>> {
        let less = |left: u64| left.checked_sub(cost);
        let taken = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        // Lazily: a permit that is dropped returns its cost.
        taken.is_ok().then(|| RetryPermit { budget: self, cost })
    }

    pub(crate) fn left(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Returns the cost of the retries of a successful call, at least 1.
    pub(crate) fn succeeded(&self, cost: u64) {
        self.refund(cost.max(1));
    }

    fn refund(&self, amount: u64) {
        let more = |left: u64| Some(left.saturating_add(amount).min(RetryPolicy::BUDGET));
        // It cannot fail: `more` always returns a value.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

/// Permission for one retry. If it is dropped before the retry begins, its cost returns to the budget.
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

    /// Marks the start of the retry, and returns its cost.
    pub(crate) fn commit(mut self) -> u64 {
        std::mem::take(&mut self.cost)
    }
}

impl Drop for RetryPermit<'_> {
    fn drop(&mut self) {
        if self.cost > 0 {
            self.budget.refund(self.cost);
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
    fn a_full_budget_allows_35_retries_or_100_after_429() {
        let budget = RetryBudget::new();
        assert_eq!((spend_all(&budget, TRANSIENT), budget.left()), (35, 10));
        assert_eq!(spend_all(&budget, RetryPolicy::RATE_LIMITED_COST), 2);
        assert_eq!(
            spend_all(&RetryBudget::new(), RetryPolicy::RATE_LIMITED_COST),
            100
        );
    }

    #[test]
    fn successes_refill_it_up_to_the_limit() {
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
    fn a_dropped_permit_returns_its_cost() {
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
                            budget.refund(spent);
                        }
                    }
                });
            }
        });
        assert_eq!(budget.left(), 500);
    }
}
