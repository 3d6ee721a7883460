//! The client that blocks, against the sandbox.

use std::cell::Cell;

use engagement_sandbox::{Sandbox, WebEngage};
use serde_json::{Value, json};
use webengage_client::blocking::Client;
use webengage_client::enums::ContainerStatus;
use webengage_client::ids::FeedbackId;
use webengage_client::types::{EventTrack, FeedbackQuery, UserUpsert};
use webengage_client::{ErrorKind, Method, PROVIDER, StatusCode, Upload};

fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::builder()
        .without_rate_limits()
        .start_on_thread()
        .unwrap();
    let side = sandbox.webengage();
    let mut builder = Client::builder(WebEngage::LICENSE_CODE, WebEngage::API_KEY);
    for server in PROVIDER.servers {
        builder = builder.server_url(server.name, side.server_url(server.name).unwrap());
    }
    let client = builder.build().unwrap();
    (sandbox, client)
}

fn feedback(at: usize) -> Value {
    json!({
        "id": format!("~f{at}"), "licenseCode": WebEngage::LICENSE_CODE, "fields": [], "customData": {}, "replies": [],
        "action": "unread",
        "activity": { "activityOn": format!("2026-05-04T09:{at:02}:00+0000") },
    })
}

#[test]
fn a_user_is_tracked_and_a_feedback_read_and_missed() {
    let (sandbox, client) = start();
    let ada = UserUpsert::new().user_id("ada").email("ada@example.com");
    let queued = client.users().track(ada).send().unwrap();
    assert_eq!(queued.status, Some(ContainerStatus::Queued));
    sandbox.webengage().add_feedback(&feedback(0)).unwrap();
    let found = client.feedback().get("~f0").response().unwrap();
    assert_eq!(found.status(), StatusCode::OK);
    assert_eq!(found.into_inner().id, FeedbackId::from("~f0"));
    let error = client.feedback().get("~none").send();
    assert!(error.unwrap_err().is_not_found());
    assert_eq!(sandbox.request_count(), 3);
    let reporter = Client::builder_for_reports("token").base_url(sandbox.webengage().base_url());
    let error = reporter.build().unwrap().feedback().get("~f0").send();
    assert_eq!(error.unwrap_err().kind(), ErrorKind::MissingCredentials);
}

#[test]
fn searches_are_walked_as_async_ones_are() {
    let (sandbox, client) = start();
    for at in 0..29 {
        sandbox.webengage().add_feedback(&feedback(at)).unwrap();
    }
    let query = || FeedbackQuery::new().page_size("10");
    let search = client.feedback().search_all(query());
    let license_code = WebEngage::LICENSE_CODE;
    let walk = search.clone().license_code(license_code).iter();
    let walked: Vec<_> = walk.map(Result::unwrap).collect();
    let requests = sandbox.request_count();
    assert_eq!(walked.len(), 30);
    let awaited = client.as_async().feedback().search_all(query()).stream();
    let awaited: Vec<_> = client.block_on(awaited.try_collect()).unwrap();
    assert_eq!((walked, 2 * requests), (awaited, sandbox.request_count()));
    let mut walk = search.clone().iter();
    for _ in 0..10 {
        walk.next().unwrap().unwrap();
    }
    let point = walk.resume_point().unwrap();
    assert_eq!(point.to_string(), "page:2");
    assert_eq!(search.clone().resume(point).iter().count(), 20);
    assert_eq!(search.pages().count(), 3);
    let unusable = client.feedback().search_all(query().page_no("0"));
    let error = unusable.iter().next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[test]
fn any_number_of_users_and_events_is_sent() {
    let (sandbox, client) = start();
    // Neither threads nor time are asked of an iterator.
    let read = Cell::new(0);
    let users = || {
        (0..60).map(|at| {
            read.set(read.get() + 1);
            UserUpsert::new().user_id(format!("u{at}"))
        })
    };
    let report = client.users().track_all(users()).send();
    assert_eq!(
        (report.queued(), report.requests(), read.get()),
        (60, 3, 60)
    );
    assert_eq!(sandbox.webengage().users().len(), 60);

    let mut chunks = client.users().track_all(users()).resume_at(10).chunks();
    assert_eq!(chunks.next().unwrap().positions(), 10..35);
    assert_eq!((read.get(), sandbox.request_count()), (95, 4));
    drop(chunks);

    let event = |at| EventTrack::new("Seen").user_id(format!("u{at}"));
    let events = client.events().track_all((0..30).map(event));
    let stopped = events.license_code("other").stop_after(1).send();
    assert!(stopped.stopped().unwrap().is_not_found());
    let (failed, rest) = stopped.into_remaining();
    assert_eq!((failed.len(), rest.count()), (25, 5));
    assert_eq!(
        client
            .events()
            .track_all((0..30).map(event))
            .chunks()
            .count(),
        2
    );
}

/// A source that makes calls of its own while it is read.
#[test]
fn an_iterator_of_one_call_can_feed_another() {
    let (sandbox, client) = start();
    for at in 0..29 {
        sandbox.webengage().add_feedback(&feedback(at)).unwrap();
    }
    let query = FeedbackQuery::new().page_size("7");
    let feedbacks = client.feedback().search_all(query).iter();
    let events = feedbacks.map(|feedback| {
        let id = feedback.unwrap().id;
        EventTrack::new("Said something").user_id(id.as_str())
    });
    let report = client.events().track_all(events).send();
    assert_eq!((report.queued(), report.requests()), (30, 2));
}

#[test]
fn files_are_uploaded() {
    let (sandbox, client) = start();
    let csv = "id,title,price\nsku-1,Lamp,19.5\n";
    let path = std::env::temp_dir().join(format!("webengage-blocking-{}.csv", std::process::id()));
    std::fs::write(&path, csv).unwrap();
    let upload = |file: Upload| client.catalogs().upload("catalog_7", file);
    upload(path.as_path().into()).send().unwrap();
    let file = std::fs::File::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let reader = Upload::from_blocking_reader("items.csv", file).length(csv.len() as u64);
    upload(reader).send().unwrap();
    let uploads = sandbox.webengage().uploads();
    assert_eq!(uploads.len(), 2);
    for upload in &uploads {
        assert_eq!((upload.bytes, upload.columns.len()), (csv.len(), 3));
    }
    let gone = upload(path.into()).send().unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::InvalidRequest);
}

#[test]
fn raw_requests_and_settings_are_there() {
    let (sandbox, client) = start();
    sandbox.webengage().add_feedback(&feedback(0)).unwrap();
    let raw = client
        .request(Method::GET, "/v1/feedback/~f0")
        .send()
        .unwrap();
    assert!(raw.json::<Value>().unwrap()["response"].is_object());
    let small = client.with(|call| call.max_body_bytes(1));
    let error = small.feedback().get("~f0").send().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
    let call = client.feedback().get("~f0");
    let error = call.with(|call| call.max_body_bytes(1)).send();
    assert_eq!(error.unwrap_err().kind(), ErrorKind::BodyTooLarge);
    client.feedback().get("~f0").send().unwrap();
}

#[test]
fn sixty_four_threads_call_at_once() {
    let (sandbox, client) = start();
    sandbox.webengage().add_feedback(&feedback(0)).unwrap();
    sandbox.clear_requests();
    std::thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                let clone = client.clone();
                for _ in 0..2 {
                    clone.feedback().get("~f0").send().unwrap();
                }
            });
        }
    });
    assert_eq!(sandbox.request_count(), 128);
}

#[tokio::test]
async fn in_an_async_function_calls_and_drops_do_not_panic() {
    let (sandbox, client) = start();
    sandbox.webengage().add_feedback(&feedback(0)).unwrap();
    let raw = client
        .request(Method::GET, "/v1/feedback/~f0")
        .send()
        .unwrap();
    assert_eq!(raw.status(), StatusCode::OK);
    let clone = client.clone();
    drop(client);
    clone
        .request(Method::GET, "/v1/feedback/~f0")
        .send()
        .unwrap();
    drop(clone);
    assert_eq!(sandbox.request_count(), 2);
}
