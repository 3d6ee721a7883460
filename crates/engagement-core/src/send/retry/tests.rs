//! The loop alone: a scripted call, and a virtual clock.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use tokio::time::{Instant, advance, sleep_until};

use super::{AttemptFailure, RetriedCall, Retries, run};
use crate::error::call_target::CallTarget;
use crate::error::{Error, ErrorKind};
use crate::provider::Provider;
use crate::rate_limit::TimeLeft;
use crate::redact::secret_mask::SecretMask;
use crate::retry::budget::{RetryBudget, RetryPermit};
use crate::retry::jitter::Jitter;
use crate::retry::policy::RetryPolicy;
use crate::telemetry::observe::Event;

static PROVIDER: Provider = Provider {
    name: "acme",
    title: "Acme",
    env_prefix: "ACME",
    version: "1",
    servers: &[],
    schemes: &[],
    client_values: &[],
    error_message: &[],
    conflict_messages: &[],
    error_in_success: None,
    operations: &[],
};

/// What one attempt does.
#[derive(Debug)]
enum Step {
    Succeed,
    Fail(Error),
    /// Nothing is sent.
    NotAdmitted,
}

struct Script {
    steps: VecDeque<Step>,
    attempts: u32,
    /// How long each attempt takes.
    takes: Duration,
    deadline: Instant,
    /// The time limit of an attempt.
    attempt: Duration,
    shared_waits: u32,
    events: RefCell<Vec<String>>,
}

impl Script {
    fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self {
            steps: steps.into_iter().collect(),
            attempts: 0,
            takes: Duration::ZERO,
            deadline: Instant::now() + Duration::from_secs(60),
            attempt: Duration::from_secs(30),
            shared_waits: 0,
            events: RefCell::default(),
        }
    }
}

impl RetriedCall for Script {
    type Output = u32;

    async fn attempt(&mut self, permit: Option<RetryPermit<'_>>) -> Result<u32, AttemptFailure> {
        let step = self.steps.pop_front().expect("one attempt too many");
        if let Step::NotAdmitted = step {
            return Err(AttemptFailure::NotAttempted(failed(503, None)));
        }
        if let Some(permit) = permit {
            permit.commit();
        }
        self.attempts += 1;
        advance(self.takes).await;
        match step {
            Step::Fail(error) => Err(AttemptFailure::Attempted(error)),
            _ => Ok(self.attempts),
        }
    }

    fn attempts(&self) -> u32 {
        self.attempts
    }

    fn time_left(&self) -> TimeLeft {
        TimeLeft {
            deadline: self.deadline,
            attempt: self.attempt,
        }
    }

    fn report(&self, event: &Event<'_>) {
        let text = match event {
            Event::Retry { number, reason, .. } => format!("retry {number} {}", reason.as_str()),
            Event::RetryRefused { number, .. } => format!("refused {number}"),
            other => format!("{other:?}"),
        };
        self.events.borrow_mut().push(text);
    }

    async fn wait_to_retry(&mut self, until: Instant, shared: bool, _: Error) {
        self.shared_waits += u32::from(shared);
        sleep_until(until).await;
    }
}

fn failed(status: u16, retry_after: Option<&'static str>) -> Error {
    let header = retry_after.map(|seconds| (RETRY_AFTER, HeaderValue::from_static(seconds)));
    let headers = HeaderMap::from_iter(header);
    let status = StatusCode::from_u16(status).unwrap();
    error(ErrorKind::Api).with_response(status, headers, None, &SecretMask::default())
}

fn error(kind: ErrorKind) -> Error {
    Error::new(kind, CallTarget::Client(&PROVIDER), "scripted").sent(1)
}

/// Runs a script, and returns its outcome, how long it took, and what is left of the budget.
async fn play(
    script: &mut Script,
    policy: RetryPolicy,
    idempotent: bool,
) -> (Result<u32, Error>, Duration, u64) {
    let budget = RetryBudget::new();
    let retries = Retries {
        policy: &policy,
        budget: &budget,
        jitter: &Jitter::new(Some(7)),
        idempotent,
        body_is_repeatable: true,
    };
    let began = Instant::now();
    let outcome = run(script, &retries).await;
    (outcome, began.elapsed(), budget.left())
}

#[tokio::test(start_paused = true)]
async fn a_success_is_not_retried() {
    let mut script = Script::new([Step::Succeed]);
    let (outcome, took, left) = play(&mut script, RetryPolicy::new(), true).await;
    assert_eq!((outcome.unwrap(), took, left), (1, Duration::ZERO, 500));
    assert!(script.events.borrow().is_empty());
}

#[tokio::test(start_paused = true)]
async fn failures_are_retried_up_to_the_policy_and_a_success_returns_their_cost() {
    let mut script = Script::new([
        Step::Fail(failed(503, None)),
        Step::Fail(error(ErrorKind::Transport)),
        Step::Succeed,
    ]);
    let (outcome, took, left) = play(&mut script, RetryPolicy::new(), true).await;
    assert_eq!((outcome.unwrap(), left), (3, 500));
    assert!(took <= Duration::from_millis(150), "{took:?}");
    assert_eq!(
        *script.events.borrow(),
        ["retry 1 status", "retry 2 no_response"]
    );

    let mut script = Script::new((0..3).map(|_| Step::Fail(failed(500, None))));
    let (outcome, _, left) = play(&mut script, RetryPolicy::new(), true).await;
    assert_eq!(
        outcome.unwrap_err().status(),
        Some(StatusCode::INTERNAL_SERVER_ERROR)
    );
    assert_eq!(
        (script.attempts, left),
        (3, 500 - 2 * RetryPolicy::TRANSIENT_COST)
    );
}

#[tokio::test(start_paused = true)]
async fn a_request_that_may_have_been_executed_is_retried_only_if_idempotent() {
    for failure in [
        failed(503, None),
        error(ErrorKind::Transport),
        error(ErrorKind::Timeout),
    ] {
        let mut script = Script::new([Step::Fail(failure)]);
        let (outcome, _, left) = play(&mut script, RetryPolicy::new(), false).await;
        assert!(outcome.is_err());
        assert_eq!((script.attempts, left), (1, 500));
    }
    for failure in [failed(429, None), error(ErrorKind::Connect)] {
        let mut script = Script::new([Step::Fail(failure), Step::Succeed]);
        let (outcome, _, _) = play(&mut script, RetryPolicy::new(), false).await;
        assert_eq!(outcome.unwrap(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_shared_wait_is_as_long_as_the_provider_asks() {
    let mut script = Script::new([Step::Fail(failed(429, Some("7"))), Step::Succeed]);
    let (outcome, took, _) = play(&mut script, RetryPolicy::new(), false).await;
    assert_eq!((outcome.unwrap(), script.shared_waits), (2, 1));
    let seven = Duration::from_secs(7);
    assert!(seven <= took && took <= seven.mul_f64(1.1), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn no_retry_begins_after_the_deadline() {
    let mut script = Script::new([Step::Fail(failed(429, Some("61")))]);
    let (outcome, took, left) = play(&mut script, RetryPolicy::new(), true).await;
    assert!(outcome.is_err());
    assert_eq!((script.attempts, took, left), (1, Duration::ZERO, 500));

    let mut script = Script::new([Step::Fail(failed(503, None))]);
    script.takes = Duration::from_secs(60);
    let (outcome, _, _) = play(&mut script, RetryPolicy::new(), true).await;
    assert!(outcome.is_err());
    assert_eq!(script.attempts, 1);
}

/// With its jitter, a wait is up to a tenth longer than asked.
#[tokio::test(start_paused = true)]
async fn a_pause_must_leave_time_for_a_whole_attempt() {
    for (status, seconds, attempts) in [
        (429, "27", 2),
        (429, "31", 1),
        (503, "31", 1),
        (500, "31", 2),
    ] {
        let mut script = Script::new([Step::Fail(failed(status, Some(seconds))), Step::Succeed]);
        let (outcome, _, _) = play(&mut script, RetryPolicy::new(), true).await;
        assert_eq!(outcome.is_ok(), attempts == 2, "{status} {seconds}");
        assert_eq!(script.attempts, attempts, "{status} {seconds}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_is_not_sent_costs_nothing() {
    let mut script = Script::new([Step::Fail(failed(503, None)), Step::NotAdmitted]);
    let (outcome, _, left) = play(&mut script, RetryPolicy::new(), true).await;
    assert!(outcome.is_err());
    assert_eq!((script.attempts, left), (1, 500));
}

#[tokio::test(start_paused = true)]
async fn without_budget_the_failure_is_returned() {
    let policy = RetryPolicy::new().max_attempts(100);
    let mut script = Script::new((0..36).map(|_| Step::Fail(failed(503, None))));
    script.deadline = Instant::now() + Duration::from_secs(3600);
    let (outcome, _, left) = play(&mut script, policy, true).await;
    assert!(outcome.unwrap_err().retries_exhausted());
    assert_eq!((script.attempts, left), (36, 10));
    assert_eq!(script.events.borrow().last().unwrap(), "refused 36");
}
