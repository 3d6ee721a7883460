//! A call that is dropped leaves nothing behind, at whatever point it was.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use engagement_core::{Call, ClientCore, Credential, RateLimit, RateLimits, RawResponse};
use engagement_faults::{Fault, Pace};
use futures_util::future::join_all;

use crate::retries::hasty;
use crate::support::*;
use crate::tokens::Login;
use crate::virtual_time::{flowing, settle, standing};

const STEP: Duration = Duration::from_millis(100);

type Done<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// A call, and what it meets on its way.
struct Scenario {
    /// The server's responses to requests other than logins, in order.
    response: fn(usize) -> Reply,
    client: fn(&TestServer) -> ClientCore,
    /// What happens before the call.
    before: for<'a> fn(&'a TestServer, &'a ClientCore) -> Done<'a>,
    call: fn(&ClientCore) -> Call,
    /// So often it is polled at least until it is done.
    polls: usize,
}

const PLAIN: Scenario = Scenario {
    response: |_| json("{}"),
    client,
    before: |_, _| Box::pin(async {}),
    call: |client| client.call(&CONTACTS_LIST),
    polls: 4,
};

#[tokio::test(start_paused = true)]
async fn a_call() {
    check(PLAIN).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_body_comes_later() {
    check(Scenario {
        client: |server| {
            let pace = Pace::Every(STEP);
            server.plan([Some(Fault::Dribble { bytes: 20, pace }), None]);
            client(server)
        },
        polls: 4,
        ..PLAIN
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_to_try_again() {
    check(Scenario {
        response: |count| match count {
            0 | 1 => reply("503 Service Unavailable", "text/plain", ""),
            _ => json("{}"),
        },
        polls: 8,
        ..PLAIN
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_call_behind_a_closed_gate() {
    check(Scenario {
        response: |count| match count {
            0 => with_headers("429 X", "retry-after: 2\r\n", ""),
            _ => json("{}"),
        },
        before: |server, client| {
            Box::pin(async {
                let paused = client.call(&CONTACTS_LIST).send(RawResponse::into_empty);
                let reported = async {
                    while server.requests().is_empty() {
                        tokio::task::yield_now().await;
                    }
                    settle().await;
                };
                tokio::select! {
                    _ = paused => unreachable!("it waits"),
                    () = reported => {}
                }
            })
        },
        polls: 3,
        ..PLAIN
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_the_clients_own_limit() {
    // More than everything that is sent afterwards.
    const LIMIT: u32 = 200;
    check(Scenario {
        client: |server| {
            let limit = RateLimit::new(LIMIT, 2 * Duration::from_secs(1));
            let limits = RateLimits::unlimited().client(limit);
            let builder = builder().base_url(server.url()).rate_limits(limits);
            let key = Credential::header("test-key");
            builder.credential("header", key).build().unwrap().0
        },
        before: |_, client| {
            Box::pin(async {
                let calls =
                    (0..LIMIT).map(|_| client.call(&CONTACTS_LIST).send(RawResponse::into_empty));
                for outcome in standing(join_all(calls)).await {
                    outcome.unwrap();
                }
            })
        },
        polls: 3,
        ..PLAIN
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_logs_in() {
    check(Scenario {
        client: |server| {
            let login = Login { operation: &LOGIN };
            let builder = builder().base_url(server.url());
            builder.token_source("token", login).build().unwrap().0
        },
        polls: 5,
        ..PLAIN
    })
    .await;
}

#[cfg(feature = "multipart")]
#[tokio::test(start_paused = true)]
async fn an_upload() {
    check(Scenario {
        call: |client| {
            let mut call = client.call(&CONTACTS_CREATE);
            let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
            let file = engagement_core::Upload::from_path(file);
            call.file("file", &file, "");
            call
        },
        polls: 4,
        ..PLAIN
    })
    .await;
}

/// Drops the call after it was polled never, once, twice and so on, until it is done before that.
async fn check(scenario: Scenario) {
    for settled in [true, false] {
        let mut polls = 0;
        while !is_done_and_leaves_nothing(&scenario, polls, settled).await {
            polls += 1;
        }
        assert!(polls >= scenario.polls, "{polls}");
    }
}

/// `settled`: whether what the last poll began goes on for a while before the call is dropped.
async fn is_done_and_leaves_nothing(scenario: &Scenario, polls: usize, settled: bool) -> bool {
    let alone = tasks();
    let down = Arc::new(AtomicBool::new(false));
    let server = {
        let (response, count, down) = (scenario.response, AtomicUsize::new(0), Arc::clone(&down));
        TestServer::responding(move |request| {
            if request.starts_with("POST /login ") {
                json(r#""token""#)
            } else if down.load(Ordering::SeqCst) {
                reply("503 Service Unavailable", "text/plain", "")
            } else {
                response(count.fetch_add(1, Ordering::SeqCst))
            }
        })
        .await
    };
    let client = (scenario.client)(&server);
    (scenario.before)(&server, &client).await;
    let before = sent(&server);
    let done = polled(
        (scenario.call)(&client).send(RawResponse::into_empty),
        polls,
        settled,
    )
    .await;
    settle().await;
    let retries = (sent(&server) - before).saturating_sub(1);
    server.plan([]);

    // Others go on as if nothing had been, after a pause if there is one.
    flowing(STEP, (scenario.call)(&client).send(RawResponse::into_empty))
        .await
        .unwrap();

    // The budget has what was not spent, and what helped was given back.
    down.store(true, Ordering::SeqCst);
    let before = sent(&server);
    let failing = client.with(|call| call.retry(hasty()));
    for _ in 0..20 {
        assert!(
            standing(failing.call(&CONTACTS_LIST).send(RawResponse::into_empty))
                .await
                .is_err()
        );
    }
    let counted = sent(&server) - before;
    let expected = 20 + 35 - if done { 0 } else { retries };
    // A retry counts from when it is begun; it may have been dropped before the server saw anything of it.
    let unseen = usize::from(!done && !settled);
    assert!(
        (expected - unseen..=expected).contains(&counted),
        "{polls} {counted} {expected}"
    );
    down.store(false, Ordering::SeqCst);

    let before = sent(&server);
    let calls = (0..64).map(|_| (scenario.call)(&client).send(RawResponse::into_empty));
    for outcome in standing(join_all(calls)).await {
        assert_eq!(outcome.unwrap().attempts(), 1);
    }
    assert_eq!(sent(&server) - before, 64);
    assert!(server.requests().len() - sent(&server) <= 2, "{polls}");

    // Nobody is left who does something for the call: only who accepts connections.
    drop((client, failing));
    for _ in 0..10 {
        settle().await;
        tokio::time::advance(STEP).await;
    }
    assert_eq!(tasks(), alone + 1, "{polls}");
    drop(server);
    settle().await;
    assert_eq!(tasks(), alone, "{polls}");
    done
}

/// Requests so far that are no logins.
fn sent(server: &TestServer) -> usize {
    let requests = server.requests();
    let logins = requests
        .iter()
        .filter(|request| request.starts_with("POST /login "));
    requests.len() - logins.count()
}

fn tasks() -> usize {
    tokio::runtime::Handle::current()
        .metrics()
        .num_alive_tasks()
}

/// Polls `call` when it asks for that, so often at most, and drops it; whether it was done before. Time passes only
/// while nothing else can happen.
async fn polled(call: impl Future, polls: usize, settled: bool) -> bool {
    let asked = Arc::new(Asked(AtomicBool::new(true)));
    let waker = Waker::from(Arc::clone(&asked));
    let mut call = pin!(call);
    for _ in 0..polls {
        while !asked.0.swap(false, Ordering::SeqCst) {
            settle().await;
            if !asked.0.load(Ordering::SeqCst) {
                tokio::time::advance(STEP).await;
            }
        }
        if call
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_ready()
        {
            return true;
        }
    }
    if settled {
        settle().await;
    }
    false
}

struct Asked(AtomicBool);

impl Wake for Asked {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}
