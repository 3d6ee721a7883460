//! Rate limit stores that other clients share, and that can be unavailable.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use engagement_core::limit_store::{Acquire, Bucket, InProcessStore, LimitStore, StoreError};
use engagement_core::{ClientBuilder, ClientCore, Credential, ErrorKind, RateLimit, RateLimits};
use tokio::time::advance;

use crate::support::*;
use crate::virtual_time::{Warnings, settle, without_time};

const SECOND: Duration = Duration::from_secs(1);
const PER: Duration = Duration::from_secs(10);
const BACK: Duration = Duration::from_millis(10_050);

/// The behaviour of a store.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Available,
    Failing,
    Hanging,
    Panicking,
    /// Panics when it is polled.
    Exploding,
    /// Responds with this, whatever it is asked.
    Saying(Acquire),
}

/// A store that can become unavailable.
#[derive(Clone)]
struct UnreliableStore {
    state: Arc<Mutex<State>>,
    acquired: Arc<AtomicUsize>,
    counts: InProcessStore,
}

impl UnreliableStore {
    fn new() -> Self {
        Self {
            state: Arc::new(Mutex::new(State::Available)),
            acquired: Arc::default(),
            counts: InProcessStore::new(),
        }
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap() = state;
    }

    fn take_acquired(&self) -> usize {
        self.acquired.swap(0, Ordering::SeqCst)
    }

    /// A request of another client.
    async fn take(&self) {
        let bucket = Bucket::new("acme:*", 3, BACK);
        assert_eq!(self.counts.acquire(&[bucket]).await, Ok(Acquire::Granted));
    }
}

impl LimitStore for UnreliableStore {
    fn acquire<'a>(
        &'a self,
        buckets: &'a [Bucket],
    ) -> Pin<Box<dyn Future<Output = Result<Acquire, StoreError>> + Send + 'a>> {
        self.acquired.fetch_add(1, Ordering::SeqCst);
        let state = *self.state.lock().unwrap();
        assert!(
            state != State::Panicking,
            "the store panics: part of the test"
        );
        Box::pin(async move {
            match state {
                State::Available => self.counts.acquire(buckets).await,
                State::Failing => Err(StoreError::new("out of order")),
                State::Hanging => std::future::pending().await,
                State::Panicking | State::Exploding => panic!("the store panics: part of the test"),
                State::Saying(acquire) => Ok(acquire),
            }
        })
    }
}

fn client(server: &TestServer, store: &UnreliableStore) -> ClientCore {
    let limits = RateLimits::unlimited().client(RateLimit::new(3, PER));
    limited_by(server, store, limits)
}

fn limited_by(server: &TestServer, store: &UnreliableStore, limits: RateLimits) -> ClientCore {
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
    let call = send_empty(client, &CONTACTS_LIST);
    without_time(call).await.unwrap().waited()
}

const DOWN: &str = "the rate limit store is unavailable: until it recovers, the limits apply to this client alone \
                    engagement.provider=\"acme\" engagement.limit_store.reason=\"out of order\"";
const UP: &str = "the rate limit store is available again engagement.provider=\"acme\"";

#[tokio::test(start_paused = true)]
async fn calls_continue_without_the_store_under_the_same_limits() {
    let warnings = Warnings::record();
    let server = TestServer::once(json("{}")).await;
    let store = UnreliableStore::new();
    let client = client(&server, &store);
    assert_eq!(call(&client).await, Duration::ZERO);
    store.take().await;
    store.set(State::Failing);
    // Earlier requests of this client count, those of others don't.
    for _ in 0..2 {
        assert_eq!(call(&client).await, Duration::ZERO);
    }
    let hurried = client.with(|call| call.timeout(SECOND));
    let error = without_time(send_empty(&hurried, &CONTACTS_LIST))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.retry_after()),
        (ErrorKind::RateLimited, Some(BACK))
    );
    assert_eq!((store.take_acquired(), server.requests().len()), (2, 3));
    assert_eq!(warnings.take(), [DOWN]);

    // The store is not used for a while, and then by one call.
    advance(BACK).await;
    for _ in 0..3 {
        call(&client).await;
    }
    assert_eq!(
        (store.take_acquired(), warnings.take()),
        (1, Vec::<String>::new())
    );

    store.set(State::Available);
    advance(BACK).await;
    store.take().await;
    for _ in 0..2 {
        assert_eq!(call(&client).await, Duration::ZERO);
    }
    assert_eq!(
        (store.take_acquired(), warnings.take()),
        (2, vec![UP.to_owned()])
    );
    // The limit is shared again.
    without_time(send_empty(&hurried, &CONTACTS_LIST))
        .await
        .unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_delays_calls_by_one_second() {
    let warnings = Warnings::record();
    let server = TestServer::once(json("{}")).await;
    let store = UnreliableStore::new();
    store.set(State::Hanging);
    let client = client(&server, &store);
    let calls = [(); 3].map(|()| tokio::spawn(send_empty(&client, &CONTACTS_LIST)));
    settle().await;
    assert_eq!(server.requests().len(), 0);
    advance(SECOND).await;
    for call in calls {
        assert_eq!(without_time(call).await.unwrap().unwrap().waited(), SECOND);
    }
    assert_eq!(store.take_acquired(), 1);
    assert_eq!(
        warnings.take(),
        [DOWN.replace("out of order", "no response in time")]
    );
}

#[tokio::test(start_paused = true)]
async fn only_the_first_calls_wait_for_a_store_that_hangs() {
    let warnings = Warnings::record();
    let server = TestServer::once(json("{}")).await;
    let store = UnreliableStore::new();
    store.set(State::Hanging);
    let limits = RateLimits::unlimited()
        .client(RateLimit::new(1000, PER))
        .operation("contacts_get", RateLimit::new(1000, PER));
    let client = limited_by(&server, &store, limits);
    let get = |client: &ClientCore| {
        let mut get = client.call(&CONTACTS_GET);
        get.path("id", &1);
        tokio::spawn(get.send(engagement_core::RawResponse::into_empty))
    };
    let first = get(&client);
    settle().await;
    advance(SECOND / 2).await;
    // It waits for the same failure, and not for one of its own.
    let second = tokio::spawn(send_empty(&client, &CONTACTS_LIST));
    settle().await;
    advance(SECOND / 2).await;
    let waited = [without_time(first).await, without_time(second).await];
    let waited = waited.map(|call| call.unwrap().unwrap().waited());
    assert_eq!(waited, [SECOND, SECOND / 2]);
    store.take_acquired();

    for _ in 0..300 {
        assert_eq!(call(&client).await, Duration::ZERO);
        let got = without_time(get(&client)).await.unwrap().unwrap();
        assert_eq!(got.waited(), Duration::ZERO);
        advance(SECOND / 10).await;
    }
    // One probe every three seconds: one until it times out, and two of rest.
    assert_eq!((store.take_acquired(), server.requests().len()), (10, 602));
    assert_eq!(warnings.take().len(), 1);

    // The probe that finds it well again counts a request; then all calls are counted.
    for _ in 0..30 {
        advance(SECOND / 10).await;
        settle().await;
    }
    store.set(State::Available);
    call(&client).await;
    settle().await;
    assert_eq!(
        (store.take_acquired(), warnings.take()),
        (1, vec![UP.to_owned()])
    );
    call(&client).await;
    assert_eq!(store.take_acquired(), 1);
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
        let store = UnreliableStore::new();
        let client = client(&server, &store);
        store.set(state);
        for _ in 0..3 {
            assert_eq!(call(&client).await, Duration::ZERO);
        }
        // The limit holds without it.
        let hurried = client.with(|call| call.timeout(SECOND));
        without_time(send_empty(&hurried, &CONTACTS_LIST))
            .await
            .unwrap_err();
        assert_eq!(
            (store.take_acquired(), server.requests().len()),
            (1, 3),
            "{reason}"
        );
        assert_eq!(warnings.take(), [DOWN.replace("out of order", reason)]);
    }
    // Twice the period is a clock that differs.
    let server = TestServer::once(json("{}")).await;
    let store = UnreliableStore::new();
    store.set(wait(2 * BACK, 0));
    let client = client(&server, &store).with(|call| call.timeout(SECOND));
    let called = send_empty(&client, &CONTACTS_LIST);
    let error = without_time(called).await.unwrap_err();
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
    let list = |client: &ClientCore| tokio::spawn(send_empty(client, &CONTACTS_LIST));
    let patient = list(&client.with(|call| call.timeout(100 * SECOND)));
    settle().await;
    let other = list(&client);
    settle().await;
    gate.add_permits(1);
    let error = without_time(other).await.unwrap().unwrap_err();
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
        call.send(engagement_core::RawResponse::into_empty)
            .await
            .unwrap();
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
    let store = UnreliableStore::new();
    store.set(State::Hanging);
    let client = client(&server, &store);
    let hurried = client.with(|call| call.timeout(SECOND / 4));
    let called = tokio::spawn(send_empty(&hurried, &CONTACTS_LIST));
    settle().await;
    advance(SECOND / 4).await;
    let error = without_time(called).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(!error.was_sent());
    assert_eq!((error.attempts(), error.retry_after()), (0, None));
    // This is no failure of the store.
    assert_eq!(warnings.take(), Vec::<String>::new());
    store.set(State::Available);
    for _ in 0..3 {
        call(&client).await;
    }
    assert_eq!((store.take_acquired(), server.requests().len()), (4, 3));
}

#[tokio::test(start_paused = true)]
async fn a_client_keeps_its_limit_if_the_store_loses_its_data() {
    let server = TestServer::once(json("{}")).await;
    let store = UnreliableStore::new();
    let client = client(&server, &store);
    for _ in 0..3 {
        call(&client).await;
    }
    let empty = UnreliableStore {
        counts: InProcessStore::new(),
        ..store
    };
    assert_eq!(empty.take_acquired(), 3);
    let hurried = client.with(|call| call.timeout(SECOND));
    without_time(send_empty(&hurried, &CONTACTS_LIST))
        .await
        .unwrap_err();
    // The store is not used.
    assert_eq!(empty.take_acquired(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_while_it_waits_for_the_store_takes_no_permit() {
    let server = TestServer::once(json("{}")).await;
    let store = UnreliableStore::new();
    store.set(State::Hanging);
    let client = client(&server, &store);
    for _ in 0..5 {
        let called = tokio::spawn(send_empty(&client, &CONTACTS_LIST));
        settle().await;
        called.abort();
        settle().await;
    }
    store.set(State::Available);
    for _ in 0..3 {
        assert_eq!(call(&client).await, Duration::ZERO);
    }
    assert_eq!(server.requests().len(), 3);
}
