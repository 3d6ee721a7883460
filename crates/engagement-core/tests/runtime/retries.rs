//! Which requests are retried, how often and when.

use std::time::Duration;

use engagement_core::{
    ClientCore, Error, IdempotencyKey, Method, Operation, RawResponse, Response, RetryPolicy,
};
use serde_json::Value;

use crate::support::*;
use crate::virtual_time::{Retries, Traced, settle, with_time, without_time};

const SECOND: Duration = Duration::from_secs(1);

/// Three attempts without backoff.
pub(crate) fn without_backoff() -> RetryPolicy {
    RetryPolicy::new()
        .transient_base(Duration::ZERO)
        .rate_limited_base(Duration::ZERO)
}

static KEYED: Operation = Operation {
    idempotent: false,
    ..ORDERS_CREATE
};
static MARKED: Operation = Operation {
    idempotent: true,
    ..CONTACTS_CREATE
};
static UNMARKED_DELETE: Operation = Operation {
    idempotent: false,
    ..CONTACTS_DELETE
};
static SENDS_MESSAGE: Operation = Operation {
    sends_message: true,
    idempotency_key: Some(IdempotencyKey {
        header: "Idempotency-Key",
        documented: true,
    }),
    ..MARKED
};

/// An operation or a raw request.
#[derive(Debug, Clone)]
enum Target {
    Operation(&'static Operation),
    Raw(Method),
}

impl Target {
    /// Sends it. Returns the number of attempts, and whether the last one failed.
    async fn attempts(&self, client: &ClientCore) -> (u32, bool) {
        let result = match self {
            Self::Operation(operation) => {
                let mut call = client.call(operation);
                if operation.path.contains("{account}") {
                    call.path("account", &"a");
                }
                if operation.path.contains("{id}") {
                    call.path("id", &"1");
                }
                call.send(RawResponse::into_empty)
                    .await
                    .map(|response| response.attempts())
            }
            Self::Raw(method) => {
                let response = client.request(method.clone(), "/x").send().await;
                response.map(|response| response.attempts())
            }
        };
        result.map_or_else(|error| (error.attempts(), true), |count| (count, false))
    }

    fn is_head(&self) -> bool {
        matches!(self, Self::Raw(method) if *method == Method::HEAD)
    }
}

/// Every target, and whether it is idempotent.
fn targets() -> Vec<(Target, bool)> {
    vec![
        (Target::Operation(&CONTACTS_LIST), true),
        (Target::Operation(&CONTACTS_DELETE), true),
        (Target::Operation(&UNMARKED_DELETE), false),
        (Target::Operation(&CONTACTS_CREATE), false),
        (Target::Operation(&MARKED), true),
        (Target::Operation(&KEYED), true),
        (Target::Operation(&SENDS_MESSAGE), false),
        (Target::Raw(Method::GET), true),
        (Target::Raw(Method::HEAD), true),
        (Target::Raw(Method::PUT), true),
        (Target::Raw(Method::DELETE), true),
        (Target::Raw(Method::POST), false),
        (Target::Raw(Method::PATCH), false),
    ]
}

/// Which targets are retried.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Retried {
    Always,
    IfIdempotent,
    Never,
}

fn counts(retried: Retried, idempotent: bool) -> u32 {
    match retried {
        Retried::Always => 3,
        Retried::IfIdempotent if idempotent => 3,
        Retried::IfIdempotent | Retried::Never => 1,
    }
}

fn of(server: &TestServer) -> ClientCore {
    client(server).with(|call| call.retry(without_backoff()).max_body_bytes(100))
}

#[tokio::test]
async fn retries_by_status() {
    for (status, retried) in [
        (302, Retried::Never),
        (400, Retried::Never),
        (401, Retried::Never),
        (403, Retried::Never),
        (404, Retried::Never),
        (408, Retried::IfIdempotent),
        (409, Retried::Never),
        (422, Retried::Never),
        (425, Retried::Never),
        (429, Retried::Always),
        (500, Retried::IfIdempotent),
        (501, Retried::Never),
        (502, Retried::IfIdempotent),
        (503, Retried::IfIdempotent),
        (504, Retried::IfIdempotent),
        (505, Retried::Never),
    ] {
        for (target, idempotent) in targets() {
            let server = TestServer::once(with_headers(&format!("{status} X"), "", "")).await;
            let expected = counts(retried, idempotent);
            let counted = target.attempts(&of(&server)).await;
            assert_eq!(counted, (expected, true), "{status} {target:?}");
            assert_eq!(
                server.requests().len(),
                expected as usize,
                "{status} {target:?}"
            );
        }
    }
}

#[tokio::test]
async fn retries_after_broken_connections() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n";
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345";
    let chunk = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n";
    let too_large = json(&" ".repeat(200));
    for (reply, retried) in [
        (Reply::ThenClose(Vec::new()), Retried::IfIdempotent),
        (Reply::ThenReset(Vec::new()), Retried::IfIdempotent),
        (
            Reply::ThenReset(b"HTTP/1.1 2".to_vec()),
            Retried::IfIdempotent,
        ),
        (Reply::ThenReset(head.to_vec()), Retried::IfIdempotent),
        (Reply::ThenClose(half.to_vec()), Retried::IfIdempotent),
        (Reply::ThenReset(half.to_vec()), Retried::IfIdempotent),
        (Reply::ThenClose(chunk.to_vec()), Retried::IfIdempotent),
        (too_large, Retried::Never),
    ] {
        for (target, idempotent) in targets() {
            let (Reply::ThenClose(bytes) | Reply::ThenReset(bytes) | Reply::Bytes(bytes)) = &reply
            else {
                unreachable!()
            };
            if target.is_head() && bytes.len() > head.len() / 2 {
                continue; // A response to HEAD has no body.
            }
            let server = TestServer::once(reply.clone()).await;
            let expected = counts(retried, idempotent);
            let counted = target.attempts(&of(&server)).await;
            assert_eq!(counted, (expected, true), "{reply:?} {target:?}");
            assert_eq!(
                server.requests().len(),
                expected as usize,
                "{reply:?} {target:?}"
            );
        }
    }
}

#[tokio::test]
async fn requests_that_were_not_sent_are_always_retried() {
    let port = unused_port();
    let client = build(keyed_at(format!("http://127.0.0.1:{port}")).retry(without_backoff()));
    for (target, _) in targets() {
        assert_eq!(target.attempts(&client).await, (3, true), "{target:?}");
    }
    let error = send_empty(&client, &CONTACTS_CREATE).await.unwrap_err();
    assert!(error.is_connect() && !error.was_sent());
}

#[tokio::test(start_paused = true)]
async fn retries_after_a_timeout() {
    for (target, idempotent) in targets() {
        let server = TestServer::once(Reply::ThenNothing(Vec::new())).await;
        let client = of(&server).with(|call| call.timeout(600 * SECOND));
        let began = tokio::time::Instant::now();
        let driver = async {
            for request in 1.. {
                server.received(request).await;
                tokio::time::advance(30 * SECOND).await;
            }
        };
        let counted = tokio::select! {
            counted = without_time(target.attempts(&client)) => counted,
            () = driver => unreachable!(),
        };
        let expected = counts(Retried::IfIdempotent, idempotent);
        assert_eq!(counted, (expected, true), "{target:?}");
        assert_eq!(server.requests().len(), expected as usize, "{target:?}");
        assert!(began.elapsed() >= expected * 30 * SECOND);
    }
}

#[tokio::test]
async fn a_request_that_is_not_idempotent_is_never_sent_twice() {
    let server = TestServer::once(Reply::ThenReset(Vec::new())).await;
    let client = of(&server);
    for call in 1..=1000 {
        let error = send_empty(&client, &CONTACTS_CREATE).await.unwrap_err();
        assert!(error.was_sent());
        assert_eq!((error.attempts(), server.requests().len()), (1, call));
    }
}

#[tokio::test]
async fn all_attempts_of_a_call_have_the_same_idempotency_key() {
    let key = |request: &String| {
        let mut lines = request.lines();
        let line = lines.find_map(|line| line.strip_prefix("idempotency-key: "));
        line.unwrap().to_owned()
    };
    let server = TestServer::once(Reply::ThenReset(Vec::new())).await;
    let client = of(&server);
    for _ in 0..2 {
        let mut call = client.call(&KEYED);
        call.path("account", &1);
        call.send(RawResponse::into_empty).await.unwrap_err();
    }
    let keys: Vec<String> = server.requests().iter().map(key).collect();
    assert_eq!(keys.len(), 6);
    assert_eq!((&keys[0], &keys[0]), (&keys[1], &keys[2]));
    assert_eq!((&keys[3], &keys[3]), (&keys[4], &keys[5]));
    assert_ne!(keys[0], keys[3]);
}

async fn list(client: &ClientCore) -> Result<Response<Value>, Error> {
    client
        .call(&CONTACTS_LIST)
        .send(RawResponse::into_value)
        .await
}

#[tokio::test(start_paused = true)]
async fn backoff_grows_and_is_traced() {
    let retries = Retries::record();
    let server = TestServer::start([
        reply("503 Service Unavailable", "text/plain", ""),
        Reply::ThenReset(Vec::new()),
        reply("429 Too Many Requests", "text/plain", ""),
        reply("500 Internal Server Error", "text/plain", "last"),
    ])
    .await;
    let client = build(
        keyed(&server)
            .retry(RetryPolicy::new().max_attempts(4))
            .jitter_seed(7),
    );
    let error = with_time(Duration::from_millis(1), list(&client))
        .await
        .unwrap_err();
    assert_eq!(error.message(), Some("last"));
    assert_eq!((error.attempts(), server.requests().len()), (4, 4));
    let mut random = fastrand::Rng::with_seed(7);
    let planned = [50.0, 100.0, 4000.0].map(|bound| (bound * random.f64()) as u64);
    let traced = |attempt, wait_ms, reason: &str, status| Traced {
        is_retry: true,
        attempt,
        wait_ms,
        reason: reason.to_owned(),
        status,
    };
    assert_eq!(
        retries.all(),
        [
            traced(1, planned[0], "status", Some(503)),
            traced(2, planned[1], "no_response", None),
            traced(3, planned[2], "rate_limited", Some(429)),
        ]
    );
    // Timers have a resolution of a millisecond and are never early.
    let waited = error.waited().as_millis() as u64;
    let sum: u64 = planned.iter().sum();
    assert!((sum..=sum + 6).contains(&waited), "{waited} {sum}");
}

#[tokio::test(start_paused = true)]
async fn a_success_reports_its_attempts() {
    let server =
        TestServer::start([with_headers("503 X", "retry-after: 3\r\n", ""), json("{}")]).await;
    let response = with_time(Duration::from_millis(10), list(&client(&server)))
        .await
        .unwrap();
    assert_eq!(response.attempts(), 2);
    let waited = response.waited();
    assert!(
        waited >= 3 * SECOND && waited < 33 * SECOND / 10 + SECOND / 10,
        "{waited:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_observed_with_at_most_a_tenth_of_jitter() {
    let retries = Retries::record();
    for seed in 0..200 {
        let server =
            TestServer::start([with_headers("429 X", "retry-after: 10\r\n", ""), json("{}")]).await;
        let client = build(keyed(&server).jitter_seed(seed));
        let call = tokio::spawn(send_empty(&client, &CONTACTS_CREATE));
        without_time(retries.reach(seed as usize + 1)).await;
        let wait = retries.all()[seed as usize].wait_ms;
        assert!((10_000..=11_000).contains(&wait), "{wait}");
        settle().await;
        tokio::time::advance(Duration::from_millis(9_999)).await;
        settle().await;
        assert_eq!(server.requests().len(), 1);
        tokio::time::advance(Duration::from_millis(1_002)).await;
        assert_eq!(without_time(call).await.unwrap().unwrap().attempts(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_longer_than_the_timeout_is_not_started() {
    for (retry_after, timeout) in [
        ("5", 5 * SECOND),
        ("121", 3600 * SECOND),
        ("9999999999", 3600 * SECOND),
    ] {
        let headers = format!("retry-after: {retry_after}\r\n");
        let server = TestServer::once(with_headers("429 X", &headers, "")).await;
        let client = client(&server).with(|call| call.timeout(timeout));
        let error = without_time(list(&client)).await.unwrap_err();
        assert!(error.is_rate_limited() && error.was_sent() && !error.retries_exhausted());
        let seconds = retry_after.parse().unwrap();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)));
        assert_eq!((error.attempts(), error.waited()), (1, Duration::ZERO));
        // Other calls don't wait either.
        let error = without_time(list(&client)).await.unwrap_err();
        assert_eq!((error.attempts(), server.requests().len()), (1, 2));
    }
}

#[tokio::test]
async fn a_token_renewal_is_not_counted_as_a_retry() {
    let server = TestServer::start([
        reply("503 X", "text/plain", ""),
        reply("401 X", "text/plain", ""),
        reply("503 X", "text/plain", ""),
        reply("503 X", "text/plain", "last"),
    ])
    .await;
    let client = build(
        at(&server)
            .token_source("token", FixedToken)
            .retry(without_backoff()),
    );
    let error = list(&client).await.unwrap_err();
    assert_eq!(error.message(), Some("last"));
    assert_eq!((error.attempts(), server.requests().len()), (4, 4));
    // A 401 is not retried without a token source.
    let server = TestServer::once(reply("401 X", "text/plain", "")).await;
    assert_eq!(list(&of(&server)).await.unwrap_err().attempts(), 1);
}

#[tokio::test]
async fn an_error_after_a_sent_attempt_counts_as_sent() {
    // Accepts one request and closes.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        use tokio::io::AsyncReadExt as _;
        let (mut stream, _) = listener.accept().await.unwrap();
        drop(listener);
        let _ = stream.read(&mut [0; 4096]).await;
    });
    let client = build(keyed_at(url).retry(without_backoff()));
    let error = list(&client).await.unwrap_err();
    server.await.unwrap();
    assert!(error.is_connect() && error.was_sent());
    assert_eq!(error.attempts(), 3);
}

#[cfg(feature = "multipart")]
#[tokio::test]
async fn an_upload_from_a_reader_is_not_retried() {
    use engagement_core::{Call, Upload};

    let with = |call: &mut Call, upload: Upload| call.file("f", &upload, "");
    for (upload, attempts) in [
        (Upload::from_bytes("f", "content"), 3),
        (Upload::from_reader("f", std::io::Cursor::new("content")), 1),
    ] {
        let server = TestServer::once(reply("429 X", "text/plain", "")).await;
        let mut call = of(&server).call(&MARKED);
        with(&mut call, upload);
        assert_eq!(
            call.send(RawResponse::into_empty)
                .await
                .unwrap_err()
                .attempts(),
            attempts
        );
        assert_eq!(server.requests().len(), attempts as usize);
    }
}
