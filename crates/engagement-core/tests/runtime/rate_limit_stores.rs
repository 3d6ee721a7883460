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
        Box::pin(async move {
            match state {
                State::Well => self.counts.acquire(buckets).await,
                State::Failing => Err(StoreError::new("out of order")),
                State::Hanging => std::future::pending().await,
            }
        })
    }
}

fn client(server: &TestServer, store: &Breaking) -> ClientCore {
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
