//! The retry loop: policy, backoff and budget only.

#[cfg(test)]
mod tests;

use tokio::time::Instant;

use crate::error::Error;
use crate::rate_limit::TimeLeft;
use crate::retry::budget::{RetryBudget, RetryPermit};
use crate::retry::classify::{Backoff, RetryReason};
use crate::retry::jitter::Jitter;
use crate::retry::policy::RetryPolicy;
use crate::telemetry::observe::Event;

/// The rules that decide whether a call is retried.
pub(super) struct Retries<'a> {
    pub(super) policy: &'a RetryPolicy,
    pub(super) budget: &'a RetryBudget,
    pub(super) jitter: &'a Jitter,
    /// Whether a request that may have been executed is safe to retry.
    pub(super) idempotent: bool,
    pub(super) body_is_repeatable: bool,
}

/// Why an attempt failed.
pub(super) enum AttemptFailure {
    /// Nothing was sent, and a retry would send nothing either.
    NotAttempted(Error),
    /// The request was sent, or connecting failed.
    Attempted(Error),
}

/// A call as the loop sees it.
pub(super) trait RetriedCall {
    type Output;

    /// Makes one attempt. A retry commits its permit just before the request is sent; if the permit is dropped before, its
    /// cost returns to the budget.
    fn attempt(
        &mut self,
        permit: Option<RetryPermit<'_>>,
    ) -> impl Future<Output = Result<Self::Output, AttemptFailure>> + Send;

    /// Number of requests so far.
    fn attempts(&self) -> u32;

    /// The deadline of the call, which upload progress extends, and the time of an attempt.
    fn time_left(&self) -> TimeLeft;

    fn report(&self, event: &Event<'_>);

    /// Waits before the next attempt. A shared wait pauses all calls to the server.
    fn wait_to_retry(
        &mut self,
        until: Instant,
        shared: bool,
        failure: Error,
    ) -> impl Future<Output = ()> + Send;
}

/// Repeats `call` while it fails, a retry is safe, and policy, deadline and budget allow it.
pub(super) async fn run<C: RetriedCall>(
    call: &mut C,
    retries: &Retries<'_>,
) -> Result<C::Output, Error> {
    let (mut count, mut spent) = (0, 0);
    let mut permit: Option<RetryPermit<'_>> = None;
    loop {
        let cost = permit.as_ref().map_or(0, RetryPermit::cost);
        let outcome = call.attempt(permit.take()).await;
        spent += cost;
        let error = match outcome {
            Ok(output) => {
                retries.budget.succeeded(spent);
                return Ok(output);
            }
            Err(AttemptFailure::NotAttempted(error)) => return Err(error),
            Err(AttemptFailure::Attempted(error)) => error,
        };
        let Some((reason, backoff, until)) = retries.next(&error, count, call.time_left()) else {
            return Err(error);
        };
        let (number, status) = (call.attempts(), error.status());
        permit = retries.budget.take(reason.cost());
        let budget_left = retries.budget.left();
        if permit.is_none() {
            call.report(&Event::RetryRefused {
                number,
                reason,
                status,
                budget_left,
            });
            return Err(error.exhausted());
        }
        count += 1;
        call.report(&Event::Retry {
            number,
            reason,
            status,
            wait: backoff.time,
            budget_left,
        });
        call.wait_to_retry(until, backoff.shared, error).await;
    }
}

impl Retries<'_> {
    /// The reason, wait and time of the next retry after `count` retries; `None` if it is not safe, not allowed, or too late. A
    /// pause that the provider asks for must leave time for a whole attempt, as for calls that wait for its end.
    fn next(
        &self,
        error: &Error,
        count: u32,
        time: TimeLeft,
    ) -> Option<(RetryReason, Backoff, Instant)> {
        let reason = RetryReason::classify(error, self.idempotent, self.body_is_repeatable)?;
        if !self.policy.allows_another(count) {
            return None;
        }
        let backoff = Backoff::before(count, reason, error, self.policy, self.jitter)?;
        let until = Instant::now() + backoff.time;
        let in_time = if backoff.shared {
            time.fits(until)
        } else {
            until < time.deadline
        };
        in_time.then_some((reason, backoff, until))
    }
}
