//! Helpers for tests with a paused clock. While they run, the clock advances only if a test does that.

use std::cell::RefCell;
use std::pin::pin;
use std::sync::Once;
use std::time::{Duration, Instant};

use tokio::task::yield_now;
use tracing::field::{Field, Visit};
use tracing::subscriber::NoSubscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// How long a test waits for something that does not come. This time is real, since a paused clock never ends a wait.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// Fails the test if it waits for something that does not come, instead of waiting forever.
fn check_wait(since: Instant) {
    assert!(
        since.elapsed() < LONGEST_WAIT,
        "what the test waits for did not come within {LONGEST_WAIT:?}"
    );
}

/// The result of `future` without advancing the clock.
pub(crate) async fn without_time<T>(future: impl Future<Output = T>) -> T {
    let since = Instant::now();
    let mut future = pin!(future);
    loop {
        tokio::select! {
            biased;
            result = &mut future => return result,
            () = yield_now() => check_wait(since),
        }
    }
}

/// The result of `future` while the clock advances in steps. Sockets are read between them.
pub(crate) async fn with_time<T>(step: Duration, future: impl Future<Output = T>) -> T {
    let since = Instant::now();
    let mut future = pin!(future);
    loop {
        check_wait(since);
        tokio::select! {
            biased;
            result = &mut future => return result,
            () = settle() => tokio::time::advance(step).await,
        }
    }
}

/// Runs all tasks that are ready.
pub(crate) async fn settle() {
    for _ in 0..100 {
        yield_now().await;
    }
}

/// The event of a retry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Traced {
    pub(crate) is_retry: bool,
    pub(crate) attempt: u64,
    pub(crate) wait_ms: u64,
    pub(crate) reason: String,
    pub(crate) status: Option<u64>,
}

impl Visit for Traced {
    fn record_i64(&mut self, field: &Field, value: i64) {
        let value = u64::try_from(value).unwrap();
        match field.name() {
            "engagement.attempt" => self.attempt = value,
            "engagement.wait_ms" => self.wait_ms = value,
            "http.response.status_code" => self.status = Some(value),
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "engagement.retry.reason" {
            value.clone_into(&mut self.reason);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.is_retry = format!("{value:?}") == "retrying";
        }
    }
}

thread_local! {
    static TRACED: RefCell<Vec<Traced>> = const { RefCell::new(Vec::new()) };
    static WARNINGS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static WAITS: RefCell<Vec<(tracing::Level, String, u64)>> = const { RefCell::new(Vec::new()) };
}

/// The events of retries on this thread. Each test has its own thread.
pub(crate) struct Retries;

impl Retries {
    /// Starts with an empty list.
    pub(crate) fn record() -> Self {
        install();
        TRACED.take();
        Self
    }

    pub(crate) fn all(&self) -> Vec<Traced> {
        TRACED.with_borrow(Clone::clone)
    }

    /// Waits for this number of retries.
    pub(crate) async fn reach(&self, count: usize) {
        while TRACED.with_borrow(Vec::len) < count {
            yield_now().await;
        }
    }
}

/// The texts of warnings on this thread.
pub(crate) struct Warnings;

impl Warnings {
    /// Starts with an empty list.
    pub(crate) fn record() -> Self {
        install();
        WARNINGS.take();
        Self
    }

    pub(crate) fn take(&self) -> Vec<String> {
        WARNINGS.take()
    }
}

/// All events about waits on this thread: level, message and milliseconds.
pub(crate) struct Waits;

impl Waits {
    /// Starts with an empty list.
    pub(crate) fn record() -> Self {
        install();
        WAITS.take();
        Self
    }

    pub(crate) fn take(&self) -> Vec<(tracing::Level, String, u64)> {
        WAITS.take()
    }
}

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

struct EventText(String);

impl Visit for EventText {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        match field.name() {
            "message" => self.0 = format!("{value:?}{}", self.0),
            name => self.0 += &format!(" {name}={value:?}"),
        }
    }
}

/// For the process: a subscriber of one thread misses callsites that other threads registered first.
fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // While there is one subscriber, tracing asks the default one, which another thread may do before it is set: the
        // event would then be disabled for good. With two, it asks all.
        std::mem::forget(tracing::Dispatch::new(NoSubscriber::default()));
        tracing_subscriber::registry().with(Recorder).init();
        tracing::callsite::rebuild_interest_cache();
    });
}

struct Recorder;

impl<S: tracing::Subscriber> Layer<S> for Recorder {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut traced = Traced::default();
        event.record(&mut traced);
        if traced.wait_ms > 0 {
            let mut message = Message(String::new());
            event.record(&mut message);
            let wait = (*event.metadata().level(), message.0, traced.wait_ms);
            WAITS.with_borrow_mut(|all| all.push(wait));
        }
        if traced.is_retry {
            TRACED.with_borrow_mut(|all| all.push(traced));
        } else if *event.metadata().level() == tracing::Level::WARN {
            let mut text = EventText(String::new());
            event.record(&mut text);
            WARNINGS.with_borrow_mut(|all| all.push(text.0));
        }
    }
}
