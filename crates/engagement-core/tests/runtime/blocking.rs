//! Blocking calls.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use engagement_core::limit_store::{Acquire, Bucket, LimitStore, StoreError};
use engagement_core::{
    ClientCore, Credential, Error, ErrorKind, Method, Operation, RateLimit, RateLimits,
    RawResponse, Response, ResumePoint, RetryPolicy, Token, TokenSource,
};

use crate::calls::{Get, Sum};
use crate::pagination::{List, page};
use crate::retries::without_backoff;
use crate::support::*;

/// The client type of blocking calls.
#[derive(Clone)]
pub(crate) struct Client;

fn serving(replies: Vec<Reply>) -> TestServer {
    on_other_thread(TestServer::start(replies))
}

fn of(server: &TestServer) -> ClientCore {
    let client = client(server).with(|call| call.retry(without_backoff()));
    client.in_background().unwrap()
}

#[test]
fn blocking_calls_share_a_connection() {
    let server = serving(vec![json("7")]);
    let client = of(&server);
    for _ in 0..3 {
        let call = list_json::<i64>(&client);
        assert_eq!(client.block_on(call.into_call()).unwrap(), 7);
    }
    let raw = client.request(Method::PUT, "/x").json(&1);
    let response = raw.blocking().query("a", "b").send();
    assert_eq!(response.unwrap().json::<i64>().unwrap(), 7);
    assert_eq!((server.requests().len(), server.connections()), (4, 1));
    assert!(server.requests()[3].starts_with("PUT /x?a=b HTTP/1.1\r\n"));
}

static CREATE: Operation = Operation {
    idempotent: false,
    ..CONTACTS_CREATE
};

#[tokio::test]
async fn a_blocking_call_makes_as_many_requests_as_an_async_call() {
    let failing = |status| reply(status, "text/plain", "");
    let cases = [
        (vec![failing("500 Oops"), json("1")], &CONTACTS_LIST, 2),
        (vec![failing("500 Oops")], &CONTACTS_LIST, 3),
        (vec![failing("500 Oops"), json("1")], &CREATE, 1),
        (vec![failing("429 Slow"), json("1")], &CREATE, 2),
        (vec![failing("404 None"), json("1")], &CONTACTS_LIST, 1),
        (vec![Reply::ThenClose(vec![]), json("1")], &CREATE, 1),
        (vec![Reply::ThenClose(vec![]), json("1")], &CONTACTS_LIST, 2),
    ];
    for (replies, operation, count) in cases {
        let (one, other) = (serving(replies.clone()), serving(replies.clone()));
        let awaited = {
            let client = client(&one).with(|call| call.retry(without_backoff()));
            client.call(operation).send(RawResponse::into_value).await
        };
        // Blocking calls work in an async function too.
        let client = of(&other);
        let waited = client.block_on(client.call(operation).send(RawResponse::into_value));
        let text = |result: Result<Response<serde_json::Value>, Error>| {
            result.map_or_else(
                |error| error.to_string(),
                |response| format!("{response:?}"),
            )
        };
        assert_eq!(text(awaited), text(waited), "{replies:?}");
        let counts = (one.requests().len(), other.requests().len());
        assert_eq!(counts, (count, count), "{operation:?} {replies:?}");
    }
}

#[test]
fn a_blocking_call_times_out() {
    let server = serving(vec![Reply::ThenNothing(vec![])]);
    let client = of(&server);
    let hurried = client.with(|call| {
        call.timeout(Duration::from_millis(20))
            .retry(RetryPolicy::none())
    });
    let result = client.block_on(send_empty(&hurried, &CONTACTS_LIST));
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Timeout);
}

#[test]
fn many_threads_call_concurrently() {
    const THREADS: usize = 64;
    const CALLS: usize = 5;
    let server = serving(vec![json("7")]);
    let client = of(&server);
    let start = std::sync::Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                start.wait();
                for _ in 0..CALLS {
                    let call = send_empty(&client, &CONTACTS_LIST);
                    client.block_on(call).unwrap();
                }
            });
        }
    });
    assert_eq!(server.requests().len(), THREADS * CALLS);
    // A new connection can be opened while another one is being returned to the pool.
    let connections = server.connections();
    assert!(connections <= THREADS + THREADS / 2, "{connections}");
}

#[test]
fn the_retry_budget_is_shared_by_threads() {
    let server = serving(vec![reply("500 Oops", "text/plain", "")]);
    let client = of(&server);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    let call = send_empty(&client, &CONTACTS_LIST);
                    client.block_on(call).unwrap_err();
                }
            });
        }
    });
    let retries = usize::try_from(RetryPolicy::BUDGET / RetryPolicy::TRANSIENT_COST).unwrap();
    assert_eq!(server.requests().len(), 100 + retries);
}

#[test]
fn a_panic_is_propagated_and_the_client_still_works() {
    let server = serving(vec![json("7")]);
    let client = of(&server);
    let (guard, dropped) = mpsc::channel::<()>();
    let call = async {
        let _guard = guard;
        send_empty(&client, &CONTACTS_LIST).await.unwrap();
        panic!("a panic in the call")
    };
    let result = catch_unwind(AssertUnwindSafe(|| client.block_on(call)));
    assert_eq!(
        *result.unwrap_err().downcast::<&str>().unwrap(),
        "a panic in the call"
    );
    assert_eq!(dropped.try_recv(), Err(mpsc::TryRecvError::Disconnected));
    client
        .block_on(send_empty(&client, &CONTACTS_LIST))
        .unwrap();
    assert_eq!((server.requests().len(), server.connections()), (2, 1));
}

#[tokio::test]
async fn the_background_thread_ends_with_the_last_clone() {
    let server = serving(vec![json("7")]);
    let client = of(&server);
    let (guard, dropped) = mpsc::channel::<()>();
    client.block_on(async {
        tokio::spawn(async move {
            let _guard = guard;
            std::future::pending::<()>().await;
        });
    });
    let clone = client.with(|call| call);
    drop(client);
    clone.block_on(tokio::task::yield_now());
    assert_eq!(dropped.try_recv(), Err(mpsc::TryRecvError::Empty));
    // Tokio's own runtimes must not be dropped in an async function.
    drop(clone);
    let ended = dropped.recv_timeout(Duration::from_secs(30));
    assert_eq!(ended, Err(mpsc::RecvTimeoutError::Disconnected));
}

#[tokio::test]
async fn many_blocking_calls_in_an_async_function_succeed() {
    let server = serving(vec![json("7")]);
    let client = of(&server);
    // Far more than the cooperative budget of a task in Tokio.
    for _ in 0..200 {
        let call = send_empty(&client, &CONTACTS_LIST);
        client.block_on(call).unwrap();
    }
    client.block_on(tokio::task::yield_now());
    assert_eq!((server.requests().len(), server.connections()), (200, 1));
}

#[test]
fn a_nested_blocking_call_does_not_lose_a_wake_up() {
    let server = serving(vec![json("7")]);
    let client = of(&server);
    let (wake, woken) = tokio::sync::oneshot::channel();
    let inner = async {
        // Wakes the outer call while the inner call blocks the thread.
        wake.send(()).unwrap();
        send_empty(&client, &CONTACTS_LIST).await.unwrap();
    };
    let outer = async { client.block_on(inner) };
    let (_, ()) = client.block_on(futures_util::future::join(
        async { woken.await.unwrap() },
        outer,
    ));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn pages_are_requested_once_and_on_demand() {
    let server = serving(vec![page("[1, 2]", "\"a\""), page("[3]", "null")]);
    let client = of(&server);
    let mut items = List::<Client>::of(&client).iter().map(Result::unwrap);
    assert_eq!(server.requests().len(), 0);
    assert_eq!((items.next(), items.next()), (Some(1), Some(2)));
    assert_eq!(server.requests().len(), 1);
    assert_eq!((items.next(), items.next()), (Some(3), None));
    assert_eq!((items.next(), server.requests().len()), (None, 2));
}

#[test]
fn a_repeated_cursor_ends_an_iterator() {
    let server = serving(vec![page("[1]", "\"a\"")]);
    let client = of(&server);
    let mut pages = List::<Client>::of(&client).pages();
    assert!(pages.next().unwrap().is_ok() && pages.next().unwrap().is_ok());
    let error = pages.next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Pagination);
    assert!(pages.next().is_none());
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn an_iterator_has_a_resume_point() {
    let server = serving(vec![
        page("[1, 2]", "\"a\""),
        reply("404 X", "text/plain", ""),
        page("[3]", "null"),
    ]);
    let client = of(&server);
    let list = || List::<Client>::of(&client);
    let text = |point: Option<ResumePoint>| point.map(|point| point.to_string());
    let mut items = list().iter();
    assert_eq!(text(items.resume_point()).as_deref(), Some("start"));
    assert_eq!(items.next().unwrap().unwrap(), 1);
    assert_eq!(text(items.resume_point()).as_deref(), Some("start"));
    assert_eq!(items.next().unwrap().unwrap(), 2);
    assert_eq!(text(items.resume_point()).as_deref(), Some("cursor:a"));
    assert!(items.next().unwrap().unwrap_err().is_not_found());
    assert!(items.next().is_none());
    let failed = items.resume_point().unwrap();
    assert_eq!(failed.to_string(), "cursor:a");
    let rest: Result<Vec<i64>, Error> = list().resume(failed.clone()).iter().collect();
    assert_eq!(rest.unwrap(), [3]);
    let mut pages = list().resume(failed.clone()).pages();
    assert_eq!(pages.resume_point(), Some(failed));
    assert!(pages.next().unwrap().is_ok() && pages.next().is_none());
    assert_eq!(pages.resume_point(), None);
    assert!(server.requests()[3].starts_with("GET /contacts?cursor=a HTTP/1.1\r\n"));
}

#[test]
fn send_and_response_block() {
    let server = serving(vec![json("7")]);
    let client = of(&server);
    let get = || Get::<Client>::of(&client, 1);
    assert_eq!(get().send().unwrap(), 7);
    let response = get()
        .with(|call| call.timeout(Duration::from_secs(9)))
        .response();
    assert_eq!(response.unwrap().into_inner(), 7);
    assert_eq!(Sum::<Client>::of(&client, [1, 2]).send().unwrap(), 14);
    let none = get().with(|call| call.max_body_bytes(0));
    assert_eq!(none.send().unwrap_err().kind(), ErrorKind::BodyTooLarge);
    let none = get().with(|call| call.max_values(0));
    assert_eq!(none.send().unwrap_err().kind(), ErrorKind::BodyTooLarge);
    assert_eq!((server.requests().len(), server.connections()), (6, 1));
}

/// The same applies to errors and to responses of raw requests.
#[test]
fn a_response_does_not_keep_the_client_alive() {
    let server = serving(vec![
        json("7"),
        json("8"),
        reply("404 X", "text/plain", ""),
        page("[1]", "null"),
    ]);
    let client = of(&server);
    let (guard, dropped) = mpsc::channel::<()>();
    client.block_on(async {
        tokio::spawn(async move {
            let _guard = guard;
            std::future::pending::<()>().await;
        });
    });
    let response = Get::<Client>::of(&client, 1).response().unwrap();
    let raw = client.request(Method::GET, "/x").blocking().send().unwrap();
    let error = Get::<Client>::of(&client, 1).send().unwrap_err();
    let mut pages = List::<Client>::of(&client).pages();
    let page = pages.next().unwrap().unwrap();
    // A list keeps the client, because it can request more pages.
    drop(client);
    assert_eq!(dropped.try_recv(), Err(mpsc::TryRecvError::Empty));
    drop(pages);
    let ended = dropped.recv_timeout(Duration::from_secs(30));
    assert_eq!(ended, Err(mpsc::RecvTimeoutError::Disconnected));
    assert_eq!(response.full_body::<i64>().unwrap(), 7);
    assert_eq!(raw.json::<i64>().unwrap(), 8);
    assert!(error.is_not_found());
    assert!(format!("{page:?}").contains("[1]"));
}

/// A token source that calls a function.
struct Source<F>(F);

impl<F: Fn(&ClientCore) -> Fetch<'_> + Send + Sync + 'static> TokenSource for Source<F> {
    fn fetch<'a>(&'a self, core: &'a ClientCore) -> Fetch<'a> {
        (self.0)(core)
    }
}

/// A client that fetches a token before its first request.
fn fetching(fetch: impl Fn(&ClientCore) -> Fetch<'_> + Send + Sync + 'static) -> ClientCore {
    let builder = builder().base_url("http://127.0.0.1:1");
    let client = builder.token_source("token", Source(fetch)).build();
    client.unwrap().0.in_background().unwrap()
}

#[test]
fn a_panic_of_the_token_source_is_propagated() {
    let panicking = fetching(|_| Box::pin(async { panic!("no luck") }));
    let itself = fetching(|core| {
        core.block_on(async {});
        Box::pin(async { Ok(Token::new("t")) })
    });
    let waiting = "a blocking call on the background thread of its client would wait for itself";
    for (client, text) in [(panicking, "no luck"), (itself, waiting)] {
        for _ in 0..2 {
            let call = || client.block_on(send_empty(&client, &CONTACTS_LIST));
            let panic = catch_unwind(AssertUnwindSafe(call)).unwrap_err();
            assert_eq!(*panic.downcast::<&str>().unwrap(), text);
        }
    }
}

/// Never responds, and reports when its future is dropped.
struct NeverResponds(Mutex<Option<tokio::sync::oneshot::Sender<mpsc::Receiver<()>>>>);

impl LimitStore for NeverResponds {
    fn acquire<'a>(
        &'a self,
        _: &'a [Bucket],
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Acquire, StoreError>> + Send + 'a>> {
        let (guard, dropped) = mpsc::channel::<()>();
        let started = self.0.lock().unwrap().take();
        started.unwrap().send(dropped).unwrap();
        Box::pin(async {
            let _guard = guard;
            std::future::pending().await
        })
    }
}

#[test]
fn a_dropped_call_ends_on_the_background_thread() {
    let (started, start) = tokio::sync::oneshot::channel();
    let limits = RateLimits::unlimited().client(RateLimit::per_second(1));
    let client = builder()
        .base_url("http://127.0.0.1:1")
        .credential("header", Credential::header("k"))
        .rate_limits(limits.store_timeout(Duration::from_secs(3600)))
        .limit_store(NeverResponds(Mutex::new(Some(started))))
        .timeout(Duration::from_secs(3600))
        .build();
    let client = client.unwrap().0.in_background().unwrap();
    let call = send_empty(&client, &CONTACTS_LIST);
    let dropped = client.block_on(async {
        tokio::select! {
            _ = call => unreachable!(),
            dropped = start => dropped.unwrap(),
        }
    });
    let ended = dropped.recv_timeout(Duration::from_secs(30));
    assert_eq!(ended, Err(mpsc::RecvTimeoutError::Disconnected));
}
