//! One call: its attempts, and what comes between them.

pub(crate) mod attempt;
pub(crate) mod body;
mod receive;
mod watch;

use std::time::Duration;

use reqwest::Method;
use tokio::time::{Instant, sleep_until, timeout_at};
use tracing::Instrument as _;

use self::watch::WatchedCall;
use crate::auth::token_source::{Held, after};
use crate::client::core::{Runtime, Server};
use crate::error::call_target::Subject;
use crate::error::{Error, ErrorKind};
use crate::request::prepare::Prepared;
#[cfg(feature = "multipart")]
use crate::request::upload::Progress;
use crate::response::answer::Answer;
use crate::retry::budget::Reserved;
use crate::retry::classify::{RetryReason, Wait};
use crate::send::attempt::Attempt;
use crate::telemetry::observe::Event;
use crate::telemetry::trace;

/// Sends a request, and tells who watches.
pub(crate) async fn send(runtime: Runtime, request: Prepared) -> Result<Answer, Error> {
    let span = trace::call(&runtime, &request);
    let recorded = span.clone();
    #[cfg(feature = "blocking")]
    let background = runtime.background().cloned();
    let call = async move {
        let mut call = WatchedCall::begin(&runtime, &request, recorded);
        let outcome = run(&runtime, &request, &mut call.past).await;
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

/// One call, which ends with what its attempts came to.
async fn run(runtime: &Runtime, request: &Prepared, past: &mut Past) -> Result<Answer, Error> {
    let outcome = attempts(runtime, request, past).await;
    let outcome = outcome.map_err(|error| error.after(past.sent, past.attempts, past.waited));
    match outcome {
        Err(error) if error.was_already_gone() => Ok(Answer::gone(runtime, request, error)),
        outcome => outcome,
    }
}

/// What a call has behind it.
#[derive(Default)]
pub(crate) struct Past {
    /// Requests so far.
    pub(crate) attempts: u32,
    /// Whether any of them may have arrived.
    sent: bool,
    /// Whether the provider may have carried out one that failed.
    done: bool,
    waited: Duration,
    /// When the wait began that is not over yet.
    waiting: Option<Instant>,
    /// Why there is to be another attempt.
    failure: Option<Error>,
}

/// One call within its overall deadline. Everything happens inside this future: dropping it cancels the call.
async fn attempts(runtime: &Runtime, request: &Prepared, past: &mut Past) -> Result<Answer, Error> {
    let Some(server) = runtime.server(request.server) else {
        let subject = request.subject.clone();
        let detail = "invalid configuration: the server has no URL";
        return Err(Error::new(ErrorKind::Configuration, subject, detail));
    };
    let limits = runtime.limits();
    if limits.overall.is_zero() || limits.attempt.is_zero() {
        // A timer would let what is quick enough pass.
        let subject = request.subject.clone();
        let detail = "not sent: the call has no time at all";
        return Err(Error::new(ErrorKind::Timeout, subject, detail));
    }
    let policy = &runtime.settings().retry;
    let began = Instant::now();
    let mut overall = after(limits.overall);
    let (mut retries, mut taken, mut renewed) = (0, 0, false);
    let mut reserved: Option<Reserved<'_>> = None;
    loop {
        let tokens = ready(runtime, request, server, began, overall, past).await?;
        past.attempts += 1;
        past.failure = None;
        taken += reserved.take().map_or(0, Reserved::spend);
        let attempt = Attempt {
            runtime,
            request,
            server,
            tokens: &tokens,
            deadline: overall.min(after(limits.attempt)),
            #[cfg(feature = "multipart")]
            progress: Progress::new(),
            attempts: past.attempts,
            waited: past.waited,
        };
        let outcome = watch::attempt(&attempt).await;
        overall = attempt.extended(overall, limits.overall);
        let error = match outcome {
            Ok(answer) => {
                server.budget.succeeded(taken);
                return Ok(answer);
            }
            Err(error) => error,
        };
        past.sent |= error.was_sent();
        if past.done && request.method == Method::DELETE && error.is_not_found() {
            server.budget.succeeded(taken);
            return Err(error.already_gone());
        }
        // The token may have been revoked, or expired by a clock that is ahead. Trying again is safe whatever the
        // method, because a provider does nothing for somebody that it does not know.
        if !renewed && !tokens.is_empty() && error.is_unauthorized() {
            runtime.credentials().forget(&tokens);
            if !request.can_repeat() {
                return Err(error);
            }
            renewed = true;
            past.failure = Some(error);
            continue;
        }

        let Some(reason) = RetryReason::to_repeat(request, &error) else {
            return Err(error);
        };
        if !policy.allows_another(retries) {
            return Err(error);
        }
        let wait = Wait::before(retries, reason, &error, policy, runtime.jitter());
        let until = wait.map(|wait| Instant::now() + wait.time);
        let (Some(wait), Some(until)) = (wait, until.filter(|until| *until < overall)) else {
            return Err(error);
        };
        let (number, status) = (past.attempts, error.status());
        reserved = server.budget.take(reason.cost());
        let budget_left = server.budget.left();
        if reserved.is_none() {
            let refused = Event::RetryRefused {
                number,
                reason,
                status,
                budget_left,
            };
            watch::tell(runtime, request, &refused);
            return Err(error.exhausted());
        }
        retries += 1;
        past.done |= matches!(reason, RetryReason::Status | RetryReason::Unanswered);
        let retry = Event::Retry {
            number,
            reason,
            status,
            wait: wait.time,
            budget_left,
        };
        watch::tell(runtime, request, &retry);
        past.failure = Some(error);
        if wait.for_all {
            server.gate.close(until);
        }
        past.wait(until).await;
    }
}

impl Past {
    async fn wait(&mut self, until: Instant) {
        let began = Instant::now();
        self.waiting = Some(began);
        sleep_until(until).await;
        self.waiting = None;
        self.waited += began.elapsed();
    }

    /// How long it waited up to now, also while it waits.
    pub(crate) fn waited(&self) -> Duration {
        let now = self.waiting.map(|began| began.elapsed());
        self.waited + now.unwrap_or_default()
    }
}

/// What an attempt needs first: an open gate, tokens, and room in the client's own limits.
async fn ready(
    runtime: &Runtime,
    request: &Prepared,
    server: &Server,
    began: Instant,
    deadline: Instant,
    past: &mut Past,
) -> Result<Vec<Held>, Error> {
    loop {
        pass_gate(runtime, request, server, deadline, past).await?;
        let tokens = tokens(runtime, request, began, deadline, past.sent).await?;
        // A login takes time, in which others may have been asked to pause.
        if server.gate.opens().is_none()
            && pass_limits(runtime, request, server, deadline, past).await?
        {
            return Ok(tokens);
        }
    }
}

/// Waits as long as the provider asked any call of this client to.
async fn pass_gate(
    runtime: &Runtime,
    request: &Prepared,
    server: &Server,
    deadline: Instant,
    past: &mut Past,
) -> Result<(), Error> {
    while let Some(opens) = server.gate.opens() {
        let pause = opens.saturating_duration_since(Instant::now());
        if opens >= deadline {
            return Err(past.failure.take().unwrap_or_else(|| {
                let detail = "not sent: the provider asked for a pause that ends after the call's time limit";
                Error::new(ErrorKind::RateLimited, request.subject.clone(), detail)
                    .with_pause(pause)
            }));
        }
        // Not all in the same moment, but none too late because of that.
        let spread = opens + runtime.jitter().tenth_of(pause);
        let until = if spread < deadline { spread } else { opens };
        let wait = until.saturating_duration_since(Instant::now());
        watch::tell(runtime, request, &Event::PauseWait { wait });
        past.wait(until).await;
    }
    Ok(())
}

/// Takes what the request needs of the client's own limits; `false` if there is another pause to keep first.
async fn pass_limits(
    runtime: &Runtime,
    request: &Prepared,
    server: &Server,
    deadline: Instant,
    past: &mut Past,
) -> Result<bool, Error> {
    let began = Instant::now();
    let limiter = runtime.limiter();
    // Asking others takes time.
    past.waiting = limiter.is_shared().then_some(began);
    let mut told = false;
    let passed = {
        let waiting = &mut past.waiting;
        let mut wait = |wait| {
            // What is still to come of one wait is no other wait.
            if !std::mem::replace(&mut told, true) {
                *waiting = Some(began);
                watch::tell(runtime, request, &Event::LimitWait { wait });
            }
        };
        limiter.pass(request, server, deadline, &mut wait).await
    };
    if past.waiting.take().is_some() {
        past.waited += began.elapsed();
    }
    passed.map_err(|error| match past.failure.take() {
        Some(failure) => error.with_source(failure),
        None => error,
    })
}

/// The tokens that the request takes from sources; most take none.
async fn tokens(
    runtime: &Runtime,
    request: &Prepared,
    began: Instant,
    deadline: Instant,
    sent: bool,
) -> Result<Vec<Held>, Error> {
    let credentials = runtime.credentials();
    let tokens = credentials.tokens(request.schemes, runtime, began);
    let error = match timeout_at(deadline, tokens).await {
        Ok(Ok(tokens)) => return Ok(tokens),
        Ok(Err(error)) => error,
        Err(_) => {
            let subject = Subject::Client(runtime.provider());
            Error::new(ErrorKind::Timeout, subject, "no token in time")
        }
    };
    let subject = request.subject.clone();
    Err(Error::login_failed(
        subject,
        error,
        sent,
        &runtime.reporter().secrets,
    ))
}
