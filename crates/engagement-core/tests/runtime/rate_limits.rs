//! Client-side rate limits.

use std::time::Duration;

use engagement_core::limit_store::InProcessStore;
use engagement_core::{
    ClientCore, Credential, Error, ErrorKind, Method, Operation, Provider, RateLimit, RateLimits,
    RawResponse, Response, RetryPolicy,
};
use tokio::task::JoinHandle;
use tokio::time::advance;
use tracing::Level;

use crate::support::*;
use crate::virtual_time::{Retries, Waits, settle, without_time};

const SECOND: Duration = Duration::from_secs(1);
/// The period of the limits.
const PER: Duration = Duration::from_secs(10);
/// The time after which a permit is released.
const BACK: Duration = Duration::from_millis(10_050);

const fn limit(requests: u32, shared: Option<&'static str>) -> Option<RateLimit> {
    let limit = RateLimit::new(requests, PER);
    Some(RateLimit { shared, ..limit })
}

static LIST: Operation = Operation {
    rate_limit: limit(3, None),
    ..CONTACTS_LIST
};
static CREATE: Operation = Operation {
    rate_limit: limit(2, Some("writes")),
    ..CONTACTS_CREATE
};
static DELETE: Operation = Operation {
    rate_limit: limit(2, Some("writes")),
    ..CONTACTS_DELETE
};
static SEARCH: Operation = Operation {
    id: "contacts_search",
    path: "/contacts/search",
    ..CONTACTS_GET
};
static GET: Operation = Operation {
    rate_limit: limit(1, None),
    ..CONTACTS_GET
};
static TEAMS: Operation = Operation {
    rate_limit: limit(1, None),
    ..TEAMS_LIST
};
static LIMITED: Provider = Provider {
    operations: &[LIST, CREATE, DELETE, GET, SEARCH, STATUS_GET, TEAMS],
    ..PROVIDER
};

fn limited_by(server: &TestServer, limits: RateLimits) -> ClientCore {
    engagement_core::ClientBuilder::<Client>::new(&LIMITED)
        .base_url(server.url())
        .credential("header", Credential::header("k"))
        .rate_limits(limits)
        .build()
        .unwrap()
        .0
}

fn limited(server: &TestServer) -> ClientCore {
    limited_by(server, RateLimits::documented())
}

async fn ok() -> TestServer {
    TestServer::once(json("{}")).await
}

type Called = JoinHandle<Result<Response<()>, Error>>;

fn call(client: &ClientCore, operation: &'static Operation) -> Called {
    tokio::spawn(send_empty(client, operation))
}

/// A call that can be distinguished from others.
fn numbered(client: &ClientCore, number: usize) -> Called {
    let mut call = client.call(&LIST);
    call.query("n", &number);
    tokio::spawn(call.send(RawResponse::into_empty))
}

async fn waited(call: Called) -> Duration {
    without_time(call).await.unwrap().unwrap().waited()
}

/// Sequential calls that must not wait.
async fn without_wait(client: &ClientCore, operation: &'static Operation, count: usize) {
    for _ in 0..count {
        assert_eq!(waited(call(client, operation)).await, Duration::ZERO);
    }
}

async fn refused(called: Called) -> Error {
    without_time(called).await.unwrap().unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn a_burst_does_not_wait_and_each_permit_is_released_separately() {
    let server = ok().await;
    let client = limited(&server);
    without_wait(&client, &LIST, 2).await;
    advance(4 * SECOND).await;
    without_wait(&client, &LIST, 1).await;
    let waiting: Vec<_> = (0..3).map(|_| call(&client, &LIST)).collect();
    settle().await;
    advance(BACK - 4 * SECOND - Duration::from_millis(1)).await;
    settle().await;
    assert_eq!(server.requests().len(), 3);
    advance(Duration::from_millis(1)).await;
    settle().await;
    let mut waiting = waiting.into_iter();
    for _ in 0..2 {
        assert_eq!(waited(waiting.next().unwrap()).await, BACK - 4 * SECOND);
    }
    assert_eq!(server.requests().len(), 5);
    advance(4 * SECOND).await;
    assert_eq!(waited(waiting.next().unwrap()).await, BACK);
    // After a long time only the used permits are available again.
    advance(100 * SECOND).await;
    without_wait(&client, &LIST, 3).await;
    let hurried = client.with(|call| call.timeout(SECOND));
    refused(call(&hurried, &LIST)).await;
    assert_eq!(server.requests().len(), 9);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_cannot_wait_fails_immediately_with_the_limit() {
    let server = ok().await;
    let client = limited(&server);
    without_wait(&client, &LIST, 3).await;
    for (timeout, missing) in [
        (5 * SECOND, "35.05s"),
        (BACK, "30s"),
        (BACK + 29_999 * SECOND / 1000, "1ms"),
    ] {
        let hurried = client.with(|call| call.timeout(timeout));
        let error = refused(call(&hurried, &LIST)).await;
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert!(error.is_rate_limited() && !error.was_sent() && !error.is_timeout());
        assert_eq!((error.attempts(), error.waited()), (0, Duration::ZERO));
        assert_eq!((error.retry_after(), error.status()), (Some(BACK), None));
        let text = format!(
            "acme contacts_list: not sent: the client's rate limit of 3 requests in 10s (`acme:contacts_list`) allows it in \
             10.05s, and then less than a whole attempt_timeout would be left; make `timeout` at least {missing} longer, or \
             see ClientBuilder::rate_limits"
        );
        assert_eq!(error.to_string(), text);
    }
    assert_eq!(server.requests().len(), 3);
    // The whole time of an attempt is left.
    let patient = client.with(|call| call.timeout(BACK + 30 * SECOND));
    let called = call(&patient, &LIST);
    settle().await;
    advance(BACK).await;
    assert_eq!(waited(called).await, BACK);
}

#[tokio::test(start_paused = true)]
async fn the_wait_includes_the_calls_ahead_in_the_queue() {
    let server = ok().await;
    let client = limited(&server).with(|call| call.attempt_timeout(SECOND));
    without_wait(&client, &LIST, 3).await;
    let first = call(&client, &LIST);
    settle().await;
    let hurried = client.with(|call| call.timeout(BACK));
    let error = refused(call(&hurried, &LIST)).await;
    assert_eq!(
        (error.retry_after(), error.waited()),
        (Some(BACK), Duration::ZERO)
    );
    // The fourth call would need a permit that one of these calls uses first.
    let patient = client.with(|call| call.timeout(2 * BACK));
    let others = [call(&patient, &LIST), call(&patient, &LIST)];
    settle().await;
    let error = refused(call(&patient, &LIST)).await;
    assert_eq!(
        (error.retry_after(), error.waited()),
        (Some(2 * BACK), Duration::ZERO)
    );
    advance(BACK).await;
    for other in [first].into_iter().chain(others) {
        assert_eq!(waited(other).await, BACK);
    }
}

#[tokio::test(start_paused = true)]
async fn calls_are_sent_in_arrival_order() {
    let server = ok().await;
    let client = limited(&server).with(|call| call.timeout(100 * SECOND));
    let mut calls = Vec::new();
    for number in 0..12 {
        calls.push(numbered(&client, number));
        settle().await;
    }
    for _ in 0..3 {
        advance(BACK).await;
        settle().await;
    }
    for call in calls {
        without_time(call).await.unwrap().unwrap();
    }
    let numbers = server.requests().into_iter().map(|request| {
        let line = request.lines().next().unwrap().to_owned();
        line.trim_start_matches("GET /contacts?n=")
            .trim_end_matches(" HTTP/1.1")
            .to_owned()
    });
    let mut numbers: Vec<usize> = numbers.map(|number| number.parse().unwrap()).collect();
    // Requests of one burst use different connections.
    numbers.chunks_mut(3).for_each(<[usize]>::sort_unstable);
    assert_eq!(numbers, (0..12).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_takes_no_permit_and_blocks_no_other_call() {
    let server = ok().await;
    let client = limited(&server).with(|call| call.timeout(100 * SECOND));
    without_wait(&client, &LIST, 3).await;
    let waiting: Vec<_> = (0..9).map(|_| call(&client, &LIST)).collect();
    settle().await;
    // The first call, which waits for the permit, and others.
    let mut rest = Vec::new();
    for (at, called) in waiting.into_iter().enumerate() {
        if at % 3 == 2 {
            rest.push(called);
        } else {
            called.abort();
            settle().await;
        }
    }
    advance(BACK).await;
    for call in rest {
        assert_eq!(waited(call).await, BACK);
    }
    assert_eq!(server.requests().len(), 6);
    // All permits are available again, and no more.
    advance(BACK).await;
    without_wait(&client, &LIST, 3).await;
    let hurried = client.with(|call| call.timeout(SECOND));
    assert_eq!(
        refused(call(&hurried, &LIST)).await.retry_after(),
        Some(BACK)
    );
}

#[tokio::test(start_paused = true)]
async fn clones_and_derived_clients_share_the_limits() {
    let server = ok().await;
    let client = limited(&server);
    // A user of the same account.
    let derived = client
        .with_credentials([("token", Some(Credential::bearer("users-token")))])
        .unwrap();
    let hurried = derived.with(|call| call.timeout(SECOND));
    without_wait(&client.clone(), &LIST, 1).await;
    without_wait(&derived, &LIST, 1).await;
    without_wait(&hurried, &LIST, 1).await;
    refused(call(&hurried, &LIST)).await;
    // Another client has its own limits.
    without_wait(&limited(&server), &LIST, 3).await;
}

#[tokio::test(start_paused = true)]
async fn another_account_has_limits_of_its_own() {
    let server = ok().await;
    let limits = RateLimits::documented().client(RateLimit::new(9, PER));
    let client = limited_by(&server, limits).with(|call| call.timeout(SECOND));
    let of = |client: &ClientCore, key: &str| {
        let other = [("header", Some(Credential::header(key)))];
        client.with_credentials(other).unwrap()
    };
    let other = of(&client, "other");
    without_wait(&client, &LIST, 3).await;
    refused(call(&client, &LIST)).await;
    without_wait(&other, &LIST, 2).await;
    // The same two accounts again.
    without_wait(&of(&of(&client, "third"), "other"), &LIST, 1).await;
    refused(call(&of(&client, "other"), &LIST)).await;
    refused(call(&of(&other, "k"), &LIST)).await;
    // The limit for all calls of the client is for all of its accounts.
    without_wait(&of(&client, "third"), &LIST, 3).await;
    let error = refused(call(&of(&client, "fourth"), &LIST)).await;
    assert!(error.to_string().contains("(`acme:*`)"), "{error}");
    assert_eq!(server.requests().len(), 9);
}

#[tokio::test(start_paused = true)]
async fn an_account_in_the_path_has_limits_of_its_own() {
    let server = ok().await;
    let client = limited(&server);
    let list = |account: &str| {
        let mut call = client.call(&TEAMS);
        call.path("team", &"red");
        call.path("account", &account);
        tokio::spawn(call.send(RawResponse::into_empty))
    };
    assert_eq!(waited(list("a")).await, Duration::ZERO);
    let waiting = list("a");
    settle().await;
    // Nobody waits for the other account.
    assert_eq!(waited(list("b/1")).await, Duration::ZERO);
    let raw = |path: &str| {
        let hurried = client.with(|call| call.timeout(SECOND));
        without_time(hurried.request(Method::GET, path).send())
    };
    for path in [
        "/teams/red/accounts/a",
        "/teams/red/accounts/%61",
        "/teams/red/accounts/b%2f1",
        "/teams/red/accounts/b%2F1",
    ] {
        let error = raw(path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        // The account is no business of a log.
        assert!(error.to_string().contains("(`acme:teams_list`)"), "{error}");
    }
    raw("/teams/red/accounts/c").await.unwrap();
    raw("/teams/blue/accounts/a").await.unwrap();
    advance(BACK).await;
    assert_eq!(waited(waiting).await, BACK);
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn clients_with_one_store_share_the_limits() {
    let server = ok().await;
    let store = InProcessStore::new();
    let client = || {
        engagement_core::ClientBuilder::<Client>::new(&LIMITED)
            .base_url(server.url())
            .credential("header", Credential::header("k"))
            .limit_store(store.clone())
            .timeout(SECOND)
            .build()
            .unwrap()
            .0
    };
    without_wait(&client(), &LIST, 2).await;
    let other = client();
    without_wait(&other, &LIST, 1).await;
    refused(call(&other, &LIST)).await;
    without_wait(&other, &CREATE, 2).await;
}

#[tokio::test(start_paused = true)]
async fn operations_have_separate_limits_unless_the_provider_shares_them() {
    let server = ok().await;
    let client = limited(&server).with(|call| call.timeout(SECOND));
    without_wait(&client, &LIST, 3).await;
    without_wait(&client, &CREATE, 1).await;
    let delete = |client: &ClientCore| {
        let mut call = client.call(&DELETE);
        call.path("id", &1);
        tokio::spawn(call.send(RawResponse::into_empty))
    };
    assert_eq!(waited(delete(&client)).await, Duration::ZERO);
    for called in [delete(&client), call(&client, &CREATE)] {
        let error = refused(called).await;
        assert_contains(&error.to_string(), "(`acme:writes`)");
    }
    without_wait(&client, &STATUS_GET, 20).await;
}

#[tokio::test(start_paused = true)]
async fn limits_can_be_changed_and_disabled() {
    let server = ok().await;
    let hurried = |limits| limited_by(&server, limits).with(|call| call.timeout(SECOND));
    let none = hurried(RateLimits::unlimited());
    without_wait(&none, &LIST, 20).await;

    let one = hurried(RateLimits::unlimited().operation("contacts_list", RateLimit::per_second(5)));
    without_wait(&one, &LIST, 5).await;
    assert_eq!(
        refused(call(&one, &LIST)).await.retry_after(),
        Some(Duration::from_millis(1005))
    );
    without_wait(&one, &CREATE, 20).await;

    // A limit of an operation with a shared limit applies to all of them. The last setting wins.
    let changed = RateLimits::documented()
        .operation("contacts_list", None)
        .operation("contacts_delete", RateLimit::per_hour(1))
        .operation("contacts_delete", RateLimit::per_hour(4))
        .operation("status_get", RateLimit::per_minute(1));
    let changed = hurried(changed);
    without_wait(&changed, &LIST, 20).await;
    without_wait(&changed, &CREATE, 4).await;
    let error = refused(call(&changed, &CREATE)).await;
    assert_eq!(
        error.retry_after(),
        Some(3600 * SECOND + Duration::from_millis(250))
    );
    without_wait(&changed, &STATUS_GET, 1).await;
    refused(call(&changed, &STATUS_GET)).await;
}

#[tokio::test(start_paused = true)]
async fn a_client_can_have_a_limit_for_all_calls() {
    let server = ok().await;
    let limits = RateLimits::documented().client(RateLimit::new(4, PER));
    let client = limited_by(&server, limits);
    without_wait(&client, &CREATE, 2).await;
    advance(SECOND).await;
    // A call that waits for its operation's limit blocks no other operation.
    let create = call(&client, &CREATE);
    settle().await;
    without_wait(&client, &STATUS_GET, 1).await;
    let raw = client.request(Method::GET, "/beta").send();
    assert_eq!(without_time(raw).await.unwrap().waited(), Duration::ZERO);
    let status = call(&client, &STATUS_GET);
    settle().await;
    let hurried = client.with(|call| call.timeout(SECOND));
    let error = refused(call(&hurried, &STATUS_GET)).await;
    assert_contains(&error.to_string(), "(`acme:*`)");
    assert_eq!(server.requests().len(), 4);
    advance(BACK - SECOND).await;
    assert_eq!(waited(status).await, BACK - SECOND);
    assert_eq!(waited(create).await, BACK - SECOND);
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn invalid_limits_are_refused() {
    let server = ok().await;
    let refused = |limits| {
        let builder = engagement_core::ClientBuilder::<Client>::new(&LIMITED);
        let error = builder.base_url(server.url()).rate_limits(limits).build();
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let reported = error.to_string();
        reported
            .strip_prefix("acme client: invalid configuration: ")
            .unwrap()
            .to_owned()
    };
    let limits = RateLimits::documented;
    for (limits, reported) in [
        (
            limits().operation("contact_list", RateLimit::per_second(1)),
            "there is no operation `contact_list` to limit",
        ),
        (
            limits().operation("contacts_list", RateLimit::per_second(0)),
            "the rate limit of `contacts_list` must allow at least one request, in a period greater than zero",
        ),
        (
            limits().client(RateLimit::new(1, Duration::ZERO)),
            "the rate limit of all calls must allow at least one request, in a period greater than zero",
        ),
        (
            limits().client(RateLimit::new(1, Duration::MAX)),
            "the period of the rate limit of all calls is longer than a year",
        ),
        (
            limits().store_timeout(Duration::ZERO),
            "store_timeout must be greater than zero",
        ),
    ] {
        assert_eq!(refused(limits), reported);
    }
}

#[tokio::test(start_paused = true)]
async fn each_attempt_takes_a_permit() {
    let retries = Retries::record();
    let server = TestServer::start([reply("503 X", "text/plain", ""), json("{}")]).await;
    let client = limited(&server);
    let mut called = call(&client, &LIST);
    without_time(retries.reach(1)).await;
    advance(SECOND).await;
    assert_eq!(
        without_time(&mut called).await.unwrap().unwrap().attempts(),
        2
    );
    without_wait(&client, &LIST, 1).await;
    let hurried = client.with(|call| call.timeout(SECOND));
    refused(call(&hurried, &LIST)).await;
}

#[tokio::test(start_paused = true)]
async fn a_retry_without_a_permit_reports_the_earlier_failure() {
    let retries = Retries::record();
    let server = TestServer::once(reply("503 X", "text/plain", "")).await;
    let client = limited(&server).with(|call| call.timeout(5 * SECOND));
    let mut get = client.call(&GET);
    get.path("id", &1);
    let called = tokio::spawn(get.send(RawResponse::into_empty));
    without_time(retries.reach(1)).await;
    advance(SECOND).await;
    let error = refused(called).await;
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::RateLimited, 1)
    );
    assert!(error.was_sent());
    let before = std::error::Error::source(&error).unwrap();
    assert_eq!(
        before.to_string(),
        "acme contacts_get: 503 Service Unavailable"
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waited_for_a_permit_observes_a_pause_that_started_meanwhile() {
    let retries = Retries::record();
    let pause = with_headers("429 X", "retry-after: 5\r\n", "");
    let server = TestServer::responding(move |request| {
        if request.starts_with("GET /status") {
            pause.clone()
        } else {
            json("{}")
        }
    })
    .await;
    let client = limited(&server);
    without_wait(&client, &LIST, 3).await;
    let waiting = call(&client, &LIST);
    settle().await;
    advance(BACK - 2 * SECOND).await;
    let paused = client.with(|call| call.retry(RetryPolicy::new().max_attempts(2)));
    let paused = call(&paused, &STATUS_GET);
    without_time(retries.reach(1)).await;
    advance(2 * SECOND).await;
    settle().await;
    assert_eq!(server.requests().len(), 4);
    advance(4 * SECOND).await;
    let waited = waited(waiting).await;
    assert!(waited >= BACK + 3 * SECOND, "{waited:?}");
    without_time(paused).await.unwrap().unwrap_err();
    // The permit was taken after the pause: two more are available, and no third.
    without_wait(&client, &LIST, 2).await;
    let hurried = client.with(|call| call.timeout(SECOND));
    refused(call(&hurried, &LIST)).await;
}

#[tokio::test(start_paused = true)]
async fn raw_requests_count_if_they_match_an_operation() {
    let server = ok().await;
    let client = limited(&server).with(|call| call.timeout(SECOND));
    let send = |method: Method, path: &str| without_time(client.request(method, path).send());
    send(Method::GET, "/contacts/7").await.unwrap();
    let error = send(Method::GET, "/contacts/8").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme GET request: not sent: the client's rate limit of 1 request in 10s (`acme:contacts_get`) allows it in 10.05s, and then \
         less than a whole attempt_timeout would be left; make `timeout` at least 39.05s longer, or see ClientBuilder::rate_limits"
    );
    for _ in 0..5 {
        // Another operation, another method, and a path of no operation.
        send(Method::GET, "/contacts/search").await.unwrap();
        send(Method::PUT, "/contacts/7").await.unwrap();
        send(Method::GET, "/contacts/7/notes").await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_wait_is_traced_for_everybody() {
    let waits = Waits::record();
    let server = ok().await;
    let client = limited(&server);
    without_wait(&client, &LIST, 3).await;
    let first = call(&client, &LIST);
    settle().await;
    advance(5 * SECOND + Duration::from_millis(50)).await;
    let second = call(&client, &LIST);
    settle().await;
    advance(5 * SECOND).await;
    assert_eq!(
        (waited(first).await, waited(second).await),
        (BACK, 5 * SECOND)
    );
    assert_eq!(
        waits.take(),
        [
            (Level::INFO, "waiting for the rate limit".to_owned(), 10_050),
            (Level::DEBUG, "waiting for the rate limit".to_owned(), 5_000),
        ]
    );
}

#[tokio::test]
async fn rate_limit_headers_are_available() {
    let headers =
        "x-ratelimit-limit: 5000\r\nx-ratelimit-remaining: 4990\r\nx-ratelimit-reset: 12\r\n";
    let server = TestServer::start([
        with_headers("200 OK", headers, "{}"),
        with_headers("200 OK", headers, "{}"),
        with_headers("400 X", headers, "{}"),
        json("{}"),
    ])
    .await;
    let client = client(&server);
    let raw = client.request(Method::GET, "/x").send().await.unwrap();
    let value = send_empty(&client, &CONTACTS_LIST).await.unwrap();
    let error = send_empty(&client, &CONTACTS_LIST).await.unwrap_err();
    for status in [raw.rate_limit(), value.rate_limit(), error.rate_limit()] {
        let status = status.unwrap();
        assert_eq!((status.limit, status.remaining), (Some(5000), Some(4990)));
        assert_eq!(status.reset, Some(12 * SECOND));
    }
    let silent = send_empty(&client, &CONTACTS_LIST).await.unwrap();
    assert_eq!(silent.rate_limit(), None);
}
