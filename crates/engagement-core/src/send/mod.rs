//! Sending a request: [`retry`] repeats what [`authenticate`] sends with valid tokens, once [`admission`] lets it pass.
//! [`attempt`] is one request on the wire, and [`receive`] reads its response. Each has one concern, and calls the next.

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

use crate::client::core::{Runtime, Server};
use crate::error::{Error, ErrorKind};
use crate::request::prepare::Prepared;
use crate::response::answer::Answer;
use crate::retry::budget::RetryPermit;
use crate::retry::classify::RetryReason;
use crate::send::deadline::Deadline;
use crate::send::events::{CallGuard, emit};
use crate::send::retry::{Failure, RetriedCall, Retries};
use crate::telemetry::observe::Event;
use crate::telemetry::trace;

/// Sends a request, inside its span, and reports how it ends. Everything happens inside this future: dropping it cancels
/// the call.
pub(crate) async fn send(runtime: Runtime, request: Prepared) -> Result<Answer, Error> {
    let span = trace::call(&request.subject);
    let recorded = span.clone();
    #[cfg(feature = "blocking")]
    let background = runtime.background().cloned();
    let call = async move {
        let mut call = CallGuard::begin(&runtime, &request, recorded);
        let outcome = run(&runtime, &request, &mut call.state).await;
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

/// Sends a request with its retries, and adds what the call took to an error.
async fn run(
    runtime: &Runtime,
    request: &Prepared,
    state: &mut CallState,
) -> Result<Answer, Error> {
    let server = ready_server(runtime, request)?;
    let retries = Retries {
        policy: &runtime.settings().retry,
        budget: &server.budget,
        jitter: runtime.jitter(),
        idempotent: request.is_idempotent(),
        body_is_repeatable: request.can_repeat(),
    };
    let mut call = OneCall {
        runtime,
        request,
        server,
        began: Instant::now(),
        deadline: Deadline::new(runtime.limits()),
        state,
    };
    let outcome = retry::run(&mut call, &retries).await;
    outcome.map_err(|error| error.after(state.sent, state.attempts, state.waited))
}

/// The server of a request, unless nothing can be sent to it.
fn ready_server<'a>(runtime: &'a Runtime, request: &Prepared) -> Result<&'a Server, Error> {
    let fail = |kind, detail| Err(Error::new(kind, request.subject.clone(), detail));
    let Some(server) = runtime.server(request.server) else {
        let detail = "invalid configuration: the server has no URL";
        return fail(ErrorKind::Configuration, detail);
    };
    if Deadline::new(runtime.limits()).is_zero() {
        // A timer would let a quick response pass.
        let detail = "not sent: the call has no time at all";
        return fail(ErrorKind::Timeout, detail);
    }
    Ok(server)
}

/// What has happened in a call so far.
#[derive(Default)]
pub(crate) struct CallState {
    /// Requests so far.
    attempts: u32,
    /// Whether any of them may have arrived.
    sent: bool,
    /// Whether the provider may have executed one that failed.
    may_have_executed: bool,
    waited: Duration,
    /// When the current wait began, if there is one.
    waiting_since: Option<Instant>,
    /// Whether a refused token was replaced.
    token_renewed: bool,
    /// Why there will be another attempt.
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

    /// How long it has waited up to now, the current wait included.
    fn waited(&self) -> Duration {
        let current = self.waiting_since.map(|began| began.elapsed());
        self.waited + current.unwrap_or_default()
    }
}

/// One call: what the retry loop repeats.
struct OneCall<'a> {
    runtime: &'a Runtime,
    request: &'a Prepared,
    server: &'a Server,
    began: Instant,
    deadline: Deadline,
    state: &'a mut CallState,
}

impl OneCall<'_> {
    fn emit(&self, event: &Event<'_>) {
        emit(self.runtime, self.request, event);
    }
}

impl RetriedCall for OneCall<'_> {
    type Output = Answer;

    /// A deletion that finds nothing after an attempt that may have been executed has succeeded.
    async fn attempt(&mut self, permit: Option<RetryPermit<'_>>) -> Result<Answer, Failure> {
        let may_have_deleted =
            self.state.may_have_executed && self.request.method == Method::DELETE;
        match authenticate::attempt(self, permit).await {
            Err(Failure::Attempted(error)) if may_have_deleted && error.is_not_found() => {
                let error = error.after(true, self.state.attempts, self.state.waited);
                Ok(receive::already_deleted(self.runtime, self.server, error))
            }
            Err(Failure::Attempted(error)) => {
                self.state.sent |= error.was_sent();
                self.state.may_have_executed |=
                    RetryReason::of(&error).is_some_and(RetryReason::may_have_executed);
                Err(Failure::Attempted(error))
            }
            outcome => outcome,
        }
    }

    fn attempts(&self) -> u32 {
        self.state.attempts
    }

    fn deadline(&self) -> Instant {
        self.deadline.overall()
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
