//! The events of a call, for tracing and the client's observer.

use std::time::Duration;

use tokio::time::Instant;
use tracing::{Instrument as _, Span};

use crate::client::core::Runtime;
use crate::error::Error;
use crate::request::prepare::Prepared;
use crate::response::answer::Answer;
use crate::send::CallState;
use crate::send::attempt::Attempt;
use crate::telemetry::observe::{Event, Outcome};
use crate::telemetry::trace;

/// Reports an event of a call.
pub(super) fn emit(runtime: &Runtime, request: &Prepared, event: &Event<'_>) {
    let server = runtime.server(request.server);
    let base = server.map(|server| &*server.base);
    runtime.reporter().report(&request.subject, base, event);
}

impl Outcome {
    fn of(outcome: &Result<Answer, Error>) -> Self {
        match outcome {
            Ok(answer) => Self::Success(answer.meta.status),
            Err(error) => Self::Failure(error.kind(), error.status()),
        }
    }
}

/// When something began, if there is an observer.
fn began(runtime: &Runtime) -> Option<Instant> {
    runtime.reporter().is_observed().then(Instant::now)
}

fn since(began: Option<Instant>) -> Duration {
    began.map_or(Duration::ZERO, |began| began.elapsed())
}

/// A call, whose end is reported exactly once, also when it is dropped.
pub(super) struct CallGuard<'a> {
    runtime: &'a Runtime,
    request: &'a Prepared,
    span: Span,
    began: Option<Instant>,
    pub(super) state: CallState,
    over: bool,
}

impl<'a> CallGuard<'a> {
    pub(super) fn begin(runtime: &'a Runtime, request: &'a Prepared, span: Span) -> Self {
        Self {
            runtime,
            request,
            span,
            began: began(runtime),
            state: CallState::default(),
            over: false,
        }
    }

    pub(super) fn end(mut self, outcome: &Result<Answer, Error>) {
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
        emit(self.runtime, self.request, &event);
    }
}

impl Drop for CallGuard<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.report(Outcome::Cancelled);
        }
    }
}

/// Makes a request, whose end is told once, however it ends.
pub(super) async fn attempt(attempt: &Attempt<'_>) -> Result<Answer, Error> {
    let span = trace::attempt(
        &attempt.request.subject,
        &attempt.server.base,
        attempt.number,
    );
    let mut guard = AttemptGuard {
        attempt,
        span: span.clone(),
        began: began(attempt.runtime),
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
        emit(self.attempt.runtime, self.attempt.request, &event);
    }
}

impl Drop for AttemptGuard<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.report(Outcome::Cancelled);
        }
    }
}
