//! What an account does, against the sandbox.

use std::pin::pin;

use engagement_sandbox::{Sandbox, WebEngage, WebEngageChannel};
use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};
use webengage_client::enums::{ContainerStatus, MultiTransactionMode};
use webengage_client::types::{
    CatalogUploadAnswer, DedupeWindow, EventTrack, FeedbackFilter, FeedbackQuery,
    MultiTransactionRequest, OverrideContext, OverrideData, QueuedAnswer, SubjectIdentity,
    SubjectRequest, TransactionRequest, UserUpsert,
};
use webengage_client::{Client, ErrorKind, PROVIDER, ResponseValue, Timestamp, Upload};

async fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    (sandbox, client)
}

fn client(sandbox: &Sandbox) -> Client {
    let side = sandbox.webengage();
    let mut builder = Client::builder(WebEngage::LICENSE_CODE, WebEngage::API_KEY);
    for server in PROVIDER.servers {
        builder = builder.server_url(server.name, side.server_url(server.name).unwrap());
    }
    builder.build().unwrap()
}

fn object(value: Value) -> serde_json::Map<String, Value> {
    let Value::Object(object) = value else {
        panic!()
    };
    object
}

#[tokio::test]
async fn a_user_s_life() {
    let (sandbox, client) = start().await;
    let side = sandbox.webengage();
    let born: Timestamp = "1985-03-14T00:00Z".parse().unwrap();
    let ada = UserUpsert::builder()
        .user_id("#13 ~")
        .first_name("Ada")
        .birth_date(&born)
        .gender("female")
        .email("ada@example.com")
        .phone("+15555550101")
        .attributes(object(
            json!({"Plan": "starter", "Seats": 3, "Since": Value::from(born)}),
        ));
    let queued = client.users().track().body(ada).send().await.unwrap();
    assert_eq!(queued.status, Some(ContainerStatus::Queued));
    assert_eq!(
        queued.whole::<QueuedAnswer>().unwrap().response.status,
        queued.status
    );
    let more = UserUpsert::builder()
        .user_id("#13 ~")
        .company("Example Ltd")
        .whatsapp_opt_in(true);
    client.users().track().body(more).send().await.unwrap();
    let users = side.users();
    let [user] = &users[..] else {
        panic!("{users:?}")
    };
    assert_eq!(
        [
            &user["firstName"],
            &user["company"],
            &user["birthDate"],
            &user["attributes"]["Since"]
        ],
        [
            "Ada",
            "Example Ltd",
            "1985-03-14T00:00:00+0000",
            "1985-03-14T00:00:00+0000"
        ]
    );

    let time = Timestamp::from_unix_seconds(1_777_867_200)
        .unwrap()
        .with_offset(330)
        .unwrap();
    let order = EventTrack::builder()
        .user_id("#13 ~")
        .event_name("Order placed")
        .event_time(time)
        .event_data(object(json!({"Amount": 49.5, "Items": ["sku-1"]})));
    client.events().track().body(order).send().await.unwrap();
    let events = side.events();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["eventTime"], "2026-05-04T09:30:00+0530");

    side.campaign("~2camp9", WebEngageChannel::Email);
    side.campaign("~3camp1", WebEngageChannel::Sms);
    let data = OverrideData::builder()
        .context(OverrideContext::builder().token(object(json!({"orderId": "order-2001"}))))
        .email("ada@example.com")
        .phone("+15555550101");
    let request = TransactionRequest::builder()
        .user_id("#13 ~")
        .ttl(60)
        .dedupe(DedupeWindow::builder().ttl(600))
        .override_data(data.clone());
    let trigger = client.transactions().trigger().experiment_id("~2camp9");
    let sent = trigger.clone().body(request).send().await.unwrap();
    assert_eq!(
        (sent.experiment_id.as_deref(), sent.ttl),
        (Some("~2camp9"), Some(60))
    );
    assert_eq!(side.messages().len(), 1);
    let several = MultiTransactionRequest::builder()
        .user_id("#13 ~")
        .txn_id("t1")
        .override_data(data);
    client
        .transactions()
        .trigger_multi()
        .campaign_ids(["~2camp9", "~3camp1"])
        .mode(MultiTransactionMode::All)
        .body(several)
        .send()
        .await
        .unwrap();
    assert_eq!(side.messages().len(), 3);
    let stranger = TransactionRequest::builder().user_id("nobody");
    assert!(
        trigger
            .body(stranger)
            .send()
            .await
            .unwrap_err()
            .is_not_found()
    );

    let erasure = SubjectRequest::builder()
        .subject_request_id("r1")
        .subject_request_type("erasure")
        .subject_identities([SubjectIdentity::builder()
            .identity_type("cuid")
            .identity_value("#13 ~")]);
    client
        .gdpr()
        .create_request()
        .body(erasure)
        .send()
        .await
        .unwrap();
    client
        .gdpr()
        .cancel_request()
        .request_id("r1")
        .send()
        .await
        .unwrap();
    let state = client
        .gdpr()
        .get_request()
        .request_id("r1")
        .send()
        .await
        .unwrap();
    assert_eq!(
        state.status.as_ref().map(|status| status.as_str()),
        Some("CANCELLED")
    );
}

#[tokio::test]
async fn each_call_has_a_request_id_of_its_own() {
    let (sandbox, client) = start().await;
    let user = || UserUpsert::builder().user_id("u13");
    let event = || EventTrack::builder().user_id("u13").event_name("Paid");
    for _ in 0..2 {
        client.users().track().body(user()).send().await.unwrap();
        client.events().track().body(event()).send().await.unwrap();
    }
    let given = client
        .events()
        .track()
        .x_request_id("7d1f0c2ab94e4c36")
        .body(event());
    given.clone().send().await.unwrap();
    given.send().await.unwrap();
    let requests = sandbox.requests();
    let ids: Vec<_> = requests
        .iter()
        .map(|request| request.header("x-request-id").unwrap())
        .collect();
    for (at, id) in ids[..4].iter().enumerate() {
        assert!(
            id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{id}"
        );
        assert!(!ids[..at].contains(id));
    }
    assert_eq!(ids[4..], ["7d1f0c2ab94e4c36"; 2]);
    // The repeat was taken in once.
    assert_eq!(sandbox.webengage().events().len(), 3);
    client
        .users()
        .track_bulk()
        .body(webengage_client::types::BulkUsers::builder().users([user()]))
        .send()
        .await
        .unwrap();
    assert_eq!(sandbox.requests()[6].header("x-request-id"), None);
}

#[tokio::test]
async fn limits_can_be_read() {
    let sandbox = Sandbox::builder()
        .rate_limit("users_track", 2)
        .start()
        .await
        .unwrap();
    let client = client(&sandbox);
    let user = || UserUpsert::builder().user_id("u13");
    let read = |answer: &ResponseValue<webengage_client::types::QueuedContainer>| {
        ["x-ratelimit-limit", "x-ratelimit-remaining"].map(|name| {
            answer.headers()[name]
                .to_str()
                .unwrap()
                .parse::<u32>()
                .unwrap()
        })
    };
    assert_eq!(
        read(&client.users().track().body(user()).send().await.unwrap()),
        [2, 1]
    );
    assert_eq!(
        read(&client.users().track().body(user()).send().await.unwrap()),
        [2, 0]
    );
    let error = client
        .users()
        .track()
        .body(user())
        .send()
        .await
        .unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.headers().unwrap()["x-ratelimit-remaining"], "0");
    let documented = PROVIDER
        .operations
        .iter()
        .find(|operation| operation.id == "users_track")
        .unwrap();
    assert_eq!(documented.rate_limit.unwrap().requests, 5000);
}

fn feedback(at: usize) -> Value {
    json!({
        "id": format!("~f{at}"), "licenseCode": WebEngage::LICENSE_CODE, "fields": [], "customData": {}, "replies": [],
        "action": if at.is_multiple_of(2) { "read" } else { "unread" },
        "activity": { "activityOn": format!("2026-05-04T09:{:02}:00+0000", at % 60) },
    })
}

#[tokio::test]
async fn searches_walk_through_all_pages() {
    let (sandbox, client) = start().await;
    for at in 0..29 {
        sandbox.webengage().add_feedback(&feedback(at)).unwrap();
    }
    // The one that a fresh account has is unread too.
    let query = || {
        FeedbackQuery::builder()
            .page_size("4")
            .filter(FeedbackFilter::builder().action("unread"))
    };
    let all: Vec<_> = client
        .feedback()
        .search_all(query())
        .stream()
        .try_collect()
        .await
        .unwrap();
    let mut ids: Vec<_> = all.iter().map(|feedback| feedback.id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 15);
    let asked = |sandbox: &Sandbox| {
        let requests = sandbox.requests();
        let page = |body: Value| {
            (
                body["pageNo"].clone(),
                body["pageSize"].clone(),
                body["filter"]["action"].clone(),
            )
        };
        requests
            .iter()
            .map(|request| page(request.json()))
            .collect::<Vec<_>>()
    };
    // Text both, as WebEngage wants it; the total tells that there is no fifth page.
    let page = |number: &str| (json!(number), json!("4"), json!("unread"));
    assert_eq!(asked(&sandbox), ["1", "2", "3", "4"].map(page));

    sandbox.clear_requests();
    let pages = client.feedback().search_all(query().page_no("3")).pages();
    let sizes: Vec<_> = pages
        .map_ok(|page| page.contents.as_ref().map_or(0, Vec::len))
        .try_collect()
        .await
        .unwrap();
    assert_eq!(sizes, [4, 3]);
    assert_eq!(asked(&sandbox), ["3", "4", "5"].map(page));

    sandbox.clear_requests();
    let mut pages = pin!(client.feedback().search_all(query()).pages());
    let first = pages.next().await.unwrap().unwrap();
    assert_eq!(
        (first.page_no, first.total_count, first.number_of_pages),
        (Some(1), Some(15), Some(4))
    );
    assert_eq!(sandbox.request_count(), 1);

    let none =
        FeedbackQuery::builder().filter(FeedbackFilter::builder().email("nobody@example.com"));
    let pages = client.feedback().search_all(none).pages();
    assert_eq!(pages.count().await, 1);
}

#[tokio::test]
async fn searches_that_cannot_be_made_send_nothing() {
    let (sandbox, client) = start().await;
    for page in ["0", "-1", "one", ""] {
        let query = FeedbackQuery::builder().page_no(page);
        let results: Vec<_> = client.feedback().search_all(query).stream().collect().await;
        let [Err(error)] = &results[..] else { panic!() };
        assert_eq!(
            error.to_string(),
            "feedback_search: invalid request: `body`: `pageNo` is no number from 1"
        );
    }
    let search = client
        .feedback()
        .search_all(FeedbackQuery::builder())
        .license_code("..");
    let results: Vec<_> = search.pages().collect().await;
    assert_eq!(
        results[0].as_ref().unwrap_err().kind(),
        ErrorKind::InvalidRequest
    );
    assert_eq!(sandbox.request_count(), 0);
    let search = client
        .feedback()
        .search_all(FeedbackQuery::builder())
        .license_code("other");
    let results: Vec<_> = search.pages().collect().await;
    assert!(results[0].as_ref().unwrap_err().is_not_found());
}

#[tokio::test]
async fn files_of_every_kind_are_uploaded() {
    let (sandbox, client) = start().await;
    let csv = "id,title,price\nsku-1,Lamp,19.5\n";
    let path = std::env::temp_dir().join(format!("webengage-items-{}.csv", std::process::id()));
    std::fs::write(&path, csv).unwrap();
    let upload = client.catalogs().upload().catalog_slug("catalog_7");
    let done = upload.clone().file(path.as_path()).send().await.unwrap();
    assert_eq!(done.status, Some(ContainerStatus::Success));
    assert!(done.whole::<CatalogUploadAnswer>().is_ok());
    std::fs::remove_file(&path).unwrap();
    let reader = Upload::from_reader("items.csv", csv.as_bytes()).length(csv.len() as u64);
    upload.clone().file(reader).send().await.unwrap();
    upload
        .clone()
        .file(Upload::from_reader("items.csv", csv.as_bytes()))
        .send()
        .await
        .unwrap();
    upload
        .clone()
        .file(Upload::from_bytes("items.csv", csv))
        .send()
        .await
        .unwrap();

    let uploads = sandbox.webengage().uploads();
    assert_eq!(uploads.len(), 4);
    for upload in &uploads {
        assert_eq!(
            (upload.slug.as_str(), upload.bytes),
            ("catalog_7", csv.len())
        );
        assert_eq!(upload.columns, ["id", "title", "price"]);
    }
    let name = path.file_name().unwrap().to_str().unwrap();
    assert_eq!(
        (uploads[0].file_name.as_str(), uploads[1].file_name.as_str()),
        (name, "items.csv")
    );
    // The file is gone, which is told before anything is sent.
    let error = upload.file(path).send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::InvalidRequest, false)
    );
    assert_eq!(sandbox.request_count(), 4);
}

#[test]
fn calls_can_be_spawned() {
    fn spawnable<T: Send + 'static>(_: T) {}
    fn shareable<T: Send + Sync + Clone + 'static>(_: &T) {}
    let client = Client::builder("demo4f2a", "key").build().unwrap();
    shareable(&client);
    spawnable(async move {
        let user = UserUpsert::builder().user_id("u13");
        client.users().track().body(user).send().await.map(drop)?;
        let all = client.feedback().search_all(FeedbackQuery::builder());
        all.stream().try_collect::<Vec<_>>().await.map(drop)
    });
}
