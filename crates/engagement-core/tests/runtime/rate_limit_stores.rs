//! A store of rate limits that others count in too, and that may be out of reach.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use engagement_core::limit_store::{Acquire, Bucket, InProcessStore, LimitStore, StoreError};
use engagement_core::{
    ClientBuilder, ClientCore, Credential, ErrorKind, RateLimit, RateLimits, RawResponse,
};
use tokio::time::advance;

use crate::support::*;
use crate::virtual_time::{Warnings, settle, standing};

const SECOND: Duration = Duration::from_secs(1);
const PER: Duration = Duration::from_secs(10);
const BACK: Duration = Duration::from_millis(10_050);

/// What a store does when it is asked.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Well,
    Failing,
    Hanging,
    Panicking,
    /// Panics when it is polled.
    Exploding,
    /// Responds with this, whatever it is asked.
    Saying(Acquire),
}

/// A store that can break.
#[derive(Clone)]
struct Breaking {
    state: Arc<Mutex<State>>,
    asked: Arc<AtomicUsize>,
    counts: InProcessStore,
}

impl Breaking {
    fn new() -> Self {
        Self {
            state: Arc::new(Mutex::new(State::Well)),
            asked: Arc::default(),
            counts: InProcessStore::new(),
        }
    }

    fn is_now(&self, state: State) {
        *self.state.lock().unwrap() = state;
    }

    fn asked(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }

    /// A request of somebody else.
    async fn take(&self) {
        let bucket = Bucket::new("acme:*", 3, BACK);
        assert_eq!(self.counts.acquire(&[bucket]).await, Ok(Acquire::Granted));
    }
}

impl LimitStore for Breaking {
    fn acquire<'a>(
        &'a self,
        buckets: &'a [Bucket],
    ) -> Pin<Box<dyn Future<Output = Result<Acquire, StoreError>> + Send + 'a>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let state = *self.state.lock().unwrap();
        assert!(
            state != State::Panicking,
            "the store panics: part of the test"
        );
        Box::pin(async move {
            match state {
                State::Well => self.counts.acquire(buckets).await,
                State::Failing => Err(StoreError::new("out of order")),
                State::Hanging => std::future::pending().await,
                State::Panicking | State::Exploding => panic!("the store panics: part of the test"),
                State::Saying(acquire) => Ok(acquire),
            }
        })
    }
}

fn client(server: &TestServer, store: &Breaking) -> ClientCore {
    let limits = RateLimits::unlimited().client(RateLimit::new(3, PER));
    limited_by(server, store, limits)
}

fn limited_by(server: &TestServer, store: &Breaking, limits: RateLimits) -> ClientCore {
    ClientBuilder::<Client>::new(&PROVIDER)
        .base_url(server.url())
        .credential("header", Credential::header("k"))
        .rate_limits(limits)
        .limit_store(store.clone())
        .build()
        .unwrap()
        .0
}

async fn call(client: &ClientCore) -> Duration {
    let call = client.call(&CONTACTS_LIST).send(RawResponse::into_empty);
    standing(call).await.unwrap().waited()
}

const DOWN: &str = "the rate limit store is unavailable: until it recovers, the limits apply to this client alone \
                    engagement.provider=\"acme\" engagement.limit_store.reason=\"out of order\"";
const UP: &str = "the rate limit store is available again engagement.provider=\"acme\"";

#[tokio::test(start_paused = true)]
async fn calls_go_on_without_the_store_under_the_same_limits() {
    let warnings = Warnings::record();
    let server = TestServer::once(json("{}")).await;
    let store = Breaking::new();
    let client = client(&server, &store);
    assert_eq!(call(&client).await, Duration::ZERO);
    store.take().await;
    store.is_now(State::Failing);
    // What this client did before counts, what others did doesn't.
    for _ in 0..2 {
        assert_eq!(call(&client).await, Duration::ZERO);
    }
    let hurried = client.with(|call| call.timeout(SECOND));
    let error = standing(hurried.call(&CONTACTS_LIST).send(RawResponse::into_empty))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.retry_after()),
        (ErrorKind::RateLimited, Some(BACK))
    );
    assert_eq!((store.asked(), server.requests().len()), (2, 3));
    assert_eq!(warnings.take(), [DOWN]);

    // It is left alone for a while, and then asked by one call.
    advance(BACK).await;
    for _ in 0..3 {
        call(&client).await;
    }
    assert_eq!((store.asked(), warnings.take()), (1, Vec::<String>::new()));

    store.is_now(State::Well);
    advance(BACK).await;
    store.take().await;
    for _ in 0..2 {
        assert_eq!(call(&client).await, Duration::ZERO);
    }
    assert_eq!((store.asked(), warnings.take()), (2, vec![UP.to_owned()]));
    // Together again with the others.
    standing(hurried.call(&CONTACTS_LIST).send(RawResponse::into_empty))
        .await
        .unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_costs_a_second_now_and_then() {
    let warnings = Warnings::record();
    let server = TestServer::once(json("{}")).await;
    let store = Breaking::new();
    store.is_now(State::Hanging);
    let client = client(&server, &store);
    let calls =
        [(); 3].map(|()| tokio::spawn(client.call(&CONTACTS_LIST).send(RawResponse::into_empty)));
    settle().await;
    assert_eq!(server.requests().len(), 0);
    advance(SECOND).await;
    for call in calls {
        assert_eq!(standing(call).await.unwrap().unwrap().waited(), SECOND);
    }
    assert_eq!(store.asked(), 1);
    assert_eq!(
        warnings.take(),
        [DOWN.replace("out of order", "no response in time")]
    );
}

#[tokio::test(start_paused = true)]
async fn only_the_first_calls_wait_for_a_store_that_hangs() {
    let warnings = Warnings::record();
    let server = TestServer::once(json("{}")).await;
    let store = Breaking::new();
    store.is_now(State::Hanging);
    let limits = RateLimits::unlimited()
        .client(RateLimit::new(1000, PER))
        .operation("contacts_get", RateLimit::new(1000, PER));
    let client = limited_by(&server, &store, limits);
    let get = |client: &ClientCore| {
        let mut get = client.call(&CONTACTS_GET);
        get.path("id", &1);
        tokio::spawn(get.send(RawResponse::into_empty))
    };
    let first = get(&client);
    settle().await;
    advance(SECOND / 2).await;
    // It waits for the same failure, and not for one of its own.
    let second = tokio::spawn(client.call(&CONTACTS_LIST).send(RawResponse::into_empty));
    settle().await;
    advance(SECOND / 2).await;
    let waited = [standing(first).await, standing(second).await];
    let waited = waited.map(|call| call.unwrap().unwrap().waited());
    assert_eq!(waited, [SECOND, SECOND / 2]);
    store.asked();

    for _ in 0..300 {
        assert_eq!(call(&client).await, Duration::ZERO);
        let got = standing(get(&client)).await.unwrap().unwrap();
        assert_eq!(got.waited(), Duration::ZERO);
        advance(SECOND / 10).await;
    }
    // One probe every three seconds: one until it times out, and two of rest.
    assert_eq!((store.asked(), server.requests().len()), (10, 602));
    assert_eq!(warnings.take().len(), 1);

    // The probe that finds it well again counts a request; then all calls are counted.
    for _ in 0..30 {
        advance(SECOND / 10).await;
        settle().await;
    }
    store.is_now(State::Well);
    call(&client).await;
    settle().await;
    assert_eq!((store.asked(), warnings.take()), (1, vec![UP.to_owned()]));
    call(&client).await;
    assert_eq!(store.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_panics_or_makes_no_sense_is_unavailable() {
    let wait = |wait, bucket| State::Saying(Acquire::RetryIn { wait, bucket });
    for (state, reason) in [
        (State::Panicking, "the store panicked"),
        (State::Exploding, "the store panicked"),
        (
            wait(SECOND, 1),
            "the response names a bucket that does not exist",
        ),
        (
            wait(Duration::ZERO, usize::MAX),
            "the response names a bucket that does not exist",
        ),
        (
            wait(2 * BACK + Duration::from_nanos(1), 0),
            "the response asks for a wait of more than twice the period of the limit",
        ),
        (
            wait(Duration::MAX, 0),
            "the response asks for a wait of more than twice the period of the limit",
        ),
    ] {
        let warnings = Warnings::record();
        let server = TestServer::once(json("{}")).await;
        let store = Breaking::new();
        let client = client(&server, &store);
        store.is_now(state);
        for _ in 0..3 {
            assert_eq!(call(&client).await, Duration::ZERO);
        }
        // The limit holds without it.
        let hurried = client.with(|call| call.timeout(SECOND));
        standing(hurried.call(&CONTACTS_LIST).send(RawResponse::into_empty))
            .await
            .unwrap_err();
        assert_eq!((store.asked(), server.requests().len()), (1, 3), "{reason}");
        assert_eq!(warnings.take(), [DOWN.replace("out of order", reason)]);
    }
    // Twice the period is a clock that differs.
    let server = TestServer::once(json("{}")).await;
    let store = Breaking::new();
    store.is_now(wait(2 * BACK, 0));
    let client = client(&server, &store).with(|call| call.timeout(SECOND));
    let called = client.call(&CONTACTS_LIST).send(RawResponse::into_empty);
    let error = standing(called).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(2 * BACK));
}

/// Responds to each request when it gets a permit.
struct Slow {
    gate: Arc<tokio::sync::Semaphore>,
    wait: Duration,
}

impl LimitStore for Slow {
    fn acquire<'a>(
        &'a self,
        _: &'a [Bucket],
    ) -> Pin<Box<dyn Future<Output = Result<Acquire, StoreError>> + Send + 'a>> {
        Box::pin(async move {
            self.gate.acquire().await.unwrap().forget();
            Ok(Acquire::RetryIn {
                wait: self.wait,
                bucket: 0,
            })
        })
    }
}

#[tokio::test(start_paused = true)]
async fn who_joins_while_the_store_is_asked_learns_of_the_wait_too() {
    let server = TestServer::once(json("{}")).await;
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let slow = Slow {
        gate: Arc::clone(&gate),
        wait: 40 * SECOND,
    };
    let client = ClientBuilder::<Client>::new(&PROVIDER)
        .base_url(server.url())
        .credential("header", Credential::header("k"))
        .rate_limits(RateLimits::unlimited().client(RateLimit::per_minute(1)))
        .limit_store(slow)
        .build()
        .unwrap()
        .0;
    let list = |client: &ClientCore| {
        tokio::spawn(client.call(&CONTACTS_LIST).send(RawResponse::into_empty))
    };
    let patient = list(&client.with(|call| call.timeout(100 * SECOND)));
    settle().await;
    let other = list(&client);
    settle().await;
    gate.add_permits(1);
    let error = standing(other).await.unwrap().unwrap_err();
    // The first permit goes to the other one.
    let after_it = 40 * SECOND + Duration::from_millis(60_250);
    assert_eq!(error.retry_after(), Some(after_it));
    assert_eq!(
        (error.waited(), server.requests().len()),
        (Duration::ZERO, 0)
    );
    patient.abort();
}

/// Remembers the keys that it is asked for.
#[derive(Clone, Default)]
struct Keys(Arc<Mutex<Vec<String>>>);

impl LimitStore for Keys {
    fn acquire<'a>(
        &'a self,
        buckets: &'a [Bucket],
    ) -> Pin<Box<dyn Future<Output = Result<Acquire, StoreError>> + Send + 'a>> {
        let keys = buckets.iter().map(|bucket| bucket.key().to_owned());
        self.0.lock().unwrap().extend(keys);
        Box::pin(async { Ok(Acquire::Granted) })
    }
}

#[tokio::test]
async fn keys_name_the_account_but_no_credential() {
    let server = TestServer::once(json("{}")).await;
    let keys = Keys::default();
    let client = ClientBuilder::<Client>::new(&PROVIDER)
        .base_url(server.url())
        .value("account", "acme~1/x")
        .credential("header", Credential::header("canary"))
        .rate_limits(RateLimits::unlimited().operation("orders_create", RateLimit::per_minute(9)))
        .limit_store(keys.clone())
        .build()
        .unwrap()
        .0;
    let other = client
        .with_credentials([("header", Some(Credential::header("canary-2")))])
        .unwrap();
    for client in [&client, &other] {
        let mut call = client.call(&ORDERS_CREATE);
        call.path_or_client_value("account", &None::<String>);
        call.send(RawResponse::into_empty).await.unwrap();
    }
    let keys = keys.0.lock().unwrap().clone();
    let own = "acme:orders_create:acme~1%2Fx";
    assert_eq!(keys[0], own);
    let account = keys[1].strip_prefix(own).unwrap();
    assert!(account.starts_with('#') && account.len() == 17, "{account}");
    assert!(!keys[1].contains("canary"));
}

#[tokio::test(start_paused = true)]
async fn a_call_never_waits_for_the_store_beyond_its_own_time() {
    let warnings = Warnings::record();
    let server = TestServer::once(json("{}")).await;
    let store = Breaking::new();
    store.is_now(State::Hanging);
    let client = client(&server, &store);
    let hurried = client.with(|call| call.timeout(SECOND / 4));
    let called = tokio::spawn(hurried.call(&CONTACTS_LIST).send(RawResponse::into_empty));
    settle().await;
    advance(SECOND / 4).await;
    let error = standing(called).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(!error.was_sent());
    assert_eq!((error.attempts(), error.retry_after()), (0, None));
    // It says nothing about the store.
    assert_eq!(warnings.take(), Vec::<String>::new());
    store.is_now(State::Well);
    for _ in 0..3 {
        call(&client).await;
    }
    assert_eq!((store.asked(), server.requests().len()), (4, 3));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_forgets_lets_no_client_send_more_than_the_limit() {
    let server = TestServer::once(json("{}")).await;
    let store = Breaking::new();
    let client = client(&server, &store);
    for _ in 0..3 {
        call(&client).await;
    }
    let forgetful = Breaking {
        counts: InProcessStore::new(),
        ..store
    };
    assert_eq!(forgetful.asked(), 3);
    let hurried = client.with(|call| call.timeout(SECOND));
    standing(hurried.call(&CONTACTS_LIST).send(RawResponse::into_empty))
        .await
        .unwrap_err();
    // It is not even asked.
    assert_eq!(forgetful.asked(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_while_the_store_is_asked_takes_nothing_here() {
    let server = TestServer::once(json("{}")).await;
    let store = Breaking::new();
    store.is_now(State::Hanging);
    let client = client(&server, &store);
    for _ in 0..5 {
        let called = tokio::spawn(client.call(&CONTACTS_LIST).send(RawResponse::into_empty));
        settle().await;
        called.abort();
        settle().await;
    }
    store.is_now(State::Well);
    for _ in 0..3 {
        assert_eq!(call(&client).await, Duration::ZERO);
    }
    assert_eq!(server.requests().len(), 3);
}
