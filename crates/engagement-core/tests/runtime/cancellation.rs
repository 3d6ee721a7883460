//! A call that is dropped at any point leaves no tasks, permits or reserved budget.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use engagement_core::{Call, ClientCore, RateLimit, RateLimits, RawResponse};
use engagement_faults::{Fault, Pace};
use futures_util::future::join_all;

use crate::retries::without_backoff;
use crate::support::*;
use crate::tokens::Login;
use crate::virtual_time::{settle, with_time, without_time};

const STEP: Duration = Duration::from_millis(100);

type Done<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// A call, and the behaviour of the server.
struct Scenario {
    /// The server's responses to requests other than logins, in order.
    response: fn(usize) -> Reply,
    client: fn(&TestServer) -> ClientCore,
    /// What happens before the call.
    before: for<'a> fn(&'a TestServer, &'a ClientCore) -> Done<'a>,
    call: fn(&ClientCore) -> Call,
    /// The minimal number of polls until it is done.
    polls: usize,
    /// How often the client logs in: a dropped call leaves its login to the next call.
    logins: usize,
}

const PLAIN: Scenario = Scenario {
    response: |_| json("{}"),
    client,
    before: |_, _| Box::pin(async {}),
    call: |client| client.call(&CONTACTS_LIST),
    polls: 4,
    logins: 0,
};

#[tokio::test(start_paused = true)]
async fn a_call() {
    check(PLAIN).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_with_a_slow_body() {
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
async fn a_call_that_waits_for_a_retry() {
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
async fn a_call_during_a_retry_after_pause() {
    check(Scenario {
        response: |count| match count {
            0 => with_headers("429 X", "retry-after: 2\r\n", ""),
            _ => json("{}"),
        },
        before: |server, client| {
            Box::pin(async {
                let paused = send_empty(client, &CONTACTS_LIST);
                let reported = async {
                    server.received(1).await;
                    settle().await;
                };
                tokio::select! {
                    _ = paused => unreachable!("the call waits for its retry"),
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
async fn a_call_that_waits_for_a_rate_limit() {
    // More than the number of later requests.
    const LIMIT: u32 = 200;
    check(Scenario {
        client: |server| {
            let limit = RateLimit::new(LIMIT, 2 * Duration::from_secs(1));
            let limits = RateLimits::unlimited().client(limit);
            build(keyed(server).rate_limits(limits))
        },
        before: |_, client| {
            Box::pin(async {
                let calls = (0..LIMIT).map(|_| send_empty(client, &CONTACTS_LIST));
                for result in without_time(join_all(calls)).await {
                    result.unwrap();
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
            let builder = at(server);
            builder.token_source("token", login).build().unwrap().0
        },
        polls: 5,
        logins: 1,
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

/// Drops the call after 0, 1, 2 and more polls, until it completes before it is dropped.
async fn check(scenario: Scenario) {
    for settled in [true, false] {
        let mut polls = 0;
        while !completes_or_leaves_nothing(&scenario, polls, settled).await {
            polls += 1;
        }
        assert!(polls >= scenario.polls, "{polls}");
    }
}

/// `settled`: whether other tasks run between the last poll and the drop.
async fn completes_or_leaves_nothing(scenario: &Scenario, polls: usize, settled: bool) -> bool {
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

    // Other calls succeed, after a pause if there is one.
    with_time(STEP, (scenario.call)(&client).send(RawResponse::into_empty))
        .await
        .unwrap();

    // Unspent budget and the cost of successful retries are returned.
    down.store(true, Ordering::SeqCst);
    let before = sent(&server);
    let failing = client.with(|call| call.retry(without_backoff()));
    for _ in 0..20 {
        assert!(
            without_time(send_empty(&failing, &CONTACTS_LIST))
                .await
                .is_err()
        );
    }
    let counted = sent(&server) - before;
    let expected = 20 + 35 - if done { 0 } else { retries };
    // A retry counts from its start, but it can be dropped before the server receives it.
    let unseen = usize::from(!done && !settled);
    assert!(
        (expected - unseen..=expected).contains(&counted),
        "{polls} {counted} {expected}"
    );
    down.store(false, Ordering::SeqCst);

    let before = sent(&server);
    let calls = (0..64).map(|_| (scenario.call)(&client).send(RawResponse::into_empty));
    for result in without_time(join_all(calls)).await {
        assert_eq!(result.unwrap().attempts(), 1);
    }
    assert_eq!(sent(&server) - before, 64);
    let logins = server.requests().len() - sent(&server);
    assert_eq!(logins, scenario.logins, "{polls}");

    // Only the task that accepts connections is left.
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

/// The number of requests except logins.
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

/// Polls `call` when it is woken, at most this number of times, and drops it. Returns whether it completed. Time advances only
/// while all tasks are idle.
async fn polled(call: impl Future, polls: usize, settled: bool) -> bool {
    let woken = Arc::new(Woken(AtomicBool::new(true)));
    let waker = Waker::from(Arc::clone(&woken));
    let mut call = pin!(call);
    for _ in 0..polls {
        while !woken.0.swap(false, Ordering::SeqCst) {
            settle().await;
            if !woken.0.load(Ordering::SeqCst) {
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

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}
