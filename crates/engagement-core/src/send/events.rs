//! The events of a call, for tracing and for the observer of the client.

use std::time::Duration;

use tokio::time::Instant;
use tracing::{Instrument as _, Span};

use crate::client::core::ClientCore;
use crate::error::Error;
use crate::request::prepare::PreparedRequest;
use crate::response::raw::RawResponse;
use crate::send::CallState;
use crate::send::attempt::Attempt;
use crate::telemetry::observe::{Event, Outcome};
use crate::telemetry::trace;

/// Reports an event of a call.
pub(super) fn emit(core: &ClientCore, request: &PreparedRequest, event: &Event<'_>) {
    let server = core.server(request.server);
    let base = server.map(|server| &*server.base);
    core.reporter().report(&request.target, base, event);
}

impl Outcome {
    fn of(outcome: &Result<RawResponse, Error>) -> Self {
        match outcome {
            Ok(response) => Self::Success(response.meta.status),
            Err(error) => Self::Failure(error.kind(), error.status()),
        }
    }
}

/// The current time, if there is an observer.
fn began(core: &ClientCore) -> Option<Instant> {
    core.reporter().is_observed().then(Instant::now)
}

fn since(began: Option<Instant>) -> Duration {
    began.map_or(Duration::ZERO, |began| began.elapsed())
}

/// Reports the end of a call exactly once, also if the call is dropped.
pub(super) struct CallGuard<'a> {
    core: &'a ClientCore,
    request: &'a PreparedRequest,
    span: Span,
    began: Option<Instant>,
    pub(super) state: CallState,
    over: bool,
}

impl<'a> CallGuard<'a> {
    pub(super) fn begin(core: &'a ClientCore, request: &'a PreparedRequest, span: Span) -> Self {
        Self {
            core,
            request,
            span,
            began: began(core),
            state: CallState::default(),
            over: false,
        }
    }

    pub(super) fn end(mut self, outcome: &Result<RawResponse, Error>) {
        self.over = true;
        self.report(Outcome::of(outcome));
    }

    fn report(&self, outcome: Outcome) {
        let (attempts, waited) = (self.state.attempts, self.state.waited());
        trace::call_over(&self.span, &outcome, attempts, waited);
        let duration = since(self.began);
        let event = Event::Call {
            outcome,
            attempts,
            duration,
            waited,
        };
        emit(self.core, self.request, &event);
    }
}

impl Drop for CallGuard<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.report(Outcome::Cancelled);
        }
    }
}

/// Makes one attempt, and reports its end exactly once.
pub(super) async fn attempt(attempt: &Attempt<'_>) -> Result<RawResponse, Error> {
    let span = trace::attempt(
        &attempt.request.target,
        &attempt.server.base,
        attempt.number,
    );
    let mut guard = AttemptGuard {
        attempt,
        span: span.clone(),
        began: began(attempt.core),
        over: false,
    };
    let outcome = attempt.run().instrument(span).await;
    guard.over = true;
    guard.report(Outcome::of(&outcome));
    outcome
}

struct AttemptGuard<'a> {
    attempt: &'a Attempt<'a>,
    span: Span,
    began: Option<Instant>,
    over: bool,
}

impl AttemptGuard<'_> {
    fn report(&self, outcome: Outcome) {
        trace::attempt_over(&self.span, &outcome);
        let event = Event::Attempt {
            number: self.attempt.number,
            outcome,
            duration: since(self.began),
        };
        emit(self.attempt.core, self.attempt.request, &event);
    }
}

impl Drop for AttemptGuard<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.report(Outcome::Cancelled);
        }
    }
}
