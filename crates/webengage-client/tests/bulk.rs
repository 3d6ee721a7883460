//! Any number of users and events, in several requests.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use engagement_sandbox::{Sandbox, WebEngage};
use serde_json::{Value, json};
use webengage_client::bulk::{self, Chunk, EntryOutcome};
use webengage_client::types::{BulkEvents, EventTrack, UserUpsert};
use webengage_client::{Client, ErrorKind, RetryPolicy, Stream};

/// A server that responds with these statuses in order, and then with 200.
struct Scripted {
    client: Client,
    seen: Arc<Mutex<Vec<(String, Value)>>>,
    request_ids: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    async fn start(statuses: impl IntoIterator<Item = u16>) -> Self {
        let statuses = Arc::new(Mutex::new(VecDeque::from_iter(statuses)));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let request_ids = Arc::new(Mutex::new(Vec::new()));
        let id_log = Arc::clone(&request_ids);
        let response = move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let id = headers["x-request-id"].to_str().unwrap().to_owned();
            id_log.lock().unwrap().push(id);
            let body = serde_json::from_slice(&body).unwrap();
            log.lock().unwrap().push((uri.path().to_owned(), body));
            let status = statuses.lock().unwrap().pop_front().unwrap_or(200);
            let body = if status == 200 {
                json!({"response": {"status": "queued"}})
            } else {
                json!({"response": {"message": format!("status {status}"), "status": "error"}})
            };
            let status = StatusCode::from_u16(status).unwrap();
            async move { (status, body.to_string()) }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(response);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = Client::builder("demo4f2a", "key")
            .base_url(url)
            .build()
            .unwrap();
        Self {
            client,
            seen,
            request_ids,
        }
    }

    /// The user ids of each request.
    fn sent(&self) -> Vec<Vec<String>> {
        let ids = |body: &Value| {
            let entries = body["users"]
                .as_array()
                .or(body["events"].as_array())
                .unwrap();
            entries
                .iter()
                .map(|entry| entry["userId"].as_str().unwrap().to_owned())
                .collect()
        };
        self.seen
            .lock()
            .unwrap()
            .iter()
            .map(|(_, body)| ids(body))
            .collect()
    }

    fn request_ids(&self) -> Vec<String> {
        self.request_ids.lock().unwrap().clone()
    }

    fn sizes(&self) -> Vec<usize> {
        self.sent().iter().map(Vec::len).collect()
    }
}

fn user(at: usize) -> UserUpsert {
    UserUpsert::new().user_id(format!("u{at}"))
}

fn users(count: usize) -> Vec<UserUpsert> {
    (0..count).map(user).collect()
}

fn ids(entries: &[UserUpsert]) -> Vec<&str> {
    entries
        .iter()
        .map(|user| user.user_id.as_ref().unwrap().as_str())
        .collect()
}

/// A letter for each entry.
fn shown<T, I>(report: &bulk::Report<T, I>) -> String {
    let letter = |(_, outcome)| match outcome {
        EntryOutcome::Queued => 'q',
        EntryOutcome::Failed(_) => 'f',
        EntryOutcome::Invalid(_) => 'r',
        _ => '?',
    };
    report.outcomes().map(letter).collect()
}

#[tokio::test]
async fn all_are_sent_in_order_25_at_a_time() {
    for (count, sizes) in [
        (0, vec![]),
        (1, vec![1]),
        (24, vec![24]),
        (25, vec![25]),
        (26, vec![25, 1]),
        (50, vec![25, 25]),
        (101, vec![25, 25, 25, 25, 1]),
    ] {
        let server = Scripted::start([]).await;
        let report = server.client.users().track_all(users(count)).send().await;
        assert_eq!(server.sizes(), sizes);
        assert_eq!(server.sent().concat(), ids(&users(count)));
        assert!(report.is_complete() && report.stopped().is_none());
        assert_eq!(
            (report.queued(), report.failed(), report.position()),
            (count, 0, count)
        );
        assert_eq!(report.requests(), sizes.len());
        assert_eq!(shown(&report), "q".repeat(count));
        assert!(matches!(report.outcome(count), EntryOutcome::NotSent));
    }
}

#[tokio::test]
async fn events_are_sent_in_the_same_way() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::builder(WebEngage::LICENSE_CODE, WebEngage::API_KEY)
        .base_url(sandbox.webengage().base_url())
        .build()
        .unwrap();
    let events = (0..60).map(|at| EventTrack::new("Imported").anonymous_id(format!("d{at}")));
    let report = client.events().track_all(events).send().await;
    assert!(report.is_complete(), "{report:?}");
    let tracked = sandbox.webengage().events();
    assert_eq!(tracked.len(), 60);
    assert_eq!(tracked[59]["anonymousId"], "d59");
    let operations: Vec<_> = sandbox
        .requests()
        .iter()
        .map(|request| request.operation)
        .collect();
    assert_eq!(operations, [Some("events_track_bulk"); 3]);
    let report = client.users().track_all(users(30)).send().await;
    assert!(report.is_complete());
    assert_eq!(sandbox.webengage().users().len(), 30);
}

#[tokio::test]
async fn a_failed_request_fails_only_its_entries() {
    let server = Scripted::start([200, 400, 200, 501]).await;
    let report = server.client.users().track_all(users(110)).send().await;
    assert_eq!(server.sizes(), [25, 25, 25, 25, 10]);
    let (q, f) = ("q".repeat(25), "f".repeat(25));
    assert_eq!(shown(&report), format!("{q}{f}{q}{f}{}", "q".repeat(10)));
    assert_eq!(
        (report.queued(), report.failed(), report.requests()),
        (60, 50, 5)
    );
    assert!(report.stopped().is_none() && !report.is_complete());
    let reported: Vec<_> = report.errors().map(ToString::to_string).collect();
    assert_eq!(
        reported,
        [
            "webengage users_track_bulk: 400 Bad Request: status 400",
            "webengage users_track_bulk: 501 Not Implemented: status 501"
        ]
    );
    let EntryOutcome::Failed(error) = report.outcome(99) else {
        panic!()
    };
    assert_eq!(error.to_string(), reported[1]);
    let positions: Vec<_> = report
        .failed_entries()
        .map(|(position, _)| position)
        .collect();
    assert_eq!(positions, Vec::from_iter((25..50).chain(75..100)));
    let (failed, rest) = report.into_remaining();
    assert_eq!(failed, Vec::from_iter((25..50).chain(75..100).map(user)));
    assert_eq!(rest.count(), 0);
    assert!(
        server
            .client
            .users()
            .track_all(failed)
            .send()
            .await
            .is_complete()
    );
}

#[tokio::test]
async fn a_refused_credential_ends_the_run_and_returns_the_remaining_entries() {
    for status in [401, 403, 404, 429] {
        let server = Scripted::start([200, status]).await;
        // By default a 429 is retried.
        let run = server.client.users().track_all(users(110));
        let run = run.with(|call| call.retry(RetryPolicy::none()));
        let report = run.send().await;
        assert_eq!(server.sizes(), [25, 25], "{status}");
        assert_eq!(report.stopped().unwrap().status().unwrap().as_u16(), status);
        assert_eq!(
            (report.queued(), report.failed(), report.position()),
            (25, 25, 50)
        );
        assert!(matches!(report.outcome(50), EntryOutcome::NotSent));
        let (failed, rest) = report.into_remaining();
        let again: Vec<_> = failed.into_iter().chain(rest).collect();
        assert_eq!(again, (25..110).map(user).collect::<Vec<_>>());
        assert!(
            server
                .client
                .users()
                .track_all(again)
                .send()
                .await
                .is_complete()
        );
        // The 25 entries of the refused request were sent twice, all others once.
        assert_eq!(server.sent().concat().len(), 110 + 25);
    }
}

#[tokio::test]
async fn a_missing_credential_ends_the_run_immediately() {
    let client = Client::builder_for_reports("token")
        .base_url("http://127.0.0.1:1")
        .build()
        .unwrap();
    let report = client
        .users()
        .track_all(users(60))
        .license_code("demo4f2a")
        .send()
        .await;
    let error = report.stopped().unwrap();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::MissingCredentials, false)
    );
    assert_eq!((report.requests(), report.position()), (1, 25));
    let client = Client::builder("demo4f2a", "key")
        .base_url("http://127.0.0.1:1")
        .build()
        .unwrap();
    let report = client.users().track_all(users(60)).send().await;
    assert!(report.stopped().unwrap().is_connect());
    assert_eq!(report.into_remaining().0.len(), 25);
    let report = client
        .users()
        .track_all(users(60))
        .license_code("..")
        .send()
        .await;
    assert_eq!(report.stopped().unwrap().kind(), ErrorKind::InvalidRequest);
}

/// It is not documented that WebEngage detects repeated bulk requests.
#[tokio::test]
async fn a_request_that_may_have_been_executed_is_not_retried() {
    for status in [408, 500, 502, 503, 504] {
        let server = Scripted::start([status]).await;
        let report = server.client.users().track_all(users(30)).send().await;
        assert_eq!(server.sizes(), [25, 5], "{status}");
        assert_eq!((report.queued(), report.failed()), (5, 25), "{status}");
        let event = EventTrack::new("Imported").user_id("u1");
        let server = Scripted::start([status]).await;
        let call = server.client.events().track_bulk(BulkEvents::new([event]));
        let error = call.x_request_id("r1").send().await.unwrap_err();
        assert_eq!((error.attempts(), error.was_sent()), (1, true), "{status}");
        assert_eq!(server.request_ids(), ["r1"], "{status}");
    }
    // It was refused, not executed.
    let server = Scripted::start([429]).await;
    let report = server.client.users().track_all(users(1)).send().await;
    assert!(report.is_complete());
    assert_eq!(server.sizes(), [1, 1]);
}

#[tokio::test]
async fn a_caller_who_relies_on_the_id_gets_retries_with_it() {
    let server = Scripted::start([503]).await;
    let run = server.client.users().track_all(users(30));
    let run = run.with(|settings| settings.idempotent(true));
    assert!(run.send().await.is_complete());
    assert_eq!(server.sizes(), [25, 25, 5]);
    let ids = server.request_ids();
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2]);
}

#[tokio::test]
async fn three_failures_in_a_row_end_the_run() {
    let server = Scripted::start([501, 501, 200, 400, 501, 505]).await;
    let report = server.client.users().track_all(users(300)).send().await;
    assert_eq!(server.sizes().len(), 6);
    assert_eq!(
        report.stopped().unwrap().to_string(),
        "webengage users_track_bulk: 505 HTTP Version Not Supported: status 505"
    );
    assert_eq!(
        (report.queued(), report.failed(), report.position()),
        (25, 125, 150)
    );

    let server = Scripted::start([501; 5]).await;
    let report = server
        .client
        .users()
        .track_all(users(300))
        .stop_after(100)
        .send()
        .await;
    assert!(report.stopped().is_none());
    assert_eq!((report.queued(), report.failed()), (175, 125));
    let server = Scripted::start([501; 5]).await;
    assert_eq!(
        server
            .client
            .users()
            .track_all(users(300))
            .stop_after(0)
            .send()
            .await
            .requests(),
        1
    );
}

#[tokio::test]
async fn entries_without_an_id_are_never_sent() {
    let server = Scripted::start([200, 400]).await;
    let mut entries = users(60);
    entries[3].user_id = None;
    entries[30].user_id = Some("".into());
    entries[31].user_id = None;
    entries[31].anonymous_id = Some("".into());
    let error = bulk::validate(&entries).unwrap_err();
    assert_eq!(error.position(), 3);
    assert_eq!(
        error.to_string(),
        "entry 3 has neither `userId` nor `anonymousId`"
    );
    assert!(server.sent().is_empty());

    let report = server
        .client
        .users()
        .track_all(entries.clone())
        .send()
        .await;
    assert_eq!(server.sizes(), [24, 23, 10]);
    assert!(!server.sent().concat().contains(&"u3".to_owned()));
    let expected = format!(
        "qqqr{}{}rr{}{}",
        "q".repeat(21),
        "f".repeat(5),
        "f".repeat(18),
        "q".repeat(10)
    );
    assert_eq!(shown(&report), expected);
    let refused: Vec<_> = report.invalid().iter().map(ToString::to_string).collect();
    assert_eq!(
        refused,
        [3, 30, 31].map(|at| format!("entry {at} has neither `userId` nor `anonymousId`"))
    );
    let refused = &report.invalid()[0];
    assert_eq!((refused.position(), refused.entry()), (3, &entries[3]));
    assert_eq!((report.queued(), report.failed()), (34, 23));
    assert!(!report.is_complete());

    let nobody = vec![UserUpsert::new(); 30];
    let report = server.client.users().track_all(nobody).send().await;
    assert_eq!(
        (report.requests(), report.invalid().len(), report.position()),
        (0, 30, 30)
    );
}

/// A row of a caller.
struct Row(usize);

impl From<Row> for UserUpsert {
    fn from(row: Row) -> Self {
        user(row.0)
    }
}

#[tokio::test]
async fn entries_can_be_converted() {
    let server = Scripted::start([200, 401]).await;
    let rows = (0..60).map(Row);
    let report = server.client.users().track_all(rows).send().await;
    assert_eq!(server.sent().concat(), ids(&users(50)));
    let (failed, rest) = report.into_remaining();
    assert_eq!(failed, Vec::from_iter((25..50).map(user)));
    assert_eq!(
        rest.map(|row| row.0).collect::<Vec<_>>(),
        Vec::from_iter(50..60)
    );
}

#[tokio::test]
async fn each_chunk_is_reported_after_its_request() {
    let server = Scripted::start([200, 501, 200, 401]).await;
    let mut source = users(500).into_iter();
    let mut reported = Vec::new();
    {
        let mut chunks = server.client.users().track_all(&mut source).chunks();
        assert!(server.sent().is_empty());
        while let Some(chunk) = chunks.next().await {
            // The next request is not sent in advance.
            assert_eq!(server.sent().len(), reported.len() + 1);
            let status = chunk.error().map(|error| error.status().unwrap().as_u16());
            assert_eq!(chunk.response().is_some(), status.is_none());
            assert_eq!(chunk.failed_entries().count() + chunk.queued(), 25);
            assert!(chunk.invalid().is_empty());
            reported.push((chunk.positions(), chunk.queued(), status, chunk.is_last()));
        }
        assert!(chunks.next().await.is_none());
    }
    assert_eq!(
        reported,
        [
            (0..25, 25, None, false),
            (25..50, 0, Some(501), false),
            (50..75, 25, None, false),
            (75..100, 0, Some(401), true),
        ]
    );
    assert_eq!(source.next(), Some(user(100)));
}

#[tokio::test]
async fn a_cancelled_chunk_is_not_lost() {
    let server = Scripted::start([]).await;
    let mut chunks = server.client.users().track_all(users(30)).chunks();
    let mut context = Context::from_waker(Waker::noop());
    assert!(pin!(chunks.next()).poll(&mut context).is_pending());
    assert_eq!(chunks.next().await.unwrap().positions(), 0..25);
    assert_eq!(chunks.next().await.unwrap().positions(), 25..30);
    assert!(chunks.next().await.is_none());
    assert_eq!(server.sent().concat(), ids(&users(30)));
}

#[tokio::test]
async fn a_stopped_run_is_resumed() {
    let server = Scripted::start([]).await;
    let mut done = 0;
    {
        let mut chunks = server.client.users().track_all(users(110)).chunks();
        while let Some(chunk) = chunks.next().await {
            done = chunk.positions().end;
            if done == 50 {
                break;
            }
        }
    }
    let report = server
        .client
        .users()
        .track_all(users(110))
        .resume_at(done)
        .send()
        .await;
    assert_eq!(server.sent().concat(), ids(&users(110)));
    assert_eq!(
        (report.queued(), report.requests(), report.position()),
        (60, 3, 110)
    );
    assert!(matches!(report.outcome(49), EntryOutcome::NotSent));
    assert!(matches!(report.outcome(50), EntryOutcome::Queued));
    assert_eq!(report.outcomes().next().unwrap().0, 50);
    // No entries remain at the end.
    for beyond in [110, 111, usize::MAX] {
        let report = server
            .client
            .users()
            .track_all(users(110))
            .resume_at(beyond)
            .send()
            .await;
        assert_eq!((report.requests(), report.position()), (0, beyond));
    }
}

#[tokio::test]
async fn entries_are_read_only_for_the_next_request() {
    let server = Scripted::start([200, 401]).await;
    let mut endless = (0..).map(user);
    let report = server.client.users().track_all(&mut endless).send().await;
    assert_eq!(report.position(), 50);
    drop(report);
    assert_eq!(endless.next(), Some(user(50)));
}

#[tokio::test]
async fn another_account_can_be_set() {
    let server = Scripted::start([]).await;
    let mut run = server.client.users().track_all(users(1));
    run.license_code = Some("~99199077".into());
    assert!(run.send().await.is_complete());
    assert_eq!(
        server.seen.lock().unwrap()[0].0,
        "/v1/accounts/~99199077/bulk-users"
    );
}

#[test]
fn runs_are_send_and_print_no_personal_data() {
    fn spawnable<T: Send + 'static>(_: T) {}
    fn streamable<T>(_: impl Stream<Item = Chunk<T>> + Send + Unpin + 'static) {}
    let client = Client::builder("demo4f2a", "key").build().unwrap();
    let ada = user(1).first_name("Ada");
    let run = || client.users().track_all([ada.clone()]);
    assert_eq!(format!("{:?}", run()), "TrackAll { start: 0, .. }");
    let chunks = run().resume_at(1).chunks();
    assert_eq!(format!("{chunks:?}"), "Chunks { position: 1, .. }");
    // They own what they need.
    spawnable(run());
    spawnable(run().send());
    streamable(chunks);
    spawnable(async move {
        let report = client.users().track_all([ada]).send().await;
        report.is_complete()
    });
}
