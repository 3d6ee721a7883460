//! The events that an observer receives.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::Duration;

use engagement_core::observe::{CallAttributes, Event, Observer};
use engagement_core::{
    ClientCore, Credential, Error, ErrorKind, Method, RateLimit, RateLimits, RawResponse,
    RetryPolicy, Token, TokenSource,
};
use tokio::task::yield_now;

use crate::retries::without_backoff;
use crate::support::*;
use crate::virtual_time::{settle, without_time};

const SECOND: Duration = Duration::from_secs(1);

/// Records the operation and the text of each event.
#[derive(Clone, Default)]
pub(crate) struct Recorded(Arc<Mutex<Vec<(String, String)>>>);

impl Observer for Recorded {
    fn event(&self, attributes: &CallAttributes<'_>, event: &Event<'_>) {
        let reported = (attributes.operation.to_owned(), format!("{event:?}"));
        self.0.lock().unwrap().push(reported);
    }
}

impl Recorded {
    /// The events since the last call.
    pub(crate) fn take(&self) -> Vec<String> {
        let reported = std::mem::take(&mut *self.0.lock().unwrap());
        reported.into_iter().map(|(_, event)| event).collect()
    }

    fn take_with_operations(&self) -> Vec<(String, String)> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    async fn reach(&self, count: usize) {
        while self.0.lock().unwrap().len() < count {
            yield_now().await;
        }
    }
}

pub(crate) fn observed_client(server: &TestServer) -> (ClientCore, Recorded) {
    let reported = Recorded::default();
    let client = build(keyed(server).observer(reported.clone()).jitter_seed(7));
    (client, reported)
}

async fn list(client: &ClientCore) -> Result<(), Error> {
    send_empty(client, &CONTACTS_LIST).await.map(drop)
}

const ONE_SUCCESS: [&str; 2] = [
    "Attempt { number: 1, outcome: Success(200), duration: 0ns }",
    "Call { outcome: Success(200), attempts: 1, duration: 0ns, waited: 0ns }",
];

#[tokio::test(start_paused = true)]
async fn a_success_and_an_error_response() {
    let server = TestServer::start([json("{}"), with_headers("404 X", "", "")]).await;
    let (client, reported) = observed_client(&server);
    without_time(list(&client)).await.unwrap();
    assert_eq!(reported.take(), ONE_SUCCESS);
    without_time(list(&client)).await.unwrap_err();
    assert_eq!(
        reported.take(),
        [
            "Attempt { number: 1, outcome: Failure(Api, Some(404)), duration: 0ns }",
            "Call { outcome: Failure(Api, Some(404)), attempts: 1, duration: 0ns, waited: 0ns }",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_retry_with_its_backoff() {
    let server = TestServer::start([with_headers("503 X", "", ""), json("{}")]).await;
    let (client, reported) = observed_client(&server);
    let call = tokio::spawn(async move { list(&client).await });
    without_time(reported.reach(2)).await;
    settle().await;
    tokio::time::advance(Duration::from_millis(60)).await;
    without_time(call).await.unwrap().unwrap();
    let random = fastrand::Rng::with_seed(7).f64();
    let wait = Duration::from_millis(50).mul_f64(random);
    let retry = format!(
        "Retry {{ number: 1, reason: Status, status: Some(503), wait: {wait:?}, budget_left: 486 }}"
    );
    assert_eq!(
        reported.take(),
        [
            "Attempt { number: 1, outcome: Failure(Api, Some(503)), duration: 0ns }",
            &retry,
            "Attempt { number: 2, outcome: Success(200), duration: 0ns }",
            "Call { outcome: Success(200), attempts: 2, duration: 60ms, waited: 60ms }",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn the_duration_until_a_timeout() {
    let server = TestServer::once(Reply::ThenNothing(Vec::new())).await;
    let (client, reported) = observed_client(&server);
    let client = client.with(|call| call.timeout(7 * SECOND).retry(RetryPolicy::none()));
    let call = tokio::spawn(async move { list(&client).await });
    server.received(1).await;
    tokio::time::advance(7 * SECOND).await;
    without_time(call).await.unwrap().unwrap_err();
    assert_eq!(
        reported.take(),
        [
            "Attempt { number: 1, outcome: Failure(Timeout, None), duration: 7s }",
            "Call { outcome: Failure(Timeout, None), attempts: 1, duration: 7s, waited: 0ns }",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn an_exhausted_retry_budget() {
    let server = TestServer::once(with_headers("500 X", "", "")).await;
    let (client, reported) = observed_client(&server);
    let client = client.with(|call| call.retry(without_backoff()));
    // Each call makes two retries, and each retry costs 14 of 500.
    for _ in 0..17 {
        without_time(list(&client)).await.unwrap_err();
    }
    assert_eq!(reported.take().len(), 17 * 6);
    without_time(list(&client)).await.unwrap_err();
    let attempt = |number| {
        format!("Attempt {{ number: {number}, outcome: Failure(Api, Some(500)), duration: 0ns }}")
    };
    assert_eq!(
        reported.take(),
        [
            &attempt(1),
            "Retry { number: 1, reason: Status, status: Some(500), wait: 0ns, budget_left: 10 }",
            &attempt(2),
            "RetryRefused { number: 2, reason: Status, status: Some(500), budget_left: 10 }",
            "Call { outcome: Failure(Api, Some(500)), attempts: 2, duration: 0ns, waited: 0ns }",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_during_its_response() {
    let server = TestServer::once(Reply::ThenNothing(b"HTTP/1.1 200 OK\r\n".to_vec())).await;
    let (client, reported) = observed_client(&server);
    let call = tokio::spawn(async move { list(&client).await });
    server.received(1).await;
    tokio::time::advance(5 * SECOND).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    assert_eq!(
        reported.take(),
        [
            "Attempt { number: 1, outcome: Cancelled, duration: 5s }",
            "Call { outcome: Cancelled, attempts: 1, duration: 5s, waited: 0ns }",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn calls_dropped_while_they_wait() {
    let server = TestServer::once(with_headers("429 X", "retry-after: 10\r\n", "")).await;
    let (client, reported) = observed_client(&server);
    let (one, other) = (client.clone(), client);
    let first = tokio::spawn(async move { list(&one).await });
    without_time(reported.reach(2)).await;
    tokio::time::advance(SECOND).await;
    let second = tokio::spawn(async move { list(&other).await });
    without_time(reported.reach(3)).await;
    tokio::time::advance(2 * SECOND).await;
    second.abort();
    assert!(second.await.unwrap_err().is_cancelled());
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let mut rng = fastrand::Rng::with_seed(7);
    let _backoff = rng.f64();
    let wait = 10 * SECOND + (10 * SECOND).mul_f64(0.1 * rng.f64());
    let left = wait - SECOND;
    let left = left + left.mul_f64(0.1 * rng.f64());
    assert_eq!(
        reported.take(),
        [
            "Attempt { number: 1, outcome: Failure(Api, Some(429)), duration: 0ns }",
            &format!(
                "Retry {{ number: 1, reason: RateLimited, status: Some(429), wait: {wait:?}, budget_left: 495 }}"
            ),
            &format!("PauseWait {{ wait: {left:?} }}"),
            "Call { outcome: Cancelled, attempts: 0, duration: 2s, waited: 2s }",
            "Call { outcome: Cancelled, attempts: 1, duration: 3s, waited: 3s }",
        ]
    );
}

struct Login;

impl TokenSource for Login {
    fn fetch<'a>(&'a self, core: &'a ClientCore) -> Fetch<'a> {
        Box::pin(async {
            let login = core.request(Method::POST, "/login");
            login.without_credentials().send().await?;
            Ok(Token::new("token"))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_login_is_reported_as_a_call() {
    let server = TestServer::start([json("{}"), json("{}"), Reply::ThenNothing(Vec::new())]).await;
    let reported = Recorded::default();
    let builder = at(&server).observer(reported.clone());
    let client = builder.token_source("token", Login).build().unwrap().0;
    without_time(list(&client)).await.unwrap();
    let of = |operation: &str| ONE_SUCCESS.map(|event| (operation.to_owned(), event.to_owned()));
    assert_eq!(
        reported.take_with_operations(),
        [of("request"), of("contacts_list")].concat()
    );
    // Dropped while it logs in: the next call would go on with the login, but there is none.
    client.forget_tokens();
    let call = tokio::spawn({
        let client = client.clone();
        async move { list(&client).await }
    });
    while server.requests().len() < 3 {
        yield_now().await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    let event = |operation: &str, event: &str| (operation.to_owned(), event.to_owned());
    assert_eq!(
        reported.take_with_operations(),
        [event(
            "contacts_list",
            "Call { outcome: Cancelled, attempts: 0, duration: 0ns, waited: 0ns }"
        )]
    );
    drop(client);
    assert_eq!(
        reported.take_with_operations(),
        [
            event(
                "request",
                "Attempt { number: 1, outcome: Cancelled, duration: 0ns }"
            ),
            event(
                "request",
                "Call { outcome: Cancelled, attempts: 1, duration: 0ns, waited: 0ns }"
            ),
        ]
    );
}

/// The call and each of its requests are reported once, even if the call is dropped at any point.
#[tokio::test]
async fn every_call_is_reported_once() {
    let mut polls = 0;
    loop {
        let server = TestServer::start([with_headers("503 X", "", ""), json("{}")]).await;
        let (client, reported) = observed_client(&server);
        let client = client.with(|call| call.retry(without_backoff()));
        let mut completed = false;
        {
            let mut call = pin!(list(&client));
            for _ in 0..polls {
                let mut context = Context::from_waker(Waker::noop());
                if call.as_mut().poll(&mut context).is_ready() {
                    completed = true;
                    break;
                }
                settle().await;
            }
        }
        let reported = reported.take();
        let count = |start: &str| {
            reported
                .iter()
                .filter(|event| event.starts_with(start))
                .count()
        };
        assert_eq!(
            count("Call"),
            usize::from(polls > 0),
            "{polls}: {reported:?}"
        );
        if let Some(call) = reported.last() {
            let attempts = format!("attempts: {},", count("Attempt"));
            assert!(call.contains(&attempts), "{polls}: {reported:?}");
            assert_eq!(
                call.contains("Cancelled"),
                !completed,
                "{polls}: {reported:?}"
            );
        }
        if completed {
            assert!(polls > 4, "{polls}");
            return;
        }
        polls += 1;
    }
}

#[tokio::test(start_paused = true)]
async fn attributes_contain_no_values_of_the_caller() {
    #[derive(Clone, Default)]
    struct RecordedAttributes(Arc<Mutex<Vec<String>>>);
    impl Observer for RecordedAttributes {
        fn event(&self, attributes: &CallAttributes<'_>, event: &Event<'_>) {
            if matches!(event, Event::Call { .. } | Event::DecodeFailed) {
                self.0.lock().unwrap().push(format!("{attributes:?}"));
            }
        }
    }
    let server = TestServer::once(json("{}")).await;
    let reported = RecordedAttributes::default();
    let client = build(
        at(&server)
            .credential("header", Credential::header("canary"))
            .observer(reported.clone()),
    );
    let mut call = client.call(&CONTACTS_GET);
    call.path("id", &"canary");
    let error = without_time(call.send(RawResponse::into_json::<i64>))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    let method = Method::from_bytes(b"CANARY").unwrap();
    let raw = client.request(method, "/canary/{x}").path("x", "canary");
    let raw = without_time(raw.send()).await.unwrap();
    raw.json::<i64>().unwrap_err();
    let port = server.address().port();
    let address = format!(r#"address: Some("127.0.0.1"), port: Some({port})"#);
    let get = format!(
        r#"CallAttributes {{ provider: "acme", operation: "contacts_get", method: "GET", template: Some("/contacts/{{id}}"), {address} }}"#
    );
    let other = format!(
        r#"CallAttributes {{ provider: "acme", operation: "request", method: "_OTHER", template: None, {address} }}"#
    );
    assert_eq!(
        *reported.0.lock().unwrap(),
        [get.clone(), get, other.clone(), other]
    );
}

#[tokio::test(start_paused = true)]
async fn clones_and_derived_clients_have_the_same_observer() {
    let server = TestServer::once(json("{}")).await;
    let (client, reported) = observed_client(&server);
    let derived = client
        .with_credentials([("header", Some(Credential::header("other")))])
        .unwrap();
    let hurried = derived.with(|call| call.timeout(SECOND));
    for client in [client.clone(), derived, hurried] {
        without_time(list(&client)).await.unwrap();
        assert_eq!(reported.take(), ONE_SUCCESS);
    }
}

#[tokio::test]
async fn a_panicking_observer_does_not_affect_calls() {
    struct Panicking;
    impl Observer for Panicking {
        fn event(&self, _: &CallAttributes<'_>, _: &Event<'_>) {
            panic!("a panic in the observer");
        }
    }
    let server = TestServer::start([json("{}"), Reply::ThenNothing(Vec::new())]).await;
    let client = build(keyed(&server).observer(Panicking));
    list(&client).await.unwrap();
    let call = tokio::spawn(async move { list(&client).await });
    server.received(2).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_a_rate_limit() {
    let server = TestServer::once(json("{}")).await;
    let reported = Recorded::default();
    let client = build(
        keyed(&server)
            .observer(reported.clone())
            .rate_limits(RateLimits::unlimited().client(RateLimit::new(1, 10 * SECOND))),
    );
    without_time(list(&client)).await.unwrap();
    assert_eq!(reported.take(), ONE_SUCCESS);
    let (one, other) = (client.clone(), client);
    let first = tokio::spawn(async move { list(&one).await });
    without_time(reported.reach(1)).await;
    let second = tokio::spawn(async move { list(&other).await });
    without_time(reported.reach(2)).await;
    tokio::time::advance(3 * SECOND).await;
    second.abort();
    assert!(second.await.unwrap_err().is_cancelled());
    tokio::time::advance(7 * SECOND + Duration::from_millis(50)).await;
    without_time(first).await.unwrap().unwrap();
    assert_eq!(
        reported.take(),
        [
            "LimitWait { wait: 10.05s }",
            "LimitWait { wait: 20.1s }",
            "Call { outcome: Cancelled, attempts: 0, duration: 3s, waited: 3s }",
            "Attempt { number: 1, outcome: Success(200), duration: 0ns }",
            "Call { outcome: Success(200), attempts: 1, duration: 10.05s, waited: 10.05s }",
        ]
    );
}
