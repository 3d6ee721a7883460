//! A `Retry-After` pauses all calls of a client.

use std::time::Duration;

use engagement_core::{ClientCore, Credential, Error, ErrorKind, Response, RetryPolicy};
use tokio::task::JoinHandle;
use tracing::Level;

use crate::support::*;
use crate::virtual_time::{Retries, Waits, settle, with_time, without_time};

const SECOND: Duration = Duration::from_secs(1);

type Called = JoinHandle<Result<Response<()>, Error>>;

fn call(client: &ClientCore) -> Called {
    tokio::spawn(send_empty(client, &CONTACTS_CREATE))
}

/// Rounded up to milliseconds.
fn in_millis(time: Duration) -> Duration {
    Duration::from_millis(time.as_nanos().div_ceil(1_000_000).try_into().unwrap())
}

async fn paused_by(status: &str, seconds: u32) -> TestServer {
    let headers = format!("retry-after: {seconds}\r\n");
    TestServer::start([with_headers(status, &headers, ""), json("{}")]).await
}

#[tokio::test(start_paused = true)]
async fn no_call_is_sent_during_a_pause() {
    let retries = Retries::record();
    let server = paused_by("429 X", 2).await;
    let client = client(&server);
    let mut calls = vec![call(&client)];
    without_time(retries.reach(1)).await;
    calls.extend((1..64).map(|_| call(&client)));
    for _ in 0..20 {
        settle().await;
        assert_eq!(server.requests().len(), 1);
        tokio::time::advance(SECOND / 10 - Duration::from_nanos(1)).await;
    }
    settle().await;
    assert_eq!(server.requests().len(), 1);
    // Up to a tenth of jitter for the first call, and another tenth for the waiting calls.
    tokio::time::advance(Duration::from_millis(450)).await;
    for call in calls {
        let waited = without_time(call).await.unwrap().unwrap().waited();
        assert!(waited > SECOND && waited < 5 * SECOND / 2, "{waited:?}");
    }
    assert_eq!(server.requests().len(), 65);
    // No call waits afterwards.
    let response = without_time(call(&client)).await.unwrap().unwrap();
    assert_eq!(response.waited(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_long_pause_is_traced_for_everybody() {
    for (seconds, level) in [(4, Level::DEBUG), (10, Level::INFO)] {
        let (retries, waits) = (Retries::record(), Waits::record());
        let server = paused_by("429 X", seconds).await;
        let client = client(&server);
        let first = call(&client);
        without_time(retries.reach(1)).await;
        let second = call(&client);
        settle().await;
        tokio::time::advance(13 * SECOND).await;
        without_time(first).await.unwrap().unwrap();
        without_time(second).await.unwrap().unwrap();
        let traced = waits.take();
        let traced: Vec<_> = traced
            .iter()
            .map(|(level, message, _)| (*level, message.as_str()))
            .collect();
        assert_eq!(
            traced,
            [
                (level, "retrying"),
                (level, "waiting for the end of a pause")
            ]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn who_cannot_wait_fails_at_once() {
    let retries = Retries::record();
    let server = paused_by("429 X", 10).await;
    let client = client(&server);
    let first = call(&client);
    without_time(retries.reach(1)).await;
    let derived = client
        .with_credentials([("header", Some(Credential::header("other")))])
        .unwrap();
    for other in [client.clone(), derived] {
        let hurried = other.with(|call| call.timeout(5 * SECOND).retry(RetryPolicy::none()));
        let error = without_time(call(&hurried)).await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert!(error.is_rate_limited() && !error.was_sent() && !error.is_timeout());
        assert_eq!((error.attempts(), error.waited()), (0, Duration::ZERO));
        let pause = error.retry_after().unwrap();
        assert!(pause >= 10 * SECOND && pause <= 11 * SECOND, "{pause:?}");
        assert_eq!(error.status(), None);
        assert_eq!(
            error.to_string(),
            format!(
                "acme contacts_create: not sent: the provider asked for a pause of another {:?}, and then less than a whole \
                 attempt_timeout would be left; make `timeout` at least {:?} longer",
                in_millis(pause),
                in_millis(pause + 30 * SECOND - 5 * SECOND),
            )
        );
    }
    assert_eq!(server.requests().len(), 1);
    tokio::time::advance(11 * SECOND).await;
    without_time(first).await.unwrap().unwrap();
}

/// In seconds: the limits of a call, a pause, and whether a call that begins with it is sent after it.
#[tokio::test(start_paused = true)]
async fn a_call_is_sent_after_a_pause_only_if_a_whole_attempt_fits() {
    let retries = Retries::record();
    for (count, (timeout, attempt, pause, is_sent)) in [
        (60, 30, 27, true),
        (60, 30, 31, false),
        (60, 5, 50, true),
        (60, 5, 56, false),
        (40, 40, 1, false),
        (30, 60, 1, false),
    ]
    .into_iter()
    .enumerate()
    {
        let server = paused_by("429 X", pause).await;
        let client = client(&server);
        // It waits whatever the pause is.
        let patient = client.with(|call| call.timeout(200 * SECOND).attempt_timeout(SECOND));
        let first = call(&patient);
        without_time(retries.reach(count + 1)).await;
        let limited = client.with(|call| {
            let call = call.timeout(timeout * SECOND);
            call.attempt_timeout(attempt * SECOND)
        });
        let second = call(&limited);
        settle().await;
        assert_eq!(
            second.is_finished(),
            !is_sent,
            "{timeout} {attempt} {pause}"
        );
        with_time(SECOND / 2, first).await.unwrap().unwrap();
        let second = with_time(SECOND / 2, second).await.unwrap();
        assert_eq!(server.requests().len(), 2 + usize::from(is_sent));
        if !is_sent {
            let error = second.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::RateLimited);
            assert!(!error.was_sent());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_applies_to_one_server_and_only_after_429_and_503() {
    let retries = Retries::record();
    for (count, (status, pauses_all)) in [("429 X", true), ("503 X", true), ("500 X", false)]
        .into_iter()
        .enumerate()
    {
        let server = paused_by(status, 10).await;
        let app = TestServer::once(json("{}")).await;
        let client = build(
            at(&server)
                .server_url("app", app.url())
                .credential("header", Credential::header("k")),
        );
        let first = tokio::spawn(send_empty(&client, &CONTACTS_LIST));
        without_time(retries.reach(count + 1)).await;
        let other = call(&client);
        without_time(send_empty(&client, &APPS_LIST)).await.unwrap();
        settle().await;
        assert_eq!(other.is_finished(), !pauses_all, "{status}");
        tokio::time::advance(13 * SECOND).await;
        without_time(first).await.unwrap().unwrap();
        without_time(other).await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_continues_after_its_call_was_dropped() {
    let retries = Retries::record();
    let server = paused_by("503 X", 2).await;
    let client = client(&server);
    let first = tokio::spawn(send_empty(&client, &CONTACTS_LIST));
    without_time(retries.reach(1)).await;
    first.abort();
    let next = call(&client);
    settle().await;
    tokio::time::advance(SECOND).await;
    settle().await;
    assert_eq!(server.requests().len(), 1);
    tokio::time::advance(2 * SECOND).await;
    assert_eq!(without_time(next).await.unwrap().unwrap().attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_cannot_wait_returns_the_earlier_error() {
    let retries = Retries::record();
    let server = TestServer::start([
        with_headers("500 X", "retry-after: 1\r\n", "oops"),
        with_headers("429 X", "retry-after: 25\r\n", ""),
        json("{}"),
    ])
    .await;
    let client = client(&server);
    let hurried = client.with(|call| call.timeout(20 * SECOND));
    let first = tokio::spawn(send_empty(&hurried, &CONTACTS_LIST));
    without_time(retries.reach(1)).await;
    let other = call(&client);
    without_time(retries.reach(2)).await;
    tokio::time::advance(2 * SECOND).await;
    let error = without_time(first).await.unwrap().unwrap_err();
    assert!(error.is_server_error() && error.was_sent() && !error.is_rate_limited());
    assert_eq!((error.attempts(), server.requests().len()), (1, 2));
    assert!(error.waited() >= SECOND);
    tokio::time::advance(55 * SECOND).await;
    without_time(other).await.unwrap().unwrap();
}
