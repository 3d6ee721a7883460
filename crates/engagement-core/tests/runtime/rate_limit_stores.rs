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
        Box::pin(async move {
            match state {
                State::Available => self.counts.acquire(buckets).await,
                State::Failing => Err(StoreError::new("out of order")),
                State::Hanging => std::future::pending().await,
            }
        })
    }
}

fn client(server: &TestServer, store: &UnreliableStore) -> ClientCore {
    let limits = RateLimits::unlimited().client(RateLimit::new(3, PER));
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
async fn a_call_does_not_wait_for_the_store_beyond_its_timeout() {
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
