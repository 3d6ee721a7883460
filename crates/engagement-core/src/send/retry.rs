//! The retry loop: policy, backoff and budget, and nothing else.

#[cfg(test)]
mod tests;

use tokio::time::Instant;

use crate::error::Error;
use crate::retry::budget::{RetryBudget, RetryPermit};
use crate::retry::classify::{Backoff, RetryReason};
use crate::retry::jitter::Jitter;
use crate::retry::policy::RetryPolicy;
use crate::telemetry::observe::Event;

/// What decides whether a call is retried.
pub(super) struct Retries<'a> {
    pub(super) policy: &'a RetryPolicy,
    pub(super) budget: &'a RetryBudget,
    pub(super) jitter: &'a Jitter,
    /// Whether the request may be repeated although it may have been executed.
    pub(super) idempotent: bool,
    pub(super) body_is_repeatable: bool,
}

/// Why an attempt failed.
pub(super) enum Failure {
    /// Nothing was sent, and a retry would not be either.
    NotAttempted(Error),
    /// The request was tried.
    Attempted(Error),
}

/// What the loop repeats.
pub(super) trait RetriedCall {
    type Output;

    /// Tries once. A retry commits its permit when the request is about to be sent; until then, dropping the permit
    /// returns its cost.
    fn attempt(
        &mut self,
        permit: Option<RetryPermit<'_>>,
    ) -> impl Future<Output = Result<Self::Output, Failure>> + Send;

    /// Requests so far.
    fn attempts(&self) -> u32;

    /// When the call must have ended. An upload that progresses moves it.
    fn deadline(&self) -> Instant;

    fn report(&self, event: &Event<'_>);

    /// Waits before the next attempt. A shared wait holds for all calls to the server.
    fn wait_to_retry(
        &mut self,
        until: Instant,
        shared: bool,
        failure: Error,
    ) -> impl Future<Output = ()> + Send;
}

/// Repeats `call` as long as it fails, a retry is safe, and policy, time and budget allow one.
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
            Err(Failure::NotAttempted(error)) => return Err(error),
            Err(Failure::Attempted(error)) => error,
        };
        let Some((reason, backoff, until)) = retries.next(&error, count, call.deadline()) else {
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
    /// Why and when to retry after so many retries, if it is safe, allowed, and there is time.
    fn next(
        &self,
        error: &Error,
        count: u32,
        deadline: Instant,
    ) -> Option<(RetryReason, Backoff, Instant)> {
        let reason = RetryReason::classify(error, self.idempotent, self.body_is_repeatable)?;
        if !self.policy.allows_another(count) {
            return None;
        }
        let backoff = Backoff::before(count, reason, error, self.policy, self.jitter)?;
        let until = Instant::now() + backoff.time;
        (until < deadline).then_some((reason, backoff, until))
    }
}
