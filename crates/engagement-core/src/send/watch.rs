//! Telling tracing and the client's observer what becomes of a call.

use std::time::Duration;

use tokio::time::Instant;
use tracing::{Instrument as _, Span};

use crate::client::core::Runtime;
use crate::error::Error;
use crate::request::prepare::Prepared;
use crate::response::answer::Answer;
use crate::send::Past;
use crate::send::attempt::Attempt;
use crate::telemetry::observe::{Event, Outcome};
use crate::telemetry::trace;

/// Tells what happens in a call.
pub(crate) fn tell(runtime: &Runtime, request: &Prepared, event: &Event<'_>) {
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

/// When something began, if anybody wants to know.
fn began(runtime: &Runtime) -> Option<Instant> {
    runtime.reporter().is_observed().then(Instant::now)
}

fn since(began: Option<Instant>) -> Duration {
    began.map_or(Duration::ZERO, |began| began.elapsed())
}

/// A call, whose end is told once, however it ends.
pub(crate) struct WatchedCall<'a> {
    runtime: &'a Runtime,
    request: &'a Prepared,
    span: Span,
    began: Option<Instant>,
    pub(crate) past: Past,
    over: bool,
}

impl<'a> WatchedCall<'a> {
    pub(crate) fn begin(runtime: &'a Runtime, request: &'a Prepared, span: Span) -> Self {
        Self {
            runtime,
            request,
            span,
            began: began(runtime),
            past: Past::default(),
            over: false,
        }
    }

    pub(crate) fn end(mut self, outcome: &Result<Answer, Error>) {
        self.over = true;
        self.tell(Outcome::of(outcome));
    }

    fn tell(&self, outcome: Outcome) {
        let (attempts, waited) = (self.past.attempts, self.past.waited());
        trace::call_over(&self.span, &outcome, attempts, waited);
        let duration = since(self.began);
        let event = Event::Call {
            outcome,
            attempts,
            duration,
            waited,
        };
        tell(self.runtime, self.request, &event);
    }
}

impl Drop for WatchedCall<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.tell(Outcome::Cancelled);
        }
    }
}

/// Makes a request, whose end is told once, however it ends.
pub(crate) async fn attempt(attempt: &Attempt<'_>) -> Result<Answer, Error> {
    let span = trace::attempt(attempt.runtime, attempt.request, attempt.attempts);
    let mut watched = WatchedAttempt {
        attempt,
        span: span.clone(),
        began: began(attempt.runtime),
        over: false,
    };
    let outcome = attempt.run().instrument(span).await;
    watched.over = true;
    watched.tell(Outcome::of(&outcome));
    outcome
}

struct WatchedAttempt<'a> {
    attempt: &'a Attempt<'a>,
    span: Span,
    began: Option<Instant>,
    over: bool,
}

impl WatchedAttempt<'_> {
    fn tell(&self, outcome: Outcome) {
        trace::attempt_over(&self.span, &outcome);
        let event = Event::Attempt {
            number: self.attempt.attempts,
            outcome,
            duration: since(self.began),
        };
        tell(self.attempt.runtime, self.attempt.request, &event);
    }
}

impl Drop for WatchedAttempt<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.tell(Outcome::Cancelled);
        }
    }
}
