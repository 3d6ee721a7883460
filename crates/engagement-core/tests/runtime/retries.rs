//! What is sent again, how often and when.

use std::time::Duration;

use engagement_core::{
    ClientCore, Credential, Error, Method, Operation, RawResponse, Response, RetryPolicy,
};
use serde_json::Value;
use tokio::task::yield_now;

use crate::support::*;
use crate::virtual_time::{Retries, Traced, flowing, settle, standing};

const SECOND: Duration = Duration::from_secs(1);

/// Three attempts, one right after the other.
pub(crate) fn hasty() -> RetryPolicy {
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
static REACHING: Operation = Operation {
    sends_message: true,
    idempotency_key: Some("Idempotency-Key"),
    ..MARKED
};

/// A way to make a request.
#[derive(Debug, Clone)]
enum Way {
    Operation(&'static Operation),
    Raw(Method),
}

impl Way {
    /// Sends it: how many requests were made, and whether the last one failed.
    async fn attempts(&self, client: &ClientCore) -> (u32, bool) {
        let outcome = match self {
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
        outcome.map_or_else(|error| (error.attempts(), true), |count| (count, false))
    }

    fn is_head(&self) -> bool {
        matches!(self, Self::Raw(method) if *method == Method::HEAD)
    }
}

/// Every way, and whether doing it twice does no harm.
fn ways() -> Vec<(Way, bool)> {
    vec![
        (Way::Operation(&CONTACTS_LIST), true),
        (Way::Operation(&CONTACTS_DELETE), true),
        (Way::Operation(&UNMARKED_DELETE), false),
        (Way::Operation(&CONTACTS_CREATE), false),
        (Way::Operation(&MARKED), true),
        (Way::Operation(&KEYED), true),
        (Way::Operation(&REACHING), false),
        (Way::Raw(Method::GET), true),
        (Way::Raw(Method::HEAD), true),
        (Way::Raw(Method::PUT), true),
        (Way::Raw(Method::DELETE), true),
        (Way::Raw(Method::POST), false),
        (Way::Raw(Method::PATCH), false),
    ]
}

/// After what it is sent again.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Again {
    Always,
    Harmless,
    Never,
}

fn counts(again: Again, harmless: bool) -> u32 {
    match again {
        Again::Always => 3,
        Again::Harmless if harmless => 3,
        Again::Harmless | Again::Never => 1,
    }
}

fn of(server: &TestServer) -> ClientCore {
    client(server).with(|call| call.retry(hasty()).max_body_bytes(100))
}

#[tokio::test]
async fn statuses_are_repeated_by_what_they_mean() {
    for (status, again) in [
        (302, Again::Never),
        (400, Again::Never),
        (401, Again::Never),
        (403, Again::Never),
        (404, Again::Never),
        (408, Again::Harmless),
        (409, Again::Never),
        (422, Again::Never),
        (425, Again::Never),
        (429, Again::Always),
        (500, Again::Harmless),
        (501, Again::Never),
        (502, Again::Harmless),
        (503, Again::Harmless),
        (504, Again::Harmless),
        (505, Again::Never),
    ] {
        for (way, harmless) in ways() {
            let server = TestServer::once(with_headers(&format!("{status} X"), "", "")).await;
            let expected = counts(again, harmless);
            let counted = way.attempts(&of(&server)).await;
            assert_eq!(counted, (expected, true), "{status} {way:?}");
            assert_eq!(
                server.requests().len(),
                expected as usize,
                "{status} {way:?}"
            );
        }
    }
}

#[tokio::test]
async fn broken_connections_are_repeated_by_what_may_have_happened() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n";
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345";
    let chunk = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n";
    let too_large = json(&" ".repeat(200));
    for (reply, again) in [
        (Reply::ThenClose(Vec::new()), Again::Harmless),
        (Reply::ThenReset(Vec::new()), Again::Harmless),
        (Reply::ThenReset(b"HTTP/1.1 2".to_vec()), Again::Harmless),
        (Reply::ThenReset(head.to_vec()), Again::Harmless),
        (Reply::ThenClose(half.to_vec()), Again::Harmless),
        (Reply::ThenReset(half.to_vec()), Again::Harmless),
        (Reply::ThenClose(chunk.to_vec()), Again::Harmless),
        (too_large, Again::Never),
    ] {
        for (way, harmless) in ways() {
            let (Reply::ThenClose(bytes) | Reply::ThenReset(bytes) | Reply::Bytes(bytes)) = &reply
            else {
                unreachable!()
            };
            if way.is_head() && bytes.len() > head.len() / 2 {
                continue; // it is complete with its head
            }
            let server = TestServer::once(reply.clone()).await;
            let expected = counts(again, harmless);
            let counted = way.attempts(&of(&server)).await;
            assert_eq!(counted, (expected, true), "{reply:?} {way:?}");
            assert_eq!(
                server.requests().len(),
                expected as usize,
                "{reply:?} {way:?}"
            );
        }
    }
}

#[tokio::test]
async fn what_never_left_is_always_repeated() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let client = builder()
        .base_url(format!("http://127.0.0.1:{port}"))
        .credential("header", Credential::header("k"))
        .retry(hasty())
        .build()
        .unwrap()
        .0;
    for (way, _) in ways() {
        assert_eq!(way.attempts(&client).await, (3, true), "{way:?}");
    }
    let error = client
        .call(&CONTACTS_CREATE)
        .send(RawResponse::into_empty)
        .await
        .unwrap_err();
    assert!(error.is_connect() && !error.was_sent());
}

#[tokio::test(start_paused = true)]
async fn silence_is_repeated_by_what_may_have_happened() {
    for (way, harmless) in ways() {
        let server = TestServer::once(Reply::ThenNothing(Vec::new())).await;
        let client = of(&server).with(|call| call.timeout(600 * SECOND));
        let began = tokio::time::Instant::now();
        let driver = async {
            for request in 1.. {
                while server.requests().len() < request {
                    yield_now().await;
                }
                tokio::time::advance(30 * SECOND).await;
            }
        };
        let counted = tokio::select! {
            counted = standing(way.attempts(&client)) => counted,
            () = driver => unreachable!(),
        };
        let expected = counts(Again::Harmless, harmless);
        assert_eq!(counted, (expected, true), "{way:?}");
        assert_eq!(server.requests().len(), expected as usize, "{way:?}");
        assert!(began.elapsed() >= expected * 30 * SECOND);
    }
}

#[tokio::test]
async fn a_message_is_never_sent_twice() {
    let server = TestServer::once(Reply::ThenReset(Vec::new())).await;
    let client = of(&server);
    for call in 1..=1000 {
        let error = client
            .call(&CONTACTS_CREATE)
            .send(RawResponse::into_empty)
            .await
            .unwrap_err();
        assert!(error.was_sent());
        assert_eq!((error.attempts(), server.requests().len()), (1, call));
    }
}

#[tokio::test]
async fn all_attempts_of_a_call_have_one_key() {
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
async fn waits_grow_and_are_reported() {
    let retries = Retries::record();
    let server = TestServer::start([
        reply("503 Service Unavailable", "text/plain", ""),
        Reply::ThenReset(Vec::new()),
        reply("429 Too Many Requests", "text/plain", ""),
        reply("500 Internal Server Error", "text/plain", "last"),
    ])
    .await;
    let client = builder()
        .base_url(server.url())
        .credential("header", Credential::header("k"))
        .retry(RetryPolicy::new().max_attempts(4))
        .jitter_seed(7)
        .build()
        .unwrap()
        .0;
    let error = flowing(Duration::from_millis(1), list(&client))
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
    // Timers are exact to a millisecond, and never early.
    let waited = error.waited().as_millis() as u64;
    let sum: u64 = planned.iter().sum();
    assert!((sum..=sum + 6).contains(&waited), "{waited} {sum}");
}

#[tokio::test(start_paused = true)]
async fn a_success_reports_its_attempts() {
    let server =
        TestServer::start([with_headers("503 X", "retry-after: 3\r\n", ""), json("{}")]).await;
    let response = flowing(Duration::from_millis(10), list(&client(&server)))
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
async fn what_is_asked_for_is_waited_for_and_a_tenth_more_at_most() {
    let retries = Retries::record();
    for seed in 0..200 {
        let server =
            TestServer::start([with_headers("429 X", "retry-after: 10\r\n", ""), json("{}")]).await;
        let client = builder()
            .base_url(server.url())
            .credential("header", Credential::header("k"))
            .jitter_seed(seed)
            .build()
            .unwrap()
            .0;
        let call = tokio::spawn(client.call(&CONTACTS_CREATE).send(RawResponse::into_empty));
        standing(retries.reach(seed as usize + 1)).await;
        let wait = retries.all()[seed as usize].wait_ms;
        assert!((10_000..=11_000).contains(&wait), "{wait}");
        settle().await;
        tokio::time::advance(Duration::from_millis(9_999)).await;
        settle().await;
        assert_eq!(server.requests().len(), 1);
        tokio::time::advance(Duration::from_millis(1_002)).await;
        assert_eq!(standing(call).await.unwrap().unwrap().attempts(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_ends_too_late_is_not_begun() {
    for (asked, timeout) in [
        ("5", 5 * SECOND),
        ("121", 3600 * SECOND),
        ("9999999999", 3600 * SECOND),
    ] {
        let headers = format!("retry-after: {asked}\r\n");
        let server = TestServer::once(with_headers("429 X", &headers, "")).await;
        let client = client(&server).with(|call| call.timeout(timeout));
        let error = standing(list(&client)).await.unwrap_err();
        assert!(error.is_rate_limited() && error.was_sent() && !error.retries_exhausted());
        let seconds = asked.parse().unwrap();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)));
        assert_eq!((error.attempts(), error.waited()), (1, Duration::ZERO));
        // Nobody waits, so nobody else has to.
        let error = standing(list(&client)).await.unwrap_err();
        assert_eq!((error.attempts(), server.requests().len()), (1, 2));
    }
}

#[tokio::test]
async fn a_renewed_token_is_no_retry() {
    use engagement_core::{Token, TokenSource};

    struct Fixed;
    impl TokenSource for Fixed {
        fn fetch<'a>(
            &'a self,
            _: &'a ClientCore,
        ) -> std::pin::Pin<Box<dyn Future<Output = Result<Token, Error>> + Send + 'a>> {
            Box::pin(async { Ok(Token::new("token")) })
        }
    }
    let server = TestServer::start([
        reply("503 X", "text/plain", ""),
        reply("401 X", "text/plain", ""),
        reply("503 X", "text/plain", ""),
        reply("503 X", "text/plain", "last"),
    ])
    .await;
    let client = builder()
        .base_url(server.url())
        .token_source("token", Fixed)
        .retry(hasty())
        .build()
        .unwrap()
        .0;
    let error = list(&client).await.unwrap_err();
    assert_eq!(error.message(), Some("last"));
    assert_eq!((error.attempts(), server.requests().len()), (4, 4));
    // A refusal is not repeated for its own sake.
    let server = TestServer::once(reply("401 X", "text/plain", "")).await;
    assert_eq!(list(&of(&server)).await.unwrap_err().attempts(), 1);
}

#[tokio::test]
async fn what_was_sent_once_counts_as_sent() {
    // Responds once, and closes.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let gone = tokio::spawn(async move {
        use tokio::io::AsyncReadExt as _;
        let (mut stream, _) = listener.accept().await.unwrap();
        drop(listener);
        let _ = stream.read(&mut [0; 4096]).await;
    });
    let client = builder()
        .base_url(url)
        .credential("header", Credential::header("k"))
        .retry(hasty())
        .build()
        .unwrap()
        .0;
    let error = list(&client).await.unwrap_err();
    gone.await.unwrap();
    assert!(error.is_connect() && error.was_sent());
    assert_eq!(error.attempts(), 3);
}

#[cfg(feature = "multipart")]
#[tokio::test]
async fn a_reader_is_never_sent_twice() {
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
