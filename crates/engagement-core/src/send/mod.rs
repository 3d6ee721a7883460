//! Sending a request. Each module has one concern and calls the next: [`retry`] repeats attempts, [`authenticate`] makes one
//! attempt and renews a refused token, [`admission`] waits for pauses and rate limits, [`attempt`] sends one request, and
//! [`receive`] reads its response.

mod admission;
mod attempt;
mod authenticate;
mod body;
mod deadline;
mod events;
mod receive;
mod retry;

use std::time::Duration;

use reqwest::Method;
use tokio::time::{Instant, sleep_until};
use tracing::Instrument as _;

use crate::client::core::{ClientCore, Server};
use crate::error::{Error, ErrorKind};
use crate::rate_limit::TimeLeft;
use crate::request::prepare::PreparedRequest;
use crate::response::raw::RawResponse;
use crate::retry::budget::RetryPermit;
use crate::retry::classify::RetryReason;
use crate::send::deadline::Deadline;
use crate::send::events::{CallGuard, emit};
use crate::send::retry::{AttemptFailure, RetriedCall, Retries};
use crate::telemetry::observe::Event;
use crate::telemetry::trace;

/// Sends a request inside its span, and reports the result. Dropping the future cancels the call.
pub(crate) async fn send(core: ClientCore, request: PreparedRequest) -> Result<RawResponse, Error> {
    let span = trace::call(&request.target);
    let recorded = span.clone();
    #[cfg(feature = "blocking")]
    let background = core.background().cloned();
    let call = async move {
        let mut call = CallGuard::begin(&core, &request, recorded);
        let outcome = run(&core, &request, &mut call.state).await;
        call.end(&outcome);
        outcome
    }
    .instrument(span);
    #[cfg(feature = "blocking")]
    if let Some(background) = background {
        return background.run(call).await;
    }
    call.await
}

/// Sends a request with its retries, and adds attempts and waiting time to an error.
async fn run(
    core: &ClientCore,
    request: &PreparedRequest,
    state: &mut CallState,
) -> Result<RawResponse, Error> {
    let server = ready_server(core, request)?;
    let retries = Retries {
        policy: &core.settings().retry,
        budget: &server.budget,
        jitter: core.jitter(),
        idempotent: request.is_idempotent(core.settings().idempotent),
        body_is_repeatable: request.can_repeat(),
    };
    let mut call = OneCall {
        core,
        request,
        server,
        began: Instant::now(),
        deadline: Deadline::new(core.limits()),
        state,
    };
    let outcome = retry::run(&mut call, &retries).await;
    outcome.map_err(|error| error.after(state.sent, state.attempts, state.waited))
}

/// The server of a request, or an error if nothing can be sent to it.
fn ready_server<'a>(core: &'a ClientCore, request: &PreparedRequest) -> Result<&'a Server, Error> {
    let fail = |kind, detail| Err(Error::new(kind, request.target.clone(), detail));
    let Some(server) = core.server(request.server) else {
        let detail = "invalid configuration: the server has no URL";
        return fail(ErrorKind::Configuration, detail);
    };
    if Deadline::new(core.limits()).is_zero() {
        // A timer would let a fast response pass.
        let detail = "not sent: the time limit of the call is zero";
        return fail(ErrorKind::Timeout, detail);
    }
    Ok(server)
}

/// The progress of a call.
#[derive(Default)]
pub(crate) struct CallState {
    /// Number of requests so far.
    attempts: u32,
    /// Whether the provider may have received one of them.
    sent: bool,
    /// Whether the provider may have executed a failed one.
    may_have_executed: bool,
    waited: Duration,
    /// Start of the current wait, if the call waits.
    waiting_since: Option<Instant>,
    /// Whether a refused token was already renewed.
    token_renewed: bool,
    /// The failure that the next attempt follows.
    last_failure: Option<Error>,
}

impl CallState {
    async fn wait(&mut self, until: Instant) {
        let began = Instant::now();
        self.waiting_since = Some(began);
        sleep_until(until).await;
        self.waiting_since = None;
        self.waited += began.elapsed();
    }

    /// The time waited so far, including the current wait.
    fn waited(&self) -> Duration {
        let current = self.waiting_since.map(|began| began.elapsed());
        self.waited + current.unwrap_or_default()
    }
}

/// One call, which the retry loop repeats.
struct OneCall<'a> {
    core: &'a ClientCore,
    request: &'a PreparedRequest,
    server: &'a Server,
    began: Instant,
    deadline: Deadline,
    state: &'a mut CallState,
}

impl OneCall<'_> {
    fn emit(&self, event: &Event<'_>) {
        emit(self.core, self.request, event);
    }
}

impl RetriedCall for OneCall<'_> {
    type Output = RawResponse;

    /// A retried deletion that finds nothing has succeeded: an earlier attempt may have deleted it.
    async fn attempt(
        &mut self,
        permit: Option<RetryPermit<'_>>,
    ) -> Result<RawResponse, AttemptFailure> {
        let may_have_deleted =
            self.state.may_have_executed && self.request.method == Method::DELETE;
        match authenticate::attempt(self, permit).await {
            Err(AttemptFailure::Attempted(error)) if may_have_deleted && error.is_not_found() => {
                let error = error.after(true, self.state.attempts, self.state.waited);
                Ok(receive::already_deleted(self.core, self.server, error))
            }
            Err(AttemptFailure::Attempted(error)) => {
                self.state.sent |= error.was_sent();
                self.state.may_have_executed |=
                    RetryReason::of(&error).is_some_and(RetryReason::may_have_executed);
                Err(AttemptFailure::Attempted(error))
            }
            outcome => outcome,
        }
    }

    fn attempts(&self) -> u32 {
        self.state.attempts
    }

    fn time_left(&self) -> TimeLeft {
        self.deadline.time_left()
    }

    fn report(&self, event: &Event<'_>) {
        self.emit(event);
    }

    async fn wait_to_retry(&mut self, until: Instant, shared: bool, failure: Error) {
        self.state.last_failure = Some(failure);
        if shared {
            self.server.pause.pause_until(until);
        }
        self.state.wait(until).await;
    }
}
